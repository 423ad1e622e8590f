"""The runs under the server: which there are, which one is current, and each opened once."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from countylines.errors import InputError
from countylines.runs import MANIFEST, Run, open_run
from countylines.web.index import people
from countylines.web.reader import Reader
from countylines.web.separate_list import ASK_AGAIN, SeparateList


class NoRun(Exception):
    """The run that a page asks for isn't there, or no longer, or not whole.

    Attributes:
        name: of the run; empty when there is no run at all.
    """

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, eq=False)
class Manifest:
    """A run's manifest as it was last read.

    Attributes:
        at, size: its time (nanoseconds) and length (bytes) then.
        stamp: of its content.
        run: None = it can't be read as a finished run.
    """

    at: int
    size: int
    stamp: str
    run: Run | None


@dataclass(eq=False)
class Shelf:
    """A folder of finished runs; new ones are found when they appear.

    Attributes:
        folder: holds the runs.
        indexes: where the reading indexes are kept (they can be made anew at any time).
        separate: the adults on the separate, unranked list.
    """

    folder: Path
    indexes: Path
    separate: SeparateList | None = None
    _open: dict[str, Reader] = field(default_factory=dict)
    _told: dict[Path, Manifest] = field(default_factory=dict)
    _since: dict[str, tuple[float, str, frozenset[str]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def runs(self) -> list[Run]:
        """All finished runs that can be read, the current one first: the latest data, then the latest made.

        One that can't be read, such as a folder copied by halves, hides no other.
        """
        found = [self._manifest(path.parent) for path in self.folder.glob(f"*/{MANIFEST}")]
        whole = [(str(each.run.manifest["as_of"]), each.at, each.run) for each in found if each and each.run]
        return [run for _, _, run in sorted(whole, key=lambda one: one[:2], reverse=True)]

    def refresh(self) -> None:
        """A ruling was made or withdrawn: the next page asks who is on the separate list."""
        if self.separate:
            self.separate.forget()

    def reader(self, name: str = "", restricted: bool = True) -> Reader:
        """The run of that name, or the current one; without ``restricted`` the latest without restricted records.

        Raises:
            NoRun: there is none, or it was deleted or is only half there.
        """
        if not name:
            runs = [run for run in self.runs() if restricted or not _restricted(run)]
            if not runs:
                raise NoRun
            name = runs[0].folder.name
        folder = self.folder / name
        if not possible(name):
            raise NoRun(name)
        told = self._manifest(folder)
        if told is None or told.run is None:
            with self._lock:
                self._open.pop(name, None)
            raise NoRun(name)
        with self._lock:
            reader = self._open.get(name)
            if reader is None or reader.stamp != told.stamp:
                reader = Reader(told.run, told.stamp, self.indexes, self.separate or frozenset, self._guarded_since)
                self._open[name] = reader
            return reader

    def _guarded_since(self, reader: Reader) -> frozenset[str]:
        """Whom this run ranks and the latest run of its kind protects or holds; the folder isn't read every time.

        A run with restricted records tells nothing on the pages of one without.
        """
        asked, of, found = self._since.get(reader.stamp, (None, "", frozenset()))
        now = time.monotonic()
        if asked is None or now - asked >= ASK_AGAIN:
            for run in self.runs():
                if run.folder == reader.run.folder:
                    of, found = "", frozenset()
                    break
                told = self._manifest(run.folder)
                if told is None or _restricted(run) != reader.restricted:
                    continue
                if told.stamp != of:
                    of, found = told.stamp, _guarded(reader, run)
                break
            self._since[reader.stamp] = now, of, found
        return found

    def _manifest(self, folder: Path) -> Manifest | None:
        """What a folder's manifest says, read again when it has changed; None = it isn't there.

        Every page asks for the current run, and so for each run's manifest.
        """
        try:
            facts = (folder / MANIFEST).stat()
            told = self._told.get(folder)
            if told is None or (told.at, told.size) != (facts.st_mtime_ns, facts.st_size):
                content = (folder / MANIFEST).read_bytes()
                stamp = hashlib.sha256(content).hexdigest()[:16]
                told = self._told[folder] = Manifest(facts.st_mtime_ns, facts.st_size, stamp, _whole(folder))
        except OSError:
            return None
        return told


def possible(name: str) -> bool:
    """Whether a run may be called so: a folder's name, and no way to another folder.

    Example:
        >>> possible("run-2026"), possible("../etc"), possible(".state")
        (True, False, False)
    """
    return Path(name).name == name and not name.startswith(".") and name.isprintable()


def _restricted(run: Run) -> bool:
    return bool(run.manifest["settings"]["ingest"]["include_restricted"])


def _guarded(earlier: Reader, later: Run) -> frozenset[str]:
    """Whom the earlier run ranks and the later one protects or holds."""
    try:
        ranked = earlier.table("nominals").filter("rankable")["nominal_id"]
        guarded = pl.col("protected") | (pl.col("held") != "[]")
        now = (
            people(later).select("nominal_id", "protected", "held").filter(pl.col("nominal_id").is_in(ranked.implode()))
        )
        return frozenset(now.filter(guarded).collect()["nominal_id"])
    except (InputError, OSError, pl.exceptions.PolarsError):
        return frozenset()  # half a run tells nothing; its own pages say so


def _whole(folder: Path) -> Run | None:
    """A finished run; None = it can't be read, or is hidden: under way, or killed."""
    try:
        run = open_run(folder)
    except InputError:
        return None
    return None if folder.name.startswith(".") else run

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
from countylines.web.guarded import Guarded, both, keep, read_guarded, recall
from countylines.web.reader import UNREAD, Reader
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
    _since: dict[str, tuple[float, frozenset[str]]] = field(default_factory=dict)
    _words: dict[bool, Guarded] = field(default_factory=dict)
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
            runs = [run for run in self.runs() if restricted or not run.restricted]
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

        A run with restricted records tells nothing on the pages of one without. What the latest run said stays when it
        is damaged or deleted; where it lies here and could never be read, nobody is ranked: ``UNREAD``.
        """
        asked, found = self._since.get(reader.stamp, (None, frozenset()))
        now = time.monotonic()
        if asked is None or now - asked >= ASK_AGAIN:
            found = self._later_word(reader)
            self._since[reader.stamp] = now, found
        return found

    def _later_word(self, reader: Reader) -> frozenset[str]:
        own = self._manifest(reader.run.folder)
        at = own.at if own else 0
        latest = next((run for run in self.runs() if run.restricted == reader.restricted), reader.run)
        word, whole = self._word(latest, reader.restricted)
        if word and word.later_than(str(reader.run.manifest["as_of"]), at):
            ranked = reader.table("nominals").filter("rankable")["nominal_id"]
            return word.ids & frozenset(ranked)
        return frozenset() if whole or latest.folder == reader.run.folder else UNREAD

    def _word(self, latest: Run, restricted: bool) -> tuple[Guarded | None, bool]:
        """The last word on whom to guard, and whether it is the latest run's own."""
        path = self.indexes / f"guarded{'-restricted' if restricted else ''}.json"
        kept, told = self._words.get(restricted) or recall(path), self._manifest(latest.folder)
        if told and kept and kept.stamp == told.stamp:
            self._words[restricted] = kept
            return kept, True
        try:
            word = read_guarded(latest, told.stamp, told.at) if told else None
        except (InputError, OSError, pl.exceptions.PolarsError):
            word = None  # half a run tells nothing; its own pages say so
        if word is None:
            return kept, False
        if kept and kept.later_than(word.as_of, word.at):
            return both(kept, word), True  # of a run that is gone
        self._words[restricted] = word
        keep(path, word)
        return word, True

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


def _whole(folder: Path) -> Run | None:
    """A finished run; None = it can't be read, or is hidden: under way, or killed."""
    try:
        run = open_run(folder)
    except InputError:
        return None
    return None if folder.name.startswith(".") else run

"""The runs under the server: which there are, which one is current, and each opened once."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from countylines.errors import InputError
from countylines.runs import MANIFEST, Run, open_run
from countylines.web.reader import Reader
from countylines.web.separate_list import SeparateList


class NoRun(Exception):
    """The run that a page asks for isn't there, or no longer, or not whole.

    Attributes:
        name: of the run; empty when there is no run at all.
    """

    def __init__(self, name: str = "") -> None:
        super().__init__(name)
        self.name = name


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
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def runs(self) -> list[Run]:
        """All finished runs that can be read, the current one first: the latest data, then the latest made.

        One that can't be read, such as a folder copied by halves, hides no other.
        """
        return sorted(
            _readable(self.folder), key=lambda run: (str(run.manifest.get("as_of", "")), _made(run)), reverse=True
        )

    def refresh(self) -> None:
        """A ruling was made or withdrawn: the next page asks who is on the separate list."""
        if self.separate:
            self.separate.forget()

    def reader(self, name: str = "") -> Reader:
        """The run of that name, or the current one.

        Raises:
            NoRun: there is none, or it was deleted or is only half there.
        """
        if not name:
            runs = self.runs()
            if not runs:
                raise NoRun
            name = runs[0].folder.name
        folder = self.folder / name
        if Path(name).name != name or name.startswith(".") or not name.isprintable():
            raise NoRun(name)
        try:
            stamp = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()[:16]
        except OSError as error:
            with self._lock:
                self._open.pop(name, None)
            raise NoRun(name) from error
        with self._lock:
            reader = self._open.get(name)
            if reader is None or reader.stamp != stamp:
                try:
                    reader = Reader(_whole(folder), stamp, self.indexes, self.separate or frozenset)
                except InputError as error:
                    raise NoRun(name) from error
                self._open[name] = reader
            return reader


def _readable(folder: Path) -> Iterator[Run]:
    for path in folder.glob(f"*/{MANIFEST}"):
        with suppress(InputError):
            yield _whole(path.parent)


def _whole(folder: Path) -> Run:
    """A finished run that says what every page needs.

    Raises:
        InputError: it doesn't, or is hidden: a run under way, or one that was killed.
    """
    run = open_run(folder)
    told = run.manifest if isinstance(run.manifest, dict) else {}
    if folder.name.startswith(".") or not told.get("as_of") or "ingest" not in told.get("settings", {}):
        raise InputError("this is not a finished run", "copy it again", file=folder.name)
    return run


def _made(run: Run) -> float:
    try:
        return (run.folder / MANIFEST).stat().st_mtime
    except OSError:
        return 0.0

"""What lies on the shelf: finished runs, newest first, and what is there of runs that failed or came by halves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from countylines.errors import InputError
from countylines.runs import MANIFEST, NOT_THERE, Run, finished, numbered_anew, open_run
from countylines.settings import Settings
from countylines.tables import EXTRACTS, RUN
from countylines.web.group_rows import SMALL
from countylines.web.run_facts import tells_no_count

COUNTS = ("rows_in", "kept", "set_aside", "rejected")
PARTIAL, REJECTS = ".partial", ".rejects.csv"
ITS_OWN = ("run.log", "sources", *(f"{name}.parquet" for name in RUN.keys() - EXTRACTS.keys()))  # only a run has these


@dataclass(frozen=True)
class Shelved:
    """A finished run as the list shows it.

    Attributes:
        run: opened.
        made: when its folder was finished, by the disk.
        missing: tables that its manifest names and its folder lacks: it was copied by halves.
        anew: the run before it, where its groups were numbered anew though that one lies beside it; empty = none.
    """

    run: Run
    made: dt.datetime
    missing: tuple[str, ...]
    anew: str = ""

    @property
    def name(self) -> str:
        """That of its folder."""
        return self.run.folder.name

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What it was made from and with."""
        return self.run.manifest

    @property
    def restricted(self) -> bool:
        """Whether only cleared people may open it."""
        return self.run.restricted

    def notes(self, hide: bool) -> list[str]:
        """What it says of itself; ``hide``: without sentences that have a count."""
        return [note for note in self.manifest["notes"] if not hide or tells_no_count(note)]

    @cached_property
    def rows(self) -> dict[str, int]:
        """Rows in, kept, set aside and rejected, over all tables."""
        return {name: sum(counts[name] for counts in self.manifest["rows_in"].values()) for name in COUNTS}

    @cached_property
    def differing(self) -> list[tuple[str, Any, Any]]:
        """The settings that differ from the defaults."""
        return differing(self.manifest["settings"])


@dataclass(frozen=True)
class Fragment:
    """Something in the folder that isn't a finished run: its name, what happened, and the last line of its log."""

    name: str
    what: str
    last: str = ""


def shelved(folder: Path) -> list[Shelved]:
    """The finished runs that can be read, newest data first, then the latest made."""
    found = [run for path in _folders(folder) if isinstance(run := _opened(path), Run)]
    beside = {kind: [run for run in finished(folder) if run.restricted == kind] for kind in (False, True)}
    made = [
        Shelved(run, _moment(run.folder / MANIFEST), _missing(run), before.folder.name if before else "")
        for run in found
        for before in [numbered_anew(run, beside[run.restricted])]
    ]
    return sorted(made, key=lambda each: (str(each.manifest["as_of"]), each.made), reverse=True)


def fragments(folder: Path) -> list[Fragment]:
    """What runs left behind that failed, are still under way, or were copied by halves."""
    return sorted(_fragments(folder), key=lambda each: each.name)


def differing(settings: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, Any, Any]]:
    """Settings that aren't the defaults: section and name, value, default; a setting unknown today has None.

    Example:
        >>> settings = Settings().as_dict()
        >>> settings["network"]["keep_weight"] = 0.6
        >>> differing(settings)
        [('network.keep_weight', 0.6, 0.5)]
    """
    usual = Settings().as_dict()
    found = []
    for section, values in settings.items():
        for name, value in values.items():
            default = usual.get(section, {}).get(name)
            if value != default and (value or default):  # an empty list, text or nothing are all: not given
                found.append((f"{section}.{name}", value, default))
    return found


def hidden(*counts: int) -> bool:
    """Whether counts that belong together must all be hidden: when one of them is 1 to 4.

    Example:
        >>> hidden(12, 3), hidden(12, 0)
        (True, False)
    """
    return any(0 < count < SMALL for count in counts)


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:
        return []


def _opened(path: Path) -> Run | InputError:
    """The run, or what is wrong with it."""
    try:
        return open_run(path)
    except InputError as error:
        return error


def _missing(run: Run) -> tuple[str, ...]:
    return tuple(name for name in run.manifest["rows_out"] if not (run.folder / f"{name}.parquet").is_file())


def _moment(path: Path) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    except OSError:
        return dt.datetime.fromtimestamp(0, dt.UTC)


def _fragments(folder: Path) -> Iterator[Fragment]:
    for path in _folders(folder):
        found = _opened(path)
        if isinstance(found, InputError) and not isinstance(found.__cause__, NOT_THERE):
            yield Fragment(path.name, f"Can't be read: {found.what}")
        elif isinstance(found, InputError) and any((path / name).exists() for name in ITS_OWN):
            yield Fragment(path.name, "Its manifest is missing: it was copied by halves")
    try:
        rest = sorted(folder.iterdir())
    except OSError:
        return
    for path in rest:
        if path.name.startswith(".") and path.name.endswith(PARTIAL):
            name = path.name[1:].removesuffix(PARTIAL)
            yield Fragment(name, "Under way, or stopped before its end: it leaves no tables", _last_line(path))
        elif path.name.endswith(REJECTS):
            name = path.name.removesuffix(REJECTS)
            yield Fragment(name, f"Stopped, since too many rows were rejected: they are listed in {path.name}")


def _last_line(partial: Path) -> str:
    try:
        lines = (partial / "run.log").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return lines[-1][:200] if lines else ""

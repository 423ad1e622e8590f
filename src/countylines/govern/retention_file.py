"""How long each kind of thing is kept: a YAML file that the force sets; the shipped one is only where to start.

Data Protection Act 2018, section 39: personal data are kept for no longer than is necessary, and appropriate time
limits are set for reviewing whether they still are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

from countylines.errors import InputError
from countylines.yamls import keys, load, text

Unit = Literal["days", "years"]
KINDS = ("sessions", "views", "notes", "tasking", "drafts", "rulings", "cases", "runs")
MOST = {"days": 36_500, "years": 100}


@dataclass(frozen=True, slots=True)
class Period:
    """So many days or years."""

    amount: int
    unit: Unit

    def ends(self, start: dt.date) -> dt.date:
        """The day on which it has passed; a year from 29 February ends on 1 March.

        Example:
            >>> Period(6, "years").ends(dt.date(2020, 2, 29)), Period(90, "days").ends(dt.date(2026, 1, 1))
            (datetime.date(2026, 3, 1), datetime.date(2026, 4, 1))
        """
        if self.unit == "days":
            return start + dt.timedelta(days=self.amount)
        try:
            return start.replace(year=start.year + self.amount)
        except ValueError:
            return dt.date(start.year + self.amount, 3, 1)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit if self.amount != 1 else self.unit[:-1]}"


@dataclass(frozen=True, slots=True)
class Kept:
    """How long one kind is kept, why, and by which law or guidance; in the words of who set it."""

    period: Period
    why: str
    law: str


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods of all kinds, by kind.

    Attributes:
        name: what they are and who set them, as pages say.
        shipped: whether they are those that come with the program, which nobody has set for this force.
    """

    name: str
    kinds: Mapping[str, Kept]
    shipped: bool


def load_periods(path: Path | None = None) -> Periods:
    """The periods of a file; without one, those that are shipped.

    Raises:
        InputError: it can't be read, a kind is missing or unknown, or a period can't be used.
    """
    if path is None:
        with as_file(files("countylines.govern") / "retention.yaml") as shipped:
            return _read(shipped, True)
    return _read(path, False)


def _read(path: Path, shipped: bool) -> Periods:
    file = path.name
    written = keys(load(path), ("name", "kinds"), file, "")
    for needed in ("name", "kinds"):
        if not written.get(needed):
            raise InputError(f"the key {needed!r} is missing", "start from the shipped file", file=file)
    given = keys(written["kinds"], KINDS, file, "kinds")
    missing = [kind for kind in KINDS if kind not in given]
    if missing:
        said = f"nothing says how long {', '.join(missing)} are kept"
        raise InputError(said, "add them below kinds:", file=file, field="kinds")
    return Periods(
        text(written["name"], file, "name"),
        {kind: _kept(given[kind], file, f"kinds.{kind}") for kind in KINDS},
        shipped,
    )


def _kept(written: object, file: str, place: str) -> Kept:
    found = keys(written, ("keep", "why", "law"), file, place)
    said = {name: text(found.get(name, ""), file, f"{place}.{name}").strip() for name in ("keep", "why", "law")}
    empty = next((name for name, words in said.items() if not words), None)
    if empty:
        raise InputError(f"{empty} is missing", "say for how long, why, and by which law", file=file, field=place)
    return Kept(_period(said["keep"], file, f"{place}.keep"), said["why"], said["law"])


def _period(said: str, file: str, place: str) -> Period:
    amount, _, unit = said.partition(" ")
    plural = unit if unit.endswith("s") else f"{unit}s"
    if not (amount.isascii() and amount.isdigit() and plural in MOST and 0 < int(amount) <= MOST[plural]):
        raise InputError(f"{said!r} is no period", "write it as 90 days, or 6 years", file=file, field=place)
    return Period(int(amount), "days" if plural == "days" else "years")

"""The table twin of the network as the server writes it, for everybody without a script: the same people, in pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from fastapi import Query
from pydantic import Field

from countylines.graph import Ints
from countylines.web.network_data import AROUND, around
from countylines.web.network_facts import BANDS, EPOCH, MARKS, ROLE_NAMES, SOURCE_NAMES, Day
from countylines.web.network_search import sought
from countylines.web.network_seen import Seen
from countylines.web.persons import MARK_WORDS, Card, Mark
from countylines.web.reader import Reader
from countylines.web.render import day, query

A_PAGE = 50
Words = Annotated[str, Query(max_length=100)]
Steps = Annotated[int, Query(ge=0, le=3)]
Source = Annotated[int, Field(ge=0, lt=len(SOURCE_NAMES))]
Role = Annotated[int, Field(ge=0, lt=len(ROLE_NAMES))]


@dataclass(frozen=True)
class Asked:
    """The filters of an address.

    Attributes:
        group: its people.
        person: those within ``steps`` of somebody.
        q: those of them who are found so.
        everybody: all are drawn, whatever their number.
        marks: those treated so; none = everybody.
        soc: members of SOC groups only.
        sources, roles: places in SOURCE_NAMES and ROLE_NAMES, any of them; none = all.
        harm: the least place in BANDS.
    """

    group: str = ""
    person: str = ""
    steps: int = 1
    q: str = ""
    everybody: bool = False
    marks: tuple[Mark, ...] = ()
    soc: bool = False
    sources: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    harm: int = 0

    @property
    def filters(self) -> dict[str, Any]:
        """As an address has them.

        Example:
            >>> {name: value for name, value in Asked(person="N-1").filters.items() if value}
            {'around': 'N-1', 'steps': 1}
        """
        steps = self.steps if self.person else None
        drawn = "1" if self.everybody else None
        return {"group": self.group, "around": self.person, "steps": steps, "q": self.q, "all": drawn, **self.narrow}

    @property
    def narrow(self) -> dict[str, Any]:
        """Those of the filters that say what sort of people."""
        return {
            "mark": list(self.marks),
            "soc": "1" if self.soc else None,
            "source": list(self.sources),
            "role": list(self.roles),
            "harm": self.harm or None,
        }

    @property
    def start(self) -> str:
        """The same for the explorer (island/src/network/state.ts).

        Example:
            >>> Asked(group="G1", marks=("child", "both"), harm=2).start
            'group=G1&without=0%2C2%2C4%2C5&harm=2'
            >>> Asked(person="x,y").start  # one person: state.ts writes a comma in an id as %2C, a percent sign as %25
            'chosen=x%252Cy'
        """
        lists = {
            "without": [i for i, mark in enumerate(MARKS) if self.marks and mark not in self.marks],
            "sources": self.sources,
            "roles": self.roles,
        }
        one = {"group": self.group} if self.group else {"chosen": self.person.replace("%", "%25").replace(",", "%2C")}
        said = {**one, **{name: ",".join(map(str, each)) for name, each in lists.items()}}
        return query({**said, "onlySoc": "1" if self.soc else None, "harm": self.harm or None}).removeprefix("?")


def asked(
    group: Words = "",
    around: Words = "",
    focus: Words = "",
    steps: Steps = 1,
    q: Words = "",
    all: Words | None = None,
    mark: Annotated[list[Mark] | None, Query(max_length=len(MARKS))] = None,
    soc: Words = "",
    source: Annotated[list[Source] | None, Query(max_length=len(SOURCE_NAMES))] = None,
    role: Annotated[list[Role] | None, Query(max_length=len(ROLE_NAMES))] = None,
    harm: Annotated[int, Query(ge=0, lt=len(BANDS))] = 0,
) -> Asked:
    """The filters in an address; ``focus`` is another word for ``around``."""
    marks, sources, roles = tuple(mark or ()), tuple(source or ()), tuple(role or ())
    return Asked(group, around or focus, steps, q, all is not None, marks, bool(soc), sources, roles, harm)


@dataclass(frozen=True)
class Row:
    """One person.

    Attributes:
        words: how they are treated.
        stays: why they can't be taken out in a what-if; empty = they can.
        harm: a band; "Not ranked" for everybody protected or held.
        group: id and name; empty = in none.
        links: ties to people who may be seen.
    """

    card: Card
    words: str
    stays: str
    group: tuple[str, str] | None
    links: int
    harm: str
    first: str
    last: str


@dataclass(frozen=True)
class Page:
    """Some of the people.

    Attributes:
        of: what is listed, in words; empty = everybody.
        left_out: people within the steps who are left out by the cap.
    """

    rows: tuple[Row, ...]
    total: int
    number: int
    pages: int
    of: str
    left_out: int


@dataclass(frozen=True)
class Listed:
    """Everybody asked for: their rows, and what of :class:`Page` is the same on each page."""

    rows: Ints
    of: str
    left_out: int


def listed(reader: Reader, seen: Seen, what: Asked) -> Listed:
    """The people asked for: found, around somebody, of a group, or everybody.

    Raises:
        Missing, Refused: there is no such person or group, or it may not be seen.
    """
    rows, of, left_out = np.flatnonzero(seen.people), "", 0
    if what.group:
        rows, of = seen.members(what.group), f"in {what.group} {seen.names[what.group]}"
    if what.person:
        i = seen.find(what.person)
        near = around(seen, i, what.steps)
        left_out = max(0, len(near) - AROUND)
        rows, of = near[:AROUND], f"within {what.steps} step{'s' * (what.steps != 1)} of {seen.label(i)}"
    if what.q:
        found, alike = sought(reader, seen, what.q)
        how = "with a name like" if found and alike else "found by"
        rows = rows[np.isin(rows, found)]
        of = f"{how} \N{LEFT DOUBLE QUOTATION MARK}{what.q}\N{RIGHT DOUBLE QUOTATION MARK}"
    kept = rows[[_kept(seen, what, i) for i in rows.tolist()]] if any(what.narrow.values()) else rows
    if len(kept) < len(rows):
        of = f"{of} with these filters".lstrip()
    return Listed(kept, of, left_out)


def _kept(seen: Seen, what: Asked, i: int) -> bool:
    """Whether the filters leave somebody.

    Whoever isn't rankable has no role and no harm, and is never left out by either: a filter must not be a way to lose
    sight of a child.
    """
    facts = seen.facts
    if what.marks and MARKS[facts.mark[i]] not in what.marks:
        return False
    if what.soc and not facts.cards[facts.ids[i]].soc:
        return False
    if what.sources and not any(facts.sources[i] >> bit & 1 for bit in what.sources):
        return False
    if not seen.rankable(i):
        return True
    roles = not what.roles or any(facts.roles[i] >> bit & 1 for bit in what.roles)
    return roles and (facts.harm[i] or 0) >= what.harm


def page_of(reader: Reader, seen: Seen, what: Asked, page: int) -> Page:
    """A page of the people asked for, by group, then name.

    Raises:
        Missing, Refused: as :func:`listed`.
    """
    found = listed(reader, seen, what)
    last = len(seen.groups)
    order = sorted(found.rows.tolist(), key=lambda i: (seen.home[i] if seen.home[i] >= 0 else last, seen.label(i), i))
    pages = max(1, -(-len(order) // A_PAGE))
    at = min(page, pages)
    degree = np.bincount(
        np.concatenate((seen.facts.a[seen.ties], seen.facts.b[seen.ties])), minlength=len(seen.facts.ids)
    )
    some = order[(at - 1) * A_PAGE : at * A_PAGE]
    return Page(tuple(_row(seen, i, degree) for i in some), len(order), at, pages, found.of, found.left_out)


@dataclass(frozen=True)
class Choices:
    """What the filters offer: marks with how many people have them, sources, roles and bands of harm, in order."""

    marks: tuple[tuple[Mark, str, int], ...]
    sources: tuple[str, ...] = SOURCE_NAMES
    roles: tuple[str, ...] = ROLE_NAMES
    harm: tuple[str, ...] = tuple(name for name, _ in BANDS)


def choices_of(seen: Seen) -> Choices:
    """The filters for the people who may be seen."""
    n = np.bincount(np.array(seen.facts.mark, np.int64)[seen.people], minlength=len(MARKS)).tolist()
    return Choices(tuple((mark, MARK_WORDS[mark], n[i]) for i, mark in enumerate(MARKS) if n[i]))


def _row(seen: Seen, i: int, degree: Ints) -> Row:
    facts = seen.facts
    card, harm = facts.cards[facts.ids[i]], facts.harm[i]
    said = "Not ranked" if not seen.rankable(i) else "Not known" if harm is None else BANDS[harm][0]
    group = seen.groups[seen.home[i]] if seen.home[i] >= 0 else None
    home = (group, seen.names[group]) if group else None
    stays = "" if seen.rankable(i) else seen.why_not(i)
    return Row(card, seen.words(i), stays, home, int(degree[i]), said, _said(facts.first[i]), _said(facts.last[i]))


def _said(value: Day) -> str:
    return "No date" if value is None else day(EPOCH.fromordinal(EPOCH.toordinal() + value))

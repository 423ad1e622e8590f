"""The county lines: who belongs to each, in what role, and how much of it the records show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from countylines.synthetic.clock import END_DAY, START_DAY, YEAR
from countylines.synthetic.data import words
from countylines.synthetic.people import People
from countylines.synthetic.scale import CREW, Scale

ROLES = tuple(CREW)
GROWN = ("holder", "elder", "dealer")  # roles of the grown people who sell
LEAST = {"holder": 1, "elder": 1, "dealer": 1, "runner": 2, "cuckooed": 1}
CHILDREN = 0.75  # share of runners who are children
TWO_LINES = 0.12  # share of dealers who work for a second line
AGES = {"holder": (23, 38), "elder": (19, 30), "dealer": (18, 32), "runner": (18, 24), "cuckooed": (26, 64)}

STATUSES = ("active", "type 1 closed", "active", "active", "type 2 closed")  # in turn

# How a member shows in the records. Children: with the holder; with others of the line only; not at all.
# Adults: plainly; only beside others, in records without search words; only alone; only as a victim.
WITH_HOLDER, WITH_OTHERS, UNLINKED = "holder", "others", "none"
PLAIN, QUIET, LOST, VICTIM = "plain", "quiet", "lost", "victim"


@dataclass
class Member:
    """Someone of a line: their window (days since 1970-01-01), how they show, how often and where."""

    person: int
    line: int
    role: str
    child: bool  # exploited as a child
    start: float
    end: float
    link: str = PLAIN
    exploited: bool = False
    activity: float = 1.0  # how often they are met, against the others
    cell: int = -1  # which of the line's areas they work; -1 = all
    second: int = -1  # another line they work for, too


@dataclass
class Line:
    """A county line and its people."""

    number: int
    name: str
    phones: list[str]
    areas: list[int]
    origin: int  # the import area, index into words.yaml's outside
    status: str
    start: float
    end: float
    members: list[Member] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The line's id in the tables."""
        return f"L{self.number + 1:03d}"


def make_lines(rng: np.random.Generator, people: People, scale: Scale) -> list[Line]:
    """The lines with their people; birth dates are set so that children are children while the line runs."""
    adults, children = _candidates(rng, people)
    lines = [_line(rng, number) for number in range(scale.lines)]
    for line in lines:
        factor = scale.crew * float(np.exp(rng.normal(0, 0.3)))
        for role in ROLES:
            count = max(LEAST[role], round(CREW[role] * factor))
            young = round(CHILDREN * count) if role == "runner" else 0
            for place in range(count):
                child = place < young
                member = Member((children if child else adults).pop(), line.number, role, child, line.start, line.end)
                _fit_age(rng, people, member)
                member.exploited = child or role == "cuckooed" or (role == "runner" and rng.random() < 0.3)
                _place(rng, member, len(line.areas), scale.lines)
                line.members.append(member)
    _show(rng, [member for line in lines for member in line.members], people)
    return lines


def _candidates(rng: np.random.Generator, people: People) -> tuple[list[int], list[int]]:
    """Adults and children to choose from, at most one a household."""
    order = rng.permutation(len(people))
    _, one = np.unique(people.first[order], return_index=True)
    order = order[np.sort(one)]
    child = order - people.first[order] >= people.adults[order]
    return [int(person) for person in order[~child]], [int(person) for person in order[child]]


def _line(rng: np.random.Generator, number: int) -> Line:
    names = words()
    status = STATUSES[number % len(STATUSES)]
    if status == "active":
        start, end = END_DAY - rng.uniform(1.2, 3.2) * YEAR, float(END_DAY)
    else:
        end = rng.uniform(START_DAY + 2 * YEAR, END_DAY - 0.4 * YEAR)
        start = end - rng.uniform(1.0, 1.5) * YEAR
    areas = rng.choice(len(names["area"]), size=int(rng.integers(1, 4)), replace=False)
    count = 1 + int(rng.random() < 0.6) + int(rng.random() < 0.3)
    phones = [line_phone(number, i) for i in range(count)]
    origin = int(rng.integers(len(names["outside"])))
    return Line(number, line_name(number), phones, [int(area) for area in areas], origin, status, start, end)


def line_name(number: int) -> str:
    """What a line is called: no two alike.

    Example:
        >>> [line_name(number) for number in range(3)]
        ['Marco', 'Jaxky', 'Zanty']
    """
    starts, ends = words()["line_start"], words()["line_end"]
    place = (number * 37) % (len(starts) * len(ends))
    again = number // (len(starts) * len(ends))
    return starts[place % len(starts)] + ends[place // len(starts)] + (f" {again + 1}" if again else "")


def line_phone(number: int, which: int) -> str:
    """One of a line's up to three numbers, of those that Ofcom keeps for fiction.

    Example:
        >>> line_phone(0, 0), line_phone(1, 2)
        ('07700 900000', '07700 900005')
    """
    return f"07700 900{(number * 3 + which) % 800:03d}"


def _place(rng: np.random.Generator, member: Member, areas: int, lines: int) -> None:
    """A few are met all the time and many seldom; sellers keep to one area; some grown sellers work for two lines."""
    member.activity = float(np.exp(rng.normal(0, 0.9)))
    if member.role not in ("holder", "elder"):
        member.cell = int(rng.integers(areas))
    if member.role == "dealer" and rng.random() < TWO_LINES:
        member.second = int((member.line + rng.integers(1, lines)) % lines)


def _fit_age(rng: np.random.Generator, people: People, member: Member) -> None:
    """Set the birth date to the role, and a child's window to their years of 13 to 18 within the line's."""
    when = rng.uniform(member.start + 0.3 * (member.end - member.start), member.end)
    age = rng.uniform(14.3, 17.3) if member.child else rng.uniform(*AGES[member.role])
    people.born[member.person] = int(when - age * YEAR)
    if not member.child:
        return
    born = float(people.born[member.person])
    member.start = max(member.start, born + 13 * YEAR)
    member.end = min(member.end, born + 18 * YEAR - 1)
    first = int(people.first[member.person])
    for parent in range(first, first + int(people.adults[member.person])):
        people.born[parent] = min(people.born[parent], int(born - 18 * YEAR))
    people.female[first] = 1
    people.care[member.person] = 1 if rng.random() < 0.35 else 0


def _show(rng: np.random.Generator, members: Sequence[Member], people: People) -> None:
    """Decide how everybody shows: exactly a third of the exploited children never beside their line's holder, of them
    a tenth of all (at least one) not linked at all; spread evenly over those still children and those grown up."""
    children = [members[i] for i in rng.permutation(len(members)) if members[i].child]
    children.sort(key=lambda member: END_DAY - people.born[member.person] < 18 * YEAR)
    apart = _every(children, round(len(children) / 3))
    unlinked = _every(apart, min(len(apart), max(1, round(len(children) / 10))))
    for member in children:
        member.link = WITH_HOLDER
    for member in apart:
        member.link = WITH_OTHERS
    for member in unlinked:
        member.link = UNLINKED
    grown = [members[i] for i in rng.permutation(len(members)) if not members[i].child]
    lower = [member for member in grown if member.role in ("dealer", "runner", "cuckooed")]
    for member in (lost := lower[: round(0.05 * len(lower))]):
        member.link = LOST
    sellers = [member for member in lower[len(lost) :] if member.role != "cuckooed"]
    for member in sellers[: round(0.08 * len(sellers))]:
        member.link = QUIET
    tenants = [member for member in lower[len(lost) :] if member.role == "cuckooed"]
    for member in tenants[: round(0.1 * len(tenants))]:
        member.link = VICTIM


def _every(members: Sequence[Member], wanted: int) -> list[Member]:
    """So many of them, evenly spread."""
    n = len(members)
    return [member for i, member in enumerate(members) if (i + 1) * wanted // n > i * wanted // n]

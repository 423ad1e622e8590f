"""The people of a group: those who may be ranked by their strongest role in matched records, and, apart and without any
figure, children and people who may be exploited (METHOD 1; SCREENS 3)."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from countylines.web.marks import apart
from countylines.web.persons import LATEST_UNREAD, Card
from countylines.web.ranks import priorities
from countylines.web.reader import Reader
from countylines.web.unweighed import INDEXES, known_harm

ROLES: Mapping[str, tuple[str, ...]] = {
    "Convicted": ("convicted",),
    "Charged": ("charged",),
    "Arrested or suspected": ("arrested", "suspect"),
    "In prison records": ("prisoner",),
    "Named in intelligence or other records": ("subject", "associate"),
    "Victim or missing": ("victim", "missing"),
    "In no matched record: tied to people who are": (),
}
"""Heading and roles, the strongest first."""


@dataclass(frozen=True)
class Member:
    """Somebody in a group. Of protected and held people nothing but the dates is filled.

    Attributes:
        role: heading of their strongest role in matched records; empty for protected and held people.
        harm: by index, 12 months; None = unknown, since no crime has a code with a weight; none for protected and held
            people.
        unweighed: by index, crimes of 12 months without a code or without a weight.
        rank: among all rankable people: rank, low, high; None = not ranked.
        told: whether that range tells them apart from the others.
    """

    card: Card
    entered_by: str
    first: dt.date | None
    last: dt.date | None
    role: str = ""
    weight: float | None = None
    stays: float | None = None
    strength: float | None = None
    harm: Mapping[str, float | None] = field(default_factory=dict)
    rank: tuple[int, int, int] | None = None
    unweighed: Mapping[str, int] = field(default_factory=dict)
    told: bool = True


@dataclass(frozen=True)
class Members:
    """A group's people.

    Attributes:
        ranked: heading to people, the most tied first; only people who may be ranked.
        guarded: children and people who may be exploited, by name of mark, then id.
    """

    ranked: Mapping[str, tuple[Member, ...]]
    guarded: tuple[Member, ...]

    @property
    def rankable(self) -> tuple[Member, ...]:
        """Everybody who may be ranked."""
        return tuple(each for some in self.ranked.values() for each in some)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why the guarded people are guarded, each person under one reason at least, and how many."""
        found: Counter[str] = Counter()
        for each in self.guarded:
            found.update(why_guarded(each.card))
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def why_guarded(card: Card) -> list[str]:
    """Why somebody is never ranked, in words (METHOD 1).

    Example:
        >>> from countylines.web.persons import card_of
        >>> why_guarded(card_of({"nominal_id": "n1", "is_child": 1, "believed_exploited": 1}))
        ['under 18', 'believed exploited']
        >>> why_guarded(card_of({"nominal_id": "n2", "is_child": 0, "held": '["may be cuckooed"]'}))
        ['held: may be cuckooed']
    """
    why = ["under 18"] if card.is_child else []
    why += ["believed exploited"] if card.believed_exploited else []
    why += ["age unknown"] if card.protected and not why else []
    told = (reason if reason == LATEST_UNREAD else f"held: {reason}" for reason in card.held)
    return why + ([] if card.protected else list(told))


def members(reader: Reader, group_id: str) -> Members:
    """The group's people, by role; nobody who is protected or held has a role or figure."""
    rows = {row["nominal_id"]: row for row in reader.rows("nominals", "group_id", group_id)}
    cards = reader.cards(rows)
    free = [i for i, row in rows.items() if row["rankable"] and i in cards and not cards[i].guarded]
    roles, figures = _roles(reader, free), _figures(reader, free)
    made: dict[str, list[Member]] = defaultdict(list)
    ranked_in_all = priorities(reader).height
    guarded = []
    for nominal, row in rows.items():
        if nominal not in cards:
            continue
        plain = Member(cards[nominal], row["entered_by"], row["first_evidence"], row["last_evidence"])
        if nominal not in figures:
            guarded.append(plain)
            continue
        strength, harm, rank, unweighed = figures[nominal]
        made[roles[nominal]].append(
            Member(plain.card, plain.entered_by, plain.first, plain.last, roles[nominal], row["weight"], row["stays"],
                   strength, harm, rank, unweighed, rank is None or apart(*rank, ranked_in_all))
        )  # fmt: skip
    ranked = {
        role: tuple(sorted(made[role], key=lambda each: (-(each.strength or 0.0), each.card.nominal_id)))
        for role in ROLES
        if made[role]
    }
    return Members(ranked, tuple(sorted(guarded, key=lambda each: (mark_order(each.card), each.card.nominal_id))))


def mark_order(card: Card) -> int:
    """Where somebody to protect or held stands in a list: by their mark, the most to protect first."""
    return ("both", "child", "exploited", "unknown", "held", "adult").index(card.mark)


def _roles(reader: Reader, ids: Iterable[str]) -> dict[str, str]:
    """The heading of each person's strongest role in matched records."""
    found: dict[str, set[str]] = {nominal: set() for nominal in ids}
    rows = reader.index.among(
        "SELECT DISTINCT i.nominal_id, i.role FROM involvements i JOIN records r ON r.record_id = i.record_id"
        " WHERE r.score > 0 AND i.nominal_id IN ({ids})",
        found,
    )
    for row in rows:
        found[row["nominal_id"]].add(row["role"])
    *known, nothing = ROLES
    return {
        nominal: next((heading for heading in known if own.intersection(ROLES[heading])), nothing)
        for nominal, own in found.items()
    }


Figures = tuple[float | None, dict[str, float | None], tuple[int, int, int] | None, dict[str, int]]


def _figures(reader: Reader, ids: Sequence[str]) -> dict[str, Figures]:
    """Strength within the group, harm of 12 months by index, and rank with range, of rankable people only."""
    inside = reader.table("centrality").filter(
        (pl.col("scope") == "group") & (pl.col("measure") == "strength") & pl.col("nominal_id").is_in(ids)
    )
    strength = dict(inside.select("nominal_id", "value").iter_rows())
    harm = known_harm(reader, "nominal")
    order = priorities(reader).filter(pl.col("id").is_in(ids))
    ranks = {i: (rank, low, high) for i, rank, low, high in order.select("id", "rank", "rank_low", "rank_high").rows()}
    return {
        nominal: (
            strength.get(nominal),
            {index: harm.of(nominal, index, "12m") for index in INDEXES},
            ranks.get(nominal),
            {index: harm.without.get((nominal, index, "12m"), 0) for index in INDEXES},
        )
        for nominal in ids
    }

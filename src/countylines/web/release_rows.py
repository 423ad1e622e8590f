"""Who leaves prison when, and the children who are linked to them: so that safeguarding knows before the day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from countylines.tables.extracts import CONNECTING_ROLES
from countylines.web.persons import Card
from countylines.web.reader import Reader

DAYS = 28


@dataclass(frozen=True)
class Linked:
    """A child, or another person to protect, linked to somebody who is released.

    Attributes:
        records: how many they share, in roles that connect.
        latest: date of the latest of these.
        same_group: they are in the same group.
    """

    card: Card
    records: int
    latest: str | None
    same_group: bool


@dataclass(frozen=True)
class Release:
    """One release: who, when, their lines by id, and the people to protect who are linked."""

    card: Card
    day: dt.date
    lines: tuple[str, ...]
    linked: tuple[Linked, ...]

    @property
    def order(self) -> tuple[bool, dt.date, str]:
        """Who is themselves protected or held stands first, then by day."""
        return (not self.card.guarded, self.day, self.card.nominal_id)


def releases(reader: Reader, first: dt.date, last: dt.date) -> list[Release]:
    """The releases from ``first`` to ``last``, both included."""
    found = reader.table("sources/releases").filter(pl.col("release_date").is_between(first, last)).unique()
    ids = found["nominal_id"].unique().to_list()
    cards = reader.cards(ids)
    shared = _shared(reader, ids)
    groups = {card.group_id for card in cards.values() if card.group_id}
    members = _protected_members(reader, sorted(groups))
    everybody = {each for others in shared.values() for each in others} | {m for some in members.values() for m in some}
    others = {each: card for each, card in reader.cards(everybody).items() if card.protected}
    lines = _lines(reader, ids)
    made = [
        Release(
            card=cards[row["nominal_id"]],
            day=row["release_date"],
            lines=tuple(lines.get(row["nominal_id"], ())),
            linked=_linked(cards[row["nominal_id"]], shared[row["nominal_id"]], members, others),
        )
        for row in found.to_dicts()
        if row["nominal_id"] in cards
    ]
    return sorted(made, key=lambda one: one.order)


def _linked(
    card: Card, shared: dict[str, tuple[int, str | None]], members: dict[str, set[str]], others: dict[str, Card]
) -> tuple[Linked, ...]:
    same = members.get(card.group_id or "", set())
    ids = ((set(shared) | same) & others.keys()) - {card.nominal_id}
    made = [Linked(others[each], *shared.get(each, (0, None)), each in same) for each in ids]
    return tuple(sorted(made, key=lambda one: (not one.card.is_child, -one.records, one.card.nominal_id)))


def _shared(reader: Reader, ids: Sequence[str]) -> dict[str, dict[str, tuple[int, str | None]]]:
    """With whom they share records in connecting roles: how many, and the latest's date."""
    roles = ", ".join(f"'{role}'" for role in CONNECTING_ROLES)
    rows = reader.index.among(
        "SELECT a.nominal_id AS one, b.nominal_id AS other, COUNT(DISTINCT a.record_id) AS n,"
        " MAX(coalesce(r.recorded, r.occurred)) AS latest FROM involvements a"
        " JOIN involvements b ON b.record_id = a.record_id AND b.nominal_id <> a.nominal_id"
        " JOIN records r ON r.record_id = a.record_id"
        f" WHERE a.role IN ({roles}) AND b.role IN ({roles})"
        " AND a.nominal_id IN ({ids}) GROUP BY 1, 2",
        ids,
    )
    found: dict[str, dict[str, tuple[int, str | None]]] = defaultdict(dict)
    for row in rows:
        found[row["one"]][row["other"]] = (row["n"], row["latest"])
    return found


def _protected_members(reader: Reader, groups: Sequence[str]) -> dict[str, set[str]]:
    rows = reader.index.among(
        "SELECT group_id, nominal_id FROM people WHERE protected = 1 AND group_id IN ({ids})", groups
    )
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        found[row["group_id"]].add(row["nominal_id"])
    return found


def _lines(reader: Reader, ids: Sequence[str]) -> dict[str, list[str]]:
    evidence = reader.table("line_evidence").filter(pl.col("nominal_id").is_in(ids) & (pl.col("kind") != "mention"))
    grouped = evidence.group_by("nominal_id").agg(pl.col("line_id").unique().sort())
    return dict(grouped.iter_rows())

"""What stands on a line's page: its people with those to protect apart, the children linked to it, its records."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from countylines.rank.lines import MENTION
from countylines.tables import OFFENDER_ROLES
from countylines.web.evidence import Evidence, evidence
from countylines.web.paging import paged
from countylines.web.persons import Card
from countylines.web.reader import Reader, Row

A_PAGE = 10
BANDS = ("strong", "some", "weak")
KINDS = {"number": "Its number is called a line's", "name": "Its name", "mention": "Its number, not called a line's"}


@dataclass(frozen=True)
class Person:
    """Somebody in a line's evidence. Of protected and held people nothing but the dates is filled.

    Attributes:
        known: known_lines says that they work it.
        roles: in the line's records.
        records: how many of them name this person; 0 = the list of known lines only.
    """

    card: Card
    known: bool
    roles: tuple[str, ...]
    records: int
    first: str | None
    last: str | None


@dataclass(frozen=True)
class People:
    """A line's people.

    Attributes:
        offenders: adults with an offender role in its records, or known to work it, the most records first.
        others: adults in another role there.
        guarded: children and people who may be exploited; never under a role (METHOD 1).
    """

    offenders: tuple[Person, ...]
    others: tuple[Person, ...]
    guarded: tuple[Person, ...]

    @property
    def ids(self) -> set[str]:
        """Everybody."""
        return {one.card.nominal_id for one in (*self.offenders, *self.others, *self.guarded)}


@dataclass(frozen=True)
class Child:
    """A child or believed victim linked to the line.

    Attributes:
        band: strong, some or weak; never a percentage (METHOD 5).
        path: people from them to the nearest on the line, both included.
        record_ids: behind the path.
    """

    card: Card
    band: str
    path: tuple[Card, ...]
    record_ids: tuple[str, ...]


@dataclass(frozen=True)
class Dated:
    """A record of the line: its day (empty = none), how it speaks of the line, and its area."""

    record_id: str
    date: str
    kinds: frozenset[str]
    area: str | None = None

    @property
    def month(self) -> str:
        """As 2021-03."""
        return self.date[:7]

    @property
    def says(self) -> bool:
        """Whether it says that this is a line."""
        return self.kinds != {MENTION}


def people(reader: Reader, line_id: str) -> People:
    """Everybody in a line's evidence; records that only mention its number name nobody (METHOD 5, lines)."""
    rows = [row for row in reader.rows("line_evidence", "line_id", line_id) if row["nominal_id"]]
    behind: dict[str, set[str]] = defaultdict(set)
    known = {row["nominal_id"] for row in rows if row["kind"] == "known"}
    for row in rows:
        if row["kind"] != MENTION:
            own = behind[row["nominal_id"]]
            own |= {row["record_id"]} if row["record_id"] else set()
    cards = reader.cards(behind)
    ids = {record for some in behind.values() for record in some}
    dates, roles = {row["record_id"]: row["date"] for row in _heads(reader, ids)}, _roles(reader, ids)
    found: dict[str, list[Person]] = {"offenders": [], "others": [], "guarded": []}
    for one, card in cards.items():
        days = sorted(dates[record] for record in behind[one] if dates.get(record))
        first, last = (days[0], days[-1]) if days else (None, None)
        if card.guarded:
            found["guarded"].append(Person(card, False, (), 0, first, last))
            continue
        own_roles = {role for record in behind[one] for role in roles.get((record, one), ())}
        where = "offenders" if one in known or own_roles & set(OFFENDER_ROLES) else "others"
        found[where].append(Person(card, one in known, tuple(sorted(own_roles)), len(behind[one]), first, last))
    for some in found.values():
        some.sort(key=lambda each: (each.card.mark if each.card.guarded else "", -each.records, each.card.nominal_id))
    return People(**{name: tuple(some) for name, some in found.items()})


def children(reader: Reader, line_id: str) -> list[Child]:
    """The children and believed victims linked to a line, the strongest band first."""
    links = reader.table("safeguarding_links").filter(
        (pl.col("kind") == "line") & (pl.col("id") == line_id) & pl.col("band").is_in(BANDS)
    )
    rows = links.to_dicts()
    cards = reader.cards(one for row in rows for one in (row["nominal_id"], *(row["path"] or ())))
    rows.sort(key=lambda row: (BANDS.index(row["band"]), row["nominal_id"]))
    return [
        Child(
            cards[row["nominal_id"]],
            row["band"],
            tuple(cards[one] for one in row["path"] or () if one in cards),
            tuple(row["record_ids"] or ()),
        )
        for row in rows
        if row["nominal_id"] in cards
    ]


def records(reader: Reader, line_id: str) -> list[Dated]:
    """All records that speak of a line, the latest first."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for row in reader.rows("line_evidence", "line_id", line_id):
        if row["record_id"]:
            kinds[row["record_id"]].add(row["kind"])
    rows = _heads(reader, kinds)
    made = [Dated(row["record_id"], row["date"] or "", frozenset(kinds[row["record_id"]]), row["area"]) for row in rows]
    return sorted(made, key=lambda one: (one.date, one.record_id), reverse=True)


def page_of(
    reader: Reader, found: Sequence[Dated], kind: str, month: str, page: int
) -> tuple[list[Evidence], int, int, int]:
    """Some of the records with their texts, the latest first: those of the page, the page, pages, and all that fit."""
    kept = [one for one in found if (kind not in KINDS or kind in one.kinds) and month in ("", one.month)]
    here, at, pages = paged(len(kept), page, A_PAGE)
    order = [one.record_id for one in kept[here]]
    texts = {each.record["record_id"]: each for each in evidence(reader, order, whole=True)}
    return [texts[record] for record in order if record in texts], at, pages, len(kept)


def by_month(found: Sequence[Dated]) -> list[tuple[str, int, int]]:
    """Every month from the first to the last record: (2021-03, records that say it is a line, mentions).

    Example:
        >>> of = lambda day, kind: Dated("r", day, frozenset({kind}))
        >>> by_month([of("2021-01-09", "name"), of("2020-11-30", "mention"), of("2020-11-02", "number")])
        [('2020-11', 1, 1), ('2020-12', 0, 0), ('2021-01', 1, 0)]
    """
    dated = [one for one in found if one.date]
    if not dated:
        return []
    months = _months(min(one.month for one in dated), max(one.month for one in dated))
    says, mentions = (dict.fromkeys(months, 0) for _ in range(2))
    for one in dated:
        (says if one.says else mentions)[one.month] += 1
    return [(month, says[month], mentions[month]) for month in months]


def _months(first: str, last: str) -> list[str]:
    start, end = (dt.date.fromisoformat(f"{month}-01") for month in (first, last))
    count = (end.year - start.year) * 12 + end.month - start.month
    return [
        f"{start.year + (start.month - 1 + i) // 12:04}-{(start.month - 1 + i) % 12 + 1:02}" for i in range(count + 1)
    ]


def _heads(reader: Reader, ids: Collection[str]) -> list[Row]:
    sql = "SELECT record_id, substr(coalesce(recorded, occurred), 1, 10) AS date, area FROM records"
    return reader.index.among(sql + " WHERE record_id IN ({ids})", ids)


def _roles(reader: Reader, ids: Collection[str]) -> Mapping[tuple[str, str], list[str]]:
    sql = "SELECT record_id, nominal_id, role FROM involvements WHERE record_id IN ({ids})"
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in reader.index.among(sql, ids):
        found[row["record_id"], row["nominal_id"]].append(row["role"])
    return found

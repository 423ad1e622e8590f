"""What the network view needs of a run's people and ties, made once a run: sources, roles, days and bands of harm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from countylines.graph import Flags, Ints
from countylines.web.members_view import ROLES
from countylines.web.persons import Card, Mark
from countylines.web.reader import Reader
from countylines.web.render import SOURCES
from countylines.web.unweighed import known_harm

MARKS: tuple[Mark, ...] = ("adult", "child", "exploited", "both", "unknown", "held")
"""In the order of the codes in the data file."""
CHILD = (1, 3)  # codes of those under 18
SOURCE_NAMES = tuple(SOURCES.values())
ROLE_NAMES = tuple(heading for heading, roles in ROLES.items() if roles)
BANDS = (("0 days", 0.0), ("1 to 29 days", 1e-9), ("30 to 364 days", 30.0), ("1 to 5 years", 365.0),
         ("Over 5 years", 1825.0))  # fmt: skip
"""Bands of harm, with the days from which each begins."""
ONE_SIZE = 6.0  # of everybody protected or held: their size must tell nothing
MOST_QUARTERS = 120
Day = int | None
EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class Facts:
    """All kept people, and the ties between them, as columns.

    Attributes:
        ids: sorted.
        row: where an id stands in ``ids``.
        cards: by id.
        size: radius in pixels: root of the strength; the same for everybody protected or held.
        mark: index in MARKS.
        ageless: whether their age isn't known.
        harm: index in BANDS; None = not rankable, or not known.
        roles, sources: bits over ROLE_NAMES (0 = not rankable) and SOURCE_NAMES.
        first, last: days since 1970 of the evidence behind them.
        stays: per cent of re-runs.
        a, b: ends of the ties as rows, in order of (a, b).
        records: of each tie; ``first_tie`` and so on are theirs.
        quarter: of each (tie, record) pair in ``shared``, days since 1970 of its first day, -1 = no date.
    """

    ids: tuple[str, ...]
    row: Mapping[str, int]
    cards: Mapping[str, Card]
    group: tuple[str | None, ...]
    size: tuple[float, ...]
    mark: tuple[int, ...]
    ageless: Flags
    harm: tuple[int | None, ...]
    roles: tuple[int, ...]
    sources: tuple[int, ...]
    first: tuple[Day, ...]
    last: tuple[Day, ...]
    stays: tuple[int | None, ...]
    a: Ints
    b: Ints
    n: Ints
    weight: tuple[float, ...]
    kind: tuple[int, ...]
    records: tuple[tuple[str, ...], ...]
    tie_sources: tuple[int, ...]
    tie_first: tuple[Day, ...]
    tie_last: tuple[Day, ...]
    shared: pl.DataFrame


def facts_of(reader: Reader) -> Facts:
    """The run's facts, made at the first need and kept."""
    found: Facts = reader.made("network facts", _made)
    return found


def rankable(card: Card) -> bool:
    """Whether somebody may be ranked: kept, and neither protected nor held (METHOD 1)."""
    return card.rankable and not card.guarded


def band(days: float | None) -> int | None:
    """The band of so many days of harm; None where it isn't known.

    Example:
        >>> band(0.0), band(400.0), band(None)
        (0, 3, None)
    """
    return None if days is None else max(i for i, (_, least) in enumerate(BANDS) if days >= least)


def _made(reader: Reader) -> Facts:
    people = reader.table("nominals").sort("nominal_id")
    ids = tuple(people["nominal_id"].to_list())
    row = {name: i for i, name in enumerate(ids)}
    found = reader.cards(ids)
    missing = [name for name in ids if name not in found]
    if missing:
        raise KeyError(f"{missing[0]} is kept, but in no extract")
    cards = {name: found[name] for name in ids}
    ties = reader.table("edges").sort("nominal_a", "nominal_b").with_row_index("tie")
    shared = _shared(reader, ties)
    free = [rankable(cards[name]) for name in ids]
    involved = _involved(reader, ids)
    harm = _harm(reader, ids)
    strength = _strength(reader)
    by_tie = _by_tie(ties, shared)
    return Facts(
        ids=ids,
        row=row,
        cards=cards,
        group=tuple(people["group_id"].to_list()),
        size=tuple(_radius(strength.get(name, 0.0)) if ok else ONE_SIZE for name, ok in zip(ids, free, strict=True)),
        mark=tuple(MARKS.index(cards[name].mark) for name in ids),
        ageless=np.array([cards[name].is_child is None for name in ids], np.bool_),
        harm=tuple(band(harm[name]) if ok else None for name, ok in zip(ids, free, strict=True)),
        roles=tuple(involved[name][0] if ok else 0 for name, ok in zip(ids, free, strict=True)),
        sources=_person_sources(ids, row, involved, ties, by_tie["sources"].to_list()),
        first=tuple(_day(value) for value in people["first_evidence"].to_list()),
        last=tuple(_day(value) for value in people["last_evidence"].to_list()),
        stays=tuple(None if value is None else round(100 * value) for value in people["stays"].to_list()),
        a=np.array([row[name] for name in ties["nominal_a"].to_list()], np.int64),
        b=np.array([row[name] for name in ties["nominal_b"].to_list()], np.int64),
        n=ties["n_records"].to_numpy().astype(np.int64),
        weight=tuple(round(value, 3) for value in ties["weight"].to_list()),
        kind=tuple(int(kind == "adversarial") for kind in ties["kind"].to_list()),
        records=tuple(tuple(each or ()) for each in ties["record_ids"].to_list()),
        tie_sources=tuple(by_tie["sources"].to_list()),
        tie_first=tuple(_day(value) for value in by_tie["first"].to_list()),
        tie_last=tuple(_day(value) for value in by_tie["last"].to_list()),
        shared=shared.select("tie", "record_id", "day"),
    )


def _shared(reader: Reader, ties: pl.DataFrame) -> pl.DataFrame:
    """The records behind each tie: ``tie``, ``record_id``, ``day`` (null = no date), ``bit`` of its source."""
    pairs = ties.select("tie", record_id="record_ids").explode("record_id").drop_nulls()
    bits = {name: 1 << i for i, name in enumerate(SOURCES)}
    records = (
        reader.run.table("sources/records")
        .select("record_id", "source", day=pl.coalesce("occurred", "recorded").cast(pl.Date))
        .join(pairs.lazy().select("record_id").unique(), on="record_id", how="semi")
        .with_columns(bit=pl.col("source").replace_strict(bits, default=0, return_dtype=pl.Int64))
        .collect()
    )
    return pairs.join(records.drop("source"), on="record_id", how="left", maintain_order="left")


def _by_tie(ties: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    made = shared.group_by("tie").agg(
        first=pl.col("day").min(),
        last=pl.col("day").max(),
        sources=pl.col("bit").drop_nulls().unique().sum(),  # different bits: their sum is their union
    )
    return ties.select("tie").join(made, on="tie", how="left", maintain_order="left").with_columns(
        pl.col("sources").fill_null(0)
    )  # fmt: skip


def _involved(reader: Reader, ids: tuple[str, ...]) -> Mapping[str, tuple[int, int]]:
    """Bits of the roles and of the sources of each person's matched records."""
    role_bits = {role: 1 << ROLE_NAMES.index(heading) for heading, roles in ROLES.items() for role in roles}
    source_bits = {name: 1 << i for i, name in enumerate(SOURCES)}
    matched = reader.run.table("record_scores").filter(pl.col("score") > 0).select("record_id")
    kept = pl.LazyFrame({"nominal_id": list(ids)}, schema={"nominal_id": pl.String})
    rows = (
        reader.run.table("sources/involvements")
        .join(kept, on="nominal_id", how="semi")
        .join(matched, on="record_id", how="semi")
        .join(reader.run.table("sources/records").select("record_id", "source"), on="record_id")
        .select("nominal_id", "role", "source")
        .unique()
        .collect()
    )
    made = dict.fromkeys(ids, (0, 0))
    for name, role, source in rows.iter_rows():
        roles, sources = made[name]
        made[name] = (roles | role_bits.get(role, 0), sources | source_bits.get(source, 0))
    return made


def _person_sources(
    ids: tuple[str, ...],
    row: Mapping[str, int],
    involved: Mapping[str, tuple[int, int]],
    ties: pl.DataFrame,
    of_tie: list[int],
) -> tuple[int, ...]:
    """Sources of each person's matched records and of those they share with others."""
    made = [involved[name][1] for name in ids]
    for a, b, bits in zip(ties["nominal_a"].to_list(), ties["nominal_b"].to_list(), of_tie, strict=True):
        made[row[a]] |= bits
        made[row[b]] |= bits
    return tuple(made)


def _harm(reader: Reader, ids: tuple[str, ...]) -> dict[str, float | None]:
    """Days of harm of rankable people; None = not known."""
    known, index = known_harm(reader, "nominal"), reader.settings["harm"]["harm_index"]
    return {name: known.of(name, index, "all") for name in ids}


def _strength(reader: Reader) -> Mapping[str, float]:
    asked = (pl.col("scope") == "network") & (pl.col("measure") == "strength")
    return dict(reader.table("centrality").filter(asked).select("nominal_id", "value").iter_rows())


def _radius(strength: float) -> float:
    """A person's radius in pixels at the first zoom."""
    return round(min(11.0, 4.2 + float(np.sqrt(max(0.0, strength))) * 1.15), 1)


def _day(value: dt.date | None) -> Day:
    return None if value is None else (value - EPOCH).days


def timeline(facts: Facts, ties: Ints) -> tuple[int, list[int]]:
    """Records behind these ties per quarter, each once: the first day of the first quarter, and the counts.

    Records without a date are in no quarter; of more than 120 quarters the latest.
    """
    rows = facts.shared.filter(pl.col("tie").is_in(ties.tolist())).select("record_id", "day").unique().drop_nulls()
    if rows.is_empty():
        return 0, []
    counts = rows.group_by(pl.col("day").dt.truncate("1q")).agg(n=pl.len()).sort("day")
    days: list[dt.date] = counts["day"].to_list()
    last = days[-1].year * 4 + days[-1].month // 4
    first = max(days[0].year * 4 + days[0].month // 4, last - MOST_QUARTERS + 1)
    made = [0] * (last - first + 1)
    for day, n in counts.iter_rows():
        at = day.year * 4 + day.month // 4 - first
        if at >= 0:
            made[at] += n
    return (dt.date(first // 4, first % 4 * 3 + 1, 1) - EPOCH).days, made

"""A row per group with everything that the list, the graph and a group's head say of it; made once a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from countylines.report.show.groups import called
from countylines.web.reader import Reader
from countylines.web.unweighed import INDEXES, WINDOWS, known_harm

SMALL = 5  # counts under it are hidden from those who may see totals only (SCREENS, Roles)
AREAS = "areas_impacted"
Count = int | None  # None: under 5, hidden


@dataclass(frozen=True)
class Place:
    """A rank among groups with its range, never without (SCREENS 1); the orders beside it where the run has them.

    Attributes:
        low, high: 5% and 95% quantiles over the drawn weightings.
        first, top3, top10: shares of the weightings that put it there.
        other_index, reported: its rank by the other harm index, and by reported crime only; None = not made.
    """

    rank: int
    low: int
    high: int
    mean: float
    first: float
    top3: float
    top10: float
    parts: str
    other_index: int | None = None
    reported: int | None = None


@dataclass(frozen=True)
class GroupRow:
    """One group of a run.

    Attributes:
        size, children, exploited, missing, guarded, rankable: people; None = under 5 and hidden.
        harm: by index and window, in days (or weights): convicted, charged and suspected; None = unknown, since no
            crime has a code with a weight.
        unweighed: by index, crimes of all time without a code or without a weight.
        ages: people whose age isn't known, none of them in ``children``; None = all of under 5 people.
        areas: of its county-lines records, sorted; none = not known.
        shared: members in the SOC group it overlaps most; None = hidden.
        overlap: their share of the group; None = hidden.
        hidden: counts under 5 are hidden.
    """

    group_id: str
    name: str
    size: Count
    children: Count
    exploited: Count
    missing: Count
    guarded: Count
    rankable: Count
    place: Place | None
    harm: Mapping[tuple[str, str], float | None]
    areas: tuple[str, ...]
    soc: str | None
    shared: Count
    overlap: float | None
    associated: bool
    stability: float | None
    hidden: bool = False
    unweighed: Mapping[str, int] = field(default_factory=dict)
    ages: Count = 0

    @property
    def called(self) -> str:
        """Its id and spoken name."""
        return called({"group_id": self.group_id, "name": self.name})

    @property
    def spoken(self) -> str:
        """Its name without its number.

        Example:
            >>> about = ("G0002", "2 Osprey", 3, 0, 0, 0, 0, 3, None, {}, (), None, 0, 0.0, False, None)
            >>> GroupRow(*about).spoken, GroupRow(*about).called
            ('Osprey', 'G0002 Osprey')
        """
        return self.name.partition(" ")[2] or self.name

    @property
    def young(self) -> str:
        """How many are under 18, and of how many that isn't known, which is never 0 (SCREENS 1); empty = hidden.

        Example:
            >>> row = GroupRow("G1", "1 A", 9, 1, 0, 1, 4, 5, None, {}, (), None, 4, None, False, None)
            >>> row.young, replace(row, ages=7).young, replace(row, children=0, ages=9).young
            ('1 under 18', '1 under 18, 7 of unknown age', '9 of unknown age')
        """
        known = "" if self.children is None or (not self.children and self.ages) else f"{self.children:,} under 18"
        unknown = "" if self.ages == 0 else f"{'under 5' if self.ages is None else f'{self.ages:,}'} of unknown age"
        return ", ".join(words for words in (known, unknown) if words)

    def without_small_counts(self) -> GroupRow:
        """The same with counts rounded to 5, those under 5 hidden, and with what they could be worked out from.

        Example:
            >>> row = GroupRow("G1", "1 A", 9, 3, 0, 1, 4, 5, None, {}, (), "SOC-1", 4, 4 / 9, False, None)
            >>> hidden = row.without_small_counts()
            >>> hidden.size, hidden.children, hidden.rankable, hidden.shared, hidden.overlap
            (10, None, None, None, None)
        """
        both = small(self.guarded) is not None and small(self.rankable) is not None  # one tells the other
        told = small(self.shared) is not None and small(self.size) is not None  # a share tells its count
        return replace(
            self,
            size=small(self.size),
            children=small(self.children),
            exploited=small(self.exploited),
            missing=small(self.missing),
            guarded=small(self.guarded) if both else None,
            rankable=small(self.rankable) if both else None,
            shared=small(self.shared),
            overlap=self.overlap if told else None,
            hidden=True,
            unweighed={},
            ages=few_ages(self.ages or 0, self.size or 0),
        )


def small(count: Count) -> Count:
    """The count as those see it who may see totals only: rounded to 5, and None when it is under 5.

    Rounded, since counts on one page, or of two runs, would tell a small one as their difference.

    Example:
        >>> small(5), small(62), small(58), small(4), small(0)
        (5, 60, 60, None, None)
    """
    return None if count is None or count < SMALL else (count + 2) // 5 * 5


def few_ages(ages: int, people: int) -> Count:
    """How many of these people are of unknown age, for those who may see totals only: under 5 isn't told.

    Where it is everybody, as in a run without birth dates, that is told: it says nothing of any of them.

    Example:
        >>> few_ages(27, 90), few_ages(3, 90), few_ages(3, 3), few_ages(0, 0)
        (25, 0, None, 0)
    """
    return small(ages) or (None if ages and ages == people else 0)


def adults_by_setting(reader: Reader) -> bool:
    """Whether this run counts people without a birth date as adults (METHOD 1): then nobody's age was looked for."""
    return bool(reader.settings["ingest"]["unknown_age"] == "adult")


def unknown_ages(reader: Reader) -> int:
    """How many kept people's age isn't known, whether the run protects them or counts them as adults."""
    return reader.table("nominals")["is_child"].null_count()


def group_rows(reader: Reader) -> tuple[GroupRow, ...]:
    """Every group, by priority, the unranked last."""
    found: tuple[GroupRow, ...] = reader.made("group rows", _made)
    return found


def touching(rows: Iterable[GroupRow], areas: Sequence[str]) -> list[GroupRow]:
    """Of the groups those with a record in one of these areas; without areas all.

    A group whose areas nobody wrote down is everybody's: else nobody would look at it.
    """
    own = {area.casefold() for area in areas}
    return [row for row in rows if not own or not row.areas or own & {area.casefold() for area in row.areas}]


def _made(reader: Reader) -> tuple[GroupRow, ...]:
    counts = _counts(reader)
    harm = known_harm(reader, "group")
    profile = reader.table("profiles").filter(pl.col("factor") == AREAS)
    areas: dict[str, list[str]] = dict(profile.select("group_id", "areas").iter_rows())
    shared = {
        (group, soc): n
        for group, soc, n in reader.table("reference_overlaps")
        .select("group_id", "reference_group", "shared")
        .iter_rows()
    }
    places = _places(reader)
    rows = [
        GroupRow(
            group_id=row["group_id"],
            name=row["name"],
            size=row["size"],
            children=counts[row["group_id"]]["children"],
            exploited=counts[row["group_id"]]["exploited"],
            missing=counts[row["group_id"]]["missing"],
            guarded=counts[row["group_id"]]["guarded"],
            rankable=counts[row["group_id"]]["rankable"],
            place=places.get(row["group_id"]),
            harm={key: harm.of(row["group_id"], *key) for key in KEYS},
            areas=tuple(areas.get(row["group_id"]) or ()),
            soc=row["reference_group"],
            shared=shared.get((row["group_id"], row["reference_group"]), 0),
            overlap=row["overlap"],
            associated=bool(row["associated"]),
            stability=row["stability"],
            unweighed={index: harm.without.get((row["group_id"], index, "all"), 0) for index in INDEXES},
            ages=counts[row["group_id"]]["ages"],
        )
        for row in reader.table("groups").to_dicts()
    ]
    last = len(rows) + 1
    return tuple(sorted(rows, key=lambda row: (row.place.rank if row.place else last, row.group_id)))


KEYS = tuple((index, window) for index in INDEXES for window in WINDOWS)


def _counts(reader: Reader) -> dict[str, dict[str, int]]:
    people = reader.table("nominals").filter(pl.col("group_id").is_not_null())
    away = reader.run.table("sources/episodes").select("nominal_id").unique().collect()["nominal_id"]
    counts = people.group_by("group_id").agg(
        children=pl.col("is_child").sum(),  # known to be
        ages=pl.col("is_child").is_null().sum(),
        exploited=pl.col("believed_exploited").sum(),
        missing=pl.col("nominal_id").is_in(away.implode()).sum(),
        guarded=(~pl.col("rankable")).sum(),
        rankable=pl.col("rankable").sum(),
    )
    return {row.pop("group_id"): row for row in counts.to_dicts()}


def _places(reader: Reader) -> dict[str, Place]:
    ranked = reader.table("priority").filter(pl.col("kind") == "group")
    return {
        row["id"]: Place(
            rank=row["rank"],
            low=row["rank_low"],
            high=row["rank_high"],
            mean=row["mean_rank"],
            first=row["first_share"],
            top3=row["top3_share"],
            top10=row["top10_share"],
            parts=row["parts"],
            other_index=row.get("rank_other_index"),
            reported=row.get("rank_reported"),
        )
        for row in ranked.to_dicts()
    }

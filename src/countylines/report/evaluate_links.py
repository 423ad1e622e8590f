"""Child to line against the truth: is the line that a child truly worked for the first one they are linked to?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import polars as pl
from rich.table import Table

from countylines.report.screen import plain_table
from countylines.runs import Run
from countylines.tables import CONNECTING_ROLES

FAR = 4  # METHOD 5: no path within so many steps is no link
TABLES = ("safeguarding_links", "lines")


@dataclass(frozen=True)
class LinksFound:
    """How right the links of some exploited people are, each person in exactly one of first to no_link.

    Attributes:
        who: children (exploited, and children on the last day), or grown up (exploited as children, on the list of
            known victims since); everybody with a used record.
        judged_by: line: a found line is the true one most of whose numbers and names it has; group: the group with the
            most kept people of the true line.
        people: how many.
        with_path: of whom anybody kept of their true line is within four steps.
        first: whose likeliest link is right.
        second_or_third: it is the second or third.
        wrong: other links only, or a lower place.
        no_link: without a link.
    """

    who: str
    judged_by: str
    people: int
    with_path: int
    first: int
    second_or_third: int
    wrong: int
    no_link: int

    @property
    def first_share(self) -> float | None:
        """The share of those with a path whose likeliest link is right; none where nobody has one."""
        return self.first / self.with_path if self.with_path else None

    @property
    def top3_share(self) -> float | None:
        """The same for the first three."""
        return (self.first + self.second_or_third) / self.with_path if self.with_path else None


def evaluate_links(run: Run, person: pl.DataFrame, line: pl.DataFrame) -> tuple[LinksFound, ...]:
    """Compare the links of a run with the truth.

    Args:
        run: with the tables safeguarding_links and lines.
        person, line: truth tables.
    """
    used = run.read("sources/involvements").select("nominal_id").unique()
    victims = run.read("sources/known_victims").select("nominal_id")
    mine = person.filter("exploited_as_child").join(used, on="nominal_id", how="semi").sort("nominal_id")
    crowds = {
        "children": mine.filter(pl.col("exploited") & pl.col("child")),
        "grown up": mine.filter(~pl.col("child")).join(victims, on="nominal_id", how="semi"),
    }
    right = {"line": _true_lines(run, line), "group": _groups_of_lines(run, person)}
    near = _lines_near(run, person, mine["nominal_id"].to_list())
    found = run.read("safeguarding_links").filter(pl.col("id").is_not_null()).sort("nominal_id", "kind", "rank")
    shown = {
        (row[0], row[1]): row[2] for row in found.group_by("nominal_id", "kind", maintain_order=True).agg("id").rows()
    }
    return tuple(
        _count(who, kind, crowd.select("nominal_id", "line_id").rows(), shown, right[kind], near)
        for who, crowd in crowds.items()
        for kind in ("line", "group")
    )


def _count(
    who: str,
    kind: str,
    people: list[tuple[str, str]],
    shown: Mapping[tuple[str, str], list[str]],
    right: Mapping[str, set[str]],
    near: Mapping[str, set[str]],
) -> LinksFound:
    places = []
    for person, line in people:
        ids = shown.get((person, kind), [])
        places.append(next((place for place, found in enumerate(ids, 1) if found in right[line]), 99 if ids else 0))
    first, behind = places.count(1), sum(place in (2, 3) for place in places)
    wrong, none = sum(place > 3 for place in places), places.count(0)
    with_path = sum(line in near[person] for person, line in people)
    return LinksFound(who, kind, len(people), with_path, first, behind, wrong, none)


def _true_lines(run: Run, line: pl.DataFrame) -> Mapping[str, set[str]]:
    """To each true line the found lines that have more of its numbers and names than of any other's (ties: none)."""
    owner: dict[str, str] = {}
    for row in line.iter_rows(named=True):
        owner[row["name"].upper()] = row["line_id"]
        for number in (row["phone_numbers"] or "").split(";"):
            owner["+44" + number.replace(" ", "")[1:]] = row["line_id"]
    votes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for found, number, name in run.read("lines").select("line_id", "number", "name").iter_rows():
        true = owner.get(number or name)
        if true:
            votes[found][true] += 1
    made: dict[str, set[str]] = defaultdict(set)
    for found, by in votes.items():
        best = [true for true, count in by.items() if count == max(by.values())]
        if len(best) == 1:
            made[best[0]].add(found)
    return made


def _groups_of_lines(run: Run, person: pl.DataFrame) -> Mapping[str, set[str]]:
    """To each true line the group with the most of its kept people; of equal ones the first."""
    grouped = run.read("nominals").select("nominal_id", "group_id").drop_nulls()
    inside = grouped.join(person.drop_nulls("line_id"), on="nominal_id").group_by("line_id", "group_id").len()
    best = inside.sort("line_id", "len", "group_id", descending=[False, True, False]).unique("line_id", keep="first")
    return defaultdict(set, {line: {group} for line, group in best.select("line_id", "group_id").iter_rows()})


def _lines_near(run: Run, person: pl.DataFrame, people: Collection[str]) -> Mapping[str, set[str]]:
    """To each person the true lines of kept people within FAR steps: ties of kept people, and of the person."""
    kept = set(run.read("nominals")["nominal_id"])
    line = dict(person.drop_nulls("line_id").select("nominal_id", "line_id").iter_rows())
    ties: dict[str, set[str]] = defaultdict(set)
    for one, other in run.read("edges").select("nominal_a", "nominal_b").iter_rows():
        ties[one].add(other)
        ties[other].add(one)
    own = defaultdict(set, {name: set(ties[name]) for name in people})
    for one, other in _met(run, people):
        if other in kept:
            own[one].add(other)
    near: dict[str, set[str]] = {}
    for name in people:
        reached, edge = set(own[name]), set(own[name])
        for _ in range(FAR - 1):
            edge = {other for one in edge for other in ties[one]} - reached
            reached |= edge
        near[name] = {line[other] for other in reached - {name} if other in line}
    return near


def _met(run: Run, people: Collection[str]) -> Iterator[tuple[str, str]]:
    """These people and whoever connects with them in a record that counts (METHOD 3)."""
    links = run.table("sources/involvements").filter(pl.col("role").is_in(CONNECTING_ROLES))
    links = links.select("record_id", "nominal_id").unique()
    links = links.join(run.table("skipped_records"), on="record_id", how="anti")
    theirs = links.filter(pl.col("nominal_id").is_in(list(people)))
    pairs = theirs.join(links, on="record_id", suffix="_other").select("nominal_id", "nominal_id_other").unique()
    return pairs.filter(pl.col("nominal_id") != pl.col("nominal_id_other")).collect().iter_rows()


def links_table(found: Collection[LinksFound]) -> Table:
    """For the screen."""
    columns = (
        "exploited",
        "judged by",
        "people",
        "path",
        "first",
        "2nd-3rd",
        "wrong",
        "no link",
        "first/path",
        "top 3/path",
    )
    table = plain_table(columns, columns[2:])
    for row in found:
        counts = (row.people, row.with_path, row.first, row.second_or_third, row.wrong, row.no_link)
        shares = ["none" if share is None else f"{share:.2f}" for share in (row.first_share, row.top3_share)]
        table.add_row(row.who, row.judged_by, *(f"{count:,}" for count in counts), *shares)
    return table

"""The groups, in the order in which intelligence work should look at them (SCREENS 2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Query
from fastapi.responses import Response

from countylines.govern import people
from countylines.report.show.words import counted, number, share
from countylines.web.access import Visit, needs
from countylines.web.drawn import Link, groups_graph
from countylines.web.group_filters import COLUMNS, Wanted
from countylines.web.group_rows import GroupRow, group_rows, small, touching
from countylines.web.layout import layout_of
from countylines.web.own_areas import areas_of
from countylines.web.paging import paged
from countylines.web.reader import Reader

router = APIRouter(include_in_schema=False)

Texts = Annotated[list[str], Query(max_length=100)]
A_PAGE_OF_PEOPLE = 50


@router.get("/groups")
def groups(
    visit: Visit = needs("see_groups"),
    area: Texts = [],  # noqa: B006
    size: int = 0,
    children: bool = False,
    soc: str = "",
    window: str = "12m",
    sort: str = "priority",
    col: Texts = [],  # noqa: B006
    page: int = 1,
    picked: str = "",
) -> Response:
    """The table of groups and the graph of groups."""
    wanted = Wanted.read(area, size, children, soc, window, sort, col, page, picked)
    seen, others = seen_groups(visit)
    found = wanted.ordered(wanted.kept(seen))
    shown, at, pages = wanted.shown(found)
    reader = visit.reader
    drawn = {row.group_id for row in found}
    links = [link for link in group_links(reader) if link.a in drawn and link.b in drawn]
    graph = groups_graph(
        found,
        links,
        layout_of(reader),
        lambda group: visit.url("/groups", **{**wanted.address, "picked": group}) + f"#{group}",
        wanted.picked,
    )
    unlinked = reader.table("nominals")["group_id"].null_count()
    return visit.page(
        "groups.html.j2",
        wanted=wanted,
        rows=shown,
        found=found,
        seen=seen,
        others=others,
        own_areas=own_areas(visit),
        page=at,
        pages=pages,
        graph=graph,
        links=links,
        ranked=sum(row.place is not None for row in group_rows(reader)),
        most={key: max((row.harm[key] or 0.0 for row in seen), default=0.0) for key in _harm_keys(seen)},
        areas=sorted({name for row in seen for name in row.areas}),
        unlinked=unlinked,
        hides=hides(visit),
        chance=chance(reader),
        columns=COLUMNS,
        places={row.group_id: row for row in seen},
        since=str(reader.settings["ingest"]["since"])[:4],
        index=reader.settings["harm"]["harm_index"],
    )


@router.get("/groups/unlinked")
def unlinked(visit: Visit = needs("see_people"), page: int = 1) -> Response:
    """The people who were kept and are in no group; those outside one's own areas are counted."""
    people = unlinked_people(visit.reader)
    here, at, pages = paged(people.height, page, A_PAGE_OF_PEOPLE)
    shown = people[here].to_dicts()
    cards = visit.reader.cards(row["nominal_id"] for row in shown)
    visit.views("group", "unlinked", page=at)
    rows = [(cards[row["nominal_id"]], row) for row in shown if row["nominal_id"] in cards]
    others = visit.reader.table("nominals")["group_id"].null_count() - people.height
    return visit.page("group_unlinked.html.j2", rows=rows, total=people.height, others=others, page=at, pages=pages)


def unlinked_people(reader: Reader) -> pl.DataFrame:
    """Who was kept and is in no group, by id; with own areas those with a record there."""
    every = reader.table("nominals").filter(pl.col("group_id").is_null()).sort("nominal_id")
    return every.filter(pl.col("nominal_id").is_in(list(reader.people_within(every["nominal_id"]))))


def hides(visit: Visit, action: str = "see_group") -> bool:
    """Whether counts under 5 are hidden for this person in what this action shows."""
    return people.hides_small_counts(visit.who.account.roles, action)


def own_areas(visit: Visit) -> tuple[str, ...]:
    """The areas whose groups this person sees; none = all."""
    return areas_of(visit, "see_group")


def seen_groups(visit: Visit) -> tuple[list[GroupRow], int]:
    """The groups this person may see, by priority, small counts hidden if they must be; how many others there are."""
    every = group_rows(visit.reader)
    seen = touching(every, own_areas(visit))
    return [row.without_small_counts() if hides(visit) else row for row in seen], len(every) - len(seen)


def group_links(reader: Reader) -> tuple[Link, ...]:
    """Between which groups people share records: the number of pairs of people who do, the most first."""

    def make(reader: Reader) -> tuple[Link, ...]:
        home = reader.table("nominals").select("nominal_id", "group_id").drop_nulls()
        ends = (
            reader.table("edges")
            .select("nominal_a", "nominal_b")
            .join(home, left_on="nominal_a", right_on="nominal_id")
            .join(home, left_on="nominal_b", right_on="nominal_id", suffix="_b")
            .filter(pl.col("group_id") != pl.col("group_id_b"))
            .select(a=pl.min_horizontal("group_id", "group_id_b"), b=pl.max_horizontal("group_id", "group_id_b"))
        )
        counts = ends.group_by("a", "b").agg(n=pl.len()).sort(["n", "a", "b"], descending=[True, False, False])
        return tuple(Link(a, b, n) for a, b, n in counts.iter_rows())

    found: tuple[Link, ...] = reader.made("group links", make)
    return found


def chance(reader: Reader) -> str:
    """The groups beside those of shuffled records, in a sentence: chance alone also makes groups (METHOD 4)."""
    cut = reader.settings["partition"]["cut"]
    rows: dict[str, Mapping[str, Any]] = {
        row["measure"]: row for row in reader.table("partition_baseline").to_dicts() if row["cut"] == cut
    }
    groups, stays = rows.get("groups"), rows.get("stability")
    if not groups:
        return "How many groups chance alone would make was not looked at in this run."
    words = (
        f"Chance alone also makes groups: this run has {counted(int(groups['real']), 'group')}; the same people with"
        f" their records shuffled make {number(groups['mean'])} ({number(groups['least'])} to {number(groups['most'])})"
    )
    if not stays or stays["real"] is None or stays["mean"] is None:
        return words + "."
    return words + (
        f", whose people stay together in {share(stays['mean'])} of re-runs ({share(stays['least'])} to"
        f" {share(stays['most'])}), beside {share(stays['real'])} here."
    )


def _harm_keys(rows: list[GroupRow]) -> list[tuple[str, str]]:
    return list(rows[0].harm) if rows else []


__all__ = ["chance", "group_links", "groups", "hides", "own_areas", "router", "seen_groups", "small"]

"""One group: what it is, why it ranks where it does, and what if people stepped out of it (SCREENS 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
from fastapi import APIRouter
from fastapi.responses import Response
from markupsafe import Markup

from countylines.rank.harm.weights import CODES
from countylines.report.show.words import harm_summary
from countylines.web.access import Missing, Refused, Visit, needs
from countylines.web.crimes import titled, weights_of_record
from countylines.web.drawn import Figure, Link, group_network
from countylines.web.evidence import Evidence
from countylines.web.group_evidence import Found, count_matched, matched, of_areas, of_factor
from countylines.web.group_rows import GroupRow, group_rows, touching
from countylines.web.groups import hides, own_areas
from countylines.web.harm_quarters import SHADES, over_time
from countylines.web.layout import layout_of
from countylines.web.line_rows import lines_of
from countylines.web.members_view import Member, Members, members
from countylines.web.own_areas import areas_of
from countylines.web.profile_view import criteria, factors, orders_said, weights_said
from countylines.web.reader import Reader
from countylines.web.removal import Removal, figures_json, removal
from countylines.web.removal_chart import spec

router = APIRouter(include_in_schema=False)

SHOWN_A_ROLE = 4  # people of a role on the overview; the page of members has all
SHOWN_GUARDED = 12
ONLY = {
    "children": "Under 18",
    "ages": "Of unknown age",
    "exploited": "Believed exploited",
    "missing": "With missing episodes",
    "guarded": "Never in the order",
}


@router.get("/groups/{group_id}")
def group(group_id: str, visit: Visit = needs("see_group"), measure: str = "harm", k: int = -1) -> Response:
    """A group's overview; what the role may not see isn't worked out."""
    row, reader = found_group(visit, group_id), visit.reader
    named = visit.can("see_people")
    people = members(reader, group_id)
    everybody = [*people.rankable, *people.guarded]
    taken = None
    if visit.can("see_removal_counts"):
        taken = removal(reader, group_id, {each.card.nominal_id: each.card for each in everybody}, len(everybody))
    at = min(max(k, 0), taken.last) if taken and k >= 0 else min(3, taken.last) if taken else 0
    profile, ranked = factors(reader, row), sum(each.place is not None for each in group_rows(reader))
    visit.views("group", group_id, page="overview")
    return visit.page(
        "group.html.j2",
        **head(visit, row, people),
        profile=profile,
        criteria=criteria(row, profile, reader.settings["harm"]["harm_index"]),
        weights=weights_said(reader),
        orders=orders_said(row, reader.settings["harm"]["harm_index"], ranked),
        ranked=ranked,
        drawing=None if row.hidden else inside(visit, row, people),
        people=people if named else None,
        shown=SHOWN_A_ROLE,
        shown_guarded=SHOWN_GUARDED,
        taken=taken,
        chart=_chart(taken, measure, at),
        measure="part" if measure == "part" else "harm",
        at=at,
        harm=harm_summary(reader.rows("group_harm", "id", group_id)),
        over_time=() if hides(visit) else over_time(reader.rows("group_harm_quarters", "id", group_id), reader.as_of),
        shades=SHADES,
        overlaps=reader.rows("reference_overlaps", "group_id", group_id),
        lines=lines_of(reader, group_id) if visit.can("see_lines") else None,
    )


@router.get("/groups/{group_id}/members")
def all_members(group_id: str, visit: Visit = needs("see_people"), only: str = "", soc: str = "") -> Response:
    """Everybody in the group, or those behind one of its counts."""
    visit.must("see_group")
    row = found_group(visit, group_id)
    people = members(visit.reader, group_id)
    kept = behind_count(people, only, soc)
    visit.views("group", group_id, page="members", only=only, soc=soc)
    title = f"In {soc}" if soc else ONLY.get(only, "")
    return visit.page("group_members.html.j2", **head(visit, row, people), people=kept, only=title)


@router.get("/groups/{group_id}/records")
def records(
    group_id: str,
    visit: Visit = needs("see_people"),
    factor: str = "",
    window: str = "",
    page: int = 1,
) -> Response:
    """The records behind the group, those of its last 12 months, or those behind one of its factors."""
    visit.must("see_group")
    row, reader = found_group(visit, group_id), visit.reader
    people = members(reader, group_id)
    every = _records(reader, row, people, factor, window)
    found, outside = of_areas(reader, every, areas_of(visit))
    shown, at, pages = found.page(reader, page, covered=visit.covered)
    visit.views("group", group_id, page="records", factor=factor, window=window, number=at)
    filters = {"factor": factor, "window": window if window == "12m" and not factor else ""}
    return visit.page(
        "group_records.html.j2",
        **head(visit, row, people),
        found=found,
        records=shown,
        weighed=_weighed(reader, shown) if factor == "violence" else {},
        outside=outside,
        page=at,
        pages=pages,
        filters=filters,
    )


def found_group(visit: Visit, group_id: str) -> GroupRow:
    """The group, small counts hidden if they must be.

    Raises:
        Missing: the run has no such group.
        Refused: it touches none of the person's own areas.
    """
    row = next((each for each in group_rows(visit.reader) if each.group_id == group_id), None)
    if row is None:
        raise Missing(
            "No such group in this run", "Groups may change from run to run: look for it in the list of groups."
        )
    areas = own_areas(visit)
    if not touching([row], areas):
        why = f"Your account is for {', '.join(areas)}, and no record of this group lies there. Ask a senior officer."
        raise Refused("see_group", why)
    return row.without_small_counts() if hides(visit) else row


def head(visit: Visit, row: GroupRow, people: Members) -> dict[str, Any]:
    """What every page of a group shows over it."""
    ids = [each.card.nominal_id for each in (*people.rankable, *people.guarded)]
    return {"row": row, "hides": row.hidden, "matched": count_matched(visit.reader, ids)}


def inside(visit: Visit, row: GroupRow, people: Members) -> Markup:
    """The network inside the group; names only for those who may see people."""
    reader, places = visit.reader, layout_of(visit.reader)
    named = visit.can("see_people")
    figures = []
    for each in (*people.rankable, *people.guarded):
        card = each.card
        name = (card.nominal_id if visit.covered else card.name) if named else ""
        href = visit.url(f"/people/{card.nominal_id}") if named and not card.away else ""
        figures.append(Figure(card, *places.inside(card.nominal_id, row.group_id), each.strength, name, href))
    own = [each.card.nominal_id for each in figures]
    rows = reader.table("edges").filter(pl.col("nominal_a").is_in(own) & pl.col("nominal_b").is_in(own))
    links = [
        Link(a, b, n, kind == "adversarial")
        for a, b, n, kind in rows.select("nominal_a", "nominal_b", "n_records", "kind").iter_rows()
    ]
    children = f", {row.young}" if row.young else ""
    words = f"Network inside {row.called}: {len(own):,} people{children}. The members page lists the same people."
    return group_network(figures, links, words)


def _weighed(reader: Reader, shown: Sequence[Evidence]) -> dict[str, str]:
    """What each crime weighs by the index that the level of violence is made from; restricted ones left out."""
    made = {}
    for record in (each.record for each in shown if each.record["source"] == "crime" and not each.record["restricted"]):
        for row in weights_of_record(reader, record):
            if row["index"] == "cchi":
                days = "no weight" if row["weight"] is None else f"{row['weight']:,.1f} days"
                made[record["record_id"]] = f"{titled(*(record[code] for code in CODES))}: {days} ({row['edition']})"
    return made


def _chart(taken: Removal | None, measure: str, at: int) -> tuple[Markup, Markup] | None:
    if taken is None:
        return None
    return spec(taken, "part" if measure == "part" else "harm", at), figures_json(taken)


def _records(reader: Reader, row: GroupRow, people: Members, factor: str, window: str) -> Found:
    ids = [each.card.nominal_id for each in (*people.rankable, *people.guarded)]
    if factor:
        return of_factor(reader, row.group_id, factor)
    return matched(reader, ids, window)


def behind_count(people: Members, only: str, soc: str) -> Members:
    """Those behind a count; children and people who may be exploited stay apart."""

    def kept(some: Sequence[Member]) -> tuple[Member, ...]:
        return tuple(each for each in some if _behind(each, only, soc))

    ranked = {role: left for role, some in people.ranked.items() if (left := kept(some))}
    return Members({} if only == "guarded" else ranked, kept(people.guarded))


def _behind(each: Member, only: str, soc: str) -> bool:
    card = each.card
    asked = {
        "children": bool(card.is_child),
        "ages": card.is_child is None,
        "exploited": card.believed_exploited,
        "missing": card.episodes > 0,
        "guarded": card.guarded,
    }
    return asked.get(only, True) and (not soc or soc in card.soc)

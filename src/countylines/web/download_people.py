"""The lists of people that can be taken out; each row with its person's card, so that their status goes with them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from countylines.report.show.words import listed
from countylines.web import compared_people, missing_rows, people_rows, release_rows
from countylines.web import missing as missing_page
from countylines.web import releases as release_page
from countylines.web.access import Missing, Visit
from countylines.web.compare import LISTS as CHANGES
from countylines.web.compare import of_own_areas
from countylines.web.group import behind_count, found_group
from countylines.web.groups import unlinked_people
from countylines.web.members_view import Member, members
from countylines.web.release_rows import Linked, Release
from countylines.web.sheets import Sheet
from countylines.web.taken import Taken, filters_of
from countylines.web.unweighed import told

LATE = "No recent evidence"  # in place of a rank


def take_members(visit: Visit) -> Taken:
    """A group's people, or those behind one of its counts."""
    visit.must("see_group")
    row, asked = found_group(visit, str(visit.request.path_params["group_id"])), visit.request.query_params
    people = behind_count(members(visit.reader, row.group_id), asked.get("only", ""), asked.get("soc", ""))
    columns = {
        "entered": "Entered by", "first": "First record", "last": "Last record",
        "role": "Strongest role in a matched record", "weight": "Connection", "stays": "Stays in re-runs, share",
        "strength": "Strength of ties in the group", "cchi": "Harm, Cambridge index, days, 12 months",
        "cchi_without": "Crimes without a code or weight there, 12 months", "ons_css": "Harm, ONS weights, 12 months",
        "ons_css_without": "Crimes without a code or ONS weight, 12 months", "rank": "Rank", "low": "Rank, from",
        "high": "Rank, to",
    }  # fmt: skip
    figures = frozenset(columns) - {"entered", "first", "last"}
    rows = [_member(each) for each in (*people.rankable, *people.guarded)]
    sheet = Sheet(f"Members of {row.called}", columns, rows, people=True, figures=figures, covered=visit.covered)
    return Taken(sheet, filters_of(visit))


def take_people(visit: Visit) -> Taken:
    """Everybody who was kept: filters and order as on its page, all pages; nobody to protect is in any order."""
    asked, reader = visit.request.query_params, visit.reader
    wanted = people_rows.Wanted.read(*(asked.get(name, "") for name in ("who", "group", "sort")))
    near = people_rows.of_reader(reader)
    found = wanted.ordered(wanted.kept(near)).to_dicts()
    cards = reader.cards(row["nominal_id"] for row in found)
    columns = {
        "group_id": "Group", "last_evidence": "Latest evidence", "rank": "Rank", "rank_low": "Rank, from",
        "rank_high": "Rank, to", "cchi": "Harm, Cambridge index, days, 12 months",
        "ons_css": "Harm, ONS weights, 12 months", "ties": "Strength of ties", "ties_rank": "Strength of ties, rank",
        "ties_low": "Strength of ties, from", "ties_high": "Strength of ties, to", "between": "In between",
        "between_rank": "In between, rank", "between_low": "In between, from", "between_high": "In between, to",
        "kept_share": "Kept in re-runs, share", "stays": "Stays in its group in re-runs, share",
    }  # fmt: skip
    rows = [
        {"card": cards[row["nominal_id"]], **row, "rank": LATE if row["rank"] is None else row["rank"]} for row in found
    ]
    figures = frozenset(columns) - {"group_id", "last_evidence"}
    away = people_rows.everybody(reader).height - near.height
    said = [f"{away} people who were kept have no record in {listed(reader.areas)} and aren't listed."] if away else []
    sheet = Sheet("People", columns, rows, people=True, figures=figures, covered=visit.covered)
    said.append("The two harm indices are not added. Ties and in between: ranks in the whole network.")
    return Taken(sheet, filters_of(visit), said)


def take_unlinked(visit: Visit) -> Taken:
    """The people who were kept and are in no group; with own areas those with a record there."""
    reader = visit.reader
    rows = unlinked_people(reader)
    columns = {"entered_by": "Entered by", "first_evidence": "First record", "last_evidence": "Last record"}
    cards = reader.cards(rows["nominal_id"])
    made = [{"card": cards[row["nominal_id"]], **row} for row in rows.to_dicts() if row["nominal_id"] in cards]
    sheet = Sheet("People in no group", columns, made, people=True, covered=visit.covered)
    return Taken(sheet, filters_of(visit))


def take_missing(visit: Visit) -> Taken:
    """The list of missing episodes: filters as on its page, all pages."""
    asked, reader = visit.request.query_params, visit.reader
    show, person = asked.get("show", "now"), asked.get("person", "")
    near = missing_page.own_episodes(visit)
    frame = missing_page.narrowed(visit, near, asked.get("who", ""), asked.get("risk", ""), person)
    show = "all" if person and show == "now" else show if show in missing_rows.LISTS else "now"
    found = missing_rows.list_of(frame, show, asked.get("since") == "all" or bool(person)).to_dicts()
    cards = reader.cards(row["nominal_id"] for row in found)
    columns = {
        "from": "Missing from, time", "to": "Until", "risk": "Risk", "missing_from": "Missing from, place",
        "found_area": "Found in", "return_interview": "Return interview done",
    }  # fmt: skip
    rows = [{"card": cards[row["nominal_id"]], **{key: row[key] for key in columns}} for row in found]
    said = f"As the extracts told on {reader.as_of}: whoever is missing today may not be here."
    name = f"Missing persons: {missing_rows.LISTS[show]}"
    return Taken(Sheet(name, columns, rows, people=True, covered=visit.covered), filters_of(visit), [said])


def take_releases(visit: Visit) -> Taken:
    """Who leaves prison in the next days, a row for each child or other person to protect who is linked."""
    reader, who = visit.reader, visit.request.query_params.get("who", "")
    first, last = reader.as_of + dt.timedelta(days=1), reader.as_of + dt.timedelta(days=release_rows.DAYS)
    columns = {
        "day": "Released on", "group": "Group", "lines": "Lines", "linked": "Linked person to protect",
        "linked_status": "Status of the linked person", "records": "Records shared", "latest": "Latest of them",
        "same_group": "In the same group",
    }  # fmt: skip
    rows = [
        _release(one, each)
        for one in release_page.of_own_areas(visit, release_rows.releases(reader, first, last))
        if release_page.fits(one, who)
        for each in one.linked or (None,)
    ]
    sheet = Sheet("Releases from prison", columns, rows, people=True, covered=visit.covered)
    said = "Linked people are there to be protected: tell safeguarding before the day."
    return Taken(sheet, filters_of(visit), [f"Releases from {first} to {last}.", said])


def take_changes(visit: Visit) -> Taken:
    """The people in whom two runs differ: those who joined, left, changed group, or are treated otherwise."""
    asked = visit.request.query_params
    only, names = asked.get("only", "joined"), [run.folder.name for run in visit.house.shelf.runs()]
    later = asked.get("b") or next((name for name in names if name != asked.get("a")), "")
    earlier = asked.get("a") or next((name for name in names if name != later), "")
    if only not in CHANGES or not (earlier and later):
        raise Missing("There is no such list", "Choose two runs and a list on the page that compares them.")
    a, b = visit.run(earlier), visit.run(later)
    found = of_own_areas(visit, a, b, getattr(compared_people.people(a, b), only))
    ids = [each.nominal_id for each in found]
    cards = {**a.cards(ids), **b.cards(ids)}
    columns = {
        "group_a": f"Group in {a.name}", "group_b": f"Group in {b.name}", "status_a": f"Treated in {a.name}",
        "status_b": f"Treated in {b.name}",
    }  # fmt: skip
    rows = [{"card": cards[each.nominal_id], **{key: getattr(each, key) for key in columns}} for each in found]
    sheet = Sheet(f"Two runs: {CHANGES[only]}", columns, rows, people=True, covered=visit.covered)
    return Taken(sheet, filters_of(visit), runs=[(run.name, run.as_of) for run in (a, b)])


def _member(each: Member) -> dict[str, Any]:
    rank, low, high = each.rank or (None, None, None)
    return {
        "card": each.card,
        "entered": each.entered_by,
        **{name: getattr(each, name) for name in ("first", "last", "role", "weight", "stays", "strength")},
        **{index: told(each.harm.get(index, 0.0)) for index in ("cchi", "ons_css") if each.harm},
        **{f"{index}_without": n for index, n in each.unweighed.items()},
        **{"rank": rank, "low": low, "high": high},
    }


def _release(one: Release, linked: Linked | None) -> dict[str, Any]:
    return {
        "card": one.card,
        "also": [linked.card.nominal_id] if linked else [],
        "day": one.day,
        "group": one.card.group_id,
        "lines": one.lines,
        "linked": linked.card.nominal_id if linked else "None known",
        "linked_status": linked and linked.card.words,
        "records": linked and linked.records,
        "latest": linked and linked.latest,
        "same_group": linked and linked.same_group,
    }

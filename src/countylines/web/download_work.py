"""Lists that speak of people and of other things, taken out: changes, rulings, and rows that a run doesn't use.

A row that is of somebody has their card: how they are treated stands beside them, and they stand in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countylines.web import home, rulings
from countylines.web.access import Visit
from countylines.web.covering import without_names
from countylines.web.line_rows import line_rows
from countylines.web.persons import Card
from countylines.web.rejects_view import RejectedRow, rejected_rows
from countylines.web.ruling_words import KINDS as DECISIONS
from countylines.web.run_changes import KINDS
from countylines.web.sheets import Sheet
from countylines.web.taken import Taken, filters_of

PERSON: Mapping[str, str] = {"person": "Person", "name": "Name", "status": "Status"}
MOST_REJECTS = 20_000  # rows not used in one file


def take_changed(visit: Visit) -> Taken:
    """What changed since the run before: one kind, what a figure counts, or all; nothing where there is none before."""
    found = home.comparison(visit)
    every = home.seen_changes(visit, found) if found else ()
    shown = home.of_kind(every, visit.request.query_params.get("kind", ""))
    cards = visit.reader.cards(one.person for one in shown if one.person)
    called = {row.line_id: row.called for row in line_rows(visit.reader)}
    columns = {"kind": "Change", **_person(visit), "group": "Group", "line": "Line", "said": "What", "why": "Why"}
    rows = [
        {"kind": KINDS[one.kind].word, **_of(visit, cards.get(one.person), one.person), "group": one.group_id,
         "line": called.get(one.line_id, one.line_id), "said": one.said, "why": one.why}
        for one in shown
    ]  # fmt: skip
    both = [visit.house.shelf.reader(found.before), visit.reader] if found else [visit.reader]
    said = [] if found else ["There is no earlier run to compare this one with."]
    return Taken(Sheet("Changes", columns, rows), filters_of(visit), said, [(run.name, run.as_of) for run in both])


def take_rulings(visit: Visit) -> Taken:
    """Every ruling by what became of it, as far as its people and records may be seen."""
    state, today = visit.request.query_params.get("state", ""), visit.now.date()
    found = [one for one in rulings.seen(visit)[0] if state not in rulings.STATES or one.state(today) == state]
    cards = visit.reader.cards(one.nominal_id for one in found if one.nominal_id)
    near = visit.reader.records_within(one.record_id for one in found if one.record_id)

    def told(words: str | None) -> str:
        return without_names(visit.reader, words) if visit.covered and words else words or ""

    columns = {
        "number": "Ruling", **_person(visit), "record": "Record", "hit": "Hit", "decision": "What is wrong",
        "reason": "Why", "by": "Said by", "on": "Said on", "confirmed_by": "Confirmed by",
        "confirmed_on": "Confirmed on", "until": "Until", "state": "State", "end": "Ended because",
    }  # fmt: skip
    rows = [
        {
            **_of(visit, cards.get(one.nominal_id or ""), one.nominal_id or ""),
            "number": one.ruling_id,
            "record": one.record_id if one.record_id in near else "Outside your areas" if one.record_id else "",
            "hit": f"{one.hit.group}: {one.hit.term}" if one.hit else "",
            "decision": DECISIONS[one.decision].label if one.decision in DECISIONS else one.decision,
            "reason": told(one.reason),
            **{"by": visit.called(one.proposed_by), "on": one.proposed_at, "until": one.review_by},
            **{"confirmed_by": visit.called(one.confirmed_by), "confirmed_on": one.confirmed_at},
            **{"state": rulings.STATES[one.state(today)], "end": told(one.end_reason)},
        }
        for one in found
    ]
    return Taken(Sheet("Rulings", columns, rows), filters_of(visit), ["A ruling is applied from the next run on."])


def take_rejects(visit: Visit) -> Taken:
    """The rows that a run doesn't use; what may not be opened on their page isn't in the file either."""
    visit.must("see_runs")
    reader, asked = visit.run(str(visit.request.path_params["name"])), visit.request.query_params
    wanted = {name: asked.get(name, "") for name in ("table", "kind", "reason", "source")}
    found, total, _, _ = rejected_rows(visit, reader, wanted, 1, MOST_REJECTS)
    columns = {
        "table": "Table", "file": "File", "row": "Row", "kind": "Kind", "reason": "Why", "person": "Person",
        "status": "Status", "content": "Content",
    }  # fmt: skip
    rows = [{**_reject(one), **_of(visit, one.card, "")} for one in found]
    said = ["These rows count nowhere in the run. Names and birth dates are left out."]
    said += [f"The first {MOST_REJECTS:,} of {total:,} rows: choose a reason for the others."] * (total > len(found))
    return Taken(Sheet("Rows not used", columns, rows), filters_of(visit), said, [(reader.name, reader.as_of)])


def _reject(one: RejectedRow) -> dict[str, Any]:
    content = one.closed or "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in one.cells)
    about = {name: getattr(one, name) for name in ("table", "file", "kind", "reason")}
    return {**about, "row": one.row_number, "content": content}


def _person(visit: Visit) -> dict[str, str]:
    return {key: heading for key, heading in PERSON.items() if not (visit.covered and key == "name")}


def _of(visit: Visit, card: Card | None, nominal_id: str) -> dict[str, Any]:
    """Whom a row is of; the id alone of somebody whom these extracts don't know."""
    if card is None:
        return {"person": nominal_id, "name": "", "status": "", **({"also": (nominal_id,)} if nominal_id else {})}
    return {"card": card, "person": card.nominal_id, "name": card.name, "status": card.words}

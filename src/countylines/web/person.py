"""One person, with why: how they are treated first, then who, when, why, and the records behind it (SCREENS 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.govern import rulings, sessions
from countylines.report.show.groups import called
from countylines.report.show.words import counted
from countylines.tables import OFFENDER_ROLES
from countylines.web.access import Missing, Visit, needs
from countylines.web.links_view import links, own_lines, soc_ties
from countylines.web.own_areas import areas_of, outside, within
from countylines.web.person_events import lanes, open_case
from countylines.web.person_evidence import Row, ordered, own_records, page_of
from countylines.web.persons import Card
from countylines.web.ruling_applied import applied_to
from countylines.web.run_rulings import released, taken
from countylines.web.standing import standing
from countylines.web.status import not_ranked, status
from countylines.web.taking_out import TakingOut, fewest
from countylines.web.why import Why, groups_of, scale, why

router = APIRouter(include_in_schema=False)

BESIDE = 12  # people in the table of neighbours at first
CONNECTIONS = 8  # bars shown at first


@router.get("/people/{nominal_id:path}/wrong")
def wrong(nominal_id: str, visit: Visit = needs("make_ruling")) -> Response:
    """To the form for a ruling on this person."""
    return visit.go("/rulings/new", person=nominal_id)


@router.get("/people/{nominal_id:path}")
def person(
    nominal_id: str,
    visit: Visit = needs("see_people"),
    view: str = "",
    years: str = "",
    page: int = 1,
    cancelled: bool = True,
    beside: str = "",
    together: str = "",
) -> Response:
    """A person's page.

    Args:
        view: list = events as a list.
        years: all = every year of events.
        cancelled: whether cancelled hits are shown.
        beside: all = all neighbours.
        together: only records shared with this person; alone = those in which nobody else connects.
    """
    card, own = known(visit, nominal_id)
    visit.views("person", nominal_id, **({"together": together} if together else {}))
    found = why(visit.reader, nominal_id)
    filters = {
        "view": view,
        "years": years,
        "cancelled": "" if cancelled else "0",
        "beside": beside,
        "together": together,
    }
    return visit.page(
        "person.html.j2",
        card=card,
        filters=filters,
        today=visit.now.date(),
        **ruled(visit, nominal_id),
        open_case=open_case(visit, nominal_id),
        beside=found.beside if beside == "all" else found.beside[:BESIDE],
        standing=standing(visit.reader, card),
        unranked_why=not_ranked(card),
        **treatment(visit, card, own),
        **derivation(visit, found),
        **around(visit, card),
        **behind(visit, found, own, page, cancelled, together),
        **lanes(visit, card, in_areas(visit, own), found, view, years),
    )


def treatment(visit: Visit, card: Card, own: list[Row]) -> dict[str, Any]:
    """How the person is treated, and what safeguarding knows of them."""
    facts = next(iter(visit.reader.rows("safeguarding_facts", "nominal_id", card.nominal_id)), None)
    return {
        "treated": status(card, facts, offender_in(own), card.nominal_id in released(visit.reader)),
        "facts": facts,
        "tiers": visit.reader.rows("safeguarding", "nominal_id", card.nominal_id),
    }


def derivation(visit: Visit, found: Why) -> dict[str, Any]:
    """Why they are in, and what would take them out."""
    return {
        "why": found,
        "scale": scale(found.found.keep_weight),
        "most": CONNECTIONS,
        "out": taking_out(visit, found),
        "sensitive": sensitivity(visit, found.found.nominal_id),
    }


def around(visit: Visit, card: Card) -> dict[str, Any]:
    """Their group, lines and links."""
    return {
        "group": group_of(visit, card),
        "lines": own_lines(visit.reader, card.nominal_id) if visit.can("see_lines") else [],
        "links": links(visit.reader, card.nominal_id),
        "soc_ties": soc_ties(visit.reader, card.nominal_id),
    }


def behind(visit: Visit, found: Why, own: list[Row], page: int, cancelled: bool, together: str) -> dict[str, Any]:
    """The records of one page, and how many there are."""
    near = in_areas(visit, own)
    order, only = chosen_records(found, near, together)
    if len(near) < len(own):
        away = counted(len(own) - len(near), "more record of theirs lies", "more records of theirs lie")
        only = f"{away} outside your areas and can't be opened. {only or 'Records in your areas'}"
    reasons = opened(visit, order)
    records, at, pages = page_of(visit.reader, found, order, page, reasons, cancelled=cancelled, covered=visit.covered)
    return {
        "total": len(own),
        "weighty": sum(bool(row["score"]) for row in own),
        "records": records,
        "only": only,
        "shared_with": found.cards.get(together),
        "found_records": len(order),
        "page": at,
        "pages": pages,
    }


def known(visit: Visit, nominal_id: str) -> tuple[Card, list[Row]]:
    """The person and their records, if this visitor may see them.

    Raises:
        Missing: the extracts hold no such person.
        Refused: the visitor has own areas, and nobody of this id is in them. Safeguarding officers know whoever is
            in their queue, wherever they are; records of other areas stay closed to them.
    """
    waits = visit.can("see_safeguarding") and bool(visit.reader.rows("safeguarding", "nominal_id", nominal_id))
    card = (visit.room if waits else visit.reader).cards([nominal_id]).get(nominal_id)
    own = own_records(visit.reader, nominal_id) if card else []
    areas = areas_of(visit)
    if areas and not waits and not (card and within(areas, (row["area"] for row in own))):
        raise outside(areas, "person", nominal_id)
    if card is None:
        raise Missing("No such person", "The extracts of this run hold nobody of this id. Check it, capitals included.")
    return card, own


def in_areas(visit: Visit, own: list[Row]) -> list[Row]:
    """Of a person's records those of the visitor's own areas: the others are counted, and opened nowhere."""
    areas = areas_of(visit)
    return [row for row in own if within(areas, [row["area"]])]


def offender_in(own: list[Row]) -> int:
    """In how many crimes a person is recorded as an offender."""
    return sum(row["source"] == "crime" and not set(OFFENDER_ROLES).isdisjoint(row["roles"]) for row in own)


def chosen_records(found: Why, own: list[Row], together: str) -> tuple[list[str], str]:
    """The records to list, and which they are in words; all of them unless some were asked for."""
    order = ordered(found, own)
    if together == "alone":
        alone = {record for each in found.found.connections if each.other is None for record in each.record_ids}
        return [record for record in order if record in alone], "Matched records in which nobody else connects"
    if together:
        shared = {record for b in found.beside if b.tie.other == together for record in b.tie.record_ids}
        return [record for record in order if record in shared], "Records shared with"
    return order, ""


def opened(visit: Visit, order: list[str]) -> set[str]:
    """The restricted records among these that a reason was given for in this session."""
    if not visit.reader.restricted:
        return set()
    rows = visit.reader.index.among(
        "SELECT record_id FROM records WHERE restricted = 1 AND record_id IN ({ids})", order
    )
    return {
        row["record_id"]
        for row in rows
        if sessions.reason_for_record(visit.house.state, visit.who, "record", row["record_id"])
    }


def taking_out(visit: Visit, found: Why) -> TakingOut | None:
    """The fewest records without which p is too low; None where it isn't p that keeps them, or it can't be told."""
    if found.found.decision != "matched" or not found.found.strongest or found.graded:
        return None
    keep = found.found.keep_weight
    strong = [each for each in found.found.connections if each.c >= keep - 1e-9]
    return fewest(strong, groups_of(visit.reader, {r for each in strong for r in each.record_ids}), keep)


@dataclass(frozen=True)
class Sensitivity:
    """How far somebody's place hangs on single records; None where the run didn't look."""

    one_record: tuple[str, ...]
    kept_share: float | None
    stays: float | None


def sensitivity(visit: Visit, nominal_id: str) -> Sensitivity:
    """What the re-drawn networks say."""
    held_in = visit.reader.rows("held_in_by_one_record", "nominal_id", nominal_id)
    kept: Mapping[str, Any] = next(iter(visit.reader.rows("nominals", "nominal_id", nominal_id)), {})
    records = tuple(row["record_id"] for row in held_in)
    return Sensitivity(records, kept.get("kept_share"), kept.get("stays"))


def group_of(visit: Visit, card: Card) -> Mapping[str, Any] | None:
    """The group, with how it is called."""
    rows = visit.reader.rows("groups", "group_id", card.group_id) if card.group_id else []
    return {**rows[0], "called": called(rows[0])} if rows else None


def ruled(visit: Visit, nominal_id: str) -> dict[str, Any]:
    """The rulings on a person, the latest first; those of the run's extracts that weren't made here; what they took."""
    with visit.house.state.read() as connection:
        own = rulings.rulings(connection, nominal_id=nominal_id)
    here = {(one.decision, one.record_id, one.proposed_by, one.review_by) for one in own}
    given = [
        one for one in applied_to(visit, nominal_id) if (one.decision, one.record_id, one.by, one.review_by) not in here
    ]
    return {"rulings": own, "given": given, "taken": len(taken(visit.reader).get(nominal_id, ()))}

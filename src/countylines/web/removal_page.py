"""What would break the whole network: the order of removal of all who may be ranked, and of nobody else (METHOD 6)."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.web.access import Visit, needs
from countylines.web.group_rows import small
from countylines.web.groups import hides
from countylines.web.members_view import Member, Members, mark_order
from countylines.web.network_facts import facts_of
from countylines.web.persons import Card
from countylines.web.reader import Reader
from countylines.web.removal import NETWORK, Removal, figures_json, removal
from countylines.web.removal_chart import spec

router = APIRouter(include_in_schema=False)

NAMED = 8  # of those who are never in the order


@router.get("/removal")
def whole_network(visit: Visit = needs("see_removal_counts"), measure: str = "harm", k: int = -1) -> Response:
    """The order with its curve; for who sees no people, the method and counts.

    Args:
        measure: harm still connected, or the largest part.
        k: people out at first.
    """
    reader = visit.reader
    cards = facts_of(reader).cards
    taken = removal(reader, NETWORK, cards, len(cards))
    guarded = sorted((card for card in cards.values() if card.guarded), key=lambda card: (mark_order(card), card.nominal_id))
    counts = {"rankable": len(cards) - len(guarded), "guarded": len(guarded)}
    if hides(visit, "see_removal_counts") and None in map(small, counts.values()):
        counts = dict.fromkeys(counts)  # one tells the other, beside the whole
    named = visit.can("see_removal_order") and visit.can("see_people")
    kind = "part" if measure == "part" else "harm"
    at = min(k if k >= 0 else 3, taken.last) if taken else 0
    visit.views("removal", NETWORK)
    return visit.page(
        "removal.html.j2",
        named=named,
        taken=seen_by(reader, taken) if named and taken else taken,
        people=_never(reader, guarded) if named else None,
        counts=counts,
        chart=(spec(taken, kind, at), figures_json(taken)) if named and taken else None,
        measure=kind,
        at=at,
    )

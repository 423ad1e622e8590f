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
from countylines.web.removal import NETWORK, figures_json, removal
from countylines.web.removal_chart import Measure, spec

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
    everybody = facts_of(reader).cards
    guarded = sorted((card for card in everybody.values() if card.guarded), key=_by_mark)
    shown = [*reader.table("dismantling").filter(scope=NETWORK)["nominal_id"].drop_nulls().unique(),
             *(card.nominal_id for card in guarded[:NAMED])]  # fmt: skip
    cards = {**everybody, **reader.cards(shown)}  # of others than one's own areas no name
    taken = removal(reader, NETWORK, cards, len(cards))
    named = visit.can("see_removal_order") and visit.can("see_people")
    kind: Measure = "part" if measure == "part" else "harm"
    at = min(k if k >= 0 else 3, taken.last) if taken else 0
    visit.views("removal", NETWORK)
    return visit.page(
        "removal.html.j2",
        everybody=len(cards),
        named=named,
        taken=taken,
        never=Members({}, tuple(_plain(cards[card.nominal_id]) for card in guarded)),
        counts=_counts(len(cards) - len(guarded), len(guarded), hides(visit, "see_removal_counts")),
        chart=(spec(taken, kind, at), figures_json(taken)) if named and taken else None,
        measure=kind,
        at=at,
    )


def _counts(rankable: int, guarded: int, hide: bool) -> dict[str, int | None]:
    """How many may be ordered and how many never; None = hidden: one tells the other, beside the whole."""
    told = not hide or None not in (small(rankable), small(guarded))
    if not hide:
        return {"rankable": rankable, "guarded": guarded}
    return {"rankable": small(rankable) if told else None, "guarded": small(guarded) if told else None}


def _plain(card: Card) -> Member:
    return Member(card, "", None, None)


def _by_mark(card: Card) -> tuple[int, str]:
    return mark_order(card), card.nominal_id

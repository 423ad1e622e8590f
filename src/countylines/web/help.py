"""What the figures mean, and the keys: for everybody who is signed in."""

from __future__ import annotations

from typing import NamedTuple

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.rank.meanings import MEANINGS
from countylines.rank.safeguarding import TIERS
from countylines.report.show.words import LAWFUL, OUR_RECORDS
from countylines.settings import Settings
from countylines.web.access import SIGNED_IN, Visit, needs
from countylines.web.frame import run_of
from countylines.web.signin import set_cookie

router = APIRouter(include_in_schema=False)

KEYS_COOKIE = "countylines-keys"


class Keys(NamedTuple):
    """Keys and what they do; the dialog (island/src/page/key-list.ts) has the same list."""

    keys: str
    does: str


LISTS: dict[str, list[Keys]] = {
    "Everywhere": [
        Keys("/", "Search"),
        Keys("?", "This list"),
        Keys("G then H", "My work"),
        Keys("G then G", "Groups"),
        Keys("G then N", "Network"),
        Keys("G then S", "Safeguarding"),
        Keys("G then L", "Lexicon"),
        Keys("G then R", "Runs and audit"),
    ],
    "Tables": [Keys("↑ ↓", "Between rows"), Keys("Enter", "Opens the row")],
    "Network": [
        Keys("Arrows", "To the nearest neighbour"),
        Keys("Enter", "Selects; opens a closed group"),
        Keys("1 2 3", "Shows people 1, 2 or 3 steps away"),
        Keys("P", "Path to another person"),
        Keys("L", "Lasso"),
        Keys("Shift + arrows", "Adds the neighbour to the choice"),
        Keys("Alt + arrows", "Moves who is chosen and pins them there; with Shift further"),
        Keys("F", "Fits all on the screen"),
        Keys("T", "Table of the same people"),
        Keys("Ctrl + Z", "Undo"),
        Keys("Esc", "Clears the choice"),
    ],
}


@router.get("/method")
def method(visit: Visit = needs(SIGNED_IN)) -> Response:
    """What each figure means, and what it doesn't tell."""
    run = run_of(visit)
    settings = run.settings if run else Settings().as_dict()
    return visit.page(
        "method.html.j2", settings=settings, measures=MEANINGS, tiers=TIERS, lawful=LAWFUL, ours=OUR_RECORDS, run=run
    )


@router.get("/keys")
def keys(visit: Visit = needs(SIGNED_IN)) -> Response:
    """The keys, and a switch that turns them all off."""
    return visit.page("keys.html.j2", lists=LISTS, off=keys_off(visit))


@router.post("/keys")
def switch(visit: Visit = needs(SIGNED_IN)) -> Response:
    """Turn the keys off or on in this browser (WCAG 2.1.4)."""
    answer = visit.go("/keys")
    if visit.form.get("keys") == "off":
        set_cookie(answer, visit, KEYS_COOKIE, "off")
    else:
        answer.delete_cookie(KEYS_COOKIE)
    return answer


def keys_off(visit: Visit) -> bool:
    """Whether this browser has the keys turned off."""
    return visit.request.cookies.get(KEYS_COOKIE) == "off"

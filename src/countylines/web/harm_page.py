"""A figure of harm, opened: the crimes that add up to it, each with its weight, and those that don't count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from countylines.report.show.words import HARM_NAMES
from countylines.web.access import Visit, needs
from countylines.web.group import found_group, head
from countylines.web.harm_quarters import Quarter
from countylines.web.harm_rows import WHICH, Asked, Behind, Crime, asked, behind, total
from countylines.web.members_view import members
from countylines.web.paging import paged
from countylines.web.person import group_of, known
from countylines.web.reader import Reader
from countylines.web.standing import standing

router = APIRouter(include_in_schema=False)

A_PAGE = 50
AT_MOST = 25  # crimes of one reason why they don't count; the latest
TABS = ("", "convicted", "charged", "suspected", "reported", "unweighed")


@dataclass(frozen=True)
class Sum:
    """Some crimes and what they weigh together; None = none of them has a weight."""

    crimes: int
    weight: float | None


@dataclass(frozen=True)
class Apart:
    """Crimes that don't count, for one reason: the latest ones in one's own areas, and how many there are anywhere."""

    why: str
    crimes: Sequence[Crime]
    count: int


@router.get("/groups/{group_id}/harm")
def harm_of_group(
    group_id: str,
    visit: Visit = needs("see_people"),
    index: str = "",
    window: str = "all",
    which: str = "",
    page: int = 1,
) -> Response:
    """The crimes behind a figure of a group's harm."""
    visit.must("see_group")
    row, reader = found_group(visit, group_id), visit.reader
    figure = asked(reader, index, window, which)
    people = [each["nominal_id"] for each in reader.rows("nominals", "group_id", group_id)]
    visit.views("group", group_id, page="harm", index=figure.index, window=figure.window, which=figure.which)
    return visit.page(
        "harm_of_group.html.j2",
        **head(visit, row, members(reader, group_id)),
        **_shown(visit, people, figure, page, group=True),
        path=f"/groups/{group_id}/harm",
    )


@router.get("/people/{nominal_id:path}/harm")
def harm_of_person(
    nominal_id: str,
    visit: Visit = needs("see_people"),
    index: str = "",
    window: str = "all",
    which: str = "",
    page: int = 1,
) -> Response:
    """The crimes behind a figure of a person's harm; who is protected or held has none, and their page says why."""
    card, _ = known(visit, nominal_id)
    if standing(visit.reader, card) is None:
        return visit.go(f"/people/{nominal_id}")
    figure = asked(visit.reader, index, window, which)
    visit.views("person", nominal_id, page="harm", index=figure.index, window=figure.window, which=figure.which)
    return visit.page(
        "harm_of_person.html.j2",
        card=card,
        group=group_of(visit, card),
        **_shown(visit, [nominal_id], figure, page, group=False),
        path=f"/people/{nominal_id}/harm",
    )


def _shown(visit: Visit, people: Sequence[str], figure: Asked, page: int, *, group: bool) -> dict[str, Any]:
    reader = visit.reader
    found = behind(reader, people, figure, group=group)
    near = reader.records_within(crime.record_id for crime in found.counted)
    own = [crime for crime in found.counted if crime.record_id in near]
    away = [crime for crime in found.counted if crime.record_id not in near]
    here, at, pages = paged(len(own), page, A_PAGE)
    shown, apart = own[here], _apart(reader, found)
    rows = [*shown, *(crime for each in apart for crime in each.crimes)]
    return {
        "figure": figure,
        "name": _called(figure),
        "unit": HARM_NAMES[figure.index].partition(" ")[2],
        "edition": found.edition,
        "shown": shown,
        "of_page": _sum(shown),
        "away": _sum(away),
        "every": _sum(found.counted),
        "unknown_harm": found.unknown,
        "apart": apart,
        **_people(reader, rows),
        "closed": _restricted(reader, rows),
        "page": at,
        "pages": pages,
        "tabs": {key: WHICH[key] for key in dict.fromkeys((*TABS, figure.which))},
        "filters": {"index": figure.index, "window": figure.window, "which": figure.which},
    }


def _apart(reader: Reader, found: Behind) -> list[Apart]:
    near = reader.records_within(crime.record_id for some in found.apart.values() for crime in some)
    own = {why: [crime for crime in some if crime.record_id in near] for why, some in found.apart.items()}
    return [Apart(why, own[why][:AT_MOST], len(some)) for why, some in found.apart.items()]


def _sum(found: Sequence[Crime]) -> Sum:
    return Sum(len(found), total(found))


def _called(figure: Asked) -> str:
    months = {"12m": "last 12 months", "all": "all time"}
    window = months.get(figure.window) or Quarter(dt.date.fromisoformat(figure.window), {}, 0).called
    return f"{HARM_NAMES[figure.index]}, {window}"


def _people(reader: Reader, rows: Iterable[Crime]) -> dict[str, Any]:
    """Who is in some crimes, and whom of them a page may name beside a weight: nobody who is protected or held."""
    cards = reader.cards({person for crime in rows for person in crime.roles})
    return {"cards": cards, "ranked": {name for name, card in cards.items() if card.rankable and not card.guarded}}


def _restricted(reader: Reader, rows: Iterable[Crime]) -> set[str]:
    """Of these those whose contents open with a reason of their own."""
    sql = "SELECT record_id FROM records WHERE restricted = 1 AND record_id IN ({ids})"
    return {row["record_id"] for row in reader.index.among(sql, [crime.record_id for crime in rows])}

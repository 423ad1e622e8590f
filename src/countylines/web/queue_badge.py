"""How many wait for safeguarding, beside the menu's word: one query a page, counted anew only after a change."""

from __future__ import annotations

import sqlite3

from polars.exceptions import PolarsError
from sqlalchemy.exc import SQLAlchemyError

from countylines.errors import InputError
from countylines.govern import people
from countylines.web.access import NoRun, Refused, Visit
from countylines.web.group_rows import small
from countylines.web.queue_rows import waiting_count
from countylines.web.queue_since import since_of


def badge(visit: Visit) -> int | None:
    """How many wait; None = it isn't for this person, too few to be told, or can't be read.

    The menu stands on fault pages, too, so nothing that fails here may fail the page.
    """
    if not (visit.can("see_safeguarding") or visit.can("see_safeguarding_counts")):
        return None
    try:
        since = since_of(visit.house.shelf, visit.reader)
        with visit.house.state.read() as connection:
            n = waiting_count(visit.reader, since, visit.house.procedures, connection, visit.now)
    except (NoRun, Refused, InputError, OSError, PolarsError, SQLAlchemyError, sqlite3.Error):
        return None
    hides = people.hides_small_counts(visit.who.account.roles, "see_safeguarding_counts")
    return small(n) if hides else n

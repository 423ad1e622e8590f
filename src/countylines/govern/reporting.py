"""Lines drafted for the national reporting route: what a person writes, with the line's numbers, names and areas.

Nothing is sent from here: a person reports the line by the route, then records when, and with which reference.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from sqlalchemy import Connection, Row, select
from sqlalchemy.exc import IntegrityError

from countylines.errors import InputError
from countylines.govern.changes import Change, Who, add, as_kept, find, history, put, sought, take, whole, written
from countylines.govern.work_schema import work_drafts

Status = Literal["drafted", "reported", "declined"]
SHORT = 200
WORD = r"[^\W\d_]{2,}"


@dataclass(frozen=True, slots=True)
class Line:
    """The line as a run found it: ids and facts, no text of records."""

    line_id: str
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    areas: tuple[str, ...]
    group_id: str | None
    run_id: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft and what became of it; ``by`` reported, declined or last edited it, ``at`` then."""

    draft_id: int
    version: int
    line: Line
    text: str
    status: Status
    reported_on: dt.date | None
    reference: str | None
    why: str | None
    at: dt.datetime
    by: str


@whole
def draft_line(connection: Connection, line: Line, text: str, by: Who, at: dt.datetime) -> int:
    """Draft a report of a line; its id.

    Raises:
        InputError: nothing is written, or the line has a draft or a report already.
    """
    _none_alive(connection, line.line_id)
    values = {
        "line_id": written(line.line_id, "the line", longest=2 * SHORT),
        "group_id": written(line.group_id, "the group", needed=False, longest=2 * SHORT) or None,
        "run_id": written(line.run_id, "the run", longest=2 * SHORT),
        **{name: _clean(getattr(line, name)) for name in ("numbers", "names", "areas")},
        "text": written(text, "what is reported"),
        "status": "drafted",
        "at": at,
        "by": by.name,
    }
    try:
        with connection.begin_nested():
            return add(connection, work_drafts, values, by, at)
    except IntegrityError:
        _none_alive(connection, line.line_id)  # somebody drafted one a moment ago
        raise


def _none_alive(connection: Connection, line_id: str) -> None:
    there = [one for one in drafts(connection, line_id=line_id) if one.status != "declined"]
    if there:
        said = f"line {line_id} is {there[0].status} already, by {there[0].by}"
        raise InputError(said, f"look at draft {there[0].draft_id}")


@whole
def edit(
    connection: Connection,
    draft_id: int,
    version: int,
    by: Who,
    at: dt.datetime,
    *,
    text: str,
    numbers: Sequence[str],
    names: Sequence[str],
    areas: Sequence[str],
) -> int:
    """Edit a draft; the new version.

    Raises:
        InputError: it was reported or declined, or nothing is written.
        Conflict: somebody changed it since.
    """
    row = _drafted(connection, draft_id, version)
    facts = {"numbers": _clean(numbers), "names": _clean(names), "areas": _clean(areas)}
    values = {"text": written(text, "what is reported"), **facts, "at": at, "by": by.name}
    return put(connection, work_drafts, row, values, by, at)


@whole
def record_reported(
    connection: Connection, draft_id: int, version: int, on: dt.date, reference: str, by: Who, at: dt.datetime
) -> int:
    """Record that a person reported the line by the national route, with its reference; the new version.

    Raises:
        InputError: it isn't a draft any more, the day lies in the future, or there is no reference.
        Conflict: somebody changed it since.
    """
    row = _drafted(connection, draft_id, version)
    if on > at.date():
        raise InputError(f"{on} lies in the future", "give the day on which it was reported")
    values = {"status": "reported", "reported_on": on, "at": at, "by": by.name}
    values["reference"] = written(reference, "the reference", longest=SHORT)
    return put(connection, work_drafts, row, values, by, at)


@whole
def decline(connection: Connection, draft_id: int, version: int, why: str, by: Who, at: dt.datetime) -> int:
    """Decline to report the line and say why; the new version.

    Raises:
        InputError, Conflict: it isn't a draft any more, doesn't say why; somebody changed it since.
    """
    row = _drafted(connection, draft_id, version)
    values = {"status": "declined", "why": written(why, "why"), "at": at, "by": by.name}
    return put(connection, work_drafts, row, values, by, at)


def names_none(said: Iterable[str], names: Iterable[str]) -> None:
    """Refuse a report that names somebody whom no report may name.

    A name counts as said when two of its words stand side by side in one of the texts, or all of them anywhere in it,
    in whatever order, case and accents. Names of one word are left alone: too many are words of every day. Numbers and
    single letters in a name are no words of it.

    Args:
        said: the texts of the report.
        names: full names and other names of those people.

    Raises:
        InputError: it names one of them, in which words.

    Example:
        >>> names_none(["Two older men run for the line."], ["Ann Lee"])
        >>> names_none(["LEE, Ann's sister"], ["Ann Lee 0004"])
        Traceback (most recent call last):
        countylines.errors.InputError: it names 'Ann Lee', who is protected or held in the line's evidence. Take ...
    """
    texts = [_words_of(text) for text in said]
    for name in names:
        own = set(_words_of(name))
        pairs = (two for text in texts for two in pairwise(text) if len({*two}) == 2)
        if len(own) > 1 and (any(own.issuperset(two) for two in pairs) or any(own.issubset(text) for text in texts)):
            told = f"it names {' '.join(re.findall(WORD, name))!r}, who is protected or held in the line's evidence"
            raise InputError(told, "take the name out: people to protect are referred to safeguarding, not reported")


def _words_of(text: str) -> list[str]:
    """The words, in small letters and without accents and what shows nothing."""
    plain = unicodedata.normalize("NFKD", text)
    return re.findall(WORD, "".join(c for c in plain if unicodedata.category(c) not in ("Mn", "Cf")).casefold())


def drafts(connection: Connection, *, line_id: str | None = None) -> list[Draft]:
    """The drafts, all or of a line, the latest first."""
    query = select(work_drafts).order_by(work_drafts.c.draft_id.desc())
    found = connection.execute(query if line_id is None else query.where(work_drafts.c.line_id == sought(line_id)))
    return [_draft(row) for row in found]


def draft(connection: Connection, draft_id: int) -> Draft:
    """One draft; NotThere if there is none."""
    return _draft(find(connection, work_drafts, draft_id))


def draft_history(connection: Connection, draft_id: int) -> list[Change]:
    """Who did what with it, oldest first."""
    return history(connection, work_drafts, draft_id)


def _drafted(connection: Connection, draft_id: int, version: int) -> Row[Any]:
    row = take(connection, work_drafts, draft_id, version)
    if row.status != "drafted":
        raise InputError(f"draft {draft_id} is {row.status}", "make a new draft")
    return row


def _clean(texts: Sequence[str]) -> list[str]:
    return [text for each in texts if (text := written(each, "an entry", needed=False, longest=SHORT))]


def _draft(row: Row[Any]) -> Draft:
    facts = {name: tuple(row._mapping[name]) for name in ("numbers", "names", "areas")}
    return Draft(line=Line(**as_kept(Line, row) | facts), **as_kept(Draft, row))

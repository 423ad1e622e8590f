"""How people's work is changed: by version numbers, so that two browsers don't lose each other's, and with history.

Nothing is overwritten in silence: each change leaves a row in ``work_history`` that says who, when, what, from and to.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, Row, Table, insert, select, update

from countylines.errors import InputError
from countylines.govern.schema import accounts, iso
from countylines.govern.work_schema import work_history

NAMES = {
    "work_cases": "case",
    "work_documents": "document",
    "work_rulings": "ruling",
    "work_tasking": "tasking",
    "work_drafts": "draft",
    "work_notes": "note",
    "work_views": "saved view",
    "retention_erasures": "erasure",
    "retention_holds": "hold",
}
LAST = 2**31 - 1  # the greatest id and version there can be
LONGEST = 20_000  # characters that one text may have
AT_ONCE = dt.timedelta(minutes=1)  # the same from the same person within it is one form sent twice
EMPTY = "nothing"
FILLERS = "\u115f\u1160\u2800\u3164\uffa0"  # of Hangul and Braille: letters and symbols that are drawn as blanks

P = ParamSpec("P")
R = TypeVar("R")


def whole(
    function: Callable[Concatenate[Connection, P], R],
) -> Callable[Concatenate[Connection, P], R]:
    """The function happens whole or not at all, also where the caller catches its error and goes on."""

    @wraps(function)
    def inside(connection: Connection, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with connection.begin_nested():
            return function(connection, *args, **kwargs)

    return inside


class Who(Protocol):
    """Who does something: an account of ``govern.people``."""

    @property
    def account_id(self) -> str:
        """The account's id, which no other ever has."""

    @property
    def name(self) -> str:
        """The name it signs in with; kept as ``by``."""

    @property
    def roles(self) -> Collection[str]:
        """Its roles."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one thing, changed once.

    Attributes:
        field: its name; of a case's step as ``MASH referral: state``.
        was, became: None = empty.
        version: the thing's version after the change.
    """

    field: str
    was: Any
    became: Any
    at: dt.datetime
    by: str
    version: int

    def __str__(self) -> str:
        """In one sentence.

        Example:
            >>> at = dt.datetime(2026, 11, 20, 9, 5, tzinfo=dt.UTC)
            >>> str(Change("authority", None, "Northmoor", at, "j.pell", 2))
            "j.pell changed authority from nothing to 'Northmoor' on 20 Nov 2026 at 09:05 UTC"
        """
        was, became = (EMPTY if value in (None, "") else repr(value) for value in (self.was, self.became))
        return f"{self.by} changed {self.field} from {was} to {became} on {self.at:%-d %b %Y at %H:%M} UTC"


class Conflict(Exception):
    """Somebody else changed the thing since it was shown; nothing was saved.

    Attributes:
        what: the thing, as ``case 3``.
        version: its version now.
        changes: what was changed since, oldest first.
    """

    def __init__(self, what: str, version: int, changes: Sequence[Change]) -> None:
        self.what, self.version, self.changes = what, version, tuple(changes)
        said = "; ".join(str(change) for change in changes) or "it has another version now"
        super().__init__(f"This {what} was changed while you had it open: {said}. Look at it again, then save anew.")


class NotThere(InputError):
    """There is no such thing."""


def same_person(by: Who, account_id: str | None, name: str) -> bool:
    """Whether somebody is who did something before: by account, or by name, in case an account was made anew.

    Args:
        account_id: None = it wasn't kept.
    """
    return by.account_id == account_id or by.name.strip().casefold() == name.strip().casefold()


def written(text: str | None, what: str, *, needed: bool = True, longest: int = LONGEST) -> str:
    """A text that a person wrote, without what neither a database nor a document can hold.

    Control characters, lone surrogates and the two non-characters of XML 1.0 (section 2.2) go; line breaks become one
    kind; blanks around it go. What shows nothing at all is empty: blanks, and format characters as a zero-width space.

    Raises:
        InputError: it is empty although needed, or too long.

    Example:
        >>> written(" seen\\x00 at\\r\\nhome ", "why")
        'seen at\\nhome'
        >>> written("\\u200b \\u2060", "why", needed=False)
        ''
    """
    plain = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in plain if _holdable(ord(sign))).strip()
    kept = "" if all(map(_unseen, kept)) else kept
    if needed and not kept:
        raise InputError(f"{what} is empty", "write a sentence", field=what)
    if len(kept) > longest:
        raise InputError(f"{what} has {len(kept):,} characters", f"write at most {longest:,}", field=what)
    return kept


def sought(text: str) -> str:
    """An id that somebody asks for, without what no database can compare.

    Example:
        >>> sought("n1\\x00")
        'n1'
    """
    return written(text, "the id", needed=False, longest=len(text))


def _unseen(sign: str) -> bool:
    return sign.isspace() or sign in FILLERS or unicodedata.category(sign) == "Cf"


def _holdable(point: int) -> bool:
    """Whether XML 1.0 can hold the character; 0x7f to 0x9f are allowed there but are control characters, too."""
    if point < 0x20:
        return point in (0x9, 0xA)
    return not (0x7F <= point < 0xA0 or 0xD800 <= point < 0xE000 or point in (0xFFFE, 0xFFFF))


def chosen(word: str, known: Sequence[str], what: str) -> str:
    """One of the known words.

    Raises:
        InputError: it is none of them.
    """
    if word not in known:
        raise InputError(f"{word!r} isn't allowed", f"give {' or '.join(known)}", field=what)
    return word


def not_past(day: dt.date, at: dt.datetime) -> None:
    """Refuse a review date that has come already.

    Raises:
        InputError: it isn't later than the day of ``at``.
    """
    if day <= at.date():
        raise InputError(f"the review date {day} isn't later than today", "give a later day")


def add(connection: Connection, table: Table, values: Mapping[str, Any], by: Who, at: dt.datetime) -> int:
    """A new thing with version 1 and its first history row; its id."""
    made = connection.execute(insert(table).values(**values, version=1)).inserted_primary_key
    assert made is not None  # every table here has a key of its own
    key = int(made[0])
    note(connection, table, key, 1, [("made", None, NAMES[table.name])], by, at)
    return key


def add_once(
    connection: Connection, table: Table, values: Mapping[str, Any], made: str, by: Who, at: dt.datetime
) -> int:
    """As :func:`add`, unless the same person wrote the same a moment ago: a form sent twice is kept once; its id.

    Args:
        made: the column that says when it was written; all other values must be the same.
    """
    own = select(accounts.c.account_id).where(accounts.c.account_id == by.account_id)
    connection.execute(own.with_for_update(key_share=True))  # two at the same moment take turns; SQLite's do anyhow
    key = table.primary_key.columns[0]
    for row in connection.execute(select(table).where(table.c[made] > at - AT_ONCE).order_by(key)):
        if all(row._mapping[name] == value for name, value in values.items() if name != made):
            return int(row._mapping[key.name])
    return add(connection, table, values, by, at)


def find(connection: Connection, table: Table, key: int) -> Row[Any]:
    """The thing's row.

    Raises:
        NotThere: there is none.
    """
    column = table.primary_key.columns[0]
    there = 0 < key <= LAST  # a database may refuse to compare larger ones
    row = connection.execute(select(table).where(column == key)).one_or_none() if there else None
    if row is None:
        raise NotThere(f"there is no {NAMES[table.name]} {key}", "look for it in its list")
    return row


def take(connection: Connection, table: Table, key: int, version: int) -> Row[Any]:
    """Take the thing's next version: nobody else can change it until this transaction ends.

    Returns:
        Its row, with the new version.

    Raises:
        NotThere: there is none.
        Conflict: it isn't at this version any more.
    """
    find(connection, table, key)
    column = table.primary_key.columns[0]
    version = version if 0 <= version <= LAST else 0
    step = update(table).where(column == key, table.c.version == version).values(version=version + 1)
    taken = connection.execute(step).rowcount
    row = find(connection, table, key)
    if taken != 1:
        since = [change for change in history(connection, table, key) if change.version > version]
        raise Conflict(f"{NAMES[table.name]} {key}", row.version, since)
    return row


def change(
    connection: Connection,
    table: Table,
    key: int,
    version: int,
    values: Mapping[str, Any],
    by: Who,
    at: dt.datetime,
) -> int:
    """Change some of the thing's fields; the new version.

    Raises:
        NotThere, Conflict: as :func:`take`.
    """
    return put(connection, table, take(connection, table, key, version), values, by, at)


def put(
    connection: Connection, table: Table, row: Row[Any], values: Mapping[str, Any], by: Who, at: dt.datetime
) -> int:
    """Write fields of a thing that was taken, and what changed into the history; its version."""
    key = row._mapping[table.primary_key.columns[0].name]
    if values:
        connection.execute(update(table).where(table.primary_key.columns[0] == key).values(**values))
    before = row._mapping
    changes = [(name.replace("_", " "), before[name], now) for name, now in values.items() if before[name] != now]
    note(connection, table, key, row.version, changes, by, at)
    return int(row.version)


def note(
    connection: Connection,
    table: Table,
    key: int,
    version: int,
    changes: Sequence[tuple[str, Any, Any]],
    by: Who,
    at: dt.datetime,
) -> None:
    """Write changes (field, was, became) into the history."""
    common = {"what": table.name, "what_id": key, "version": version, "at": at, "by": by.name}
    rows = [{**common, "field": field, "was": _plain(was), "became": _plain(now)} for field, was, now in changes]
    if rows:
        connection.execute(insert(work_history), rows)


def history(connection: Connection, table: Table, key: int) -> list[Change]:
    """All changes of a thing, oldest first; none of one that isn't there."""
    c = work_history.c
    key = key if 0 < key <= LAST else 0
    rows = connection.execute(
        select(c.field, c.was, c.became, c.at, c.by, c.version)
        .where(c.what == table.name, c.what_id == key)
        .order_by(c.change_id)
    )
    return [Change(*row) for row in rows]


def as_kept(kind: type[Any], row: Row[Any]) -> dict[str, Any]:
    """What a row holds of a dataclass's fields, by name."""
    return {name: row._mapping[name] for name in kind.__dataclass_fields__ if name in row._mapping}


def _plain(value: Any) -> Any:
    """As JSON holds it."""
    if isinstance(value, dt.datetime):
        return iso(value)
    return value.isoformat() if isinstance(value, dt.date) else value

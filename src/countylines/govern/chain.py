"""The chain of the log's rows: what is hashed, how a break is found, and seals to keep elsewhere."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Text, select, type_coerce

from countylines.govern.schema import accounts, audit, audit_head, iso
from countylines.govern.state import State

FIRST = "0" * 64  # what the first row follows
BATCH = 2000  # rows in memory
FIELDS = (
    "number", "at", "session_id", "account", "roles", "action", "law", "outcome", "kind", "what", "run_id",
    "reason", "reference", "recipient", "marking", "detail", "previous",
)  # fmt: skip


@dataclass(frozen=True)
class Seal:
    """The log's length and last hash at a moment: whoever keeps it can show later that nothing before was changed.

    Example:
        >>> seal = Seal(2, "ab" * 32, dt.datetime(2026, 11, 22, tzinfo=dt.UTC))
        >>> Seal.parse(str(seal)) == seal
        True
    """

    count: int
    hash: str
    at: dt.datetime

    def __str__(self) -> str:
        return f"countylines log {self.count} {self.hash} {iso(self.at)}"

    @classmethod
    def parse(cls, line: str) -> Seal:
        """The seal that :meth:`__str__` wrote.

        Raises:
            ValueError: it is no seal.
        """
        product, log, count, hashed, at = line.split()
        if (product, log, len(hashed)) != ("countylines", "log", 64):
            raise ValueError("this is no seal of the log")
        return cls(int(count), hashed, dt.datetime.fromisoformat(at))


@dataclass(frozen=True)
class Verdict:
    """What the check of the log found.

    Attributes:
        whole: nothing is wrong.
        rows: rows that were read and found right, from the first on.
        wrong: number of the first wrong row; None = none.
        said: the finding as a sentence.
    """

    whole: bool
    rows: int
    wrong: int | None
    said: str


def verify(state: State, seals: Iterable[Seal] = ()) -> Verdict:
    """Read the whole log and find the first row that was edited, taken out, put in or moved.

    Without seals from elsewhere a log that was written anew to the end, hashes and head too, looks whole.

    Args:
        state: where the log is.
        seals: kept elsewhere; each must fit the row it names.
    """
    sealed = {kept.count: kept.hash for kept in seals}
    expected, previous = 1, FIRST
    with state.read() as connection:
        heads = connection.execute(
            select(audit_head.c.head, audit_head.c.count.label("length"), audit_head.c.hash)
        ).all()
        anybody = connection.scalar(select(accounts.c.account_id).limit(1))
        with connection.execution_options(yield_per=BATCH).execute(_raw(connection)) as rows:
            for row in rows:
                sealed_hash = sealed.pop(expected, row.hash)
                if said := _fault(row, expected, previous) or _unlike_seal(sealed_hash, row.hash, expected):
                    return Verdict(False, expected - 1, expected, said)
                expected, previous = expected + 1, row.hash
    count = expected - 1
    if len(heads) != 1 or heads[0].length != count or heads[0].hash != previous:
        return _unlike_head(heads, count)
    if not count and anybody:
        return Verdict(False, 0, 1, "The log is empty, though accounts were made, which is logged: it was taken away.")
    if beyond := sorted(number for number in sealed if number > count):
        return Verdict(False, count, count + 1, f"A seal says that the log had {beyond[-1]:,} rows; it has {count:,}.")
    if sealed.get(0, FIRST) != FIRST:
        return Verdict(False, 0, 1, "A seal of the empty log isn't ours.")
    return Verdict(True, count, None, f"The log is whole: {count:,} rows, each fits the one before.")


def seal(connection: Connection, now: dt.datetime) -> Seal:
    """The log's length and last hash, to be kept where nobody with the database can reach it."""
    count, hashed = connection.execute(select(audit_head.c.count, audit_head.c.hash)).one()
    return Seal(count, hashed, now)


def fingerprint(row: Mapping[str, Any]) -> str:
    """The SHA-256 of a row: its fields in order as one JSON list, moments in UTC to the microsecond.

    Example:
        >>> row = dict.fromkeys(FIELDS, "") | {"number": 1, "at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "roles": "[]"}
        >>> fingerprint(row)[:16]
        '2c44e9c8d09131a0'
    """
    values = [row[name] for name in FIELDS]
    plain = [iso(value) if isinstance(value, dt.datetime) else value for value in values]
    return hashlib.sha256(canonical(plain).encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON that is the same text for the same content.

    Example:
        >>> canonical({"b": 1, "a": ["x"]})
        '{"a":["x"],"b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _raw(connection: Connection) -> Any:
    """Every row as it is stored: a value that was tampered with may not be readable as what it should be."""
    columns = [audit.c[name] for name in (*FIELDS, "hash")]
    raw = columns if connection.dialect.name == "postgresql" else [type_coerce(c, Text).label(c.name) for c in columns]
    return select(*raw).order_by(audit.c.number, audit.c.hash)


def _fault(row: Row[Any], expected: int, previous: str) -> str:
    """What is wrong with a row; empty = nothing."""
    if row.number != expected:
        if isinstance(row.number, int) and row.number > expected:
            return f"Row {expected:,} is missing: the next one is row {row.number:,}."
        return f"Row {expected:,} is wrong: the row in its place has the number {row.number!r}."
    try:
        right = row.hash == fingerprint(row._asdict())
    except (TypeError, ValueError):
        right = False
    if not right:
        return f"Row {expected:,} was changed, moved or put in: its hash doesn't fit its content."
    if row.previous != previous:
        return (
            f"Row {expected:,} doesn't follow row {expected - 1:,}: that one was changed and its hash made anew, "
            "or rows between the two were taken out."
        )
    return ""


def _unlike_seal(sealed: str, found: str, number: int) -> str:
    if sealed == found:
        return ""
    return f"Row {number:,} isn't the one that was sealed: the log was written anew from there or from before."


def _unlike_head(heads: Any, count: int) -> Verdict:
    if len(heads) != 1:
        return Verdict(False, count, count + 1, f"The log's head is there {len(heads)} times instead of once.")
    told = heads[0].length
    if isinstance(told, int) and told > count:
        said = f"Rows were taken off the end, from row {count + 1:,} on: the head says that there are {told:,}."
        return Verdict(False, count, count + 1, said)
    if isinstance(told, int) and told < count:
        said = f"Rows were put in at the end: there are {count:,}, and the head says {told:,}."
        return Verdict(False, max(told, 0), max(told, 0) + 1, said)
    said = f"Row {count:,} isn't the one that the head names: it was changed and its hash made anew."
    return Verdict(False, max(count - 1, 0), max(count, 1), said)


def clean(written: str) -> str:
    """A text that both databases keep as it is: no NUL, no half of a character.

    Example:
        >>> clean("a\\0b") == clean("a\\ud800b") == "a\\ufffdb"
        True
    """
    return "".join("\ufffd" if char == "\0" or "\ud800" <= char <= "\udfff" else char for char in written)

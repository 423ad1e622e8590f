"""Whatever is done to the log behind the program's back is found, and the first wrong row is named."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, insert, select, text, update

from countylines.govern.accounts import create_account
from countylines.govern.audit import Event, record, seal, verify
from countylines.govern.chain import FIELDS, FIRST, Seal, fingerprint
from countylines.govern.schema import audit, audit_head
from countylines.govern.state import State, open_state
from tests.govern.conftest import NOW, new_database

ROWS = 7
NUMBER = st.integers(1, ROWS)
TEXTS = sorted(set(FIELDS) - {"number", "at", "previous"})
SQLITE_TRIGGERS = ("no_update", "no_delete", "in_order", "head_no_delete", "head_one", "head_forward")
PLAIN = st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1, max_size=3)
Rows = list[dict[str, Any]]


class Log:
    """A log of seven rows without its triggers, as somebody with the whole database may have it."""

    def __init__(self, state: State) -> None:
        self.state = state
        with state.begin() as connection:
            for number in range(ROWS):
                event = Event(NOW + dt.timedelta(minutes=number), "see_people", account="ann", what=f"N-{number}")
                record(connection, event)
            self.rows: Rows = [dict(row._mapping) for row in connection.execute(select(audit).order_by("number"))]
            self.head = {"head": 1, "count": ROWS, "hash": self.rows[-1]["hash"]}
            self.seal = seal(connection, NOW)
        with state.begin() as connection:
            if state.engine.dialect.name == "postgresql":
                connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
                connection.execute(text("ALTER TABLE audit_head DISABLE TRIGGER USER"))
            else:
                for name in SQLITE_TRIGGERS:
                    connection.execute(text(f"DROP TRIGGER audit_{name}"))

    def hold(self, rows: Rows, head: dict[str, Any] | None = None) -> None:
        """Make the table hold exactly these rows and this head."""
        with self.state.begin() as connection:
            connection.execute(delete(audit))
            connection.execute(delete(audit_head))
            if rows:
                connection.execute(insert(audit), rows)
            connection.execute(insert(audit_head).values(**(head or self.head)))

    def copy(self) -> Rows:
        return [dict(row) for row in self.rows]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def broken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('log')}/state.db"
    else:
        url = new_database(request.getfixturevalue("postgresql"))
    state = open_state(url)
    yield Log(state)
    state.close()


def again(rows: Rows, start: int = 0) -> Rows:
    """Numbers, links and hashes made anew from a row on, as a forger would."""
    for at in range(start, len(rows)):
        rows[at] |= {"number": at + 1, "previous": rows[at - 1]["hash"] if at else FIRST}
        rows[at]["hash"] = fingerprint(rows[at])
    return rows


def first_wrong(log: Log, *seals: Seal) -> int | None:
    verdict = verify(log.state, seals)
    assert verdict.whole == (verdict.wrong is None)
    assert verdict.whole or f"{verdict.rows:,}" in verdict.said or f"{verdict.wrong:,}" in verdict.said
    return verdict.wrong


def test_an_untouched_log_is_whole(broken: Log) -> None:
    broken.hold(broken.rows)
    verdict = verify(broken.state, [broken.seal])
    assert (verdict.whole, verdict.rows, verdict.wrong) == (True, ROWS, None)
    assert verdict.said == "The log is whole: 7 rows, each fits the one before."


def test_an_empty_log_is_whole(broken: Log) -> None:
    broken.hold([], {"head": 1, "count": 0, "hash": FIRST})
    assert verify(broken.state).whole
    assert first_wrong(broken, broken.seal) == 1


@given(number=NUMBER, name=st.sampled_from(TEXTS), more=PLAIN)
def test_an_edit(broken: Log, number: int, name: str, more: str) -> None:
    rows = broken.copy()
    rows[number - 1][name] += more
    if name in ("session_id", "law", "outcome", "kind"):
        rows[number - 1][name] = rows[number - 1][name][:15]  # the column is short
    broken.hold(rows)
    assert first_wrong(broken) == number


@given(number=NUMBER, seconds=st.floats(1e-6, 1e6))
def test_another_time(broken: Log, number: int, seconds: float) -> None:
    rows = broken.copy()
    rows[number - 1]["at"] += dt.timedelta(seconds=seconds)
    broken.hold(rows)
    assert first_wrong(broken) == number


@given(number=NUMBER)
def test_an_edit_with_a_hash_made_anew(broken: Log, number: int) -> None:
    rows = broken.copy()
    rows[number - 1]["what"] = "somebody else"
    rows[number - 1]["hash"] = fingerprint(rows[number - 1])
    broken.hold(rows)
    assert first_wrong(broken) == (number + 1 if number < ROWS else ROWS)


@given(number=NUMBER, how_many=st.integers(1, ROWS))
def test_rows_taken_out(broken: Log, number: int, how_many: int) -> None:
    rows = broken.copy()
    del rows[number - 1 : number - 1 + how_many]
    broken.hold(rows)
    assert first_wrong(broken) == number


@given(number=NUMBER)
def test_a_row_taken_out_and_the_gap_closed(broken: Log, number: int) -> None:
    rows = broken.copy()
    del rows[number - 1]
    for at, row in enumerate(rows, start=1):
        row["number"] = at
    broken.hold(rows)
    assert first_wrong(broken) == number
    for row in rows[number - 1 :]:
        row["hash"] = fingerprint(row)
    broken.hold(rows)
    assert first_wrong(broken) == number


@given(number=NUMBER, hashed=st.booleans())
def test_a_row_put_in(broken: Log, number: int, hashed: bool) -> None:
    rows = broken.copy()
    rows.insert(number - 1, {**rows[number - 1], "what": "never happened"})
    for at, row in enumerate(rows, start=1):
        row["number"] = at
    if hashed:
        rows[number - 1]["hash"] = fingerprint(rows[number - 1])
    broken.hold(rows)
    assert first_wrong(broken) == (number + 1 if hashed else number)


def test_a_row_put_in_at_the_end(broken: Log) -> None:
    rows = again([*broken.copy(), broken.copy()[-1]], ROWS)
    broken.hold(rows)
    assert first_wrong(broken) == ROWS + 1


@given(pair=st.sets(NUMBER, min_size=2, max_size=2))
def test_two_rows_change_places(broken: Log, pair: set[int]) -> None:
    low, high = sorted(pair)
    rows = broken.copy()
    rows[low - 1]["number"], rows[high - 1]["number"] = high, low
    broken.hold(rows)
    assert first_wrong(broken) == low


@given(number=NUMBER, sealed=NUMBER)
def test_a_log_written_anew_is_found_by_a_seal_only(broken: Log, number: int, sealed: int) -> None:
    rows = broken.copy()
    rows[number - 1]["what"] = "somebody else"
    again(rows, number - 1)
    broken.hold(rows, {"head": 1, "count": ROWS, "hash": rows[-1]["hash"]})
    assert verify(broken.state).whole  # as the docstring says: the database alone can't show it
    kept = Seal(sealed, broken.rows[sealed - 1]["hash"], NOW)
    assert first_wrong(broken, kept) == (sealed if sealed >= number else None)
    assert first_wrong(broken, broken.seal, kept) == (sealed if sealed >= number else ROWS)


@given(left=st.integers(0, ROWS - 1))
def test_a_log_cut_short_with_its_head_is_found_by_a_seal(broken: Log, left: int) -> None:
    rows = broken.copy()[:left]
    broken.hold(rows, {"head": 1, "count": left, "hash": rows[-1]["hash"] if rows else FIRST})
    assert verify(broken.state).whole
    assert first_wrong(broken, broken.seal) == left + 1


@pytest.mark.parametrize(
    "change",
    [
        lambda connection: connection.execute(delete(audit_head)),
        lambda connection: connection.execute(insert(audit_head).values(head=2, count=ROWS, hash="x")),
        lambda connection: connection.execute(update(audit_head).values(hash="x")),
        lambda connection: connection.execute(update(audit_head).values(count=ROWS - 1)),
        lambda connection: connection.execute(update(audit_head).values(count=-1)),
    ],
)
def test_a_head_that_was_changed(broken: Log, change: Callable[[Connection], Any]) -> None:
    broken.hold(broken.rows)
    with broken.state.begin() as connection:
        change(connection)
    verdict = verify(broken.state)
    assert not verdict.whole
    assert "head" in verdict.said


@pytest.mark.parametrize("value", ["'long ago'", "X'00FF'", "'2026-11-22T09:31:00.000000Z'", "12", "''"])
def test_values_that_cannot_be_read_are_wrong_rows(laptop_state: State, value: str) -> None:
    """SQLite takes anything in any column."""
    log = Log(laptop_state)
    for column in ("at", "roles", "detail", "hash", "reason"):
        log.hold(log.rows)
        if value == "''" and column == "reason":
            continue  # it is empty already
        with laptop_state.begin() as connection:
            connection.execute(text(f"UPDATE audit SET {column} = {value} WHERE number = 2"))
        assert first_wrong(log) == 2


def test_an_empty_log_beside_accounts_is_not_whole(broken: Log) -> None:
    """Making an account is logged: who emptied the log and set its head back forgot that."""
    create_account(broken.state, "ann", "Ann", "westmarch-lapwing-seven", ["analyst"], now=NOW)
    broken.hold([], {"head": 1, "count": 0, "hash": FIRST})
    verdict = verify(broken.state)
    assert (verdict.whole, verdict.wrong) == (False, 1)
    assert "though accounts were made" in verdict.said

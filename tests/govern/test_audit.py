"""The log takes every event, keeps it as it is on both databases, and lets nobody change a row."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from countylines.govern import people
from countylines.govern.audit import LAW, Entry, Event, Wanted, export, record, seal, search, verify
from countylines.govern.chain import FIRST, Seal, canonical, clean
from countylines.govern.schema import audit, audit_head
from countylines.govern.state import State
from tests.govern.conftest import NOW

FULL = Event(
    NOW,
    "see_people",
    session_id="a" * 32,
    account="a.marrow",
    roles=("safeguarding", "analyst"),
    kind="person",
    what="N-1",
    run_id="2026-11-20",
    reason="Safeguarding duty",
    reference="Op Lapwing",
    recipient="Partner",
    marking="OFFICIAL-SENSITIVE",
    detail={"names": ["\u00e9", "\u202e"], "page": 2, "open": True, "none": None},
)


def log(state: State, *events: Event) -> list[int]:
    with state.begin() as connection:
        return [record(connection, event) for event in events]


def rows(state: State) -> tuple[Entry, ...]:
    return search(state, size=1000).rows


def test_an_event_comes_back_as_it_was(state: State) -> None:
    assert log(state, FULL) == [1]
    (entry,) = rows(state)
    assert entry.event == dataclasses.replace(FULL, roles=("analyst", "safeguarding"))
    assert (entry.number, entry.law) == (1, "consultation")
    assert entry.event.at.tzinfo is dt.UTC


def test_the_hash_is_of_this_text_on_both_databases(state: State) -> None:
    """Written out, so that an auditor can check a row without this program."""
    log(state, FULL)
    hashed = (
        '[1,"2026-11-22T09:30:00.000000+00:00","' + "a" * 32 + '","a.marrow","[\\"analyst\\",\\"safeguarding\\"]",'
        '"see_people","consultation","allowed","person","N-1","2026-11-20","Safeguarding duty","Op Lapwing","Partner",'
        '"OFFICIAL-SENSITIVE","{\\"names\\":[\\"\\\\u00e9\\",\\"\\\\u202e\\"],\\"none\\":null,'
        '\\"open\\":true,\\"page\\":2}","' + "0" * 64 + '"]'
    )
    (entry,) = rows(state)
    assert entry.hash == hashlib.sha256(hashed.encode()).hexdigest()


@given(words=st.text(max_size=50), detail=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3))
def test_any_text_is_kept_and_fits(laptop_state: State, words: str, detail: dict[str, str]) -> None:
    (number,) = log(laptop_state, dataclasses.replace(FULL, reason=words, what=words, detail=detail))
    entry = search(laptop_state, size=1).rows[0]
    assert (entry.number, entry.event.reason, entry.event.detail) == (number, clean(words), detail)
    assert verify(laptop_state).whole


def test_text_that_a_database_would_refuse(state: State) -> None:
    log(state, dataclasses.replace(FULL, reason="a\0b\ud800c", what="x" * 5000, detail={"a\0": "\ud800"}))
    (entry,) = rows(state)
    assert entry.event.reason == "a\ufffdb\ufffdc"
    assert entry.event.what == "x" * 400
    assert verify(state).whole


def test_the_log_fails_with_the_change_and_the_change_with_the_log(state: State) -> None:
    log(state, FULL)

    def change_and_fail() -> None:
        with state.begin() as connection:
            record(connection, FULL)
            raise RuntimeError("the page broke")

    with pytest.raises(RuntimeError):
        change_and_fail()
    with pytest.raises(ValueError, match="the log knows no allowed peep"), state.begin() as connection:
        record(connection, dataclasses.replace(FULL, action="peep"))
    with pytest.raises(ValueError, match="the log knows no maybe see_people"), state.begin() as connection:
        record(connection, dataclasses.replace(FULL, outcome="maybe"))
    with pytest.raises(TypeError), state.begin() as connection:
        record(connection, dataclasses.replace(FULL, detail={"at": NOW}))
    with pytest.raises(ValueError, match="no time zone"), state.begin() as connection:
        record(connection, dataclasses.replace(FULL, at=dt.datetime(2026, 1, 1)))
    assert len(rows(state)) == 1
    assert log(state, FULL) == [2]


def test_a_reader_cannot_write_the_log(state: State) -> None:
    """On SQLite a reading transaction may turn into a writing one; its row still follows the last one."""
    if state.engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError, match="read-only"), state.read() as connection:
            record(connection, FULL)
    else:
        with state.read() as connection:
            record(connection, FULL)
    assert rows(state) == ()
    assert verify(state).whole


def test_twenty_at_once_make_one_chain(state: State) -> None:
    faults: list[BaseException] = []
    ready = threading.Barrier(20)

    def work(name: str) -> None:
        try:
            ready.wait()
            for _ in range(5):
                log(state, dataclasses.replace(FULL, account=name))
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(f"user{number}",)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert [entry.number for entry in rows(state)] == list(range(100, 0, -1))
    assert {entry.event.account for entry in rows(state)} == {f"user{number}" for number in range(20)}
    assert verify(state).rows == 100
    assert verify(state).whole


FORGED = (
    "INSERT INTO audit SELECT {number}, at, session_id, account, roles, action, law, outcome, kind, what, run_id, "
    "reason, reference, recipient, marking, detail, {previous}, hash FROM audit WHERE number = 1"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET reason = 'none' WHERE number = 2",
        "UPDATE audit SET reason = reason",
        "DELETE FROM audit WHERE number = 3",
        "DELETE FROM audit",
        "UPDATE audit_head SET count = 2",
        "UPDATE audit_head SET hash = 'x'",
        "UPDATE audit_head SET count = 4",
        "DELETE FROM audit_head",
        f"INSERT INTO audit_head VALUES (2, 0, '{FIRST}')",
        FORGED.format(number=5, previous="previous"),
        FORGED.format(number=4, previous="previous"),
        FORGED.format(number=9, previous="(SELECT hash FROM audit_head)"),
    ],
)
def test_the_database_itself_refuses_changes(state: State, statement: str) -> None:
    log(state, FULL, FULL, FULL)
    before = rows(state)
    with pytest.raises(DBAPIError, match="the log is append-only"), state.begin() as connection:
        connection.execute(text(statement))
    assert rows(state) == before
    assert verify(state).whole


def test_a_row_cannot_be_replaced_on_sqlite(laptop_state: State) -> None:
    log(laptop_state, FULL, FULL)
    statement = FORGED.format(number=2, previous="previous").replace("INSERT", "INSERT OR REPLACE", 1)
    with pytest.raises(IntegrityError, match="append-only"), laptop_state.begin() as connection:
        connection.execute(text(statement))
    assert verify(laptop_state).rows == 2


def test_the_table_cannot_be_emptied_on_postgresql(state: State) -> None:
    log(state, FULL)
    statement = "TRUNCATE {}" if state.engine.dialect.name == "postgresql" else "DELETE FROM {}"
    for table in ("audit", "audit_head"):
        with pytest.raises(DBAPIError, match="append-only"), state.begin() as connection:
            connection.execute(text(statement.format(table)))
    assert verify(state).rows == 1


def test_every_action_has_its_kind_in_section_62() -> None:
    assert LAW.keys() >= people.ACTIONS.keys()
    assert {LAW[action] for action in ("see_people", "see_network", "see_log", "search")} == {"consultation"}
    assert {LAW[action] for action in ("make_ruling", "work_case", "write_note")} == {"alteration"}
    assert {LAW[action] for action in ("export_table", "export_network", "export_log")} == {"disclosure"}
    assert set(LAW.values()) == {"", "collection", "alteration", "consultation", "disclosure", "combination", "erasure"}


def filled(state: State) -> None:
    events = []
    for number in range(12):
        events.append(
            Event(
                NOW + dt.timedelta(hours=number),
                "see_people" if number % 2 else "export_table",
                outcome="refused" if number % 5 == 0 else "allowed",
                account="ann" if number % 3 else "bob",
                kind="person",
                what=f"N-{number % 4}",
                detail={"number": number},
            )
        )
    log(state, *events)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), set(range(12))),
        (Wanted(who="bob"), {0, 3, 6, 9}),
        (Wanted(kind="person", what="N-1"), {1, 5, 9}),
        (Wanted(what="N-1' OR '1'='1"), set()),
        (Wanted(kind="group"), set()),
        (Wanted(action="export_table"), {0, 2, 4, 6, 8, 10}),
        (Wanted(law="consultation", who="ann"), {1, 5, 7, 11}),
        (Wanted(outcome="refused"), {0, 5, 10}),
        (Wanted(since=NOW + dt.timedelta(hours=10)), {10, 11}),
        (Wanted(until=NOW + dt.timedelta(hours=2)), {0, 1}),
        (Wanted(since=NOW + dt.timedelta(hours=3), until=NOW + dt.timedelta(hours=4)), {3}),
    ],
)
def test_search_and_export_find_the_same_rows(state: State, wanted: Wanted, expected: set[int]) -> None:
    filled(state)
    page = search(state, wanted)
    found = [entry.event.detail["number"] for entry in page.rows]
    assert (set(found), page.total, page.pages) == (expected, len(expected), 1)
    assert found == sorted(found, reverse=True)
    exported = list(export(state, wanted))
    assert [row["number"] for row in exported] == sorted(entry.number for entry in page.rows)


def test_pages_hold_every_row_once(state: State) -> None:
    filled(state)
    pages = [search(state, page=number, size=5) for number in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [5, 5, 2]
    assert [entry.number for page in pages for entry in page.rows] == list(range(12, 0, -1))
    assert search(state, page=99, size=5) == pages[2]
    assert search(state, page=-1, size=5) == pages[0]
    assert search(state, Wanted(who="nobody")).pages == 1


def test_an_export_is_flat(state: State) -> None:
    log(state, FULL)
    (row,) = export(state)
    assert row["at"] == "2026-11-22T09:30:00.000000+00:00"
    assert row["roles"] == "analyst, safeguarding"
    assert row["detail"] == canonical(FULL.detail)
    assert row["previous"] == FIRST
    assert all(isinstance(value, str | int) for value in row.values())


def test_a_seal_is_the_head_in_one_line(state: State) -> None:
    log(state, FULL, FULL)
    with state.read() as connection:
        made = seal(connection, NOW)
        count, hashed = connection.execute(select(audit_head.c.count, audit_head.c.hash)).one()
        assert connection.scalar(select(func.count()).select_from(audit)) == count == 2
    assert made == Seal(2, hashed, NOW)
    assert str(made) == f"countylines log 2 {hashed} 2026-11-22T09:30:00.000000+00:00"
    assert Seal.parse(f" {made}\n") == made


@pytest.mark.parametrize("line", ["", "countylines log 2 abc 2026-11-22", "a log 2 " + "0" * 64 + " 2026-11-22T00:00"])
def test_what_is_no_seal(line: str) -> None:
    with pytest.raises(ValueError, match=r"seal|unpack|values"):
        Seal.parse(line)


def test_a_search_by_person_finds_every_entry_that_names_them(state: State) -> None:
    """Their own page and lists; not who is called alike, nor the same letters in other capitals. An id may hold all."""
    odd = 'n%_"1\\'
    with state.begin() as connection:
        for number, who in enumerate((["n1", odd], ["N1"], ["n11"], [])):
            record(connection, Event(NOW, "see_group", kind="group", what=f"g{number}", detail={"people": who}))
        record(connection, Event(NOW, "see_people", kind="person", what="n1"))
    for person, kinds in (("n1", ["person", "group"]), (odd, ["group"]), ("N1", ["group"]), ("n", [])):
        found = search(state, Wanted(person=person))
        assert [row.event.kind for row in found.rows] == kinds, person
        assert len(list(export(state, Wanted(person=person)))) == len(kinds)

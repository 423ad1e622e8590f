"""The state opens, comes up to date and goes back on both databases, and says clearly what is wrong when it can't."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from countylines.errors import InputError
from countylines.govern import migrations, retention_schema, work_schema
from countylines.govern.schema import accounts as accounts_table
from countylines.govern.schema import audit_head, iso, metadata, record_reasons, sessions, utc
from countylines.govern.state import (
    State,
    downgrade,
    open_existing,
    open_state,
    revision,
    revision_there,
    upgrade,
)
from tests.govern.conftest import NOW

# Fixed offsets: Python calls moments in a zone's doubled hour unequal to themselves in another zone (PEP 495).
OFFSETS = st.integers(-840, 840).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
MOMENTS = st.datetimes(dt.datetime(1900, 1, 2), dt.datetime(2200, 1, 1), timezones=OFFSETS)


def account_values(**more: object) -> dict[str, object]:
    return {"account_id": "a", "name": "ann", "display_name": "Ann", "areas": (), "created_at": NOW, **more}


def test_migrations_make_the_tables_that_the_code_knows(state: State) -> None:
    assert work_schema.metadata is retention_schema.metadata is metadata
    defaults = state.engine.dialect.name == "postgresql"  # Alembic takes an empty text for a change on SQLite
    with state.begin() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": defaults}
        )
        assert compare_metadata(context, metadata) == []


def test_up_and_down_step_by_step(state_url: str) -> None:
    assert revision(state_url) == ""
    for known in revisions():
        upgrade(state_url, known)
        assert revision(state_url) == known
    for known in reversed(["base", *revisions()[:-1]]):
        downgrade(state_url, known)
        assert revision(state_url) == known.removeprefix("base")
    upgrade(state_url)
    assert revision(state_url) == migrations.NEWEST == revisions()[-1]


def revisions() -> list[str]:
    return sorted(script.revision for script in migrations.scripts().walk_revisions())


def test_a_column_less_loses_what_it_held_alone(state_url: str) -> None:
    """And a column more is empty for what was written before: nobody knows it."""
    upgrade(state_url)
    c = work_schema.work_notes.c
    with closing(open_existing(state_url)) as state, state.begin() as connection:
        values = {"kind": "person", "what_id": "n1", "text": "seen", "shared": True, "owner": "ann", "at": NOW}
        connection.execute(work_schema.work_notes.insert().values(**values, by="ann", version=1, run_id="run-1"))
        assert connection.execute(select(c.text, c.run_id)).all() == [("seen", "run-1")]
    downgrade(state_url, "0003")
    upgrade(state_url)
    with closing(open_existing(state_url)) as state, state.read() as connection:
        assert connection.execute(select(c.text, c.run_id)).all() == [("seen", None)]


def test_to_ask_is_not_to_end(state_url: str) -> None:
    """What 0004 kept in one place has two from 0005 on; and back, where only who agreed is left of what is over."""
    c, ended = work_schema.work_rulings.c, {"ended_at": NOW, "ended_by": "oak", "end_reason": "not so"}
    kinds: list[tuple[str, dict[str, object]]] = [
        ("proposed", {}), ("confirmed", {}), ("confirmed", ended), ("refused", ended), ("withdrawn", ended)
    ]  # fmt: skip
    state = open_state(state_url)
    downgrade(state_url, "0004")
    with state.begin() as connection:
        for key, (status, more) in enumerate(kinds, 1):
            values = {"ruling_id": key, "nominal_id": "n1", "decision": "victim not offender", "reason": "made to",
                      "review_by": NOW.date(), "status": status, "proposed_at": NOW, "proposed_by": "ann",
                      "proposed_account": "a", "safeguarding": False, "version": 1}  # fmt: skip
            connection.execute(work_schema.work_rulings.insert().values(**values, **more))
    upgrade(state_url)
    asked, over = (c.asked_at, c.asked_by, c.asked_why, c.asked_account), (c.ended_at, c.ended_by, c.end_reason)
    nothing, told = (None, None, None), (NOW, "oak", "not so")
    with state.begin() as connection:
        found = connection.execute(select(*asked, *over).order_by(c.ruling_id)).all()
        assert [tuple(row) for row in found] == [
            (*nothing, None, *nothing), (*nothing, None, *nothing), (*told, None, *nothing),
            (*nothing, None, *told), (*nothing, None, *told),
        ]  # fmt: skip
        agreed = {"asked_at": NOW, "asked_by": "pell", "asked_account": "p", "asked_why": "not so"}
        connection.execute(work_schema.work_rulings.update().where(c.ruling_id == 5).values(**agreed))
    downgrade(state_url, "0004")
    with state.read() as connection:
        back = connection.execute(select(*over).order_by(c.ruling_id)).all()
    assert [tuple(row) for row in back] == [nothing, nothing, told, told, told]
    state.close()


def test_down_leaves_nothing_behind(state_url: str) -> None:
    upgrade(state_url)
    downgrade(state_url, "base")
    opened = open_state(state_url)
    opened.close()
    downgrade(state_url, "base")
    state = State(opened.engine, opened.name)
    with state.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    state.close()


def test_opening_twice_changes_nothing(state_url: str) -> None:
    first = open_state(state_url)
    with first.begin() as connection:
        connection.execute(accounts_table.insert().values(**account_values()))
    second = open_state(state_url)
    with second.read() as connection:
        assert connection.scalars(select(accounts_table.c.name)).all() == ["ann"]
    first.close()
    second.close()


def test_who_reads_makes_nothing(state_url: str, tmp_path: Path) -> None:
    for ask in (open_existing, revision_there):
        with pytest.raises(InputError, match=r"there is no state here yet\. Give the folder"):
            ask(state_url)
    assert (revision(state_url), list(tmp_path.iterdir())) == ("", [])
    upgrade(state_url, "0001")
    with pytest.raises(InputError, match=rf"its tables are at 0001, and this program reads {migrations.NEWEST}\. "):
        open_existing(state_url)
    assert revision_there(state_url) == "0001"
    upgrade(state_url)
    with closing(open_existing(state_url)) as state, state.read() as connection:
        assert inspect(connection).has_table("accounts")


def test_servers_that_start_at_once_take_turns(state_url: str) -> None:
    faults: list[BaseException] = []
    ready = threading.Barrier(4)

    def start() -> None:
        try:
            ready.wait()
            open_state(state_url).close()
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert revision(state_url) == migrations.NEWEST


@given(moments=st.lists(MOMENTS, min_size=2, max_size=4))
def test_sqlite_keeps_moments_in_order_as_text(moments: list[dt.datetime]) -> None:
    assert sorted(moments) == sorted(moments, key=iso)
    assert [dt.datetime.fromisoformat(iso(moment)) for moment in moments] == moments


@pytest.mark.parametrize("moment", ["2026-03-29T01:59:59.999999+01:00", "2026-07-01T00:00:00+00:00"])
def test_a_moment_comes_back_equal_and_in_utc(state: State, moment: str) -> None:
    written = dt.datetime.fromisoformat(moment)
    with state.begin() as connection:
        connection.execute(accounts_table.insert().values(**account_values(created_at=written)))
    with state.read() as connection:
        row = connection.execute(select(accounts_table)).one()
    assert row.created_at == written
    assert row.created_at.tzinfo is dt.UTC
    assert row.locked_until is None
    assert row.areas == ()


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        utc(dt.datetime(2026, 1, 1))


def test_a_block_that_fails_leaves_nothing(state: State) -> None:
    def fails() -> None:
        with state.begin() as connection:
            connection.execute(accounts_table.insert().values(**account_values()))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fails()
    with state.read() as connection:
        assert connection.execute(select(accounts_table)).all() == []


def test_foreign_keys_hold(state: State) -> None:
    values = {"session_id": "none", "kind": "record", "what": "1", "reason": "r", "reference": "", "given_at": NOW}
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), state.begin() as connection:
        connection.execute(record_reasons.insert().values(**values))
    with state.read() as connection:
        assert connection.execute(select(sessions)).all() == []


def test_a_reader_sees_one_moment_throughout(state: State) -> None:
    with state.read() as reader:
        before = reader.scalar(select(audit_head.c.count))
        with state.begin() as writer:
            writer.execute(accounts_table.insert().values(**account_values()))
        assert reader.execute(select(accounts_table)).all() == []
        assert before == 0


def test_sqlite_is_set_up_for_a_log(tmp_path: Path) -> None:
    state = open_state(f"sqlite:///{tmp_path}/state.db")
    with state.read() as connection:
        told = [connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]
        assert told == ["wal", 2, 1]
        assert connection.scalar(text("PRAGMA busy_timeout")) == 10_000
    state.close()
    assert (tmp_path / "state.db").stat().st_mode & 0o777 == 0o600


def test_a_state_of_a_newer_program_is_refused(state_url: str) -> None:
    opened = open_state(state_url)
    with opened.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()
    with pytest.raises(InputError, match=r"made by a newer version of the program \(its tables are at 9999\)"):
        open_state(state_url)


def test_a_migration_that_fails_changes_nothing(state_url: str) -> None:
    """Somebody else's table stands in the way of one of ours, after others were made."""
    upgrade(state_url)
    downgrade(state_url, "base")
    if state_url.startswith("sqlite"):
        with sqlite3.connect(state_url.removeprefix("sqlite:///")) as other:
            other.execute("CREATE TABLE sessions (mine TEXT)")
        other.close()
    else:
        with psycopg.connect(state_url) as connection:
            connection.execute("CREATE TABLE sessions (mine TEXT)")
    with pytest.raises(InputError, match=r"can't be brought up to date: .*sessions.*Nothing was changed"):
        open_state(state_url)
    assert revision(state_url) == ""
    if state_url.startswith("sqlite"):
        with sqlite3.connect(state_url.removeprefix("sqlite:///")) as other:
            names = {row[0] for row in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        other.close()
        assert names <= {"sessions", "alembic_version"}
    else:
        with psycopg.connect(state_url) as connection:
            assert connection.execute("SELECT to_regclass('accounts')").fetchone() == (None,)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("no url", r"the state's address is no database URL\. Give sqlite:///PATH or postgresql"),
        ("mysql://host/x", r"the state can't be kept in mysql"),
        ("sqlite://", r"the state needs a file, or nothing would be kept"),
        ("sqlite:///:memory:", r"the state needs a file, or nothing would be kept"),
        ("sqlite:///{folder}/no/state.db", r"the state can't be opened: No such file or directory\. Check the path"),
        ("sqlite:///{folder}/page.html", r"the state can't be opened: file is not a database"),
        ("postgresql://ann:hush-hush@/x?host={folder}", r"the state can't be opened: .*\. Check the address, that the"),
    ],
)
def test_what_cannot_be_opened(tmp_path: Path, url: str, message: str) -> None:
    (tmp_path / "page.html").write_text("<!doctype html>" * 100)
    with pytest.raises(InputError, match=message) as caught:
        open_state(url.format(folder=tmp_path))
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_an_unknown_revision(laptop_state: State, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no revision 'x'\. Known are base, 0001"):
        downgrade(str(laptop_state.engine.url), "x")
    new = tmp_path / "new.sqlite"
    for change in (upgrade, downgrade):
        with pytest.raises(InputError, match=r"there is no revision 'x'"):
            change(f"sqlite:///{new}", "x")
    assert not new.exists()

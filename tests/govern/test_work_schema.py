"""The tables of people's work: as the migration makes them, on both databases, up and down; history stays."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, update
from sqlalchemy.exc import DBAPIError

from countylines.govern import notes, work_schema
from countylines.govern.schema import metadata
from countylines.govern.state import State, downgrade, open_state, upgrade
from tests.govern.work import FRIDAY, PELL

TABLES = {name for name in metadata.tables if name.startswith("work_")}


def test_the_migration_makes_what_the_program_expects(state: State) -> None:
    with state.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [one for one in compare_metadata(context, metadata) if "work_" in str(one)]
        indexes = {one["name"]: one for one in inspect(connection).get_indexes("work_cases")}
    assert differences == []
    assert len(TABLES) == 11
    assert indexes["uq_work_cases_open"]["unique"]


def test_down_and_up_again(state_url: str) -> None:
    state = open_state(state_url)
    assert set(inspect(state.engine).get_table_names()) >= TABLES
    downgrade(state_url, "0001")
    assert not set(inspect(state.engine).get_table_names()) & TABLES
    upgrade(state_url)
    assert set(inspect(state.engine).get_table_names()) >= TABLES
    state.close()


def test_nobody_rewrites_history(state: State) -> None:
    with state.begin() as connection:
        notes.write_note(connection, "person", "n1", "seen", PELL, FRIDAY, shared=False)
    with pytest.raises(DBAPIError, match="never overwritten"), state.begin() as connection:
        connection.execute(update(work_schema.work_history).values(by="nobody"))
    with state.read() as connection:
        assert connection.execute(select(work_schema.work_history.c.by)).scalars().all() == ["j.pell"]

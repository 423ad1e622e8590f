"""Lines drafted for the national route: a person writes, a person reports, and the reference is kept."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from countylines.errors import InputError
from countylines.govern import reporting
from countylines.govern.account_rows import Account
from countylines.govern.changes import Conflict
from countylines.govern.reporting import Line
from countylines.govern.state import State
from tests.govern.work import FRIDAY, MARROW, OAK, later

TODAY = FRIDAY.date()
LINE = Line("L0001", ("07700 900123",), ("Kev",), ("Saltmere", "Aldbridge"), "G0001", "run-1")
FACTS = {"numbers": ["07700 900123", " "], "names": ["Kev", "KJ"], "areas": ["Saltmere"]}


def test_drafted_edited_reported(state: State) -> None:
    with state.begin() as connection:
        key = reporting.draft_line(connection, LINE, "A line into Saltmere.", MARROW, FRIDAY)
        assert reporting.draft(connection, key).line == LINE
        version = reporting.edit(connection, key, 1, OAK, later(hours=1), text="Two places.", **FACTS)
        one = reporting.draft(connection, key)
        assert (one.text, one.line.numbers, one.line.names, one.status) == (
            "Two places.", ("07700 900123",), ("Kev", "KJ"), "drafted"
        )  # fmt: skip
        version = reporting.record_reported(connection, key, version, TODAY, "NR-17", OAK, later(hours=2))
        done = reporting.draft(connection, key)
        assert (done.status, done.reported_on, done.reference, done.by) == ("reported", TODAY, "NR-17", "s.oak")
        with pytest.raises(InputError, match="is reported"):
            reporting.edit(connection, key, version, OAK, later(hours=3), text="x", **FACTS)
        told = [(c.field, c.was, c.became) for c in reporting.draft_history(connection, key)]
        assert ("names", ["Kev"], ["Kev", "KJ"]) in told
        assert ("status", "drafted", "reported") in told


def test_two_people_at_one_draft(state: State) -> None:
    with state.begin() as connection:
        key = reporting.draft_line(connection, LINE, "A line.", MARROW, FRIDAY)
    with state.begin() as connection:
        reporting.edit(connection, key, 1, MARROW, FRIDAY, text="Mine.", **FACTS)
    refused = pytest.raises(Conflict, match=r"a\.marrow changed text from 'A line\.' to 'Mine\.'")
    with refused, state.begin() as connection:
        reporting.edit(connection, key, 1, OAK, FRIDAY, text="Theirs.", **FACTS)
    with state.read() as connection:
        assert reporting.draft(connection, key).text == "Mine."


def test_two_people_draft_one_line_at_once(state: State) -> None:
    ready, outcomes = threading.Barrier(2), []

    def start(by: Account) -> None:
        ready.wait()
        try:
            with state.begin() as connection:
                outcomes.append(reporting.draft_line(connection, LINE, "A line.", by, FRIDAY) > 0)
        except InputError as error:
            outcomes.append("is drafted already" not in str(error))

    threads = [threading.Thread(target=start, args=(by,)) for by in (MARROW, OAK)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, True]


def test_a_line_is_drafted_once_unless_it_was_declined(laptop_state: State) -> None:
    with laptop_state.engine.connect() as connection:
        key = reporting.draft_line(connection, LINE, "A line.", MARROW, FRIDAY)
        with pytest.raises(InputError, match=rf"is drafted already, by a\.marrow. Look at draft {key}"):
            reporting.draft_line(connection, LINE, "Again.", OAK, FRIDAY)
        with pytest.raises(InputError, match="why is empty"):
            reporting.decline(connection, key, 1, "", OAK, FRIDAY)
        reporting.decline(connection, key, 1, "known under another name", OAK, FRIDAY)
        assert reporting.draft(connection, key).why == "known under another name"
        second = reporting.draft_line(connection, LINE, "Again.", OAK, FRIDAY)
        assert [one.draft_id for one in reporting.drafts(connection, line_id="L0001")] == [second, key]
        assert reporting.drafts(connection, line_id="L0002") == []


@pytest.mark.parametrize(
    ("on", "reference", "said"),
    [(TODAY + dt.timedelta(days=1), "NR-17", "lies in the future"), (TODAY, " ", "the reference is empty")],
)
def test_a_report_has_a_day_and_a_reference(laptop_state: State, on: dt.date, reference: str, said: str) -> None:
    with laptop_state.engine.connect() as connection:
        key = reporting.draft_line(connection, LINE, "A line.", MARROW, FRIDAY)
        with pytest.raises(InputError, match=said):
            reporting.record_reported(connection, key, 1, on, reference, OAK, FRIDAY)
        assert reporting.draft(connection, key).status == "drafted"
        with pytest.raises(InputError, match="what is reported is empty"):
            reporting.edit(connection, key, 1, OAK, FRIDAY, text="", **FACTS)

"""What is due, what can't be erased, and erasing by two people: on both databases, whole or not at all."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, func, select, update

from countylines.errors import InputError
from countylines.govern import accounts, cases, documents, notes, reporting, rulings, sessions, tasking
from countylines.govern import retention as kept
from countylines.govern import retention_erase as erase
from countylines.govern.account_rows import Account
from countylines.govern.changes import Conflict
from countylines.govern.retention_file import KINDS, Period, load_periods
from countylines.govern.schema import metadata
from countylines.govern.schema import sessions as session_table
from countylines.govern.state import State, open_state
from countylines.govern.work_schema import work_cases, work_history
from tests.govern.conftest import GOOD
from tests.govern.work import FRIDAY, MARROW, OAK, PELL, PROCEDURES, opening

CARR = Account("a-carr", "i.carr", "I. Carr", frozenset({"administrator"}))
WREN = Account("a-wren", "t.wren", "T. Wren", frozenset({"administrator"}))
PERIODS = load_periods()
LONG_AGO = FRIDAY - dt.timedelta(days=365 * 12)
TODAY = FRIDAY.date()


def note(connection: Connection, text: str = "Seen", at: dt.datetime = LONG_AGO) -> str:
    """A note by an analyst; its id."""
    return str(notes.write_note(connection, "person", "n1", text, MARROW, at, shared=True))


def closed_case(connection: Connection, nominal_id: str = "n1", at: dt.datetime = LONG_AGO) -> int:
    """A case with a document and a note, closed; its id."""
    case = cases.open_case(connection, PROCEDURES, opening(nominal_id), PELL, at)
    about = {"summary": "She is afraid of the man in the flat", "texts": {}, "known": [], "not_known": []}
    documents.write_document(connection, case, "mash", PELL, at, **about)  # type: ignore[arg-type]
    notes.write_note(connection, "case", str(case), "Rang the school", PELL, at, shared=True)
    connection.execute(update(work_cases).where(work_cases.c.case_id == case).values(closed_at=at))
    return case


def rows(connection: Connection) -> dict[str, int]:
    """The number of rows of each table of people's work."""
    tables = [table for name, table in metadata.tables.items() if name.startswith("work_")]
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def agreed(connection: Connection, kind: str, ids: list[str], at: dt.datetime = FRIDAY) -> erase.Erasure:
    """Proposed by one administrator, confirmed by the other."""
    made = erase.propose(connection, kind, ids, "Past its period", PERIODS, CARR, at)
    return erase.confirm(connection, made, 1, PERIODS, WREN, at)


def test_a_period_runs_from_the_end_and_what_is_not_over_is_never_due(state: State) -> None:
    soon = TODAY + dt.timedelta(days=30)
    with state.begin() as connection:
        note(connection), note(connection, at=FRIDAY)
        cases.open_case(connection, PROCEDURES, opening("n2"), PELL, LONG_AGO)
        wrong = rulings.Proposal("wrong person", "Another one", LONG_AGO.date() + dt.timedelta(days=9), record_id="r1")
        ended = rulings.propose(connection, wrong, MARROW, LONG_AGO)
        waits = rulings.propose(connection, rulings.Proposal("wrong person", "So", soon, "n1"), MARROW, FRIDAY)
        force = rulings.propose(connection, rulings.Proposal("wrong person", "So", soon, "n2"), MARROW, FRIDAY)
        rulings.confirm(connection, force, 1, PELL, FRIDAY)
        aside = rulings.Proposal(rulings.UNRANKED, "Cuckooed", soon, "n3")
        asked = rulings.propose(connection, aside, MARROW, FRIDAY)
        rulings.confirm(connection, asked, 1, PELL, FRIDAY)
        rulings.withdraw(connection, asked, 2, "Not so", OAK, FRIDAY)
        tasking.decide(connection, "G1", 0, "adopted", OAK, LONG_AGO, why="Young people", run_id="r", lead="D",
                       review_on=LONG_AGO.date() + dt.timedelta(days=9))  # fmt: skip
        tasking.decide(connection, "G2", 0, "declined", OAK, LONG_AGO, why="Known", run_id="r")
        reporting.draft_line(connection, reporting.Line("L1", ("0770",), (), (), None, "r"), "A line", MARROW, LONG_AGO)
        found = {kind: kept.things(connection, kind, PERIODS, TODAY) for kind in kept.OF}
    old, new = found["notes"]
    assert (old.over, old.due) == (LONG_AGO.date(), Period(6, "years").ends(LONG_AGO.date()))
    assert (old.is_due(TODAY), new.is_due(TODAY), old.kept, new.kept) == (True, False, "", kept.LATEST)
    assert [(one.due, one.kept) for one in found["cases"]] == [(None, "the case is open")]
    assert {one.id: one.kept for one in found["rulings"]} == {
        str(ended): "", str(waits): "it waits for a second person", str(force): "it is in force",
        str(asked): "it is in force",
    }  # fmt: skip
    assert [(one.is_due(TODAY), one.kept) for one in found["tasking"]] == [
        (True, kept.LATEST),
        (False, "adopted, and without a result yet"),
    ]
    assert [one.kept for one in found["drafts"]] == ["drafted, and not yet reported or declined"]


def test_a_note_on_a_case_is_kept_as_long_as_the_case(state: State) -> None:
    with state.begin() as connection:
        case = closed_case(connection)
        note(connection)
        (on_case, _) = kept.things(connection, "notes", PERIODS, TODAY)
        assert (on_case.is_due(TODAY), on_case.kept) == (True, f"it goes with case {case}")
        with pytest.raises(InputError, match=f"it goes with case {case}"):
            erase.propose(connection, "notes", [on_case.id], "Past its period", PERIODS, CARR, FRIDAY)


def test_two_people_erase_and_nothing_else_is_touched(state: State) -> None:
    with state.begin() as connection:
        first, second, third = (note(connection, text) for text in ("One", "Two", "Three"))
        made = erase.propose(connection, "notes", [first], "Past its period", PERIODS, CARR, FRIDAY)
        with pytest.raises(InputError, match="nobody confirms their own"):
            erase.confirm(connection, made, 1, PERIODS, CARR, FRIDAY)
        with pytest.raises(InputError, match=f"{first} wait for a second person already"):
            erase.propose(connection, "notes", [first, second], "Again", PERIODS, WREN, FRIDAY)
        with pytest.raises(Conflict):
            erase.confirm(connection, made, 7, PERIODS, WREN, FRIDAY)
        done = erase.confirm(connection, made, 1, PERIODS, WREN, FRIDAY)
        assert (done.status, done.ids, done.ended_by) == ("erased", (first,), "t.wren")
        assert [one.id for one in kept.things(connection, "notes", PERIODS, TODAY)] == [second, third]
        told = connection.execute(select(work_history.c.what_id).where(work_history.c.what == "work_notes")).scalars()
        assert {str(one) for one in told} == {second, third}
        with pytest.raises(InputError, match="this proposal is erased"):
            erase.confirm(connection, made, done.version, PERIODS, WREN, FRIDAY)


def test_a_case_goes_with_all_that_belongs_to_it(state: State) -> None:
    with state.begin() as connection:
        case = closed_case(connection)
        with pytest.raises(InputError, match="its number must not be given again"):
            agreed(connection, "cases", [str(case)])
        first = rows(connection)
        closed_case(connection, "n2")
        second = {name: n - first[name] for name, n in rows(connection).items()}
        agreed(connection, "cases", [str(case)])
        c = work_history.c
        connection.execute(delete(work_history).where(c.what == "retention_erasures"))
        assert rows(connection) == second
    assert {name for name, n in second.items() if n} >= {
        "work_cases",
        "work_case_steps",
        "work_documents",
        "work_notes",
    }


@pytest.mark.parametrize("kind", ["open", "young", "gone", "in force", "held", "all held", "held note"])
def test_what_can_never_be_erased(state: State, kind: str) -> None:
    with state.begin() as connection:
        case, last = closed_case(connection), closed_case(connection, "n2")
        words = {"held": "trial", "all held": "inquiry", "held note": "a note on it is under a hold: trial"}
        named, of, said = str(case), "cases", words.get(kind, "")
        if kind == "open":
            named = str(cases.open_case(connection, PROCEDURES, opening("n3"), PELL, LONG_AGO))
            cases.open_case(connection, PROCEDURES, opening("n4"), PELL, LONG_AGO)
            said = "the case is open"
        elif kind == "young":
            connection.execute(update(work_cases).where(work_cases.c.case_id == case).values(closed_at=FRIDAY))
            said = "isn't due before 2036-11-20"
        elif kind == "gone":
            named, said = "999", "999 isn't there"
        elif kind == "in force":
            lasts = rulings.Proposal("wrong person", "So", TODAY + dt.timedelta(days=9), "n1")
            named, of, said = str(rulings.propose(connection, lasts, MARROW, FRIDAY)), "rulings", "waits for a second"
        elif kind == "held note":
            kept.hold(connection, "notes", "1", "trial", CARR, FRIDAY)
        else:
            kept.hold(connection, "cases", str(case) if kind == "held" else "", said, CARR, FRIDAY)
        with pytest.raises(InputError, match=said):
            erase.propose(connection, of, [named], "Past its period", PERIODS, CARR, FRIDAY)
        assert case and last


def test_what_changed_between_the_two_people_stops_all_of_it(state: State) -> None:
    with state.begin() as connection:
        one, two, _ = (note(connection, text) for text in ("One", "Two", "Three"))
        made = erase.propose(connection, "notes", [one, two], "Past its period", PERIODS, CARR, FRIDAY)
        held = kept.hold(connection, "notes", two, "needed for a trial", WREN, FRIDAY)
        with pytest.raises(InputError, match=rf"{two} can't be erased \(under a hold: needed for a trial\)"):
            erase.confirm(connection, made, 1, PERIODS, WREN, FRIDAY)
        assert len(kept.things(connection, "notes", PERIODS, TODAY)) == 3
        kept.lift(connection, held, 1, "the trial is over", CARR, FRIDAY)
        with pytest.raises(InputError, match="lifted already"):
            kept.lift(connection, held, 2, "again", CARR, FRIDAY)
        assert kept.holds(connection, "notes") == []
        assert erase.confirm(connection, made, 1, PERIODS, WREN, FRIDAY).ids == (one, two)


def test_a_proposal_can_be_withdrawn_and_is_then_free_again(state: State) -> None:
    with state.begin() as connection:
        one, _ = note(connection, "One"), note(connection, "Two")
        made = erase.propose(connection, "notes", [one], "Past its period", PERIODS, CARR, FRIDAY)
        with pytest.raises(InputError, match="the reason is empty"):
            erase.withdraw(connection, made, 1, "", WREN, FRIDAY)
        erase.withdraw(connection, made, 1, "Still of use", WREN, FRIDAY)
        assert erase.erasures(connection, "proposed") == []
        assert erase.erasures(connection, "withdrawn")[0].end_reason == "Still of use"
        assert agreed(connection, "notes", [one]).ids == (one,)


@pytest.mark.parametrize(("ids", "said"), [([], "nothing is chosen"), ([str(n) for n in range(201)], "at most 200")])
def test_a_proposal_names_some_and_not_too_many(state: State, ids: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said), state.begin() as connection:
        erase.propose(connection, "notes", ids, "Past its period", PERIODS, CARR, FRIDAY)


def test_old_sessions_go_by_one_person_and_open_ones_stay(state: State) -> None:
    now = FRIDAY
    account = accounts.create_account(state, "ann", "Ann", GOOD, ["analyst"], now=LONG_AGO)
    for at in (LONG_AGO, now - dt.timedelta(days=30), now):
        _, session = sessions.start_session(state, account, at)
        sessions.give_reason_for_record(state, session, "record", "r1", "To check", "Op", at)
    with state.begin() as connection:
        with pytest.raises(InputError, match="kind"):
            erase.propose(connection, "sessions", ["x"], "Old", PERIODS, CARR, now)
        with pytest.raises(InputError, match="kind"):
            erase.purge(connection, "notes", PERIODS, TODAY)
        assert len(erase.purge(connection, "sessions", PERIODS, TODAY)) == 1
        left = connection.execute(select(session_table.c.started_at)).scalars().all()
        assert sorted(left) == [now - dt.timedelta(days=30), now]
        with pytest.raises(InputError, match="nothing is due"):
            erase.purge(connection, "sessions", PERIODS, TODAY)


def test_nothing_of_what_was_erased_stays_in_the_file(tmp_path: Path) -> None:
    state = open_state(f"sqlite:///{tmp_path}/state.db")
    with state.begin() as connection:
        one = note(connection, "A secret that nobody may find " * 200)
        note(connection)
    with state.begin() as connection:
        agreed(connection, "notes", [one])
    erase.settle(state)
    found = [path.name for path in tmp_path.iterdir() if b"nobody may find" in path.read_bytes()]
    state.close()
    assert found == []


def test_the_shipped_periods_have_every_kind_and_say_that_nobody_set_them() -> None:
    assert tuple(PERIODS.kinds) == KINDS
    assert set(kept.OF) == set(KINDS) - {"runs"}
    assert PERIODS.shipped and "to be set by the force" in PERIODS.name
    assert all(each.why.endswith(".") and each.law.endswith(".") for each in PERIODS.kinds.values())
    assert [str(Period(n, "years")) for n in (1, 6)] == ["1 year", "6 years"]


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("keep: 90 days", "keep: a while", r"kinds.sessions.keep: 'a while' is no period. Write it as 90 days"),
        ("keep: 90 days", "keep: 0 days", "'0 days' is no period"),
        ("keep: 90 days", "keep: 101 years", "'101 years' is no period"),
        ("  views:", "  vews:", "there is no key 'vews' here"),
        ("  runs:\n    keep", "  runs:\n    kept", "there is no key 'kept' here"),
        ("name:", "nam:", "there is no key 'nam' here"),
        ("keep: 2 years", "keep:", "keep is missing"),
    ],
)
def test_a_fault_in_the_file_says_where(tmp_path: Path, was: str, becomes: str, said: str) -> None:
    shipped = Path(kept.__file__).with_name("retention.yaml").read_text(encoding="utf-8")
    assert was in shipped
    (tmp_path / "ours.yaml").write_text(shipped.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(InputError, match=said) as fault:
        load_periods(tmp_path / "ours.yaml")
    assert "ours.yaml" in str(fault.value)


def test_a_file_of_the_force_is_used_and_a_missing_kind_refused(tmp_path: Path) -> None:
    shipped = Path(kept.__file__).with_name("retention.yaml").read_text(encoding="utf-8")
    own = tmp_path / "ours.yaml"
    own.write_text(shipped.replace("keep: 10 years", "keep: 25 years"), encoding="utf-8")
    assert (load_periods(own).kinds["cases"].period, load_periods(own).shipped) == (Period(25, "years"), False)
    own.write_text(shipped[: shipped.index("  runs:")], encoding="utf-8")
    with pytest.raises(InputError, match="nothing says how long runs are kept"):
        load_periods(own)

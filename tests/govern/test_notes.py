"""Notes and saved views: whose they are, who sees them, edited with version, withdrawn and never deleted."""

from __future__ import annotations

import threading

import pytest

from countylines.errors import InputError
from countylines.govern import notes
from countylines.govern.accounts import create_account
from countylines.govern.changes import Conflict, history
from countylines.govern.state import State
from countylines.govern.work_schema import work_notes
from tests.govern.conftest import GOOD
from tests.govern.work import FRIDAY, MARROW, OAK, later


def test_own_and_shared_notes(state: State) -> None:
    with state.begin() as connection:
        mine = notes.write_note(connection, "person", "n1", "ask the school", MARROW, FRIDAY, shared=False)
        ours = notes.write_note(connection, "person", "n1", "moved in May", MARROW, FRIDAY, shared=True)
        notes.write_note(connection, "group", "n1", "another thing of that id", MARROW, FRIDAY, shared=True)
        assert [one.note_id for one in notes.notes(connection, "person", "n1", MARROW)] == [ours, mine]
        assert [one.note_id for one in notes.notes(connection, "person", "n1", OAK)] == [ours]
        assert notes.edit_note(connection, mine, 1, "asked", MARROW, later(hours=1), shared=True) == 2
        assert {one.text for one in notes.notes(connection, "person", "n1", OAK)} == {"asked", "moved in May"}


def test_a_note_sent_twice_is_kept_once(state: State) -> None:
    """Also by two servers at the same moment; another text, person, thing or minute is another note."""
    known = create_account(state, "a.marrow", "A. Marrow", GOOD, ["analyst"], now=FRIDAY)
    ready, kept = threading.Barrier(2), []

    def send() -> None:
        ready.wait()
        with state.begin() as connection:
            kept.append(notes.write_note(connection, "person", "n1", "ask the school", known, FRIDAY, shared=True))

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept[0] == kept[1]
    with state.begin() as connection:
        others = [
            notes.write_note(connection, kind, "n1", text, by, later(seconds=seconds), shared=shared)
            for kind, text, by, seconds, shared in (
                ("person", "ask the school", known, 59, True),
                ("person", "ask the school", known, 61, True),
                ("person", "ask the school", known, 0, False),
                ("person", "ask the club", known, 0, True),
                ("group", "ask the school", known, 0, True),
                ("person", "ask the school", OAK, 0, True),
            )
        ]
        assert others[0] == kept[0]
        assert len({*others}) == len(others)
        notes.withdraw_note(connection, others[1], 1, known, later(seconds=62))
        again = notes.write_note(connection, "person", "n1", "ask the school", known, later(seconds=63), shared=True)
        assert again not in others


def test_withdrawn_is_shown_no_more_but_kept(state: State) -> None:
    with state.begin() as connection:
        key = notes.write_note(connection, "record", "crime:1", "typing error", MARROW, FRIDAY, shared=True)
        notes.withdraw_note(connection, key, 1, MARROW, FRIDAY)
        assert notes.notes(connection, "record", "crime:1", MARROW) == []
        assert "withdrawn at" in [c.field for c in history(connection, work_notes, key)]
        with pytest.raises(InputError, match="it was withdrawn"):
            notes.edit_note(connection, key, 2, "again", MARROW, FRIDAY, shared=True)


def test_only_its_owner_edits(laptop_state: State) -> None:
    with laptop_state.engine.connect() as connection:
        note = notes.write_note(connection, "line", "L1", "x", MARROW, FRIDAY, shared=True)
        view = notes.save_view(connection, "Saltmere", "/groups?area=Saltmere", MARROW, FRIDAY, shared=True)
        with pytest.raises(InputError, match=r"this is a\.marrow's"):
            notes.edit_note(connection, note, 1, "y", OAK, FRIDAY, shared=True)
        with pytest.raises(InputError, match=r"this is a\.marrow's"):
            notes.withdraw_note(connection, note, 1, OAK, FRIDAY)
        with pytest.raises(InputError, match=r"this is a\.marrow's"):
            notes.withdraw_view(connection, view, 1, OAK, FRIDAY)
        assert notes.notes(connection, "line", "L1", OAK)[0].text == "x"


def test_two_windows_at_one_note(state: State) -> None:
    with state.begin() as connection:
        key = notes.write_note(connection, "person", "n1", "one", MARROW, FRIDAY, shared=False)
        notes.edit_note(connection, key, 1, "two", MARROW, FRIDAY, shared=False)
    with pytest.raises(Conflict, match="from 'one' to 'two'"), state.begin() as connection:
        notes.edit_note(connection, key, 1, "three", MARROW, FRIDAY, shared=False)


def test_saved_views(state: State) -> None:
    with state.begin() as connection:
        key = notes.save_view(connection, "Saltmere", "/groups?area=Saltmere&sort=size", MARROW, FRIDAY, shared=False)
        assert notes.views(connection, OAK) == []
        edited = {"name": "All of it", "address": "/groups", "shared": True}
        assert notes.edit_view(connection, key, 1, MARROW, FRIDAY, **edited) == 2
        assert [(one.name, one.address, one.owner) for one in notes.views(connection, OAK)] == [
            ("All of it", "/groups", "a.marrow")
        ]
        notes.withdraw_view(connection, key, 2, MARROW, FRIDAY)
        assert notes.views(connection, MARROW) == []


@pytest.mark.parametrize("address", ["https://example.org/x", "//example.org", "/\\example.org", "groups", "", "\x00"])
def test_a_view_stays_inside_the_dashboard(laptop_state: State, address: str) -> None:
    with laptop_state.engine.connect() as connection:
        with pytest.raises(InputError, match=r"leaves the dashboard|is empty"):
            notes.save_view(connection, "x", address, MARROW, FRIDAY, shared=False)
        assert notes.views(connection, MARROW) == []


def test_what_a_note_needs(laptop_state: State) -> None:
    with laptop_state.engine.connect() as connection:
        for kind, what, text in (("person", "n1", " "), ("person", "", "x"), ("suspicion", "n1", "x")):
            with pytest.raises(InputError, match=r"is empty|isn't allowed"):
                notes.write_note(connection, kind, what, text, MARROW, FRIDAY, shared=False)  # type: ignore[arg-type]
        assert notes.notes(connection, "person", "n1", MARROW) == []

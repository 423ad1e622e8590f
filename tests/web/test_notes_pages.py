"""Notes on a person, group, line or record, and saved views: one's own or shared, logged, and never lost."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from countylines.govern import audit, notes
from countylines.govern.accounts import change_account, find_account
from countylines.web.house import House
from countylines.web.line_rows import line_rows
from countylines.web.notes_pages import ON
from countylines.web.reader import Reader
from tests.web.conftest import NOW, Browse, csrf_of


@pytest.fixture
def things(reader: Reader) -> dict[str, str]:
    """One thing of each kind that a note can be on."""
    return {
        "person": reader.table("nominals")["nominal_id"][0],
        "group": reader.table("groups")["group_id"][0],
        "line": line_rows(reader)[0].key,
        "record": reader.table("record_scores")["record_id"][0],
    }


def written(client: TestClient, kind: str, what: str, text: str = "Ask the ward", **more: str) -> tuple[int, str]:
    """Send a note; the answer's status and where it leads."""
    csrf = csrf_of(client.get("/lines").text)
    answer = client.post("/notes", data={"csrf": csrf, "kind": kind, "what": what, "text": text, **more})
    return answer.status_code, answer.headers.get("location", answer.text)


def kept(house: House, kind: notes.Kind, what: str, account: str = "analyst") -> list[notes.Note]:
    """The notes that somebody may read."""
    who = find_account(house.state, account)
    assert who is not None
    with house.state.read() as connection:
        return notes.notes(connection, kind, what, who)


@pytest.mark.parametrize("kind", list(ON))
def test_a_note_on_each_kind_of_thing(browse: Browse, house: House, things: dict[str, str], kind: notes.Kind) -> None:
    status, to = written(browse("analyst"), kind, things[kind])
    assert status == 303
    assert to.startswith(ON[kind][1])
    assert to.endswith("#notes")
    assert [note.text for note in kept(house, kind, things[kind])] == ["Ask the ward"]
    event = audit.search(house.state, audit.Wanted(kind=kind)).rows[0].event
    assert (event.action, event.what, event.detail["step"]) == ("write_note", things[kind], "written")


def test_one_keeps_a_note_to_oneself_or_shares_it(browse: Browse, house: House, things: dict[str, str]) -> None:
    client = browse("analyst")
    written(client, "line", things["line"], "Mine alone")
    written(client, "line", things["line"], "For all", shared="1")
    here = f"/lines/{things['line']}"
    assert {"Mine alone", "For all"} <= set(re.findall(r'<p dir="auto">(.*?)</p>', client.get(here).text))
    assert re.findall(r'<p dir="auto">(.*?)</p>', browse("senior_officer").get(here).text) == ["For all"]


def test_notes_are_shown_harmlessly(browse: Browse, things: dict[str, str]) -> None:
    client = browse("analyst")
    written(client, "line", things["line"], "<script>alert(1)</script>")
    page = client.get(f"/lines/{things['line']}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_editing_and_withdrawing_ones_own(browse: Browse, house: House, things: dict[str, str]) -> None:
    client = browse("analyst")
    written(client, "line", things["line"])
    note = kept(house, "line", things["line"])[0]
    form = {"csrf": csrf_of(client.get("/lines").text), "kind": "line", "what": things["line"], "version": "1"}
    path = f"/notes/{note.note_id}"
    assert client.post(path, data={**form, "text": "Asked the ward", "shared": "1"}).status_code == 303
    assert [(n.text, n.shared, n.version) for n in kept(house, "line", things["line"])] == [("Asked the ward", True, 2)]
    late = client.post(path, data={**form, "text": "Typed in another window"})
    assert late.status_code == 409
    assert "Typed in another window" in late.text
    assert "Asked the ward" in late.text
    assert client.post(f"{path}/withdraw", data={**form, "version": "2"}).status_code == 303
    assert kept(house, "line", things["line"]) == []


def test_nobody_changes_anothers_note(browse: Browse, house: House, things: dict[str, str]) -> None:
    written(browse("analyst"), "line", things["line"], shared="1")
    note = kept(house, "line", things["line"])[0]
    other = browse("senior_officer")
    form = {"csrf": csrf_of(other.get("/lines").text), "kind": "line", "what": things["line"], "version": "1"}
    answer = other.post(f"/notes/{note.note_id}", data={**form, "text": "Not mine"})
    assert answer.status_code == 400
    assert "This is analyst" in answer.text
    assert other.post(f"/notes/{note.note_id}/withdraw", data=form).status_code == 400
    assert kept(house, "line", things["line"])[0].text == "Ask the ward"
    assert other.post("/notes/999", data={**form, "text": "x"}).status_code == 404


def test_a_note_needs_a_thing_and_a_text(browse: Browse, things: dict[str, str]) -> None:
    client = browse("analyst")
    assert written(client, "person", "nobody")[0] == 404
    assert written(client, "house", "1")[0] == 404
    status, page = written(client, "group", things["group"], "  ")
    assert status == 400
    assert "The note is empty" in page
    long = "x" * 20_001
    status, page = written(client, "group", things["group"], long)
    assert status == 400
    assert long in page  # what was typed isn't lost


def test_nobody_is_sent_elsewhere(browse: Browse, things: dict[str, str]) -> None:
    client = browse("analyst")
    assert written(client, "line", things["line"], back="//evil.example/x")[1] == "/#notes"
    assert written(client, "line", things["line"], back="/lines/L1?page=2#records")[1] == "/lines/L1?page=2#notes"


def test_covered_names_cover_notes(house: House, browse: Browse, things: dict[str, str]) -> None:
    """A note may hold a name, so nobody with covered names reads or writes one."""
    written(browse("analyst"), "person", things["person"], "Seen with A. Name", shared="1")
    scientist = browse("data_scientist")
    assert "Seen with A. Name" not in scientist.get(f"/people/{things['person']}").text
    csrf = csrf_of(scientist.get("/groups").text)
    form = {"csrf": csrf, "kind": "person", "what": things["person"], "text": "x"}
    assert scientist.post("/notes", data=form).status_code == 403


def saved(client: TestClient, name: str, address: str, **more: str) -> int:
    """Save a view; the answer's status."""
    csrf = csrf_of(client.get("/views").text)
    return client.post("/views", data={"csrf": csrf, "name": name, "address": address, **more}).status_code


def views(house: House, account: str) -> list[notes.View]:
    """The saved views that somebody may see."""
    who = find_account(house.state, account)
    assert who is not None
    with house.state.read() as connection:
        return notes.views(connection, who)


def test_a_view_is_saved_listed_and_opened(browse: Browse, house: House) -> None:
    client = browse("analyst")
    assert saved(client, "New lines", "/lines?report=new") == 303
    page = client.get("/views").text
    assert 'href="/lines?report=new">New lines</a>' in page
    assert 'href="/lines?report=new">New lines</a>' in client.get("/").text
    assert client.get("/lines?report=new").status_code == 200
    event = audit.search(house.state, audit.Wanted(kind="view")).rows[0].event
    assert (event.action, event.detail["step"]) == ("change_page", "saved")


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "/\\evil.example", "lines", ""])
def test_a_view_stays_inside(browse: Browse, house: House, address: str) -> None:
    assert saved(browse("analyst"), "Out", address) == 400
    assert views(house, "analyst") == []


def test_a_shared_view_is_seen_inside_the_force(browse: Browse, house: House) -> None:
    saved(browse("analyst"), "For all", "/lines?standing=known", shared="1")
    assert "For all" in browse("senior_officer").get("/views").text
    assert "For all" not in browse("auditor").get("/views").text
    assert "For all" not in browse("data_scientist").get("/views").text  # an address may hold a name
    assert saved(browse("auditor"), "Mine", "/groups") == 303
    assert saved(browse("auditor"), "Not to share", "/groups", shared="1") == 403


def test_a_view_is_renamed_and_withdrawn_by_its_owner_alone(browse: Browse, house: House) -> None:
    client = browse("analyst")
    saved(client, "Old", "/lines", shared="1")
    view = views(house, "analyst")[0]
    form = {"csrf": csrf_of(client.get("/views").text), "version": "1", "name": "New", "address": "/lines?page=2"}
    assert "Edit Old" in client.get("/views", params={"edit": view.view_id}).text
    assert client.post(f"/views/{view.view_id}", data={**form, "name": ""}).status_code == 400
    assert client.post(f"/views/{view.view_id}", data=form).status_code == 303
    assert [(v.name, v.address, v.shared) for v in views(house, "analyst")] == [("New", "/lines?page=2", False)]
    late = client.post(f"/views/{view.view_id}", data={**form, "name": "Typed elsewhere"})
    assert late.status_code == 409
    assert "Typed elsewhere" in late.text
    other = browse("senior_officer")
    own = {**form, "csrf": csrf_of(other.get("/views").text), "version": "2"}
    assert other.post(f"/views/{view.view_id}", data=own).status_code == 400
    assert other.post(f"/views/{view.view_id}/withdraw", data=own).status_code == 400
    assert client.post(f"/views/{view.view_id}/withdraw", data={**form, "version": "2"}).status_code == 303
    assert views(house, "analyst") == []
    assert client.post("/views/999/withdraw", data=form).status_code == 404


@pytest.mark.parametrize("step", ["", "/withdraw"])
def test_a_notes_own_thing_stands_in_the_log(browse: Browse, house: House, things: dict[str, str], step: str) -> None:
    """What the form says a note is on can't be another thing than it is on, and the log says what it is on."""
    client = browse("analyst")
    assert written(client, "person", things["person"])[0] == 303
    note = kept(house, "person", things["person"])[0]
    form = {"csrf": csrf_of(client.get("/lines").text), "text": "Elsewhere", "version": str(note.version)}
    path = f"/notes/{note.note_id}{step}"
    wanted = audit.Wanted(action="write_note")
    before = audit.search(house.state, wanted).total
    for kind, what in (("group", things["group"]), ("person", "N9"), ("person", ""), ("", "")):
        answer = client.post(path, data={**form, "kind": kind, "what": what})
        assert answer.status_code == 404, (kind, what)
    assert audit.search(house.state, wanted).total == before
    assert kept(house, "person", things["person"]) == [note]
    assert client.post(path, data={**form, "kind": "person", "what": things["person"]}).status_code == 303
    event = audit.search(house.state, wanted).rows[0].event
    assert (event.kind, event.what, event.detail["note"]) == ("person", things["person"], note.note_id)


def test_who_may_not_see_a_person_any_more_leaves_their_notes_alone(
    browse: Browse, house: House, reader: Reader, things: dict[str, str]
) -> None:
    client = browse("analyst")
    assert written(client, "person", things["person"])[0] == 303
    note = kept(house, "person", things["person"])[0]
    account = find_account(house.state, "analyst")
    assert account
    change_account(house.state, account.account_id, areas=["Nowhere"], now=NOW, by="administrator")
    client = browse("analyst")
    form = {"csrf": csrf_of(client.get("/lines").text), "kind": "person", "what": things["person"]}
    for path in (f"/notes/{note.note_id}", f"/notes/{note.note_id}/withdraw"):
        answer = client.post(path, data={**form, "text": "After", "version": str(note.version)})
        assert answer.status_code == 403
    assert kept(house, "person", things["person"]) == [note]


def test_nobody_is_told_what_anothers_note_is_on(browse: Browse, house: House, things: dict[str, str]) -> None:
    """Of another's own note no more is said than of one that isn't there."""
    assert written(browse("analyst"), "person", things["person"])[0] == 303
    note = kept(house, "person", things["person"])[0]
    client = browse("safeguarding")
    form = {"csrf": csrf_of(client.get("/lines").text), "kind": "person", "text": "A", "version": "1"}
    form["what"] = things["person"]
    told = [client.post(f"/notes/{number}", data=form) for number in (note.note_id, 9_999)]
    assert [answer.status_code for answer in told] == [404, 404]
    assert told[0].text == told[1].text

"""A record's page: its grading, everybody in it, and what a restricted one asks first."""

from __future__ import annotations

import re
import sqlite3

from countylines.govern import accounts, audit
from countylines.web.gradings import in_words
from countylines.web.house import House
from countylines.web.reader import Reader
from countylines.web.why import why
from tests.web.conftest import NOW, PASSWORD, Browse, Rewrite, csrf_of
from tests.web.person_pages import first, plain


def test_a_record_tells_its_grading_and_everybody_in_it(browse: Browse, reader: Reader) -> None:
    row = reader.index.query(
        "SELECT r.record_id FROM records r WHERE r.grading = '2BC' AND r.score > 0 ORDER BY 1 LIMIT 1"
    )[0]
    page = browse("analyst").get(f"/records/{row['record_id']}").text
    assert "Known indirectly to the source but corroborated" in page and "Handling conditions:" in page
    people = reader.index.query("SELECT DISTINCT nominal_id FROM involvements WHERE record_id = ?", row["record_id"])
    for person in people:
        assert f'href="/people/{person["nominal_id"]}"' in page
    assert browse("analyst").get("/records/crime:none").status_code == 404


def test_gradings_and_outcomes_read_alike_wherever_they_stand(browse: Browse, reader: Reader) -> None:
    """However a system writes them; and the record's own page says what an outcome means."""
    signs = "replace(replace(r.grading, ' ', ''), '-', '')"
    tight = reader.index.query(
        "SELECT r.record_id, i.nominal_id, r.grading FROM records r JOIN involvements i USING (record_id)"
        f" WHERE length({signs}) = 3 AND r.score > 0.5 AND i.role = 'subject' ORDER BY r.grading LIMIT 1"
    )[0]
    apart = f"Grading {' '.join(char for char in tight['grading'] if char.isalnum())}"
    client = browse("analyst")
    assert apart in plain(client.get(f"/records/{tight['record_id']}").text)
    found = re.findall(r"Grading ([^<]*)</span>", client.get(f"/people/{tight['nominal_id']}").text)
    assert found
    assert all(re.fullmatch(r"\w \w \w", each) for each in found)
    charged = reader.index.query("SELECT record_id FROM records WHERE outcome_code = '1' ORDER BY 1 LIMIT 1")[0]
    assert "1: charged or summonsed" in plain(client.get(f"/records/{charged['record_id']}").text)


def test_every_grading_of_the_run_can_be_read(reader: Reader) -> None:
    written = {row["grading"] for row in reader.index.query("SELECT DISTINCT grading FROM records") if row["grading"]}
    assert {len(in_words(grading)) for grading in written} == {3}


def test_a_restricted_record_asks_cleared_people_for_a_reason(
    browse: Browse, house: House, rewritten: Rewrite, reader: Reader
) -> None:
    nominal = first(reader, "adult")
    record = why(reader, nominal).found.connections[0].record_ids[0]
    secret = reader.index.query("SELECT text FROM records WHERE record_id = ?", record)[0]["text"][:40]

    def restrict(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE records SET restricted = 1 WHERE record_id = ?", (record,))

    rewritten(restrict)
    assert browse("analyst").get(f"/records/{record}").status_code == 403
    accounts.create_account(house.state, "cleared", "C", PASSWORD, roles=["analyst"], now=NOW, cleared=True)
    client = browse("cleared")
    asked = client.get(f"/records/{record}")
    assert "This record is restricted" in asked.text and secret[:20] not in plain(asked.text)
    assert "Restricted: its text opens" in plain(client.get(f"/people/{nominal}").text)
    sent = {"csrf": csrf_of(asked.text), "reason": "", "reference": ""}
    assert client.post(f"/records/{record}/reason", data=sent).status_code == 400
    long = client.post(f"/records/{record}/reason", data={**sent, "reason": "Named there", "reference": "x" * 201})
    assert (long.status_code, "Enter an operation or reference of at most 200" in plain(long.text)) == (400, True)
    assert ">Named there</textarea>" in long.text
    done = client.post(f"/records/{record}/reason", data={**sent, "reason": "Named in Op Test"})
    assert (done.status_code, done.headers["location"]) == (303, f"/records/{record}")
    assert 'class="cl-rec"' in client.get(f"/records/{record}").text
    reasons = audit.search(house.state, audit.Wanted(what=record, action="give_reason_for_record")).rows
    assert [entry.event.reason for entry in reasons] == ["Named in Op Test"]


def test_nobody_rules_on_a_restricted_record_that_they_have_not_opened(
    browse: Browse, house: House, rewritten: Rewrite, reader: Reader
) -> None:
    """Its people aren't shown before its reason is given, nor by a refused form."""
    nominal = first(reader, "adult")
    record = why(reader, nominal).found.connections[0].record_ids[0]
    others = [row["nominal_id"] for row in reader.rows("sources/involvements", "record_id", record)]

    def restrict(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE records SET restricted = 1 WHERE record_id = ?", (record,))

    rewritten(restrict)
    accounts.create_account(house.state, "cleared", "C", PASSWORD, roles=["analyst"], now=NOW, cleared=True)
    client = browse("cleared")
    csrf = csrf_of(client.get("/rulings").text)
    form = {"csrf": csrf, "record": record, "decision": "not county lines", "reason": "No", "review_by": "2027-01-31"}
    part = {**form, "record": "", "person": nominal, "only": record, "decision": "wrong person"}
    answers = [client.get(f"/rulings/new?record={record}"), client.post("/rulings/new", data=form),
               client.post("/rulings/new", data=part)]  # fmt: skip
    for answer in answers:
        assert answer.status_code == 403
        assert "open it with a reason of its own first" in plain(answer.text)
        assert not [one for one in others if one in answer.text]
    sent = {"csrf": csrf, "reason": "Named in Op Test", "reference": ""}
    assert client.post(f"/records/{record}/reason", data=sent).status_code == 303
    assert nominal in client.get(f"/rulings/new?record={record}").text
    assert client.post("/rulings/new", data=form).status_code == 303

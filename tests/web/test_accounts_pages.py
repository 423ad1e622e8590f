"""Accounts: administrators add and change them, nobody changes their own, and roles are there for all to read."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from countylines.govern import accounts, audit
from countylines.govern.account_rows import Account
from countylines.govern.people import ACTIONS, ROLES
from countylines.web.house import House
from countylines.web.reader import Reader
from tests.web.conftest import Browse, csrf_of

GOOD = "heron-candle-sixteen-mile"


def account(house: House, name: str) -> Account:
    """The account of a sign-in name."""
    found = accounts.find_account(house.state, name)
    assert found
    return found


def form_of(client: TestClient, found: Account) -> dict[str, str]:
    """What the account's page sends when nothing is changed."""
    page = client.get(f"/accounts/{found.account_id}").text
    version = re.findall(r'name="version" value="([^"]+)"', page)[0]
    roles = {f"role-{role}": "1" for role in found.roles}
    shown = {"display_name": found.display_name, "areas": ", ".join(found.areas)}
    return {"csrf": csrf_of(page), "version": version, "do": "save", **roles, **shown}


def test_only_administrators_see_accounts(browse: Browse, house: House) -> None:
    analyst = account(house, "analyst").account_id
    for role in ROLES:
        client = browse(role)
        wanted = 200 if role == "administrator" else 403
        assert {client.get(path).status_code for path in ("/accounts", f"/accounts/{analyst}")} == {wanted}, role
        sent = {"csrf": csrf_of(client.get("/roles").text)}
        answers = {client.post(path, data=sent).status_code for path in ("/accounts", f"/accounts/{analyst}")}
        assert answers == {400 if role == "administrator" else 403}, role


def test_an_administrator_sees_nobody_of_the_data(browse: Browse, reader: Reader) -> None:
    client = browse("administrator")
    pages = "".join(client.get(path).text for path in ("/accounts", "/roles", "/runs", "/runs/compare"))
    assert not any(name in pages for name in reader.table("sources/nominals")["name"].head(200))


def test_an_account_is_added_and_logged(browse: Browse, house: House) -> None:
    client = browse("administrator")
    sent = {
        "csrf": csrf_of(client.get("/accounts").text), "name": "J.Pell", "display_name": "J. Pell", "password": GOOD,
        "role-safeguarding": "1", "role-nonsense": "1", "areas": "Northgate, Docklands ,Northgate", "cleared": "1",
    }  # fmt: skip
    answer = client.post("/accounts", data=sent)
    assert answer.status_code == 303
    made = account(house, "j.pell")
    assert (made.roles, made.areas, made.cleared) == (frozenset({"safeguarding"}), ("Northgate", "Docklands"), True)
    entry = audit.search(house.state, audit.Wanted(action="create_account", what=made.account_id)).rows[0].event
    assert entry.account == "administrator"
    assert GOOD not in str(entry)
    assert "J. Pell" in client.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "password1"}, "password"),
        ({"name": "analyst"}, "already"),
        ({"name": ""}, "1 to 200 characters"),
        ({"role-auditor": ""}, "at least one role"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_told_and_what_was_written_stays(
    browse: Browse, wrong: dict[str, str], said: str
) -> None:
    client = browse("administrator")
    sent = {"csrf": csrf_of(client.get("/accounts").text), "name": "new", "display_name": "N. Ewcomer",
            "password": GOOD, "role-auditor": "1", **wrong}  # fmt: skip
    page = client.post("/accounts", data=sent)
    assert page.status_code == 400
    assert said in page.text
    assert 'value="N. Ewcomer"' in page.text
    assert GOOD not in page.text


def test_roles_areas_and_clearance_change_at_once_in_open_sessions(browse: Browse, house: House) -> None:
    theirs, client = browse("analyst"), browse("administrator")
    assert theirs.get("/log").status_code == 403
    found = account(house, "analyst")
    sent = {**form_of(client, found), "role-auditor": "1", "areas": "Eastfield", "cleared": "1"}
    assert client.post(f"/accounts/{found.account_id}", data=sent).status_code == 303
    assert theirs.get("/log").status_code == 200
    changed = account(house, "analyst")
    assert (changed.areas, changed.cleared) == (("Eastfield",), True)
    assert changed.roles == {"analyst", "auditor"}


def test_two_administrators_dont_overwrite_each_other(browse: Browse, house: House) -> None:
    client = browse("administrator")
    found = account(house, "analyst")
    old = form_of(client, found)
    assert client.post(f"/accounts/{found.account_id}", data={**old, "areas": "Eastfield"}).status_code == 303
    page = client.post(f"/accounts/{found.account_id}", data={**old, "areas": "Westhaven"})
    assert (page.status_code, "Somebody changed this account" in page.text) == (400, True)
    assert account(house, "analyst").areas == ("Eastfield",)


def test_nobody_changes_what_they_themselves_may_do(browse: Browse, house: House) -> None:
    client = browse("administrator")
    own = account(house, "administrator")
    for do in ("save", "close"):
        page = client.post(f"/accounts/{own.account_id}", data={**form_of(client, own), "role-analyst": "1", "do": do})
        assert (page.status_code, "changed by another administrator" in page.text) == (400, True)
    assert account(house, "administrator") == own


def test_closing_ends_sessions_and_the_account_can_be_opened_again(browse: Browse, house: House) -> None:
    theirs, client = browse("reviewer"), browse("administrator")
    found = account(house, "reviewer")
    client.post(f"/accounts/{found.account_id}", data={**form_of(client, found), "do": "close"})
    assert theirs.get("/roles").headers["location"].startswith("/sign-in")
    assert account(house, "reviewer").disabled
    client.post(f"/accounts/{found.account_id}", data={**form_of(client, found), "do": "reopen"})
    assert not account(house, "reviewer").disabled


def test_a_new_password_must_be_a_good_one_and_ends_sessions(browse: Browse, house: House) -> None:
    theirs, client = browse("analyst"), browse("administrator")
    found = account(house, "analyst")
    sent = {**form_of(client, found), "do": "password"}
    assert client.post(f"/accounts/{found.account_id}", data={**sent, "password": "analyst"}).status_code == 400
    assert theirs.get("/roles").status_code == 200
    assert client.post(f"/accounts/{found.account_id}", data={**sent, "password": GOOD}).status_code == 303
    assert theirs.get("/roles").status_code == 303


def test_an_account_without_a_role_or_an_act_without_a_name_is_refused(browse: Browse, house: House) -> None:
    client = browse("administrator")
    found = account(house, "analyst")
    sent = form_of(client, found)
    del sent["role-analyst"]
    assert "Choose at least one role" in client.post(f"/accounts/{found.account_id}", data=sent).text
    assert client.post(f"/accounts/{found.account_id}", data={**sent, "do": "promote"}).status_code == 400
    assert client.get("/accounts/nobody").status_code == 404


def test_everybody_reads_the_matrix_and_it_says_what_the_program_asks(browse: Browse) -> None:
    for role in ROLES:
        page = browse(role).get("/roles")
        assert page.status_code == 200, role
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page.text, re.DOTALL)
    assert len(rows) == len(ACTIONS)
    for action, (_, cells) in zip(ACTIONS.values(), rows, strict=True):
        said = re.findall(r"govuk-visually-hidden\">(yes|no)<", cells)
        assert said == ([] if not action.roles else ["yes" if role in action.roles else "no" for role in ROLES])
    assert browse(None).get("/roles").status_code == 303

"""Signing in and out, the reason for access, and what every answer carries."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from httpx import Response
from starlette.testclient import TestClient

from countylines.govern import accounts, audit
from countylines.web.access import COOKIE, needs
from countylines.web.app import create_app
from countylines.web.house import House
from countylines.web.signin import PER_MINUTE, tries
from tests.web.conftest import NOW, PASSWORD, RUN, Browse, Clock, csrf_of, secret_of

NEW = "mallard-copper-eleven"


@pytest.fixture(autouse=True)
def nobody_tried() -> None:
    tries.at.clear()


def test_signed_out_goes_to_the_sign_in_page_and_comes_back(browse: Browse) -> None:
    client = browse(None)
    answer = client.get("/groups?sort=people")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/groups%3Fsort%3Dpeople"
    page = client.get(answer.headers["location"])
    sent = {"secret": secret_of(page.text), "name": "analyst", "password": PASSWORD, "next": "/groups?sort=people"}
    answer = client.post("/sign-in", data=sent)
    assert answer.headers["location"] == "/reason?next=/groups%3Fsort%3Dpeople"
    form = {"csrf": csrf_of(client.get(answer.headers["location"]).text), "next": "/groups?sort=people"}
    answer = client.post("/reason", data={**form, "reason": "intelligence", "reference": "Op Larch", "length": "1"})
    assert answer.headers["location"] == "/groups?sort=people"
    assert "Op Larch, intelligence development" in client.get("/groups").text


def test_nobody_is_told_of_a_run_with_restricted_records_before_they_are_known(
    browse: Browse, runs: Path, tmp_path: Path, house: House
) -> None:
    """Neither its name nor its day stands on the pages of signing in and of the reason."""
    folder = tmp_path / "told"
    for name, restricted in (("plain-run", False), ("secret-run", True)):
        shutil.copytree(runs / RUN, folder / name, ignore=shutil.ignore_patterns("*.parquet"))
        content = json.loads((folder / name / "manifest.json").read_text(encoding="utf-8"))
        content["settings"]["ingest"]["include_restricted"] = restricted
        content["as_of"] = f"2021-11-{11 + restricted}"
        (folder / name / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    house.shelf.folder = folder
    pages = [browse(None).get("/sign-in").text, browse("analyst", reason=False).get("/reason").text]
    for page in pages:
        assert "plain-run" in page
        assert "secret-run" not in page and "12 Nov 2021" not in page
    shutil.rmtree(folder / "plain-run")
    assert "secret-run" not in browse(None).get("/sign-in").text


def test_a_wrong_password_says_no_more_than_that(browse: Browse) -> None:
    client = browse(None)
    said = []
    for name in ("analyst", "nobody"):
        secret = secret_of(client.get("/sign-in").text)
        answer = client.post("/sign-in", data={"secret": secret, "name": name, "password": "wrong", "next": "/"})
        assert answer.status_code == 401
        assert COOKIE not in answer.cookies
        said.append(answer.text.replace(name, "NAME").replace(secret, "SECRET"))
    assert said[0] == said[1]


def test_a_form_from_elsewhere_signs_nobody_in(browse: Browse) -> None:
    client = browse(None)
    sent = {"secret": "", "name": "analyst", "password": PASSWORD, "next": "/"}
    assert client.post("/sign-in", data=sent).status_code == 403
    client.get("/sign-in")
    assert client.post("/sign-in", data={**sent, "secret": "guessed"}).status_code == 403


def sign_in(client: TestClient, name: str, password: str) -> int:
    """By the form; the answer's status."""
    secret = secret_of(client.get("/sign-in").text)
    return client.post("/sign-in", data={"secret": secret, "name": name, "password": password}).status_code


def test_right_passwords_are_no_tries(browse: Browse) -> None:
    """All of a force may come from one address at the beginning of a shift."""
    assert [sign_in(browse(None), "analyst", PASSWORD) for _ in range(PER_MINUTE + 2)] == [303] * (PER_MINUTE + 2)


def test_wrong_tries_from_elsewhere_shut_nobody_out_of_their_own_browser(
    browse: Browse, house: House, clock: Clock
) -> None:
    mine, theirs = browse(None), browse(None)
    assert sign_in(mine, "analyst", PASSWORD) == 303
    assert [sign_in(theirs, "analyst", "guess") for _ in range(10)] == [401] * 10
    assert sign_in(theirs, "analyst", PASSWORD) == 401, "locked"
    assert sign_in(mine, "analyst", PASSWORD) == 303
    tries.at.clear()
    account = accounts.find_account(house.state, "analyst")
    assert account
    accounts.set_password(house.state, account.account_id, "another-heron-nine", now=clock(), by="")
    assert [sign_in(theirs, "analyst", "guess") for _ in range(10)] == [401] * 10
    assert sign_in(mine, "analyst", "another-heron-nine") == 401, "another password makes the mark void"


def test_an_administrator_lifts_a_lock(browse: Browse, house: House) -> None:
    locked = browse(None)
    assert [sign_in(locked, "analyst", "guess") for _ in range(10)] == [401] * 10
    account = accounts.find_account(house.state, "analyst")
    assert account
    client = browse("administrator")
    page = client.get(f"/accounts/{account.account_id}").text
    assert "Locked after wrong passwords until 20 Nov 2026, 09:15 UTC" in page
    sent = {"csrf": csrf_of(page), "do": "unlock"}
    assert client.post(f"/accounts/{account.account_id}", data=sent).status_code == 303
    assert "Locked after" not in client.get(f"/accounts/{account.account_id}").text
    assert sign_in(locked, "analyst", PASSWORD) == 303


def changed(client: TestClient, **fields: str) -> Response:
    """The form for one's own password, sent."""
    sent = {"csrf": csrf_of(client.get("/password").text), "old": PASSWORD, "password": NEW, "again": NEW, **fields}
    return client.post("/password", data=sent)


def test_everybody_chooses_their_own_password(browse: Browse, house: House) -> None:
    client, other = browse("analyst"), browse("analyst")
    for wrong, said in (
        ({"old": "guess"}, "Your password until now isn&#39;t right"),
        ({"again": "typed otherwise"}, "The two new passwords differ"),
        ({"password": "short", "again": "short"}, "This has 5 characters; at least 12 are needed"),
        ({"password": PASSWORD, "again": PASSWORD}, "This is your password until now"),
    ):
        answer = changed(client, **wrong)
        assert (answer.status_code, said in answer.text) == (400, True), said
        assert NEW not in answer.text
    answer = changed(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/reason")
    assert other.get("/groups").headers["location"] == "/sign-in?next=/groups", "other sessions have ended"
    assert client.get("/groups").headers["location"] == "/reason?next=/groups"
    assert (sign_in(browse(None), "analyst", PASSWORD), sign_in(browse(None), "analyst", NEW)) == (401, 303)
    latest = audit.search(house.state, audit.Wanted(action="change_password")).rows[0].event
    assert latest.account == "analyst"


def test_a_password_that_an_administrator_chose_is_changed_first(browse: Browse, house: House, clock: Clock) -> None:
    account = accounts.find_account(house.state, "analyst")
    assert account
    accounts.set_password(house.state, account.account_id, "chosen-by-another", now=clock(), by="administrator")
    client = browse(None)
    assert sign_in(client, "analyst", "chosen-by-another") == 303
    assert client.get("/reason?next=/groups").headers["location"] == "/password?next=/groups"
    form = {"csrf": csrf_of(client.get("/password").text), "reason": "training", "reference": "x", "length": "4"}
    assert client.post("/reason", data=form).headers["location"] == "/password?next=/"
    assert "Choose a password of your own" in client.get("/password").text
    assert changed(client, old="chosen-by-another").headers["location"] == "/reason"
    assert client.get("/reason").status_code == 200


def test_too_many_tries_from_one_machine_have_to_wait(browse: Browse) -> None:
    client = browse(None)
    secret = secret_of(client.get("/sign-in").text)
    sent = {"secret": secret, "name": "nobody", "password": "wrong", "next": "/"}
    answers = [client.post("/sign-in", data=sent).status_code for _ in range(PER_MINUTE + 1)]
    assert answers == [401] * PER_MINUTE + [429]


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(browse: Browse, to: str) -> None:
    client = browse(None)
    page = client.get("/sign-in", params={"next": to})
    assert 'name="next" value="/"' in page.text
    sent = {"secret": secret_of(page.text), "name": "analyst", "password": PASSWORD, "next": to}
    assert client.post("/sign-in", data=sent).headers["location"] == "/reason"


def test_no_page_without_a_reason(browse: Browse) -> None:
    client = browse("analyst", reason=False)
    answer = client.get("/groups")
    assert (answer.status_code, answer.headers["location"]) == (303, "/reason?next=/groups")
    form = {"csrf": csrf_of(client.get("/reason").text), "length": "4"}
    page = client.post("/reason", data={**form, "reason": "intelligence", "reference": " "})
    assert page.status_code == 400
    assert "There is a problem" in page.text
    assert client.post("/reason", data={**form, "reference": "Op A"}).status_code == 400


def test_training_is_no_reason_where_people_are_real(house: House) -> None:
    with TestClient(create_app(dataclasses.replace(house, synthetic=False)), follow_redirects=False) as client:
        page = client.get("/sign-in")
        assert "SYNTHETIC" not in page.text
        sent = {"secret": secret_of(page.text), "name": "analyst", "password": PASSWORD, "next": "/"}
        client.post("/sign-in", data=sent)
        page = client.get("/reason")
        assert "Training" not in page.text
        form = {"csrf": csrf_of(page.text), "reason": "training", "reference": "x", "length": "4"}
        assert client.post("/reason", data=form).status_code == 400


def test_a_reason_and_a_session_run_out(browse: Browse, clock: Clock) -> None:
    client = browse("analyst")
    for _ in range(9):
        clock.forward(minutes=25)
        assert client.get("/groups").status_code == 200
    clock.forward(minutes=25)
    assert client.get("/groups").headers["location"] == "/reason?next=/groups"
    clock.forward(minutes=31)
    assert client.get("/groups").headers["location"] == "/sign-in?next=/groups"


def test_signing_out_ends_the_session_on_the_server(browse: Browse) -> None:
    client = browse("analyst")
    token = client.cookies[COOKIE]
    assert client.post("/sign-out", data={"csrf": csrf_of(client.get("/groups").text)}).status_code == 303
    client.cookies.set(COOKIE, token)
    assert client.get("/groups").headers["location"] == "/sign-in?next=/groups"


def test_a_closed_account_is_out_at_once(browse: Browse, house: House) -> None:
    client = browse("analyst")
    account = accounts.find_account(house.state, "analyst")
    assert account is not None
    accounts.disable(house.state, account.account_id, now=NOW, by="administrator")
    assert client.get("/groups").status_code == 303


def test_a_change_without_the_pages_secret_is_refused(browse: Browse) -> None:
    client = browse("analyst")
    for form in ({}, {"csrf": "guessed"}):
        assert client.post("/sign-out", data=form).status_code == 403
    assert client.get("/groups").status_code == 200


def test_every_answer_carries_the_policy(browse: Browse) -> None:
    client = browse("analyst")
    for path in ("/groups", "/sign-in", "/nowhere", "/assets/app.css"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert client.get("/groups").headers["cache-control"] == "no-store"


def test_cookies_are_kept_from_scripts_and_other_sites(house: House) -> None:
    for secure in (True, False):
        app = create_app(dataclasses.replace(house, secure=secure))
        with TestClient(app, base_url="https://here" if secure else "http://here", follow_redirects=False) as client:
            page = client.get("/sign-in")
            sent = {"secret": secret_of(page.text), "name": "analyst", "password": PASSWORD, "next": "/"}
            cookie = client.post("/sign-in", data=sent).headers["set-cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=lax" in cookie
            assert ("Secure" in cookie) == secure


def test_too_much_is_not_read(browse: Browse) -> None:
    client = browse(None)
    assert client.post("/sign-in", data={"name": "x" * 3_000_000}).status_code == 413
    assert client.get("/groups?sort=" + "x" * 5_000).status_code == 414


def test_a_route_must_say_what_it_needs(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from countylines.web import home

    assert needs("see_home") is not None
    monkeypatch.setattr(home, "router", type(home.router)())

    @home.router.get("/open")
    def nothing() -> str:
        return "anybody"

    with pytest.raises(ValueError, match="/open doesn't say which action it needs"):
        create_app(house)


def test_who_has_no_start_page_goes_where_they_may(browse: Browse) -> None:
    for account, first in (("administrator", "/runs"), ("reviewer", "/roles"), ("analyst", "/")):
        client = browse(account, reason=False)
        form = {"csrf": csrf_of(client.get("/reason").text), "reason": "training", "reference": "Op A", "length": "1"}
        answer = client.post("/reason", data=form)
        assert answer.headers["location"] == first
        assert client.get(first).status_code == 200

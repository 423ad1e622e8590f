"""Single sign-on through the pages, against the same real provider as the tests of govern/openid.py."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from countylines.errors import InputError
from countylines.govern import audit
from countylines.govern.accounts import find_account
from countylines.govern.openid import OpenId
from countylines.web.access import COOKIE
from countylines.web.app import create_app
from countylines.web.house import House
from countylines.web.openid_pages import UNDER_WAY
from countylines.web.serve import open_house
from countylines.web.signin import PER_MINUTE, tries
from tests.govern.test_openid import SECRET, come_back, provider, settings
from tests.web.conftest import Browse, csrf_of


@pytest.fixture(autouse=True)
def nobody_tried() -> None:
    tries.at.clear()


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider("no") as address:
        yield address


@pytest.fixture
def single(house: House, issuer: str) -> Iterator[House]:
    """The house with single sign-on; its clock is the real one, since the provider's tokens hold the time."""
    openid = OpenId(settings(issuer))
    yield dataclasses.replace(house, openid=openid, clock=lambda: dt.datetime.now(dt.UTC))
    openid.close()


@pytest.fixture
def client(single: House) -> Iterator[TestClient]:
    with TestClient(create_app(single), follow_redirects=False) as made:
        yield made


def began(client: TestClient, to: str = "/") -> str:
    """The address at the provider that a sign-in begins with."""
    answer = client.get("/openid/start", params={"next": to})
    assert answer.status_code == 303
    return answer.headers["location"]


def test_from_the_sign_in_page_to_the_reason_and_the_page_asked_for(client: TestClient, single: House) -> None:
    """The button leads to the provider, the provider back here, and the session is whose it says."""
    page = client.get("/groups")
    assert 'href="/openid/start?next=/groups"' in client.get(page.headers["location"]).text
    answer = client.get("/openid/back", params=come_back(began(client, "/groups?sort=people"), "ann"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/reason?next=/groups%3Fsort%3Dpeople")
    form = {"csrf": csrf_of(client.get("/reason").text), "next": "/", "reason": "intelligence", "reference": "Op A"}
    assert client.post("/reason", data={**form, "length": "1"}).status_code == 303
    assert "ann Example" in client.get("/groups").text
    found = find_account(single.state, "ann")
    assert found
    assert found.roles == {"analyst"}


def test_cookies_are_kept_from_scripts_and_the_sign_in_counts_once(client: TestClient) -> None:
    answer = client.get("/openid/start")
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=lax", "Path=/openid", "Max-Age=600"):
        assert part in cookie
    params = come_back(answer.headers["location"], "ann")
    first = client.get("/openid/back", params=params)
    assert COOKIE in first.cookies
    assert UNDER_WAY not in client.cookies
    again = client.get("/openid/back", params=params)
    assert again.status_code == 401
    assert COOKIE not in again.cookies


def test_a_new_session_and_never_one_that_was_planted(client: TestClient) -> None:
    client.cookies.set(COOKIE, "planted")
    answer = client.get("/openid/back", params=come_back(began(client), "ann"))
    assert answer.cookies[COOKIE] != "planted"
    assert len(answer.cookies[COOKIE]) > 30


def test_whoever_has_no_role_here_is_told_so(client: TestClient) -> None:
    answer = client.get("/openid/back", params=come_back(began(client), "eve"))
    assert answer.status_code == 401
    assert "none of your groups may use this program" in answer.text
    assert COOKIE not in answer.cookies


@pytest.mark.parametrize("change", [{"state": "other"}, {"code": "guessed"}, {"iss": "https://evil.example"}])
def test_an_answer_that_was_not_asked_for_signs_nobody_in(
    client: TestClient, single: House, change: dict[str, str]
) -> None:
    answer = client.get("/openid/back", params={**come_back(began(client), "ann"), **change})
    assert answer.status_code == 401
    assert "You couldn&#39;t be signed in" in answer.text
    assert COOKIE not in answer.cookies
    assert find_account(single.state, "ann") is None


@pytest.mark.parametrize("cookie", [None, "", "a.b", "a.b.c", "a.b.c./groups"])
def test_without_its_cookie_a_sign_in_is_begun_again(client: TestClient, cookie: str | None) -> None:
    params = come_back(began(client), "ann")
    client.cookies.clear()
    if cookie is not None:
        client.cookies.set(UNDER_WAY, cookie)
    answer = client.get("/openid/back", params=params)
    assert answer.status_code == 401
    assert "egin again" in answer.text
    assert COOKIE not in answer.cookies


def test_a_refusal_at_the_provider_is_said(client: TestClient) -> None:
    state = httpx.URL(began(client)).params["state"]
    answer = client.get("/openid/back", params={"state": state, "error": "<b>access_denied</b>"})
    assert answer.status_code == 401
    assert "&lt;b&gt;access_denied" in answer.text


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_sent_elsewhere_afterwards(client: TestClient, to: str) -> None:
    answer = client.get("/openid/back", params=come_back(began(client, to), "ann"))
    assert answer.headers["location"] == "/reason"


def test_no_secret_in_an_address_or_the_log(client: TestClient, single: House) -> None:
    url = began(client)
    kept = client.cookies[UNDER_WAY]
    verifier = kept.split(".")[2]
    answer = client.get("/openid/back", params=come_back(url, "ann"))
    token = answer.cookies[COOKIE]
    rows = str(list(audit.export(single.state)))
    for secret in (verifier, token, SECRET):
        assert secret not in url + answer.headers["location"] + rows


def test_a_provider_that_is_not_there(house: House) -> None:
    openid = OpenId(settings("http://localhost:9"), timeout=2)
    with TestClient(create_app(dataclasses.replace(house, openid=openid)), follow_redirects=False) as client:
        answer = client.get("/openid/start")
        assert answer.status_code == 503
        assert "accounts with a password still work" in answer.text
    openid.close()


def test_too_many_tries_have_to_wait(client: TestClient) -> None:
    answers = [client.get("/openid/back", params={"state": "x"}).status_code for _ in range(PER_MINUTE + 1)]
    assert answers == [401] * PER_MINUTE + [429]
    assert client.get("/openid/start").status_code == 429


def test_without_single_sign_on_there_is_no_such_page(browse: Browse) -> None:
    client = browse(None)
    assert client.get("/openid/start").status_code == client.get("/openid/back").status_code == 404
    assert "/openid/start" not in client.get("/sign-in").text


def test_the_house_takes_it_from_the_environment(runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def opened() -> House:
        made = open_house(
            runs, f"sqlite:///{tmp_path}/state.sqlite", force="A", synthetic=True, secure=True, marking="B"
        )
        made.state.close()
        return made

    assert opened().openid is None
    monkeypatch.setenv("COUNTYLINES_OIDC_ISSUER", "https://sign-in.example")
    with pytest.raises(InputError, match="COUNTYLINES_OIDC_CLIENT_ID is not set"):
        opened()
    (tmp_path / "claims.yaml").write_text("groups: {CL: {roles: [analyst]}}", encoding="utf-8")
    for name, value in {
        "CLIENT_ID": "countylines", "CLIENT_SECRET": SECRET, "REDIRECT_URI": "https://here.example/openid/back",
        "CLAIMS": str(tmp_path / "claims.yaml"),
    }.items():  # fmt: skip
        monkeypatch.setenv(f"COUNTYLINES_OIDC_{name}", value)
    openid = opened().openid
    assert isinstance(openid, OpenId)
    assert openid.settings.issuer == "https://sign-in.example"
    openid.close()

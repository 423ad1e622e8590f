"""What holds for every page: nothing inline, no secret told, no form unguarded, and limits on what is sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from countylines.govern import audit
from countylines.web.access import COOKIE, MAX_FIELDS
from countylines.web.security import HEADERS, MAX_BODY, MAX_QUERY
from countylines.web.signin import tries
from tests.web.conftest import PASSWORD, Browse, csrf_of, secret_of
from tests.web.every import PAGES_SHOWN, WHO, Route, World
from tests.web.markup import Page

OPEN = "</script><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def nobody_tried() -> None:
    tries.at.clear()


@pytest.mark.parametrize("route", PAGES_SHOWN, ids=str)
def test_nothing_inline_and_no_secret_on_any_page_of_any_role(here: World, route: Route) -> None:
    """Policy and page agree: no style or script inline; forms carry their secret; addresses carry none."""
    seen: set[str] = set()
    for role in WHO:
        csrf = here.sign_in(role)
        token = here.client.cookies.get(COOKIE, "")
        answer = here.client.get(here.address(route))
        text = answer.text
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
        assert not token or token not in text
        if not answer.headers.get("content-type", "").startswith("text/html") or text in seen:
            continue
        seen.add(text)
        page = Page(text)
        where = f"{route} for {role}"
        assert page.faults == [], where
        assert page.unguarded == [], where
        assert not csrf or not any(csrf in link for link in page.links), where
        assert not csrf or csrf not in str(answer.url) + answer.headers.get("location", ""), where


def test_a_page_with_something_inline_would_be_found() -> None:
    """The test's own eyes: each of these is a fault, and the rest is none."""
    for wrong in (
        '<p style="color:red">', "<style>p{}</style>", "<script>x()</script>", '<a onclick="x()">',
        '<a href="javascript:x()">',
        '<img src="https://elsewhere.example/a.png">', '<p hx-on:click="x()">', "<svg onload=x()>", "<base href=/>",
        '<script src="//elsewhere.example/a.js"></script>', '<meta http-equiv="refresh" content="0">', "<iframe>",
    ):  # fmt: skip
        assert Page(wrong).faults, wrong
    fine = '<script src="/assets/app.js"></script><script type="application/json">{}</script><a href="/a?t=1:2">'
    assert Page(fine).faults == []
    assert Page('<form method="post" action="/x"><button></form>').unguarded == ["/x"]
    assert (
        Page(
            '<form method="post"><input type="hidden" name="csrf" value="x"></form><form action="/s"></form>'
        ).unguarded
        == []
    )


def test_no_secret_in_the_log(here: World) -> None:
    """After every page was asked for by everybody, the log holds no token, no form's secret and no password."""
    here.client.cookies.clear()
    secret = secret_of(here.client.get("/sign-in").text)
    for password in (PASSWORD, "a wrong one"):
        sent = {"secret": secret, "name": "analyst", "password": password, "next": "/"}
        here.client.post("/sign-in", data=sent)
    csrf = here.sign_in("analyst")
    token = here.client.cookies[COOKIE]
    here.client.get(f"/search?q=x&csrf={csrf}")
    here.client.post("/notes", data={"csrf": csrf, "password": PASSWORD})
    rows = str(list(audit.export(here.house.state)))
    assert "sign_in" in rows
    for told in (PASSWORD, "a wrong one", secret, csrf, token):
        assert told not in rows


def test_cookies_over_tls_only_unless_on_this_machine(here: World) -> None:
    """Every cookie of the dashboard is kept from scripts and from other sites' forms."""
    here.client.cookies.clear()
    cookie = here.client.get("/sign-in").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


# Limits


def test_too_much_is_not_taken_in_whatever_it_says_of_its_length(here: World) -> None:
    """A body is measured as it comes; an address and a number of fields have their limits."""
    csrf = here.sign_in("analyst")

    def endless() -> Iterator[bytes]:
        yield f"csrf={csrf}&text=".encode()
        for _ in range(MAX_BODY // 100_000 + 2):
            yield b"x" * 100_000

    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert here.client.post("/reason", content=endless(), headers=kind).status_code == 413
    assert (
        here.client.post("/reason", content=b"a=1", headers={**kind, "content-length": "99999999"}).status_code == 413
    )
    assert here.client.post("/reason", content=b"a=1", headers={**kind, "content-length": "-1"}).status_code == 413
    assert here.client.get("/groups?" + "a" * (MAX_QUERY + 1)).status_code == 414
    many = {f"f{i}": "1" for i in range(MAX_FIELDS + 1)}
    assert here.client.post("/reason", files={name: (None, value) for name, value in many.items()}).status_code == 400


def test_uploads_are_one_file_at_most(here: World) -> None:
    """No page asks for more; two files, or a broken form, are an answer and no fault."""
    csrf = here.sign_in("analyst")
    two = [("a", ("a.yaml", b"x")), ("b", ("b.yaml", b"x"))]
    assert here.client.post("/lexicon", data={"csrf": csrf}, files=two).status_code == 400
    kind = {"content-type": "multipart/form-data; boundary=x"}
    assert here.client.post("/lexicon", content=b"--x\r\nbroken", headers=kind).status_code in (400, 403)
    assert here.client.post("/reason", content=b"\xff\xfe\x00", headers=kind).status_code in (400, 403)


@pytest.mark.parametrize("page", ["-1", "99999999999999999999", "x"])
def test_a_page_number_is_never_a_fault(here: World, page: str) -> None:
    """Whatever stands in an address, lists answer."""
    asked = set()
    for role in ("analyst", "safeguarding", "auditor"):
        here.sign_in(role)
        for route in PAGES_SHOWN:
            if route.admits(role) and route.needs.action not in (None, "signed in") and route not in asked:
                asked.add(route)
                mark = "&" if "?" in here.address(route) else "?"
                answer = here.client.get(f"{here.address(route)}{mark}page={page}")
                assert answer.status_code in (200, 303, 307, 400, 404, 422), f"{route} {answer.status_code}"


@pytest.mark.parametrize(
    "value", ["../../etc/passwd", "..%2f..%2fetc", "%00", "'; DROP TABLE audit; --", "\u202e", "x" * 900, OPEN]
)
def test_an_id_is_never_a_path_a_query_or_a_fault(browse: Browse, value: str) -> None:
    """Whatever stands where an id belongs, it is a thing that isn't there."""
    client = browse("analyst")
    for path in ("/people/{}", "/groups/{}", "/lines/{}", "/records/{}", "/runs/{}", "/groups?run={}", "/search?q={}"):
        answer = client.get(path.format(value))
        assert answer.status_code in (200, 303, 400, 404, 410, 414, 422), path
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert Page(answer.text).faults == []
            assert "root:" not in answer.text


def test_a_change_from_another_place_than_a_form_needs_its_secret_too(browse: Browse) -> None:
    """Scripts send the secret as a header; the wrong one, or somebody else's, is refused."""
    client, other = browse("analyst"), browse("senior_officer")
    own, others = (csrf_of(each.get("/groups").text) for each in (client, other))
    assert client.post("/keys", headers={"X-CSRF": others}).status_code == 403
    assert client.post("/keys", headers={"X-CSRF": "ü".encode()}).status_code == 403  # type: ignore[dict-item]
    assert client.post("/keys", data={"csrf": "ü"}).status_code == 403
    assert client.post("/keys", headers={"X-CSRF": own}).status_code in (200, 303)
    assert own != others


def test_other_methods_are_not_there(here: World) -> None:
    """Nothing answers to PUT, DELETE or PATCH, and a page that only shows doesn't take a change."""
    here.sign_in("analyst")
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert here.client.request(method, "/groups").status_code == 405
    assert here.client.post("/groups").status_code == 405


def test_the_schema_and_its_pages_are_not_public(here: World) -> None:
    """The list of routes is nobody's business."""
    signed_out: TestClient = here.client
    signed_out.cookies.clear()
    for path in ("/openapi.json", "/docs", "/redoc"):
        assert signed_out.get(path).status_code == 404

"""What was typed while a session or a reason ended isn't lost, and goes to nobody but the browser that sent it."""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.testclient import TestClient

from countylines.govern import audit
from countylines.web.access import COOKIE
from countylines.web.house import House
from countylines.web.reader import Reader
from tests.web.casework import Officer, seen, some_child
from tests.web.conftest import Browse, csrf_of

HERE = "http://testserver"
SAID = "She told her teacher.\n<script>alert(1)</script> </textarea>"


@pytest.fixture
def client(browse: Browse) -> TestClient:
    return browse("safeguarding")


@pytest.fixture
def case(client: TestClient, reader: Reader) -> str:
    return Officer(client).opens(some_child(reader))


def send(client: TestClient, path: str, csrf: str, page: str, **fields: str) -> httpx.Response:
    headers = {"referer": page} if page else {}
    return client.post(path, data={"csrf": csrf, "version": "1", "form": "write", **fields}, headers=headers)


def way_on(page: str) -> str:
    return re.findall(r'class="govuk-button cl-btn" href="([^"]*)"', page)[0]


def test_signed_out_meanwhile_the_words_come_back(client: TestClient, case: str, house: House) -> None:
    page = f"{case}/referral?step=mash"
    csrf = csrf_of(client.get(page).text)
    client.cookies.set(COOKIE, "ended")
    before = audit.search(house.state).total
    answer = send(client, f"{case}/referral", csrf, HERE + page, summary=SAID, known="She was away.", step="mash")
    assert answer.status_code == 401
    assert "Your session has ended" in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &lt;/textarea&gt;</textarea>" in answer.text
    assert re.findall(r"<label[^>]*>([^<]*)<", answer.text) == ["Summary", "What is known"]
    assert csrf not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert audit.search(house.state).total == before
    assert way_on(answer.text) == "/sign-in?next=/safeguarding/cases/1/referral%3Fstep%3Dmash"
    assert client.get(way_on(answer.text)).status_code == 200


def test_the_reason_has_run_out(browse: Browse, client: TestClient, case: str) -> None:
    late = browse("safeguarding", reason=False)
    csrf = csrf_of(late.get("/reason").text)
    answer = send(late, f"{case}/notes", csrf, f"{HERE}{case}", note=SAID)
    assert answer.status_code == 403
    assert "Your reason for access has run out" in answer.text
    assert "She told her teacher." in answer.text
    assert way_on(answer.text) == f"/reason?next={case}"
    assert SAID[:20] not in client.get(case).text


def test_a_page_of_an_earlier_session(client: TestClient, case: str) -> None:
    answer = send(client, f"{case}/notes", "of yesterday", f"{HERE}{case}", note=SAID)
    assert answer.status_code == 403
    assert "Nothing was changed" in seen(answer)
    assert "She told her teacher." in answer.text
    assert way_on(answer.text) == case


@pytest.mark.parametrize(
    "page", ["", "https://elsewhere.example/x", "http://testserver.example/x", "javascript:alert(1)", "http://[x"]
)
def test_what_no_page_of_ours_sent_is_not_shown(page: str, browse: Browse) -> None:
    """Else another site could put its words into a page of ours."""
    answer = send(browse(None), "/safeguarding/cases/1/notes", "x", page, note=SAID)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/password", {"old": "mallard-copper", "password": "plum-kettle", "again": "plum-kettle"}),
        ("/accounts", {"name": "ann", "password": "plum-kettle"}),
        ("/sign-out", {}),
        ("/safeguarding/cases/1/notes", {"note": "  "}),
    ],
)
def test_passwords_and_nothing_are_not_shown(path: str, fields: dict[str, str], browse: Browse) -> None:
    answer = send(browse(None), path, "x", f"{HERE}/", **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/")


@pytest.mark.parametrize(
    ("page", "to"),
    [
        ("/safeguarding/cases/1/close", "/safeguarding/cases/1"),  # where a form that wasn't taken stood
        ("//elsewhere.example", "/"),
        ("/lines?sort=name", "/lines%3Fsort%3Dname"),
        ("/nothing/here?q=1", "/"),
    ],
)
def test_the_way_back_is_a_page_of_ours(page: str, to: str, browse: Browse) -> None:
    answer = send(browse(None), "/safeguarding/cases/1/close", "x", HERE + page, reason="Moved away")
    assert answer.status_code == 401
    assert way_on(answer.text) == f"/sign-in?next={to}"

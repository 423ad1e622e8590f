"""Every route for every role, signed out included: in, or kept out, as people.MATRIX says and in no other way."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import httpx
import pytest

from countylines.govern import audit, people
from countylines.web.access import SIGNED_IN
from countylines.web.signin import tries
from tests.web.conftest import secret_of
from tests.web.every import CHANGES, CLEARED, PAGES_SHOWN, ROUTES, WHO, Route, World, world


@pytest.fixture(autouse=True)
def nobody_tried() -> None:
    tries.at.clear()


def asked(here: World, route: Route, form: dict[str, str] | None = None) -> httpx.Response:
    """What the route answers."""
    return here.client.request(route.method, here.address(route), data=form)


def to(answer: httpx.Response) -> str:
    """Where a redirect leads, without its query."""
    return answer.headers.get("location", "").partition("?")[0] if answer.is_redirect else ""


def is_in(answer: httpx.Response) -> bool:
    """Whether somebody was let in; a thing may still be missing, or a form be wrong."""
    return answer.status_code in (200, 303, 307, 400, 404, 409, 422) and to(answer) not in ("/sign-in", "/reason")


def is_out(route: Route, answer: httpx.Response) -> bool:
    """Whether somebody was sent to sign in; a script is told so."""
    return answer.status_code == 401 if route.is_json else to(answer) == "/sign-in"


@pytest.mark.parametrize("route", PAGES_SHOWN, ids=str)
def test_every_page_for_every_role(here: World, route: Route) -> None:
    """Whoever may sees the page; who may not is told so and logged; who is signed out goes to sign in."""
    for role in WHO:
        here.sign_in(role)
        answer = asked(here, route)
        where = f"{route} for {role or 'somebody signed out'}: {answer.status_code} {to(answer)}"
        if route.admits(role):
            assert is_in(answer), where
        elif role is None:
            assert is_out(route, answer), where
        else:
            assert answer.status_code == 403, where
            latest = audit.search(here.house.state, size=1).rows[0].event
            assert (latest.account, latest.outcome) == (role, "refused"), where


@pytest.mark.parametrize("route", CHANGES, ids=str)
def test_every_change_for_every_role(here: World, route: Route) -> None:
    """A change needs its role and its page's secret: without either nothing is done."""
    for role in WHO:
        secret = here.sign_in(role)
        where = f"{route} for {role or 'somebody signed out'}"
        if route.needs.action is None:
            assert asked(here, route).status_code == 403, where
            form = {"secret": secret_of(here.client.get("/sign-in").text)}
            assert asked(here, route, form).status_code == 401, where
            continue
        for form in ({}, {"csrf": "guessed"}, {"csrf": secret}):
            answer = asked(here, route, form)
            if role is None:
                assert is_out(route, answer), where
            elif form.get("csrf") != secret or not route.admits(role):
                assert answer.status_code == 403, where
            elif route.needs.reason:
                assert is_in(answer), f"{where}: {answer.status_code} {to(answer)}"
            else:
                assert answer.status_code in (200, 303, 400), where


@pytest.mark.parametrize("route", [route for route in ROUTES if route.needs.action], ids=str)
def test_nothing_without_a_reason_for_access(here: World, route: Route) -> None:
    """Who may, but hasn't said why, is asked for the reason first; one's own session needs none."""
    role = next(role for role in WHO if route.admits(role))
    secret = here.sign_in(role, reason=False)
    answer = asked(here, route, {"csrf": secret} if route.method != "GET" else None)
    if route.needs.reason:
        assert answer.status_code == 403 if route.is_json else to(answer) == "/reason"
    else:
        assert route.needs.action == SIGNED_IN
        assert answer.status_code in (200, 303, 400)


def test_only_what_is_known_is_open_to_all() -> None:
    """Nothing but signing in needs no account."""
    assert {str(route) for route in ROUTES if route.needs.action is None} == {
        "GET /sign-in", "POST /sign-in", "GET /openid/start", "GET /openid/back"
    }  # fmt: skip


def test_every_action_of_a_route_is_in_the_matrix() -> None:
    """A route can't ask for an action that nobody defined."""
    asked_for = {route.needs.action for route in ROUTES} - {None, SIGNED_IN}
    assert asked_for <= set(people.ACTIONS)


def test_the_documentation_shows_the_same_table() -> None:
    """docs/access.md has a row for each role and action, and says yes where the matrix does."""
    page = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:3] == "| `"]
    rows = {line[0].strip("`"): line[1:] for line in lines}
    assert set(people.ROLES) <= set(rows)
    for name, action in people.ACTIONS.items():
        sentence, *marks = rows[name]
        assert sentence == action.sentence
        assert marks == ["yes" if role in action.roles else "" for role in people.ROLES], name


def test_a_change_is_never_a_get() -> None:
    """Pages that only show can be opened twice: each action that alters is sent by POST."""
    altering = {name for name, action in people.ACTIONS.items() if action.law == "alteration"}
    forms = {
        "/safeguarding/open",
        "/rulings",
        "/rulings/new",
        "/people/{nominal_id:path}/wrong",
        "/records/{record_id:path}/wrong",
    }
    assert {route.path for route in PAGES_SHOWN if route.needs.action in altering} <= forms


def test_whoever_is_refused_learns_nothing_of_what_is_there(here: World) -> None:
    """The answer to somebody who may not is the same, whether or not the thing exists."""
    here.sign_in("administrator")
    there, nowhere = (here.client.get(f"/people/{who}") for who in (here.examples["nominal_id"], "nobody"))
    assert there.status_code == nowhere.status_code == 403
    assert re.sub(r"\s+", " ", there.text) == re.sub(r"\s+", " ", nowhere.text)
    assert here.examples["nominal_id"] not in there.text


def test_a_run_with_restricted_records_opens_for_the_cleared_alone(
    here: World, runs: Path, accounts_made: Path, tmp_path: Path
) -> None:
    """Of a run made with restricted records, nobody but the cleared sees anything; others are told who may."""
    shutil.copytree(runs / here.examples["name"], tmp_path / "runs" / "closed")
    manifest = tmp_path / "runs" / "closed" / "manifest.json"
    content = json.loads(manifest.read_text(encoding="utf-8"))
    content["settings"]["ingest"]["include_restricted"] = True
    manifest.write_text(json.dumps(content), encoding="utf-8")
    told = ("group_id", "nominal_id", "child", "line_id", "word")
    with world(tmp_path / "runs", accounts_made, tmp_path) as closed:
        answers = {}
        for role in (CLEARED, "analyst", "senior_officer", "safeguarding", "data_scientist", "auditor"):
            closed.sign_in(role)
            for route in PAGES_SHOWN:
                if route.admits(role) and route.path != "/log":  # the log holds ids, whatever the run
                    answers[role, route] = asked(closed, route)
    seen = {route for (role, route), answer in answers.items() if role == CLEARED and shows(closed, answer, told)}
    wanted = {"/groups", "/groups/{group_id}", "/people/{nominal_id:path}", "/lines/{line_id:path}"}
    assert wanted <= {each.path for each in seen}
    for (role, route), answer in answers.items():
        if role != CLEARED and answer.status_code == 200:
            assert not shows(closed, answer, told), f"{route} for {role}"
        if role != CLEARED and route in seen:
            assert answer.status_code == 403, f"{route} for {role}"
            assert "cleared for restricted records" in answer.text


def test_the_latest_run_that_somebody_may_open_is_their_current_one(
    runs: Path, accounts_made: Path, tmp_path: Path
) -> None:
    """A newer run with restricted records shuts nobody out of the older one; to the cleared it is the current one."""
    for name, restricted in (("open", False), ("closed", True)):
        made = next(runs.glob("*/manifest.json")).parent
        manifest = shutil.copytree(made, tmp_path / "runs" / name) / "manifest.json"
        content = json.loads(manifest.read_text(encoding="utf-8"))
        content["settings"]["ingest"]["include_restricted"] = restricted
        content["as_of"] = f"2021-12-{30 + restricted}"
        manifest.write_text(json.dumps(content), encoding="utf-8")
    with world(tmp_path / "runs", accounts_made, tmp_path, examples=False) as here:
        for role, run in ((CLEARED, "closed"), ("analyst", "open"), ("auditor", "open")):
            here.sign_in(role)
            assert f"Run <b>{run}</b>" in here.client.get("/").text
            row = here.client.get("/runs").text.partition(f">{run}<")[2].partition("</tr>")[0]
            assert "current" in row, f"{run} for {role}"
        assert here.client.get("/groups?run=closed").status_code == 403


def shows(here: World, answer: httpx.Response, names: tuple[str, ...]) -> bool:
    """Whether the page tells of something in the run that its address doesn't name."""
    asked_for = str(answer.request.url)
    return answer.status_code == 200 and any(
        here.examples[name] in answer.text for name in names if here.examples[name] not in asked_for
    )

"""What scripts ask for: whatever is sent to a JSON endpoint, its answer is no fault of ours (schemathesis)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case

from countylines.web.access import COOKIE
from countylines.web.app import PAGES, create_app
from tests.web.every import ROUTES, World, world
from tests.web.markup import Page

ENDPOINTS = [route for route in ROUTES if route.is_json or route.path == "/search/suggest"]
TRIES = settings(
    max_examples=25, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture(scope="module")
def here(runs: Path, accounts_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(runs, accounts_made, tmp_path_factory.mktemp("schema")) as made:
        yield made


@pytest.fixture(scope="module")
def described(here: World) -> dict[str, Any]:
    """The description of the JSON endpoints, which the dashboard itself shows nobody."""
    with pytest.MonkeyPatch.context() as patch:
        wanted = {route.path for route in ENDPOINTS}
        for page in PAGES:
            for route in page.router.routes:
                if isinstance(route, APIRoute) and route.path in wanted:
                    patch.setattr(route, "include_in_schema", True)
        found: dict[str, Any] = create_app(here.house).openapi()
    return found


def test_every_endpoint_is_described(described: dict[str, Any]) -> None:
    """None is left out below, and each that takes a body says which."""
    assert set(described["paths"]) == {route.path for route in ENDPOINTS}
    for route in ENDPOINTS:
        assert ("requestBody" in described["paths"][route.path][route.method.lower()]) == (route.method != "GET")


@pytest.mark.parametrize("route", ENDPOINTS, ids=str)
def test_nothing_sent_is_a_fault_of_ours(here: World, described: dict[str, Any], route: Any) -> None:
    """For what fits the description: an answer under 500, never to be taken for a page."""
    schema = schemathesis.openapi.from_dict(described)
    csrf = here.sign_in("analyst")
    token = here.client.cookies[COOKIE]

    @TRIES
    @given(case=schema[route.path][route.method].as_strategy())
    def tried(case: Case) -> None:
        query = {str(name): str(value) for name, value in (case.query or {}).items()}
        body = {"json": case.body} if case.media_type == "application/json" else {}
        here.client.cookies.set(COOKIE, token)
        answer = here.client.request(route.method, route.path, params=query, headers={"X-CSRF": csrf}, **body)
        assert answer.status_code < 500
        assert answer.headers["x-content-type-options"] == "nosniff"
        if answer.headers["content-type"].startswith("text/html"):
            assert Page(answer.text).faults == []
        elif route.is_json:
            assert answer.headers["content-type"].startswith("application/json")

    tried()


@pytest.mark.parametrize("route", ENDPOINTS, ids=str)
def test_nor_is_what_nobody_described(here: World, route: Any) -> None:
    """Any text in any field."""
    csrf = here.sign_in("analyst")
    names = st.sampled_from(
        ["q", "group", "around", "steps", "all", "a", "b", "out", "k", "kind", "people", "run", "page"]
    )

    @TRIES
    @given(st.dictionaries(names, st.text(st.characters(codec="utf-8"), max_size=60), max_size=5))
    def tried(fields: dict[str, str]) -> None:
        if route.method == "GET":
            answer = here.client.get(route.path, params=fields)
        else:
            answer = here.client.post(route.path, data=fields, headers={"X-CSRF": csrf})
        assert answer.status_code < 500

    tried()

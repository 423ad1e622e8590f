"""Whatever somebody wrote into a source system or a form stays text: on every page, in every file, in every answer."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import polars as pl
import pytest

from countylines.govern import people
from tests.web.conftest import RUN
from tests.web.every import PAGES_SHOWN, Route, World, world
from tests.web.markup import Page

NASTY = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}{% raw %}\u202e\u2066\x00\x1b"
    "</textarea></title>--><!--"
)
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"
LONG = "x" * 3_000
FIELDS = (
    "reference", "recipient", "purpose", "text", "why", "lead", "name", "reason", "lexicon", "address", "next", "kind",
    "marking", "what_id", "person",
)  # fmt: skip
STORED = {
    "sources/nominals": ("name", "aliases", "sex", "ethnicity", "home_authority", "responsible_authority"),
    "sources/records": ("text", "outcome_code", "area", "grading"),
    "sources/episodes": ("missing_from", "found_area", "risk"),
    "sources/known_lines": ("name", "status", "reference"),
    "sources/care": ("authority",),
    "sources/known_victims": ("basis",),
    "sources/decisions": ("by", "confirmed_by", "reason"),
    "sources/reference_groups": ("group_id",),
    "lines": ("name", "status", "areas"),
    "groups": ("name", "reference_group"),
    "reference_overlaps": ("reference_group",),
    "reference_ties": ("reference_group",),
    "profiles": ("areas",),
    "numbers": ("name", "area"),
    "nominals": ("held",),
    "rejects": ("file", "reason", "row"),
    "safeguarding_facts": ("home_authority", "responsible_authority"),
}
"""Where free text of a source system stands in a run."""


@pytest.fixture(scope="module")
def here(runs: Path, accounts_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A run in which everything that somebody could have written holds the worst, and people's work that does too."""
    folder = tmp_path_factory.mktemp("hostile")
    run = Path(shutil.copytree(runs / RUN, folder / "runs" / RUN))
    for table, columns in STORED.items():
        path = run / f"{table}.parquet"
        frame = pl.read_parquet(path)
        worse = [
            pl.col(name).list.eval(pl.element() + NASTY)
            if frame.schema[name] == pl.List(pl.String)
            else pl.col(name) + NASTY + (LONG if name in ("name", "text", "area") else "")
            for name in columns
        ]
        frame.with_columns(worse).write_parquet(path)
    with world(folder / "runs", accounts_made, folder, said=NASTY) as made:
        yield made


def seen(here: World, route: Route) -> list[httpx.Response]:
    """The page as those who may see it: the first role that sees names, and the last, for whom they may be covered."""
    found = []
    admitted = [role for role in people.ROLES if route.admits(role)]
    for role in dict.fromkeys([*admitted[:1], *admitted[-1:]]):
        here.sign_in(role)
        found.append(here.client.get(here.address(route)))
    return found


def harmless(answer: httpx.Response) -> None:
    """Nothing of what was stored became part of the page."""
    where, text = str(answer.request.url), answer.text
    assert answer.status_code < 500, where
    if not answer.headers.get("content-type", "").startswith("text/html"):
        assert answer.headers["x-content-type-options"] == "nosniff", where
        return
    page = Page(text)
    assert page.faults == [], where
    assert "img" not in page.names, where
    assert "<script>alert" not in text, where
    assert "alert(2)&gt;49" not in text, where
    for sign in ("\u202e", "\u2066", "\x00", "\x1b"):
        assert sign not in text, f"{where}: {sign!r}"


@pytest.mark.parametrize("route", PAGES_SHOWN, ids=str)
def test_stored_text_is_shown_as_text(here: World, route: Route) -> None:
    """HTML, scripts, templates, direction marks, control characters and very long words do nothing."""
    for answer in seen(here, route):
        harmless(answer)


def test_the_worst_really_stands_on_the_pages(here: World) -> None:
    """Else the test above would say nothing: names, texts, lines, areas and people's work are all there."""
    here.sign_in("analyst")
    for path in ("/groups", f"/groups/{here.examples['group_id']}/members", f"/people/{here.examples['nominal_id']}",
                 f"/records/{here.examples['record_id']}", "/lines", "/missing?show=all", "/tasking"):  # fmt: skip
        assert ESCAPED in here.client.get(path).text, path
    here.sign_in("safeguarding")
    assert ESCAPED in here.client.get(f"/safeguarding/cases/{here.examples['case_id']}").text


def test_json_stays_json(here: World) -> None:
    """What scripts ask for is data whatever it holds."""
    here.sign_in("analyst")
    for route in PAGES_SHOWN:
        if route.is_json and route.admits("analyst"):
            answer = here.client.get(here.address(route))
            assert answer.headers["content-type"].startswith("application/json"), route
            assert json.loads(answer.text) is not None


@pytest.mark.parametrize(
    "path", ["/download/groups", "/download/lines", "/download/missing?show=all", "/download/releases"]
)
def test_files_hold_it_as_text_too(here: World, path: str) -> None:
    """Cells keep the text; what would steer is made visible; each line is a line."""
    csrf = here.sign_in("analyst")
    sent = {"csrf": csrf, "marking": "OFFICIAL-SENSITIVE", "recipient": NASTY[:200], "purpose": "=1+1"}
    answer = here.client.post(path, data={**sent, "kind": "csv"})
    assert answer.status_code == 200
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len({len(row) for row in rows}) == 1
    assert any("<script>alert(1)" in cell for row in rows for cell in row)
    assert "\u202e" not in answer.content.decode("utf-8-sig")
    assert not any(sign in answer.headers["content-disposition"] for sign in "<>\u202e\n\r")
    assert here.client.post(path, data={**sent, "kind": "xlsx"}).content.startswith(b"PK")


def test_what_is_typed_comes_back_as_text(here: World) -> None:
    """Forms and searches show what was sent, and it does nothing there either."""
    csrf = here.sign_in("analyst")
    for path in ("/reason", "/download/groups", "/notes", "/tasking", "/rulings/new", "/views", "/lexicon"):
        sent = dict.fromkeys(FIELDS, NASTY)
        harmless(here.client.post(path, data={**sent, "csrf": csrf}))
    for path in ("/search", "/search/suggest", "/lines", "/groups", "/missing", "/reason"):
        for name in ("q", "area", "risk", "person", "sort", "next", "run"):
            harmless(here.client.get(path, params={name: NASTY}))
    here.sign_in("auditor")
    harmless(here.client.get("/log", params={"what": NASTY, "who": NASTY, "since": NASTY}))
    harmless(here.client.get("/log"))

"""What nobody recorded is unknown on every page, never 0: ages, which are protected, and harm without any crime."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from countylines.engine import DuckDB
from countylines.pipeline import run
from countylines.settings import load_settings
from countylines.web.run_facts import freshness
from tests.web.bare import SETTINGS
from tests.web.every import World, read, world
from tests.web.test_bare_run import taken
from tests.web.test_downloads import rows_of

BORN = {"ann": "1990-01-01", "bob": "1991-01-01", "cat": "2009-05-05", "dan": "", "eve": ""}  # cat is a child
SETTING = SETTINGS.replace('unknown_age = "adult"', 'unknown_age = "protect"')


def write_intelligence(folder: Path) -> Path:
    """Two marked logs that name all five, and no crime, custody or missing record."""
    folder.mkdir()
    tables = {
        "records": ("record_id,source,recorded,marker", [f"log:{k},intelligence,2024-01-0{k},true" for k in (1, 2)]),
        "involvements": ("record_id,nominal_id,role", [f"log:{k},{one},subject" for k in (1, 2) for one in BORN]),
        "nominals": ("nominal_id,date_of_birth", [f"{one},{born}" for one, born in BORN.items()]),
    }
    for name, (head, rows) in tables.items():
        (folder / f"{name}.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def here(accounts_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A run on them, which protects whom it doesn't know the age of."""
    folder = tmp_path_factory.mktemp("unknown")
    (folder / "settings.toml").write_text(SETTING, encoding="utf-8")
    engine = DuckDB(threads=1)
    run(
        write_intelligence(folder / "extracts"),
        folder / "runs" / "logs",
        load_settings(folder / "settings.toml"),
        engine,
    )
    engine.close()
    with world(folder / "runs", accounts_made, folder, examples=False) as made:
        yield made
    shutil.rmtree(folder)


def test_ages_that_are_not_known_stand_beside_those_under_18(here: World) -> None:
    """D1: a run that protects people of unknown age said 0 of them."""
    for path, words in {
        "/": "Under 18 1 and 2 of unknown age",
        "/groups": "G0001 Lapwing 5 1 unknown ? 2 of unknown age",
        "/groups/G0001": "1 under 18: safeguard unknown ? 2 of unknown age",
        "/runs/logs": "Under 18 1 and 2 of unknown age; 3 protected",
        "/network": "Under 18: unknown ? 2 of unknown age among the people of this run, who are protected",
        "/groups/G0001/members?only=ages": "Only: Of unknown age",
        "/people?who=ages": "Of unknown age (2)",
    }.items():
        assert words in read(here, path), path
    drawn = here.client.get("/groups").text
    assert "G0001 Lapwing: 5 people, 1 under 18, 2 of unknown age" in drawn
    file = here.client.get("/network/data.json").json()["groups"]
    assert (file["children"], file["ages"]) == ([1], [2])
    parts = here.client.post("/network/what-if.json", json={"removed": ["ann"]}, headers=header(here))
    assert [(part["children"], part["ages"]) for part in parts.json()["parts"]] == [(1, 2)]


def test_a_count_of_unknown_ages_opens_its_people(here: World) -> None:
    here.sign_in("analyst")
    page = here.client.get("/groups/G0001/members?only=ages").text
    assert set(re.findall(r'href="/people/(\w+)"', page)) == {"dan", "eve"}
    listed = here.client.get("/people?who=ages").text
    assert set(re.findall(r'href="/people/(\w+)"', listed)) == {"dan", "eve"}


def test_whoever_may_be_under_18_is_not_filtered_away(here: World) -> None:
    assert "No group matches" not in read(here, "/groups?children=1")


def test_files_have_ages_unknown_in_a_column_of_their_own(here: World) -> None:
    [group] = rows_of(taken(here, "/download/groups"))
    assert (group["Under 18"], group["Of unknown age"]) == ("1", "2")


def test_harm_is_unknown_where_no_crime_was_delivered(here: World) -> None:
    """D3: extracts of intelligence alone said 0 days for everybody."""
    for path, words in {
        "/groups": "unknown ? no crime unknown ? no crime",
        "/people": "unknown ? no crime",
        "/groups/G0001": "Harm is unknown, which isn't 0: no record of a crime is in this run.",
        "/people/ann": "no record of a crime is in this run",
    }.items():
        assert words in read(here, path), path
    assert set(here.client.get("/network/data.json").json()["people"]["harm"]) == {None}
    [group] = rows_of(taken(here, "/download/groups"))
    assert group["Harm, ONS weights, all"] == "unknown"


def test_a_source_that_was_never_delivered_is_not_late(here: World) -> None:
    """D18: what a force doesn't deliver was late, in red, and said twice."""
    every = freshness(here.house.shelf.reader(), 2)
    assert {one.source for one in every if not one.absent} == {"intelligence"}
    assert not any(one.late for one in every)
    for role, path in (("analyst", "/"), ("administrator", "/sources")):
        page = read(here, path, role)
        assert page.count("not in this run") == len(every) - 1, path
        assert ", late" not in page


def test_a_runs_figures_open_their_people(here: World) -> None:
    """D12: each number of a run's page opens its rows, in that run."""
    here.sign_in("analyst")
    page = here.client.get("/runs/logs").text
    links = re.findall(r'<a class="govuk-link cl-fig" href="([^"]*run=logs[^"]*)">([\d,]+)</a>', page)
    assert {unescape(path): int(n) for path, n in links} == {
        "/lexicon-records?run=logs": 2,
        "/people?run=logs": 5,
        "/people?run=logs&who=children": 1,
        "/people?run=logs&who=ages": 2,
        "/people?run=logs&who=protected": 3,
        "/groups?run=logs": 1,
    }


def test_a_runs_figures_hide_people_as_all_pages_do(here: World) -> None:
    """D16: a count that one page hides no other page shows; groups are no people."""
    for path, words in (("/", "under 5 Lines"), ("/runs/logs", "under 5 of under 5 protected")):
        page = read(here, path, "ethics_committee")
        assert "People kept 5" in page, path
        assert "Groups 1" in page, path
        assert f"Under 18 {words}" in page, path
        assert "of unknown age" not in page, path
    assert "1 group." in read(here, "/groups", "ethics_committee")


def test_no_plural_of_one(here: World) -> None:
    assert "Rank among 1 group " in read(here, "/groups/G0001")


def header(here: World) -> dict[str, str]:
    return {"X-CSRF": here.sign_in("analyst")}

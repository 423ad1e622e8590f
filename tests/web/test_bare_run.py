"""A run on bare extracts: what the marker weighs, and what nobody recorded, is said, never 0."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from countylines.engine import DuckDB
from countylines.pipeline import run
from countylines.report.show.words import span
from countylines.settings import load_settings
from countylines.web.marks import interval
from tests.web.bare import CREW, SETTINGS, write_bare
from tests.web.every import World, read, world
from tests.web.test_downloads import rows_of

NOBODY = {
    "/groups/unlinked": "Nobody was kept in this run.",
    "/tasking": "No group is ranked in this run.",
    "/people": "Nobody was kept in this run.",
    "/removal": "Nobody was kept in this run: there is no network to take apart.",
    "/network": "Nobody was kept in this run: there is no network to search or draw.",
    "/network?q=ada": "Nobody was kept in this run: there is no network to search or draw.",
}
SAID = "carries the county-lines special interest marker"


@pytest.fixture(scope="module")
def here(accounts_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Four suspects of four marked crimes."""
    folder = tmp_path_factory.mktemp("bare")
    extracts = write_bare(folder / "extracts")
    (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    engine = DuckDB(threads=1)
    run(extracts, folder / "runs" / "bare", load_settings(folder / "settings.toml"), engine)
    engine.close()
    with world(folder / "runs", accounts_made, folder, examples=False) as made:
        yield made
    shutil.rmtree(folder)


def test_the_marker_is_a_part_of_the_sum(here: World) -> None:
    """W17: on the person's, the record's and the group's pages, and in the running sum of a connection."""
    page = read(here, f"/people/{CREW[0]}")
    assert SAID in page
    assert "MARKER 1 = 1" in page
    assert "connection now 1" in page
    assert "still 0" not in page
    assert page.count("No search word in it") == 1, "only of the crime without the marker"
    for path in ("/records/crime:1", "/groups/G0001/records"):
        assert SAID in read(here, path), path
    record = read(here, "/records/crime:1")
    assert "MARKER 1 = 1" in record
    assert "No word that is searched for" not in record
    plain = read(here, "/records/crime:9")
    assert SAID not in plain
    assert "No word that is searched for" in plain


def test_the_records_that_would_take_somebody_out_carry_the_marker(here: World) -> None:
    """All four: without any of them they'd still be with somebody under the marker."""
    taken = read(here, f"/people/{CREW[0]}").partition("What would take them out of the network?")[2]
    assert "4 records" in taken[:400]


def test_the_lexicon_opens_the_records_with_the_marker(here: World) -> None:
    assert SAID in read(here, "/lexicon-records?group=MARKER")


def test_an_age_that_nobody_knows_is_said(here: World) -> None:
    """W18: nothing was looked for, so nothing was found is no answer."""
    page = read(here, f"/people/{CREW[0]}")
    assert "Age unknown; this run counts people without a birth date as adults" in page
    assert "No sign of being a child" not in page
    assert "Age unknown, counted as an adult" in read(here, "/groups/G0001/members")
    for path in ("/", "/groups", "/groups/G0001", "/runs/bare", "/network"):
        shown = read(here, path)
        assert re.search(r"Under 18:? .*unknown \? 4 of unknown age", shown), path
        assert not re.search(r"Under 18 0\b|, 0 under 18", shown), path
    here.sign_in("analyst")
    assert '<title>unknown</title><rect class="lu"' in here.client.get("/groups").text


def test_harm_without_a_code_is_unknown(here: World) -> None:
    """W15: offenders in crimes without a code have no harm that is known, and no empty bar."""
    for path, words in {
        "/groups": "unknown ? no weight",
        "/groups/G0001/members": "unknown ? no weight",
        "/groups/G0001": "5 crimes name a member as offender, and none has an offence code",
        "/groups/G0001/harm": "Harm, all three: 0 crimes, unknown",
        f"/people/{CREW[0]}/harm": "No offence code: its weight is unknown: 5 crimes",
        f"/people/{CREW[1]}": "4 crimes name them as an offender, and none has an offence code",
    }.items():
        assert words in read(here, path), path
    assert "5 crimes name them" in read(here, f"/people/{CREW[0]}")


def test_ranks_that_tell_nobody_apart_say_so(here: World) -> None:
    """W16: all four are in the same crimes; their order is by chance, then by id."""
    ranked = here.house.shelf.reader().table("priority").filter(kind="nominal")
    rows = ranked.select("rank", "rank_low", "rank_high").rows()
    alike = [(low, high) for rank, low, high in rows if not low <= rank <= high or high - low + 1 >= 0.9 * len(CREW)]
    assert len(alike) >= 3
    page = read(here, "/groups/G0001/members")
    assert page.count("can't be told apart, ") == len(alike)
    assert all(f"can't be told apart, {span(low, high)}" in page for low, high in alike)


def test_the_dot_of_a_rank_lies_inside_its_bar() -> None:
    drawn = [re.findall(r'cx="([\d.]+)"', interval(rank, 3, 49, 51))[0] for rank in (1, 3)]
    assert drawn[0] == drawn[1]


def test_files_say_unknown_too(here: World) -> None:
    groups = rows_of(taken(here, "/download/groups"))
    assert groups[0]["Under 18"] == "unknown"
    assert groups[0]["Harm, Cambridge index, days, all"] == "unknown"
    assert groups[0]["Crimes without a code or Cambridge weight"] == "5"
    members = {row["Person"]: row for row in rows_of(taken(here, "/download/groups/G0001/members"))}
    assert {row["Harm, ONS weights, 12 months"] for row in members.values()} == {"unknown"}
    assert members["ada"]["Crimes without a code or ONS weight, 12 months"] == "5"
    assert members["bea"]["Status"] == "Age unknown, counted as an adult"


def test_a_run_that_keeps_nobody_says_so(accounts_made: Path, tmp_path: Path) -> None:
    """W28: nobody was sought in vain, and nothing was decided on."""
    (tmp_path / "settings.toml").write_text(SETTINGS.replace("use_marker = true", ""), encoding="utf-8")
    engine = DuckDB(threads=1)
    extracts = write_bare(tmp_path / "extracts")
    run(extracts, tmp_path / "runs" / "empty", load_settings(tmp_path / "settings.toml"), engine)
    engine.close()
    with world(tmp_path / "runs", accounts_made, tmp_path, examples=False) as empty:
        for path, words in NOBODY.items():
            page = read(empty, path)
            assert words in page, path
            assert "No one here has this name" not in page, path


def taken(here: World, path: str) -> httpx.Response:
    """A list as a CSV file."""
    csrf = here.sign_in("analyst")
    form = {"csrf": csrf, "kind": "csv", "marking": "OFFICIAL-SENSITIVE", "recipient": "Op Larch", "purpose": "Test"}
    return here.client.post(path, data=form)

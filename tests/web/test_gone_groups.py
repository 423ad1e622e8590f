"""Decisions and notes on groups when another run comes: they stay with the people they were about (W19)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from typer.testing import CliRunner

from countylines.cli import app
from countylines.engine import DuckDB
from countylines.pipeline import run
from countylines.runs import finished, numbered_anew
from countylines.settings import load_settings
from tests.web.bare import SETTINGS, write_crews
from tests.web.every import World, world

Bring = Callable[[str], None]
WHY = "They exploit children"
NOTE = "Seen at the harbour"
RUNS = {  # month and crews, and the run that it follows by --previous
    "a": ((1, "abcd"), ""),
    "others": ((2, "wxyz"), ""),
    "anew": ((3, "lmnopq", "abcde"), ""),
    "next": ((4, "cdij"), "a"),
    "drifted": ((5, "ijkr"), "next"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The runs, beside each other."""
    folder = tmp_path_factory.mktemp("crews")
    (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    settings, engine = load_settings(folder / "settings.toml"), DuckDB(threads=1)
    for name, (crews, follows) in RUNS.items():
        extracts = write_crews(folder / f"extracts-{name}", *crews)
        run(extracts, folder / "runs" / name, settings, engine, folder / "runs" / follows if follows else None)
    engine.close()
    yield folder / "runs"
    shutil.rmtree(folder)


@pytest.fixture
def here(made: Path, accounts_made: Path, tmp_path: Path) -> Iterator[World]:
    """A dashboard whose first run has one group, adopted, with a note."""
    shutil.copytree(made / "a", tmp_path / "runs" / "a")
    with world(tmp_path / "runs", accounts_made, tmp_path, examples=False) as found:
        csrf = found.sign_in("senior_officer")
        form = {"csrf": csrf, "group": "G0001", "version": "0", "decision": "adopted", "why": WHY,
                "lead": "senior_officer", "review_on": "2026-12-10"}  # fmt: skip
        assert found.client.post("/tasking", data=form).status_code == 303
        form = {"csrf": csrf, "kind": "group", "what": "G0001", "text": NOTE, "shared": "1"}
        assert found.client.post("/notes", data=form).status_code == 303
        yield found


@pytest.fixture
def bring(here: World, made: Path) -> Bring:
    """Another run comes."""

    def come(name: str) -> None:
        shutil.copytree(made / name, here.house.shelf.folder / name)
        here.house.shelf.reader(name).index.prepare(wait=True)

    return come


def read(here: World, path: str) -> str:
    """A page's words, as the senior officer sees them."""
    here.sign_in("senior_officer")
    answer = here.client.get(path)
    assert answer.status_code == 200, path
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def stand_on(here: World, group: str) -> None:
    page = read(here, f"/groups/{group}")
    assert WHY in page
    assert NOTE in page
    assert "Decisions on groups of earlier runs" not in read(here, "/tasking")
    assert f"Tasking, {group}" in read(here, "/")


def test_other_people_under_the_same_id_have_no_decision_and_no_note(here: World, bring: Bring) -> None:
    stand_on(here, "G0001")
    bring("others")
    page = read(here, "/groups/G0001")
    assert WHY not in page
    assert NOTE not in page
    assert "Nobody has decided on this group yet" in page
    assert "1 note was written on a group of this id in another run, on other people" in page
    gone = read(here, "/tasking").partition("Decisions on groups of earlier runs that are gone")[2]
    assert WHY in gone
    assert "of run a, 4 people" in gone
    assert NOTE in gone.partition("Notes on groups of earlier runs that are gone")[2]
    assert "Tasking, G0001 of a, which is gone" in read(here, "/")
    stand = read(here, "/groups/G0001?run=a")
    assert WHY in stand
    assert NOTE in stand


def test_a_decision_goes_with_its_people_to_another_id(here: World, bring: Bring) -> None:
    bring("anew")
    assert WHY not in read(here, "/groups/G0001")
    stand_on(here, "G0002")


def test_a_group_that_follows_by_previous_keeps_it_whoever_is_left(here: World, bring: Bring) -> None:
    bring("next")
    bring("drifted")
    stand_on(here, "G0001")


def test_without_the_runs_between_nobody_knows_that_it_follows(here: World, bring: Bring) -> None:
    bring("drifted")
    assert WHY not in read(here, "/groups/G0001")
    assert WHY in read(here, "/tasking").partition("that are gone")[2]


def test_its_people_are_known_after_its_run_was_deleted(here: World, bring: Bring) -> None:
    bring("anew")
    shutil.rmtree(here.house.shelf.folder / "a")
    assert WHY in read(here, "/groups/G0002")
    bring("others")
    shutil.rmtree(here.house.shelf.folder / "anew")
    assert WHY not in read(here, "/groups/G0001")


def test_the_other_people_get_a_decision_of_their_own(here: World, bring: Bring) -> None:
    bring("others")
    csrf = here.sign_in("senior_officer")
    form = {"csrf": csrf, "group": "G0001", "version": "0", "decision": "declined", "why": "Nothing in it"}
    assert here.client.post("/tasking", data=form).status_code == 303
    page = read(here, "/groups/G0001")
    assert "Nothing in it" in page
    assert WHY not in page
    both = read(here, "/tasking").partition("Decisions on groups of earlier runs that are gone")
    assert "Nothing in it" in both[0]
    assert WHY in both[2]
    again = form | {"csrf": here.sign_in("senior_officer")}
    assert here.client.post("/tasking", data=again).status_code == 409, "decided on meanwhile"


def test_a_decision_that_went_on_is_made_anew_there(here: World, bring: Bring) -> None:
    bring("anew")
    csrf = here.sign_in("senior_officer")
    form = {"csrf": csrf, "group": "G0002", "version": "1", "decision": "declined", "why": "Handed over"}
    assert here.client.post("/tasking", data=form).status_code == 303
    page = read(here, "/groups/G0002")
    assert "Handed over" in page
    assert "why from They exploit children to Handed over" in page
    assert "members" not in page.partition("History")[2][:400]


def test_the_runs_page_warns_where_groups_were_numbered_anew(here: World, bring: Bring) -> None:
    assert "numbered anew" not in read(here, "/runs")
    bring("others")
    bring("next")
    page = read(here, "/runs")
    assert page.count("Made without --previous: groups were numbered anew") == 1


def test_the_command_says_so_too(tmp_path: Path) -> None:
    """One line, where an earlier run lies beside and ``--previous`` wasn't given."""
    (tmp_path / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    said = []
    for month, name, more in ((1, "one", []), (2, "two", []), (3, "three", ["--previous", str(tmp_path / "runs/two")])):
        extracts = write_crews(tmp_path / name, month, "abcd")
        given = ["run", str(extracts), "--out", str(tmp_path / "runs" / name), "--quiet"]
        answer = CliRunner().invoke(app, [*given, "--settings", str(tmp_path / "settings.toml"), *more])
        assert answer.exit_code == 0, answer.output
        said.append(" ".join(answer.output.split()))
    assert "Made without --previous" not in said[0]
    assert "Made without --previous: G0001 and so on mean other people here than in one" in said[1]
    assert "Made without --previous" not in said[2]
    runs = finished(tmp_path / "runs")
    assert [each.folder.name for each in runs] == ["one", "two", "three"]
    assert [numbered_anew(each, runs) for each in runs] == [None, runs[0], None]

"""Who is missing now and what nobody closed: two lists, and whom the run calls missing now is never off the first."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from countylines.engine import DuckDB
from countylines.pipeline import run
from countylines.settings import Settings, Stability
from countylines.web.missing_rows import LISTS, episodes, list_of
from tests.report.small import write_extracts
from tests.web.casework import seen
from tests.web.every import World, world

EPISODES = [
    ("cat", "2024-02-08T20:00", "", "medium"),  # a child, missing now
    ("cat", "2022-05-01T20:00", "", "high"),  # the same child: nobody closed it
    ("dan", "2023-05-01T20:00", "", "high"),  # of unknown age: the run lists dan in tier 1 for this one
    ("dan", "2022-03-01T20:00", "", "high"),
    ("dan", "2024-02-01T20:00", "2024-02-02T20:00", "low"),
    ("gus", "2023-06-01T20:00", "", "low"),  # an adult whom nobody need protect, back since
    ("gus", "2024-02-01T20:00", "2024-02-02T20:00", "low"),
    ("hal", "2024-02-09T20:00", "", "low"),  # another, missing now
]


@pytest.fixture(scope="module")
def here(accounts_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The small force with missing episodes."""
    folder = tmp_path_factory.mktemp("missing")
    extracts = write_extracts(folder / "extracts")
    keys = [f"missing:{n}" for n in range(len(EPISODES))]
    with (extracts / "records.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{key},missing,{row[1][:10]},,\n" for key, row in zip(keys, EPISODES, strict=True))
    lines = ["record_id,nominal_id,from,to,risk"]
    lines += [",".join((key, *row)) for key, row in zip(keys, EPISODES, strict=True)]
    (extracts / "episodes.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    engine = DuckDB(threads=1)
    small = Settings(stability=Stability(draws=0, network_draws=0, baseline_draws=0))
    run(extracts, folder / "runs" / "small", small, engine)
    engine.close()
    with world(folder / "runs", accounts_made, folder, examples=False) as made:
        yield made
    shutil.rmtree(folder)


def shown(here: World, name: str, **filters: str) -> list[str]:
    """The records of a list, as its page has them."""
    asked = "&".join(f"{key}={value}" for key, value in {"show": name, **filters}.items())
    return re.findall(r'/records/missing:(\d)"', here.client.get(f"/missing?{asked}").text)


def test_a_line_for_each_person_who_is_missing_now_and_the_rest_apart(here: World) -> None:
    here.sign_in("safeguarding")
    assert shown(here, "now") == ["0", "7", "2"]  # whoever is surely missing first, of them the child
    assert sorted(shown(here, "unclosed")) == ["1", "3", "5"]
    page = seen(here.client.get("/missing").text)
    assert "Missing now (3)" in page
    assert "Not closed (3)" in page


def test_nobody_whom_the_run_calls_missing_now_is_off_the_first_list(here: World) -> None:
    (reader,) = here.house.shelf.runs()
    reader = here.house.shelf.reader(reader.folder.name)
    listed = reader.run.read("safeguarding")
    urgent = set(listed.filter(listed["tier"] == 1)["nominal_id"])
    assert urgent == {"cat", "dan"}
    assert urgent <= set(list_of(episodes(reader), "now")["nominal_id"])


def test_an_open_episode_is_on_one_of_the_two_lists_whatever_is_filtered(here: World) -> None:
    here.sign_in("safeguarding")
    assert sorted(shown(here, "now", risk="high") + shown(here, "unclosed", risk="high")) == ["1", "2", "3"]


def test_the_filter_says_since_when_only_where_it_acts(here: World) -> None:
    here.sign_in("safeguarding")
    said = {name: seen(here.client.get(f"/missing?show={name}").text) for name in LISTS}
    own = {"now": "Began at any time", "unclosed": "Began at any time", "often90": "Began in the last 90 days",
           "often12": "Began in the last 12 months"}  # fmt: skip
    for name, page in said.items():
        assert ("In the last 12 months, or not over" in page) == (name not in own), name
        assert own.get(name, "Began") in page

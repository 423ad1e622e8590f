"""The queue when runs come and go: who is new, when nobody waits, when the run is gone."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from countylines.errors import InputError
from countylines.web.queue import limits
from countylines.web.reader import Reader
from countylines.web.serve import open_house
from tests.web.casework import Officer, copied, rows_of, seen, some_child
from tests.web.conftest import NOW, RUN, Browse


@pytest.fixture
def runs(runs: Path, tmp_path: Path) -> Path:
    """A folder of runs of this test's own."""
    return copied(runs, tmp_path / "runs")


@pytest.fixture
def officer(browse: Browse) -> Officer:
    return Officer(browse("safeguarding"))


def test_who_is_new_is_told_against_the_run_before(officer: Officer, reader: Reader, runs: Path) -> None:
    newcomer = some_child(reader)
    before = runs / "run-before"
    before.mkdir()
    manifest = json.loads((runs / RUN / "manifest.json").read_text())
    (before / "manifest.json").write_text(json.dumps({**manifest, "as_of": "2021-11-30"}))
    long_ago = (NOW - dt.timedelta(days=9)).timestamp()
    os.utime(before / "manifest.json", (long_ago, long_ago))
    listed = reader.run.read("safeguarding").filter(pl.col("nominal_id") != newcomer)
    listed.write_parquet(before / "safeguarding.parquet")
    assert rows_of(officer.get("/safeguarding?new=1")) == [newcomer]
    page = officer.get("/safeguarding?only=new")
    assert rows_of(page) == [newcomer]
    assert "30 h" in page
    assert "9 d" in officer.get("/safeguarding")


def test_nobody_waits(officer: Officer, runs: Path) -> None:
    for name in ("safeguarding", "safeguarding_facts", "safeguarding_links"):
        pl.read_parquet(runs / RUN / f"{name}.parquet").clear().write_parquet(runs / RUN / f"{name}.parquet")
    assert "No one is waiting. Last looked: 19 Nov 2026, 03:00." in seen(officer.get("/safeguarding"))


def test_a_run_that_is_gone_leaves_the_menu_standing(officer: Officer, runs: Path) -> None:
    shutil.rmtree(runs / RUN)
    answer = officer.client.get("/safeguarding")
    assert answer.status_code == 503
    assert "There is no run to show yet" in answer.text


def test_a_force_brings_its_own_procedures(runs: Path, tmp_path: Path) -> None:
    """A folder of YAML files takes the place of those that are shipped; a fault is told when the server starts."""
    folder = tmp_path / "procedures"
    with as_file(files("countylines.govern") / "procedures") as shipped:
        shutil.copytree(shipped, folder)
    ours = folder / "example-children.yaml"
    ours.write_text(ours.read_text().replace("first referral: 24 hours", "first referral: 4 hours"))
    given: dict[str, Any] = {"force": "W", "synthetic": True, "secure": False, "marking": "OFFICIAL"}
    house = open_house(runs, None, **given, procedures=folder)
    assert "Children: first referral: 4 hours" in limits(house.procedures)[0]
    house.state.close()
    ours.write_text("name: X\nsteps: 3\n")
    with pytest.raises(InputError, match=r"example-children\.yaml"):
        open_house(runs, None, **given, procedures=folder)

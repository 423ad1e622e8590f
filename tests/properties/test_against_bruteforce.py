"""The whole pipeline on small random extracts, against METHOD 1 to 4 by brute force: every table must be the same."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings

from countylines.engine import DuckDB
from countylines.errors import InputError
from countylines.pipeline import run
from countylines.runs import open_run
from tests.properties.comparison import differences
from tests.properties.extracts import Case, cases, random_case, write_case
from tests.reference.bruteforce import brute_force
from tests.reference.bruteforce.match import Group, read_lexicon


def shipped() -> list[Group]:
    """The lexicon in the package, read as data."""
    return read_lexicon(Path(str(files("countylines.match").joinpath("lexicon/default.yaml"))))


def check(case: Case) -> None:
    """Run both and show every difference; without any record left, the pipeline must refuse."""
    groups = shipped() if case.groups is None else case.groups
    brute = brute_force(case.tables, groups, case.settings)
    with tempfile.TemporaryDirectory() as folder:
        chosen = write_case(case, Path(folder))
        engine = DuckDB(threads=1)
        try:
            if not brute.kept.tables["records"]:
                with pytest.raises(InputError):
                    run(Path(folder) / "extracts", Path(folder) / "run", chosen, engine)
                return
            made = run(Path(folder) / "extracts", Path(folder) / "run", chosen, engine)
        finally:
            engine.close()
        found = differences(brute, made)
        treated(made)
    assert not found, "\n".join(found)


def treated(made: Path) -> None:
    """Whatever the flags and records: nobody who may be a child, is believed exploited, or is held, is rankable."""
    opened = open_run(made)
    as_of = dt.date.fromisoformat(opened.manifest["as_of"])
    adults_by_setting = opened.manifest["settings"]["ingest"]["unknown_age"] == "adult"
    born = dict(opened.read("sources/nominals").select("nominal_id", "date_of_birth").iter_rows())
    victims = set(opened.read("sources/known_victims")["nominal_id"])
    for person in opened.read("nominals").iter_rows(named=True):
        name, day = person["nominal_id"], born[person["nominal_id"]]
        young = day is not None and (as_of.year - 18, as_of.month, as_of.day) < (day.year, day.month, day.day)
        assert person["protected"] == (young or name in victims or (day is None and not adults_by_setting))
        assert person["rankable"] == (not person["protected"] and not person["held"])
        assert not (person["protected"] and person["held"])


@pytest.mark.parametrize("seed", range(16))
def test_every_table_is_as_the_page_says(seed: int) -> None:
    check(random_case(random.Random(seed), towns=6))


@pytest.mark.parametrize("seed", range(4))
def test_so_it_is_with_the_shipped_lexicon(seed: int) -> None:
    check(random_case(random.Random(seed), shipped=True, towns=6))


@given(cases())
@settings(max_examples=max(12, settings().max_examples // 5))
def test_so_it_is_on_the_smallest_cases(case: Case) -> None:
    check(case)

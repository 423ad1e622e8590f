"""Harm of an invented force equals an independent computation, row by row."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from countylines.rank.evidence import Evidence
from countylines.rank.harm import load_rules
from countylines.settings import Harm
from tests.rank.harm.made import harm_tables
from tests.rank.harm.plainly import SEVERITY, Totals, harm


@pytest.fixture(scope="module")
def both(force_run: Path, force_evidence: Evidence) -> tuple[tuple[pl.DataFrame, Totals], tuple[pl.DataFrame, Totals]]:
    nominal, group, _ = harm_tables(force_evidence, load_rules(Harm()))
    shipped = Path(str(files("countylines.rank.harm"))) / "shipped"
    persons, groups = harm(force_run, shipped)
    return (nominal, persons), (group, groups)


@pytest.mark.parametrize("which", [0, 1], ids=["people", "groups"])
def test_every_row_is_the_same(both: list[tuple[pl.DataFrame, Totals]], which: int) -> None:
    ours, plain = both[which]
    assert len(ours) == len(plain) > 60
    for row in ours.iter_rows(named=True):
        other = plain[row["id"], row["index"], row["window"], row["detection"], row["standing"]]
        assert row["crimes"] == other["crimes"]
        assert row["crimes_without_weight"] == other["none"]
        assert row["crimes_ambiguous"] == other["several"]
        weighed = row["standing"] in SEVERITY and other["crimes"] > other["none"]
        assert row["harm"] == (pytest.approx(other["harm"], abs=1e-6) if weighed else None)
        if which:
            assert row["crimes_only_protected"] == other["theirs"]
            assert (row["harm_only_protected"] or 0) == pytest.approx(other["harm2"], abs=1e-6)


def test_the_force_shows_every_case(both: list[tuple[pl.DataFrame, Totals]]) -> None:
    (people, _), (groups, _) = both
    assert {"convicted", "charged", "suspected", "no further action", "diverted"} <= set(groups["standing"])
    assert {*people["detection"]} == {"reported", "proactive", "unknown"}
    assert groups["crimes_ambiguous"].sum() > 0
    assert groups["crimes_without_weight"].sum() > 0
    assert 0 < groups["crimes_only_protected"].sum() < groups["crimes"].sum()


def test_the_run_keeps_the_same_tables(force_run: Path, both: list[tuple[pl.DataFrame, Totals]]) -> None:
    """What the run made from the nearby rows alone is what all of its records give."""
    for name, (ours, _) in zip(("nominal_harm", "group_harm"), both, strict=True):
        assert pl.read_parquet(force_run / f"{name}.parquet").equals(ours)

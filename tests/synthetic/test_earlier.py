"""The extracts of some weeks before hold nothing that wasn't known then, and make a run."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from countylines.engine import DuckDB
from countylines.errors import InputError
from countylines.pipeline import run
from countylines.runs import open_run
from countylines.settings import Settings, Stability
from countylines.synthetic import synth
from countylines.synthetic.earlier import NOT_YET, earlier


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dt.date]:
    """A force, what was known of it six weeks before its end, and that day."""
    folder = tmp_path_factory.mktemp("earlier")
    synth(folder / "now", 4_000, 2, "parquet")
    return folder / "now", folder / "then", earlier(folder / "now", folder / "then", weeks=6)


def table(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(folder / f"{name}.parquet")


def test_only_what_was_recorded_by_then_is_in(both: tuple[Path, Path, dt.date]) -> None:
    now, then, day = both
    recorded = [(row["recorded"] or row["occurred"]).date() for row in table(now, "records").to_dicts()]
    assert day == max(recorded) - dt.timedelta(days=42)
    kept = table(then, "records")
    assert kept.height == sum(each <= day for each in recorded) < len(recorded)
    for name in ("involvements", "episodes"):
        ids = set(kept["record_id"])
        assert table(then, name)["record_id"].to_list() == [i for i in table(now, name)["record_id"] if i in ids]
    dated = {"known_victims": "since", "known_lines": "reported_on", "care": "from", "decisions": "at"}
    for name, column in dated.items():
        days = table(then, name).select(pl.col(column).cast(pl.Date)).to_series().drop_nulls()
        assert all(each <= day for each in days)
    assert table(then, "nominals").equals(table(now, "nominals"))


def test_who_was_missing_then_is_missing_in_it(both: tuple[Path, Path, dt.date]) -> None:
    now, then, day = both
    end = dict(table(now, "episodes").select("record_id", "to").iter_rows())
    for row in table(then, "episodes").to_dicts():
        over = end[row["record_id"]] is not None and end[row["record_id"]].date() <= day
        assert row["to"] == (end[row["record_id"]] if over else None)
        assert over or not any(row[name] for name in NOT_YET)


def test_a_run_takes_it_and_speaks_of_that_day(both: tuple[Path, Path, dt.date], duckdb_engine: DuckDB) -> None:
    settings = Settings(stability=Stability(draws=0, network_draws=0, baseline_draws=0))
    made = open_run(run(both[1], both[1].with_name("run"), settings, duckdb_engine))
    assert dt.date.fromisoformat(made.manifest["as_of"]) <= both[2]
    assert made.read("nominals").height


def test_nothing_is_written_over(both: tuple[Path, Path, dt.date]) -> None:
    with pytest.raises(InputError, match="already"):
        earlier(both[0], both[1])

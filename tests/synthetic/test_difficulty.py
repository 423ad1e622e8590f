"""With the default settings a force is as hard as METHOD 9 says, and its words are hit as often as the paper counts."""

from pathlib import Path

import polars as pl
import pytest

from countylines.engine import DuckDB
from countylines.pipeline import run
from countylines.report.evaluate import evaluate
from countylines.runs import open_run
from countylines.settings import Settings
from countylines.synthetic import synth
from countylines.synthetic.scale import scale
from tests.synthetic.conftest import Made


@pytest.mark.parametrize("seed", [1])
def test_as_hard_as_the_method_says(tmp_path: Path, duckdb_engine: DuckDB, seed: int) -> None:
    synth(tmp_path / "force", 10_000, seed)
    made = run(tmp_path / "force", tmp_path / "run", Settings(), duckdb_engine)
    found = evaluate(made, tmp_path / "force" / "truth")
    assert found.people.precision is not None and 0.4 <= found.people.precision <= 0.75
    assert found.people.recall is not None and 0.85 <= found.people.recall <= 0.98


def test_the_default_lexicon_hits_what_the_quotas_say(town: Made, tmp_path: Path, duckdb_engine: DuckDB) -> None:
    made = run(town.folder, tmp_path / "run", Settings(), duckdb_engine)
    opened = open_run(made)
    assert opened.manifest["rows_in"]["records"]["rejected"] == 0
    assert all(counts["rejected"] == 0 for counts in opened.manifest["rows_in"].values())
    hits = {
        row["group"]: row["records_in_network"] + row["records_not_in_network"]
        for row in opened.read("term_table").iter_rows(named=True)
    }
    for name, wanted in scale(town.records).hits.items():
        assert abs(hits.get(name, 0) - wanted) <= max(1, 0.1 * wanted), name
    found = evaluate(made, town.folder / "truth")
    assert found.people.precision is not None and 0.4 <= found.people.precision <= 0.75
    assert found.people.recall is not None and 0.85 <= found.people.recall <= 0.98
    local = {row.role for row in found.other_roles[:3]}
    assert local & {"local dealer", "customer", "drug user"}


@pytest.mark.parametrize(("records", "seed"), [(1_000, 1), (5_000, 2), (10_000, 3), (20_000, 7), (30_000, 1)])
def test_no_tenant_and_no_runner_is_rankable_though_nobody_is_a_known_victim(
    tmp_path: Path, duckdb_engine: DuckDB, records: int, seed: int
) -> None:
    """Police write about a tenant as a subject; what holds them is a visit that says cuckooed (METHOD 1)."""
    synth(tmp_path / "force", records, seed)
    victims = tmp_path / "force" / "known_victims.parquet"
    pl.read_parquet(victims).clear().write_parquet(victims)
    made = run(tmp_path / "force", tmp_path / "run", Settings(), duckdb_engine)
    found = {row.role: row for row in evaluate(made, tmp_path / "force" / "truth").line_roles}
    assert found["cuckooed"].rankable == 0 and found["runner"].rankable == 0
    assert found["dealer"].rankable > 0 and found["holder"].rankable > 0
    if records >= 20_000:
        assert found["cuckooed"].held >= 0.7 * found["cuckooed"].people  # not because nobody keeps them

"""The network without some of its records: what decides, decides alone; and every record taken out by brute force."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from countylines.engine import DuckDB, Engine
from countylines.ingest import ingest
from countylines.match import match
from countylines.match.lexicon import load_lexicon
from countylines.network import build_network
from countylines.pipeline import group_weights
from countylines.progress import Progress
from countylines.redraw import redraw
from countylines.redraw import several as module
from countylines.redraw.decisive import decisive, in_memory
from countylines.redraw.several import kept_records
from countylines.settings import Settings, Stability
from countylines.tables import RUN, Frame, Matches, Network, Sources
from tests.properties.extracts import Case, random_case, write_case
from tests.reference.bruteforce import brute_force
from tests.reference.bruteforce.network import network
from tests.reference.bruteforce.people import data

Built = tuple[Sources, Matches, Network, Frame, Settings]


def build(case: Case, folder: Path, engine: Engine) -> Built:
    """The stages up to the network."""
    chosen = write_case(case, folder)
    work = folder / "work"
    work.mkdir()
    lexicon = load_lexicon(folder / "lexicon.yaml" if case.groups is not None else None)
    sources = ingest(folder / "extracts", chosen.ingest, engine, work, Progress())
    matches = match(sources["records"], lexicon, chosen.match, engine, work, Progress())
    weights = group_weights(lexicon, chosen, engine, work)
    built = build_network(
        sources, matches, group_weights=weights, settings=chosen, engine=engine, folder=work, progress=Progress()
    )
    return sources, matches, built, weights, chosen


def town(seed: int, towns: int = 3) -> Case:
    return random_case(random.Random(seed), people=10, records=25, towns=towns)


class Brute:
    """METHOD 1 to 3 by brute force, again and again on fewer records."""

    def __init__(self, case: Case, settings: Settings) -> None:
        assert case.groups is not None
        self.whole, self.rules = brute_force(case.tables, case.groups, settings), settings.network

    def kept(self, without: set[str]) -> set[str]:
        roles = [row for row in self.whole.kept.tables["involvements"] if row["record_id"] not in without]
        scores = {record: score for record, score in self.whole.scores.items() if record not in without}
        left = data(roles, scores, self.whole.kept.dates, self.rules.max_record_nominals)
        return set(network(left, self.rules).kept)


@pytest.mark.parametrize("seed", range(4))
def test_a_draw_on_the_records_that_decide_is_as_one_on_all(seed: int, tmp_path: Path, duckdb_engine: DuckDB) -> None:
    """Brute force on all records, without those the draw leaves out, and without those and half of all the others."""
    case = town(seed)
    sources, matches, built, weights, chosen = build(case, tmp_path, duckdb_engine)
    rules = Stability(draws=3, network_draws=4, keep_share=0.7, seed=seed)
    made = redraw(
        sources,
        matches,
        built,
        group_weights=weights,
        settings=replace(chosen, stability=rules),
        engine=duckdb_engine,
        folder=tmp_path / "work",
        progress=Progress(),
    )
    kept = sorted(in_memory(built.nominals)["nominal_id"])
    near = decisive(sources, matches, built, duckdb_engine, tmp_path / "work")
    others = set(in_memory(sources["records"].select("record_id"))["record_id"]) - set(near.record_ids)
    half = set(random.Random(seed).sample(sorted(others), len(others) // 2))
    counted: Counter[str] = Counter()
    brute = Brute(case, chosen)
    for i in range(4):
        gone = set(near.record_ids) - set(kept_records(near.record_ids, seed, 3 + i, 0.7))
        again = brute.kept(gone)
        assert again & set(kept) == brute.kept(gone | half) & set(kept)
        counted.update(again)
    assert made.kept_share["nominal_id"].to_list() == kept
    assert made.kept_share["kept_share"].to_list() == pytest.approx([counted[person] / 4 for person in kept])


@pytest.mark.parametrize("seed", range(8))
def test_whoever_one_record_holds_in_falls_without_it(seed: int, tmp_path: Path, duckdb_engine: DuckDB) -> None:
    """Every record of all taken out in turn, and METHOD 3 redone by brute force."""
    case = town(seed, towns=2)
    sources, matches, built, weights, chosen = build(case, tmp_path, duckdb_engine)
    made = redraw(
        sources,
        matches,
        built,
        group_weights=weights,
        settings=replace(chosen, stability=Stability(network_draws=0)),
        engine=duckdb_engine,
        folder=tmp_path / "work",
        progress=Progress(),
    )
    kept = set(in_memory(built.nominals)["nominal_id"])
    brute = Brute(case, chosen)
    assert kept == brute.kept(set())
    records = in_memory(sources["records"].select("record_id"))["record_id"].to_list()
    expected = sorted((person, r) for r in records for person in kept - brute.kept({r}))
    assert made.held_in_by_one_record.rows() == expected
    assert made.held_in_by_one_record.columns == RUN["held_in_by_one_record"].names
    assert made.kept_share["kept_share"].null_count() == len(kept)


def test_draws_taken_one_by_one_give_the_same(
    tmp_path: Path, duckdb_engine: DuckDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build(town(3), tmp_path, duckdb_engine)
    one = shares(built, duckdb_engine, tmp_path / "work")
    monkeypatch.setattr(module, "AT_ONCE", 1)
    (tmp_path / "again").mkdir()
    assert one.equals(shares(built, duckdb_engine, tmp_path / "again"))
    assert 0 < one["kept_share"].mean() < 1


def shares(built: Built, engine: Engine, folder: Path) -> pl.DataFrame:
    sources, matches, made, weights, chosen = built
    rules = replace(chosen, stability=Stability(network_draws=3, keep_share=0.6))
    made = redraw(
        sources, matches, made, group_weights=weights, settings=rules, engine=engine, folder=folder,
        progress=Progress(),
    )  # fmt: skip
    return made.kept_share

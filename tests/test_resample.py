"""Draws and shuffles, against dicts and loops; and the same results for any number of processes."""

from __future__ import annotations

import itertools
import math
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.errors import InputError
from countylines.graph import Graph, graph_from, graph_of
from countylines.resample import SHUFFLE, Draws, Ties, _in_processes, draws_of, over_draws, ties_of
from countylines.settings import Stability
from tests.resampled import incidences, network

SEEDS = st.integers(0, 9999)


def same(one: Graph, other: Graph) -> bool:
    return one.ids == other.ids and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("a", "b", "w")
    )


@given(seed=SEEDS, people=st.integers(1, 25), records=st.integers(0, 40))
def test_with_all_records_it_is_the_graph(seed: int, people: int, records: int) -> None:
    nominals, edges = network(seed, people, records)
    assert same(ties_of(nominals, edges).graph(), graph_of(nominals, edges))


@given(seed=SEEDS, i=st.integers(0, 5), share=st.sampled_from((0.0, 0.5, 0.9, 1.0)))
def test_a_draw_decides_once_a_record(seed: int, i: int, share: float) -> None:
    """METHOD 4 in loops: records behind associative edges in order of id, each kept or not for all its edges."""
    nominals, edges = network(seed)
    matched = set(nominals.filter(pl.col("entered_by") == "matched")["nominal_id"])
    rows = [row for row in edges.iter_rows(named=True) if row["kind"] == "associative"]
    records = sorted({record for row in rows for record in row["record_ids"]})
    chance = np.random.default_rng([7, i]).random(len(records))
    kept = {record for record, x in zip(records, chance, strict=True) if x < share}
    expected = {}
    for row in rows:
        n = len(kept & set(row["record_ids"]))
        if n and row["weight"] > 0 and matched & {row["nominal_a"], row["nominal_b"]}:
            expected[row["nominal_a"], row["nominal_b"]] = row["weight"] * n
    settings = Stability(keep_share=share, seed=7)
    assert same(draws_of(nominals, edges, settings)(i), graph_from(nominals["nominal_id"].to_list(), expected))


@given(seed=SEEDS)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    nominals, edges = network(seed)
    one, other = ties_of(nominals, edges), ties_of(nominals.reverse(), edges.sample(fraction=1, shuffle=True, seed=1))
    assert same(one.draw(1, 0, 0.9), other.draw(1, 0, 0.9))
    assert same(one.shuffled(1, 1).graph(), other.shuffled(1, 1).graph())


def all_matched(seed: int) -> Ties:
    """A network without adversarial ties, of matched people only."""
    nominals, edges = network(seed, adversarial=0.0)
    edges = edges.with_columns(weight=pl.lit(0.5))
    return ties_of(nominals.with_columns(entered_by=pl.lit("matched")), edges)


@given(seed=SEEDS)
def test_unshuffled_incidences_make_the_counted_graph(seed: int) -> None:
    """A shuffle is a graph by the same rules, so without shuffling nothing changes."""
    ties = all_matched(seed)
    assert same(ties.meeting(*ties.incidences()).graph(), ties.counted().graph())


@given(seed=SEEDS, i=st.integers(1, 4))
def test_a_shuffle_permutes_who_is_in_which_record(seed: int, i: int) -> None:
    """METHOD 4 in loops: incidences behind the graph permuted, doubles once, pairs with a matched end, w = n."""
    nominals, edges = network(seed)
    ties = ties_of(nominals, edges)
    records = sorted({r for row in edges.filter(kind="associative")["record_ids"] for r in row})
    matched = set(nominals.filter(pl.col("entered_by") == "matched")["nominal_id"])
    behind = set()
    for row in edges.filter(kind="associative").iter_rows(named=True):
        if row["weight"] > 0 and matched & {row["nominal_a"], row["nominal_b"]}:
            behind |= {(r, u) for r in row["record_ids"] for u in (row["nominal_a"], row["nominal_b"])}
    slots = sorted((records.index(record), person) for record, person in behind)
    people = np.random.default_rng([3, i, SHUFFLE]).permutation([ties.ids.index(person) for _, person in slots])
    there: dict[int, set[str]] = {}
    for (record, _), person in zip(slots, people, strict=True):
        there.setdefault(record, set()).add(ties.ids[person])
    pairs = [pair for met in there.values() for pair in itertools.combinations(sorted(met), 2)]
    expected = Counter(pair for pair in pairs if matched & set(pair))
    assert same(ties.shuffled(3, i).graph(), graph_from(ties.ids, {pair: float(n) for pair, n in expected.items()}))


@given(seed=SEEDS)
def test_a_shuffle_keeps_people_and_never_enlarges_a_record(seed: int) -> None:
    ties = all_matched(seed)
    before, after = np.bincount(ties.incidences()[1]), np.bincount(ties.shuffled(1, 1).incidences()[1])
    assert ties.shuffled(1, 1).ids == ties.ids
    assert (after <= before[: len(after)]).all()


def test_draws_differ_from_each_other_and_not_from_themselves() -> None:
    ties = ties_of(*network(1, 40, 80))
    assert same(ties.draw(1, 0, 0.9), ties.draw(1, 0, 0.9))
    assert not same(ties.draw(1, 0, 0.9), ties.draw(1, 1, 0.9))
    assert not same(ties.draw(1, 0, 0.9), ties.draw(2, 0, 0.9))
    assert not same(ties.shuffled(1, 1).graph(), ties.shuffled(1, 2).graph())


def test_nine_records_in_ten_stay() -> None:
    one = {f"crime:{i}": {f"p{i % 50:03}", f"p{(i + 1) % 50:03}"} for i in range(2000)}
    nominals, edges = network(1, 50, met=one, adversarial=0.0)
    ties = ties_of(nominals.with_columns(entered_by=pl.lit("matched")), edges.with_columns(weight=pl.lit(1.0)))
    assert abs(sum(ties.draw(1, i, 0.9).w.sum() for i in range(20)) / 20 / 2000 - 0.9) < 0.005


def test_without_people_or_records_nothing_breaks() -> None:
    for people, records in ((0, 0), (3, 0)):
        met = incidences(1, max(1, people), records)
        nominals, edges = network(1, people, met=met)
        ties = ties_of(nominals, edges)
        assert len(ties.draw(1, 0, 0.9).w) == 0 and len(ties.shuffled(1, 0).graph().w) == 0


def test_processes_give_the_same_as_one() -> None:
    draws = Draws(ties_of(*network(5, 30, 60)), 6)
    alone = over_draws(draws, 6, workers=1)
    done: list[int] = []
    together = over_draws(draws, 6, workers=2, advance=done.append, alone_below=0.0)
    assert len(alone) == len(together) == sum(done) == 6
    assert all(same(one, other) for one, other in zip(alone, together, strict=True))


def test_what_goes_wrong_in_a_process_is_told() -> None:
    with pytest.raises(ValueError, match=r"math domain error|positive"):
        _in_processes(math.log, range(0, 3), 2, None)
    with pytest.raises(InputError, match="was stopped"):
        _in_processes(os._exit, range(1, 3), 2, None)


SCRIPT = """
import functools, operator
from countylines.resample import over_draws
print("begins", flush=True)
print(over_draws(functools.partial(operator.getitem, list(range(100_000))), 4, 2, alone_below=0.0))
"""


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    """Each process would begin the script anew, end in a fault, and leave the first one waiting for ever."""
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert done.stdout.decode().split("\n") == ["begins", "[0, 1, 2, 3]", ""], done.stderr.decode()


def test_no_draws_no_results() -> None:
    assert over_draws(abs, 0) == []

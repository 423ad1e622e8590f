"""The chance baseline: real structure stands out, none does not; every figure by its definition."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from countylines.graph import graph_of
from countylines.partition import partition
from countylines.partition.baseline import BOTH_CUTS_BELOW, bits_saved, partition_baseline
from countylines.resample import ties_of
from countylines.settings import Cut, PartitionSettings, Stability
from countylines.tables import RUN
from tests.partition.small import as_sets, edges, length
from tests.resampled import incidences, network

RULES = PartitionSettings()
FEW = Stability(baseline_draws=3, baseline_redraws=2, workers=1)


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("cut", ["map_equation", "modularity"])
def test_bits_saved_are_as_defined(seed: int, cut: Cut) -> None:
    """From L over sets of people: one group a component, and the groups found."""
    nominals, rows = network(seed)
    graph = graph_of(nominals, rows)
    found = partition(graph, replace(RULES, cut=cut))
    one = found_bits = 0.0
    for component in as_sets(found.component):
        inside = [(a, b, w) for a, b, w in edges(graph) if a in component]
        if inside:
            part = _part(nominals, rows, {graph.ids[u] for u in component})
            spread = 2 * sum(w for *_, w in inside)
            groups = [g for g in as_sets(found.group) if g <= component]
            places = {u: i for i, u in enumerate(sorted(component))}
            one += spread * length(part, [frozenset(places.values())])
            found_bits += spread * length(part, [frozenset(places[u] for u in g) for g in groups])
    expected = 1 - found_bits / one if one else math.nan
    assert bits_saved(graph, found) == pytest.approx(expected, nan_ok=True)


def _part(nominals, rows, people):  # type: ignore[no-untyped-def]
    own = rows.filter(rows["nominal_a"].is_in(list(people)) & rows["nominal_b"].is_in(list(people)))
    return graph_of(nominals.filter(nominals["nominal_id"].is_in(list(people))), own)


def test_the_table_is_the_runs() -> None:
    made = partition_baseline(ties_of(*network(2, 30, 60)), RULES, FEW)
    assert made.columns == RUN["partition_baseline"].names
    assert made.select("cut", "measure").rows() == [
        (cut, measure) for cut in ("map_equation", "modularity") for measure in ("groups", "stability", "bits saved")
    ]
    for row in made.drop_nulls().iter_rows(named=True):
        assert row["least"] <= row["mean"] <= row["most"]


def test_both_cuts_stand_there_only_for_small_networks() -> None:
    large = network(2, BOTH_CUTS_BELOW, 100)
    made = partition_baseline(ties_of(*large), replace(RULES, cut="modularity"), replace(FEW, baseline_draws=1))
    assert made["cut"].unique().to_list() == ["modularity"]


def test_circles_stand_out_and_chance_does_not() -> None:
    """60 people in records of their own circle of six and twenty others; the same number with anybody in them."""
    rng = random.Random(1)
    circles = {f"crime:{i}": {f"p{6 * (i % 10) + j:03}" for j in rng.sample(range(6), 2)} for i in range(240)}
    circles |= {f"other:{i}": {f"p{j:03}" for j in rng.sample(range(60), 2)} for i in range(20)}
    real = _figures(partition_baseline(ties_of(*network(1, 60, met=circles, adversarial=0.0)), RULES, FEW))
    assert real["bits saved"]["real"] > real["bits saved"]["most"] + 0.1
    assert real["stability"]["real"] >= real["stability"]["most"]
    anybody = incidences(4, 60, 240, circle=60)
    chance = _figures(partition_baseline(ties_of(*network(1, 60, met=anybody, adversarial=0.0)), RULES, FEW))
    assert chance["bits saved"]["real"] < chance["bits saved"]["most"] + 0.1


def _figures(made):  # type: ignore[no-untyped-def]
    rows = made.filter(made["cut"] == "map_equation").iter_rows(named=True)
    return {row["measure"]: row for row in rows}


def test_any_number_of_workers_gives_the_same() -> None:
    ties = ties_of(*network(7, 40, 90))
    one = partition_baseline(ties, RULES, FEW)
    assert one.equals(partition_baseline(ties, RULES, replace(FEW, workers=2)))


def test_without_shuffles_or_ties_there_is_nothing_to_say() -> None:
    assert partition_baseline(ties_of(*network(7)), RULES, Stability(baseline_draws=0)).is_empty()
    alone = partition_baseline(ties_of(*network(7, 5, 0)), RULES, FEW)
    assert alone.filter(measure="groups")["real"].to_list() == [0.0, 0.0]
    assert alone.filter(measure="bits saved")["real"].to_list() == [None, None]
    assert alone.filter(measure="stability")["mean"].to_list() == [None, None]

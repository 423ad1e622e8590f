"""Priority against a plain loop over the same weightings; bounds on weights; nobody protected or held in it."""

from __future__ import annotations

import datetime as dt
import json
import math
import random

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.errors import InputError
from countylines.rank.acceptability import Criteria, means, outcome
from countylines.rank.criteria import share_with_less, with_recent_evidence
from countylines.rank.evidence import Evidence
from countylines.rank.priority import priority
from countylines.rank.weightings import weightings
from countylines.settings import Priority
from countylines.tables import RUN
from tests.rank.towns import PLACE, PROFILE, evidence, fields_of, frame, harm, town

SEEDS = st.integers(0, 9999)
FEW = Priority(draws=300)


def drawn(rows: int, columns: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.ones(columns), rows)


def criteria(values: list[list[float]]) -> Criteria:
    array = np.array(values, np.float64)
    names = tuple(f"c{i}" for i in range(array.shape[1]))
    return Criteria(tuple(f"g{i}" for i in range(len(values))), names, array)


def by_loop(values: list[list[float]], weights: np.ndarray) -> list[list[int]]:
    """The rank of each in each draw: one more than those with a higher score; equal scores share the lowest."""
    found = []
    for row in weights:
        score = [round(math.fsum(w * x for w, x in zip(row, each, strict=True)), 11) for each in values]
        found.append([1 + sum(other > own for other in score) for own in score])
    return found


def quantile(ranks: list[int], share: float) -> int:
    return next(rank for rank in sorted(ranks) if sum(r <= rank for r in ranks) >= share * len(ranks) - 1e-9)


@given(seed=SEEDS, n=st.integers(1, 15), draws=st.sampled_from((20, 101, 150)), at_once=st.sampled_from((7, 250_000)))
def test_everything_is_as_a_loop_has_it(seed: int, n: int, draws: int, at_once: int) -> None:
    rng = random.Random(seed)
    values = [[rng.choice((0.0, 0.25, 0.5, 1.0)) for _ in range(3)] for _ in range(n)]
    weights = drawn(draws, 3, seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("countylines.rank.acceptability.AT_ONCE", at_once)
        made = outcome(criteria(values), weights, np.zeros(1), np.random.default_rng(0))
    ranks = by_loop(values, weights)
    for i in range(n):
        own = [row[i] for row in ranks]
        assert made.mean_rank[i] == pytest.approx(sum(own) / draws)
        assert (made.low[i], made.high[i]) == (quantile(own, 0.05), quantile(own, 0.95))
        for top, share in ((1, made.first), (3, made.top3), (10, made.top10)):
            assert share[i] == pytest.approx(sum(r <= top for r in own) / draws)
        assert made.score[i] == pytest.approx(np.mean(weights @ np.array(values[i])))
    score, mean_rank = means(criteria(values), weights, np.zeros(1), np.random.default_rng(0))
    assert score == pytest.approx(made.score) and mean_rank.tolist() == made.mean_rank.tolist()


def test_an_unknown_value_is_drawn_anew_each_time() -> None:
    """Between one at 0.4 and one at 0.6, an unknown one of 0 to 4 is above both in 2, between in 1, below in 2 of 5."""
    values = criteria([[0.4], [math.nan], [0.6]])
    made = outcome(values, np.ones((20_000, 1)), np.arange(5) / 4, np.random.default_rng(1))
    assert made.first[1] == pytest.approx(2 / 5, abs=0.02)
    assert made.mean_rank[1] == pytest.approx(2, abs=0.03)
    assert made.score.tolist() == pytest.approx([0.4, 0.5, 0.6], abs=0.01)
    assert (made.low[1], made.high[1]) == (1, 3)


def test_the_best_in_everything_is_always_first() -> None:
    made = outcome(criteria([[0.5, 0.5], [1, 0.75], [0.5, 0.75]]), drawn(500, 2, 1), np.zeros(1), _rng())
    assert made.first.tolist() == [0.0, 1.0, 0.0]
    assert made.mean_rank.tolist() == [3.0, 1.0, 2.0]


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30))
def test_shares_of_those_with_less(values: list[int]) -> None:
    found = share_with_less(np.array(values, np.float64))
    assert found.tolist() == [sum(other < own for other in values) / len(values) for own in values]


def bounded(names: str, draws: int = 2000, least: dict[str, float] | None = None, most: dict[str, float] | None = None):  # type: ignore[no-untyped-def]
    settings = Priority(draws=draws, least=least or {}, most=most or {})
    return weightings(tuple(names), settings, tuple("abcdefgh"), np.random.default_rng(3))


def test_without_bounds_weights_are_uniform_on_the_simplex() -> None:
    """Dirichlet(1, ..., 1): mean 1/k, variance (k - 1) / (k^2 (k + 1))."""
    found = bounded("abcd", 20_000)
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert found.mean(axis=0) == pytest.approx(0.25, abs=0.01)
    assert found.var(axis=0) == pytest.approx(3 / (16 * 5), abs=0.002)


BOUNDS = st.dictionaries(st.sampled_from("abcd"), st.tuples(st.floats(0, 1), st.floats(0, 1)))


@given(BOUNDS)
def test_bounds_are_met_or_refused(bounds: dict[str, tuple[float, float]]) -> None:
    least = {name: min(pair) for name, pair in bounds.items()}
    most = {name: max(pair) for name, pair in bounds.items()}
    low = [least.get(name, 0.0) for name in "abcd"]
    high = [most.get(name, 1.0) for name in "abcd"]
    if sum(low) > 1 + 1e-9 or sum(high) < 1 - 1e-9:
        with pytest.raises(InputError, match="weights sum to"):
            bounded("abcd", 100, least, most)
        return
    found = bounded("abcd", 100, least, most)
    assert found.shape == (100, 4)
    assert found.sum(axis=1) == pytest.approx(1.0, abs=1e-9)
    assert (found >= np.array(low) - 1e-9).all() and (found <= np.array(high) + 1e-9).all()


@pytest.mark.parametrize("enough", [0.01, 2.0])
def test_bounded_weights_are_uniform_however_they_are_drawn(enough: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against throwing away from the whole simplex; with 2.0 every weighting is made by moves."""
    monkeypatch.setattr("countylines.rank.weightings.ENOUGH", enough)
    found = bounded("abcd", 20_000, {"a": 0.1, "b": 0.3}, {"b": 0.5, "c": 0.2})
    every = np.random.default_rng(9).dirichlet(np.ones(4), 1_000_000)
    good = (every[:, 0] >= 0.1) & (every[:, 1] >= 0.3) & (every[:, 1] <= 0.5) & (every[:, 2] <= 0.2)
    assert found.mean(axis=0) == pytest.approx(every[good].mean(axis=0), abs=0.004)
    assert found.std(axis=0) == pytest.approx(every[good].std(axis=0), abs=0.004)


def test_narrow_bounds_are_met_without_endless_tries() -> None:
    narrow = dict.fromkeys("abcde", 0.11)
    found = bounded("abcdefgh", 500, dict.fromkeys("abcde", 0.1), narrow)
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert found[:, :5].min() >= 0.1 - 1e-9 and found[:, :5].max() <= 0.11 + 1e-9
    assert found[:, 5:].std(axis=0).min() > 0.05


def test_one_possible_weighting_is_the_one() -> None:
    assert bounded("ab", 3, {"a": 0.25}, {"a": 0.25}).tolist() == [[0.25, 0.75]] * 3
    assert bounded("ab", 2, {"a": 0.25, "b": 0.75}).tolist() == [[0.25, 0.75]] * 2
    assert bounded("ab", 2, None, {"a": 0.5, "b": 0.5}).tolist() == [[0.5, 0.5]] * 2
    assert bounded("a", 2).tolist() == [[1.0]] * 2


@pytest.mark.parametrize(
    ("least", "most", "says"),
    [
        ({"x": 0.1}, {}, "there is no criterion 'x'. Give one of a, b"),
        ({}, {"y": 0.1}, r"\[priority.most\]"),
        ({"a": 0.7, "b": 0.7}, {}, "the least weights sum to 1.4"),
        ({}, {"a": 0.2, "b": 0.3}, "the greatest weights sum to 0.5"),
        ({"a": 0.7}, {"a": 0.2}, "the least weight of a is above its greatest"),
    ],
)
def test_impossible_bounds_are_refused(least: dict[str, float], most: dict[str, float], says: str) -> None:
    with pytest.raises(InputError, match=says):
        bounded("ab", 100, least, most)


def test_a_small_town_by_hand() -> None:
    """Group G1 is above G2 in everything; of its people p0 is above p1; p2 is in none, p3 protected, p4 long ago."""
    people = [("p0", "G1", False, []), ("p1", "G1", False, []), ("p2", None, False, [])]
    people += [("p3", "G2", True, []), ("p4", "G2", False, []), ("p5", "G2", False, ["a sign"])]
    made = evidence(people, dict.fromkeys(("p0", "p1", "p2", "p3", "p5"), "2023-06-01") | {"p4": "2022-05-31"})
    profiles = frame(PROFILE, ("G1", "violence", 4), ("G2", "violence", 0), ("G1", "areas", 3), ("G2", "areas", 1))
    of_groups = harm(("G1", "12m", "charged", 10.0), ("G2", "12m", "charged", 4.0), ("G2", "12m", "diverted", 90.0))
    own = harm(("p0", "12m", "convicted", 9.0), ("p0", "all", "suspected", 9.0), ("p1", "all", "charged", 2.0))
    places = frame(
        PLACE, ("group", "strength", "p0", 3.0), ("group", "strength", "p1", 2.0), ("network", "strength", "p2", 9.0)
    )
    table = priority(made, profiles, of_groups, own, places, FEW)
    assert table.columns == RUN["priority"].names
    found = table.select("kind", "rank", "id").rows()
    assert found == [
        ("group", 1, "G1"),
        ("group", 2, "G2"),
        ("nominal", 1, "p0"),
        ("nominal", 2, "p1"),
        ("nominal", 3, "p2"),
    ]
    parts = [json.loads(text) for text in table["parts"]]
    assert parts[0] == {"areas": 0.75, "violence": 1.0, "harm_12m": 0.5}
    assert parts[1] == {"areas": 0.25, "violence": 0.0, "harm_12m": 0.0}
    assert parts[2] | {"group": 0} == {
        "harm_12m": 0.75,
        "harm_all": 0.75,
        "strength": 0.75,
        "betweenness": 0.0,
        "group": 0,
    }
    assert parts[3] | {"group": 0} == {
        "harm_12m": 0.0,
        "harm_all": 0.5,
        "strength": 0.5,
        "betweenness": 0.0,
        "group": 0,
    }
    assert parts[4] == {"harm_12m": 0.0, "harm_all": 0.0, "strength": 0.0, "betweenness": 0.0, "group": None}
    assert parts[2]["group"] == parts[3]["group"] > 0.5
    assert table["first_share"].to_list() == [1.0, 0.0, 1.0, 0.0, 0.0]
    other = priority(made, profiles, of_groups, own, places, FEW, index="ons_css")
    assert json.loads(other.filter(id="G2")["parts"].item())["harm_12m"] == 0.5


def test_recent_is_the_last_24_months_of_matched_records() -> None:
    days = {"p0": "2022-06-01", "p1": "2022-05-31", "p2": "2024-05-31", "p3": "2024-06-01"}
    made = evidence([(u, None, False, []) for u in days], days)
    assert with_recent_evidence(made, made.rankable, 24) == ["p0", "p2"]
    assert with_recent_evidence(made, made.rankable, 25) == ["p0", "p1", "p2"]
    witness = made.involvements.with_columns(role=pl.lit("witness"))
    unmatched = made.record_scores.head(0)
    for change in ({"involvements": witness}, {"record_scores": unmatched}):
        assert with_recent_evidence(Evidence(**{**fields_of(made), **change}), made.rankable, 24) == []


@given(seed=SEEDS)
def test_nobody_protected_or_held_and_nobody_of_long_ago_is_in_it(seed: int) -> None:
    made, profiles, of_groups, own, places = town(seed)
    table = priority(made, profiles, of_groups, own, places, Priority(draws=100))
    people = table.filter(kind="nominal")
    rows = made.nominals.iter_rows(named=True)
    free = {row["nominal_id"] for row in rows if not row["protected"] and not row["held"]}
    recent = made.records.filter(pl.col("date") > dt.date(2022, 5, 31))["record_id"].str.strip_prefix("crime:")
    assert set(people["id"]) == free & set(recent)
    assert people["rank"].to_list() == list(range(1, len(people) + 1))
    assert set(table.filter(kind="group")["id"]) == set(made.groups["group_id"])
    assert (table["rank_low"] <= table["rank_high"]).all() and (table["first_share"] <= table["top3_share"]).all()


@given(seed=SEEDS)
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    made, *frames = town(seed)
    names = ("nominals", "groups", "records", "involvements", "record_scores")
    turned = Evidence(**{**fields_of(made), **{name: getattr(made, name).reverse() for name in names}})
    one = priority(made, *frames, Priority(draws=100))
    assert one.equals(priority(turned, *(each.reverse() for each in frames), Priority(draws=100)))
    assert one.equals(one.sort(RUN["priority"].key))


def test_another_seed_draws_other_weights_and_bounds_bind() -> None:
    made, *frames = town(5)
    one, two = (priority(made, *frames, Priority(draws=100, seed=seed)) for seed in (1, 2))
    assert not one.equals(two)
    only = priority(made, *frames, Priority(draws=100, least={"harm_12m": 1.0}))
    for kind in ("group", "nominal"):
        rows = only.filter(kind=kind)
        shares = [json.loads(text)["harm_12m"] for text in rows["parts"]]
        assert shares == sorted(shares, reverse=True)
        assert rows["rank_low"].equals(rows["rank_high"].alias("rank_low"))
    with pytest.raises(InputError, match="there is no criterion 'harm'"):
        priority(made, *frames, Priority(draws=100, least={"harm": 0.5}))


def test_nothing_to_rank_is_an_empty_table() -> None:
    nobody = evidence([], {})
    made = priority(nobody, frame(PROFILE), harm(), harm(), frame(PLACE), FEW)
    assert made.is_empty() and made.columns == RUN["priority"].names
    unlinked = evidence([("p0", None, False, [])], {"p0": "2024-01-01"})
    alone = priority(unlinked, frame(PROFILE), harm(), harm(), frame(PLACE), FEW)
    assert alone.select("id", "rank", "first_share").rows() == [("p0", 1, 1.0)]

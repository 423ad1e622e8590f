"""The rows of one scope: every question, protected people in none, the same each time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

from countylines.rank.dismantle.baselines import EXACT_BELOW, by_start_betweenness
from countylines.rank.dismantle.compiled import compiled
from countylines.rank.dismantle.objective import Problem
from countylines.rank.dismantle.tables import Options, dismantle_problem, steps_frame
from tests.rank.dismantle.by_definition import mass_and_largest, problems
from tests.rank.dismantle.networks import plain, weighed


@settings(max_examples=25, deadline=None)
@given(problems())
def test_nobody_who_stays_is_in_any_row(problem: Problem) -> None:
    rows, beside = dismantle_problem("G1", problem, Options(k=2, draws=3))
    stays = {problem.ids[u] for u in np.flatnonzero(~problem.removable)}
    assert stays.isdisjoint(rows["nominal_id"].drop_nulls().to_list())
    number = {name: i for i, name in enumerate(problem.ids)}
    for (question,), each in rows.group_by("question"):
        gone: set[int] = set()
        for row in each.sort("step").iter_rows(named=True):
            gone |= {number[row["nominal_id"]]} if row["nominal_id"] else set()
            mass, largest = mass_and_largest(problem, gone)
            assert row["harm_connected"] == pytest.approx(mass, abs=1e-6), question
            assert (row["step"], row["largest_component"]) == (len(gone), largest)
    assert set(beside["baseline"]) == {"random", "degree", "adaptive degree", "betweenness"}


def test_the_rows_of_a_real_group() -> None:
    rows, beside = dismantle_problem("G1", weighed("togo"), Options(k=3))
    assert rows.columns == [
        *("scope", "question", "step", "nominal_id"),
        *("largest_component", "harm_connected", "proof"),
    ]
    assert rows.group_by("question", maintain_order=True).agg(pl.col("step").max()).rows() == [
        ("goal", 4),
        ("k", 3),
        ("order", 33),
    ]
    assert rows.filter(pl.col("question") == "k")["proof"].unique().to_list() == ["optimal"]
    drawn = beside.filter(pl.col("baseline") == "random")
    assert (drawn["harm_least"] <= drawn["harm_connected"] + 1e-6).all()
    assert (drawn["harm_connected"] <= drawn["harm_most"] + 1e-6).all()
    assert beside.filter(pl.col("baseline") != "random")["largest_least"].is_null().all()


def test_a_stopped_order_says_what_remains() -> None:
    rows, beside = dismantle_problem("network", plain("siren"), Options(order_steps=6, draws=2))
    order = rows.filter(pl.col("question") == "order")
    assert order["step"].to_list() == list(range(7))
    assert order["proof"][0] == "best found: bundle-ratio greedy, local search; 38 more could follow"
    assert beside["step"].max() == 6


def test_the_same_rows_each_time_and_other_draws_by_seed() -> None:
    one, other = (dismantle_problem("G1", plain("togo"), Options(draws=3)) for _ in range(2))
    assert one[0].equals(other[0])
    assert one[1].equals(other[1])
    assert not one[1].equals(dismantle_problem("G1", plain("togo"), Options(draws=3, seed=2))[1])


def test_somebody_who_stays_in_an_order_is_our_fault_and_stops_it() -> None:
    problem = replace(plain("togo"), removable=np.zeros(33, bool))
    with pytest.raises(ValueError, match="may not be removed"):
        steps_frame("G1", problem, "order", np.array([0]), "")


def test_betweenness_of_large_networks_is_from_a_sample() -> None:
    n = EXACT_BELOW + 1
    star = Problem(
        tuple(f"{i:05d}" for i in range(n)),
        np.concatenate(([0], np.arange(n - 1, 2 * n - 1))),
        np.concatenate((np.arange(1, n), np.zeros(n - 1, np.int64))),
        np.ones(n),
        np.ones(n),
        np.ones(n, bool),
    )
    assert by_start_betweenness(star)[0] == 0


def test_without_a_place_for_machine_code_it_compiles_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    import numba

    real, asked = numba.njit, []

    def unwritable(function: object, cache: bool = False, **options: bool) -> object:
        asked.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return real(function, **options)

    monkeypatch.setattr(numba, "njit", unwritable)
    assert compiled(lambda x: x + 1)(1) == 2
    assert asked == [True, False]

"""The run table: a goal out of reach is said, and each step's range over networks drawn anew."""

from __future__ import annotations

import polars as pl

from countylines.graph import graph_from
from countylines.rank.dismantle.objective import problem_of
from countylines.rank.dismantle.scopes import STEP, _stands, _told
from countylines.rank.dismantle.tables import Options, dismantle_problem

CLIQUE = graph_from("abcdefghijklmnopqrst", {(u, v): 1.0 for u in "abcdefghijkl" for v in "abcdefghijkl" if u < v})


def test_a_goal_that_nobody_could_bring_nearer_is_said_with_the_floor() -> None:
    stays = problem_of(CLIQUE, removable=[False] * 20)
    told = _told(dismantle_problem("G1", stays, Options(draws=2))[0])
    assert told.select("question", "step", "nominal_id", "largest_component").rows() == [("goal", 0, None, 12)]
    assert told["proof"][0].startswith("target 2 can't be reached, floor 12; ")


def test_where_somebody_can_go_step_0_is_left_out() -> None:
    some = problem_of(CLIQUE, removable=[name in "ab" for name in CLIQUE.ids])
    told = _told(dismantle_problem("G1", some, Options(draws=2))[0])
    assert "can't be reached, floor 10" in told.filter(pl.col("question") == "goal")["proof"][0]
    assert told["step"].min() == 1
    assert told["nominal_id"].null_count() == 0


def test_a_goal_that_is_reached_already_has_no_row() -> None:
    apart = problem_of(graph_from("ab", {}), removable=[False, False])
    assert _told(dismantle_problem("G1", apart, Options(draws=2))[0]).is_empty()


def test_the_steps_that_5_and_95_percent_of_the_draws_do_not_exceed() -> None:
    draws = [pl.DataFrame({"scope": ["G1"], "nominal_id": ["a"], "step": [i]}, schema=STEP) for i in range(20, 0, -1)]
    found = _stands(draws, 5)
    assert found.select("first_k_share", "step_low", "step_high").rows() == [(0.25, 1, 19)]
    assert _stands(draws[:1], 5).select("first_k_share", "step_low", "step_high").rows() == [(0.0, 20, 20)]
    assert _stands([], 5).is_empty()

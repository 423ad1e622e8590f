"""The order under the other index and by reported crime only, beside the one chosen (METHOD 5)."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.rank.priority import priority
from countylines.rank.weightings import weightings
from countylines.settings import HarmIndex, Priority
from tests.rank.towns import PLACE, PROFILE, evidence, frame, harm, town

SEEDS = st.integers(0, 9999)
FEW = Priority(draws=100)


def reported(table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(detection="reported")


def by_id(table: pl.DataFrame, column: str) -> dict[tuple[str, str], int | None]:
    return {(kind, name): rank for kind, name, rank in table.select("kind", "id", column).iter_rows()}


@given(seed=SEEDS, index=st.sampled_from(("cchi", "ons_css")))
def test_each_is_the_order_of_a_priority_made_on_that_basis(seed: int, index: HarmIndex) -> None:
    """Unknown levels and people in no group included: all three orders rest on the same draws."""
    made, profiles, of_groups, own, places = town(seed)
    table = priority(made, profiles, of_groups, own, places, FEW, index)
    other = priority(made, profiles, of_groups, own, places, FEW, "ons_css" if index == "cchi" else "cchi")
    only = priority(made, profiles, reported(of_groups), reported(own), places, FEW, index)
    assert by_id(table, "rank_other_index") == by_id(other, "rank")
    assert by_id(table, "rank_reported") == by_id(only, "rank")


def test_groups_by_a_plain_loop_over_the_same_weightings() -> None:
    """G1 does harm by one index, G2 by the other; G3's crimes were all found by the police."""
    harms = {
        "cchi": {"G1": 900.0, "G2": 10.0, "G3": 2000.0},
        "ons_css": {"G1": 5.0, "G2": 700.0, "G3": 600.0},
        "reported": {"G1": 900.0, "G2": 10.0, "G3": 0.0},
    }
    found = {"G1": "reported", "G2": "reported", "G3": "proactive"}
    rows = [
        (group, index, "12m", found[group], "charged", harms[index][group])
        for index in ("cchi", "ons_css")
        for group in found
    ]
    of_groups = frame(dict(harm().schema), *rows)
    levels = {"G1": 2, "G2": 3, "G3": 1}
    profiles = frame(PROFILE, *((group, "violence", level) for group, level in levels.items()))
    made = evidence([(f"p{group}", group, False, []) for group in found], {})
    table = priority(made, profiles, of_groups, harm(), frame(PLACE), FEW)

    weights = weightings(("violence", "harm_12m"), FEW, ("violence", "harm_12m"), np.random.default_rng([FEW.seed, 0]))
    for column, basis in (("rank", "cchi"), ("rank_other_index", "ons_css"), ("rank_reported", "reported")):
        own = harms[basis]
        total = dict.fromkeys(found, 0)
        for first, second in weights.tolist():
            score = {
                group: first * levels[group] / 4 + second * sum(x < own[group] for x in own.values()) / 3
                for group in found
            }
            for group in found:
                total[group] += 1 + sum(
                    score[x] > score[group] and not math.isclose(score[x], score[group]) for x in found
                )
        order = sorted(found, key=lambda group: (total[group], group))
        assert by_id(table, column) == {("group", group): order.index(group) + 1 for group in found}
    assert len({tuple(table.sort("id")[name]) for name in ("rank", "rank_other_index", "rank_reported")}) > 1


@given(seed=SEEDS)
def test_the_same_harm_is_the_same_order(seed: int) -> None:
    made, profiles, *tables, places = town(seed)
    same = [
        pl.concat(
            [
                one := table.filter(index="cchi").with_columns(detection=pl.lit("reported")),
                one.with_columns(index=pl.lit("ons_css")),
            ]
        )
        for table in tables
    ]
    table = priority(made, profiles, *same, places, FEW)
    assert table["rank"].equals(table["rank_other_index"].alias("rank"))
    assert table["rank"].equals(table["rank_reported"].alias("rank"))


@pytest.mark.parametrize(
    ("column", "beside"), [("rank_other_index", "rank_reported"), ("rank_reported", "rank_other_index")]
)
def test_a_basis_that_can_tell_nothing_has_no_order(column: str, beside: str) -> None:
    made, profiles, *tables, places = town(3)
    if column == "rank_reported":
        tables = [table.with_columns(detection=pl.lit("unknown")) for table in tables]
    else:
        no_weight = pl.when(pl.col("index") == "cchi").then("harm")
        tables = [table.with_columns(harm=no_weight) for table in tables]
    table = priority(made, profiles, *tables, places, FEW)
    assert table[column].null_count() == len(table) > 0
    assert table[beside].null_count() == table["rank"].null_count() == 0

"""The tables of groups, worked by hand."""

from __future__ import annotations

import math

import polars as pl
import pyarrow as pa
import pytest

from countylines.graph import Graph, graph_from
from countylines.partition import group_tables, partition
from countylines.settings import PartitionSettings
from countylines.tables import RUN, Component, Partition

NOBODY = pl.DataFrame(schema={"nominal_id": pl.String, "group_id": pl.String})
TIES = ("ab", "ac", "bc", "cd", "de", "df", "ef", "gh")


def town() -> Graph:
    """Two triangles joined by a tie, a pair, and one alone."""
    return graph_from("abcdefghi", dict.fromkeys(TIES, 1.0))


def made(
    reference: pl.DataFrame = NOBODY, previous: tuple[pl.DataFrame, pl.DataFrame] | None = None, least: int = 3
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    graph = town()
    return group_tables(graph, partition(graph, PartitionSettings()), least, reference, previous)


def listed(**groups: str) -> pl.DataFrame:
    rows = [(person, group_id) for group_id, people in groups.items() for person in people]
    return pl.DataFrame(rows, schema=["nominal_id", "group_id"], orient="row")


@pytest.mark.parametrize("name", ["groups", "reference_overlaps"])
@pytest.mark.parametrize("reference", [NOBODY, listed(S="abd")])
def test_columns_types_and_order_are_those_of_the_run(name: str, reference: pl.DataFrame) -> None:
    tables = dict(zip(("groups", "reference_overlaps"), made(reference), strict=False))
    empty = pl.DataFrame(pl.from_arrow(RUN[name].schema.empty_table()))
    assert tables[name].schema == empty.schema
    assert tables[name].to_arrow().cast(RUN[name].schema).schema.equals(RUN[name].schema)


def test_groups_with_names_sizes_and_code_lengths() -> None:
    groups, overlaps, membership = made()
    assert groups.select("group_id", "name", "size", "component").rows() == [
        ("G0001", "1 Lapwing", 3, 1),
        ("G0002", "2 Osprey", 3, 1),
    ]
    assert groups["code_length"].to_list() == groups["code_length_cut"].to_list() == [pytest.approx(2.320731)] * 2
    assert groups["code_length_bound"].max() <= 2.320731
    shares = groups.select("reference_group", "overlap", "associated", "stability")
    assert shares.rows() == [(None, 0.0, False, None)] * 2
    assert overlaps.is_empty()
    homes = dict.fromkeys("abc", "G0001") | dict.fromkeys("def", "G0002") | dict.fromkeys("ghi")
    assert dict(membership.rows()) == homes


def test_small_groups_are_unlinked_unless_asked_for() -> None:
    assert made(least=2)[0]["size"].to_list() == [3, 3, 2]
    groups, _, membership = made(least=1)
    assert groups.select("size", "component", "code_length").rows()[2:] == [(2, 2, 1.0), (1, 3, 0.0)]
    assert membership["group_id"].null_count() == 0
    assert made(least=4)[0].is_empty()


def test_overlap_with_soc_groups() -> None:
    groups, overlaps, _ = made(listed(S="abdx", T="dq", U="xyz"))
    assert groups.select("reference_group", "overlap", "associated").rows() == [("S", 2 / 3, True), ("S", 1 / 3, False)]
    assert overlaps.select("group_id", "reference_group", "shared", "share_of_group", "share_of_reference").rows() == [
        ("G0001", "S", 2, 2 / 3, 0.5),
        ("G0002", "S", 1, 1 / 3, 0.25),
        ("G0002", "T", 1, 1 / 3, 0.5),
    ]
    # of 9 kept people 3 are in S: 2 or 3 of them in (3 x 6 + 1) of 84 draws of 3; there are three SOC groups
    assert overlaps["chance_probability"][0] == pytest.approx(3 * 19 / 84)


def test_one_who_is_listed_twice_counts_once() -> None:
    twice = pl.concat([listed(S="ab"), listed(S="ab")])
    assert made(twice)[1].equals(made(listed(S="ab"))[1])


def test_names_of_an_earlier_run_stay() -> None:
    nominals = pl.DataFrame({"nominal_id": list("abxdefi"), "group_id": ["G0008"] * 3 + ["G0003"] * 3 + [None]})
    before = pl.DataFrame({"group_id": ["G0003", "G0008", "G0021"], "name": ["3 Dunlin", "8 Kestrel", "21 Gone"]})
    groups, _, membership = made(previous=(nominals, before), least=2)
    assert groups.select("group_id", "name", "size").rows() == [
        ("G0003", "3 Dunlin", 3),
        ("G0008", "8 Kestrel", 3),
        ("G0022", "22 " + groups["name"][2].split()[1], 2),
    ]
    assert dict(membership.rows())["a"] == "G0008"


def test_a_second_run_of_the_same_data_is_the_same_table() -> None:
    groups, _, membership = made(listed(S="abd"), least=2)
    again = made(listed(S="abd"), previous=(membership, groups), least=2)
    assert again[0].equals(groups) and again[2].equals(membership)


def test_the_order_of_reference_rows_does_not_matter() -> None:
    rows = listed(S="abd", T="de", U="f")
    for seed in range(5):
        turned = rows.sample(fraction=1, shuffle=True, seed=seed)
        assert all(one.equals(other) for one, other in zip(made(turned), made(rows), strict=True))


def test_the_modularity_cut_has_no_length_before_refinement() -> None:
    graph = town()
    groups, *_ = group_tables(graph, partition(graph, PartitionSettings(cut="modularity")), 3, NOBODY)
    assert groups["code_length_cut"].null_count() == groups["code_length_bound"].null_count() == len(groups) == 2
    assert groups["code_length"].to_list() == [pytest.approx(2.320731)] * 2


def test_nobody_at_all() -> None:
    groups, overlaps, membership = group_tables(graph_from([], {}), Partition([], []), 3, NOBODY)
    assert groups.is_empty() and overlaps.is_empty() and membership.is_empty()
    assert membership.schema == {"nominal_id": pl.String, "group_id": pl.String}


def test_code_lengths_are_rounded_to_what_machines_agree_on() -> None:
    graph = graph_from("abc", {("a", "b"): 1.0, ("b", "c"): 1.0})
    lengths = Component(1.23456789012345, math.nan, math.nan)
    groups, *_ = group_tables(graph, Partition([0, 0, 0], [0, 0, 0], [lengths]), 3, NOBODY)
    assert groups["code_length"].to_list() == [1.23456789]
    assert pa.types.is_float64(groups.to_arrow().schema.field("code_length").type)

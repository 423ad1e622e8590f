"""Deal lines from numbers and names: what belongs together, what never does, who stands behind it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from countylines.rank.evidence import Evidence
from countylines.rank.lines import CLOSE, MOST_NUMBERS, known_lines, lines, normal_name, normal_number
from countylines.tables import RUN
from tests.rank.small import AS_OF, evidence, table

A, B, C, D = (f"+4477009000{n:02}" for n in range(4))
DAY = dt.date(2024, 1, 1)


def said(record: str, start: int = 0, **row: Any) -> dict[str, Any]:
    """A row of ``numbers``: ten characters long, of 1 January 2024 and area Northgate unless something else is said."""
    given = {"record_id": record, "start": start, "end": start + 10, "area": "Northgate", "date": DAY}
    return given | row


def with_numbers(rows: Iterable[Mapping[str, Any]], **more: Any) -> Evidence:
    return dataclasses.replace(evidence(**more), numbers=table("numbers", rows).sort("record_id", "start"))


def parts(made: pl.DataFrame) -> dict[str, set[str]]:
    """Each line's numbers and names."""
    rows = made.select("line_id", pl.coalesce("number", "name")).iter_rows()
    found: dict[str, set[str]] = {}
    for line, part in rows:
        found.setdefault(line, set()).add(part)
    return found


def test_a_number_close_to_a_name_belongs_to_it() -> None:
    rows = [
        said("r1", number=A),
        said("r1", start=40, name="MIKEY"),
        said("r2", name="MIKEY", date=dt.date(2024, 3, 1), area="Saltmere"),
        said("r3", number=B, start=200),
        said("r3", start=0, name="MIKEY"),  # too far from B
        said("r4", number=A, context="own", area=None, date=None),
    ]
    roles = [("r1", "ann", "suspect"), ("r2", "bob", "subject"), ("r4", "cat", "witness"), ("r4", "dan", "subject")]
    made, behind = lines(with_numbers(rows, roles=roles, groups={"G1": ["ann"], "G2": ["bob", "dan"]}))
    assert parts(made) == {"L1": {A, "MIKEY"}}
    first = made.row(0, named=True)
    assert (first["areas"], first["first_seen"], first["last_seen"]) == (
        ["Northgate", "Saltmere"],
        DAY,
        dt.date(2024, 3, 1),
    )
    assert (first["group_id"], first["known"], first["status"], first["internal"]) == ("G2", False, None, None)
    assert first["corroborated"]
    assert behind.rows() == [
        ("L1", "r1", "ann", "name"),
        ("L1", "r1", "ann", "number"),
        ("L1", "r2", "bob", "name"),
        ("L1", "r3", None, "name"),
        ("L1", "r4", "dan", "number"),
    ]


def test_close_means_so_many_characters() -> None:
    for gap, together in ((CLOSE, True), (CLOSE + 1, False)):
        after = [said("r", number=A), said("r", start=10 + gap, name="MIKEY")]
        before = [said("r", name="MIKEY"), said("r", start=10 + gap, number=A)]
        for rows in (after, before):
            assert ({A, "MIKEY"} in parts(lines(with_numbers(rows))[0]).values()) is together


def test_whose_number_is_a_line() -> None:
    rows = [said("r1", number=A), said("r2", number=B, context="line"), said("r3", number=C, context="own")]
    rows += [said("r4", number=D, context="own"), said("r4", start=20, name="MIKEY")]
    made, _ = lines(with_numbers(rows))
    assert parts(made) == {"L1": {B}, "L2": {"MIKEY"}}
    assert made["corroborated"].to_list() == [False, False]
    rows += [said("r5", number=B, context="line"), said("r6", number=B), said("r7", number=B, context="own")]
    roles = [("r5", "ann", "subject"), ("r6", "bob", "subject"), ("r7", "cat", "subject")]
    made, behind = lines(with_numbers(rows, roles=roles, groups={"G1": ["bob", "cat"], "G2": ["ann"]}))
    assert behind.filter(line_id="L1").select("record_id", "nominal_id", "kind").rows() == [
        ("r2", None, "number"),
        ("r5", "ann", "number"),
        ("r6", "bob", "mention"),
        ("r7", "cat", "mention"),
    ]
    assert made.row(0, named=True)["group_id"] == "G2"
    assert dict(made.select("line_id", "corroborated").iter_rows()) == {"L1": True, "L2": False}


def test_known_lines_keep_their_ids_and_never_become_one() -> None:
    known = [
        {
            "line_id": "K2",
            "name": "the Mikey line",
            "phone_number": "07700 900000",
            "nominal_id": "ann",
            "status": "active",
        },
        {
            "line_id": "K2",
            "phone_number": "(0044) 7700-900001",
            "nominal_id": "bob",
            "reported_on": DAY,
            "status": "type 1 closed",
        },
        {"line_id": "K1", "name": "Rico"},
        {"line_id": "K3"},
        {"line_id": "L1", "name": "Ace"},
    ]
    rows = [
        said("r1", number=A),
        said("r1", start=20, name="RICO"),  # A is K2's, whatever stands beside it
        said("r2", number=C),
        said("r2", start=20, name="RICO"),
        said("r3", name="ZED"),
    ]
    made, behind = lines(with_numbers(rows, small={"known_lines": known}, force_areas=("Northgate",)))
    assert parts(made) == {
        "K1": {"RICO", C},
        "K2": {"MIKEY", A, B},
        "K3": {None},
        "L1": {"ACE"},
        "L2": {"ZED"},
    }
    status = dict(made.select("line_id", "status").iter_rows())
    assert status == {"K1": None, "K2": "type 1 closed", "K3": None, "L1": None, "L2": None}
    assert dict(made.select("line_id", "internal").iter_rows()) == {
        "K1": True,
        "K2": True,
        "K3": None,
        "L1": None,
        "L2": True,
    }
    assert made.filter("known")["corroborated"].all()
    assert behind.filter(kind="known").rows() == [("K2", None, "ann", "known"), ("K2", None, "bob", "known")]


def test_what_two_known_lines_share_says_nothing() -> None:
    known = [
        {"line_id": "K1", "name": "Mikey", "phone_number": "07700 900000"},
        {"line_id": "K2", "name": "Mikey", "phone_number": "07700 900000"},
    ]
    rows = [
        said("r1", number=A, context="line"),
        said("r1", start=20, name="MIKEY"),
        said("r2", number=B, context="line"),
    ]
    made, behind = lines(with_numbers([*rows, said("r2", start=20, name="MIKEY")], small={"known_lines": known}))
    assert parts(made) == {"K1": {A, "MIKEY"}, "K2": {A, "MIKEY"}, "L1": {B}}
    assert behind.rows() == [("L1", "r2", None, "number")]


def test_a_number_goes_to_the_name_it_stands_by_most_and_nothing_glues() -> None:
    rows = []
    for record, number, name in [
        ("1", A, "ACE"),
        ("2", A, "ZED"),
        ("3", A, "ZED"),
        ("4", B, "ACE"),
        ("5", C, "ACE"),
        ("6", C, "ZED"),
    ]:
        rows += [said(record, number=number), said(record, start=20, name=name)]
    made, _ = lines(with_numbers(rows))
    assert sorted(map(sorted, parts(made).values())) == [[A, "ZED"], [B, C, "ACE"]]  # C: a tie, the first name


def test_a_name_beside_too_many_numbers_gets_none() -> None:
    for count in (MOST_NUMBERS, MOST_NUMBERS + 1):
        rows = []
        for n in range(count):
            rows += [
                said(f"r{n:02}", number=f"+4477009001{n:02}", context="line"),
                said(f"r{n:02}", start=20, name="IT"),
            ]
        made, _ = lines(with_numbers(rows))
        assert made["line_id"].n_unique() == (1 if count == MOST_NUMBERS else count + 1)


def test_exported_lines_and_lists_of_everybody() -> None:
    rows = [said("r1", name="ACE"), said("r2", name="ACE", area="Saltmere")]
    crowd = [("r1", f"p{n:02}", "subject") for n in range(31)] + [("r2", "ann", "subject")]
    made, behind = lines(with_numbers(rows, roles=crowd, force_areas=("Northgate",)))
    assert made["internal"].to_list() == [False]
    assert behind.rows() == [("L1", "r1", None, "name"), ("L1", "r2", "ann", "name")]
    assert len(lines(with_numbers(rows, roles=crowd), max_record_nominals=31)[1]) == 32


def test_found_lines_are_numbered_by_first_record_then_number() -> None:
    rows = [said("r1", number=B, context="line"), said("r2", number=A, context="line")]
    rows += [said("r3", name="ACE", date=None), said("r4", number=C, context="line", date=dt.date(2023, 1, 1))]
    assert parts(lines(with_numbers(rows))[0]) == {"L1": {C}, "L2": {A}, "L3": {B}, "L4": {"ACE"}}


def test_nothing_at_all() -> None:
    made, behind = lines(with_numbers([]))
    for frame, name in ((made, "lines"), (behind, "line_evidence")):
        assert frame.is_empty() and frame.columns == RUN[name].names


def test_the_ways_in_which_known_lines_are_written() -> None:
    assert normal_number("+44 7700 900000") == normal_number("07700900000") == A
    assert normal_number(None) is normal_number("none") is None
    assert normal_name('"Lil Kay" line') == "LIL KAY" and normal_name(None) is None
    assert known_lines(table("known_lines", extract=True)).status == {}


MENTION = st.builds(
    said,
    st.sampled_from(["r1", "r2", "r3", "r4", "r5"]),
    st.integers(0, 300),
    what=st.sampled_from([A, B, C, D, "ACE", "ZED", "MIKEY"]),
    context=st.sampled_from(["line", "own", None]),
    date=st.sampled_from([None, DAY, AS_OF]),
)


@given(st.lists(MENTION, max_size=15), st.randoms(use_true_random=False))
def test_any_order_of_rows_gives_the_same_and_each_part_has_one_line(
    rows: list[dict[str, Any]], order: random.Random
) -> None:
    for row in rows:
        what = row.pop("what")
        row["number" if what[0] == "+" else "name"] = what
    rows = list({(row["record_id"], row["start"]): row for row in rows}.values())
    roles = [(record, person, "subject") for record, person in zip(("r1", "r2", "r3"), "abc", strict=True)]
    made, behind = lines(with_numbers(rows, roles=roles, groups={"G1": "abc"}))
    shuffled = list(rows)
    order.shuffle(shuffled)
    again = dataclasses.replace(
        with_numbers(rows, roles=roles, groups={"G1": "abc"}), numbers=table("numbers", shuffled)
    )
    for one, other in zip((made, behind), lines(again), strict=True):
        assert one.equals(other)
    every = made.drop_nulls("number")["number"].to_list() + made.drop_nulls("name")["name"].to_list()
    assert len(every) == len(set(every))
    assert {row["name"] for row in rows if row.get("name")} <= set(every)
    assert set(behind["line_id"]) == set(made["line_id"])
    for group in made.group_by("line_id").agg(pl.col("name").drop_nulls().len())["name"]:
        assert group <= 1

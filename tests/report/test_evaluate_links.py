"""Child to line against the truth: every figure of a small case by heart."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import polars as pl
from rich.console import Console

from countylines.report.evaluate_links import LinksFound, evaluate_links, links_table
from countylines.runs import Run
from tests.rank.small import table

# Line A has the group G1 (a1, a2) and the found lines K1 and L2; line B the group G2 (b1) and the found line L1.
PEOPLE = [  # id, line, child, exploited, exploited as a child
    ("a1", "A", False, False, False),
    ("a2", "A", False, False, False),
    ("b1", "B", False, False, False),
    ("k1", "A", True, True, True),  # right by both
    ("k2", "A", True, True, True),  # second by line, wrong by group
    ("k3", "B", True, True, True),  # a path, but no link shown
    ("k4", "B", True, True, True),  # no path
    ("k5", "A", True, True, True),  # no record: counted nowhere
    ("v1", "A", False, True, True),  # grown up, a known victim
    ("v2", "A", False, True, True),  # grown up, nobody's concern
    ("v3", "A", True, False, False),  # a child of the line whom nobody exploited
    ("x1", None, False, False, False),
]
LINKS = [
    ("k1", "line", 1, "K1"),
    ("k1", "group", 1, "G1"),
    ("k2", "line", 1, "L1"),
    ("k2", "line", 2, "L2"),
    ("k2", "group", 1, "G2"),
    ("k4", "line", None, None),
    ("k4", "group", None, None),
    ("k4", "adult", 1, "x1"),
    ("v1", "line", 1, "L3"),
    ("v1", "group", 1, "G1"),
]
MET = [
    ("r1", "a1", "k1"),
    ("r2", "k2", "x1"),
    ("r3", "k3", "b1"),
    ("r4", "k4", "x2"),
    ("r5", "v1", "a2"),
    ("r6", "v2", "x2"),
]
CROWD = [("crowd", name, "subject") for name in ("k4", "b1")]


def small_run(folder: Path) -> Run:
    (folder / "sources").mkdir()

    def write(name: str, frame: pl.DataFrame) -> None:
        frame.write_parquet(folder / f"{name}.parquet")

    roles = [(record, name, "subject") for record, *names in MET for name in names] + [("r7", "k4", "missing")]
    roles += [*CROWD, ("r8", "k4", "subject"), ("r8", "b1", "reporter"), ("r8", "v3", "subject")]
    rows = [dict(zip(("record_id", "nominal_id", "role"), row, strict=True)) for row in roles]
    write("sources/involvements", table("involvements", rows))
    write("sources/known_victims", table("known_victims", [{"nominal_id": "v1"}]))
    kept = {"a1": "G1", "a2": "G1", "b1": "G2", "x1": None, "k1": "G1"}
    write("nominals", table("nominals", [{"nominal_id": name, "group_id": group} for name, group in kept.items()]))
    ties = [("a1", "a2"), ("a1", "k1"), ("a2", "x1")]
    write("edges", table("edges", [{"nominal_a": one, "nominal_b": other} for one, other in ties]))
    write("skipped_records", table("skipped_records", [{"record_id": "crowd"}]))
    parts = [("K1", "+447700900001", None), ("K1", None, "ACE"), ("K1", "+447700900009", None), ("L1", None, "ZED")]
    parts += [("L2", "+447700900002", None), ("L3", None, "ACE2"), ("L4", "+447700900001", None), ("L4", None, "ZED")]
    write("lines", table("lines", [dict(zip(("line_id", "number", "name"), part, strict=True)) for part in parts]))
    links = [dict(zip(("nominal_id", "kind", "rank", "id"), row, strict=True)) for row in LINKS]
    write("safeguarding_links", table("safeguarding_links", links))
    return Run(folder, {})


def found(folder: Path) -> tuple[LinksFound, ...]:
    names = ["nominal_id", "line_id", "child", "exploited", "exploited_as_child"]
    person = pl.DataFrame(PEOPLE, names, orient="row")
    numbers = {"line_id": ["A", "B"], "name": ["Ace", "Zed"], "phone_numbers": ["07700 900001;07700 900002", None]}
    return evaluate_links(small_run(folder), person, pl.DataFrame(numbers))


def test_every_figure_of_the_small_case(tmp_path: Path) -> None:
    children, groups, grown, grown_groups = found(tmp_path)
    assert children == LinksFound(
        "children", "line", people=4, with_path=3, first=1, second_or_third=1, wrong=0, no_link=2
    )
    assert groups == LinksFound(
        "children", "group", people=4, with_path=3, first=1, second_or_third=0, wrong=1, no_link=2
    )
    assert (children.first_share, children.top3_share) == (1 / 3, 2 / 3)
    assert grown == LinksFound(
        "grown up", "line", people=1, with_path=1, first=0, second_or_third=0, wrong=1, no_link=0
    )
    assert grown_groups == LinksFound(
        "grown up", "group", people=1, with_path=1, first=1, second_or_third=0, wrong=0, no_link=0
    )


def test_nobody_with_a_path_has_no_share() -> None:
    none = LinksFound("children", "line", 1, 0, 0, 0, 0, 1)
    assert none.first_share is none.top3_share is None
    console = Console(width=140, record=True, file=StringIO())
    console.print(links_table([none]))
    assert "none" in console.export_text()

"""The picture of how a group comes apart."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest

from countylines.errors import InputError
from countylines.report.curve import BASELINES, OURS, curve, draw
from countylines.runs import Run, write_table
from countylines.tables import RUN

ORDER = [100.0, 36.0, 9.0, 4.0]


def small_run(folder: Path) -> Run:
    """Five people who come apart in three steps, beside every baseline."""
    steps = [
        {"scope": "G1", "question": "order", "step": step, "nominal_id": f"n{step}", "harm_connected": left}
        for step, left in enumerate(ORDER)
        if step
    ]
    plain = [
        {
            "scope": "G1",
            "baseline": name,
            "step": step,
            "harm_connected": left + 10 * min(step, 1),
            "harm_least": left if name == "random" else None,
            "harm_most": left + 20 if name == "random" and step else None,
        }
        for name in BASELINES
        for step, left in enumerate(ORDER)
    ]
    for table, rows in (("dismantling", steps), ("dismantling_baselines", plain)):
        empty = pl.DataFrame(pl.from_arrow(RUN[table].schema.empty_table()))
        write_table(pl.DataFrame(rows, schema=empty.schema), folder, table)
    return Run(folder, {})


def test_every_curve_is_in_the_picture_from_the_whole_on(tmp_path: Path) -> None:
    drawn = curve(small_run(tmp_path), "G1", "Group G1").to_dict()
    (rows,) = [data for data in drawn["datasets"].values() if "curve" in data[0]]
    assert {row["curve"] for row in rows} == {OURS, *BASELINES}
    ours = {row["step"]: row["left"] for row in rows if row["curve"] == OURS}
    assert ours == {0: 1.0, 1: 0.36, 2: 0.09, 3: 0.04}


def test_it_is_written_as_png_and_svg(tmp_path: Path) -> None:
    png, svg = draw(curve(small_run(tmp_path), "G1", "Group G1 <Otter>"), tmp_path / "curve")
    assert png.read_bytes().startswith(b"\x89PNG")
    texts = "".join(ElementTree.fromstring(svg.read_text(encoding="utf-8")).itertext())
    assert "Group G1 <Otter>" in texts
    assert "this order" in texts
    assert "no prediction" in texts
    assert "http://" not in svg.read_text(encoding="utf-8").replace("http://www.w3.org/", "")  # nothing to fetch


def test_a_group_without_anybody_rankable_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nobody in it"):
        curve(small_run(tmp_path), "G2", "Group G2")

"""A group's harm by quarter: the bars and the table say what the run's table says, and small counts stay hidden."""

from __future__ import annotations

import datetime as dt
import re

import polars as pl
import pytest

from countylines.report.show.words import days
from countylines.web.harm_quarters import QUARTERS, drawn, earlier, quarters, top_of
from countylines.web.reader import Reader
from tests.web.conftest import Browse

AS_OF = dt.date(2024, 5, 17)


def row(quarter: dt.date, detection: str, harm: float | None, index: str = "cchi") -> dict[str, object]:
    return {"index": index, "quarter": quarter, "detection": detection, "harm": harm, "crimes": 2}


def test_every_quarter_of_five_years_is_there_and_what_is_earlier_is_summed() -> None:
    rows = [
        row(dt.date(2024, 4, 1), "reported", 10.0),
        row(dt.date(2024, 4, 1), "unknown", None),
        row(dt.date(2019, 7, 1), "proactive", 5.0),
        row(dt.date(2019, 4, 1), "proactive", 3.0),
        row(dt.date(2024, 4, 1), "reported", 99.0, "ons_css"),
    ]
    shown = quarters(rows, "cchi", AS_OF)
    assert len(shown) == QUARTERS
    assert (shown[0].first, shown[-1].first) == (dt.date(2019, 7, 1), dt.date(2024, 4, 1))
    assert [each.whole for each in shown] == [5.0, *[0.0] * 18, 10.0]
    assert shown[-1].crimes == 4
    assert earlier(rows, "cchi", shown) == 3.0


@pytest.mark.parametrize("most", [0.0, 0.4, 1.0, 1.01, 7.0, 250.0, 251.0, 10_000.0, 123_456.0])
def test_the_scale_ends_just_above_the_longest_bar(most: float) -> None:
    assert most <= top_of(most)
    assert most <= 1 or top_of(most) <= 1.5 * most


def test_bars_stand_on_each_other_and_within_the_drawing() -> None:
    rows = [row(dt.date(2024, 1, 1), kind, harm) for kind, harm in (("reported", 40.0), ("proactive", 60.0))]
    bars = re.findall(
        r'<rect class="(\w+)"[^>]* y="([\d.]+)" height="([\d.]+)"', drawn(quarters(rows, "cchi", AS_OF), "days")
    )
    (dark, y, tall), (pale, above, more) = bars
    assert (dark, pale) == ("b1", "b5")
    assert float(y) == pytest.approx(float(above) + float(more), abs=0.2)
    assert float(tall) / float(more) == pytest.approx(40 / 60, rel=0.02)
    assert float(above) >= 0


def test_the_page_has_the_runs_figures(browse: Browse, reader: Reader) -> None:
    table = reader.run.read("group_harm_quarters").filter(pl.col("harm") > 0)
    group = table["id"].value_counts().sort("count", "id")["id"][-1]
    page = browse("analyst").get(f"/groups/{group}").text
    section = page[page.index('id="over-time"') :].partition("</section>")[0]
    recent = table.filter((pl.col("id") == group) & (pl.col("quarter") > reader.as_of - dt.timedelta(days=5 * 366)))
    assert section.count("<title>") == recent.select("index", "quarter").unique().height > 0
    assert all(days(harm) in section for harm in recent["harm"].to_list())
    assert 'id="over-time"' not in browse("ethics_committee").get(f"/groups/{group}").text

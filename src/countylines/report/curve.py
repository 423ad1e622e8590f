"""The picture of how a network or group comes apart: our order beside the plain ones, as PNG and SVG."""

from __future__ import annotations

from pathlib import Path

import altair as alt
import polars as pl

from countylines.errors import InputError
from countylines.report.show.words import LAWFUL
from countylines.runs import Run

OURS = "this order"
BASELINES = ("random", "degree", "adaptive degree", "betweenness")
# shape and colour both tell the curves apart: print and colour-blind readers lose colour
COLOURS = ("#1d3557", "#9aa5b1", "#c17c00", "#7a5195", "#2f8f6b")
DASHES = ([1, 0], [2, 2], [6, 3], [2, 4], [8, 2, 2, 2])


def curve(run: Run, scope: str, title: str) -> alt.LayerChart:
    """The harm still connected after each person, as a share of what it was, for our order and the baselines.

    Args:
        run: a finished run.
        scope: network, or a group_id.
        title: above the picture.

    Raises:
        InputError: the run has no order for this scope.
    """
    order = run.read("dismantling").filter((pl.col("scope") == scope) & (pl.col("question") == "order"))
    plain = run.read("dismantling_baselines").filter(pl.col("scope") == scope)
    if order.is_empty() or plain.is_empty():
        raise InputError(
            "there is nobody in it who could be asked to stop",
            "choose another group",
            file=run.folder.name,
            field=scope,
        )
    steps = int(order["step"].to_list()[-1])
    plain = plain.filter(pl.col("step") <= steps)
    whole = float(plain.filter(pl.col("step") == 0)["harm_connected"].to_list()[0])
    start = pl.DataFrame({"step": [0], "harm_connected": [whole]})
    ours = pl.concat([start, order.select("step", "harm_connected")]).with_columns(curve=pl.lit(OURS))
    lines = pl.concat([ours, plain.select("step", "harm_connected", curve="baseline")])
    rows = lines.with_columns(left=pl.col("harm_connected") / whole).drop("harm_connected")
    random = plain.filter(pl.col("baseline") == "random").select(
        "step", low=pl.col("harm_least") / whole, high=pl.col("harm_most") / whole
    )
    return _drawn(rows, random, title)


def _drawn(rows: pl.DataFrame, band: pl.DataFrame, title: str) -> alt.LayerChart:
    x = alt.X("step:Q", title="people who stop", axis=alt.Axis(tickMinStep=1, grid=False))
    y = alt.Y("left:Q", title="harm still connected", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1]))
    names = [OURS, *BASELINES]
    legend = alt.Legend(title=None, orient="right", symbolStrokeWidth=2)
    lines = (
        alt.Chart(rows)
        .mark_line(interpolate="step-after")
        .encode(
            x=x,
            y=y,
            color=alt.Color("curve:N", scale=alt.Scale(domain=names, range=list(COLOURS)), legend=legend),
            strokeWidth=alt.condition(alt.datum.curve == OURS, alt.value(4), alt.value(2)),
            strokeDash=alt.StrokeDash("curve:N", scale=alt.Scale(domain=names, range=list(DASHES)), legend=legend),
        )
    )
    area = (
        alt.Chart(band)
        .mark_area(interpolate="step-after", opacity=0.18, color=COLOURS[1])
        .encode(x=x, y=alt.Y("low:Q", title="harm still connected"), y2="high:Q")
    )
    drawn: alt.LayerChart = (
        alt.layer(area, lines)
        .properties(width=560, height=300, title=alt.TitleParams(title, subtitle=LAWFUL, anchor="start"))
        .configure(font="Liberation Sans", background="white")
        .configure_view(stroke=None)
    )
    return drawn


def draw(chart: alt.LayerChart, path: Path) -> list[Path]:
    """Write the picture as ``path`` with .png and .svg; what was written."""
    made = [path.with_suffix(".png"), path.with_suffix(".svg")]
    for file in made:
        chart.save(str(file), scale_factor=2 if file.suffix == ".png" else 1)
    return made

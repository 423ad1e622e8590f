"""The what-if curve as a Vega-Lite specification: our order on top, the plain orders with the range of random ones."""

from __future__ import annotations

from typing import Any, Literal

from markupsafe import Markup

from countylines.web.removal import BASELINES, CALLED, Removal, as_json

Measure = Literal["harm", "part"]
OURS = "This order"
NAMES = [OURS, *(CALLED[name] for name in BASELINES[1:]), CALLED["random"]]
COLOURS = ["#123a4c", "#b0691c", "#8a6d3b", "#2f7a56", "#6d7d86"]
DASHES = [[1, 0], [2, 2], [6, 3], [8, 2, 2, 2], [8, 3, 2, 3]]  # lines differ by dash as well as hue
TITLES = {"harm": "Harm still connected, %", "part": "Largest connected part, % of {}"}
FONT = "Segoe UI, Inter, system-ui, Liberation Sans, Arial, sans-serif"


def spec(found: Removal, measure: Measure, at: int) -> Markup:
    """The chart's specification; its data are numbers only.

    Args:
        found: the answers for a group, or the network.
        measure: harm still connected, or the largest connected part.
        at: where the cursor stands, in people taken out.
    """
    ours, plain, band = rows(found, measure)
    title = TITLES[measure].format(found.of)
    x = {
        "field": "k", "type": "quantitative", "title": "People who step out, in order",
        "scale": {"domain": [0, max(1, found.last)], "nice": False},
        "axis": {"tickMinStep": 1, "tickCount": min(12, max(1, found.last)), "grid": False, "format": "d"},
    }  # fmt: skip
    area = {
        "data": {"values": band},
        "mark": {"type": "area", "color": COLOURS[-1], "opacity": 0.2},
        "encoding": {"x": x, "y": _y(title, "low"), "y2": {"field": "high"}},
    }
    cursor = {
        "data": {"name": "cursor", "values": [{"k": at}]},
        "mark": {"type": "rule", "color": "#0b0c0c", "strokeWidth": 1.5},
        "encoding": {"x": {"field": "k", "type": "quantitative"}},
    }
    layers = [area, _line(plain, title, x, 1.8, 26), _line(ours, title, x, 3.2, 52), cursor]
    return as_json(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "width": "container",
            "height": 250,
            "autosize": {"type": "fit", "contains": "padding"},
            "config": {"font": FONT, "view": {"stroke": None}, "axis": {"labelFontSize": 12, "titleFontSize": 12,
                       "titleFontWeight": "normal", "labelColor": "#40484e", "titleColor": "#40484e",
                       "gridColor": "#e7ebee", "domainColor": "#8d989e"}, "legend": {"labelFontSize": 12}},
            "layer": layers,
        }
    )  # fmt: skip


def rows(found: Removal, measure: Measure) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """The points of our order, of the plain ones, and the range of random ones, all in percent."""
    whole = 1.0 if measure == "harm" else float(found.size)
    first = 1.0 if measure == "harm" else found.start / whole
    ours = [{"k": 0, "v": _percent(first), "m": OURS}]
    ours += [
        {"k": step.k, "v": _percent(step.harm if measure == "harm" else step.largest / whole), "m": OURS}
        for step in found.order.steps
    ]
    plain, band = [], []
    for name in BASELINES:
        for row in found.plain.get(name, ()):
            if row["k"] > found.last:
                continue
            plain.append({"k": row["k"], "v": _percent(row[measure] / whole), "m": CALLED[name]})
            if row[f"{measure}_range"]:
                low, high = row[f"{measure}_range"]
                band.append({"k": row["k"], "low": _percent(low / whole), "high": _percent(high / whole)})
    return ours, plain, band


def _percent(value: float) -> float:
    return round(100 * value, 1)


def _y(title: str, field: str) -> dict[str, Any]:
    axis = {"tickCount": 5}
    return {"field": field, "type": "quantitative", "title": title, "scale": {"domain": [0, 100]},
            "axis": axis}  # fmt: skip


def _line(values: list[dict[str, Any]], title: str, x: dict[str, Any], width: float, dot: int) -> dict[str, Any]:
    legend = {"title": None, "orient": "top", "columns": 3, "symbolType": "stroke", "symbolSize": 320,
              "symbolStrokeWidth": 2, "columnPadding": 18, "labelLimit": 220, "offset": 4}  # fmt: skip
    return {
        "data": {"values": values},
        "mark": {"type": "line", "strokeWidth": width, "point": {"size": dot, "filled": True}},
        "encoding": {
            "x": x,
            "y": _y(title, "v"),
            "color": {"field": "m", "type": "nominal", "scale": {"domain": NAMES, "range": COLOURS}, "legend": legend},
            "strokeDash": {"field": "m", "type": "nominal", "scale": {"domain": NAMES, "range": DASHES},
                           "legend": legend},
            "tooltip": [
                {"field": "m", "title": "Order"},
                {"field": "k", "title": "People out"},
                {"field": "v", "title": title},
            ],
        },
    }  # fmt: skip

"""A group's harm over time, drawn on the server: a bar a quarter, by each index for itself (SCREENS 3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from countylines.report.show.words import days
from countylines.web.marks import f

QUARTERS = 20  # the last five years
WIDTH, HEIGHT, LEFT, BASE, TOP = 560, 116, 44, 92, 8
SHADES: Mapping[str, tuple[str, str]] = {
    "reported": ("b1", "Reported by a victim or witness"),
    "proactive": ("b5", "Found by the police"),
    "unknown": ("hq-u", "Not known which"),
}
"""How each detection is drawn, and its words; from the base upwards."""
UNITS = {"cchi": "days", "ons_css": "ONS weights"}
STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)  # round numbers for the end of the scale


@dataclass(frozen=True)
class OverTime:
    """One index's harm by quarter.

    Attributes:
        index: cchi or ons_css.
        edition: of its weights.
        shown: the last five years.
        before: the harm of all earlier quarters.
        drawing: the bars.
    """

    index: str
    edition: str
    shown: Sequence[Quarter]
    before: float
    drawing: Markup


@dataclass(frozen=True)
class Quarter:
    """The harm of a quarter by detection; null where none of its crimes has a weight.

    Attributes:
        crimes: how many, with and without a weight.
    """

    first: dt.date
    harm: Mapping[str, float]
    crimes: int

    @property
    def whole(self) -> float:
        """All detections together."""
        return sum(self.harm.values())

    @property
    def called(self) -> str:
        """As people write it.

        Example:
            >>> Quarter(dt.date(2021, 4, 1), {}, 0).called
            'Apr to Jun 2021'
        """
        last = (self.first.replace(day=28) + dt.timedelta(days=35)).strftime("%b")
        return f"{self.first:%b} to {last} {self.first.year}"


def over_time(rows: Sequence[Mapping[str, Any]], as_of: dt.date) -> list[OverTime]:
    """Both indexes, each for itself; none where the group has no harm.

    Args:
        rows: of the table group_harm_quarters, of one group.
    """
    made = []
    for index, unit in UNITS.items():
        edition = next((row["edition"] for row in rows if row["index"] == index and row["harm"]), None)
        if edition is not None:
            shown = quarters(rows, index, as_of)
            made.append(OverTime(index, edition, shown, earlier(rows, index, shown), drawn(shown, unit)))
    return made


def quarters(rows: Sequence[Mapping[str, Any]], index: str, as_of: dt.date) -> list[Quarter]:
    """The last QUARTERS quarters up to the run's day, each there also where nothing happened.

    Args:
        rows: of the table group_harm_quarters, of one group.
    """
    month = as_of.year * 12 + (as_of.month - 1) // 3 * 3
    starts = [dt.date(at // 12, at % 12 + 1, 1) for at in range(month - 3 * (QUARTERS - 1), month + 1, 3)]
    own: dict[dt.date, list[Mapping[str, Any]]] = {first: [] for first in starts}
    for row in rows:
        if row["index"] == index and row["quarter"] in own:
            own[row["quarter"]].append(row)
    return [
        Quarter(
            first,
            {row["detection"]: row["harm"] for row in found if row["harm"]},
            sum(row["crimes"] for row in found),
        )
        for first, found in own.items()
    ]


def earlier(rows: Sequence[Mapping[str, Any]], index: str, shown: Sequence[Quarter]) -> float:
    """The harm before the first quarter that is shown."""
    return sum(row["harm"] or 0.0 for row in rows if row["index"] == index and row["quarter"] < shown[0].first)


def drawn(shown: Sequence[Quarter], unit: str) -> Markup:
    """The quarters as bars from 0, each with its words.

    Args:
        unit: what the index counts in.
    """
    most = top_of(max((each.whole for each in shown), default=0.0))
    step, scale = (WIDTH - LEFT) / len(shown), (BASE - TOP) / most
    parts = []
    for value in (0.0, most / 2, most):
        y = BASE - value * scale
        parts.append(f'<line class="hq-grid" x1="{LEFT}" x2="{WIDTH}" y1="{f(y)}" y2="{f(y)}"/>')
        parts.append(f'<text class="mo-y" x="{LEFT - 6}" y="{f(y + 4)}" text-anchor="end">{days(value)}</text>')
    for i, each in enumerate(shown):
        parts.append(_bar(each, LEFT + i * step, step, scale, unit))
        if each.first.month == 1:
            x = f(LEFT + i * step)
            parts.append(f'<line class="mo-base" x1="{x}" x2="{x}" y1="{BASE}" y2="{BASE + 5}"/>')
            parts.append(f'<text class="mo-y" x="{f(LEFT + i * step + 3)}" y="{BASE + 17}">{each.first.year}</text>')
    words = f"Harm by quarter in {unit}, {shown[0].called} to {shown[-1].called}; the table below has the same figures"
    return Markup(
        f'<svg class="cl-months" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{words}">{"".join(parts)}</svg>'
    )


def top_of(most: float) -> float:
    """The round number at the end of the scale, so that the longest bar reaches past half of it.

    Example:
        >>> top_of(0.0), top_of(730.0), top_of(1_460.0), top_of(9.0)
        (1.0, 800.0, 1500.0, 10.0)
    """
    size = 1.0
    while size * 10 < most:
        size *= 10
    return next(size * step for step in STEPS if size * step >= most)


def _bar(each: Quarter, x: float, step: float, scale: float, unit: str) -> str:
    if not each.harm:
        return ""
    drawn, at = [], float(BASE)
    for detection, (shade, _) in SHADES.items():
        if tall := each.harm.get(detection, 0.0) * scale:
            at -= tall
            sides = f'x="{f(x + 2)}" width="{f(max(2.0, step - 4))}"'
            drawn.append(f'<rect class="{shade}" {sides} y="{f(at)}" height="{f(max(tall, 0.6))}"/>')
    told = ", ".join(
        f"{words[0].lower()}{words[1:]} {days(each.harm[name])}"
        for name, (_, words) in SHADES.items()
        if name in each.harm
    )
    return f"<g><title>{each.called}: {unit} {told}</title>{''.join(drawn)}</g>"

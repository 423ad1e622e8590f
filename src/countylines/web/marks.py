"""Small marks as SVG, drawn on the server: no script, no style attribute, so that they print and hold under the policy.

Shape, word and colour together say how somebody is treated (SCREENS 1); no mark is used for anything else.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from markupsafe import Markup, escape

from countylines.web.persons import Mark, visible

ICONS = {
    "child": '<rect x="2" y="2" width="12" height="12" rx="3"/>',
    "both": '<path fill-rule="evenodd" d="M5 2h6a3 3 0 0 1 3 3v6a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3ZM8 4L4 8'
    'l4 4 4-4Z"/>',
    "exploited": '<path d="M8 .8L15.2 8 8 15.2.8 8Z"/>',
    "unknown": '<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.8" '
    'stroke-dasharray="2.6 2"/><path d="M6.1 6.4a1.9 1.9 0 1 1 2.7 1.7c-.6.3-.8.6-.8 1.2M8 11.4v.5" fill="none" '
    'stroke="currentColor" stroke-width="1.5"/>',
    "held": '<path d="M8 1.6L14.4 8 8 14.4 1.6 8Z" fill="none" stroke="currentColor" stroke-width="1.8" '
    'stroke-dasharray="2.6 1.8"/>',
    "adult": '<circle cx="8" cy="8" r="6"/>',
    "missing": '<circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="2"/>'
    '<path d="M8 4.4V8l2.6 2" fill="none" stroke="currentColor" stroke-width="2"/>',
    "lac": '<path d="M1 8l7-6.4L15 8h-2v6.4H3V8Z"/>',
    "soc": '<circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" stroke-width="2.4"/>'
    '<circle cx="8" cy="8" r="2.4"/>',
    "line": '<path d="M5 1h6a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V2a1 1 0 0 1 1-1Zm1 2v8h4V3Z" '
    'fill-rule="evenodd"/>',
    "warn": '<path d="M8 1l7.4 13.4H.6Z"/>',
    "over": '<path d="M8 1l7.4 13.4H.6Z"/><path d="M8 6v4M8 11.3v1.6" stroke="#fff" stroke-width="1.7"/>',
    "done": '<circle cx="8" cy="8" r="7"/>'
    '<path d="M4.5 8.3l2.4 2.4 4.6-5" fill="none" stroke="#fff" stroke-width="2"/>',
    "part": '<circle cx="8" cy="8" r="6.3" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<path d="M8 1.7a6.3 6.3 0 0 1 0 12.6Z"/>',
    "todo": '<circle cx="8" cy="8" r="6.3" fill="none" stroke="currentColor" stroke-width="1.5"/>',
    "na": '<path d="M3 8h10" stroke="currentColor" stroke-width="2"/>',
}
NEARLY_ALL = 0.9  # a range of ranks over so much of all can't tell its bearer from the others
HIDDEN = 'aria-hidden="true" focusable="false"'


def f(x: float) -> str:
    """A length with one decimal at most.

    Example:
        >>> f(3.14159), f(2.0)
        ('3.1', '2')
    """
    return f"{x:.1f}".removesuffix(".0")


def icon(name: str, size: int = 14) -> Markup:
    """One sign, in the colour of the text around it."""
    return Markup(
        f'<svg class="cl-ic" width="{size}" height="{size}" viewBox="0 0 16 16" fill="currentColor" {HIDDEN}>'
        f"{ICONS[name]}</svg>"
    )


def figure(mark: Mark, x: float, y: float, r: float, soc: bool = False) -> str:
    """A person in a drawn network: shape and class by how they are treated, a black ring for a SOC member."""
    shapes = {
        "child": _square(x, y, r, "nd-child"),
        "both": _square(x, y, r, "nd-child") + _diamond(x, y, r * 0.58, "nd-inner"),
        "exploited": _diamond(x, y, r * 1.25, "nd-expl"),
        "unknown": f'<circle class="nd-unknown" cx="{f(x)}" cy="{f(y)}" r="{f(r)}"/>'
        f'<text class="nd-q" x="{f(x)}" y="{f(y + r * 0.45)}" text-anchor="middle">?</text>',
        "held": _diamond(x, y, r * 1.25, "nd-held"),
        "adult": f'<circle class="nd-adult" cx="{f(x)}" cy="{f(y)}" r="{f(r)}"/>',
    }
    ring = f'<circle class="nd-soc" cx="{f(x)}" cy="{f(y)}" r="{f(r * 1.3 + 2)}"/>' if soc else ""
    return ring + shapes[mark]


def _square(x: float, y: float, r: float, name: str) -> str:
    s = r * 0.93
    sides = f'width="{f(2 * s)}" height="{f(2 * s)}" rx="{f(s * 0.3)}"'
    return f'<rect class="{name}" x="{f(x - s)}" y="{f(y - s)}" {sides}/>'


def _diamond(x: float, y: float, d: float, name: str) -> str:
    return f'<path class="{name}" d="M{f(x)} {f(y - d)}L{f(x + d)} {f(y)}L{f(x)} {f(y + d)}L{f(x - d)} {f(y)}Z"/>'


def bar(value: float | None, most: float, width: int = 96, name: str = "b1", height: int = 9) -> Markup:
    """A bar from zero; hatched with a question mark where the value is unknown, never empty."""
    if value is None:
        return unknown(width, height)
    full = 0.0 if most <= 0 else max(1.0 if value > 0 else 0.0, value / most * width)
    return Markup(
        f'<svg class="cl-bar" width="{width}" height="{height}" {HIDDEN}><rect class="bt" width="{width}" '
        f'height="{height}"/><rect class="{name}" width="{f(full)}" height="{height}"/></svg>'
    )


def unknown(width: int = 34, height: int = 12) -> Markup:
    """What isn't known."""
    hatch = "".join(f"M{x} {height}L{x + height} 0" for x in range(0, width - height + 1, 6))
    return Markup(
        f'<svg class="cl-unk" width="{width}" height="{height}" role="img"><title>unknown</title><rect class="lu" '
        f'x=".5" y=".5" width="{width - 1}" height="{height - 1}"/><path class="lh" d="{hatch}"/></svg>'
    )


def interval(rank: float, low: float, high: float, n: int, width: int = 78) -> Markup:
    """A rank as a dot on its range, among n; the dot lies inside its bar."""
    rank = min(max(rank, low), high)

    def x(value: float) -> str:
        return f(4 + (value - 1) / max(1, n - 1) * (width - 8))

    return Markup(
        f'<svg class="cl-int" width="{width}" height="14" {HIDDEN}><line class="it" x1="4" x2="{width - 4}" y1="7" '
        f'y2="7"/><line class="ii" x1="{x(low)}" x2="{x(high)}" y1="7" y2="7"/><circle class="ip" cx="{x(rank)}" '
        'cy="7" r="3.6"/></svg>'
    )


def apart(rank: float, low: float | None, high: float | None, n: int) -> bool:
    """Whether a rank tells its bearer from the others: its range holds it, and spans less than nearly all of n.

    Example:
        >>> apart(2, 1, 4, 12), apart(1, 3, 49, 51), apart(20, 3, 49, 51)
        (True, False, False)
    """
    if low is None or high is None or n < 2:
        return True
    return low <= rank <= high and high - low + 1 < NEARLY_ALL * n


def level(value: int | None) -> Markup:
    """A factor's level, 0 to 4, as four boxes; unknown is hatched, never empty."""
    boxes = []
    for k in range(1, 5):
        name = "lu" if value is None else "lf" if k <= value else "le"
        x = (k - 1) * 23.5 + 0.5
        boxes.append(f'<rect class="{name}" x="{f(x)}" y=".5" width="21" height="13"/>')
        if value is None:
            boxes.append(f'<path class="lh" d="M{f(x + 3)} 11L{f(x + 11)} 3M{f(x + 10)} 11L{f(x + 18)} 3"/>')
    return Markup(f'<svg class="cl-lvl" width="94" height="14" viewBox="0 0 94 14" {HIDDEN}>{"".join(boxes)}</svg>')


def dots(value: int) -> Markup:
    """Confidence, none to three dots."""
    drawn = "".join(f'<circle class="cd{"" if k < value else "0"}" cx="{5 + k * 12}" cy="5" r="4"/>' for k in range(3))
    return Markup(f'<svg class="cl-dots" width="34" height="10" {HIDDEN}>{drawn}</svg>')


def spark(values: Sequence[float], width: int = 92, height: int = 22) -> Markup:
    """How something went, from the oldest value to the latest."""
    if len(values) < 2:
        return Markup("")
    most = max(values) or 1
    points = [
        (2 + i * (width - 6) / (len(values) - 1), height - 3 - value / most * (height - 7))
        for i, value in enumerate(values)
    ]
    way = "M" + "L".join(f"{f(x)} {f(y)}" for x, y in points)
    return Markup(
        f'<svg class="cl-spark" width="{width}" height="{height}" {HIDDEN}><path d="{way}"/><circle '
        f'cx="{f(points[-1][0])}" cy="{f(points[-1][1])}" r="2.6"/></svg>'
    )


def text(value: Any) -> str:
    """Stored text, made harmless for a drawing."""
    return str(escape(visible(str(value))))


def radius(strength: float) -> float:
    """A person's size in a drawing: the root of their strength."""
    return 4.2 + math.sqrt(max(0.0, strength)) * 1.15


DRAWN = {
    "icon": icon,
    "bar": bar,
    "unknown": unknown,
    "interval": interval,
    "apart": apart,
    "level": level,
    "dots": dots,
    "spark": spark,
}

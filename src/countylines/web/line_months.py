"""A line's records by month, drawn on the server: each month with records leads to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from countylines.report.show.words import counted
from countylines.web.marks import f, text
from countylines.web.render import MONTHS

WIDTH, HEIGHT, BASE, TOP = 900, 92, 72, 6


def drawn(months: Sequence[tuple[str, int, int]], href: Callable[[str], str], picked: str = "") -> Markup:
    """Bars from the first month to the last; nothing without months.

    Args:
        months: as ``line_view.by_month``: month, records that say it is a line, mentions.
        href: the address of a month's records.
        picked: the month that is chosen.
    """
    if not months:
        return Markup("")
    most = max(says + mentions for _, says, mentions in months)
    step = WIDTH / max(12, len(months))
    parts = [f'<line class="mo-base" x1="0" x2="{WIDTH}" y1="{BASE}" y2="{BASE}"/>']
    for i, (month, says, mentions) in enumerate(months):
        x = i * step
        if month.endswith("-01") or i == 0:
            parts.append(_year(x, month, i, months))
        if says + mentions:
            bars = _bars(x, step, says, mentions, most, month == picked)
            label = f"{spoken(month)}: {told(says, mentions)}"
            hit = f'<rect class="mo-hit" x="{f(x)}" y="0" width="{f(step)}" height="{BASE}"/>'
            parts.append(f'<a href="{text(href(month))}" aria-label="{label}"><title>{label}</title>{hit}{bars}</a>')
    words = f"Records by month, {spoken(months[0][0])} to {spoken(months[-1][0])}, at most {most} in a month"
    box = f'class="cl-months" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{words}"'
    return Markup(f"<svg {box}>{''.join(parts)}</svg>")


def spoken(month: str) -> str:
    """A month as people write it.

    Example:
        >>> spoken("2021-03")
        'Mar 2021'
    """
    return f"{MONTHS[int(month[5:7]) - 1]} {month[:4]}"


def told(says: int, mentions: int) -> str:
    """How many records, in words.

    Example:
        >>> told(2, 0), told(0, 1), told(1, 2)
        ('2 records', '1 mention', '1 record, 2 mentions')
    """
    parts = [counted(says, "record")] if says else []
    return ", ".join([*parts, *([counted(mentions, "mention")] if mentions else [])])


def _bars(x: float, step: float, says: int, mentions: int, most: int, on: bool) -> str:
    scale = (BASE - TOP) / most
    tall, more = says * scale, mentions * scale
    sides = f'x="{f(x + 1)}" width="{f(max(1.0, step - 2))}"'
    dark = f'<rect class="{"mo-on" if on else "mo-b"}" {sides} y="{f(BASE - tall)}" height="{f(tall)}"/>'
    pale = f'<rect class="b5" {sides} y="{f(BASE - tall - more)}" height="{f(more)}"/>'
    return (dark if says else "") + (pale if mentions else "")


def _year(x: float, month: str, i: int, months: Sequence[tuple[str, int, int]]) -> str:
    following = next((k for k in range(1, len(months)) if months[k][0].endswith("-01")), None)
    if i == 0 and following is not None and following * WIDTH / max(12, len(months)) < 34:
        return ""  # the first year's label would touch the second's
    return (
        f'<line class="mo-base" x1="{f(x)}" x2="{f(x)}" y1="{BASE}" y2="{BASE + 5}"/>'
        f'<text class="mo-y" x="{f(x + 2)}" y="{BASE + 17}">{month[:4]}</text>'
    )

"""The two networks that the server draws: of groups, and inside one group. SVG by attributes and classes, no script."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from countylines.web.group_rows import SMALL, GroupRow
from countylines.web.layout import Layout
from countylines.web.marks import f, figure, radius, text
from countylines.web.persons import Card

LABELS = 45  # names of groups drawn at most
LETTER = 6.3  # mean width of a bold letter of 12px
GUARDED_RADIUS = 6.0  # of everybody protected or held: their size must tell nothing


@dataclass(frozen=True)
class Link:
    """How many ties run between two groups, or how many records two people share."""

    a: str
    b: str
    n: int
    adversarial: bool = False


@dataclass(frozen=True)
class Box:
    """A drawing's inside: from drawing units to pixels."""

    scale: float
    dx: float
    dy: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A place in pixels."""
        return x * self.scale + self.dx, y * self.scale + self.dy


def groups_graph(
    rows: Sequence[GroupRow],
    links: Sequence[Link],
    layout: Layout,
    address: Callable[[str], str],
    picked: str = "",
    width: int = 480,
    height: int = 500,
) -> Markup:
    """The groups and the ties between them (SCREENS 2): area = people, colour = priority, ring = more than half in SOC.

    Args:
        rows: the groups to draw.
        links: the ties between groups; those of groups that aren't drawn are left out.
        layout: of the run.
        address: where a click on a group leads.
        picked: the chosen group.
    """
    box = _fitted([(layout.discs[row.group_id].x, layout.discs[row.group_id].y, _disc(row)) for row in rows],
                  width, height)  # fmt: skip
    at = {row.group_id: box.at(layout.discs[row.group_id].x, layout.discs[row.group_id].y) for row in rows}
    drawn = [
        f'<svg class="cl-net cl-meta" viewBox="0 0 {width} {height}" role="group" aria-label="Groups and the ties '
        'between them. The same is in the tables.">'
    ]
    hidden = any(row.hidden for row in rows)
    for link in links:
        if link.a in at and link.b in at:
            drawn.append(_tie(at[link.a], at[link.b], link.n if not hidden else max(SMALL, link.n)))
    by_size = sorted(rows, key=lambda row: (-_disc(row), row.group_id))
    drawn += [
        _circle(row, at[row.group_id], _disc(row) * box.scale, address, row.group_id == picked) for row in by_size
    ]
    drawn += _group_labels(by_size, at, box.scale, picked)
    return Markup("".join([*drawn, "</svg>"]))


def _disc(row: GroupRow) -> float:
    """A circle whose area is the group's people; groups whose number is hidden are all alike."""
    return 7.0 * math.sqrt(row.size or SMALL)


def _fitted(discs: Sequence[tuple[float, float, float]], width: float, height: float) -> Box:
    if not discs:
        return Box(1.0, width / 2, height / 2)
    left, right = min(x - r for x, _, r in discs), max(x + r for x, _, r in discs)
    top, bottom = min(y - r for _, y, r in discs), max(y + r for _, y, r in discs)
    scale = min((width - 40) / (right - left), (height - 40) / (bottom - top), 2.2)
    return Box(scale, width / 2 - (left + right) / 2 * scale, height / 2 - (top + bottom) / 2 * scale)


def _tie(a: tuple[float, float], b: tuple[float, float], n: int) -> str:
    return (
        f'<line class="mg-edge" x1="{f(a[0])}" y1="{f(a[1])}" x2="{f(b[0])}" y2="{f(b[1])}" '
        f'stroke-width="{f(0.6 + 1.1 * math.log2(1 + n))}"/>'
    )


def _band(row: GroupRow) -> int:
    if row.place is None:
        return 3
    return 1 if row.place.rank <= 3 else 2 if row.place.rank <= 10 else 3


def _circle(row: GroupRow, at: tuple[float, float], r: float, address: Callable[[str], str], picked: bool) -> str:
    x, y = f(at[0]), f(at[1])
    words = text(spoken_group(row))
    parts = [
        f'<a href="{escape(address(row.group_id))}" class="mg-a" aria-label="{words}"'
        + (' aria-current="true"' if picked else "")
        + f"><title>{words}</title>"
    ]
    if picked:
        parts.append(f'<circle class="mg-halo" cx="{x}" cy="{y}" r="{f(r + 5)}"/>')
    parts.append(f'<circle class="mg-node mg-p{_band(row)}" cx="{x}" cy="{y}" r="{f(r)}"/>')
    if row.associated:
        parts.append(f'<circle class="mg-soc" cx="{x}" cy="{y}" r="{f(max(2.0, r - 3))}"/>')
    return "".join([*parts, "</a>"])


def spoken_group(row: GroupRow) -> str:
    """A group in one sentence, for screen readers and tooltips."""
    people = f"{row.size:,} people" if row.size is not None else "under 5 people"
    children = f", {row.young}" if row.young else ""
    place = f", priority {row.place.rank}, range {row.place.low} to {row.place.high}" if row.place else ", not ranked"
    soc = f", more than half in {row.soc}" if row.associated else ""
    return f"{row.called}: {people}{children}{place}{soc}"


def _group_labels(
    rows: Sequence[GroupRow], at: Mapping[str, tuple[float, float]], scale: float, picked: str
) -> list[str]:
    """Names, the chosen and the largest first, only where they cover no other name, and not too many."""
    made: list[str] = []
    taken: list[Space] = []
    for row in sorted(rows, key=lambda row: row.group_id != picked):
        if len(taken) >= LABELS:
            break
        (x, y), r, band = at[row.group_id], _disc(row) * scale, _band(row)
        count = "under 5" if row.size is None else f"{row.size:,}"
        children = (f"{row.children:,}" if row.children else "") + ("?" if row.ages != 0 else "")
        half = max(len(row.spoken), len(count) + 2 * bool(children) + len(children)) * LETTER / 2
        inside = r > half + 3 and r > 17
        low = y if inside or r > 11 else y + r + 8  # below a small circle, not on it
        space = (x - half, low - 9, x + half, low + (16 if inside else 5))
        if any(_cross(space, other) for other in taken):
            continue
        taken.append(space)
        if not inside:
            made.append(_words("mg-out", x, low + 4, row.spoken))
            continue
        made.append(_words(f"mg-label mg-t{band}", x, y - 1, row.spoken))
        under = f' <tspan class="mg-k">\u25a0</tspan>{children}' if children else ""
        made.append(
            f'<text class="mg-sub mg-t{band}" x="{f(x)}" y="{f(y + 13)}" text-anchor="middle">{count}{under}</text>'
        )
    return made


def _words(name: str, x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text class="{name}" x="{f(x)}" y="{f(y)}" text-anchor="{anchor}">{text(words)}</text>'


Space = tuple[float, float, float, float]


def _cross(a: Space, b: Space) -> bool:
    return not (a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1])


@dataclass(frozen=True)
class Figure:
    """A member as drawn.

    Attributes:
        x, y: -1 to 1 within the group's disc.
        strength: decides the size; None = protected, held, or not known: all these are drawn alike.
        name: beside the mark; empty = none.
        href: where a click leads; empty = nowhere.
    """

    card: Card
    x: float
    y: float
    strength: float | None
    name: str = ""
    href: str = ""

    @property
    def r(self) -> float:
        """The mark's radius."""
        return GUARDED_RADIUS if self.strength is None or self.card.guarded else min(16.0, radius(self.strength))


def group_network(
    figures: Sequence[Figure], links: Sequence[Link], words: str, width: int = 660, height: int = 352, labels: int = 12
) -> Markup:
    """The inside of a group (SCREENS 3): marks by how people are treated, ties by shared records.

    Args:
        figures: the members.
        links: the ties between them.
        words: the drawing's title.
        labels: names drawn at most, where they cover nothing.
    """
    across = max([0.6, *(abs(each.x) for each in figures)])  # small groups aren't drawn into the corners
    down = max([0.6, *(abs(each.y) for each in figures)])
    at = {
        each.card.nominal_id: (
            width / 2 + each.x / across * (width / 2 - 70),
            height / 2 + each.y / down * (height / 2 - 22),
        )
        for each in figures
    }
    role = "group" if any(each.href for each in figures) else "img"
    drawn = [f'<svg class="cl-net" viewBox="0 0 {width} {height}" role="{role}" aria-label="{text(words)}">']
    for link in links:
        (x, y), (u, v) = at[link.a], at[link.b]
        name = "eg-adv" if link.adversarial else "eg"
        wide = "" if link.adversarial else f' stroke-width="{f(min(6.0, 0.7 + link.n * 0.38))}"'
        drawn.append(f'<line class="{name}" x1="{f(x)}" y1="{f(y)}" x2="{f(u)}" y2="{f(v)}"{wide}/>')
    order = sorted(figures, key=lambda each: (each.strength is None, -(each.strength or 0.0), each.card.nominal_id))
    for each in reversed(order):
        drawn.append(_person(each, at[each.card.nominal_id]))
    drawn += _names(order, at, width, labels)
    return Markup("".join([*drawn, "</svg>"]))


def _person(each: Figure, at: tuple[float, float]) -> str:
    words = text(": ".join(filter(None, (each.name, each.card.words))) + (
        f", member of {', '.join(each.card.soc)}" if each.card.soc else ""))  # fmt: skip
    mark = f"<title>{words}</title>{figure(each.card.mark, *at, each.r, bool(each.card.soc))}"
    if not each.href:
        return f"<g>{mark}</g>"
    return f'<a href="{escape(each.href)}" class="mg-a" aria-label="{words}">{mark}</a>'


def _names(order: Sequence[Figure], at: Mapping[str, tuple[float, float]], width: float, most: int) -> list[str]:
    """Names beside the marks, the most tied first, only where they cover no mark and no other name."""
    taken: list[tuple[str, Space]] = [
        (each.card.nominal_id, (x - each.r, y - each.r, x + each.r, y + each.r))
        for each in order
        for x, y in [at[each.card.nominal_id]]
    ]
    made: list[str] = []
    for each in order:
        if len(made) >= most:
            break
        if not each.name:
            continue
        (x, y), wide = at[each.card.nominal_id], len(each.name) * LETTER
        away = each.r * (1.3 if each.card.soc else 1.0) + 5
        for side, anchor in ((away, "start"), (-away, "end")):
            left = x + side - (wide if anchor == "end" else 0)
            space = (left, y - 7, left + wide, y + 6)
            free = not any(_cross(space, other) for who, other in taken if who != each.card.nominal_id)
            if space[0] >= 2 and space[2] <= width - 2 and free:
                taken.append(("", space))
                made.append(_words("nd-label", x + side, y + 4, each.name, anchor))
                break
    return made

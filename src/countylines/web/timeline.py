"""A person's events in lanes, each with a shape of its own, drawn on the server; the list view has the same events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from countylines.web.evidence import SYSTEMS
from countylines.web.marks import f, text
from countylines.web.outcomes import outcome
from countylines.web.persons import Card
from countylines.web.reader import Reader
from countylines.web.render import day, moment

Row = Mapping[str, Any]
LANES: Mapping[str, str] = {
    "care": "Care",
    "miss": "Missing",
    "cust": "Custody, prison",
    "rel": "Associate's release",
    "crime": "Crime",
    "intel": "Intelligence",
    "ref": "Referral",
}
OF_SOURCE = {"missing": "miss", "custody": "cust", "prison": "cust", "crime": "crime", "intelligence": "intel"}
WIDTH, ROW, TOP, LEFT = 1330, 32, 26, 140
YEARS = 2  # drawn at first; the years before are a link away


@dataclass(frozen=True)
class Event:
    """Something that happened.

    Attributes:
        lane: of LANES.
        end: None = a moment, or not over yet if ``open``.
        words: what, in plain words.
        record_id: the record behind it, if one is.
        about: somebody else it is about.
    """

    lane: str
    start: dt.date
    words: str
    end: dt.date | None = None
    open: bool = False
    record_id: str | None = None
    about: Card | None = None


def events(
    reader: Reader, card: Card, records: Sequence[Row], friends: Iterable[Card], referrals: Sequence[Event]
) -> list[Event]:
    """Everything dated that a run has of a person, the earliest first.

    Args:
        records: their records, with ``roles``.
        friends: people they are tied to in the network, whose releases count.
        referrals: of the safeguarding cases that the reader of the page may know of.
    """
    found = [*referrals, *_care(reader, card), *_episodes(reader, card), *_releases(reader, card, friends)]
    told = {event.record_id for event in found if event.record_id}
    for row in records:
        lane = OF_SOURCE.get(str(row["source"]))
        date = (row["recorded"] or row["occurred"] or "")[:10]
        if lane and date and row["record_id"] not in told:
            words = f"{SYSTEMS[row['source']]}: {', '.join(row['roles'])}"
            if row["outcome_code"]:
                words += f", outcome {outcome(row['outcome_code'], row['source'])}"
            found.append(Event(lane, dt.date.fromisoformat(date), words, record_id=row["record_id"]))
    return sorted(found, key=lambda e: (e.start, list(LANES).index(e.lane), e.record_id or "", e.words))


def _care(reader: Reader, card: Card) -> Iterable[Event]:
    for row in reader.rows("sources/care", "nominal_id", card.nominal_id):
        if row["from"]:
            by = f" ({row['authority']})" if row["authority"] else ""
            end = f"to {day(row['to'])}" if row["to"] else "not over"
            yield Event("care", row["from"], f"In care{by}, {end}", row["to"], row["to"] is None)


def _episodes(reader: Reader, card: Card) -> Iterable[Event]:
    for row in reader.rows("sources/episodes", "nominal_id", card.nominal_id):
        if not row["from"]:
            continue
        words = [f"Missing from {moment(row['from'])}" + (f" to {moment(row['to'])}" if row["to"] else ", still")]
        for name, said in (("missing_from", "from"), ("found_area", "found in"), ("found_with", "found with")):
            words += [f"{said} {row[name]}"] if row[name] else []
        words += [f"{row['risk']} risk"] if row["risk"] else []
        talk = {True: "done", False: "not done", None: "not known"}[row["return_interview"]]
        words.append(f"return interview {talk}")
        end = row["to"].date() if row["to"] else None
        yield Event("miss", row["from"].date(), ", ".join(words), end, row["to"] is None, row["record_id"])
    victim = reader.rows("sources/known_victims", "nominal_id", card.nominal_id)
    for row in victim:
        if row["since"]:
            yield Event(
                "ref", row["since"], "On the list of believed exploited people: " + (row["basis"] or "no basis")
            )


def _releases(reader: Reader, card: Card, friends: Iterable[Card]) -> Iterable[Event]:
    for row in reader.rows("sources/releases", "nominal_id", card.nominal_id):
        if row["release_date"]:
            yield Event("cust", row["release_date"], "Released from prison")
    for friend in friends:
        for row in reader.rows("sources/releases", "nominal_id", friend.nominal_id):
            if row["release_date"]:
                yield Event("rel", row["release_date"], "Released from prison", about=friend)


def window(found: Sequence[Event], as_of: dt.date, every: bool) -> tuple[dt.date, dt.date]:
    """From the first of January of the first year drawn to the last day: two years unless all are asked for."""
    starts = [event.start for event in found] or [as_of]
    latest = max(starts).year
    first = min(starts).year if every else min(latest, as_of.year) - YEARS + 1
    ends = [event.end for event in found if event.end]
    last = max([as_of, *starts, *ends])
    return dt.date(max(first, min(starts).year), 1, 1), last if every else min(last, dt.date(latest, 12, 31))


def shown(found: Sequence[Event], first: dt.date, last: dt.date) -> list[Event]:
    """The events of these days, those that began earlier and reach into them among them."""
    return [e for e in found if e.start <= last and (e.open or (e.end or e.start) >= first)]


def drawn(
    found: Sequence[Event], first: dt.date, last: dt.date, as_of: dt.date, link: Callable[[str], str], names: bool
) -> Markup:
    """The lanes as SVG.

    Args:
        found: what to draw.
        first, last: the days at its edges.
        as_of: until when something that isn't over is drawn.
        link: a record's address.
        names: whether people may be called by name.
    """
    width, days = WIDTH, max(1, (last - first).days)
    height = TOP + ROW * len(LANES) + 4

    def x(when: dt.date) -> float:
        return LEFT + (min(max(when, first), last) - first).days / days * (width - LEFT - 14)

    parts = [_calendar(first, last, x, height)]
    for i, (lane, label) in enumerate(LANES.items()):
        y = TOP + i * ROW
        own = [event for event in found if event.lane == lane]
        parts.append(
            f'<line class="tl-base" x1="0" x2="{width}" y1="{y + ROW}" y2="{y + ROW}"/><text class="tl-lab" x="0" '
            f'y="{y + ROW / 2 + 5:.0f}">{text(label)}</text>'
        )
        for event in own:
            end = as_of if event.open else event.end
            shape = _bar(lane, x(event.start), x(end), y) if end else _point(lane, x(event.start), y + ROW / 2)
            who = f"{_called(event.about, names)}: " if event.about else ""
            title = f"<title>{text(f'{day(event.start)}: {who}{event.words}')}</title>"
            inner = f"<g>{title}{shape}</g>"
            parts.append(f'<a href="{text(link(event.record_id))}">{inner}</a>' if event.record_id else inner)
    words = f"Events from {day(first)} to {day(last)} in lanes by kind. The list view has the same events in order."
    return Markup(
        f'<svg class="cl-tl" viewBox="0 0 {width} {height}" role="group" aria-label="{text(words)}">'
        f"{''.join(parts)}</svg>"
    )


def _called(card: Card, names: bool) -> str:
    return f"{card.words}, {card.name if names else card.nominal_id}"


def _calendar(first: dt.date, last: dt.date, x: Callable[[dt.date], float], height: int) -> str:
    """Lines at the beginning of years and, where there is room, of quarters."""
    years = last.year - first.year + 1
    parts = []
    for year in range(first.year, last.year + 1):
        for month, name in ((1, "Jan"), (4, "Apr"), (7, "Jul"), (10, "Oct")):
            when = dt.date(year, month, 1)
            if when > last or (month > 1 and years > 3):
                continue
            kind, name_of = ("tl-yr", "tl-ty") if month == 1 else ("tl-q", "tl-tq")
            said = (f"{name} {year}" if years <= 3 else str(year)) if month == 1 else name
            parts.append(f'<line class="{kind}" x1="{f(x(when))}" x2="{f(x(when))}" y1="20" y2="{height}"/>')
            if x(when) < WIDTH - 60:  # a word at the edge would be cut off
                parts.append(f'<text class="{name_of}" x="{f(x(when) + 3)}" y="14">{said}</text>')
    return "".join(parts)


def _bar(lane: str, x0: float, x1: float, y: float) -> str:
    place = f'x="{f(x0)}" y="{f(y + ROW / 2 - 7)}" width="{f(max(4, x1 - x0))}"'
    return f'<rect class="tl-{lane}" {place} height="14" rx="2"/>'


def _point(lane: str, x: float, y: float) -> str:
    shapes = {
        "crime": f"M{f(x)} {f(y - 8)}l8 14h-16Z",
        "ref": f"M{f(x)} {f(y - 8)}l8 8 -8 8 -8 -8Z",
        "rel": f"M{f(x - 5)} {f(y - 8)}l12 8 -12 8Z",
        "cust": f"M{f(x - 3)} {f(y - 8)}h6v16h-6Z",
        "miss": f"M{f(x - 3)} {f(y - 7)}h6v14h-6Z",
    }
    if lane in shapes:
        return f'<path class="tl-{lane}" d="{shapes[lane]}"/>'
    return f'<circle class="tl-{lane}" cx="{f(x)}" cy="{f(y)}" r="6"/>'

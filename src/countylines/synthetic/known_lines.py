"""The deal lines that the force knows of already; the others are still to be reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from countylines.synthetic.clock import END, START
from countylines.synthetic.crews import PLAIN, Line, line_name, line_phone

KNOWN = 0.6  # share of the lines
LINKED = 0.3  # share of holders and dealers listed with each of its numbers
OLD = 0.04  # lines that closed before the records begin, per line; at least one
ACTIVE = "active"

Rows = list[dict[str, Any]]


def known_line_rows(
    rng: np.random.Generator, own: np.random.Generator, lines: Sequence[Line], identify: Callable[[int], str]
) -> Rows:
    """A row for every number of a known line and person known to work it.

    Args:
        rng: the stream of the extracts.
        own: a stream of its own: for an active line where none is known yet, and for lines of before. Where all are
            known, one active line isn't, so that there is one to report.
        lines: the lines.
        identify: a person's id, by their index.
    """
    known = {line.number: _rows(rng, line, identify) for line in lines if rng.random() < KNOWN}
    active = [line for line in lines if line.status == ACTIVE]
    if len(active) > 1 and not any(line.number in known for line in active):
        known[active[0].number] = _rows(own, active[0], identify)
    if len(active) > 1 and len(known) == len(lines):
        del known[active[-1].number]
    rows = [row for number in sorted(known) for row in known[number]]
    return [*rows, *_old(own, len(lines))]


def _rows(rng: np.random.Generator, line: Line, identify: Callable[[int], str]) -> Rows:
    base = {
        "line_id": line.id,
        "name": line.name,
        "status": line.status,
        "reported_on": min(dt.date(1970, 1, 1) + dt.timedelta(days=int(line.start) + 60), END),
        "reference": f"INT/{line.number + 1:04d}",
    }
    known = [m.person for m in line.members if m.role in ("holder", "dealer") and m.link == PLAIN]
    rows: Rows = []
    for phone in line.phones:
        linked = [person for person in known if rng.random() < LINKED]
        rows += [{**base, "phone_number": phone, "nominal_id": identify(p)} for p in linked]
        rows += [] if linked else [{**base, "phone_number": phone}]
    return rows


def _old(own: np.random.Generator, lines: int) -> Rows:
    """Lines that no record names: they closed before there were any."""
    return [
        {
            "line_id": f"L{number + 1:03d}",
            "name": line_name(number),
            "phone_number": line_phone(number, 0),
            "status": "type 2 closed",
            "reported_on": START - dt.timedelta(days=int(own.integers(30, 600))),
            "reference": f"INT/{number + 1:04d}",
        }
        for number in range(lines, lines + max(1, round(OLD * lines)))
    ]

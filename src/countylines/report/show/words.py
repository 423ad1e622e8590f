"""How figures and states are written on every view."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from countylines.rank.harm import COUNTED

APART = ("no further action", "diverted", "as a child")
HARM_NAMES = {"cchi": "CCHI days", "ons_css": "ONS weights"}
LAWFUL = "For prioritising lawful disruption or support to stop; no prediction of what anybody will do."
OUR_RECORDS = "Our records only: other forces and the Police National Database are not checked."
NOT_MEASURED = "Person precision: not yet measured."


def number(value: float | None, digits: int = 0) -> str:
    """A figure with thousands apart; nothing where there is none.

    Example:
        >>> number(12345.6), number(None), number(0.1234, 2)
        ('12,346', '', '0.12')
    """
    return "" if value is None else f"{value:,.{digits}f}"


def days(value: float | None) -> str:
    """Harm in days; with a decimal where it is little, so that it never looks like none.

    Example:
        >>> days(550.4), days(2.0), days(0.3), days(None)
        ('550', '2', '0.3', '')
    """
    return number(value, 1 if value and value < 10 and value % 1 else 0)


def share(value: float | None) -> str:
    """A share as a percentage.

    Example:
        >>> share(0.345), share(None)
        ('34%', '')
    """
    return "" if value is None else f"{value:.0%}"


def span(low: float | None, high: float | None) -> str:
    """A range of ranks.

    Example:
        >>> span(1, 4), span(2, 2), span(None, None)
        ('1-4', '2', '')
    """
    if low is None or high is None:
        return ""
    return f"{low:,.0f}" if low == high else f"{low:,.0f}-{high:,.0f}"


def status(person: Mapping[str, Any]) -> str:
    """How somebody is treated, always told before anything else about them.

    Example:
        >>> status({"protected": True, "is_child": True, "believed_exploited": False, "held": []})
        'PROTECTED: child'
        >>> status({"protected": False, "held": ["may be cuckooed"]})
        'HELD: may be cuckooed'
    """
    if person["protected"]:
        why = [
            *(["child"] if person["is_child"] else ["age to be established"] if person["is_child"] is None else []),
            *(["believed exploited"] if person["believed_exploited"] else []),
        ]
        return "PROTECTED: " + ", ".join(why)
    return "HELD: " + ", ".join(person["held"]) if person["held"] else "rankable"


def listed(values: Sequence[str] | None, most: int = 5) -> str:
    """Some values of a list, and how many more there are.

    Example:
        >>> listed(["a", "b", "c"], most=2), listed([])
        ('a, b and 1 more', 'none')
    """
    values = values or ()
    shown = ", ".join(values[:most])
    return shown + (f" and {len(values) - most} more" if len(values) > most else "") or "none"


def harm_summary(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Harm in a row per index and window: by standing over all detections, the three together, and of these reported.

    ``rows``: of nominal_harm or group_harm, of one person or group. The two indices are never added.
    """
    made: list[dict[str, Any]] = []
    for index, window in sorted({(row["index"], row["window"]) for row in rows}):
        here = [row for row in rows if (row["index"], row["window"]) == (index, window)]
        counted = [row for row in here if row["standing"] in COUNTED]
        made.append(
            {
                "index": HARM_NAMES[index],
                "edition": here[0]["edition"],
                "window": window,
                "crimes": sum(row["crimes"] for row in counted),
                **{standing: _sum(row for row in counted if row["standing"] == standing) for standing in COUNTED},
                "all three": _sum(counted),
                "reported": _sum(row for row in counted if row["detection"] == "reported"),
                "no weight": sum(row["crimes_without_weight"] for row in counted),
                "apart": ", ".join(
                    f"{n} {standing}"
                    for standing in APART
                    if (n := sum(row["crimes"] for row in here if row["standing"] == standing))
                ),
                "only protected or held": sum(row.get("crimes_only_protected", 0) for row in counted),
            }
        )
    return made


def _sum(rows: Iterable[Mapping[str, Any]]) -> float | None:
    """None where there are crimes and none has a weight: no weight isn't 0."""
    values = [row["harm"] for row in rows]
    known = [value for value in values if value is not None]
    return math.fsum(known) if known or not values else None


def counted(n: int, one: str, many: str = "") -> str:
    """A number of things.

    Example:
        >>> counted(1, "person", "people"), counted(2_000, "record")
        ('1 person', '2,000 records')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"

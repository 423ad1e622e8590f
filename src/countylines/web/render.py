"""Templates: everything is escaped, an unknown name is an error, and figures and days are written one way."""

from __future__ import annotations

import datetime as dt
import hashlib
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode  # text only: nothing here opens a connection

from jinja2 import Environment, PackageLoader, StrictUndefined

from countylines.report.show.words import counted, days, listed, number, share, span
from countylines.web import marks
from countylines.web.covering import without_names
from countylines.web.gradings import spaced
from countylines.web.outcomes import outcome
from countylines.web.persons import visible

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
SOURCES = {
    "crime": "Crime",
    "intelligence": "Intelligence",
    "custody": "Custody",
    "prison": "Prison",
    "missing": "Missing",
}


def environment() -> Environment:
    """The templates of the dashboard, ready to be filled."""
    made = Environment(
        loader=PackageLoader("countylines.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=harmless,
        auto_reload=False,  # else each page asks the disk for the age of all its templates
    )
    made.filters.update(
        day=day,
        moment=moment,
        number=number,
        harm=days,
        share=share,
        listed=listed,
        source=source,
        query=query,
        grading=spaced,
        outcome=outcome,
    )
    made.globals.update(counted=counted, span=span, asset=asset, without_names=without_names, **marks.DRAWN)
    return made


def harmless(value: Any) -> Any:
    """What a page prints, with direction marks and control characters of stored text made visible."""
    return visible(value) if type(value) is str else value


def day(value: Any) -> str:
    """A day as people write it; nothing where there is none.

    Example:
        >>> day(dt.date(2026, 3, 4)), day("2026-03-04"), day(None)
        ('4 Mar 2026', '4 Mar 2026', '')
    """
    if not value:
        return ""
    found = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value)[:10])
    return f"{found.day} {MONTHS[found.month - 1]} {found.year}"


def moment(value: Any) -> str:
    """A day and time; the time is left out where none is known.

    Example:
        >>> moment("2026-03-04 21:15"), moment(dt.date(2026, 3, 4)), moment(None)
        ('4 Mar 2026, 21:15', '4 Mar 2026', '')
    """
    if not value:
        return ""
    text = value.isoformat(" ", "minutes") if isinstance(value, dt.datetime) else str(value)
    return day(text[:10]) + (f", {text[11:16]}" if len(text) >= 16 else "")


def source(value: str) -> str:
    """A source system's spoken name.

    Example:
        >>> source("crime")
        'Crime'
    """
    return SOURCES.get(value, value)


def query(values: dict[str, Any]) -> str:
    """A page's filters as the query of its address, without the empty ones.

    Example:
        >>> query({"area": "Eastfield", "page": None, "q": "a b"})
        '?area=Eastfield&q=a+b'
    """
    kept = {name: value for name, value in values.items() if value not in (None, "", [])}
    return f"?{urlencode(kept, doseq=True)}" if kept else ""


def quoted(text: str, safe: str = "/") -> str:
    """Text as part of an address; what is in ``safe`` stays as it is.

    Example:
        >>> quoted("/groups?area=A B")
        '/groups%3Farea%3DA%20B'
    """
    return quote(text, safe)


_stamps: dict[str, str] = {}


def asset(name: str) -> str:
    """The address of a built file, with its hash, so that browsers may keep it for long."""
    if name not in _stamps:
        file = files("countylines.web").joinpath("static", name)
        _stamps[name] = hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "missing"
    return f"/assets/{name}?v={_stamps[name]}"

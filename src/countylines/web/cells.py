"""Tables as files that a spreadsheet opens without running what somebody wrote into a cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
          "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip


def safe(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula: a quote stands before what could be one.

    Source: OWASP, CSV injection.

    Example:
        >>> safe("=1+1"), safe(12), safe("a-b"), safe(None)
        ("'=1+1", '12', 'a-b', '')
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(STARTS) or text.lstrip().startswith(STARTS) else text


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]], front: Sequence[str] = ()) -> Iterator[str]:
    """A table as lines of CSV, with lines of its own before the header.

    Example:
        >>> list(csv_lines(["a"], [{"a": "x,y"}], front=["About"]))
        ['About\\r\\n', 'a\\r\\n', '"x,y"\\r\\n']
    """
    for line in front:
        yield _line([line])
    yield _line(columns)
    for row in rows:
        yield _line([row.get(name) for name in columns])


def _line(values: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([safe(value) for value in values])
    return out.getvalue()

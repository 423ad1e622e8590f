"""Cells of text become dates, moments, flags and texts, a whole Arrow array at a time.

A cell that can't be typed is never an error here: it becomes unknown and is named, so that reading can count and show
it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from countylines.tables import DAY, FLAG, MOMENT, TEXT

_NONE = np.array([], np.int64)
TRUE, FALSE = ("true", "1", "yes", "y"), ("false", "0", "no", "n")

_SPELL = {
    "%Y": r"\d{4}",
    "%y": r"\d{2}",
    "%m": r"\d{1,2}",
    "%d": r"\d{1,2}",
    "%b": "[A-Za-z]{3}",
    "%B": "[A-Za-z]+",
    "%H": r"\d{1,2}",
    "%M": r"\d{2}",
    "%S": r"\d{2}",
    "%.f": r"(?:\.\d{1,9})?",
    "%#z": r"(?:[Zz]|[+-]\d{2}(?::?\d{2})?)",
}
_ISO = (
    (r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$", "%Y-%m-%dT%H:%M"),
    (r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?$", "%Y-%m-%dT%H:%M:%S%.f"),
    (r"^\d{4}-\d{2}-\d{2}$", "%Y-%m-%d"),
    (r"^\d{8}$", "%Y%m%d"),
)
_OFFSET = rf"(T\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d{{1,9}})?)?){_SPELL['%#z']}$"


def shape(layout: str) -> str:
    r"""The regular expression of a date layout, so that ``21`` is never read as the year 21.

    Raises:
        ValueError: a part of the layout isn't known.

    Example:
        >>> shape("%d/%m/%Y")
        '^\\d{1,2}/\\d{1,2}/\\d{4}$'
    """
    parts = re.split(r"(%#z|%\.f|%.)", layout)
    unknown = [part for part in parts if part.startswith("%") and part not in _SPELL]
    if unknown:
        raise ValueError(f"{unknown[0]} isn't one of {' '.join(_SPELL)}")
    return "^" + "".join(_SPELL.get(part, re.escape(part)) for part in parts) + "$"


def texts(array: pa.Array) -> pa.Array:
    """Any flat array as text; empty cells are null.

    Raises:
        TypeError: lists, structures and other types that are no cell.

    Example:
        >>> texts(pa.array(["a", "", None])).to_pylist()
        ['a', None, None]
        >>> texts(pa.array([12.0, None])).to_pylist()
        ['12', None]
    """
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    kind = array.type
    if pa.types.is_nested(kind):
        raise TypeError(str(kind))
    if pa.types.is_boolean(kind):
        return pc.if_else(array, "true", "false")
    if pa.types.is_floating(kind):
        array = pc.if_else(pc.is_nan(array), pa.scalar(None, kind), array)
    if pa.types.is_floating(kind) and pc.all(pc.equal(pc.floor(array), array)).as_py() is not False:
        array = array.cast(pa.int64())  # a whole number that a null turned into 12.0
    if kind != TEXT:
        array = array.cast(TEXT)
    empty = pc.equal(pc.binary_length(array), 0)
    return pc.if_else(empty, pa.scalar(None, TEXT), array) if pc.any(empty).as_py() else array


def typed(
    array: pa.Array, kind: pa.DataType, layouts: Sequence[str] = (), several: bool = False
) -> tuple[pa.Array, np.ndarray]:
    """The array as the wanted type, and the places of the cells that could not be (wholly) made it; they are null.

    Args:
        array: cells of any flat type, empty or null = unknown.
        kind: TEXT, MOMENT, DAY or FLAG.
        layouts: date layouts besides ISO 8601, as ``%d/%m/%Y %H:%M``.
        several: a cell may hold several days, separated by ``;`` or ``|``: the latest (youngest person) counts.

    Raises:
        TypeError: the array's type is no cell, as a list.

    Example:
        >>> array, failed = typed(pa.array(["2020-01-31", "31/01/2020", "soon"]), DAY, ["%d/%m/%Y"])
        >>> array.to_pylist(), failed.tolist()
        ([datetime.date(2020, 1, 31), datetime.date(2020, 1, 31), None], [2])
    """
    given = array.type
    if kind == TEXT:
        return texts(array), _NONE
    if kind in (MOMENT, DAY) and (pa.types.is_timestamp(given) or pa.types.is_date(given)):
        return _times(array, kind), _NONE
    if kind == FLAG and pa.types.is_boolean(given):
        return array, _NONE
    series = _series(texts(pc.utf8_trim_whitespace(texts(array))))
    doubtful = _NONE
    if kind == FLAG:
        low = series.str.to_lowercase()
        known = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}
        made = low.replace_strict(known, default=None, return_dtype=pl.Boolean)
    elif kind == MOMENT:
        made = moments(series, layouts)
    elif several:
        made, doubtful = _youngest(series, layouts)
    else:
        made = days(series, layouts)
    failed = (made.is_null() & series.is_not_null()).arg_true().to_numpy()
    return made.to_arrow().cast(kind), np.union1d(failed, doubtful)


def moments(series: pl.Series, layouts: Sequence[str] = ()) -> pl.Series:
    """ISO 8601 moments, with T or a blank, with or without seconds and fractions; an offset is left out.

    The clock that is written is the clock of the force: taken to UTC, the first hour of every summer day would belong
    to the day before.

    Example:
        >>> moments(pl.Series(["2020-01-31", "2020-01-31 10:00:30.5", "2020-01-31T10:00+01:00"])).dt.time().to_list()
        [datetime.time(0, 0), datetime.time(10, 0, 30, 500000), datetime.time(10, 0)]
    """
    clean = series.str.replace(r"^(\d{4}-\d{2}-\d{2}) ", "${1}T").str.replace(r"(:\d{2}),(\d)", "${1}.${2}")
    made = _tried(clean.str.replace(_OFFSET, "${1}"), _ISO)
    return made.fill_null(_tried(series, [(shape(layout), layout) for layout in layouts])) if layouts else made


def days(series: pl.Series, layouts: Sequence[str] = ()) -> pl.Series:
    """Days as written: of a moment its day."""
    iso = series.str.replace(r"^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}.*$", "${1}")
    return moments(iso, layouts).dt.date()


def _youngest(series: pl.Series, layouts: Sequence[str]) -> tuple[pl.Series, np.ndarray]:
    """The latest of the days in each cell, and the cells in which one of several is none."""
    made = days(series, layouts)
    several = (made.is_null() & series.str.contains("[;|]")).arg_true()
    if not len(several):
        return made, _NONE
    cells = series.gather(several).str.replace_all("|", ";", literal=True).str.split(";")
    each = pl.DataFrame({"cell": several, "text": cells}).explode("text").with_columns(pl.col("text").str.strip_chars())
    each = each.filter(pl.col("text") != "")
    each = each.with_columns(days(each["text"], layouts).alias("day"))
    latest = each.group_by("cell").agg(pl.col("day").max()).drop_nulls()
    return made.scatter(latest["cell"], latest["day"]), each.filter(pl.col("day").is_null())["cell"].unique().to_numpy()


def _tried(series: pl.Series, layouts: Sequence[tuple[str, str]]) -> pl.Series:
    """Each layout in turn on what the earlier ones left; most columns need one only."""
    made = pl.Series([None], dtype=pl.Datetime("us")).new_from_index(0, len(series))
    for pattern, layout in layouts:
        left = (made.is_null() & series.is_not_null()).arg_true()
        if not len(left):
            break
        cells = series.gather(left)
        fits = cells.str.contains(pattern)
        if fits.any():
            left, cells = left.filter(fits), cells.filter(fits)
            if "%H" in layout:
                got = cells.str.to_datetime(layout, time_unit="us", strict=False)
                got = got.dt.replace_time_zone(None) if "z" in layout else got
            else:
                got = cells.str.to_date(layout, strict=False).cast(pl.Datetime("us"))
            made = made.scatter(left, got)
    return made


def _times(array: pa.Array, kind: pa.DataType) -> pa.Array:
    """Dates and timestamps of any unit; of one with a time zone the clock there."""
    if pa.types.is_timestamp(array.type) and array.type.tz:
        array = pc.local_timestamp(array)
    return array.cast(pa.timestamp("us"), safe=False).cast(kind, safe=False)


def _series(array: pa.Array) -> pl.Series:
    made = pl.from_arrow(array)
    assert isinstance(made, pl.Series)
    return made

"""Cells as dates, moments, flags and texts."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.ingest.cells import moments, shape, texts, typed
from countylines.tables import DAY, FLAG, MOMENT, TEXT

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))


@given(st.lists(st.datetimes(dt.datetime(1900, 1, 2), dt.datetime(2100, 1, 1), timezones=st.none() | ZONES)))
def test_whatever_python_writes_as_iso_is_read(written: list[dt.datetime]) -> None:
    for separator in "T ":
        cells = pl.Series([moment.isoformat(separator) for moment in written], dtype=pl.String)
        assert moments(cells).to_list() == [moment.replace(tzinfo=None) for moment in written]


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2020-01-31", dt.datetime(2020, 1, 31)),
        (" 2020-01-31 ", dt.datetime(2020, 1, 31)),
        ("2020-01-31T23:59", dt.datetime(2020, 1, 31, 23, 59)),
        ("2020-01-31 23:59:59", dt.datetime(2020, 1, 31, 23, 59, 59)),
        ("2020-01-31T23:59:59.123456789", dt.datetime(2020, 1, 31, 23, 59, 59, 123456)),
        ("2020-01-31T23:59:59,5", dt.datetime(2020, 1, 31, 23, 59, 59, 500000)),
        ("2020-01-31T23:59Z", dt.datetime(2020, 1, 31, 23, 59)),
        ("2020-01-31 00:30+01", dt.datetime(2020, 1, 31, 0, 30)),
        ("2020-01-31T00:30:00+0100", dt.datetime(2020, 1, 31, 0, 30)),
        ("31/01/2020 10:05", dt.datetime(2020, 1, 31, 10, 5)),
        ("", None),
        ("  ", None),
    ],
)
def test_moments(cell: str, moment: dt.datetime | None) -> None:
    array, failed = typed(pa.array([cell]), MOMENT, ["%d/%m/%Y %H:%M"])
    assert array.to_pylist() == [moment]
    assert not len(failed)


@pytest.mark.parametrize(
    "cell", ["2020-13-01", "2020-02-30", "20201301", "1/2/2020", "20-01-31", "2020-01-31T25:00", "soon", "2020", "0"]
)
def test_no_moments(cell: str) -> None:
    array, failed = typed(pa.array(["2020-01-01", cell]), MOMENT)
    assert array.to_pylist() == [dt.datetime(2020, 1, 1), None]
    assert failed.tolist() == [1]


def test_two_digits_are_not_a_year_of_four() -> None:
    assert typed(pa.array(["01/02/20"]), DAY, ["%d/%m/%Y"])[0].to_pylist() == [None]
    assert typed(pa.array(["01/02/20"]), DAY, ["%d/%m/%y"])[0].to_pylist() == [dt.date(2020, 2, 1)]


def test_an_unknown_part_of_a_layout_is_refused() -> None:
    with pytest.raises(ValueError, match="%Q"):
        shape("%d/%Q")


@given(st.lists(st.sampled_from(["true", "FALSE", "1", "0", "Yes", "n", " Y ", "no", "", None, "maybe", "2"])))
def test_flags(cells: list[str | None]) -> None:
    known = {"true": True, "1": True, "yes": True, "y": True, "false": False, "0": False, "no": False, "n": False}
    array, failed = typed(pa.array(cells, pa.string()), FLAG)
    plain = [(cell or "").strip().lower() for cell in cells]
    assert array.to_pylist() == [known.get(cell) for cell in plain]
    assert failed.tolist() == [i for i, cell in enumerate(plain) if cell and cell not in known]


@pytest.mark.parametrize(
    ("array", "kind", "expected"),
    [
        (pa.array([dt.date(2020, 1, 2)]), MOMENT, dt.datetime(2020, 1, 2)),
        (pa.array([dt.datetime(2020, 1, 2, 3)], pa.timestamp("ns")), DAY, dt.date(2020, 1, 2)),
        (
            pa.array([dt.datetime(2020, 7, 1, 0, 30)], pa.timestamp("ms", "Europe/London")),
            MOMENT,
            dt.datetime(2020, 7, 1, 1, 30),  # the clock in London
        ),
        (pa.array([True]), FLAG, True),
        (pa.array([1]), FLAG, True),
        (pa.array([7], pa.uint8()), TEXT, "7"),
        (pa.array([7.0]), TEXT, "7"),
        (pa.array([7.5]), TEXT, "7.5"),
        (pa.array([float("nan")]), TEXT, None),
        (pa.array(["a"]).dictionary_encode(), TEXT, "a"),
        (pa.array(["a"], pa.large_string()), TEXT, "a"),
        (pa.array(["a"], pa.string_view()), TEXT, "a"),
        (pa.array([b"a"]), TEXT, "a"),
        (pa.array([None]), DAY, None),
    ],
)
def test_parquet_s_own_types(array: pa.Array, kind: pa.DataType, expected: object) -> None:
    made, failed = typed(array, kind)
    assert (made.type, made.to_pylist()) == (kind, [expected])
    assert not len(failed)


def test_lists_are_no_cells() -> None:
    with pytest.raises(TypeError, match="list"):
        texts(pa.array([["a"]]))


def test_of_several_days_the_latest_and_the_bad_ones_are_named() -> None:
    cells = ["1990-01-01;2001-05-05", "2001-05-05 | x", "x;y", "1990-01-01", ";", None]
    array, failed = typed(pa.array(cells), DAY, several=True)
    assert array.to_pylist()[:2] == [dt.date(2001, 5, 5)] * 2
    assert array.to_pylist()[2:] == [None, dt.date(1990, 1, 1), None, None]
    assert np.array_equal(failed, [1, 2, 4])

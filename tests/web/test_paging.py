"""The rows of a page: every row stands on one page, whatever number is asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from countylines.web.paging import paged


@given(st.integers(0, 300), st.integers(1, 60))
def test_every_row_stands_on_one_page(total: int, size: int) -> None:
    rows = list(range(total))
    _, _, pages = paged(total, 1, size)
    parts = [rows[paged(total, at, size)[0]] for at in range(1, pages + 1)]
    assert [row for part in parts for row in part] == rows
    assert all(len(part) == size for part in parts[:-1])
    assert total == 0 or parts[-1]


@given(st.integers(0, 300), st.integers(-(10**9), 10**9), st.integers(1, 60))
def test_a_page_that_is_not_there_counts_as_the_nearest(total: int, asked: int, size: int) -> None:
    here, at, pages = paged(total, asked, size)
    assert (here, pages) == paged(total, at, size)[::2]
    assert at == sorted((1, asked, pages))[1]

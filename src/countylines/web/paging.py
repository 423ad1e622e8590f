"""A long list in pages: which rows stand on the page that was asked for."""

from __future__ import annotations


def paged(total: int, asked: int, size: int) -> tuple[slice, int, int]:
    """The rows of a page, its number, and how many pages there are; a page that isn't there counts as the nearest.

    Args:
        total: how many rows there are.
        asked: the number in the address; 1 = first.
        size: rows of a page.

    Example:
        >>> paged(45, 2, 20), paged(45, 9, 20), paged(0, -1, 20)
        ((slice(20, 40, None), 2, 3), (slice(40, 60, None), 3, 3), (slice(0, 20, None), 1, 1))
    """
    pages = max(1, -(-total // size))
    at = min(max(1, asked), pages)
    return slice((at - 1) * size, at * size), at, pages

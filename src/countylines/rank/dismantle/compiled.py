"""Loops over people and ties, compiled on first use; the machine code is kept for the next process where it can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function of arrays and numbers (numba, no Python objects inside).

    Numba keeps machine code beside the source, else in the user's cache folder. Where neither can be written (an
    installation for reading only, a service account without a home) it would refuse; then each process compiles anew.
    It looks at the age of the function's own file only, so functions that call each other stand in one file, but for
    those below.
    """
    try:
        return cast(Function, numba.njit(function, cache=True, nogil=True))
    except RuntimeError:
        return cast(Function, numba.njit(function, nogil=True))


@compiled
def root(parent: Any, u: int) -> int:
    """The representative of u's set in a union-find forest (path halving: Tarjan and van Leeuwen 1984)."""
    while parent[u] != u:
        parent[u] = parent[parent[u]]
        u = parent[u]
    return u


@compiled
def join(parent: Any, weight: Any, one: int, other: int) -> int:
    """Make one set of two, given by their representatives, and sum their weights; the heavier one's stays, returned."""
    if weight[one] < weight[other]:
        one, other = other, one
    parent[other] = one
    weight[one] += weight[other]
    return one

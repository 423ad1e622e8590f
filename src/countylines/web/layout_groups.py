"""Places of groups: ties pull discs together, all push each other away, and in the end none touches another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np

from countylines.graph import Floats, Ints

ROUNDS = 80
SEEN = 160  # of more groups each round looks at so many, another part each time, which stand for all
TURNS = np.array([(np.cos(turn), np.sin(turn)) for turn in np.arange(24) * np.pi / 12])
DIGITS = 6  # rounded in each round, so that the last bits of a sum can't grow


def place_groups(names: Iterable[str], radii: Floats, pairs: Ints, pull: Floats, gap: float) -> Floats:
    """The middle of each disc, shape (groups, 2); no two discs are nearer than ``gap``.

    Args:
        names: of the groups, from which they start.
        radii: of their discs.
        pairs: groups with ties between them, shape (pairs, 2).
        pull: how much each pair is pulled together, above 0.
        gap: least space between two discs.

    Example:
        >>> place_groups(["G1"], np.array([20.0]), np.empty((0, 2), int), np.empty(0), 5.0).tolist()
        [[0.0, 0.0]]
    """
    names = list(names)
    if not names:
        return np.empty((0, 2))
    wanted = _drawn_together(scattered(names), radii, pairs, pull)
    placed = _apart(wanted, radii, gap)
    weight = radii**2
    middle = (placed * weight[:, None]).sum(0) / weight.sum()
    centred: Floats = (placed - middle).round(2)
    return centred


def scattered(names: Iterable[str]) -> Floats:
    """A place for each name in the disc of radius 1 that depends on the name only, shape (names, 2).

    Example:
        >>> bool((scattered(["a", "b"])[0] == scattered(["a"])[0]).all())
        True
    """
    read = [hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names]
    numbers = np.frombuffer(b"".join(read), dtype=">u4").reshape(-1, 2) / 2.0**32
    turn = 2 * np.pi * numbers[:, 1]
    made: Floats = np.sqrt(numbers[:, :1]) * np.column_stack((np.cos(turn), np.sin(turn)))
    return made


def _drawn_together(start: Floats, radii: Floats, pairs: Ints, pull: Floats) -> Floats:
    """Where ties would like the groups to be, by springs and repulsion (Fruchterman and Reingold 1991)."""
    n = len(start)
    side = float(np.sqrt((radii**2).sum())) * 1.4
    gather = float(radii.mean() * radii.sum()) / side**2  # holds against the push of all at this size
    at = start * side
    a, b = pairs[:, 0], pairs[:, 1]
    strength = np.bincount(a, pull, n) + np.bincount(b, pull, n)
    spring = 2.5 * gather * pull / np.sqrt(strength[a] * strength[b])
    seen, more = np.arange(n), 1.0
    for k in range(ROUNDS):
        if n > SEEN:
            seen, more = (np.arange(SEEN) * (n // SEEN) + k) % n, n / SEEN
        away = at[:, None, :] - at[None, seen, :]
        push = more * radii[:, None] * radii[None, seen] / ((away**2).sum(2) + 1.0)
        force = (away * push[:, :, None]).sum(1) - gather * at
        drawn = (at[b] - at[a]) * spring[:, None]
        for axis in (0, 1):
            force[:, axis] += np.bincount(a, drawn[:, axis], n) - np.bincount(b, drawn[:, axis], n)
        length = np.hypot(force[:, 0], force[:, 1]) + 1e-9
        most = side * 0.12 * (1 - k / ROUNDS) + 1.0
        at = (at + force * np.minimum(1.0, most / length)[:, None]).round(DIGITS)
    return at


def _apart(wanted: Floats, radii: Floats, gap: float) -> Floats:
    """Each disc at the free place nearest to where it would like to be, the largest first."""
    order = np.lexsort((np.arange(len(radii)), -radii))
    at = wanted[order]
    for k, i in enumerate(order.tolist()):
        at[k] = _free(at[k], at[:k], radii[order[:k]] + radii[i] + gap, float(radii[i]))
    placed = np.empty_like(at)
    placed[order] = at
    return placed


def _free(wanted: Floats, others: Floats, least: Floats, own: float) -> Floats:
    """The place nearest to the wanted one, on rings around it, that keeps its distance from all others."""
    away = np.hypot(others[:, 0] - wanted[0], others[:, 1] - wanted[1])
    if bool((away >= least).all()):
        return wanted
    ring = 0.0
    while True:  # far enough out every place is free
        ring = max(ring + own * 0.5, ring * 1.05)
        places = wanted + TURNS * ring
        close = np.abs(away - ring) < least  # the others can't reach this ring
        x, y = others[close].T
        far = (places[:, :1] - x) ** 2 + (places[:, 1:] - y) ** 2
        free = places[(far >= least[close] ** 2).all(1)]
        if len(free):
            found: Floats = free[(free**2).sum(1).argmin()]
            return found

"""Whom to remove next: the steepest bundle of each component, by exact drops (compiled)."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

import numpy as np

from countylines.graph import Flags, Floats, Ints
from countylines.rank.dismantle.compiled import compiled, join, root
from countylines.rank.dismantle.objective import Problem

SLACK = 1e-12  # relative: what is nearer than this counts as equal
MASS = -1  # in place of a target: the objective is harm-connected mass


def drops(problem: Problem, gone: Sequence[int] | Ints = ()) -> Floats:
    """How far harm-connected mass falls when one more person is removed, exactly, for everybody at once.

    One depth-first search a component finds what each person cuts off (articulation points: Hopcroft and Tarjan 1973).

    Args:
        problem: the network.
        gone: who is removed already; their own drop is 0.

    Example:
        >>> from countylines.graph import graph_from
        >>> from countylines.rank.dismantle.objective import problem_of
        >>> path = problem_of(graph_from("abc", {("a", "b"): 1.0, ("b", "c"): 1.0}))
        >>> drops(path).tolist(), drops(path, [1]).tolist()
        ([5.0, 7.0, 5.0], [1.0, 0.0, 1.0])
    """
    return _every_drop(problem.start, problem.ties, problem.harm, np.asarray(gone, np.int64))


def steepest(
    problem: Problem,
    lines: Ints,
    *,
    prefixes: bool = True,
    batch: int = 0,
    steps: int | None = None,
    target: int = MASS,
) -> Ints:
    """Remove people by the steepest fall of the objective per cost, until nobody removable is left.

    At each step, on what is left: the exact best next person of each component and, if ``prefixes``, the steepest
    prefix of each candidate order inside it; the steepest of all goes. What is removed in one component changes
    nothing in another, and a prefix over several components is never steeper than its steepest part, so each component
    keeps its own best until it is taken.

    Args:
        problem: the network.
        lines: candidate orders, one a row, each of all n vertices (who can't be removed may stand anywhere).
        prefixes: False for the best next person only.
        batch: in a component of m people take the best m // batch people at once (0 = always one); bounds the time.
        steps: stop after so many people.
        target: MASS, or a number of people: then the objective is the largest component, not below that number, and
            it ends when no component is larger.

    Returns:
        Vertices, the first to be removed first.
    """
    free = problem.removable[lines]
    first = np.take_along_axis(lines, np.argsort(~free, axis=1, kind="stable"), axis=1)
    limit = problem.n if steps is None else steps
    weight = problem.harm if target == MASS else np.ones(problem.n)
    made = _steepest(
        problem.start, problem.ties, weight, problem.cost, problem.removable, first, prefixes, batch, limit, target
    )
    return made[:limit]


@compiled
def _every_drop(start: Ints, ties: Ints, harm: Floats, gone: Ints) -> Floats:
    n = len(harm)
    part, drop = np.zeros(n, np.int64), np.zeros(n)
    tree, sums = np.empty((5, n), np.int64), np.empty((4, n))
    tree[1] = -1
    for u in gone:
        part[u] = -1
    for top in range(n):
        if part[top] == 0:
            count = _search(top, 0, MASS, part, start, ties, harm, tree, sums, drop)
            for u in tree[0, :count]:
                part[u] = 1
    return drop


@compiled
def _search(
    top: int,
    own: int,
    target: int,
    part: Ints,
    start: Ints,
    ties: Ints,
    harm: Floats,
    tree: Ints,
    sums: Floats,
    drop: Floats,
) -> int:
    """Fill ``drop`` for the component of ``top``, the vertices with part == own; count them.

    Rows of ``tree``: the vertices as found; then of each vertex its number (-1 = not found), the lowest number it
    reaches, its parent, its next tie. Rows of ``sums``: harm of the subtree; harm cut off below; the squares of the
    parts cut off; the greatest of them.
    """
    found, number, low, parent, place = tree
    below, cut, squares, most = sums
    u, count, found[0] = top, 1, top
    number[u], low[u], parent[u], place[u] = 0, 0, -1, start[u]
    below[u], cut[u], squares[u], most[u] = harm[u], 0.0, 0.0, 0.0
    while u >= 0:
        if place[u] < start[u + 1]:
            v = ties[place[u]]
            place[u] += 1
            if part[v] != own or v == parent[u]:
                continue
            if number[v] < 0:
                number[v], low[v], parent[v], place[v] = count, count, u, start[v]
                below[v], cut[v], squares[v], most[v] = harm[v], 0.0, 0.0, 0.0
                found[count] = v
                count += 1
                u = v
            else:
                low[u] = min(low[u], number[v])
            continue
        v, u = u, parent[u]
        if u >= 0:
            low[u] = min(low[u], low[v])
            below[u] += below[v]
            if u == top or low[v] >= number[u]:
                cut[u] += below[v]
                squares[u] += below[v] ** 2
                most[u] = max(most[u], below[v])
    whole = below[top]
    for v in found[:count]:
        rest = 0.0 if v == top else whole - cut[v] - harm[v]
        if target < 0:
            drop[v] = whole**2 - squares[v] - rest**2
        else:
            drop[v] = whole - max(most[v], rest, float(target))
        number[v] = -1
    return count


@compiled
def _prefix(
    line: Ints,
    target: int,
    part: Ints,
    start: Ints,
    ties: Ints,
    harm: Floats,
    cost: Floats,
    removable: Flags,
    parent: Ints,
    weight: Floats,
) -> tuple[float, int]:
    """The steepest prefix of a component's members in some order, the removable ones first: ratio and length."""
    own = part[line[0]]
    whole, spent = 0.0, 0.0
    for v in line:
        parent[v] = -1
        whole += harm[v]
        if removable[v]:
            spent += cost[v]
    full = whole**2 if target < 0 else whole
    left, best, length = 0.0, -1.0, 0
    for i in range(len(line) - 1, -1, -1):
        u = line[i]
        if removable[u]:  # what is left when the first i + 1 are removed
            reached = left if target < 0 else max(left, float(target))
            ratio = (full - reached) / spent
            if ratio >= best * (1 - SLACK):
                best, length = ratio, i + 1
            spent -= cost[u]
        parent[u], weight[u], one = u, harm[u], u
        gain = harm[u] ** 2
        for v in ties[start[u] : start[u + 1]]:
            if part[v] == own and parent[v] >= 0:
                other = root(parent, v)
                if one != other:
                    gain += 2 * weight[one] * weight[other]
                    one = join(parent, weight, one, other)
        left = left + gain if target < 0 else max(left, weight[one])
    return best, length


@compiled
def _best(
    lines: Ints,
    target: int,
    prefixes: bool,
    part: Ints,
    start: Ints,
    ties: Ints,
    harm: Floats,
    cost: Floats,
    removable: Flags,
    tree: Ints,
    sums: Floats,
    drop: Floats,
) -> tuple[float, int, int]:
    """A component's steepest bundle: its ratio, the line (-1 = one person), and the length (or the person)."""
    own, ratio, vertex = part[lines[0, 0]], -1.0, -1
    count = _search(lines[0, 0], own, target, part, start, ties, harm, tree, sums, drop)
    for v in tree[0, :count]:
        if removable[v]:
            value = drop[v] / cost[v]
            if value > ratio * (1 + SLACK) or (value >= ratio * (1 - SLACK) and v < vertex):
                ratio, vertex = value, v
    line, length = -1, vertex
    if prefixes and vertex >= 0 and count > 2:
        for k in range(len(lines)):
            value, size = _prefix(lines[k], target, part, start, ties, harm, cost, removable, tree[2], sums[0])
            if value > ratio * (1 + SLACK):
                ratio, line, length = value, k, size
    return ratio, line, length


@compiled
def _number(line: Ints, part: Ints, parts: int, start: Ints, ties: Ints, ends: Ints, queue: Ints) -> int:
    """Number the pieces of what is left of a component (part >= 0) from ``parts`` on; how many parts there are then.

    ``ends`` gets the size of each.
    """
    own = -1
    for v in line:
        own = max(own, part[v])
    for top in line:
        if own < 0 or part[top] != own:
            continue
        queue[0], part[top], head, tail = top, parts, 0, 1
        while head < tail:
            u = queue[head]
            head += 1
            for v in ties[start[u] : start[u + 1]]:
                if part[v] == own:
                    part[v] = parts
                    queue[tail] = v
                    tail += 1
        ends[parts] = tail
        parts += 1
    return parts


@compiled
def _sort(lines: Ints, s: int, e: int, part: Ints, first: int, parts: int, begins: Ints, ends: Ints, row: Ints) -> None:
    """Give each piece a range of its own from s on, in which every line keeps its order."""
    place = s
    for c in range(first, parts):
        begins[c] = place
        place += ends[c]
    for k in range(len(lines)):
        ends[first:parts] = begins[first:parts]
        row[: e - s] = lines[k, s:e]
        for v in row[: e - s]:
            c = part[v]
            if c >= 0:
                lines[k, ends[c]] = v
                ends[c] += 1


@compiled
def _filled(chosen: Ints, most: int, members: Ints, drop: Floats, cost: Floats, removable: Flags) -> Ints:
    """A bundle of a large component and, up to ``most`` people with them, the best single ones besides."""
    ratio = np.full(len(members), -1.0)
    for i in range(len(members)):
        if removable[members[i]]:
            ratio[i] = drop[members[i]] / cost[members[i]]
    best = np.argsort(-ratio, kind="mergesort")[:most]
    taken, count = np.empty(most, np.int64), len(chosen)
    taken[:count] = chosen
    for i in best:
        if count < most and ratio[i] >= 0 and not (taken[: len(chosen)] == members[i]).any():
            taken[count] = members[i]
            count += 1
    return taken[:count]


@compiled
def _steepest(
    start: Ints,
    ties: Ints,
    harm: Floats,
    cost: Floats,
    removable: Flags,
    lines: Ints,
    prefixes: bool,
    batch: int,
    limit: int,
    target: int,
) -> Ints:
    n = len(harm)
    tree, sums, drop = np.empty((5, n), np.int64), np.empty((4, n)), np.empty(n)
    tree[1] = -1
    part, queue, order = np.zeros(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
    ends, kind, length = np.zeros(2 * n + 1, np.int64), np.zeros(2 * n + 1, np.int64), np.zeros(2 * n + 1, np.int64)
    begins = np.zeros(2 * n + 1, np.int64)
    heap = [(0.0, 0)]
    heap.pop()
    steps, s, e, parts = 0, 0, n, 1
    while True:
        first = parts
        parts = _number(lines[0, s:e], part, parts, start, ties, ends, queue)
        _sort(lines, s, e, part, first, parts, begins, ends, queue)
        for c in range(first, parts):
            if ends[c] - begins[c] > target:
                ratio, kind[c], length[c] = _best(
                    lines[:, begins[c] : ends[c]],
                    target,
                    prefixes,
                    part,
                    start,
                    ties,
                    harm,
                    cost,
                    removable,
                    tree,
                    sums,
                    drop,
                )
                if length[c] >= 0:
                    heappush(heap, (-ratio if target < 0 else float(begins[c] - ends[c]), c))
        if not heap or steps >= limit:
            return order[:steps]
        _, c = heappop(heap)
        s, e = begins[c], ends[c]
        chosen = lines[kind[c], s : s + length[c]].copy() if kind[c] >= 0 else np.full(1, length[c])
        if batch and (e - s) // batch > len(chosen):
            chosen = _filled(chosen, (e - s) // batch, lines[0, s:e], drop, cost, removable)
        for v in chosen:
            order[steps] = v
            steps += 1
            part[v] = -1

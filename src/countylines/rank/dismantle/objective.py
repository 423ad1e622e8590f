"""What a removal achieves: harm-connected mass and the largest component, exactly (METHOD section 6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array

from countylines.graph import Flags, Floats, Graph, Ints
from countylines.rank.dismantle.compiled import compiled, root


@dataclass(frozen=True, eq=False)
class Problem:
    """A network to dismantle: n people in order of id, their ties, and what the objective asks of each.

    Attributes:
        ids: the id of each person, sorted as text.
        start: n + 1 places in ``ties``; the neighbours of u are ``ties[start[u]:start[u + 1]]``, in order.
        ties: neighbours, each tie twice.
        harm: h of each person, 0 or more.
        cost: what removing each person costs, above 0.
        removable: who may be removed; the others stay and count.
    """

    ids: tuple[str, ...]
    start: Ints
    ties: Ints
    harm: Floats
    cost: Floats
    removable: Flags

    @property
    def n(self) -> int:
        """The number of people."""
        return len(self.ids)

    def beside(self, u: int) -> Ints:
        """The neighbours of u."""
        return self.ties[self.start[u] : self.start[u + 1]]

    def pairs(self) -> list[tuple[int, int]]:
        """Each tie once, in order."""
        u = np.repeat(np.arange(self.n), np.diff(self.start))
        once = u < self.ties
        return list(zip(u[once].tolist(), self.ties[once].tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class Curve:
    """The network after 0, 1, ... steps of an order.

    Attributes:
        largest: people in the largest component.
        mass: harm-connected mass, the sum over components of (sum of h)^2.
    """

    largest: Ints
    mass: Floats


def problem_of(
    graph: Graph,
    harm: npt.ArrayLike | None = None,
    cost: npt.ArrayLike | None = None,
    removable: npt.ArrayLike | None = None,
) -> Problem:
    """Take a graph and, in the order of its vertices, harm and cost (1 where not given) and who may be removed (all).

    Raises:
        ValueError: harm below 0, cost not above 0, one that isn't finite, or an array of another length.

    Example:
        >>> from countylines.graph import graph_from
        >>> path = problem_of(graph_from("abc", {("a", "b"): 1.0, ("b", "c"): 1.0}))
        >>> path.start.tolist(), path.ties.tolist()
        ([0, 1, 3, 4], [1, 0, 2, 1])
    """
    ends = np.concatenate((graph.a, graph.b)), np.concatenate((graph.b, graph.a))
    links = coo_array((np.ones(2 * len(graph.a), np.int8), ends), shape=(graph.n, graph.n)).tocsr()
    links.sort_indices()
    h, price = (np.ones(graph.n) if given is None else np.array(given, np.float64) for given in (harm, cost))
    free = np.ones(graph.n, np.bool_) if removable is None else np.array(removable, np.bool_)
    for name, values in (("harm", h), ("cost", price)):
        allowed = values >= 0 if name == "harm" else values > 0
        if values.shape != (graph.n,) or not (np.isfinite(values) & allowed).all():
            raise ValueError(
                f"{name} must be {graph.n} finite numbers{' above 0' if name == 'cost' else ', none below 0'}"
            )
    if free.shape != (graph.n,):
        raise ValueError(f"removable must be {graph.n} truth values")
    return Problem(graph.ids, links.indptr.astype(np.int64), links.indices.astype(np.int64), h, price, free)


def curve(problem: Problem, order: Sequence[int] | Ints) -> Curve:
    """Largest component and harm-connected mass after each step of an order.

    People are put back from the last step to the first, joining components (Newman and Ziff 2000), so the whole curve
    costs about as much as reading the ties once.

    Args:
        problem: the network.
        order: different vertices, the first to be removed first; who isn't in it stays.

    Example:
        >>> from countylines.graph import graph_from
        >>> path = problem_of(graph_from("abc", {("a", "b"): 1.0, ("b", "c"): 1.0}), harm=[1, 1, 3])
        >>> found = curve(path, [1, 2])
        >>> found.largest.tolist(), found.mass.tolist()
        ([3, 1, 1], [25.0, 10.0, 1.0])
    """
    return Curve(*_curve(problem.start, problem.ties, problem.harm, np.asarray(order, np.int64)))


def area(problem: Problem, order: Sequence[int] | Ints) -> float:
    """The area under the mass against what was spent, as a share of full mass times the cost of everybody removable.

    Each person's cost is spent at the mass that stands before they go; what nobody in the order pays for is spent at
    the last mass. Smaller is better.

    Example:
        >>> from countylines.graph import graph_from
        >>> path = problem_of(graph_from("abc", {("a", "b"): 1.0, ("b", "c"): 1.0}))
        >>> area(path, [1, 0, 2])  # 9, then 2, then 1, of 3 times 9
        0.4444444444444444
    """
    mass, spent = curve(problem, order).mass, problem.cost[np.asarray(order, np.int64)]
    total = float(problem.cost[problem.removable].sum())
    return float((spent @ mass[:-1] + (total - spent.sum()) * mass[-1]) / (mass[0] * total))


@compiled
def _curve(start: Ints, ties: Ints, harm: Floats, order: Ints) -> tuple[Ints, Floats]:
    n, steps = len(harm), len(order)
    parent, size, weight = np.full(n, -1), np.ones(n, np.int64), harm.copy()
    at_step = np.full(n, steps)
    for i in range(steps):
        at_step[order[i]] = i
    back = np.argsort(-at_step, kind="mergesort")  # who stays first, in order of id, then from the last step on
    largest, mass = np.zeros(steps + 1, np.int64), np.zeros(steps + 1)
    most, total = 0, 0.0
    for place in range(n + 1):
        step = at_step[back[place]] if place < n else -1
        if step < steps:
            largest[step + 1], mass[step + 1] = most, total
        if place == n:
            break
        u = back[place]
        parent[u] = u
        total += weight[u] ** 2
        for v in ties[start[u] : start[u + 1]]:
            if parent[v] >= 0:
                one, other = root(parent, u), root(parent, v)
                if one != other:
                    if size[one] < size[other]:
                        one, other = other, one
                    parent[other] = one
                    total += 2 * weight[one] * weight[other]
                    size[one] += size[other]
                    weight[one] += weight[other]
        most = max(most, size[root(parent, u)])
    return largest, mass

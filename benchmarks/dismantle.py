"""Dismantling: seconds on networks of any size, and the best orders that annealing finds on the reference networks.

``python benchmarks/dismantle.py [PEOPLE ...]`` measures the order, the goal and only-k on three kinds of networks with
three ties a person. ``python benchmarks/dismantle.py --anneal`` makes tests/reference/dismantling/annealed_areas.csv:
on each network RESTARTS times PROPOSALS exchanges and moves of one person in the order, at falling temperature, from
our order, from the exact best next person, from reverse greedy and from random orders; about ten minutes.
"""

from __future__ import annotations

import csv
import sys
import time
from pathlib import Path

import numba
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from countylines.graph import Graph
from countylines.rank.dismantle.bundles import steepest
from countylines.rank.dismantle.compiled import join, root
from countylines.rank.dismantle.goal import goal
from countylines.rank.dismantle.objective import Problem, area, problem_of
from countylines.rank.dismantle.only_k import only_k
from countylines.rank.dismantle.order import best_order, candidate_orders
from countylines.rank.dismantle.reverse import reverse_greedy
from tests.rank.dismantle.networks import DISMANTLING, plain, reference, weighed

PROPOSALS = 400_000  # a restart
RESTARTS = 5


def person_event(n: int, random: np.random.Generator) -> set[tuple[int, int]]:
    """People of small groups who meet at events, mostly with their own."""
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < 3 * n:
        size, one = min(int(random.geometric(0.4)) + 1, 8), int(random.integers(n))
        near = random.random() < 0.85
        others = one // 20 * 20 + random.integers(0, 20, size) if near else random.integers(0, n, min(size, 3))
        met = sorted({one, *(int(u) for u in others if u < n)})
        pairs |= {(u, v) for i, u in enumerate(met) for v in met[i + 1 :]}
    return pairs


def at_random(n: int, random: np.random.Generator) -> set[tuple[int, int]]:
    """Ties drawn at random: the hardest to take apart."""
    a, b = np.sort(random.integers(0, n, (2, 3 * n)), axis=0)
    return {(int(u), int(v)) for u, v in zip(a, b, strict=True) if u != v}


def preferential(n: int, random: np.random.Generator) -> set[tuple[int, int]]:
    """Newcomers tie themselves to those who have many ties (Barabasi and Albert 1999)."""
    ends, pairs = [0, 1], {(0, 1)}
    for v in range(2, n):
        for _ in range(3):
            u = ends[int(random.integers(len(ends)))]
            if u != v and (u, v) not in pairs:
                pairs.add((u, v))
                ends += [u, v]
    return pairs


def measure(n: int) -> None:
    for make in (person_event, at_random, preferential):
        random = np.random.default_rng(1)
        ties = np.array(sorted(make(n, random)), np.int64)
        graph = Graph(tuple(f"{i:07d}" for i in range(n)), ties[:, 0], ties[:, 1], np.ones(len(ties)))
        problem = problem_of(graph, 1 + random.exponential(2, n), random.uniform(0.5, 2, n), random.random(n) < 0.8)
        times = [time.process_time()]
        lines = candidate_orders(problem)
        times.append(time.process_time())
        best_order(problem, lines=lines)
        times.append(time.process_time())
        goal(problem)
        times.append(time.process_time())
        only_k(problem, 5, lines=lines)
        times.append(time.process_time())
        names = ("candidates", "order", "goal", "only k")
        said = ", ".join(f"{name} {spent:.1f}" for name, spent in zip(names, np.diff(times), strict=True))
        print(f"{make.__name__:13} {n:>7,} people {len(ties):>8,} ties: {said} CPU s", flush=True)


@numba.njit
def under(order, start, ties, harm, cost, parent, weight):  # type: ignore[no-untyped-def]
    """The area under an order of everybody, in harm squared times cost."""
    parent[:] = -1
    mass, total = 0.0, 0.0
    for i in range(len(order) - 1, -1, -1):
        u = order[i]
        parent[u], weight[u] = u, harm[u]
        mass += harm[u] ** 2
        one = u
        for v in ties[start[u] : start[u + 1]]:
            if parent[v] >= 0:
                other = root(parent, v)
                if one != other:
                    mass += 2 * weight[one] * weight[other]
                    one = join(parent, weight, one, other)
        total += cost[u] * mass
    return total


@numba.njit
def anneal(order, start, ties, harm, cost, proposals, hot, cold, seed):  # type: ignore[no-untyped-def]
    """The least area found. Early places are tried more often; half of the moves are short."""
    np.random.seed(seed)
    n = len(order)
    parent, weight = np.empty(n, np.int64), np.empty(n)
    now, new = order.copy(), order.copy()
    value = under(now, start, ties, harm, cost, parent, weight)
    best = value
    for step in range(proposals):
        warmth = hot * (cold / hot) ** (step / proposals) * value
        i = int(n * np.random.random() ** 2)
        far = np.random.random() < 0.5
        j = int(n * np.random.random() ** 2) if far else i + int(np.round(3 * np.random.normal()))
        if j < 0 or j >= n or i == j:
            continue
        new[:] = now
        if np.random.random() < 0.5:
            new[i], new[j] = now[j], now[i]
        else:
            low, high = min(i, j), max(i, j)
            if i < j:
                new[low:high] = now[low + 1 : high + 1]
            else:
                new[low + 1 : high + 1] = now[low:high]
            new[j] = now[i]
        proposed = under(new, start, ties, harm, cost, parent, weight)
        if proposed <= value or np.random.random() < np.exp((value - proposed) / warmth):
            value = proposed
            now[:] = new
            best = min(best, value)
    return best


def annealed(problem: Problem, ours: np.ndarray) -> float:
    """The least area over the restarts, as a share like ours."""
    random = np.random.default_rng(1)
    beginnings = [
        ours,
        steepest(problem, np.arange(problem.n)[np.newaxis], prefixes=False),
        reverse_greedy(problem, problem.removable),
        *(random.permutation(problem.n) for _ in range(RESTARTS - 3)),
    ]
    found = [
        anneal(
            order, problem.start, problem.ties, problem.harm, problem.cost, PROPOSALS, 1e-4 if i == 0 else 3e-3, 1e-7, i
        )
        for i, order in enumerate(beginnings)
    ]
    whole = float(problem.harm.sum()) ** 2  # the networks are connected
    return min(found) / (whole * float(problem.cost.sum()))


def anneal_all(path: Path) -> None:
    made, started = [], time.process_time()
    for name in sorted(reference()):
        row: dict[str, object] = {"network": name}
        for way, problem in (("plain", plain(name)), ("weighed", weighed(name))):
            order = best_order(problem)
            own = area(problem, order)
            row[way] = f"{min(own, annealed(problem, order)):.9f}"
            ratio = own / float(str(row[way]))
            print(f"{name:22} {way:8} ours / annealed {ratio:.4f}, {time.process_time() - started:.0f} s", flush=True)
        made.append({**row, "proposals": PROPOSALS * RESTARTS, "restarts": RESTARTS})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(made[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(made)


if __name__ == "__main__":
    if "--anneal" in sys.argv:
        anneal_all(DISMANTLING / "annealed_areas.csv")
    else:
        for people in [int(size) for size in sys.argv[1:]] or [5_000, 20_000]:
            measure(people)

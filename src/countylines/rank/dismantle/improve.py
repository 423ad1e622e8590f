"""A local search after the greedy: move one person at a time to another place in the order, while the area falls."""

from __future__ import annotations

import numpy as np

from countylines.graph import Flags, Floats, Ints
from countylines.rank.dismantle.compiled import compiled, join, root
from countylines.rank.dismantle.objective import Problem, area

PROPOSALS = 5  # times the square of the people in the order: this many moves are drawn
WORK = 200_000_000  # people and ties looked at, for the drawn moves and for the sweeps each; about a second
HOT, COLD = 2.0, 0.01  # over n: the share of the area that a move may add, more or less, at the start and at the end
SLACK = 1e-12  # relative: a smaller fall than this is none
SEED = 1


def improved(problem: Problem, order: Ints) -> Ints:
    """An order of the same people whose area is no greater, most often smaller.

    One person is taken out of the order and put where the area is least; everybody in turn, until nobody moves
    (sweeps). Then people are drawn at random and put at a place drawn by how small the area is there, ever more
    strictly (simulated annealing by heat bath: Creutz 1980), and the best order on the way is swept again. The seed is
    fixed and the number of moves depends on the network's size alone, so the same network gives the same order.

    Args:
        problem: the network.
        order: everybody removable, the first to be removed first.

    Example:
        >>> from countylines.graph import graph_from
        >>> from countylines.rank.dismantle.objective import problem_of
        >>> chain = problem_of(graph_from("abcde", {(u, v): 1.0 for u, v in zip("abcd", "bcde")}))
        >>> worst_last = improved(chain, np.array([0, 1, 2, 3, 4]))
        >>> worst_last.tolist(), area(chain, worst_last)  # 25, 4 + 4, 1 + 4, 1 + 1, 1
        ([2, 1, 3, 0, 4], 0.328)
    """
    people, looked_at = len(order), problem.n + len(problem.ties)
    if people < 2 or not problem.harm.any():
        return order
    network = problem.start, problem.ties, problem.harm, problem.cost, problem.removable
    sweeps = max(1, WORK // (people * looked_at))
    swept = _swept(*network, order, sweeps)
    moves = min(PROPOSALS * people**2, WORK // looked_at)
    drawn = np.random.default_rng([SEED, people]).random((moves, 2))
    annealed = _swept(*network, _annealed(*network, swept, drawn, HOT / people, COLD / people), sweeps)
    return min((order, swept, annealed), key=lambda one: area(problem, one))  # the first of equals


@compiled
def _standing(start: Ints, ties: Ints, harm: Floats, removable: Flags) -> tuple[Ints, Floats, float]:
    """The components of those who can't be removed: parents (-1 = not there), harm and mass."""
    parent, weight, mass = np.full(len(harm), -1), harm.copy(), 0.0
    for u in range(len(harm)):
        if not removable[u]:
            parent[u], one = u, u
            mass += harm[u] ** 2
            for v in ties[start[u] : start[u + 1]]:
                if parent[v] >= 0:
                    other = root(parent, v)
                    if other != one:
                        mass += 2 * weight[one] * weight[other]
                        one = join(parent, weight, one, other)
    return parent, weight, mass


@compiled
def _near(
    person: int, start: Ints, ties: Ints, harm: Floats, parent: Ints, weight: Floats, beside: Flags
) -> tuple[float, float]:
    """Mark the components beside a person; their harm and the person's together, and the sum of their squares."""
    together, apart = harm[person], 0.0
    beside[:] = False
    for v in ties[start[person] : start[person + 1]]:
        if parent[v] >= 0:
            one = root(parent, v)
            if not beside[one]:
                beside[one] = True
                together += weight[one]
                apart += weight[one] ** 2
    return together, apart


@compiled
def _areas(
    person: int,
    others: Ints,
    mass: float,
    start: Ints,
    ties: Ints,
    harm: Floats,
    cost: Floats,
    parent: Ints,
    weight: Floats,
    beside: Flags,
    found: Floats,
) -> None:
    """Fill ``found`` with the area for each place that a person may have among the others.

    The others are put back from the last to the first, once, with two masses kept: without the person and with them,
    who then join all components ``beside`` them (together: their harm; apart: the sum of its squares) into one. At
    place j those from j on are put back without the person, those before j with them.
    """
    count = len(others)
    together, apart = _near(person, start, ties, harm, parent, weight, beside)
    found[count] = cost[person] * (mass - apart + together**2)
    without = 0.0
    for i in range(count - 1, -1, -1):
        u = others[i]
        parent[u], weight[u], one = u, harm[u], u
        mass += harm[u] ** 2
        for v in ties[start[u] : start[u + 1]]:
            if v == person:
                if not beside[one]:
                    beside[one] = True
                    together += weight[one]
                    apart += weight[one] ** 2
            elif parent[v] >= 0:
                other = root(parent, v)
                if other == one:
                    continue
                mass += 2 * weight[one] * weight[other]
                if beside[one] and beside[other]:
                    apart += 2 * weight[one] * weight[other]
                elif beside[one]:
                    together += weight[other]
                    apart += (weight[one] + weight[other]) ** 2 - weight[one] ** 2
                elif beside[other]:
                    together += weight[one]
                    apart += (weight[one] + weight[other]) ** 2 - weight[other] ** 2
                near = beside[one] or beside[other]
                one = join(parent, weight, one, other)
                beside[one] = near
        without += cost[u] * mass
        found[i] = without + cost[person] * (mass - apart + together**2)
        found[count + 1 + i] = cost[u] * (mass - apart + together**2)  # kept for those places that come after
    found[1 : count + 1] += np.cumsum(found[count + 1 : 2 * count + 1])


@compiled
def _put(person: int, place: int, others: Ints, order: Ints) -> None:
    order[:place] = others[:place]
    order[place] = person
    order[place + 1 :] = others[place:]


@compiled
def _swept(start: Ints, ties: Ints, harm: Floats, cost: Floats, removable: Flags, order: Ints, sweeps: int) -> Ints:
    """Everybody in turn to where the area is least, until nobody moves."""
    count, now = len(order), order.copy()
    standing, weighs, mass = _standing(start, ties, harm, removable)
    others, found, beside = np.empty(count - 1, np.int64), np.empty(2 * count - 1), np.empty(len(harm), np.bool_)
    for _ in range(sweeps):
        moved = False
        for person in now.copy():
            place = int(np.argmax(now == person))
            others[:place], others[place:] = now[:place], now[place + 1 :]
            parent, weight = standing.copy(), weighs.copy()
            _areas(person, others, mass, start, ties, harm, cost, parent, weight, beside, found)
            best = int(np.argmin(found[:count]))
            if found[best] < found[place] * (1 - SLACK):
                _put(person, best, others, now)
                moved = True
        if not moved:
            break
    return now


@compiled
def _annealed(
    start: Ints,
    ties: Ints,
    harm: Floats,
    cost: Floats,
    removable: Flags,
    order: Ints,
    drawn: Floats,
    hot: float,
    cold: float,
) -> Ints:
    """The best order that the drawn moves come by; people early in the order are drawn more often."""
    count, now, best, least = len(order), order.copy(), order.copy(), np.inf
    standing, weighs, mass = _standing(start, ties, harm, removable)
    others, found, beside = np.empty(count - 1, np.int64), np.empty(2 * count - 1), np.empty(len(harm), np.bool_)
    for i in range(len(drawn)):
        place = int(count * drawn[i, 0] ** 1.5)
        person = now[place]
        others[:place], others[place:] = now[:place], now[place + 1 :]
        parent, weight = standing.copy(), weighs.copy()
        _areas(person, others, mass, start, ties, harm, cost, parent, weight, beside, found)
        low = found[:count].min()
        warmth = hot * (cold / hot) ** (i / len(drawn)) * low
        chances = np.cumsum(np.exp((low - found[:count]) / warmth))
        place = min(np.searchsorted(chances, drawn[i, 1] * chances[-1]), count - 1)
        _put(person, place, others, now)
        if found[place] < least:
            least = found[place]
            best[:] = now
    return best

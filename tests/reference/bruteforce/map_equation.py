"""METHOD 4: the map equation of a partition, the cut of the tree it chooses, and the moves after it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.reference.bruteforce.tree import Cut, Tree, Weights, greatest_modularity


@dataclass(frozen=True)
class Component:
    """A connected component's final partition and its three code lengths, in bits per step."""

    groups: Cut
    code_length: float
    code_length_cut: float
    code_length_bound: float


def f(x: float) -> float:
    return x * math.log2(x) if x > 0 else 0.0


class MapEquation:
    """Shares of the walk in one component: p(u) of each vertex, q and p of each set of vertices."""

    def __init__(self, vertices: frozenset[int], weights: Weights) -> None:
        self.weights = {pair: w for pair, w in sorted(weights.items()) if pair[0] in vertices}
        self.vertices = sorted(vertices)
        strength = dict.fromkeys(self.vertices, 0.0)
        for (a, b), w in self.weights.items():
            strength[a] += w
            strength[b] += w
        self.total = sum(strength.values())
        self.p = {u: s / self.total if self.total else 0.0 for u, s in strength.items()}
        self.alone = sum(f(self.p[u]) for u in self.vertices)

    def share(self, group: frozenset[int]) -> float:
        return sum(self.p[u] for u in sorted(group))

    def leaving(self, group: frozenset[int]) -> float:
        out = sum(w for (a, b), w in self.weights.items() if (a in group) != (b in group))
        return out / self.total if self.total else 0.0

    def length(self, cut: Cut) -> float:
        """L of a partition, in bits per step.

        Example: two triangles joined by an edge, as two groups, all weights 1 (S = 14; p_i = 1/2, q_i = 1/14 each).
            >>> edges = {(0, 1): 1.0, (0, 2): 1.0, (1, 2): 1.0, (2, 3): 1.0, (3, 4): 1.0, (3, 5): 1.0, (4, 5): 1.0}
            >>> two = MapEquation(frozenset(range(6)), edges)
            >>> round(two.length([frozenset({0, 1, 2}), frozenset({3, 4, 5})]), 6)
            2.32073
            >>> round(two.length([frozenset(range(6))]), 6)
            2.556657
        """
        cut = sorted(cut, key=min)
        q = [self.leaving(group) for group in cut]
        both = [q_i + self.share(group) for q_i, group in zip(q, cut, strict=True)]
        return f(sum(q)) - 2 * sum(f(x) for x in q) + sum(f(x) for x in both) - self.alone

    def cheapest(self, tree: Tree, node: int, x: float) -> tuple[float, Cut]:
        """best(node) for one x, and the cut of the node's people that has it."""
        group = tree.members[node]
        q = self.leaving(group)
        cost = -2 * f(q) + f(q + self.share(group)) + (math.log2(x) + 1 / math.log(2)) * q
        if node not in tree.children:
            return cost, [group]
        left, right = (self.cheapest(tree, child, x) for child in tree.children[node])
        parts = left[0] + right[0]
        return (parts, left[1] + right[1]) if parts < cost - 1e-12 else (cost, [group])

    def best_cut(self, tree: Tree) -> tuple[Cut, float]:
        """The chosen cut of the tree, and the bound that no cut can beat."""
        low, high = 0.0, 1.0
        candidates: list[Cut] = []
        bounds = []
        for _ in range(50):
            x = (low + high) / 2
            cost, cut = self.cheapest(tree, tree.root, x)
            candidates.append(cut)
            bounds.append(cost - x / math.log(2) - self.alone)
            if sum(self.leaving(group) for group in cut) > x:
                low = x
            else:
                high = x
        candidates += tree.levels()
        lengths = [self.length(cut) for cut in candidates]
        near = [i for i, length in enumerate(lengths) if length <= min(lengths) + 1e-12]
        return candidates[min(near, key=lambda i: (len(candidates[i]), i))], max(bounds)

    def refine(self, cut: Cut) -> Cut:
        """Move single people, in order, to the adjacent group that shortens the code most, until nobody moves."""
        group_of = {u: number for number, group in enumerate(cut) for u in group}

        def groups() -> Cut:
            return [
                frozenset(u for u in group_of if group_of[u] == number) for number in sorted(set(group_of.values()))
            ]

        for _ in range(30):
            moved = False
            for u in self.vertices:
                home, now = group_of[u], self.length(groups())
                beside = {group_of[b if a == u else a] for a, b in self.weights if u in (a, b)} - {home}
                tried = {}
                for number in beside:
                    first = min(v for v in group_of if group_of[v] == number)
                    group_of[u] = number
                    tried[number] = (self.length(groups()), first)
                    group_of[u] = home
                if not tried or min(length for length, _ in tried.values()) >= now - 1e-10:
                    continue
                least = min(length for length, _ in tried.values())
                group_of[u] = min((first, n) for n, (length, first) in tried.items() if length <= least + 1e-12)[1]
                moved = True
            if not moved:
                break
        return groups()


def cut_component(tree: Tree, weights: Weights, refine: bool) -> Component:
    """The map-equation cut of one component, refined or not."""
    equation = MapEquation(tree.members[tree.root], weights)
    cut, bound = equation.best_cut(tree)
    final = cut
    if refine:
        own = greatest_modularity(tree.levels(), equation.weights)
        first, second = equation.refine(cut), equation.refine(own)
        final = second if equation.length(second) < equation.length(first) - 1e-9 else first
    return Component(final, equation.length(final), equation.length(cut), bound)

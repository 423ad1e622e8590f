"""Walktrap's tree, as igraph's merges give it, and every cut of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import igraph

Weights = dict[tuple[int, int], float]  # edges a < b by vertex number
Cut = list[frozenset[int]]


@dataclass(frozen=True)
class Tree:
    """One component's tree: members of every node (a vertex or a merge), children of every merge, merges in order."""

    members: dict[int, frozenset[int]]
    children: dict[int, tuple[int, int]]

    @property
    def root(self) -> int:
        return max(self.members, key=lambda node: len(self.members[node]))

    @property
    def leaves(self) -> list[int]:
        return sorted(node for node in self.members if node not in self.children)

    def levels(self) -> list[Cut]:
        """Everybody alone, then one merge more each time, until all are together."""
        level: Cut = [self.members[leaf] for leaf in self.leaves]
        found = [level]
        for merge in sorted(self.children):
            parts = [self.members[child] for child in self.children[merge]]
            level = [group for group in level if group not in parts] + [self.members[merge]]
            found.append(level)
        return found

    def cuts(self, node: int | None = None) -> Iterator[Cut]:
        """Every cut of the tree: only for tiny ones."""
        node = self.root if node is None else node
        yield [self.members[node]]
        if node in self.children:
            left, right = self.children[node]
            for one, other in product(self.cuts(left), self.cuts(right)):
                yield one + other


def walktrap(size: int, weights: Weights, steps: int) -> tuple[list[tuple[int, int]], list[int]]:
    """igraph's merges, and the group numbers of its modularity cut."""
    pairs = sorted(weights)
    graph = igraph.Graph(n=size, edges=pairs)
    tree = graph.community_walktrap(weights=[weights[pair] for pair in pairs], steps=steps)
    return [(int(a), int(b)) for a, b in tree.merges], list(tree.as_clustering().membership)


def components(size: int, weights: Weights) -> list[frozenset[int]]:
    """Connected components, the one with the lowest vertex first."""
    part = {vertex: frozenset({vertex}) for vertex in range(size)}
    for a, b in weights:
        if part[a] != part[b]:
            joined = part[a] | part[b]
            part.update(dict.fromkeys(joined, joined))
    return sorted(set(part.values()), key=min)


def sub_tree(component: frozenset[int], size: int, merges: list[tuple[int, int]]) -> Tree:
    """The tree that the merges built for one component; merge i makes node size + i."""
    members = {vertex: frozenset({vertex}) for vertex in component}
    children = {}
    for i, (left, right) in enumerate(merges):
        if left in members and right in members:
            children[size + i] = (left, right)
            members[size + i] = members[left] | members[right]
    return Tree(members, children)


def modularity(cut: Cut, weights: Weights) -> float:
    """Newman's modularity of a partition; 0 without edges."""
    total = sum(weights.values())
    if not total:
        return 0.0
    inside = [sum(w for (a, b), w in weights.items() if a in group and b in group) for group in cut]
    ends = [sum(w * ((a in group) + (b in group)) for (a, b), w in weights.items()) for group in cut]
    return sum(i / total - (e / (2 * total)) ** 2 for i, e in zip(inside, ends, strict=True))


def greatest_modularity(levels: list[Cut], weights: Weights) -> Cut:
    """The level with the greatest modularity; of equal ones the one with fewest merges."""
    scores = [modularity(level, weights) for level in levels]
    return next(level for level, score in zip(levels, scores, strict=True) if score >= max(scores) - 1e-12)

"""Small graphs, and METHOD 4's definitions written out over sets of people."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator

from countylines.graph import Graph, graph_from
from countylines.partition.walktrap import Tree

Group = frozenset[int]

WEIGHTS = (0.25, 0.5, 0.5, 1.0, 1.0, 1.0, 2.0, 3.5, 0.07)
TRIANGLES = dict.fromkeys(("ab", "ac", "bc", "cd", "de", "df", "ef"), 1.0)


def triangles() -> Graph:
    """Two triangles, abc and def, joined by the tie cd."""
    return graph_from("abcdef", {(a, b): w for (a, b), w in TRIANGLES.items()})


def ring(n: int) -> Graph:
    """Everybody tied to the next, the last to the first."""
    ids = [f"r{i:02d}" for i in range(n)]
    return graph_from(ids, dict.fromkeys(zip(ids, [*ids[1:], ids[0]], strict=True), 1.0))


def record_graph(seed: int, n: int, even: bool = False) -> Graph:
    """Overlapping cliques, as records make them; most often not connected, sometimes with people without ties."""
    rng = random.Random(seed)
    ids = [f"p{i:04d}" for i in range(n)]
    pairs: dict[tuple[str, str], float] = {}
    for _ in range(max(1, n // 2)):
        people = sorted(rng.sample(ids, min(n, rng.choice((1, 2, 2, 3, 4)))))
        for pair in itertools.combinations(people, 2):
            pairs[pair] = 1.0 if even else pairs.get(pair, 0.0) + rng.choice(WEIGHTS)
    return graph_from(ids, pairs)


def connected_graph(seed: int, n: int, even: bool = False) -> Graph:
    """A random tree with a few ties more; n is 2 at least."""
    rng = random.Random(seed)
    ids = [f"p{i:04d}" for i in range(n)]
    pairs = {(ids[rng.randrange(i)], ids[i]): 1.0 if even else rng.choice(WEIGHTS) for i in range(1, n)}
    for _ in range(rng.randint(0, 2 * n)):
        one, other = sorted(rng.sample(ids, 2))
        pairs.setdefault((one, other), 1.0 if even else rng.choice(WEIGHTS))
    return graph_from(ids, pairs)


def edges(graph: Graph) -> list[tuple[int, int, float]]:
    return list(zip(graph.a.tolist(), graph.b.tolist(), graph.w.tolist(), strict=True))


def length(graph: Graph, groups: list[Group]) -> float:
    """L, straight from its definition."""

    def f(x: float) -> float:
        return x * math.log2(x) if x > 0 else 0.0

    total = 2 * sum(w for *_, w in edges(graph))
    p = [sum(w for a, b, w in edges(graph) if u in (a, b)) / total for u in range(graph.n)]
    mass = [sum(p[u] for u in group) for group in groups]
    out = [sum(w for a, b, w in edges(graph) if (a in group) != (b in group)) / total for group in groups]
    both = [q + share for q, share in zip(out, mass, strict=True)]
    return f(sum(out)) - 2 * sum(map(f, out)) + sum(map(f, both)) - sum(map(f, p))


def modularity(graph: Graph, groups: list[Group]) -> float:
    """Newman's modularity, straight from its definition."""
    total = sum(w for *_, w in edges(graph))
    inside = [sum(w for a, b, w in edges(graph) if a in group and b in group) for group in groups]
    ends = [sum(w * ((a in group) + (b in group)) for a, b, w in edges(graph)) for group in groups]
    return sum(i / total - (e / (2 * total)) ** 2 for i, e in zip(inside, ends, strict=True))


def as_sets(group: list[int]) -> list[Group]:
    """Groups as sets of vertices, by first member."""
    return [frozenset(u for u, g in enumerate(group) if g == label) for label in dict.fromkeys(group)]


def members(tree: Tree) -> list[Group]:
    """The vertices of every node."""
    found = [frozenset({u}) for u in range(tree.n)]
    for left, right in tree.merges.tolist():
        found.append(found[left] | found[right])
    return found


def cuts(tree: Tree, node: int | None = None) -> Iterator[tuple[int, ...]]:
    """Every way to cut a component's tree into nodes: only for tiny ones."""
    node = tree.n + len(tree.merges) - 1 if node is None else node
    yield (node,)
    if node >= tree.n:
        left, right = tree.merges[node - tree.n].tolist()
        for one, other in itertools.product(cuts(tree, left), cuts(tree, right)):
            yield one + other

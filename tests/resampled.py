"""Small invented networks with the records behind their edges, as the run tables have them."""

from __future__ import annotations

import itertools
import random
from typing import Any

import polars as pl

P = (1.0, 0.7, 0.5)
Incidences = dict[str, set[str]]


def incidences(seed: int, people: int, records: int, circle: int = 6) -> Incidences:
    """Who is in which record: mostly people of one circle."""
    rng = random.Random(seed)
    ids = [f"p{i:03}" for i in range(people)]
    met: Incidences = {}
    for i in range(records):
        start = rng.randrange(people)
        pool = ids[start : start + circle] if rng.random() < 0.8 else ids
        met[f"crime:{i}"] = set(rng.sample(pool, min(len(pool), rng.choice((1, 2, 2, 3, 4)))))
    return met


def network(
    seed: int, people: int = 20, records: int = 30, met: Incidences | None = None, adversarial: float = 0.1
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The run tables nominals and edges, as far as graphs need them; rows in no order."""
    rng = random.Random(seed)
    met = incidences(seed, people, records) if met is None else met
    ids = [f"p{i:03}" for i in range(people)]
    p = {u: rng.choice((*P, 0.0, 0.02)) for u in ids}
    shared: dict[tuple[str, str], list[str]] = {}
    for record, there in met.items():
        for pair in itertools.combinations(sorted(there), 2):
            shared.setdefault(pair, []).append(record)
    edges: list[dict[str, Any]] = [
        {
            "nominal_a": a,
            "nominal_b": b,
            "weight": (p[a] + p[b]) / 2,
            "n_records": len(behind),
            "kind": "adversarial" if rng.random() < adversarial else "associative",
            "record_ids": sorted(behind),
        }
        for (a, b), behind in shared.items()
    ]
    rng.shuffle(edges)
    nominals = [
        {
            "nominal_id": u,
            "entered_by": "matched" if p[u] >= 0.5 else "associate",
            "protected": rng.random() < 0.2,
            "held": ["a sign"] if rng.random() < 0.1 else [],
        }
        for u in ids
    ]
    rng.shuffle(nominals)
    types = {
        "nominal_a": pl.String,
        "nominal_b": pl.String,
        "weight": pl.Float64,
        "n_records": pl.Int64,
        "kind": pl.String,
        "record_ids": pl.List(pl.String),
    }
    frame = pl.DataFrame(edges, schema=types)
    people_types = {
        "nominal_id": pl.String,
        "entered_by": pl.String,
        "protected": pl.Boolean,
        "held": pl.List(pl.String),
    }
    return pl.DataFrame(nominals, schema=people_types), frame


def groups_of(nominals: pl.DataFrame, seed: int, groups: int = 3) -> dict[str, tuple[str, ...]]:
    """Everybody sorted into groups at random, some into none."""
    rng = random.Random(seed)
    found: dict[str, list[str]] = {}
    for person in sorted(nominals["nominal_id"]):
        group = rng.randrange(groups + 1)
        if group:
            found.setdefault(f"G{group:05}", []).append(person)
    return {name: tuple(found[name]) for name in sorted(found)}

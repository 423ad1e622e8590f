"""Small extracts for tests of the network: people, records and roles in a few lines, on any engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from countylines.engine import Engine
from countylines.network import build_network
from countylines.progress import Progress
from countylines.settings import Settings
from countylines.tables import EXTRACTS, RUN, Frame, Matches, Network, Sources

WEIGHTS = {"COUNTY LINE": 1.0, "CUCKOO": 0.5, "DRUGS LINE": 0.4, "MISPER": 0.1, "OTHER": 0.1, "HEROIN": 0.02}
AS_OF = dt.date(2024, 6, 1)
ADULT = dt.date(1990, 1, 1)


def scan(engine: Engine, path: Path, rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> Frame:
    pq.write_table(pa.Table.from_pylist(list(rows), schema), path)
    return engine.scan(path)


def network(
    engine: Engine,
    folder: Path,
    roles: Sequence[tuple[str, str, str]],
    hits: Mapping[str, Sequence[str]],
    *,
    born: Mapping[str, dt.date | None] | None = None,
    dates: Mapping[str, dt.date] | None = None,
    offences: Mapping[str, str] | None = None,
    victims: Sequence[str] = (),
    rulings: Sequence[Mapping[str, str]] = (),
    settings: Settings | None = None,
) -> Network:
    """Build a network from (record, person, role) rows and the groups hit in each record."""
    born, dates, offences = born or {}, dates or {}, offences or {}
    record_ids = sorted({record for record, _, _ in roles} | set(hits))
    people = sorted({person for _, person, _ in roles})
    tables = {
        "records": [
            {"record_id": r, "date": dates.get(r, dt.date(2024, 1, 1)), "offence_code": offences.get(r)}
            for r in record_ids
        ],
        "nominals": [{"nominal_id": p, "date_of_birth": born.get(p, ADULT)} for p in people],
        "involvements": [{"record_id": r, "nominal_id": p, "role": role} for r, p, role in roles],
        "known_victims": [{"nominal_id": v} for v in victims],
    }
    frames = {}
    for name, rows in tables.items():
        schema = EXTRACTS[name].schema
        if name == "records":
            schema = schema.append(pa.field("date", pa.date32()))
        frames[name] = scan(engine, folder / f"in_{name}.parquet", rows, schema)
    decision = pa.schema([("nominal_id", pa.string()), ("record_id", pa.string()), ("decision", pa.string())])
    sources = Sources(frames, scan(engine, folder / "in_rulings.parquet", rulings, decision), AS_OF, {}, {})
    groups = [{"record_id": r, "group": g, "weight": WEIGHTS[g]} for r, found in hits.items() for g in found]
    weight = pa.schema([("record_id", pa.string()), ("group", pa.string()), ("weight", pa.float64())])
    scores = [
        {"record_id": r, "score": min(1.0, round(sum(WEIGHTS[g] for g in found), 9)), "groups": sorted(found)}
        for r, found in hits.items()
        if found
    ]
    matches = Matches(
        hits=scan(engine, folder / "in_hits.parquet", [], RUN["hits"].schema),
        record_groups=scan(engine, folder / "in_groups.parquet", groups, weight),
        scores=scan(engine, folder / "in_scores.parquet", scores, RUN["record_scores"].schema),
    )
    lexicon = [{"group": g, "weight": w} for g, w in WEIGHTS.items()]
    weights = scan(engine, folder / "in_weights.parquet", lexicon, weight.remove(0))
    return build_network(
        sources,
        matches,
        group_weights=weights,
        settings=settings or Settings(),
        engine=engine,
        folder=folder,
        progress=Progress(),
    )


def rows(frame: Frame, key: str = "nominal_id") -> dict[str, dict[str, Any]]:
    """The frame's rows by a column."""
    return {row[key]: row for row in frame.collect(backend="pyarrow").to_arrow().to_pylist()}

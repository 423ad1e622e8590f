"""Evidence by hand: a few people, groups and records; everybody grown up and rankable unless something else is said.

And evidence of an invented force, by every stage before the border.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl

from countylines.engine import DuckDB
from countylines.graph import graph_of
from countylines.ingest import ingest
from countylines.match import match
from countylines.match.lexicon import load_lexicon
from countylines.network import build_network
from countylines.network.nearby import nearby
from countylines.partition import group_tables, partition
from countylines.progress import Progress
from countylines.rank.evidence import SMALL, Evidence, read_evidence
from countylines.runs import write_table
from countylines.settings import Ingest, Settings
from countylines.synthetic import synth
from countylines.tables import CONNECTING_ROLES, EXTRACTS, RUN

AS_OF = dt.date(2026, 6, 30)
GROWN = dt.date(1990, 1, 1)
CHILD = dt.date(2011, 1, 1)  # 15 on that day
TEEN = dt.date(2009, 1, 1)  # 17

Row = Mapping[str, Any]


def schema_of(name: str) -> pl.Schema:
    """The columns of a table of a run or of an extract; where both have the name, of the run."""
    made = pl.from_arrow((RUN[name] if name in RUN else EXTRACTS[name]).schema.empty_table())
    assert isinstance(made, pl.DataFrame)
    return made.schema


def table(name: str, rows: Iterable[Row] = (), extract: bool = False) -> pl.DataFrame:
    """Rows as the table of that name; what a row doesn't say is empty."""
    arrow = (EXTRACTS if extract or name not in RUN else RUN)[name].schema.empty_table()
    empty = pl.from_arrow(arrow)
    assert isinstance(empty, pl.DataFrame)
    whole = [{column: row.get(column) for column in empty.columns} for row in rows]
    return pl.DataFrame(whole, schema=empty.schema)


def evidence(
    roles: Iterable[tuple[str, str, str]] = (),
    *,
    groups: Mapping[str, Iterable[str]] | None = None,
    alone: Iterable[str] = (),
    records: Mapping[str, Row] | None = None,
    people: Mapping[str, Row] | None = None,
    kept: Mapping[str, Row] | None = None,
    scores: Mapping[str, float] | None = None,
    hits: Iterable[tuple[str, str]] = (),
    ties: Mapping[tuple[str, str], float] | None = None,
    overlap: Mapping[str, float] | None = None,
    listed: Iterable[Row] = (),
    small: Mapping[str, Iterable[Row]] | None = None,
    weights: Mapping[str, float] | None = None,
    force_areas: tuple[str, ...] = (),
    as_of: dt.date = AS_OF,
) -> Evidence:
    """Evidence of a few people.

    Args:
        roles: record_id, nominal_id, role. A record's source is what stands before the colon of its id.
        groups: the kept people of each group, as letters or ids; ``alone``: kept, in no group.
        records: more columns of a record; ``date`` is as_of without.
        people: more columns of a person's own row; born in 1990 without.
        kept: more columns of a kept person's row, as held.
        scores: of records; every record has 1 without.
        hits: record_id and search group.
        ties: weight b of a pair; without, every pair of kept people in a record, b = 1 and n the number of records.
        overlap: of a group with known groups.
        listed: rows of ``safeguarding``, without tier.
        small: rows of the small extracts, by name.
    """
    roles, groups, extracts = sorted(roles), groups or {}, _small(small or {})
    own = {name: group for group, names in groups.items() for name in names} | dict.fromkeys(alone)
    believed = set(extracts["known_victims"]["nominal_id"])
    names = sorted({name for _, name, _ in roles} | set(own) | set(people or {}) | believed)
    rows = {name: {"nominal_id": name, "date_of_birth": GROWN, **(people or {}).get(name, {})} for name in names}
    whole = _records({record for record, *_ in roles}, records or {}, as_of)
    scored = dict.fromkeys(whole, 1.0) if scores is None else dict(sorted(scores.items()))
    nominals = [_kept(rows[name], own[name], name in believed, as_of, (kept or {}).get(name, {})) for name in own]
    return Evidence(
        as_of=as_of,
        force_areas=force_areas,
        nominals=table("nominals", nominals).sort("nominal_id"),
        edges=table("edges", _edges(roles, set(own), ties)).sort("nominal_a", "nominal_b"),
        groups=table("groups", [_group(group, groups[group], overlap or {}) for group in sorted(groups)]),
        reference_overlaps=table("reference_overlaps"),
        records=dated(whole.values()),
        involvements=pl.DataFrame(roles, schema=schema_of("involvements"), orient="row"),
        people=table("nominals", rows.values(), extract=True),
        hits=_hits(hits),
        record_scores=table("record_scores", [{"record_id": r, "score": s, "groups": []} for r, s in scored.items()]),
        safeguarding=table("safeguarding", listed).drop("tier"),
        numbers=table("numbers"),
        small=extracts,
        weights=weights or {"COUNTY LINE": 1.0},
    )


def dated(rows: Iterable[Row]) -> pl.DataFrame:
    """Records as evidence has them: with ``date``, without their text."""
    schema = {**table("records", extract=True).drop("text").schema, "date": pl.Date()}
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def _records(ids: set[str], more: Mapping[str, Row], as_of: dt.date) -> dict[str, Row]:
    """The row of each record by its id, sorted."""
    return {
        record: {"record_id": record, "source": record.split(":")[0], "date": as_of, **more.get(record, {})}
        for record in sorted(ids | set(more))
    }


def _hits(pairs: Iterable[tuple[str, str]]) -> pl.DataFrame:
    rows = [{"record_id": record, "group": group, "term": group, "start": 0, "end": 1} for record, group in pairs]
    return table("hits", rows).drop("excepted_by")


def _small(rows: Mapping[str, Iterable[Row]]) -> dict[str, pl.DataFrame]:
    return {name: table(name, rows.get(name, ()), extract=True) for name in SMALL}


def born_under(born: dt.date | None, years: int, day: dt.date) -> bool | None:
    """Under that age on that day, counted out by birthdays."""
    return None if born is None else (day.year - born.year - ((day.month, day.day) < (born.month, born.day))) < years


def _kept(row: Row, group: str | None, believed: bool, as_of: dt.date, more: Row) -> Row:
    child = born_under(row["date_of_birth"], 18, as_of)
    made = {"nominal_id": row["nominal_id"], "group_id": group, "entered_by": "matched", "held": []}
    made |= {"provisional_weight": 1.0, "weight": 1.0, "first_evidence": as_of, "last_evidence": as_of}
    made |= {"is_child": child, "believed_exploited": believed, "protected": child is not False or believed} | dict(
        more
    )
    return made | {"rankable": not made["protected"] and not made["held"]}


def _group(group: str, names: Iterable[str], overlap: Mapping[str, float]) -> Row:
    share = overlap.get(group, 0.0)
    return {"group_id": group, "name": group, "size": len(list(names)), "overlap": share, "associated": share > 0.5}


def _edges(
    roles: list[tuple[str, str, str]], kept: set[str], ties: Mapping[tuple[str, str], float] | None
) -> list[Row]:
    shared: dict[tuple[str, str], list[str]] = {}
    for record in sorted({record for record, *_ in roles}):
        there = sorted({n for r, n, role in roles if r == record and n in kept and role in CONNECTING_ROLES})
        for pair in combinations(there, 2):
            shared.setdefault(pair, []).append(record)
    weights = dict.fromkeys(shared, 1.0) if ties is None else {(min(p), max(p)): w for p, w in ties.items()}
    columns = ("nominal_a", "nominal_b", "weight", "n_records", "kind", "record_ids")
    return [
        dict(
            zip(columns, (*pair, weight, len(shared.get(pair, [""])), "associative", shared.get(pair, [])), strict=True)
        )
        for pair, weight in weights.items()
    ]


def of_force(folder: Path, records: int, seed: int, force_areas: tuple[str, ...] = ()) -> Evidence:
    """Evidence of an invented force, which is left in ``folder/force``."""
    synth(folder / "force", records, seed)
    settings, progress, engine = Settings(ingest=Ingest(force_areas=force_areas)), Progress(), DuckDB(threads=2)
    work, run = folder / "work", folder / "run"
    (run / "sources").mkdir(parents=True)
    work.mkdir()
    lexicon = load_lexicon(None)
    weights = {"group": [one.name for one in lexicon.groups], "weight": [float(one.weight) for one in lexicon.groups]}
    pl.DataFrame(weights).write_parquet(work / "group_weights.parquet")
    sources = ingest(folder / "force", settings.ingest, engine, work, progress, rejects_to=folder / "rejects.csv")
    matches = match(sources["records"], lexicon, settings.match, engine, work, progress)
    network = build_network(
        sources,
        matches,
        group_weights=engine.scan(work / "group_weights.parquet"),
        settings=settings,
        engine=engine,
        folder=work,
        progress=progress,
    )
    for name in SMALL:
        engine.write(sources[name], run / "sources" / f"{name}.parquet", EXTRACTS[name].key, EXTRACTS[name].schema)
    for name in ("edges", "term_table"):
        engine.write(getattr(network, name), run / f"{name}.parquet", RUN[name].key, RUN[name].schema)
    paths = nearby(sources, matches, network, engine, work)
    nominals = pl.from_arrow(network.nominals.collect("pyarrow").to_arrow())
    assert isinstance(nominals, pl.DataFrame)
    graph = graph_of(nominals, pl.read_parquet(run / "edges.parquet"))
    known = pl.read_parquet(run / "sources" / "reference_groups.parquet")
    found = partition(graph, settings.partition)
    groups, overlaps, membership = group_tables(graph, found, settings.partition.min_group_size, known)
    write_table(groups, run, "groups")
    write_table(overlaps, run, "reference_overlaps")
    write_table(table("numbers"), run, "numbers")
    engine.close()
    grouped = nominals.join(membership, on="nominal_id")
    return read_evidence(run, paths, as_of=sources.as_of, force_areas=force_areas, nominals=grouped)

"""The whole flow: extracts in, a run out. Read this first."""

from __future__ import annotations

import dataclasses
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from countylines import manifest
from countylines.engine import Engine
from countylines.graph import graph_of
from countylines.ingest import ingest
from countylines.match import find_numbers, match
from countylines.match.lexicon import Lexicon, load_lexicon
from countylines.network import build_network, nearby
from countylines.partition import group_tables, partition, partition_baseline, stability
from countylines.progress import Progress
from countylines.rank.assess import assess, read_rules
from countylines.rank.evidence import read_evidence
from countylines.redraw import Redrawn, in_memory, redraw
from countylines.resample import Draws, draws_of
from countylines.runs import Run, log_to, new_run, open_run, write_json, write_table
from countylines.settings import Settings
from countylines.tables import EXTRACTS, RUN, Frame, Matches, Network, Sources


def run(
    extracts: Path,
    out: Path,
    settings: Settings,
    engine: Engine,
    previous: Path | None = None,
    progress: Progress | None = None,
) -> Path:
    """Read extracts, find the network and its groups, and keep the result as a run.

    Args:
        extracts: a folder of canonical extracts, or a sources file.
        out: the run's folder; it appears whole or not at all.
        settings: every stage's settings.
        engine: where the relational steps run.
        previous: an earlier run, whose groups keep their ids and names.
        progress: shown while it lasts.

    Returns:
        ``out``.

    Raises:
        InputError: something given can't be used; nothing is written over, and no run appears.
    """
    progress = progress or Progress()
    lexicon = load_lexicon(lexicon_path(settings))
    rules = read_rules(settings)
    earlier = open_run(previous) if previous else None
    with new_run(out) as folder, log_to(folder / "run.log"):
        (folder / manifest.LEXICON).write_bytes(lexicon_bytes(settings))  # now: it may be edited while the run lasts
        manifest.keep_rules(rules.copies, folder)
        work = folder / "work"
        work.mkdir()
        engine.spill_to(work)
        rejects = out.with_name(f"{out.name}.rejects.csv")
        sources = ingest(extracts, settings.ingest, engine, work, progress, rejects_to=rejects)
        matches = match(sources["records"], lexicon, settings.match, engine, work, progress)
        steps: dict[str, Any] = {"settings": settings, "engine": engine, "folder": work, "progress": progress}
        weights = group_weights(lexicon, settings, engine, work)
        network = build_network(sources, matches, group_weights=weights, **steps)
        settings, said = affordable(settings, in_memory(network.nominals).height)
        again = redraw(sources, matches, network, group_weights=weights, **steps | {"settings": settings})
        numbers = find_numbers(sources["records"], matches.scores, engine, work / "numbers.parquet", progress)
        with progress.step("gathering the records around kept people"):
            around = nearby(sources, matches, network, engine, work)
        save(sources, matches, network, numbers, engine, folder, progress)
        nominals, draws = find_groups(network, sources, again, settings, earlier, folder, progress)
        evidence = read_evidence(folder, around, sources.as_of, settings.ingest.force_areas, nominals)
        for name, table in assess(evidence, draws, rules, settings, progress).items():
            write_table(table, folder, name)
        shutil.copyfile(work / "rejects.parquet", folder / "rejects.parquet")
        shutil.rmtree(work)
        write_json(progress.timings, folder / "timings.json")
        about: dict[str, Any] = {"lexicon": lexicon, "rules": rules.as_dict(), "settings": settings, "engine": engine}
        manifest.write(folder, sources=sources, matches=matches, earlier=earlier, said=said, **about)
    return out


def affordable(settings: Settings, people: int) -> tuple[Settings, list[str]]:
    """The settings, without drawing a large network anew unless that was asked for; and what to say of it."""
    wanted = settings.stability
    if people <= wanted.up_to or not (wanted.draws or wanted.network_draws or wanted.baseline_draws):
        return settings, []
    none = dataclasses.replace(wanted, draws=0, network_draws=0, baseline_draws=0)
    said = f"how far groups and ranks rest on few records wasn't measured ({people:,} people): --resample does it"
    return dataclasses.replace(settings, stability=none), [said]


def save(
    sources: Sources,
    matches: Matches,
    network: Network,
    numbers: Frame,
    engine: Engine,
    folder: Path,
    progress: Progress,
) -> None:
    """Write every large table sorted, by the one writer."""
    (folder / "sources").mkdir()
    for name, table in EXTRACTS.items():
        with progress.step(f"writing sources: {name}"):
            others = [column for column in table.names if column not in table.key]
            by = table.key if name in ("records", "nominals", "involvements") else (*table.key, *others)
            engine.write(sources[name], folder / "sources" / f"{name}.parquet", by, table.schema)
    frames = {"hits": matches.hits, "record_scores": matches.scores, "numbers": numbers, **vars(network)}
    for name, frame in frames.items():
        if name not in ("nominals", "safeguarding"):  # these wait for their groups and tiers
            with progress.step(f"writing {name.replace('_', ' ')}"):
                engine.write(frame, folder / f"{name}.parquet", RUN[name].key, RUN[name].schema)


def find_groups(
    network: Network,
    sources: Sources,
    again: Redrawn,
    settings: Settings,
    earlier: Run | None,
    folder: Path,
    progress: Progress,
) -> tuple[pl.DataFrame, Draws]:
    """Cross the border: the kept people become a graph, the graph groups, and draws show what rests on few records."""
    nominals, reference = in_memory(network.nominals), in_memory(sources["reference_groups"])
    edges = pl.read_parquet(folder / "edges.parquet")
    graph = graph_of(nominals, edges)
    with progress.step("finding groups"):
        found = partition(graph, settings.partition)
    previous = (earlier.read("nominals"), earlier.read("groups")) if earlier else None
    last = earlier.manifest["last_group"] if earlier else 0
    groups, overlaps, membership = group_tables(
        graph, found, settings.partition.min_group_size, reference, previous, last
    )
    draws = draws_of(nominals, edges, settings.stability)
    with progress.step("finding groups again without some records", total=draws.count) as advance:
        stays, stable = stability(draws, membership, settings.partition, advance)
    with progress.step("finding groups in shuffled records", total=settings.stability.baseline_draws + 1) as advance:
        baseline = partition_baseline(draws.ties, settings.partition, settings.stability, advance)
    grouped = nominals.with_columns(pl.col("held").fill_null([]))
    for more in (membership, stays, again.kept_share):
        grouped = grouped.join(more, on="nominal_id", how="left")
    write_table(grouped, folder, "nominals")
    write_table(groups.drop("stability").join(stable, on="group_id", how="left"), folder, "groups")
    write_table(overlaps, folder, "reference_overlaps")
    write_table(baseline, folder, "partition_baseline")
    write_table(again.held_in_by_one_record, folder, "held_in_by_one_record")
    return grouped, draws


def lexicon_path(settings: Settings) -> Path | None:
    """Where the lexicon lies; None = the one shipped."""
    return (settings.folder or Path()) / settings.match.lexicon if settings.match.lexicon else None


def lexicon_bytes(settings: Settings) -> bytes:
    """The lexicon as its file has it; a run keeps a copy, so that it needs nothing outside it."""
    path = lexicon_path(settings)
    return path.read_bytes() if path else files("countylines.match").joinpath("lexicon/default.yaml").read_bytes()


def group_weights(lexicon: Lexicon, settings: Settings, engine: Engine, folder: Path) -> Frame:
    """Every search group with its weight, as a frame."""
    weights = {group.name: group.weight for group in lexicon.groups}
    if settings.match.use_marker:
        weights["MARKER"] = 1.0
    path = folder / "group_weights.parquet"
    pq.write_table(pa.table({"group": list(weights), "weight": list(weights.values())}), path)
    return engine.scan(path)

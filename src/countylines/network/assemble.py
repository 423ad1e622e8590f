"""Numbers become ids again, and evidence becomes lists: the network's tables as a run keeps them (METHOD 8)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import narwhals as nw

from countylines.engine import Engine
from countylines.tables import Frame, Network


@dataclass(frozen=True)
class Base:
    """Ids as numbers, roles as flags, scores by record number."""

    records: Frame
    dates: Frame
    nominals: Frame
    every_link: Frame
    links: Frame
    large: Frame
    groups: Frame
    scores: Frame


@dataclass(frozen=True)
class Pruned:
    """Who is connected with whom, who was met, and who stays."""

    behind: Frame
    weights: Frame
    deepened: Frame
    matched_ties: Frame
    decided: Frame
    kept: Frame


@dataclass(frozen=True)
class Tied:
    """The edges between kept people and the table of terms."""

    edges: Frame
    edge_records: Frame
    terms: Frame


@dataclass(frozen=True)
class Treated:
    """How kept people are treated, and whom to protect."""

    flagged: Frame
    held: Frame
    seen: Frame
    safeguarding: Frame


def assemble(base: Base, pruned: Pruned, tied: Tied, treated: Treated, engine: Engine, folder: Path) -> Network:
    """Every table of the network with ids instead of numbers."""

    def keep(frame: Frame, name: str) -> Frame:
        return engine.keep(frame, folder / f"{name}.parquet")

    one = base.nominals.select("nominal_id", "nominal")
    return Network(
        connections=keep(_connections(base, pruned, engine), "connections"),
        considered=keep(_considered(pruned.decided, one), "considered"),
        nominals=keep(_nominals(treated, one, engine), "nominals"),
        edges=keep(_edges(base, tied, engine), "edges"),
        term_table=keep(tied.terms, "term_table"),
        skipped_records=keep(base.large.join(base.records, on="record").drop("record"), "skipped_records"),
        safeguarding=keep(_safeguarding(base, treated.safeguarding, engine), "safeguarding"),
    )


def _connections(base: Base, pruned: Pruned, engine: Engine) -> Frame:
    pair = ("nominal", "other")
    groups = pruned.behind.join(base.groups, on="record").select(*pair, groups="group").unique()
    records = pruned.behind.join(base.records, on="record").select(*pair, record_ids="record_id")
    one = base.nominals.select("nominal_id", "nominal")
    two = base.nominals.select(other_id="nominal_id", other="nominal")
    joined = (
        pruned.weights.join(engine.gather(groups, pair, "groups"), on=list(pair))
        .join(engine.gather(records, pair, "record_ids"), on=list(pair))
        .join(one, on="nominal")
        .join(two, on="other", how="left")
    )
    return joined.select("nominal_id", "c", "groups", "record_ids", other="other_id")


def _considered(decided: Frame, one: Frame) -> Frame:
    return decided.join(one, on="nominal").select(
        "nominal_id", "ties", "tie_records", "decision", provisional_weight="p", share="a"
    )


def _nominals(treated: Treated, one: Frame, engine: Engine) -> Frame:
    joined = (
        treated.flagged.join(one, on="nominal")
        .join(treated.seen, on="nominal", how="left")
        .join(
            engine.gather(treated.held.select("nominal", "held").unique(), ("nominal",), "held"),
            on="nominal",
            how="left",
        )
    )
    return joined.select(
        "nominal_id",
        "first_evidence",
        "last_evidence",
        "is_child",
        "believed_exploited",
        "protected",
        "held",
        provisional_weight="p",
        weight=nw.max_horizontal("p", "a"),
        entered_by="decision",
        rankable=~nw.col("protected") & nw.col("held").is_null(),
    )


def _edges(base: Base, tied: Tied, engine: Engine) -> Frame:
    pair = ("nominal", "other")
    records = tied.edge_records.join(base.records, on="record").select(*pair, record_ids="record_id")
    a = base.nominals.select(nominal_a="nominal_id", nominal="nominal")
    b = base.nominals.select(nominal_b="nominal_id", other="nominal")
    joined = tied.edges.join(engine.gather(records, pair, "record_ids"), on=list(pair))
    return joined.join(a, on="nominal").join(b, on="other").drop("nominal", "other")


def _safeguarding(base: Base, listed: Frame, engine: Engine) -> Frame:
    reason = ("nominal", "why")
    dated = listed.join(base.dates, on="record").group_by(*reason)
    seen = dated.agg(nw.col("date").min().alias("first_seen"), nw.col("date").max().alias("last_seen"))
    records = listed.join(base.records, on="record").select(*reason, record_ids="record_id")
    joined = seen.join(engine.gather(records, reason, "record_ids"), on=list(reason))
    return joined.join(base.nominals.select("nominal_id", "nominal"), on="nominal").drop("nominal")

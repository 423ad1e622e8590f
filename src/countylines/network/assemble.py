"""Numbers become ids again, and evidence becomes lists: the network's tables as a run keeps them (METHOD 8)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import narwhals as nw

from countylines.engine import Engine
from countylines.tables import Frame, Network


@dataclass(frozen=True)
class Tables:
    """The steps of the network, on numbers."""

    records: Frame
    nominals: Frame
    dates: Frame
    groups: Frame
    weights: Frame
    behind: Frame
    decided: Frame
    flagged: Frame
    held: Frame
    seen: Frame
    edges: Frame
    edge_records: Frame
    safeguarding: Frame
    large: Frame


def assemble(parts: Tables, terms: Frame, engine: Engine, folder: Path) -> Network:
    """Every table of the network with ids instead of numbers."""

    def keep(frame: Frame, name: str) -> Frame:
        return engine.keep(frame, folder / f"{name}.parquet")

    one = parts.nominals.select("nominal_id", "nominal")
    two = parts.nominals.select(other_id="nominal_id", other="nominal")
    return Network(
        connections=keep(_connections(parts, one, two, engine), "connections"),
        considered=keep(_considered(parts, one), "considered"),
        nominals=keep(_nominals(parts, one, engine), "nominals"),
        edges=keep(_edges(parts, engine), "edges"),
        term_table=keep(terms, "term_table"),
        skipped_records=keep(
            parts.large.join(parts.records, on="record").select("record_id", "nominals"), "skipped_records"
        ),
        safeguarding=keep(_safeguarding(parts, one, engine), "safeguarding"),
    )


def _connections(parts: Tables, one: Frame, two: Frame, engine: Engine) -> Frame:
    pair = ("nominal", "other")
    groups = parts.behind.join(parts.groups, on="record").select(*pair, groups="group").unique()
    records = parts.behind.join(parts.records, on="record").select(*pair, record_ids="record_id")
    joined = (
        parts.weights.join(engine.gather(groups, pair, "groups"), on=list(pair))
        .join(engine.gather(records, pair, "record_ids"), on=list(pair))
        .join(one, on="nominal")
        .join(two, on="other", how="left")
    )
    return joined.select("nominal_id", "c", "groups", "record_ids", other="other_id")


def _considered(parts: Tables, one: Frame) -> Frame:
    return parts.decided.join(one, on="nominal").select(
        "nominal_id", "ties", "tie_records", "decision", provisional_weight="p", share="a"
    )


def _nominals(parts: Tables, one: Frame, engine: Engine) -> Frame:
    reasons = engine.gather(parts.held, ("nominal",), "held")
    joined = (
        parts.flagged.join(one, on="nominal")
        .join(parts.seen, on="nominal", how="left")
        .join(reasons, on="nominal", how="left")
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


def _edges(parts: Tables, engine: Engine) -> Frame:
    pair = ("nominal", "other")
    records = parts.edge_records.join(parts.records, on="record").select(*pair, record_ids="record_id")
    a = parts.nominals.select(nominal_a="nominal_id", nominal="nominal")
    b = parts.nominals.select(nominal_b="nominal_id", other="nominal")
    joined = parts.edges.join(engine.gather(records, pair, "record_ids"), on=list(pair))
    return joined.join(a, on="nominal").join(b, on="other").drop("nominal", "other")


def _safeguarding(parts: Tables, one: Frame, engine: Engine) -> Frame:
    reason = ("nominal", "why")
    dated = parts.safeguarding.join(parts.dates, on="record").group_by(*reason)
    seen = dated.agg(nw.col("date").min().alias("first_seen"), nw.col("date").max().alias("last_seen"))
    records = parts.safeguarding.join(parts.records, on="record").select(*reason, record_ids="record_id")
    joined = seen.join(engine.gather(records, reason, "record_ids"), on=list(reason)).join(one, on="nominal")
    return joined.drop("nominal")

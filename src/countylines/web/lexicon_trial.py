"""The child process that tries a lexicon: ``python -m countylines.web.lexicon_trial``, JSON in, JSON out.

A pattern can be written so that it takes hours. In a process of its own it can be stopped without holding up anybody
else's page; limits on time and memory hold inside, too, where the system has them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from countylines.errors import InputError
from countylines.match.lexicon import MARKER, Lexicon, load_lexicon
from countylines.match.matcher import Matcher
from countylines.match.trial import check_lexicon, try_text

SAMPLE, MOST, SEED = 20_000, 100_000, 1  # records without hits; records with hits at most; of the draw
SHOWN = 12  # rows to read
MEMORY = 6 * 1024**3
NEAR = 1e-9


def trial(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the edited lexicon makes of its examples, of a text, and of a run's records.

    Args:
        asked: ``yaml``; ``group`` whose examples are shown; ``text`` if one is tried; ``run``, a folder, if its records
            are tried; ``settings`` of the run's matching; ``keep``, the keep line; ``areas``, none = all.

    Returns:
        ``error`` (what, do, field), if it can't be read; else ``findings``, ``text`` and ``records``.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lexicon.yaml"
        path.write_text(asked["yaml"], encoding="utf-8")
        try:
            lexicon = load_lexicon(path)
            findings = [dataclasses.asdict(finding) for finding in check_lexicon(path)]
        except InputError as error:
            return {"error": {"what": error.what, "do": error.do, "field": error.field}}
    made: dict[str, Any] = {"findings": findings, "examples": examples(lexicon, asked.get("group", ""))}
    settings = asked.get("settings", {})
    if asked.get("text"):
        made["text"] = dataclasses.asdict(try_text(asked["text"], lexicon, settings.get("except_rules", True)))
    if asked.get("run"):
        made["records"] = records(Path(asked["run"]), lexicon, settings, asked["keep"], asked.get("areas", []))
    return made


def examples(lexicon: Lexicon, name: str) -> list[dict[str, Any]]:
    """A group's own example texts: what each must do, whether it does, and the group's hits in it.

    Example:
        >>> [(each["must"], each["passes"]) for each in examples(load_lexicon(), "CL WORDS")][:2]
        [('hit', True), ('hit', True)]
    """
    found: list[dict[str, Any]] = []
    for group in (each for each in lexicon.groups if each.name == name):
        for must, texts in (("hit", group.hits), ("miss", group.misses)):
            for text in texts:
                tried = try_text(text, lexicon)
                own = [dataclasses.asdict(hit) for hit in tried.hits if hit.group == name]
                found.append(
                    {"must": must, "text": text, "passes": (name in tried.weights) == (must == "hit"), "hits": own}
                )
    return found


def records(run: Path, lexicon: Lexicon, settings: Mapping[str, Any], keep: float, areas: list[str]) -> dict[str, Any]:
    """How the weights of a run's records would change: of those with hits all, of the others a seeded sample.

    Returns:
        Counts before and after among the records tried, and the rows that change most, to be read.
    """
    every = pl.scan_parquet(run / "sources/records.parquet", glob=False).select("record_id").collect().to_series()
    scores = pl.read_parquet(run / "record_scores.parquet").select("record_id", before="score")
    hit = pl.scan_parquet(run / "hits.parquet", glob=False).select("record_id").unique().collect().to_series()
    hit = pl.concat([hit, scores["record_id"]]).unique().sort()
    others = every.filter(~every.is_in(hit.implode()))
    with_hits = hit.sample(min(MOST, hit.len()), seed=SEED)
    without = others.sample(min(SAMPLE, others.len()), seed=SEED)
    tried = pl.concat([with_hits, without])
    rows = (
        pl.scan_parquet(run / "sources/records.parquet", glob=False)
        .filter(pl.col("record_id").is_in(tried.implode()))
        .select("record_id", "text", "grading", "marker", "restricted", "area")
        .collect()
    )
    hits = _hits(rows, lexicon, settings)
    after = _scores(rows, hits, lexicon, settings)
    both = rows.join(scores, on="record_id", how="left").join(after, on="record_id", how="left")
    both = both.with_columns(pl.col("before", "after").fill_null(0.0))
    sampled = both["record_id"].is_in(without.implode())
    kept = {"before": pl.col("before") >= keep - NEAR, "after": pl.col("after") >= keep - NEAR}
    found = both.with_columns(
        matched_before=pl.col("before") > 0, matched_after=pl.col("after") > 0, in_before=kept["before"],
        in_after=kept["after"],
    )  # fmt: skip
    return {
        "records": every.len(),
        "with_hits": hit.len(),
        "tried_with_hits": with_hits.len(),
        "without": others.len(),
        "sampled": without.len(),
        "hit": _counts(found.filter(~sampled)),
        "sample": _counts(found.filter(sampled)),
        "rows": _rows(found, hits, areas),
        "weights": {group.name: group.weight for group in lexicon.groups},
    }


def _hits(rows: pl.DataFrame, lexicon: Lexicon, settings: Mapping[str, Any]) -> pl.DataFrame:
    batch = pa.record_batch(
        [pa.array(rows["record_id"].to_list(), pa.string()), pa.array(rows["text"].to_list(), pa.string())],
        names=["record_id", "text"],
    )
    found = pl.from_arrow(pa.Table.from_batches([Matcher(lexicon, settings.get("except_rules", True))(batch)]))
    assert isinstance(found, pl.DataFrame)
    return found


def _scores(rows: pl.DataFrame, hits: pl.DataFrame, lexicon: Lexicon, settings: Mapping[str, Any]) -> pl.DataFrame:
    """METHOD 2: the weights of the distinct groups added up, at most 1, as a run does it."""
    weights = {group.name: group.weight for group in lexicon.groups} | {MARKER: 1.0}
    found = hits.filter(pl.col("excepted_by").is_null()).select("record_id", "group").unique()
    if settings.get("use_marker"):
        marked = rows.filter(pl.col("marker").fill_null(False)).select("record_id", group=pl.lit(MARKER))
        found = pl.concat([found, marked])
    factors: dict[str, float] = settings.get("grading_weights") or {}
    factor = pl.col("grading").replace_strict(factors, default=1.0, return_dtype=pl.Float64) if factors else pl.lit(1.0)
    weight = pl.col("group").replace_strict(weights, return_dtype=pl.Float64)
    weighed = found.join(rows.select("record_id", factor=factor), on="record_id").with_columns(
        weight=(weight * pl.col("factor")).round(9)
    )
    sums = weighed.group_by("record_id").agg(after=pl.col("weight").sum().round(9))
    return sums.with_columns(pl.col("after").clip(upper_bound=1.0))


def _counts(found: pl.DataFrame) -> dict[str, int]:
    """Records that match before and after, and those at or above the keep line; with those that come and go."""
    counts: dict[str, int] = {}
    for name in ("matched", "in"):
        before, after = found[f"{name}_before"], found[f"{name}_after"]
        counts |= {
            f"{name}_before": int(before.sum()),
            f"{name}_after": int(after.sum()),
            f"{name}_gained": int((~before & after).sum()),
            f"{name}_lost": int((before & ~after).sum()),
        }
    counts["changed"] = int(((found["before"] - found["after"]).abs() > NEAR).sum())
    return counts


def _rows(found: pl.DataFrame, hits: pl.DataFrame, areas: list[str]) -> list[dict[str, Any]]:
    """The rows to read: those that cross the keep line first, then the greatest changes; no restricted record."""
    readable = found.filter(~pl.col("restricted").fill_null(False))
    if areas:
        own = [area.casefold() for area in areas]
        readable = readable.filter(pl.col("area").str.to_lowercase().is_in(own))
    change = (pl.col("after") - pl.col("before")).abs()
    moved = readable.with_columns(change=change, crosses=pl.col("in_before") != pl.col("in_after"))
    chosen = (
        moved.filter(pl.col("change") > NEAR)
        .sort(["crosses", "change", "record_id"], descending=[True, True, False])
        .head(SHOWN)
    )
    own_hits = hits.filter(pl.col("record_id").is_in(chosen["record_id"].implode()))
    by_record: dict[str, list[dict[str, Any]]] = {}
    for hit in own_hits.to_dicts():
        by_record.setdefault(hit["record_id"], []).append(hit)
    return [
        {"record_id": row["record_id"], "before": row["before"], "after": row["after"],
         "hits": by_record.get(row["record_id"], [])}
        for row in chosen.to_dicts()
    ]  # fmt: skip


def _limit(seconds: float) -> None:
    """No more processor time and memory than a trial should take; where the system can't, the parent's clock holds."""
    try:
        import resource
    except ImportError:  # Windows
        return
    last = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (last, last + 1))
    with contextlib.suppress(OSError, ValueError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    told = json.load(sys.stdin)
    _limit(told["seconds"])
    json.dump(trial(told), sys.stdout)

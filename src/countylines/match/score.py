"""Hits to weights: the distinct groups that hit each record, and each record's score.

METHOD 2: s = min(1, sum of the weights of the distinct groups hit), leaving out hits that an exception cancels.
"""

from __future__ import annotations

from collections.abc import Mapping

import narwhals as nw

from countylines.engine import Engine
from countylines.match.lexicon import MARKER, Lexicon
from countylines.settings import Match, NetworkSettings
from countylines.sums import exact_sum, rounded
from countylines.tables import Frame

STRONG = NetworkSettings().keep_weight  # a group that makes a person's place in the network by itself
COMMON = 0.02  # share of a source's rows above which a strong group looks like form text
FEWEST_ROWS = 50  # below, two per cent is a single row, and says nothing


def record_groups(hits: Frame, records: Frame, lexicon: Lexicon, settings: Match) -> Frame:
    """``record_id``, ``group``, ``weight``: the distinct groups that hit each record, each with its weight there.

    That is the group's own, times the multiplier of the record's grading where the settings name one.
    """
    found = hits.filter(nw.col("excepted_by").is_null()).select("record_id", "group").unique()
    if settings.use_marker:
        marked = records.filter(nw.col("marker")).select("record_id", group=nw.lit(MARKER))
        found = nw.concat([found, marked], how="vertical")
    weights = {group.name: group.weight for group in lexicon.groups} | {MARKER: 1.0}
    found = found.with_columns(weight=_chosen("group", weights, 0.0))
    if settings.grading_weights:
        factors = records.select("record_id", factor=_chosen("grading", settings.grading_weights, 1.0))
        found = found.join(factors, on="record_id", how="left").with_columns(
            weight=rounded(nw.col("weight") * nw.col("factor"))
        )
    return found.select("record_id", "group", "weight")


def record_scores(groups: Frame, engine: Engine) -> Frame:
    """The run table ``record_scores`` from a kept frame of ``record_groups``: records with a score above 0."""
    sums = groups.group_by("record_id").agg(score=exact_sum(nw.col("weight")))
    scores = sums.filter(nw.col("score") > 0).with_columns(score=nw.min_horizontal("score", nw.lit(1.0)))
    listed = engine.gather(groups.select("record_id", "group"), ["record_id"], "group").rename({"group": "groups"})
    return scores.join(listed, on="record_id", how="inner").select("record_id", "score", "groups")


def suspicious(groups: Frame, records: Frame, lexicon: Lexicon) -> tuple[str, ...]:
    """A sentence for every strong group that hits more than COMMON of a source's rows: form text looks like that.

    Strong is a weight of at least STRONG, since only such a group brings people in by itself; MARKER is no text.
    """
    strong = [group.name for group in lexicon.groups if group.weight >= STRONG]
    sources = records.group_by("source").agg(rows=nw.len())
    hit = groups.filter(nw.col("group").is_in(strong)).join(
        records.select("record_id", "source"), on="record_id", how="inner"
    )
    counts = hit.group_by("source", "group").agg(hit=nw.len()).join(sources, on="source", how="inner")
    rows = (
        counts.filter(nw.col("rows") >= FEWEST_ROWS, nw.col("hit") > COMMON * nw.col("rows"))
        .collect("pyarrow")
        .rows(named=True)
    )
    return tuple(
        f"{row['group']} hits {row['hit'] / row['rows']:.1%} of the rows of {row['source']}: "
        "form text such as 'risk of county lines? N' looks like that. Look at a few, and add an exception."
        for row in sorted(rows, key=lambda row: (row["source"], row["group"]))
    )


def _chosen(column: str, values: Mapping[str, float], otherwise: float) -> nw.Expr:
    """The number that belongs to a column's text."""
    chosen = nw.lit(otherwise)
    for text, value in values.items():
        chosen = nw.when(nw.col(column) == text).then(nw.lit(value)).otherwise(chosen)
    return chosen

"""The people met in the records of weighted people, their ties, and their share in that weight (METHOD 3.3 to 3.5)."""

from __future__ import annotations

import narwhals as nw

from countylines.network.keys import pairs
from countylines.sums import EDGE, exact_sum, rounded
from countylines.tables import Frame


def deepened(links: Frame, provisional: Frame) -> Frame:
    """Every record of every person with p > 0, matched or not [paper]: ``record``."""
    weighted = provisional.filter(nw.col("p") > 0)
    return links.join(weighted, on="nominal", how="semi").select("record").unique()


def considered(links: Frame, deepened: Frame, provisional: Frame) -> Frame:
    """Everybody met in the deepened records: ``nominal``, ``p`` (0 without connections of their own)."""
    met = links.join(deepened, on="record", how="semi").select("nominal").unique()
    return met.join(provisional, on="nominal", how="left").with_columns(nw.col("p").fill_null(0.0))


def ties(links: Frame, considered: Frame) -> Frame:
    """The ties of every considered person, in the whole data.

    Returns:
        One row per ``nominal`` and ``other`` with ``n``, the records they share, and ``adversarial``: in all of them.
    """
    own = links.join(considered, on="nominal", how="semi")
    met = pairs(own, links)
    summed = met.with_columns(nw.col("adversarial").cast(nw.Int8)).group_by("nominal", "other")
    tied = summed.agg(nw.len().cast(nw.Int64).alias("n"), nw.col("adversarial").min())
    return tied.with_columns(nw.col("adversarial") == 1)


def share(considered: Frame, ties: Frame) -> Frame:
    """a: the mean p of the people one shares a record with, adversarial ties left out; 0 without any.

    Returns:
        ``considered`` with ``a``, 0 to 1, at 9 decimals.
    """
    friendly = ties.filter(~nw.col("adversarial")).join(
        considered.select(other="nominal", other_p="p"), on="other", how="left"
    )
    summed = friendly.group_by("nominal").agg(
        exact_sum(nw.col("other_p").fill_null(0.0)).alias("sum"), nw.len().alias("n")
    )
    mean = summed.select("nominal", a=rounded(nw.col("sum") / nw.col("n")))
    return considered.join(mean, on="nominal", how="left").with_columns(nw.col("a").fill_null(0.0))


def matched_ties(links: Frame, considered: Frame, ties: Frame, keep_weight: float) -> Frame:
    """The ties to matched people (p >= keep_weight), record by record.

    Returns:
        One row per ``nominal``, ``other`` and ``record``, with ``adversarial`` (of the tie, in all its records) and
        ``offender`` (the nominal has an offender role in this record).
    """
    matched = considered.filter(nw.col("p") >= keep_weight - EDGE)
    strong = links.join(matched, on="nominal", how="semi").select("record", other="nominal")
    met = links.select("record", "nominal", "offender").join(strong, on="record")
    met = met.filter(nw.col("nominal") != nw.col("other"))
    return met.join(ties.select("nominal", "other", "adversarial"), on=["nominal", "other"])


def decide(share: Frame, matched_ties: Frame, keep_weight: float, min_ties: int, min_records: int) -> Frame:
    """Who stays, as what (METHOD 3.6).

    Args:
        share: ``nominal``, ``p``, ``a``.
        matched_ties: as made by :func:`matched_ties`.

    Returns:
        ``share`` with ``ties``, ``tie_records`` and ``decision``: matched, associate or discarded.

    Source: West Midlands Police (2021): below 50% goes, "so that people loosely connected go"; two ties through two
        records, which keeps a one-off passer-by out, are our choice.
    """
    friendly = matched_ties.filter(~nw.col("adversarial")).group_by("nominal")
    counted = friendly.agg(
        nw.col("other").n_unique().cast(nw.Int64).alias("ties"),
        nw.col("record").n_unique().cast(nw.Int64).alias("tie_records"),
    )
    least = keep_weight - EDGE
    tied = (nw.col("ties") >= min_ties) & (nw.col("tie_records") >= min_records)
    decision = (
        nw.when(nw.col("p") >= least)
        .then(nw.lit("matched"))
        .otherwise(nw.when((nw.col("a") >= least) & tied).then(nw.lit("associate")).otherwise(nw.lit("discarded")))
    )
    joined = share.join(counted, on="nominal", how="left")
    return joined.with_columns(nw.col("ties").fill_null(0), nw.col("tie_records").fill_null(0)).with_columns(
        decision=decision
    )

"""The pairs of kept people, with the records behind them (METHOD 3.4, 3.7), and the records in the network."""

from __future__ import annotations

import narwhals as nw

from countylines.network.keys import pairs
from countylines.sums import EDGE
from countylines.tables import Frame


def edge_records(links: Frame, kept: Frame, deepened: Frame) -> Frame:
    """Every record that two kept people share, for the pairs that meet in the deepened records.

    Returns:
        One row per ``nominal`` < ``other`` and ``record``, with ``adversarial`` (here).
    """
    own = links.join(kept, on="nominal", how="semi")
    met = pairs(own, own).filter(nw.col("nominal") < nw.col("other"))
    found = met.join(deepened, on="record", how="semi").select("nominal", "other").unique()
    return met.join(found, on=["nominal", "other"], how="semi")


def edges(edge_records: Frame, kept: Frame) -> Frame:
    """One row per pair: ``nominal``, ``other``, ``weight`` b, ``n_records``, ``kind``.

    Args:
        edge_records: as made by :func:`edge_records`.
        kept: ``nominal``, ``p``.

    Source: West Midlands Police (2021): "propagating the average nominal weighting to the connection".
    """
    flags = edge_records.with_columns(nw.col("adversarial").cast(nw.Int8)).group_by("nominal", "other")
    summed = flags.agg(nw.len().cast(nw.Int64).alias("n_records"), nw.col("adversarial").min())
    one = kept.select("nominal", one_p="p")
    two = kept.select(other="nominal", two_p="p")
    kind = nw.when(nw.col("adversarial") == 1).then(nw.lit("adversarial")).otherwise(nw.lit("associative"))
    return (
        summed.join(one, on="nominal")
        .join(two, on="other")
        .select("nominal", "other", "n_records", weight=(nw.col("one_p") + nw.col("two_p")) / 2.0, kind=kind)
    )


def records_in_network(links: Frame, kept: Frame, scores: Frame, keep_weight: float) -> Frame:
    """The records in the network: s >= keep_weight and a kept person connects there [choice]: ``record``."""
    strong = scores.filter(nw.col("score") >= keep_weight - EDGE).select("record")
    return links.join(kept, on="nominal", how="semi").select("record").unique().join(strong, on="record", how="semi")


def term_table(groups: Frame, weights: Frame, in_network: Frame, every_link: Frame, links: Frame, kept: Frame) -> Frame:
    """Count, for each search group, the records it hits by what became of them (the paper's table of terms).

    Args:
        groups: ``record``, ``group``.
        weights: every group of the lexicon: ``group``, ``weight``.
        in_network: ``record``.
        every_link: everybody who connects, in records of any size.
        links: the same, without the records that are too large.
        kept: ``nominal``.
    """
    mark = nw.lit(1, nw.Int64)
    of_kept = links.join(kept, on="nominal", how="semi").select("record").unique()
    connecting = every_link.select("record").unique()
    hit = (
        groups.join(in_network.with_columns(inside=mark), on="record", how="left")
        .join(of_kept.with_columns(known=mark), on="record", how="left")
        .join(connecting.with_columns(linked=mark), on="record", how="left")
    )
    counted = hit.group_by("group").agg(
        nw.len().cast(nw.Int64).alias("records"),
        *(nw.col(name).fill_null(0).sum().cast(nw.Int64) for name in ("inside", "known", "linked")),
    )
    joined = weights.join(counted, on="group", how="left").with_columns(
        *(nw.col(name).fill_null(0) for name in ("records", "inside", "known", "linked"))
    )
    return joined.select(
        "group",
        "weight",
        records_in_network="inside",
        records_not_in_network=nw.col("records") - nw.col("inside"),
        records_of_kept_nominals="known",
        records_without_connection=nw.col("records") - nw.col("linked"),
    )

"""Ids become whole numbers, and roles become flags: what the network is computed on.

Numbers follow the order of the ids, so nothing depends on the order of rows; joins on them cost a fraction of joins on
text.
"""

from __future__ import annotations

import narwhals as nw

from countylines.tables import CONNECTING_ROLES, OFFENDER_ROLES, Frame

LOOSE_ROLES = ("subject", "associate")


def number(frame: Frame, id_column: str, name: str) -> Frame:
    """Number the rows by their id, from 0, in a new column ``name``.

    Args:
        frame: one row per ``id_column``.
    """
    return frame.with_row_index(name, order_by=id_column).with_columns(nw.col(name).cast(nw.Int32))


def links(involvements: Frame, records: Frame, nominals: Frame) -> Frame:
    """Who connects in which record, and how: any connecting role there will do (METHOD 3).

    Args:
        involvements: ``record_id``, ``nominal_id``, ``role``.
        records: ``record_id``, ``record``.
        nominals: ``nominal_id``, ``nominal``.

    Returns:
        One row per ``record`` and ``nominal`` with the flags ``offender``, ``victim``, ``only_victim`` (victim is the
        only connecting role), ``missing`` and ``loose`` (subject or associate).
    """
    role = nw.col("role")
    flags = involvements.filter(role.is_in(CONNECTING_ROLES)).select(
        "record_id",
        "nominal_id",
        offender=role.is_in(OFFENDER_ROLES).cast(nw.Int8),
        victim=(role == "victim").cast(nw.Int8),
        missing=(role == "missing").cast(nw.Int8),
        loose=role.is_in(LOOSE_ROLES).cast(nw.Int8),
        other=(role != "victim").cast(nw.Int8),
    )
    numbered = (
        flags.join(records.select("record_id", "record"), on="record_id")
        .join(nominals.select("nominal_id", "nominal"), on="nominal_id")
        .group_by("record", "nominal")
        .agg(*(nw.col(flag).max() for flag in ("offender", "victim", "missing", "loose", "other")))
    )
    is_victim = nw.col("victim") == 1
    return numbered.select(
        "record",
        "nominal",
        offender=nw.col("offender") == 1,
        victim=is_victim,
        only_victim=is_victim & (nw.col("other") == 0),
        missing=nw.col("missing") == 1,
        loose=nw.col("loose") == 1,
    )


def sizes(links: Frame) -> Frame:
    """How many people connect in each record: ``record``, ``nominals``."""
    return links.group_by("record").agg(nw.len().cast(nw.Int64).alias("nominals"))


def pairs(left: Frame, right: Frame) -> Frame:
    """The people of ``left`` with everybody else who connects in the same record of ``right``.

    Args:
        left, right: links.

    Returns:
        One row per ``nominal``, ``other`` and ``record``; ``adversarial``: here one is a victim and no offender, the
        other an offender and no victim (METHOD 3).
    """
    other = right.select("record", other="nominal", other_offender="offender", other_victim="victim")
    met = left.select("record", "nominal", "offender", "victim").join(other, on="record")
    harmed = nw.col("victim") & ~nw.col("offender") & nw.col("other_offender") & ~nw.col("other_victim")
    harming = nw.col("other_victim") & ~nw.col("other_offender") & nw.col("offender") & ~nw.col("victim")
    return met.filter(nw.col("nominal") != nw.col("other")).select(
        "nominal", "other", "record", adversarial=harmed | harming
    )

"""The records behind a person's place in the network, and behind their need of protection."""

from __future__ import annotations

import narwhals as nw

from countylines.tables import Frame

VICTIM_WHY = "victim in a matched record"


def records_behind(decided: Frame, connections: Frame, matched_ties: Frame) -> Frame:
    """Why people are kept: of the matched the records of their connections, of associates those of their ties.

    Returns:
        One row per ``nominal`` and ``record``.
    """
    matched = decided.filter(nw.col("decision") == "matched")
    associates = decided.filter(nw.col("decision") == "associate")
    own = connections.join(matched, on="nominal", how="semi").select("nominal", "record")
    tied = matched_ties.filter(~nw.col("adversarial")).join(associates, on="nominal", how="semi")
    return nw.concat([own, tied.select("nominal", "record")]).unique()


def seen(records_behind: Frame, dates: Frame) -> Frame:
    """``nominal``, ``first_evidence``, ``last_evidence``: the days of the earliest and latest record behind."""
    dated = records_behind.join(dates, on="record").group_by("nominal")
    return dated.agg(nw.col("date").min().alias("first_evidence"), nw.col("date").max().alias("last_evidence"))


def safeguarding(there: Frame, kept: Frame, held: Frame, records_behind: Frame) -> Frame:
    """People to protect, with why, and the records behind it.

    Whoever is only a victim in a matched record, kept or not [choice]; of the kept everybody who is protected or held.

    Args:
        there: links in matched records.
        kept: ``nominal``, ``is_child``, ``believed_exploited``, ``ageless``.
        held: ``nominal``, ``record``, ``held``.

    Returns:
        One row per ``nominal``, ``why`` and ``record``.
    """
    victims = there.filter(nw.col("only_victim")).select("nominal", "record", why=nw.lit(VICTIM_WHY))
    children = kept.filter(nw.col("is_child").fill_null(False)).select("nominal", why=nw.lit("child"))
    ageless = kept.filter(nw.col("ageless")).select("nominal", why=nw.lit("age to be established"))
    believed = kept.filter(nw.col("believed_exploited")).select("nominal", why=nw.lit("believed exploited"))
    why_held = nw.concat_str(nw.lit("held: "), "held")
    reasons = held.join(kept, on="nominal", how="semi").select("nominal", "record", why=why_held)
    listed = nw.concat([children, ageless, believed]).join(records_behind, on="nominal")
    columns = ("nominal", "why", "record")
    return nw.concat([frame.select(columns) for frame in (victims, reasons, listed)])

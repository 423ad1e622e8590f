"""Which rows are kept, set aside or rejected, and why (method, section 1): plain functions from frames to frames.

A *verdict* has a row for each row of a table: ``_id``, what later checks need, and ``_rejected`` and ``_aside``, each a
reason or null. A rejected reason comes before a set-aside one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import narwhals as nw

from countylines.ingest import reasons
from countylines.tables import DECISIONS, EXTRACTS, OFFENDER_ROLES, ROLES, SOURCES, Frame

TRAIL = ("_id", "_part", "_row", "_repeats")
NEEDED = {
    "records": ("date", "grading", "restricted"),
    "person_links": ("nominal_id",),
}  # beside keys and checked columns
CODES = {  # columns with a reason of their own when they are empty or unknown
    "records": ("source", SOURCES, reasons.SOURCE),
    "involvements": ("role", ROLES, reasons.ROLE),
    "decisions": ("decision", DECISIONS, reasons.DECISION),
}
DATES = {"records": "date", "releases": "release_date"}  # without it the row says nothing


def reason(condition: nw.Expr, why: str) -> nw.Expr:
    """The reason where the condition holds, else null."""
    return nw.when(condition).then(nw.lit(why)).otherwise(nw.lit(None, nw.String))


def own_faults(rows: Frame, table: str) -> Frame:
    """A verdict on each row by itself: unreadable, no key, no valid date, an unknown code.

    Args:
        rows: the typed rows of a table, with the marks of reading.
        table: its name.
    """
    code = CODES.get(table)
    date = DATES.get(table)
    spared = {date, code[0] if code else None}
    needed = [column.name for column in EXTRACTS[table].columns if column.required and column.name not in spared]
    found = [nw.col("_flaw")]
    found += [reason(nw.col(name).is_null(), reasons.NO_KEY) for name in needed]
    if date:
        found.append(reason(nw.col(date).is_null(), reasons.NO_DATE))
    if code:
        name, known, why = code
        found.append(reason(nw.col(name).is_null() | ~nw.col(name).is_in(known), why))
    if table == "decisions":
        neither = nw.col("nominal_id").is_null() & nw.col("record_id").is_null()
        about_victim = nw.col("nominal_id").is_null() & (nw.col("decision") == "victim not offender")
        found += [reason(neither, reasons.NOBODY), reason(about_victim, reasons.NO_PERSON)]
    aside = nw.col("_aside") if "_aside" in rows.collect_schema().names() else nw.lit(None, nw.String)
    columns = dict.fromkeys((*TRAIL, *EXTRACTS[table].key, *([code[0]] if code else []), *NEEDED.get(table, ())))
    return rows.select(*columns, nw.coalesce(*found).alias("_rejected"), aside.alias("_aside"))


def references(verdict: Frame, records: Frame | None, nominals: Frame | None) -> Frame:
    """Reject rows that name a record or nominal that isn't there; set aside those of a record that is set aside.

    Args:
        verdict: as made by :func:`own_faults`.
        records: valid records: ``record_id`` and ``record_aside``, the reason why one is set aside or null;
            None = the table names no record.
        nominals: valid nominals: ``nominal_id``; None = it names no nominal.
    """
    found = [nw.col("_rejected")]
    aside = [nw.col("_aside")]
    unlinked = nw.col("_aside").fill_null("") == reasons.NO_LINK  # the native id of such a row can't be known here
    if records is not None:
        known = records.select("record_id", "record_aside", record_known=nw.lit(True))
        verdict = verdict.join(known, on="record_id", how="left")
        found.append(reason(~nw.col("record_id").is_null() & nw.col("record_known").is_null(), reasons.RECORD))
        prefix = nw.concat_str(nw.lit(reasons.OF_RECORD), nw.col("record_aside"))
        aside.append(nw.when(~nw.col("record_aside").is_null()).then(prefix).otherwise(nw.lit(None, nw.String)))
    if nominals is not None:
        known = nominals.select("nominal_id", nominal_known=nw.lit(True))
        verdict = verdict.join(known, on="nominal_id", how="left")
        missing = ~nw.col("nominal_id").is_null() & nw.col("nominal_known").is_null() & ~unlinked
        found.append(reason(missing, reasons.NOMINAL))
    made = verdict.with_columns(nw.coalesce(*found).alias("_rejected"), nw.coalesce(*aside).alias("_aside"))
    return made.drop("record_known", "nominal_known", "record_aside", strict=False)


def repeated_keys(verdict: Frame, key: Sequence[str]) -> Frame:
    """The valid rows whose key is there more than once: a short table, looked through by :func:`later_rows`."""
    valid = verdict.filter(nw.col("_rejected").is_null() & ~(nw.col("_aside").fill_null("") == reasons.NO_LINK))
    filled = [_filled(name).alias(f"_key_{name}") for name in key]  # a join would not find empty parts of a key
    named = [f"_key_{name}" for name in key]
    rows = valid.select(*TRAIL, *filled)
    twice = rows.group_by(*named).agg(nw.len().alias("_n")).filter(nw.col("_n") > 1).drop("_n")
    return rows.join(twice, on=named, how="semi")


def _filled(name: str) -> nw.Expr:
    return nw.col(name).cast(nw.String).fill_null("")


def later_rows(repeated: Frame, key: Sequence[str], content: Frame | None = None) -> Frame:
    """Of rows with the same key all but the first: files by name, then row; without order, by content.

    Args:
        repeated: as made by :func:`repeated_keys`.
        key: the table's key.
        content: the table's typed rows (``_id`` and columns), where some of them have no order.

    Returns:
        ``_id``, ``_repeats``.
    """
    columns = []
    if content is not None:
        columns = [name for name in content.collect_schema().names() if not name.startswith("_")]
        repeated = repeated.join(content.select("_id", *columns), on="_id")
    order = reading_order(columns, content is not None)
    named = [f"_key_{name}" for name in key]
    numbered = repeated.with_columns(_one=nw.lit(1)).with_columns(
        _place=nw.col("_one").cum_sum().over(*named, order_by=order)
    )
    return numbered.filter(nw.col("_place") > 1).select("_id", "_repeats")


def without_repeats(verdict: Frame, later: Frame, why: str) -> Frame:
    """Reject the later rows of a key; set them aside where the source repeats by nature, as a person in each record."""
    marked = later.select("_id", later=nw.lit(True))
    verdict = verdict.join(marked, on="_id", how="left")
    again = nw.col("later").fill_null(False)
    return verdict.with_columns(
        nw.coalesce(nw.col("_rejected"), reason(again & ~nw.col("_repeats"), why)).alias("_rejected"),
        nw.coalesce(reason(again & nw.col("_repeats"), reasons.REPEATED), nw.col("_aside")).alias("_aside"),
    ).drop("later")


def records_aside(verdict: Frame, since: dt.date, include_restricted: bool) -> Frame:
    """Set aside records before ``since``, intelligence graded as suspected false, and restricted ones.

    3x5x2 has its E in the middle place (``2EP``), 5x5x5 its 5 in the second (``B51``); separators don't count, and the
    scheme's name may stand before it.
    """
    grade = nw.col("grading").str.replace_all("[^A-Za-z0-9]", "").str.to_uppercase()
    false = (nw.col("source") == "intelligence") & grade.str.contains("^(3X5X2|5X5X5)?([1-3]E|[A-E]5)").fill_null(False)
    found = [
        nw.col("_aside"),
        reason(nw.col("date") < nw.lit(since), reasons.BEFORE),
        reason(false, reasons.FALSE),
    ]
    if not include_restricted:
        found.append(reason(nw.col("restricted").fill_null(False), reasons.RESTRICTED))
    return verdict.with_columns(nw.coalesce(*found).alias("_aside"))


def valid_records(verdict: Frame) -> Frame:
    """Records that are not rejected: ``record_id``, ``source``, ``date``, ``record_aside``."""
    return verdict.filter(nw.col("_rejected").is_null()).select(
        "record_id", "source", "date", nw.col("_aside").alias("record_aside")
    )


def reading_order(columns: Sequence[str], unordered: bool) -> list[str]:
    """What tells the first of several rows: files by name, then row; where some have no order, their content."""
    return ["_part", "_row", *columns, "_id"] if unordered else ["_id"]


def with_details(kept: Frame, nominals: Frame, later: Frame, order: Sequence[str]) -> Frame:
    """Kept nominals whose empty details are those that a later system knows first; birth dates aren't among them.

    Args:
        kept: the first row on every person.
        nominals: all rows.
        later: as made by :func:`later_rows`. Only rows of systems that repeat people by nature count: a second row in
            one that doesn't is an error, and rejected.
        order: as from :func:`reading_order`.
    """
    columns = kept.collect_schema().names()
    details = [name for name in EXTRACTS["nominals"].names if name not in ("nominal_id", "date_of_birth")]
    more = nominals.join(later.filter(nw.col("_repeats")).select("_id"), on="_id", how="semi")
    own = kept.join(more.select("nominal_id").unique(), on="nominal_id", how="semi")
    names = list(dict.fromkeys(("_id", "nominal_id", *order, *details)))
    rows = nw.concat([own.select(*names), more.select(*names)])
    known = rows.with_columns(
        nw.col(name).fill_null(strategy="backward").over("nominal_id", order_by=order).alias(f"_known_{name}")
        for name in details
    )
    first = known.join(own.select("_id"), on="_id", how="semi")
    joined = kept.join(first.select("nominal_id", *(f"_known_{name}" for name in details)), on="nominal_id", how="left")
    filled = {name: nw.coalesce(name, f"_known_{name}") for name in details}
    placed_by = filled.pop("responsible_authority")  # one fact with looked_after: nobody places who isn't looked after
    whole = joined.with_columns(**filled)
    cared = nw.when(nw.col("looked_after").fill_null(True)).then(placed_by).otherwise(nw.col("responsible_authority"))
    return whole.with_columns(responsible_authority=cared).select(columns)


def youngest(nominals: Frame, later: Frame) -> Frame:
    """The latest birth date of every person with several rows: ``nominal_id``, ``youngest``."""
    doubled = nominals.join(later.select("_id"), on="_id", how="semi").select("nominal_id").unique()
    rows = nominals.select("nominal_id", "date_of_birth").join(doubled, on="nominal_id", how="semi")
    return rows.group_by("nominal_id").agg(nw.col("date_of_birth").max().alias("youngest"))


def with_youngest(kept: Frame, latest: Frame) -> Frame:
    """Kept nominals with the youngest of their birth dates: whoever may be a child is treated as one."""
    columns = kept.collect_schema().names()
    joined = kept.join(latest, on="nominal_id", how="left")
    return joined.with_columns(nw.coalesce("youngest", "date_of_birth").alias("date_of_birth")).select(columns)


def dropped(verdict: Frame) -> Frame:
    """Rows that are not kept: ``_id``, ``kind``, ``reason``."""
    gone = verdict.filter(~nw.col("_rejected").is_null() | ~nw.col("_aside").is_null())
    kind = nw.when(~nw.col("_rejected").is_null()).then(nw.lit("rejected")).otherwise(nw.lit("set aside"))
    return gone.select("_id", kind.alias("kind"), nw.coalesce("_rejected", "_aside").alias("reason"))


def unlinked(records: Frame, involvements: Frame) -> Frame:
    """Kept records without any involvement row, by source: ``source``, ``records``."""
    kept = records.filter(nw.col("record_aside").is_null()).select("record_id", "source")
    alone = kept.join(involvements.select("record_id"), on="record_id", how="anti")
    return alone.group_by("source").agg(nw.len().alias("records"))


def linked(rows: Frame, links: Frame, systems: Sequence[str]) -> Frame:
    """Person ids of source systems become ours: by the person links of the named systems, else by the map's prefix.

    Args:
        rows: typed rows with ``nominal_id``, ``_link`` (system) and ``_prefix``.
        links: valid person links: ``source``, ``native_id``, ``nominal_id``.
        systems: those whose ids go by the links.

    Returns:
        The same rows with ``_aside``: ``no person link`` where there is none.
    """
    ours = links.select(
        nw.col("source").alias("_link"), nw.col("native_id").alias("nominal_id"), nw.col("nominal_id").alias("_ours")
    )
    by_link = nw.col("_link").is_in(systems).fill_null(False) if systems else nw.lit(False)
    by_prefix = ~nw.col("_link").is_null() & ~nw.col("nominal_id").is_null()
    prefixed = nw.concat_str(nw.col("_prefix"), nw.col("nominal_id"))
    missing = by_link & ~nw.col("nominal_id").is_null() & nw.col("_ours").is_null()
    own = nw.when(by_prefix).then(prefixed).otherwise(nw.col("nominal_id"))
    return (
        rows.join(ours, on=["_link", "nominal_id"], how="left")
        .with_columns(
            nw.when(by_link).then(nw.coalesce("_ours", "nominal_id")).otherwise(own).alias("nominal_id"),
            reason(missing, reasons.NO_LINK).alias("_aside"),
        )
        .drop("_ours")
    )


def offender() -> nw.Expr:
    """The role is an offender's."""
    return nw.col("role").is_in(OFFENDER_ROLES)

"""Who is treated how: children and believed victims are protected, people with a sign of exploitation held (METHOD 1).

Law: Modern Slavery Act 2015 s.45 and s.52; Data Protection Act 2018 s.38 (victims, witnesses and suspects told apart).
"""

from __future__ import annotations

import datetime as dt

import narwhals as nw

from countylines.network.slavery import is_slavery
from countylines.settings import UnknownAge
from countylines.sums import EDGE
from countylines.tables import BOTH, UNRANKED, Frame

ADULT = 18

UNDER_AGE = "under 18 in a matched record"
MISSING = "missing in a matched record"
VICTIM = "only victim in a matched record"
CUCKOOED = "may be cuckooed"
ENSLAVED = "victim of a modern-slavery offence"
BYSTANDER = "associate without an offender role"


def under_age(born: nw.Expr, day: nw.Expr) -> nw.Expr:
    """Whether somebody is under 18 on a day; on 28 February someone born on the 29th isn't a year older yet.

    Unknown when either date is.
    """
    years = day.dt.year() - born.dt.year()
    before_birthday = (day.dt.month() < born.dt.month()) | (
        (day.dt.month() == born.dt.month()) & (day.dt.day() < born.dt.day())
    )
    return (years < ADULT) | ((years == ADULT) & before_birthday)


def protection(nominals: Frame, known_victims: Frame, as_of: dt.date, unknown_age: UnknownAge) -> Frame:
    """Children, believed victims, and people of unknown age.

    Args:
        nominals: ``nominal``, ``nominal_id``, ``date_of_birth``.
        known_victims: ``nominal_id``.

    Returns:
        One row per ``nominal``: ``is_child`` (null = age unknown), ``believed_exploited``, ``ageless`` (protected
        because the age is unknown), ``protected``.
    """
    born = nw.col("date_of_birth")
    listed = known_victims.select("nominal_id").unique().with_columns(listed=nw.lit(True))
    flags = nominals.join(listed, on="nominal_id", how="left").with_columns(
        is_child=under_age(born, nw.lit(as_of)), believed_exploited=nw.col("listed").fill_null(False)
    )
    ageless = nw.col("is_child").is_null() & nw.lit(unknown_age == "protect")
    return flags.select(
        "nominal",
        "is_child",
        "believed_exploited",
        ageless=ageless,
        protected=nw.col("is_child").fill_null(False) | nw.col("believed_exploited") | ageless,
    )


def signs_in_matched_records(there: Frame, nominals: Frame) -> Frame:
    """The signs of exploitation that a matched record shows of a person who connects there.

    Args:
        there: links in matched records, with ``date`` and ``only_cuckoo`` (the record stays below keep_weight without
            CUCKOO).
        nominals: ``nominal``, ``date_of_birth``.

    Returns:
        One row per ``nominal``, ``record`` and ``held`` (the reason).
    """
    dated = there.join(nominals.select("nominal", "date_of_birth"), on="nominal")
    signs = {
        UNDER_AGE: under_age(nw.col("date_of_birth"), nw.col("date")),
        MISSING: nw.col("missing"),
        VICTIM: nw.col("only_victim"),
        CUCKOOED: nw.col("loose") & nw.col("only_cuckoo"),
    }
    found = [dated.filter(sign).select("nominal", "record", held=nw.lit(why)) for why, sign in signs.items()]
    return nw.concat(found)


def only_by_cuckoo(scores: Frame, groups: Frame, keep_weight: float) -> Frame:
    """The matched records that CUCKOO hits and that would be below keep_weight without it: ``record``.

    Args:
        scores: ``record``, ``score``.
        groups: ``record``, ``group``, ``weight``.
    """
    mark = nw.lit(True)
    hit = groups.filter(nw.col("group") == "CUCKOO").select("record", cuckoo=mark)
    rest = groups.filter(nw.col("group") != "CUCKOO").group_by("record").agg(nw.col("weight").sum().alias("rest"))
    without = scores.join(hit, on="record").join(rest, on="record", how="left")
    return without.filter(nw.col("rest").fill_null(0.0) < keep_weight - EDGE).select("record")


def links_matched(links: Frame, scores: Frame, dates: Frame, only_cuckoo: Frame) -> Frame:
    """The links in matched records, with ``date`` and ``only_cuckoo``."""
    marked = only_cuckoo.with_columns(only_cuckoo=nw.lit(True))
    there = links.join(scores, on="record").join(dates, on="record").join(marked, on="record", how="left")
    return there.with_columns(nw.col("only_cuckoo").fill_null(False))


def enslaved(involvements: Frame, records: Frame, numbers: Frame, nominals: Frame) -> Frame:
    """Victims of a modern-slavery offence, in any record: ``nominal``, ``record``, ``held``."""
    code = nw.col("offence_code").str.strip_chars()
    crimes = records.filter(~code.is_null()).filter(is_slavery(code)).select("record_id")
    victims = involvements.filter(nw.col("role") == "victim").join(crimes, on="record_id", how="semi")
    numbered = victims.join(numbers, on="record_id").join(nominals.select("nominal", "nominal_id"), on="nominal_id")
    return numbered.select("nominal", "record", held=nw.lit(ENSLAVED))


def bystanders(decided: Frame, matched_ties: Frame) -> Frame:
    """Associates without an offender role in a record shared with a matched person, and the records they share.

    Returns:
        One row per ``nominal``, ``record`` and ``held``.
    """
    active = matched_ties.filter(nw.col("offender")).select("nominal").unique()
    associates = decided.filter(nw.col("decision") == "associate").join(active, on="nominal", how="anti")
    behind = matched_ties.filter(~nw.col("adversarial")).join(associates, on="nominal", how="semi")
    return behind.select("nominal", "record").unique().with_columns(held=nw.lit(BYSTANDER))


def ruled(nominals: Frame, rulings: Frame, behind: Frame) -> Frame:
    """Adults whom two people ruled to be both victim and suspect: ``nominal``, ``record``, ``held``.

    Args:
        behind: the records behind each person's place: ``nominal``, ``record``.
    """
    listed = rulings.filter((nw.col("decision") == UNRANKED) & nw.col("record_id").is_null()).select("nominal_id")
    people = nominals.join(listed, on="nominal_id", how="semi").select("nominal")
    return behind.join(people, on="nominal", how="semi").select("nominal", "record", held=nw.lit(BOTH))


def held(signs: list[Frame], protection: Frame, nominals: Frame, rulings: Frame, apart: Frame) -> Frame:
    """The reasons why people who aren't protected are held, until two people decide "no sign of exploitation".

    Args:
        signs: frames of ``nominal``, ``record``, ``held``.
        rulings: decisions in force: ``nominal_id``, ``record_id``, ``decision``.
        apart: as :func:`ruled` gives it; that decision doesn't release from another one.

    Returns:
        One row per ``nominal``, ``record`` and ``held``.
    """
    on_person = nw.col("record_id").is_null()  # a ruling on one record doesn't clear the person
    cleared = rulings.filter(nw.col("decision") == "no sign of exploitation").filter(on_person).select("nominal_id")
    free = nominals.join(cleared, on="nominal_id", how="semi").select("nominal")
    guarded = protection.filter(nw.col("protected")).select("nominal")
    found = nw.concat(signs).unique().join(free, on="nominal", how="anti")
    return nw.concat([found, apart]).join(guarded, on="nominal", how="anti")

"""What holds of harm whoever did whatever."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.rank.evidence import Evidence
from countylines.rank.harm import load_rules, mass
from countylines.settings import Harm
from countylines.tables import OFFENDER_ROLES, ROLES
from tests.rank.harm.made import AS_OF, by_hand, evidence, harm_tables

RULES = load_rules(Harm())
CODES = ["001/01", "008/06", "034/01", "046/00", "092/30", "999/99", None]
DAYS = st.dates(dt.date(2015, 1, 1), AS_OF)


@st.composite
def crowds(draw: st.DrawFn) -> Evidence:
    """A few people, some protected or held, some without a birth date, in a few crimes."""
    flag = st.sampled_from([True, False, False])
    people = {
        name: {
            "group_id": draw(st.sampled_from(["g", "h", None])),
            "protected": draw(flag),
            "held": draw(st.sampled_from([[], [], ["may be cuckooed"]])),
            "date_of_birth": draw(st.none() | st.dates(dt.date(1980, 1, 1), dt.date(2010, 1, 1))),
        }
        for name in "abcde"
    }
    crime = st.fixed_dictionaries(
        {
            "offence_code": st.sampled_from(CODES),
            "date": DAYS,
            "proactive": st.sampled_from([True, False, None]),
            "outcome_code": st.sampled_from([None, "1", "16", "22", "cancelled"]),
            "source": st.sampled_from(["crime", "crime", "custody"]),
        }
    )
    crimes = draw(st.dictionaries(st.sampled_from(["c1", "c2", "c3", "c4", "c5"]), crime, min_size=1))
    role = st.tuples(st.sampled_from(sorted(crimes)), st.sampled_from("abcde"), st.sampled_from(ROLES))
    return by_hand(crimes, sorted(draw(st.sets(role, max_size=20))), people)


@given(crowds())
def test_nobody_protected_or_held_has_a_row(crowd: Evidence) -> None:
    nominal = harm_tables(crowd, RULES).nominal
    free = {
        row["nominal_id"] for row in crowd.nominals.iter_rows(named=True) if not row["protected"] and not row["held"]
    }
    assert set(nominal["id"]) <= free
    assert set(mass(nominal, "cchi")) <= free


@given(crowds())
def test_diverted_crimes_and_crimes_as_a_child_weigh_nothing(crowd: Evidence) -> None:
    for frame in harm_tables(crowd, RULES)[:2]:
        apart = frame.filter(pl.col("standing").is_in(["diverted", "as a child"]))
        assert apart["harm"].is_null().all()
    born = dict(crowd.people.iter_rows())
    crimes = {row["record_id"]: row for row in crowd.records.iter_rows(named=True)}
    free = set(crowd.rankable.ids)
    most = dict.fromkeys(free, 0.0)
    for record, person in {
        (r, p) for r, p, role in crowd.involvements.iter_rows() if role in OFFENDER_ROLES and p in free
    }:
        crime, birth = crimes[record], born[person]
        grown = birth is None or crime["date"] >= dt.date(birth.year + 18, birth.month, min(birth.day, 28))
        if crime["source"] == "crime" and crime["outcome_code"] not in ("22", "cancelled") and grown:
            most[person] += RULES.indexes[0].weigh(crime["offence_code"], None, None).weight or 0
    found = mass(harm_tables(crowd, RULES)[0], "cchi")
    assert all(days <= most[person] + 1e-6 for person, days in found.items())


@given(crowds())
def test_a_groups_crimes_are_the_distinct_ones_of_its_members(crowd: Evidence) -> None:
    group = harm_tables(crowd, RULES).group
    real = crowd.records.filter(
        (pl.col("source") == "crime")
        & pl.col("offence_code").is_not_null()
        & (pl.col("outcome_code").fill_null("") != "cancelled")
    )["record_id"]
    for name, members in crowd.members.items():
        there = crowd.involvements.filter(pl.col("role").is_in(OFFENDER_ROLES) & pl.col("nominal_id").is_in(members))
        distinct = set(there["record_id"]) & set(real)
        for index in ("cchi", "ons_css"):
            counted = group.filter((pl.col("id") == name) & (pl.col("index") == index) & (pl.col("window") == "all"))
            assert counted["crimes"].sum() == len(distinct)
            assert (counted["crimes_only_protected"] <= counted["crimes"]).all()


@given(crowds())
def test_the_quarters_of_a_group_add_up_to_its_harm(crowd: Evidence) -> None:
    _, group, quarters = harm_tables(crowd, RULES)
    for index in ("cchi", "ons_css"):
        known = quarters.filter((pl.col("index") == index) & pl.col("harm").is_not_null())
        sums = dict(known.group_by("id").agg(pl.col("harm").sum()).iter_rows())
        whole = {name: harm for name, harm in mass(group, index).items() if harm or name in sums}
        assert sums == pytest.approx(whole, abs=1e-6)
        for detection in ("reported", "proactive", "unknown"):
            part = known.filter(pl.col("detection") == detection).group_by("id").agg(pl.col("harm").sum())
            of_it = {name: harm for name, harm in mass(group, index, detections=[detection]).items() if harm}
            assert {name: harm for name, harm in part.iter_rows() if harm} == pytest.approx(of_it, abs=1e-6)


@given(crowds(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(crowd: Evidence, luck: Any) -> None:
    frames = {name: getattr(crowd, name) for name in ("records", "involvements", "people", "nominals")}
    mixed = evidence(
        **{name: frame.sample(fraction=1, shuffle=True, seed=luck.randrange(99)) for name, frame in frames.items()}
    )
    for one, other in zip(harm_tables(crowd, RULES), harm_tables(mixed, RULES), strict=True):
        assert one.equals(other)

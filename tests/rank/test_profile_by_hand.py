"""Profiles against the definitions written out by hand, over random people and records; and what changes nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from countylines.rank.evidence import Evidence
from countylines.rank.profile import load_rules, profiles
from countylines.tables import ROLES
from tests.rank.profile_by_hand import profiles_by_hand
from tests.rank.small import AS_OF, CHILD, GROWN, TEEN, evidence

RULES = load_rules()
PEOPLE = "abcdefg"
OTHERS = "xy"
NAMES = PEOPLE + OTHERS
SOURCES = ("crime", "intelligence", "custody", "missing", "prison")
CODES = (None, "081/17", "005/14", "001/01", "008/06", "105/01", "036/06", "106", "028/03")
GRADINGS = (None, "1AP", "2BC", "3DP", "A11", "E44", "C31")
AREAS = (None, "North", "South", "East", "Far", "Off")
DAYS = (dt.date(2020, 1, 1), AS_OF - dt.timedelta(days=1), AS_OF, AS_OF + dt.timedelta(days=1))


def drawn(seed: int) -> tuple[Evidence, pl.DataFrame]:
    """Evidence and crimes of a few people in two groups, everything at random."""
    rng = random.Random(seed)
    ids = [f"{rng.choice(SOURCES)}:{i}" for i in range(rng.randint(1, 14))]
    parts = {(rng.choice(ids), rng.choice(NAMES), rng.choice(ROLES)) for _ in range(rng.randint(1, 40))}
    cut = rng.randint(2, len(PEOPLE) - 1)
    records = {
        r: {"offence_code": rng.choice(CODES), "area": rng.choice(AREAS), "grading": rng.choice(GRADINGS)} for r in ids
    }
    if rng.random() < 0.15:
        records = {r: row | {"offence_code": None} for r, row in records.items()}
    found = evidence(
        parts,
        groups={"G": PEOPLE[:cut], "H": PEOPLE[cut:]},
        records=records,
        people=drawn_people(rng),
        scores={r: rng.choice((0.02, 0.49, 0.5, 1.0)) for r in ids if rng.random() < 0.7},
        hits=[(rng.choice(ids), rng.choice(("FIREARM", "VIOLENCE", "HEROIN"))) for _ in range(rng.randint(0, 3))],
        overlap={"G": rng.choice((0.0, 0.25, 0.5, 1.0)), "H": rng.random()},
        small=drawn_extracts(rng, ids),
        weights=dict.fromkeys(("HEROIN", *rng.choice(((), ("FIREARM",), ("VIOLENCE",), ("FIREARM", "VIOLENCE")))), 0.1),
        force_areas=rng.choice(((), ("North", "South", "East"))),
    )
    coded = [r for r in ids if r.startswith("crime") and records[r]["offence_code"] and rng.random() < 0.8]
    weights = {r: rng.choice((None, 0.5, 10.0, 365.0, 1460.0, 5475.0)) for r in coded}
    schema = {"record_id": pl.String, "weight": pl.Float64}
    return found, pl.DataFrame({"record_id": list(weights), "weight": list(weights.values())}, schema=schema)


def drawn_people(rng: random.Random) -> dict[str, dict[str, Any]]:
    """Ages on both sides of every bound, known or not; sometimes nobody's is."""
    births = (None, CHILD, TEEN, GROWN, AS_OF.replace(year=AS_OF.year - 16), AS_OF.replace(year=AS_OF.year - 18))
    if rng.random() < 0.1:
        return {n: {"date_of_birth": None} for n in NAMES}
    return {
        n: {"date_of_birth": rng.choice(births), "looked_after": rng.choice((None, None, False, True))} for n in NAMES
    }


def drawn_extracts(rng: random.Random, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Rows of the small extracts; three in ten of them have none."""
    episodes = [
        {"record_id": f"missing:e{i}", "nominal_id": rng.choice(NAMES), "found_area": rng.choice(AREAS)}
        for i in range(rng.randint(0, 5))
    ]
    care = [
        {"nominal_id": rng.choice(NAMES), "from": rng.choice(DAYS), "to": rng.choice((None, *DAYS))}
        for _ in range(rng.randint(0, 4))
    ]
    ruling = {
        "decision": rng.choice(("reviewed and kept", "wrong person")),
        "record_id": rng.choice((None, *ids)),
        "by": rng.choice((None, "one")),
        "confirmed_by": rng.choice((None, "one", "two")),
        "review_by": rng.choice((None, *DAYS)),
    }
    small = {
        "known_victims": [{"nominal_id": n} for n in rng.sample(NAMES, rng.randint(0, 4))],
        "episodes": episodes,
        "care": care,
        "reference_groups": [{"group_id": "S", "nominal_id": "z"}],
        "decisions": [ruling],
    }
    return {name: rows if rng.random() < 0.7 else [] for name, rows in small.items()}


@given(st.integers(0, 10**9))
def test_profiles_are_what_their_definitions_say(seed: int) -> None:
    found, crimes = drawn(seed)
    made = profiles(found, RULES, crimes).to_dicts()
    for mine, theirs in zip(made, profiles_by_hand(found, RULES, crimes), strict=True):
        assert mine == theirs


@settings(max_examples=12)
@given(st.integers(0, 10**9))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    found, crimes = drawn(seed)
    frames = {f.name: getattr(found, f.name) for f in dataclasses.fields(found)}
    mixed = {
        name: frame.sample(fraction=1, shuffle=True, seed=seed)
        for name, frame in frames.items()
        if isinstance(frame, pl.DataFrame)
    }
    small = {name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in found.small.items()}
    other = dataclasses.replace(found, **mixed, small=small)
    assert profiles(found, RULES, crimes).equals(profiles(other, RULES, crimes.reverse()))


@settings(max_examples=12)
@given(st.integers(0, 10**9), st.sampled_from(["sex", "ethnicity", "name", "aliases"]))
def test_sex_ethnicity_and_names_change_nothing(seed: int, column: str) -> None:
    found, crimes = drawn(seed)
    rng = random.Random(seed)
    words = [rng.choice(("one", "other", None)) for _ in range(len(found.people))]
    other = dataclasses.replace(found, people=found.people.with_columns(pl.Series(column, words, pl.String)))
    assert profiles(found, RULES, crimes).equals(profiles(other, RULES, crimes))


@settings(max_examples=12)
@given(st.integers(0, 10**9))
def test_a_group_s_profile_doesn_t_depend_on_the_other_groups(seed: int) -> None:
    found, crimes = drawn(seed)
    alone = found.nominals.with_columns(group_id=pl.when(pl.col("group_id") == "G").then("group_id"))
    other = dataclasses.replace(found, nominals=alone, groups=found.groups.filter(pl.col("group_id") == "G"))
    whole = profiles(found, RULES, crimes)
    assert whole.filter(pl.col("group_id") == "G").equals(profiles(other, RULES, crimes))


@settings(max_examples=12)
@given(st.integers(0, 10**9))
def test_levels_are_0_to_4_or_unknown_as_the_count_is(seed: int) -> None:
    found, crimes = drawn(seed)
    made = profiles(found, RULES, crimes)
    assert made["level"].drop_nulls().is_between(0, 4).all()
    assert made["level"].is_null().equals(made["count"].is_null())
    assert made["confidence"].is_in(["high", "medium", "low", "unknown"]).all()

"""The tiers against their definition written out by hand, over random people; and what changes nothing."""

from __future__ import annotations

import dataclasses

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from countylines.rank.evidence import Evidence
from countylines.rank.safeguarding import safeguarding
from countylines.rank.safeguarding_facts import safeguarding_facts
from countylines.settings import UnknownAge
from countylines.tables import RUN
from tests.rank.small import AS_OF, born_under
from tests.rank.to_protect import RULES, drawn


def tiers(found: Evidence, unknown_age: UnknownAge = "protect") -> dict[str, int]:
    """Per person the tier, which is the same in all their rows."""
    made = safeguarding(found, RULES, unknown_age).select("nominal_id", "tier").unique()
    assert made["nominal_id"].is_unique().all()
    return dict(made.sort("nominal_id").iter_rows())


def tier_by_hand(found: Evidence, name: str) -> int | None:
    """The definition of the tiers, person by person; None: not listed."""
    born = dict(found.people.select("nominal_id", "date_of_birth").iter_rows())
    child = born_under(born[name], 18, AS_OF) is True
    believed = name in set(found.small["known_victims"]["nominal_id"])
    kept = set(found.nominals["nominal_id"])
    roles = set(found.involvements.select("record_id", "nominal_id").iter_rows())
    own = {record for record, who in roles if who == name}
    before = set(found.safeguarding.filter(pl.col("nominal_id") == name)["why"])
    next_to = any(record in own and who in kept for record, who in roles) or name in kept
    if not (before or believed or (child and next_to)):
        return None
    begun = [
        row
        for row in found.small["episodes"].iter_rows(named=True)
        if row["nominal_id"] == name and (row["from"] is None or row["from"].date() <= AS_OF)
    ]
    if any(row["to"] is None or row["to"].date() > AS_OF for row in begun):
        return 1
    dates = dict(found.records.select("record_id", "date").iter_rows())
    matched = set(found.record_scores["record_id"])
    if child and any(record in matched and 0 <= (AS_OF - dates[record]).days < 30 for record in own):
        return 2
    if child or believed:
        return 3
    if born[name] is None:
        return 4
    return 5 if any(why.startswith("held") for why in before) else 6


@given(st.integers(0, 10**9))
def test_tiers_are_what_their_definition_says(seed: int) -> None:
    found = drawn(seed)
    by_hand = {name: tier_by_hand(found, name) for name in found.people["nominal_id"]}
    assert tiers(found) == {name: tier for name, tier in by_hand.items() if tier is not None}


@settings(max_examples=20)
@given(st.integers(0, 10**9))
def test_the_order_of_rows_and_sex_and_ethnicity_change_nothing(seed: int) -> None:
    found = drawn(seed)
    frames = {f.name: getattr(found, f.name) for f in dataclasses.fields(found)}
    mixed = {k: v.sample(fraction=1, shuffle=True, seed=seed) for k, v in frames.items() if isinstance(v, pl.DataFrame)}
    mixed["people"] = mixed["people"].with_columns(sex=pl.lit("F"), ethnicity=pl.lit("Other"))
    small = {name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in found.small.items()}
    other = dataclasses.replace(found, **mixed, small=small)
    made = safeguarding(found, RULES)
    assert made.equals(safeguarding(other, RULES))
    assert (
        made.columns == RUN["safeguarding"].names
        and made.to_arrow().cast(RUN["safeguarding"].schema).schema == RUN["safeguarding"].schema
    )
    assert safeguarding_facts(found, made).equals(safeguarding_facts(other, made))


@settings(max_examples=20)
@given(st.integers(0, 10**9))
def test_one_more_child_beside_a_kept_person_lowers_nobody_s_urgency(seed: int) -> None:
    found = drawn(seed)
    more = pl.DataFrame({"record_id": ["intelligence:0"] * 2, "nominal_id": ["a", "h"], "role": ["subject"] * 2})
    other = dataclasses.replace(found, involvements=pl.concat([found.involvements, more]))
    before, after = tiers(found), tiers(other)
    assert all(after[name] <= tier for name, tier in before.items())

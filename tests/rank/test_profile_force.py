"""Profiles, the safeguarding list and ties to known groups of an invented force, from its extracts on."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from countylines.rank.evidence import Evidence
from countylines.rank.harm.rules import load_rules as load_harm_rules
from countylines.rank.harm.totals import crimes_of, worst_weights
from countylines.rank.profile import FACTORS, load_rules, profiles
from countylines.rank.reference_ties import reference_ties
from countylines.rank.safeguarding import safeguarding, sizes
from countylines.rank.safeguarding_facts import safeguarding_facts
from countylines.settings import Harm, Safeguarding
from countylines.synthetic.data import words
from tests.rank.profile_by_hand import profiles_by_hand
from tests.rank.small import born_under, of_force


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("force")


@pytest.fixture(scope="module")
def found(folder: Path) -> Evidence:
    return of_force(folder, records=40_000, seed=11, force_areas=tuple(words()["area"]))


@pytest.fixture(scope="module")
def crimes(found: Evidence) -> pl.DataFrame:
    rules = load_harm_rules(Harm())
    return worst_weights(crimes_of(found, rules), rules)


def test_profiles_are_what_their_definitions_say(found: Evidence, crimes: pl.DataFrame) -> None:
    made = profiles(found, load_rules(), crimes)
    assert made.to_dicts() == profiles_by_hand(found, load_rules(), crimes)
    assert len(made) == len(found.groups) * len(FACTORS) > 0
    told = made.filter(pl.col("level") > 0)["factor"].unique().to_list()
    assert {"exploited_children", "children_missing", "looked_after_children", "lowest_level", "violence"} <= set(told)


def test_everybody_protected_or_held_is_listed_and_nobody_rankable(found: Evidence) -> None:
    listed = set(safeguarding(found, Safeguarding())["nominal_id"])
    kept = set(found.nominals["nominal_id"])
    assert kept - set(found.rankable.ids) <= listed
    assert not listed & set(found.rankable.ids)
    assert set(found.small["known_victims"]["nominal_id"]) <= listed


def test_every_child_in_a_record_with_a_kept_person_is_listed_as_urgent_as_children_are(found: Evidence) -> None:
    made = dict(safeguarding(found, Safeguarding()).select("nominal_id", "tier").iter_rows())
    kept = set(found.nominals["nominal_id"])
    there = set(found.involvements.filter(pl.col("nominal_id").is_in(list(kept)))["record_id"])
    beside = set(found.involvements.filter(pl.col("record_id").is_in(list(there)))["nominal_id"])
    born = dict(found.people.select("nominal_id", "date_of_birth").iter_rows())
    children = {name for name in beside if born_under(born[name], 18, found.as_of)}
    assert len(children) > 10
    assert all(made[name] <= 3 for name in children)


def test_the_exploited_children_of_the_truth_who_have_a_record_beside_the_network_are_listed(
    found: Evidence, folder: Path
) -> None:
    truth = pl.read_parquet(folder / "force" / "truth" / "person.parquet")
    exploited = truth.filter("exploited", "child", pl.col("nominal_id").is_in(found.people["nominal_id"].to_list()))
    made = safeguarding(found, Safeguarding())
    assert len(exploited) > 10
    assert set(exploited["nominal_id"]) <= set(made.filter(pl.col("tier") <= 3)["nominal_id"])


def test_every_listed_person_has_facts_and_every_tier_its_size(found: Evidence) -> None:
    made = safeguarding(found, Safeguarding())
    facts = safeguarding_facts(found, made)
    assert facts["nominal_id"].to_list() == sorted(set(made["nominal_id"]))
    assert sum(sizes(made).values()) == len(facts)
    assert facts["missing_episodes"].null_count() == 0  # episodes are given
    said = pl.col("not_known").list.contains("Whether they are looked after isn't known.")
    grown = (pl.col("age_group") == "18 or over").fill_null(False)
    assert facts.select((said == (pl.col("looked_after").is_null() & ~grown)).all()).item()


def test_ties_to_known_groups_lead_from_people_in_none_to_people_in_one(found: Evidence) -> None:
    made = reference_ties(found)
    listed = found.small["reference_groups"]
    assert len(made) > 0
    assert not set(made["nominal_id"]) & set(listed["nominal_id"])
    members = made.select(group_id="reference_group", nominal_id="member").unique()
    assert len(members.join(listed, on=["group_id", "nominal_id"], how="anti")) == 0

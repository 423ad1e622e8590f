"""Whom to protect first: every tier by a worked example at its bounds."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from countylines.rank.evidence import Evidence
from countylines.rank.safeguarding import TIERS, safeguarding, sizes
from countylines.settings import UnknownAge
from countylines.tables import ROLES
from tests.rank.small import AS_OF, CHILD, TEEN, Row, evidence
from tests.rank.to_protect import DAY, RULES, beside, drawn, episode, listed


def whys(found: Evidence, unknown_age: UnknownAge = "protect") -> dict[str, list[str]]:
    """Per person why they are listed."""
    made = safeguarding(found, RULES, unknown_age)
    return {name: made.filter(pl.col("nominal_id") == name)["why"].to_list() for name in made["nominal_id"].unique()}


def tiers(found: Evidence, unknown_age: UnknownAge = "protect") -> dict[str, int]:
    """Per person the tier, which is the same in all their rows."""
    made = safeguarding(found, RULES, unknown_age).select("nominal_id", "tier").unique()
    assert made["nominal_id"].is_unique().all()
    return dict(made.sort("nominal_id").iter_rows())


def test_a_child_beside_a_kept_person_is_listed_with_the_record_and_its_date() -> None:
    (made,) = safeguarding(beside(), RULES).to_dicts()
    assert made == {
        "nominal_id": "c",
        "tier": 3,
        "why": "child beside the network",
        "first_seen": dt.date(2020, 5, 1),
        "last_seen": dt.date(2020, 5, 1),
        "record_ids": ["crime:old"],
    }


@pytest.mark.parametrize("role", ROLES)
def test_any_role_is_beside(role: str) -> None:
    found = evidence(
        [("crime:1", "k", "suspect"), ("crime:1", "c", role)],
        alone="k",
        records={"crime:1": {"date": dt.date(2020, 5, 1)}},
        people={"c": {"date_of_birth": CHILD}},
    )
    assert tiers(found) == {"c": 3}


@pytest.mark.parametrize(("born", "who"), [(AS_OF.replace(year=AS_OF.year - 18), {}), (None, {}), (TEEN, {"c": 3})])
def test_whoever_is_18_today_or_of_unknown_age_is_not_listed_for_being_beside(
    born: dt.date | None, who: dict[str, int]
) -> None:
    assert tiers(beside(people={"c": {"date_of_birth": born}})) == who


def test_a_child_in_no_record_with_a_kept_person_is_not_listed() -> None:
    found = evidence(
        [("crime:1", "k", "suspect"), ("crime:2", "c", "suspect"), ("crime:2", "x", "suspect")],
        alone="k",
        people={"c": {"date_of_birth": CHILD}},
    )
    assert tiers(found) == {}


@pytest.mark.parametrize(
    ("start", "end", "tier"),
    [
        (AS_OF, None, 1),
        (dt.date(2019, 1, 1), None, 1),
        (AS_OF, AS_OF + DAY, 1),
        (AS_OF - DAY, AS_OF, 3),  # back today
        (AS_OF + DAY, None, 3),  # hasn't begun
        (None, None, 1),  # no beginning, no end
        (None, AS_OF - DAY, 3),
    ],
)
def test_missing_now_is_tier_1(start: dt.date | None, end: dt.date | None, tier: int) -> None:
    assert tiers(beside(small={"episodes": [episode("c", start, end)]})) == {"c": tier}


def test_an_episode_that_perhaps_nobody_closed_is_told_apart_and_hides_nobody() -> None:
    old, late = dt.date(2021, 3, 1), dt.date(2022, 3, 1)
    doubt = "missing now, or an episode that nobody closed: a later one has begun"

    def rows(*episodes: Row) -> dict[str, list[str]]:
        made = safeguarding(beside(small={"episodes": episodes}), RULES)
        assert set(made["tier"]) == {1}
        return dict(made.filter(pl.col("why") != "child beside the network").select("why", "record_ids").iter_rows())

    closed = [episode("c", old, None), episode("c", late, late + DAY, number=2)]
    assert rows(*closed) == {doubt: ["missing:c1"], "has been missing": ["missing:c2"]}
    both = [episode("c", old, None, "high"), episode("c", late, None, number=2)]
    assert rows(*both) == {doubt: ["missing:c1"], "missing now": ["missing:c2"]}
    later = [episode("c", old, None), episode("c", AS_OF + DAY, None, number=2)]  # not by then
    assert rows(*later) == {"missing now": ["missing:c1"]}
    undated = [episode("c", None, None), episode("c", late, late, number=2)]
    assert rows(*undated) == {doubt: ["missing:c1"], "has been missing": ["missing:c2"]}
    alike = [episode("c", late, None), episode("c", late, late, number=2)]
    assert rows(*alike) == {"missing now": ["missing:c1"], "has been missing": ["missing:c2"]}


@pytest.mark.parametrize(
    ("risk", "why"),
    [
        ("high", "missing now, risk high"),
        (" H", "missing now, risk high"),
        ("High risk", "missing now, risk high"),
        ("medium", "missing now"),
        ("absent", "missing now"),
        (None, "missing now"),
    ],
)
def test_high_risk_is_told_apart(risk: str | None, why: str) -> None:
    found = beside(small={"episodes": [episode("c", AS_OF, None, risk)]})
    assert (tiers(found), whys(found)) == ({"c": 1}, {"c": ["child beside the network", why]})


@pytest.mark.parametrize("name", ["k", "x"])
def test_missing_now_lists_nobody_who_isn_t_listed_anyhow(name: str) -> None:
    found = evidence(
        [("crime:1", "k", "suspect")], alone="k", people={"x": {}}, small={"episodes": [episode(name, AS_OF, None)]}
    )
    assert tiers(found) == {}


def test_a_held_adult_who_is_missing_now_is_tier_1_and_one_who_was_stays_held() -> None:
    held = [listed("k", "held: may be cuckooed", "intelligence:1")]
    for end, tier in ((None, 1), (AS_OF - DAY, 5)):
        found = evidence(
            [("intelligence:1", "k", "subject")],
            alone="k",
            kept={"k": {"held": ["may be cuckooed"]}},
            listed=held,
            small={"episodes": [episode("k", AS_OF - 2 * DAY, end)]},
        )
        assert tiers(found) == {"k": tier}


@pytest.mark.parametrize(
    ("days", "score", "role", "tier"),
    [
        (0, 0.02, "victim", 2),
        (29, 1.0, "subject", 2),
        (29, 1.0, "witness", 2),  # beside
        (30, 1.0, "subject", 3),
        (-1, 1.0, "subject", 3),  # not yet, on that day
        (0, None, "subject", 3),  # not matched
    ],
)
def test_a_child_in_a_matched_record_of_the_last_30_days_is_tier_2(
    days: int, score: float | None, role: str, tier: int
) -> None:
    found = beside(
        parts=[("intelligence:new", "c", role)],
        records={"intelligence:new": {"date": AS_OF - days * DAY}},
        scores={} if score is None else {"intelligence:new": score},
    )
    assert tiers(found) == {"c": tier}


def test_only_children_are_tier_2() -> None:
    found = evidence(
        [("intelligence:1", "k", "subject"), ("intelligence:1", "v", "subject")],
        alone="kv",
        listed=[listed("v", "believed exploited", "intelligence:1")],
        small={"known_victims": [{"nominal_id": "v"}]},
    )
    assert tiers(found) == {"v": 3}


def test_everybody_believed_exploited_is_listed_with_a_record_or_without() -> None:
    found = evidence(
        [
            ("crime:1", "k", "suspect"),
            ("crime:1", "b", "witness"),
            ("crime:2", "b", "victim"),
            ("crime:3", "a", "victim"),
        ],
        alone="kv",
        listed=[listed("v", "believed exploited", "crime:9")],
        small={"known_victims": [{"nominal_id": name} for name in "vbau"]},
    )
    assert tiers(found) == dict.fromkeys("abuv", 3)
    assert whys(found) == {
        "v": ["believed exploited"],
        "b": ["believed exploited, beside the network"],
        "a": ["believed exploited, in no record with the network"],
        "u": ["believed exploited, in no record"],
    }
    made = {row["nominal_id"]: row for row in safeguarding(found, RULES).iter_rows(named=True)}
    assert (made["b"]["record_ids"], made["a"]["record_ids"]) == (["crime:1"], ["crime:3"])
    assert (made["u"]["record_ids"], made["u"]["first_seen"], made["u"]["last_seen"]) == ([], None, None)


def test_the_rows_made_before_the_border_stay_and_the_tier_is_the_most_urgent_of_all_rows() -> None:
    rows = [
        listed("c", "victim in a matched record", "crime:1"),
        listed("c", "child", "intelligence:1"),
        listed("h", "held: may be cuckooed", "intelligence:1"),
        listed("h", "held: under 18 in a matched record", "intelligence:1"),
        listed("q", "age to be established", "intelligence:1"),
        listed("w", "victim in a matched record", "crime:1"),
    ]
    found = evidence(
        [("intelligence:1", name, "subject") for name in "chqk"] + [("crime:1", name, "victim") for name in "cw"],
        alone="chqk",
        records={"intelligence:1": {"date": dt.date(2020, 1, 1)}, "crime:1": {"date": dt.date(2021, 1, 1)}},
        people={"c": {"date_of_birth": CHILD}, "q": {"date_of_birth": None}},
        listed=rows,
    )
    made = safeguarding(found, RULES)
    assert tiers(found) == {"c": 3, "h": 5, "q": 4, "w": 6}
    assert made.select("nominal_id", "why").rows() == sorted((row["nominal_id"], row["why"]) for row in rows)
    first = {row["why"]: row for row in made.filter(pl.col("nominal_id") == "c").iter_rows(named=True)}
    assert first["child"]["first_seen"] == dt.date(2020, 1, 1) and first["victim in a matched record"]["tier"] == 3
    assert sizes(made) == {1: 0, 2: 0, 3: 1, 4: 1, 5: 1, 6: 1}


@pytest.mark.parametrize(("unknown_age", "tier"), [("protect", 4), ("adult", 6)])
def test_a_victim_of_unknown_age_may_be_a_child_while_such_people_are_protected(
    unknown_age: UnknownAge, tier: int
) -> None:
    found = evidence(
        [("crime:1", "w", "victim")],
        people={"w": {"date_of_birth": None}},
        listed=[listed("w", "victim in a matched record", "crime:1")],
    )
    assert tiers(found, unknown_age) == {"w": tier}


def test_a_child_who_is_only_a_victim_is_a_child_first() -> None:
    found = evidence(
        [("crime:1", "w", "victim")],
        records={"crime:1": {"date": dt.date(2020, 1, 1)}},
        people={"w": {"date_of_birth": TEEN}},
        listed=[listed("w", "victim in a matched record", "crime:1")],
    )
    assert tiers(found) == {"w": 3}


def test_a_rankable_person_is_never_listed_and_nobody_listed_stands_under_a_criminal_role() -> None:
    found = drawn(1)
    made = safeguarding(found, RULES)
    assert not set(made["nominal_id"]) & set(found.rankable.ids)
    words = " ".join([*made["why"], *TIERS.values()]).lower()
    assert not any(word in words for word in ("runner", "carrier", "dealer", "suspect", "offender", "gang", "score"))

"""Facts about the people to protect: unknown is kept apart from no."""

from __future__ import annotations

import datetime as dt

import pytest

from countylines.rank.safeguarding import safeguarding
from countylines.rank.safeguarding_facts import safeguarding_facts
from tests.rank.small import AS_OF, CHILD, TEEN, evidence
from tests.rank.to_protect import DAY, RULES, beside, episode, listed


def test_facts_keep_unknown_apart_from_no() -> None:
    found = evidence(
        [("intelligence:1", name, "subject") for name in "abc"],
        alone="abc",
        people={
            "a": {
                "date_of_birth": CHILD,
                "looked_after": True,
                "home_authority": "Here",
                "responsible_authority": "There",
            },
            "b": {"date_of_birth": TEEN},
            "c": {"date_of_birth": None, "looked_after": False},
        },
        listed=[listed(name, "child", "intelligence:1") for name in "abc"],
    )
    a, b, c = safeguarding_facts(found, safeguarding(found, RULES)).to_dicts()
    assert (a["age_group"], b["age_group"], c["age_group"]) == ("under 16", "16 or 17", None)
    assert (a["looked_after"], b["looked_after"], c["looked_after"]) == (True, None, False)
    assert a["missing_episodes"] is None and a["missing_now"] is None  # no extract says so
    assert (a["home_authority"], a["responsible_authority"], b["responsible_authority"]) == ("Here", "There", None)
    assert a["not_known"] == ["No missing episodes were given: whether they go missing isn't known."]
    assert b["not_known"] == [
        "Whether they are looked after isn't known.",
        "No missing episodes were given: whether they go missing isn't known.",
        "The authority where they live isn't known.",
    ]
    assert c["not_known"][0] == "The age isn't known."


@pytest.mark.parametrize(
    ("born", "group"),
    [
        (AS_OF.replace(year=AS_OF.year - 16), "16 or 17"),
        (AS_OF.replace(year=AS_OF.year - 16) + DAY, "under 16"),
        (AS_OF.replace(year=AS_OF.year - 18), "18 or over"),
        (AS_OF.replace(year=AS_OF.year - 18) + DAY, "16 or 17"),
    ],
)
def test_age_groups_change_on_the_birthday(born: dt.date, group: str) -> None:
    found = evidence(
        [("crime:1", "c", "victim")], people={"c": {"date_of_birth": born}}, listed=[listed("c", "child", "crime:1")]
    )
    assert safeguarding_facts(found, safeguarding(found, RULES))["age_group"].to_list() == [group]


def test_facts_count_episodes_and_tell_the_last_and_the_interview_after_it() -> None:
    days = [dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1)]
    done = [True, False, None]
    episodes = [
        {**episode("c", d, d, number=i), "return_interview": r} for i, (d, r) in enumerate(zip(days, done, strict=True))
    ]
    for number, interview in ((1, True), (2, False), (3, None)):
        found = beside(small={"episodes": [*reversed(episodes[:number]), episode("x", AS_OF, AS_OF)]})
        (made,) = safeguarding_facts(found, safeguarding(found, RULES)).to_dicts()
        assert (made["missing_episodes"], made["last_missing"], made["missing_now"]) == (
            number,
            days[number - 1],
            False,
        )
        assert made["return_interview"] is interview
        assert ("Whether they were spoken to after they were last missing isn't known." in made["not_known"]) == (
            number == 3
        )
    (now,) = safeguarding_facts(
        found := beside(small={"episodes": [*episodes, episode("c", AS_OF, None, number=9)]}),
        safeguarding(found, RULES),
    ).to_dicts()
    assert (now["missing_episodes"], now["last_missing"], now["missing_now"]) == (4, AS_OF, True)


def test_an_open_period_of_care_says_who_is_responsible_and_a_list_since_when() -> None:
    care = [
        {"nominal_id": "c", "from": dt.date(2020, 1, 1), "to": dt.date(2021, 1, 1), "authority": "Old"},
        {"nominal_id": "c", "from": dt.date(2021, 1, 1), "to": None, "authority": "New"},
    ]
    victims = [{"nominal_id": "c", "since": dt.date(2024, 1, 1), "basis": "NRM referral"}]
    found = beside(small={"care": care, "known_victims": victims})
    (made,) = safeguarding_facts(found, safeguarding(found, RULES)).to_dicts()
    assert (made["looked_after"], made["responsible_authority"]) == (True, "New")
    assert (made["believed_since"], made["basis"]) == (dt.date(2024, 1, 1), "NRM referral")

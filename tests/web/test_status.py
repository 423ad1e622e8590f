"""How somebody is treated, in sentences that fit each reason."""

import json

from countylines.tables import BOTH
from countylines.web.persons import Card, card_of
from countylines.web.status import HELD, RELEASE, RELEASED, RULED, not_ranked, status

CUCKOOED = "may be cuckooed"


def held(*reasons: str) -> Card:
    """An adult who is held for these reasons."""
    return card_of({"nominal_id": "n1", "is_child": 0, "age": 30, "kept": 1, "held": json.dumps(reasons)})


def test_held_by_a_ruling_and_by_a_sign_says_how_each_ends() -> None:
    both, ruled = (status(held(*reasons), None, 0) for reasons in ((BOTH, CUCKOOED), (BOTH,)))
    assert both.title == ruled.title == "This adult is both victim and suspect: on the separate list, not ranked."
    assert both.sentences[:3] == (RULED, HELD[CUCKOOED], RELEASE)
    assert RULED in ruled.sentences and RELEASE not in ruled.sentences
    assert not_ranked(held(BOTH, CUCKOOED)) == not_ranked(held(BOTH))


def test_held_by_a_sign_alone_waits_for_two_people() -> None:
    found = status(held(CUCKOOED), None, 0)
    assert found.sentences[:2] == (HELD[CUCKOOED], RELEASE)
    assert (
        not_ranked(held(CUCKOOED))
        == "Not ranked: held (may be cuckooed) until two people, one of them safeguarding, decide."
    )


def test_a_release_is_said_of_adults_of_known_age_who_are_not_held() -> None:
    free = {"nominal_id": "n1", "is_child": 0, "age": 30, "protected": 0}
    assert status(card_of(free), None, 0, released=True).title == RELEASED
    assert status(card_of({**free, "is_child": None}), None, 0, released=True).title != RELEASED
    assert status(held(CUCKOOED), None, 0, released=True) == status(held(CUCKOOED), None, 0)

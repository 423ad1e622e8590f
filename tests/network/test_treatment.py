"""Who is protected, held and rankable: every rule on its own, on both engines."""

import datetime as dt

import narwhals as nw
import pytest

from countylines.network.slavery import classes, is_slavery
from countylines.network.treatment import (
    BYSTANDER,
    CUCKOOED,
    ENSLAVED,
    MISSING,
    UNDER_AGE,
    VICTIM,
    bystanders,
    enslaved,
    held,
    links_matched,
    only_by_cuckoo,
    protection,
    ruled,
    signs_in_matched_records,
)
from countylines.tables import BOTH, UNRANKED
from tests.network.frames import Frames, rows

AS_OF = dt.date(2022, 2, 28)


@pytest.mark.parametrize(
    ("born", "is_child"),
    [
        (dt.date(2004, 2, 27), False),
        (dt.date(2004, 2, 28), False),  # eighteen today
        (dt.date(2004, 2, 29), True),  # born on a leap day: not before the day after 28 February
        (dt.date(2004, 3, 1), True),
        (dt.date(2030, 1, 1), True),  # impossible dates protect
        (None, None),
    ],
)
def test_children_and_unknown_ages_are_protected(frames: Frames, born: dt.date | None, is_child: bool | None) -> None:
    people = frames("nominal nominal_id date_of_birth", (0, "ann", born))
    found = protection(people, frames("nominal_id"), AS_OF, "protect")
    columns = "nominal is_child believed_exploited ageless protected"
    assert rows(found, columns) == [(0, is_child, False, born is None, is_child is not False)]


def test_believed_victims_are_protected_and_unknown_ages_may_be_adult(frames: Frames) -> None:
    people = frames("nominal nominal_id date_of_birth", (0, "ann", None), (1, "bob", None))
    found = protection(people, frames("nominal_id", ("bob",), ("bob",)), AS_OF, "adult")
    assert rows(found, "nominal is_child believed_exploited ageless protected") == [
        (0, None, False, False, False),
        (1, None, True, False, True),
    ]


def test_signs_in_matched_records(frames: Frames) -> None:
    columns = "record nominal missing only_victim loose date only_cuckoo"
    day = dt.date(2020, 1, 1)
    there = frames(
        columns,
        (1, 0, True, False, False, day, False),
        (1, 1, False, True, False, day, False),
        (1, 2, False, False, True, day, True),
        (1, 3, False, False, True, day, False),  # subject of a record that is strong without CUCKOO
        (1, 4, False, False, False, dt.date(2008, 1, 31), False),
        (1, 5, False, False, False, dt.date(2008, 2, 1), False),  # eighteen that day
    )
    adult, young = dt.date(1980, 1, 1), dt.date(1990, 2, 1)
    people = frames("nominal date_of_birth", (0, adult), (1, adult), (2, adult), (3, adult), (4, young), (5, young))
    assert rows(signs_in_matched_records(there, people), "nominal record held") == [
        (0, 1, MISSING),
        (1, 1, VICTIM),
        (2, 1, CUCKOOED),
        (4, 1, UNDER_AGE),
    ]


def test_only_by_cuckoo_is_a_record_that_needs_cuckoo_to_be_strong(frames: Frames) -> None:
    scores = frames("record score", (1, 0.5), (2, 1.0), (3, 0.9), (4, 0.02), (5, 1.0))
    groups = frames(
        "record group weight",
        (1, "CUCKOO", 0.5),
        (2, "CUCKOO", 0.5),
        (2, "COUNTY LINE", 1.0),
        (3, "CUCKOO", 0.5),
        (3, "DRUGS LINE", 0.4),
        (4, "HEROIN", 0.02),
        (5, "CUCKOO", 0.5),
        (5, "DRUGS LINE", 0.4),
        (5, "MISPER", 0.1),
    )
    found = only_by_cuckoo(scores, groups, 0.5)
    assert rows(found, "record") == [(1,), (3,)]
    links = frames("record nominal", (1, 7), (2, 7), (8, 7))
    dates = frames("record date", (1, AS_OF), (2, AS_OF), (8, AS_OF))
    assert rows(links_matched(links, scores, dates, found), "record nominal only_cuckoo") == [
        (1, 7, True),
        (2, 7, False),
    ]


def test_victims_of_slavery_are_held_whatever_the_spelling(frames: Frames) -> None:
    assert {"106", "036/06"} <= set(classes())
    codes = ["106/01", "106", "10601", "072/01", "72/1", "036/06", "36/6", "3606", "036/01", "092/01", "10/6", None]
    records = frames("record_id offence_code", *((f"r{i:02}", code) for i, code in enumerate(codes)))
    found = records.filter(is_slavery_or_unknown(records))
    assert [code for (code,) in rows(found, "offence_code")] == sorted(codes[:8])
    involvements = frames(
        "record_id nominal_id role", ("r00", "ann", "victim"), ("r00", "bob", "suspect"), ("r09", "cat", "victim")
    )
    people = frames("nominal nominal_id", (0, "ann"), (1, "bob"), (2, "cat"))
    numbers = frames("record_id record", ("r00", 0), ("r09", 9))
    assert rows(enslaved(involvements, records, numbers, people), "nominal record held") == [(0, 0, ENSLAVED)]


def is_slavery_or_unknown(records):  # type: ignore[no-untyped-def]
    import narwhals as nw

    return is_slavery(nw.col("offence_code")).fill_null(False)


def test_associates_without_an_offender_role_beside_matched_people_are_bystanders(frames: Frames) -> None:
    decided = frames("nominal decision", (0, "associate"), (1, "associate"), (2, "matched"), (3, "discarded"))
    tied = frames(
        "nominal other record offender adversarial",
        (0, 2, 1, False, False),
        (1, 2, 1, True, False),
        (1, 2, 2, False, False),
        (3, 2, 1, False, False),
    )
    assert rows(bystanders(decided, tied), "nominal record held") == [(0, 1, BYSTANDER)]


def test_protected_people_are_not_held_and_a_ruling_of_two_releases(frames: Frames) -> None:
    signs = [
        frames("nominal record held", (0, 1, VICTIM), (1, 1, VICTIM), (2, 1, VICTIM)),
        frames("nominal record held", (2, 1, VICTIM), (2, 1, MISSING)),
    ]
    guarded = frames("nominal protected", (0, True), (1, False), (2, False))
    people = frames("nominal nominal_id", (0, "ann"), (1, "bob"), (2, "cat"))
    rulings = frames(
        "nominal_id record_id decision",
        ("bob", None, "no sign of exploitation"),
        ("cat", None, "reviewed and kept"),
        ("cat", "r1", "no sign of exploitation"),
        ("ann", None, "no sign of exploitation"),
    )
    nobody = frames("nominal record held", (9, 9, BOTH)).filter(nw.col("nominal") < 0)
    found = held(signs, guarded, people, rulings, nobody)
    assert rows(found, "nominal record held") == [(2, 1, MISSING), (2, 1, VICTIM)]


def test_a_ruling_of_two_holds_an_adult_who_is_both_victim_and_suspect(frames: Frames) -> None:
    people = frames("nominal nominal_id", (0, "ann"), (1, "bob"), (2, "cat"), (3, "dan"))
    behind = frames("nominal record", (0, 1), (1, 1), (1, 2), (2, 2), (3, 3))
    rulings = frames(
        "nominal_id record_id decision",
        ("ann", None, UNRANKED),
        ("bob", None, UNRANKED),
        ("bob", None, "no sign of exploitation"),
        ("cat", "r1", UNRANKED),
        ("dan", None, "reviewed and kept"),
    )
    apart = ruled(people, rulings, behind)
    assert rows(apart, "nominal record held") == [(0, 1, BOTH), (1, 1, BOTH), (1, 2, BOTH)]
    guarded = frames("nominal protected", (0, True), (1, False), (2, False), (3, False))
    signs = [frames("nominal record held", (1, 5, VICTIM), (3, 3, VICTIM))]
    found = held(signs, guarded, people, rulings, apart)  # a child stays one; "no sign" releases from signs alone
    assert rows(found, "nominal record held") == [(1, 1, BOTH), (1, 2, BOTH), (3, 3, VICTIM)]

"""Profiles: the factors that count people, unknown apart from 0, credible and confidence, by small worked examples."""

from __future__ import annotations

import datetime as dt

import pytest

from countylines.rank.evidence import Evidence
from countylines.rank.profile import FACTORS, profiles
from countylines.tables import RUN
from tests.rank.profile_rows import RULES, born, crimes_of, level, missing, row
from tests.rank.small import AS_OF, CHILD, GROWN, TEEN, Row, evidence

LETTERS = "abcdefghij"


def test_every_group_has_all_nine_factors_in_the_run_table_s_form() -> None:
    found = evidence([("intelligence:1", name, "subject") for name in "abcdef"], groups={"G": "abc", "H": "def"})
    made = profiles(found, RULES, crimes_of(found))
    assert made.select("group_id", "factor").rows() == [(g, f) for g in "GH" for f in sorted(FACTORS)]
    assert made.columns == RUN["profiles"].names
    assert made.to_arrow().cast(RUN["profiles"].schema).schema == RUN["profiles"].schema


def test_without_groups_there_is_no_row() -> None:
    found = evidence([("intelligence:1", "a", "subject")], alone="a")
    assert len(profiles(found, RULES, crimes_of(found))) == 0


@pytest.mark.parametrize(("children", "expected"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (6, 3), (7, 4), (9, 4)])
def test_exploited_children_are_counted(children: int, expected: int) -> None:
    names = LETTERS[:children]
    found = evidence(
        [("intelligence:1", name, "subject") for name in LETTERS],
        groups={"G": LETTERS},
        people=born(**dict.fromkeys(names, CHILD)),
        small={"known_victims": [{"nominal_id": name} for name in (*names, "z")]},
    )
    assert level(found, "exploited_children") == expected


def test_a_believed_exploited_adult_is_no_child_and_a_child_on_no_list_is_not_known_to_be_exploited() -> None:
    found = evidence(
        [("intelligence:1", name, "subject") for name in "abc"],
        groups={"G": "abc"},
        people=born(a=TEEN),
        small={"known_victims": [{"nominal_id": "b"}]},
    )
    assert row(found, "exploited_children")["count"] == 0


def test_a_child_victim_of_modern_slavery_is_known_to_be_exploited_by_that_record() -> None:
    found = evidence(
        [
            ("crime:1", "a", "victim"),
            ("crime:2", "a", "suspect"),
            ("crime:1", "b", "suspect"),
            ("crime:1", "c", "suspect"),
        ],
        groups={"G": "abc"},
        records={"crime:1": {"offence_code": "36/6"}, "crime:2": {"offence_code": "036/06"}},
        people=born(a=TEEN),
    )
    made = row(found, "exploited_children")
    assert (made["level"], made["record_ids"]) == (1, ["crime:1"])


@pytest.mark.parametrize(
    ("ages", "victims", "expected"),
    [
        ({"a": GROWN, "b": GROWN}, [], 0),  # nobody is a child: looked for and not found
        ({"a": None, "b": None}, ["z"], None),  # nobody has a birth date
        ({"a": TEEN, "b": None}, [], None),  # a child, and no list at all
        ({"a": TEEN, "b": None}, ["z"], 0),  # a child, who isn't on the list
        ({"a": TEEN, "b": None}, ["a"], 1),
    ],
)
def test_unknown_is_kept_apart_from_no_exploited_children(
    ages: dict[str, dt.date | None], victims: list[str], expected: int | None
) -> None:
    found = evidence(
        [("intelligence:1", name, "subject") for name in "ab"],
        groups={"G": "ab"},
        people=born(**ages),
        small={"known_victims": [{"nominal_id": name} for name in victims]},
    )
    assert level(found, "exploited_children") == expected


REVIEW = {"decision": "reviewed and kept", "record_id": "intelligence:1", "by": "x", "confirmed_by": "y"}


@pytest.mark.parametrize(
    ("grading", "decision", "credible"),
    [
        (None, {}, False),
        ("2BP", {}, True),
        ("E41", {}, True),
        ("not graded", {}, False),
        (None, REVIEW, True),
        (None, REVIEW | {"record_id": "intelligence:9"}, False),
        (None, REVIEW | {"confirmed_by": "X"}, False),
        (None, REVIEW | {"confirmed_by": None}, False),
        (None, REVIEW | {"review_by": AS_OF}, False),
        (None, REVIEW | {"review_by": AS_OF + dt.timedelta(days=1)}, True),
        (None, REVIEW | {"decision": "no sign of exploitation"}, False),
    ],
)
def test_exploited_children_are_credible_only_with_a_grading_or_a_reviewed_record(
    grading: str | None, decision: Row, credible: bool
) -> None:
    found = evidence(
        [("intelligence:1", name, "subject") for name in "abc"],
        groups={"G": "abc"},
        records={"intelligence:1": {"grading": grading}},
        people=born(a=CHILD),
        small={"known_victims": [{"nominal_id": "a"}], "decisions": [decision] if decision else []},
    )
    made = row(found, "exploited_children")
    assert (made["level"], made["credible"]) == (1, credible)


def test_credible_is_asked_of_exploited_children_only_and_where_there_are_any() -> None:
    found = evidence([("intelligence:1", name, "subject") for name in "abc"], groups={"G": "abc"})
    assert profiles(found, RULES, crimes_of(found))["credible"].null_count() == 9


@pytest.mark.parametrize(
    ("gradings", "expected"),
    [
        ([], "unknown"),
        ([None, "nonsense"], "unknown"),
        (["1AP"], "high"),
        (["1AP", "3DP"], "high"),  # at least half
        (["1AP", "3DP", "3DP"], "low"),
        (["1AP", "2BP", "3DP"], "medium"),
        (["2BP", "3DP"], "medium"),
        (["D41", None, None], "low"),
    ],
)
def test_confidence_is_what_at_least_half_of_the_graded_records_reach(
    gradings: list[str | None], expected: str
) -> None:
    ids = [f"intelligence:{i}" for i in range(len(gradings))]
    found = evidence(
        [(record, name, "subject") for record in ids for name in "abc"],
        groups={"G": "abc"},
        records={record: {"grading": g, "area": "North"} for record, g in zip(ids, gradings, strict=True)},
    )
    assert row(found, "areas_impacted")["confidence"] == expected


def test_a_child_who_goes_missing_often_counts_once_and_an_adult_not() -> None:
    found = evidence(
        [("intelligence:1", name, "subject") for name in "abc"],
        groups={"G": "abc"},
        people=born(a=CHILD),
        small={"episodes": [missing("a", 1), missing("a", 2), missing("b", 3)]},
    )
    made = row(found, "children_missing")
    assert (made["level"], made["count"], made["record_ids"]) == (1, 1, ["missing:1", "missing:2"])


def test_missing_children_are_found_by_role_too_and_unknown_without_any_missing_record() -> None:
    parts = [("intelligence:1", name, "subject") for name in "abc"]
    children = born(a=CHILD, b=TEEN)
    assert level(evidence(parts, groups={"G": "abc"}, people=children), "children_missing") is None
    other = [*parts, ("missing:1", "z", "missing")]
    assert level(evidence(other, groups={"G": "abc"}, people=children), "children_missing") == 0
    own = [*parts, ("missing:1", "a", "missing"), ("missing:2", "b", "missing")]
    assert level(evidence(own, groups={"G": "abc"}, people=children), "children_missing") == 2


@pytest.mark.parametrize(
    ("flag", "care", "expected"),
    [
        (None, [], None),
        (False, [], 0),
        (True, [], 1),
        (None, [(dt.date(2020, 1, 1), None)], 1),
        (False, [(dt.date(2020, 1, 1), None)], 1),  # where they differ, in care
        (None, [(dt.date(2020, 1, 1), AS_OF)], 1),  # the last day is still one
        (None, [(dt.date(2020, 1, 1), AS_OF - dt.timedelta(days=1))], 0),
        (None, [(AS_OF + dt.timedelta(days=1), None)], 0),
        (None, [(AS_OF, None), (dt.date(2020, 1, 1), dt.date(2020, 2, 1))], 1),
    ],
)
def test_looked_after_children(
    flag: bool | None, care: list[tuple[dt.date, dt.date | None]], expected: int | None
) -> None:
    found = evidence(
        [("intelligence:1", name, "subject") for name in "abc"],
        groups={"G": "abc"},
        people={"a": {"date_of_birth": TEEN, "looked_after": flag}, "b": {"looked_after": True}},
        small={"care": [{"nominal_id": "a", "from": start, "to": end} for start, end in care]},
    )
    assert level(found, "looked_after_children") == expected


def star(carriers: str, role: str = "arrested", **people: dt.date) -> Evidence:
    """h meets each of the others in an own record, twice with i; the carriers are arrested alone."""
    outer = carriers + "xy"
    parts = [(f"intelligence:{n}", name, "subject") for n in outer for name in ("h", n)]
    parts += [(f"intelligence:{i}", name, "subject") for i in (1, 2, 3) for name in "hi"]
    parts += [(f"custody:{n}", n, role) for n in carriers]
    return evidence(parts, groups={"G": "hi" + outer}, people=born(**people))


@pytest.mark.parametrize(
    ("carriers", "expected"), [("", 0), ("a", 1), ("ab", 2), ("abc", 2), ("abcd", 3), ("abcdef", 3), ("abcdefg", 4)]
)
def test_the_lowest_level_is_counted_by_role_and_place(carriers: str, expected: int) -> None:
    made = row(star(carriers), "lowest_level")
    assert (made["level"], made["count"]) == (expected, len(carriers))
    assert made["record_ids"] == [f"custody:{name}" for name in carriers]


@pytest.mark.parametrize("role", ["convicted", "prisoner", "charged", "associate"])
def test_who_was_convicted_or_never_carried_anything_is_not_at_the_lowest_level(role: str) -> None:
    assert level(star("ab", role), "lowest_level") == 0


def test_one_record_as_convicted_is_enough_not_to_appear_only_as_carrier() -> None:
    parts = [("intelligence:1", "h", "subject"), ("intelligence:1", "i", "subject"), ("intelligence:2", "h", "subject")]
    parts += [
        ("intelligence:2", "i", "subject"),
        ("intelligence:3", "h", "subject"),
        ("intelligence:3", "a", "arrested"),
    ]
    assert level(evidence(parts, groups={"G": "hia"}), "lowest_level") == 1
    assert level(evidence([*parts, ("crime:9", "a", "convicted")], groups={"G": "hia"}), "lowest_level") == 0


def test_where_all_are_tied_alike_nobody_is_at_the_lowest_level() -> None:
    parts = [("custody:1", name, "arrested") for name in "abc"]
    assert level(evidence(parts, groups={"G": "abc"}), "lowest_level") == 0


def test_ties_to_other_groups_don_t_count_for_the_place() -> None:
    parts = [
        ("intelligence:1", "a", "arrested"),
        ("intelligence:1", "b", "subject"),
        ("intelligence:2", "b", "subject"),
    ]
    parts += [
        ("intelligence:2", "c", "subject"),
        ("intelligence:3", "b", "subject"),
        ("intelligence:3", "c", "subject"),
    ]
    more = [(f"intelligence:z{i}", name, "subject") for i in range(9) for name in "ax"]
    assert level(evidence([*parts, *more], groups={"G": "abc", "H": "xyz"}), "lowest_level") == 1


@pytest.mark.parametrize(("age_days", "expected"), [(0, 1), (1, 2)])
def test_the_youngest_adds_a_level_under_16(age_days: int, expected: int) -> None:
    sixteen_today = AS_OF.replace(year=AS_OF.year - 16)
    assert level(star("a", a=sixteen_today + dt.timedelta(days=age_days)), "lowest_level") == expected


def test_age_alone_never_counts_anybody_and_four_is_the_most() -> None:
    assert level(star("", x=CHILD, y=CHILD), "lowest_level") == 0
    assert level(star("abcdefg", a=CHILD), "lowest_level") == 4


def test_no_row_names_a_person() -> None:
    people = {"protected1": CHILD, "protected2": TEEN}
    found = star("ab", a=CHILD, b=TEEN)
    made = profiles(found, RULES, crimes_of(found))
    records = set(found.records["record_id"])
    assert made["record_ids"].explode().drop_nulls().is_in(list(records)).all()
    assert not set(people) & set(made["record_ids"].explode())

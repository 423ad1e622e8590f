"""Profiles, the factors about offences, places and known groups: each by a small worked example at its bounds."""

from __future__ import annotations

import pytest

from tests.rank.profile_rows import level, missing, placed, row
from tests.rank.small import evidence

IN, OUT = "Inside", "Outside"


@pytest.mark.parametrize(("records", "expected"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (6, 3), (7, 4)])
def test_firearms_records_are_counted_once_each(records: int, expected: int) -> None:
    codes = {f"crime:{i}": {"offence_code": "081/17" if i < records else "046/00"} for i in range(8)}
    found = evidence(
        [(record, name, "suspect") for record in codes for name in "ab"], groups={"G": "ab"}, records=codes
    )
    made = row(found, "firearms")
    assert (made["level"], made["count"]) == (expected, records)


@pytest.mark.parametrize("role", ["victim", "missing", "witness"])
def test_who_was_shot_at_or_saw_it_brings_no_firearm(role: str) -> None:
    found = evidence([("crime:1", "a", role)], groups={"G": "ab"}, records={"crime:1": {"offence_code": "5/14"}})
    assert level(found, "firearms") == 0


def test_a_cancelled_crime_counts_nowhere() -> None:
    found = evidence([("crime:1", "a", "suspect")], groups={"G": "ab"}, records={"crime:1": {"offence_code": "005/14"}})
    assert (level(found, "firearms"), level(found, "violence", {"crime:1": 1825})) == (1, 4)
    assert (level(found, "firearms", {}), level(found, "violence", {})) == (0, 0)


def test_firearms_are_unknown_where_crimes_have_no_code_unless_the_lexicon_looks_for_them() -> None:
    parts = [("crime:1", "a", "suspect"), ("crime:2", "c", "suspect"), ("intelligence:1", "d", "subject")]
    records = {"crime:1": {}, "crime:2": {"offence_code": "046/00"}}
    groups = {"G": "ab", "H": "cd"}
    found = evidence(parts, groups=groups, records=records)
    assert [row(found, "firearms", group=group)["level"] for group in "GH"] == [None, 0]
    found = evidence(
        parts, groups=groups, records=records, weights={"FIREARM": 0.1}, hits=[("intelligence:1", "FIREARM")]
    )
    assert [row(found, "firearms", group=group)["level"] for group in "GH"] == [0, 1]


def test_offences_are_unknown_where_no_record_at_all_has_a_code_and_0_for_people_without_crimes_beside_such() -> None:
    parts = [("intelligence:1", "a", "subject"), ("crime:1", "x", "suspect")]
    assert level(evidence(parts, groups={"G": "ab"}), "violence") is None
    found = evidence(parts, groups={"G": "ab"}, records={"crime:1": {"offence_code": "046/00"}})
    assert (level(found, "violence"), level(found, "firearms")) == (0, 0)


@pytest.mark.parametrize(
    ("areas", "expected"),
    [
        ([], None),
        ([None, ""], None),
        (["N"], 0),
        (["N", "n", " N ", None], 0),
        (["N", "S"], 1),
        (["N", "S", "E"], 2),
        (list("NSEW"), 3),
        (list("NSEWX"), 3),
        (list("NSEWXY"), 4),
    ],
)
def test_areas_impacted_are_counted(areas: list[str | None], expected: int | None) -> None:
    parts, records = placed(areas)
    assert level(evidence(parts, groups={"G": "ab"}, records=records), "areas_impacted") == expected


def test_areas_need_the_score_and_a_role_that_stands_for_them_and_places_of_finding_count() -> None:
    parts, records = placed(["N", "S"])
    scores = {"intelligence:subject0": 0.5, "intelligence:subject1": 0.49}
    found = evidence(parts, groups={"G": "ab"}, records=records, scores=scores)
    assert (row(found, "areas_impacted")["areas"], row(found, "areas_impacted")["level"]) == (["N"], 0)
    parts, records = placed(["N"], "prisoner", "prison")
    assert level(evidence(parts, groups={"G": "ab"}, records=records), "areas_impacted") is None
    found = evidence(parts, groups={"G": "ab"}, records=records, small={"episodes": [missing("b", 1, found_area="E")]})
    assert row(found, "areas_impacted")["areas"] == ["E"]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ([IN] * 2, [IN] * 2, 0),
        ([IN] * 2, [], 0),
        ([IN] * 2, ["Inner"] * 2, 1),
        ([IN] * 2, [OUT] * 2, 2),
        ([OUT] * 2, [IN] * 2, 3),
        ([IN, IN, OUT, OUT], [IN, IN, OUT, OUT], 4),
        ([IN, IN, OUT], [IN, IN, OUT], 0),  # one record may be chance
        ([IN] * 22 + [OUT] * 2, [IN] * 2, 0),  # less than a tenth
        ([IN] * 18 + [OUT] * 2, [IN] * 2, 3),  # a tenth
        ([OUT] * 2, [OUT] * 2, None),
        ([IN, IN, OUT, OUT], [], None),  # outside, but which way isn't told
        ([], [], None),
    ],
)
def test_origin(start: list[str], end: list[str], expected: int | None) -> None:
    one, records = placed(list(start))
    other, more = placed(list(end), "suspect", "crime")
    found = evidence([*one, *other], groups={"G": "ab"}, records=records | more, force_areas=(" inside", "INNER"))
    assert level(found, "origin") == expected
    unknown = evidence([*one, *other], groups={"G": "ab"}, records=records | more)
    assert level(unknown, "origin") is None


def test_children_found_elsewhere_show_that_a_group_reaches_out() -> None:
    parts, records = placed([IN, IN])
    episodes = [missing("b", i, found_area=OUT) for i in (1, 2)]
    found = evidence(parts, groups={"G": "ab"}, records=records, force_areas=(IN,), small={"episodes": episodes})
    made = row(found, "origin")
    assert (made["level"], made["areas"]) == (2, [IN, OUT])
    assert made["record_ids"] == ["intelligence:subject0", "intelligence:subject1", "missing:1", "missing:2"]


@pytest.mark.parametrize(
    ("days", "expected"), [(0.3, 1), (9.5, 1), (10, 2), (364, 2), (365, 3), (1459, 3), (1460, 4), (None, None)]
)
def test_violence_is_the_worst_violent_crime(days: float | None, expected: int | None) -> None:
    codes = {
        "crime:1": {"offence_code": "105/01"},
        "crime:2": {"offence_code": "8/6"},
        "crime:3": {"offence_code": "028/03"},
    }
    found = evidence([(record, "a", "suspect") for record in codes], groups={"G": "ab"}, records=codes)
    weights: dict[str, float | None] = {"crime:1": None if days is None else 0.1, "crime:2": days, "crime:3": 5000}
    made = row(found, "violence", weights)
    assert (made["level"], made["count"], made["record_ids"]) == (expected, days, ["crime:1", "crime:2"])


def test_victims_of_violence_are_no_violence_of_the_group_and_a_record_that_says_so_is_level_1() -> None:
    parts, records = [("crime:1", "a", "victim")], {"crime:1": {"offence_code": "001/01"}}
    assert level(evidence(parts, groups={"G": "ab"}, records=records), "violence", {"crime:1": 5475}) == 0
    more = {"weights": {"VIOLENCE": 0.1}, "hits": [("crime:2", "VIOLENCE")]}
    said = evidence([*parts, ("crime:2", "b", "arrested")], groups={"G": "ab"}, records=records, **more)  # type: ignore[arg-type]
    made = row(said, "violence", {"crime:1": 5475})
    assert (made["level"], made["count"], made["record_ids"]) == (1, 0, ["crime:2"])


def test_words_count_in_a_crime_without_a_code_and_not_in_a_cancelled_one() -> None:
    parts = [("crime:1", "a", "suspect"), ("crime:2", "b", "suspect")]
    words = {
        "weights": {"VIOLENCE": 0.1, "FIREARM": 0.1},
        "hits": [(r, w) for r in ("crime:1", "crime:2") for w in ("VIOLENCE", "FIREARM")],
    }
    found = evidence(parts, groups={"G": "ab"}, records={"crime:2": {"offence_code": "046/00"}}, **words)  # type: ignore[arg-type]
    for factor in ("firearms", "violence"):
        made = row(found, factor, {})
        assert (made["level"], made["record_ids"]) == (1, ["crime:1"])


def test_words_of_violence_add_nothing_to_a_violent_crime() -> None:
    parts, records = [("crime:1", "a", "suspect")], {"crime:1": {"offence_code": "105/01"}}
    found = evidence(
        parts, groups={"G": "ab"}, records=records, hits=[("crime:1", "VIOLENCE")], weights={"VIOLENCE": 0.1}
    )
    assert level(found, "violence", {"crime:1": 1.0}) == 1


@pytest.mark.parametrize(
    ("share", "expected"), [(0, 0), (0.01, 1), (0.25, 1), (0.3, 2), (0.5, 2), (0.6, 3), (0.75, 3), (0.8, 4)]
)
def test_overlap_with_known_groups_is_the_share_of_the_greatest(share: float, expected: int) -> None:
    parts = [("intelligence:1", name, "subject") for name in "ab"]
    known = {"reference_groups": [{"group_id": "S", "nominal_id": "z"}]}
    found = evidence(parts, groups={"G": "ab"}, overlap={"G": share}, small=known)
    assert level(found, "soc_overlap") == expected
    assert level(evidence(parts, groups={"G": "ab"}, overlap={"G": share}), "soc_overlap") is None

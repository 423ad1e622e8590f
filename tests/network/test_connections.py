"""Connections and the weights they give, worked by hand, on both engines."""

import datetime as dt
import math

import pytest

from countylines.network.connections import evidence, provisional, strongest_stretch, weights
from countylines.settings import NominalRule
from tests.network.frames import Frames, rows


def test_connections_are_distinct_capped_and_one_sided(frames: Frames) -> None:
    ann, bob, cat, dan, eve, fay = range(6)
    links = frames(
        "record nominal only_victim",
        (1, ann, False),
        (1, bob, False),
        (2, ann, True),
        (2, bob, False),
        (3, cat, False),
        (3, dan, False),
        (4, cat, False),
        (4, dan, False),
        (5, eve, False),
        (6, eve, False),
        (6, fay, False),  # no hit: not a matched record
        (7, fay, True),  # alone, and only the victim: no connection
    )
    groups = frames(
        "record group weight",
        (1, "DRUGS LINE", 0.4),
        (2, "DRUGS LINE", 0.4),
        (2, "MISPER", 0.1),
        (3, "COUNTY LINE", 1.0),
        (4, "CUCKOO", 0.5),
        (5, "OTHER", 0.1),
        (7, "COUNTY LINE", 1.0),
    )
    matched = frames("record score", (1, 0.4), (2, 0.5), (3, 1.0), (4, 0.5), (5, 0.1), (7, 1.0))
    behind = evidence(links, matched)
    assert rows(behind, "nominal other record") == [
        (ann, bob, 1),
        (bob, ann, 1),
        (bob, ann, 2),
        (cat, dan, 3),
        (cat, dan, 4),
        (dan, cat, 3),
        (dan, cat, 4),
        (eve, -1, 5),
    ]
    found = weights(behind, groups)
    assert rows(found, "nominal other c") == [
        (ann, bob, 0.4),
        (bob, ann, 0.5),
        (cat, dan, 1.0),
        (dan, cat, 1.0),
        (eve, -1, 0.1),
    ]
    assert rows(provisional(found, "strongest"), "nominal p") == [
        (ann, 0.4),
        (bob, 0.5),
        (cat, 1.0),
        (dan, 1.0),
        (eve, 0.1),
    ]


def test_a_group_counts_with_its_greatest_weight(frames: Frames) -> None:
    behind = frames("nominal other record", (0, 1, 1), (0, 1, 2))
    groups = frames("record group weight", (1, "CUCKOO", 0.25), (2, "CUCKOO", 0.5), (2, "MISPER", 0.1))
    assert rows(weights(behind, groups), "c") == [(0.6,)]


@pytest.mark.parametrize(
    ("second", "c", "records"),
    [
        (dt.date(2024, 4, 15), 0.5, [1, 2]),  # the same day three months later still counts
        (dt.date(2024, 4, 16), 0.4, [1]),  # the day after doesn't
        (dt.date(2023, 10, 15), 0.5, [1, 2]),  # order in time doesn't matter
        (dt.date(2023, 10, 14), 0.4, [1]),
    ],
)
def test_groups_add_up_only_within_the_span(frames: Frames, second: dt.date, c: float, records: list[int]) -> None:
    behind = frames("nominal other record", (0, 1, 1), (0, 1, 2))
    groups = frames("record group weight", (1, "DRUGS LINE", 0.4), (2, "MISPER", 0.1))
    dates = frames("record date", (1, dt.date(2024, 1, 15)), (2, second))
    within = strongest_stretch(behind, groups, dates, 3)
    assert rows(within, "record") == [(record,) for record in records]
    assert rows(weights(within, groups), "c") == [(c,)]


def test_of_equal_stretches_the_earliest_counts(frames: Frames) -> None:
    behind = frames("nominal other record", (0, -1, 1), (0, -1, 2))
    groups = frames("record group weight", (1, "MISPER", 0.1), (2, "OTHER", 0.1))
    dates = frames("record date", (1, dt.date(2024, 1, 31)), (2, dt.date(2020, 12, 31)))
    assert rows(strongest_stretch(behind, groups, dates, 1), "record") == [(2,)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("strongest", {0: 0.5, 1: 1.0, 2: 0.02}),
        ("mean", {0: round((0.5 + 0.1 + 0.1) / 3, 9), 1: 0.55, 2: 0.02}),
        ("noisy_or", {0: round(1 - 0.5 * 0.9 * 0.9, 9), 1: 1.0, 2: 0.02}),
    ],
)
def test_rules(frames: Frames, rule: NominalRule, expected: dict[int, float]) -> None:
    given = frames("nominal other c", (0, 1, 0.5), (0, 2, 0.1), (0, 3, 0.1), (1, 0, 1.0), (1, 2, 0.1), (2, -1, 0.02))
    found = dict(rows(provisional(given, rule), "nominal p"))
    assert found.keys() == expected.keys()
    assert all(math.isclose(found[n], expected[n], abs_tol=1e-12) for n in expected)

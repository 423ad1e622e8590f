"""Ids as numbers, roles as flags, pairs with their kind: tables worked by hand, on both engines."""

from countylines.network.keys import links, number, pairs, sizes
from tests.network.frames import Frames, rows

LINKS = "record nominal offender victim only_victim missing loose"


def test_numbers_follow_the_order_of_ids(frames: Frames) -> None:
    people = frames("nominal_id", ("bob",), ("Zoe",), ("ann",), ("é",))
    assert rows(number(people, "nominal_id", "nominal"), "nominal nominal_id") == [
        (0, "Zoe"),
        (1, "ann"),
        (2, "bob"),
        (3, "é"),
    ]


def test_links_hold_connecting_roles_only_once_a_person(frames: Frames) -> None:
    involvements = frames(
        "record_id nominal_id role",
        ("r0", "n0", "suspect"),
        ("r0", "n0", "victim"),
        ("r0", "n1", "victim"),
        ("r0", "n1", "witness"),
        ("r0", "n2", "witness"),
        ("r1", "n0", "missing"),
        ("r1", "n1", "subject"),
        ("r1", "n2", "prisoner"),
        ("r1", "n3", "associate"),
        ("r1", "n4", "professional"),
    )
    records = frames("record_id record", ("r0", 0), ("r1", 1))
    people = frames("nominal_id nominal", *((f"n{i}", i) for i in range(5)))
    assert rows(links(involvements, records, people), LINKS) == [
        (0, 0, True, True, False, False, False),
        (0, 1, False, True, True, False, False),
        (1, 0, False, False, False, True, False),
        (1, 1, False, False, False, False, True),
        (1, 2, False, False, False, False, False),
        (1, 3, False, False, False, False, True),
    ]


def test_sizes_count_people(frames: Frames) -> None:
    assert rows(sizes(frames("record nominal", (7, 1), (7, 2), (8, 1))), "record nominals") == [(7, 2), (8, 1)]


def test_a_pair_is_adversarial_where_one_only_suffers_and_the_other_only_offends(frames: Frames) -> None:
    links = frames(
        "record nominal offender victim",
        (0, 1, False, True),  # victim
        (0, 2, True, False),  # offender
        (0, 3, True, True),  # both
        (0, 4, False, False),  # neither
        (1, 5, True, False),
    )
    found = rows(pairs(links, links), "nominal other record adversarial")
    adversarial = {(a, b) for a, b, _, hostile in found if hostile}
    assert adversarial == {(1, 2), (2, 1)}
    assert len(found) == 4 * 3

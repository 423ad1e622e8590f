"""Deepening, shares and the decision who stays, worked by hand, on both engines."""

import pytest

from countylines.network.share import considered, decide, deepened, matched_ties, share, ties
from tests.network.frames import Frames, rows

ANN, BOB, CAT, DAN, EVE = range(5)
LINKS = "record nominal offender victim"


def town(frames: Frames):  # type: ignore[no-untyped-def]
    """Ann (p = 1) offends against Bob, meets Cat twice; Cat meets Dan once; Eve meets Dan elsewhere."""
    links = frames(
        LINKS,
        (1, ANN, True, False),
        (1, BOB, False, True),
        (2, ANN, False, False),
        (2, CAT, True, False),
        (3, ANN, False, False),
        (3, CAT, False, False),
        (4, CAT, False, False),
        (4, DAN, False, False),
        (5, DAN, False, False),
        (5, EVE, False, False),
    )
    return links, frames("nominal p", (ANN, 1.0), (CAT, 0.1))


def test_deepening_meets_the_people_in_every_record_of_weighted_people(frames: Frames) -> None:
    links, weighted = town(frames)
    deep = deepened(links, weighted)
    assert rows(deep, "record") == [(1,), (2,), (3,), (4,)]
    met = considered(links, deep, weighted)
    assert rows(met, "nominal p") == [(ANN, 1.0), (BOB, 0.0), (CAT, 0.1), (DAN, 0.0)]
    tied = ties(links, met)
    assert rows(tied, "nominal other n adversarial") == [
        (ANN, BOB, 1, True),
        (ANN, CAT, 2, False),
        (BOB, ANN, 1, True),
        (CAT, ANN, 2, False),
        (CAT, DAN, 1, False),
        (DAN, CAT, 1, False),
        (DAN, EVE, 1, False),  # Eve was never met, and counts as 0 in Dan's share
    ]
    assert rows(share(met, tied), "nominal a") == [(ANN, 0.1), (BOB, 0.0), (CAT, 0.5), (DAN, 0.05)]
    assert rows(matched_ties(links, met, tied, 0.5), "nominal other record offender adversarial") == [
        (BOB, ANN, 1, False, True),
        (CAT, ANN, 2, True, False),
        (CAT, ANN, 3, False, False),
    ]


def test_a_tie_is_adversarial_only_when_all_its_records_are(frames: Frames) -> None:
    links = frames(LINKS, (1, ANN, True, False), (1, BOB, False, True), (2, ANN, True, False), (2, BOB, True, False))
    met = frames("nominal p", (ANN, 1.0))
    assert rows(ties(links, met), "nominal other n adversarial") == [(ANN, BOB, 2, False)]


@pytest.mark.parametrize(
    ("p", "a", "expected"),
    [
        (0.5, 0.0, "matched"),
        (0.5 - 5e-10, 0.0, "matched"),  # thresholds are met within 1e-9
        (0.49, 0.5, "associate"),
        (0.49, 0.5 - 5e-10, "associate"),
        (0.49, 0.49, "discarded"),
    ],
)
def test_who_stays(frames: Frames, p: float, a: float, expected: str) -> None:
    shares = frames("nominal p a", (ANN, p, a))
    tied = frames("nominal other record adversarial", (ANN, BOB, 1, False), (ANN, CAT, 2, False))
    assert rows(decide(shares, tied, 0.5, 2, 2), "nominal ties tie_records decision") == [(ANN, 2, 2, expected)]


@pytest.mark.parametrize(
    ("tied", "counts"),
    [
        ([(ANN, BOB, 1, False), (ANN, CAT, 1, False)], (2, 1)),  # two people, one record
        ([(ANN, BOB, 1, False), (ANN, BOB, 2, False)], (1, 2)),  # one person, two records
        ([(ANN, BOB, 1, False), (ANN, CAT, 2, True)], (1, 1)),  # an adversarial tie doesn't count
        ([], (0, 0)),
    ],
)
def test_a_passer_by_is_left_out(frames: Frames, tied: list[tuple[object, ...]], counts: tuple[int, int]) -> None:
    found = decide(frames("nominal p a", (ANN, 0.0, 0.9)), frames("nominal other record adversarial", *tied), 0.5, 2, 2)
    assert rows(found, "ties tie_records decision") == [(*counts, "discarded")]

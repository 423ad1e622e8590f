"""Edges, records in the network and the table of terms, worked by hand, on both engines."""

from countylines.network.edges import edge_records, edges, records_in_network, term_table
from tests.network.frames import Frames, rows

ANN, BOB, CAT = range(3)


def test_edges_join_kept_people_with_the_records_behind(frames: Frames) -> None:
    links = frames(
        "record nominal offender victim",
        (1, ANN, True, False),
        (1, BOB, False, True),
        (2, ANN, True, False),
        (2, CAT, True, False),
        (3, ANN, False, False),
        (3, CAT, False, False),
        (4, BOB, False, False),
        (4, CAT, False, False),  # not deepened: Bob and Cat never met there
        (2, 9, False, False),  # not kept
    )
    kept = frames("nominal p", (ANN, 1.0), (BOB, 0.0), (CAT, 0.5))
    behind = edge_records(links, kept, frames("record", (1,), (2,), (3,)))
    assert rows(behind, "nominal other record adversarial") == [
        (ANN, BOB, 1, True),
        (ANN, CAT, 2, False),
        (ANN, CAT, 3, False),
    ]
    assert rows(edges(behind, kept), "nominal other weight n_records kind") == [
        (ANN, BOB, 0.5, 1, "adversarial"),
        (ANN, CAT, 0.75, 2, "associative"),
    ]


def test_a_pair_met_once_brings_every_record_it_shares(frames: Frames) -> None:
    links = frames("record nominal offender victim", *((r, n, False, False) for r in (1, 2) for n in (ANN, BOB)))
    kept = frames("nominal p", (ANN, 0.0), (BOB, 0.0))
    assert rows(edge_records(links, kept, frames("record", (1,))), "nominal other record") == [
        (ANN, BOB, 1),
        (ANN, BOB, 2),
    ]


def test_records_in_network_and_term_table(frames: Frames) -> None:
    links = frames("record nominal", (1, ANN), (2, BOB), (3, ANN))
    kept = frames("nominal", (ANN,))
    scores = frames("record score", (1, 0.5), (2, 1.0), (3, 0.1), (4, 1.0))
    inside = records_in_network(links, kept, scores, 0.5)
    assert rows(inside, "record") == [(1,)]
    groups = frames("record group", (1, "CUCKOO"), (2, "COUNTY LINE"), (3, "MISPER"), (4, "COUNTY LINE"))
    weights = frames("group weight", ("CUCKOO", 0.5), ("COUNTY LINE", 1.0), ("MISPER", 0.1), ("SMACK", 0.02))
    found = term_table(groups, weights, inside, links, links, kept)
    counts = "records_in_network records_not_in_network records_of_kept_nominals records_without_connection"
    assert rows(found, f"group weight {counts}") == [
        ("COUNTY LINE", 1.0, 0, 2, 0, 1),
        ("CUCKOO", 0.5, 1, 0, 1, 0),
        ("MISPER", 0.1, 0, 1, 1, 0),
        ("SMACK", 0.02, 0, 0, 0, 0),
    ]

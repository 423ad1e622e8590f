"""What is done in the network: the path between two people, what-if, and taking it out."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import igraph
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from countylines.govern import audit
from countylines.graph import graph_of
from countylines.rank.harm import mass
from countylines.web.house import House
from countylines.web.network_facts import facts_of
from countylines.web.network_forms import MOST
from countylines.web.paths import Near, Ties, path
from countylines.web.reader import Reader
from countylines.web.whatif import OURS, whole_of
from tests.web.conftest import Browse

EXPORT = {"format": "graphml", "marking": "OFFICIAL-SENSITIVE", "recipient": "DI Marsh", "links": 1, "view": "soc=1"}


def sent(client: TestClient, address: str, body: dict[str, Any], secret: bool = True) -> Any:
    """A POST as the explorer sends it."""
    csrf = client.get("/network").text.split('data-csrf="')[1].split('"')[0] if secret else ""
    return client.post(address, json=body, headers={"X-CSRF": csrf})


def guarded(reader: Reader) -> dict[str, str]:
    """One person of each way of being treated other than adult."""
    return {card.mark: name for name, card in facts_of(reader).cards.items() if card.mark != "adult"}


# The path between two people


def ties_of(edges: dict[tuple[int, int], int]) -> Ties:
    """Neighbours of a small network."""
    made: dict[int, list[Near]] = {}
    for tie, ((a, b), n) in enumerate(edges.items()):
        made.setdefault(a, []).append(Near(b, tie, n))
        made.setdefault(b, []).append(Near(a, tie, n))
    return made


PAIRS = st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1])


@given(st.dictionaries(PAIRS, st.integers(1, 4), max_size=18), st.integers(0, 7), st.integers(0, 7))
def test_path_is_the_best_of_all_shortest(edges: dict[tuple[int, int], int], start: int, end: int) -> None:
    """Fewest steps; then the largest smallest number of records; then ids: against all shortest paths, listed."""
    found = path(ties_of(edges), start, end)
    every = igraph.Graph(8, list(edges)).get_all_shortest_paths(start, end) if start != end else []
    if not every:
        assert found == []
        return

    def weakest(way: list[int]) -> int:
        return min(edges[min(pair), max(pair)] for pair in pairwise(way))

    best = min(every, key=lambda way: (-weakest(way), way))
    assert [start, *(step.other for step in found)] == best
    assert min(step.n for step in found) == weakest(best)


def test_path_goes_no_further_than_the_limit() -> None:
    """Three steps are found with a limit of three, not of two."""
    chain = ties_of({(0, 1): 1, (1, 2): 1, (2, 3): 1})
    assert len(path(chain, 0, 3, limit=3)) == 3 and path(chain, 0, 3, limit=2) == []


def test_path_names_the_records_of_each_step(browse: Browse, reader: Reader, house: House) -> None:
    """Each step has the records that the two share, as links; both people are in the log."""
    ties = {frozenset(row[:2]): row[2:] for row in reader.table("edges").select(
        "nominal_a", "nominal_b", "n_records", "kind", "record_ids").iter_rows()}  # fmt: skip
    graph = graph_of(reader.table("nominals"), reader.table("edges"))
    steps = np.array(igraph.Graph(graph.n, list(zip(graph.a, graph.b, strict=True))).distances())
    far = [graph.ids[i] for i in np.argwhere(steps == 3)[0].tolist()]
    found = browse("analyst").get("/network/path.json", params={"a": far[0], "b": far[1]}).json()
    assert found["people"][0]["id"] == far[0] and found["people"][-1]["id"] == far[1]
    assert 1 <= len(found["steps"]) <= 3 and len(found["people"]) == len(found["steps"]) + 1
    for step, one, other in zip(found["steps"], found["people"], found["people"][1:], strict=False):
        n, kind, records = ties[frozenset((step["from"], step["to"]))]
        assert (step["from"], step["to"], step["n"]) == (one["id"], other["id"], n)
        assert step["adversarial"] == (kind == "adversarial")
        assert [record["id"] for record in step["records"]] == records[:20]
        assert all(record["href"] == f"/records/{record['id']}" for record in step["records"])
    events = [row.event for row in audit.search(house.state, size=2).rows]
    assert {event.what for event in events} == set(far) and {event.kind for event in events} == {"person"}
    between = [each["id"] for each in found["people"][1:-1]]
    assert len(between) == 2 and all(event.detail["people"] == between for event in events)


# What if


def test_what_if_by_hand(browse: Browse, reader: Reader) -> None:
    """Parts, the largest, and the harm left, worked out anew from the run's tables (METHOD 6)."""
    graph = graph_of(reader.table("nominals"), reader.table("edges"))
    free = set(reader.table("nominals").filter(pl.col("rankable"))["nominal_id"].to_list())
    days = mass(reader.table("nominal_harm"), reader.settings["dismantling"]["harm"])
    removed = sorted(free)[::7]
    found = sent(browse("analyst"), "/network/what-if.json", {"removed": removed}).json()

    def parts(out: set[str]) -> tuple[list[int], float]:
        whole = igraph.Graph(graph.n, list(zip(graph.a, graph.b, strict=True)))
        whole.vs["id"] = graph.ids
        left = whole.induced_subgraph([v for v in whole.vs if v["id"] not in out])
        groups = [[left.vs[v]["id"] for v in part] for part in left.connected_components()]
        harm = [sum(1 + (days.get(name, 0.0) / 365 if name in free else 0) for name in part) for part in groups]
        return sorted(map(len, groups), reverse=True), sum(value**2 for value in harm)

    (before, whole), (after, left) = parts(set()), parts(set(removed))
    assert found["removed"] == removed and found["refused"] == []
    assert found["fragments"] == after and found["people"] == graph.n
    assert (found["largest_before"], found["largest_after"]) == (before[0], after[0])
    assert found["harm_left"] == pytest.approx(left / whole)


def test_parts_that_are_left(browse: Browse, reader: Reader) -> None:
    """Each with its children and its protected and held people; none is lost in the last row; what it was before."""
    cards, client = facts_of(reader).cards, browse("analyst")
    free = sorted(name for name, card in cards.items() if card.mark == "adult")
    found = sent(client, "/network/what-if.json", {"removed": free}).json()
    before = sent(client, "/network/what-if.json", {"removed": []}).json()
    assert found["parts_before"] == before["parts_before"] == len(before["fragments"]) < len(found["fragments"])
    for made in (found, before):
        left = [card for name, card in cards.items() if name not in made["removed"]]
        sums = {key: sum(part[key] for part in made["parts"]) for key in ("people", "children", "guarded")}
        assert sums == {
            "people": len(left),
            "children": sum(card.mark in ("child", "both") for card in left),
            "guarded": sum(card.mark != "adult" for card in left),
        }
        *named, rest = made["parts"]
        assert [part["people"] for part in named] == made["fragments"][: len(named)]
        assert all(part["called"] == f"{part['people']} people" and part["people"] > 2 for part in named)
        assert rest["called"].startswith(f"{len(made['fragments']) - len(named)} more of 1")


def test_what_if_beside_the_runs_own_answers(browse: Browse, reader: Reader) -> None:
    """The first k of the run's order give the run's own figures; the plain orders stand beside, random with range."""
    order = reader.table("dismantling").filter((pl.col("scope") == "network") & (pl.col("question") == "order"))
    first = order.filter(pl.col("step").is_between(1, 4)).sort("step")
    found = sent(browse("senior_officer"), "/network/what-if.json", {"removed": first["nominal_id"].to_list()}).json()
    ours, *plain = found["baselines"]
    assert ours["name"] == OURS and found["harm_left"] == pytest.approx(ours["harm_left"], abs=1e-6)
    assert found["largest_after"] == ours["largest"] == first["largest_component"][3]
    assert plain[0]["name"] == "Random, mean and range" and len(plain) == 4
    assert plain[0]["low"] <= plain[0]["harm_left"] <= plain[0]["high"]
    assert all("low" not in line for line in plain[1:])


def test_protected_and_held_people_cannot_be_taken_out(browse: Browse, reader: Reader, house: House) -> None:
    """Of each kind, asked for by hand: they stay, are named with why, and the attempt is in the log."""
    kinds = guarded(reader)
    assert {"child", "exploited", "held", "unknown"} <= kinds.keys()
    client = browse("analyst")
    adult = next(name for name, card in facts_of(reader).cards.items() if card.mark == "adult")
    alone = sent(client, "/network/what-if.json", {"removed": [adult]}).json()
    found = sent(client, "/network/what-if.json", {"removed": [*kinds.values(), adult]}).json()
    assert found["removed"] == [adult] and {each["id"] for each in found["refused"]} == set(kinds.values())
    assert {**found, "refused": []} == alone
    cards = facts_of(reader).cards
    assert all(cards[each["id"]].name in each["why"] and "never taken out" in each["why"] for each in found["refused"])
    latest = audit.search(house.state, size=1).rows[0].event
    assert latest.outcome == "refused" and set(latest.detail["people"]) == set(kinds.values())
    assert not whole_of(reader).problem.removable[[facts_of(reader).row[name] for name in kinds.values()]].any()


def test_what_if_limits(browse: Browse, reader: Reader) -> None:
    """Nobody, somebody unknown, too many, another shape, without the page's secret, without permission."""
    client = browse("analyst")
    none = sent(client, "/network/what-if.json", {"removed": []}).json()
    assert none["harm_left"] == 1.0 and none["baselines"] == [] and sum(none["fragments"]) == none["people"]
    assert sent(client, "/network/what-if.json", {"removed": ["N-nobody"]}).status_code == 404
    assert sent(client, "/network/what-if.json", {"removed": ["a"] * (MOST + 1)}).status_code == 422
    assert sent(client, "/network/what-if.json", {"removed": [], "all": True}).status_code == 422
    assert sent(client, "/network/what-if.json", {"removed": []}, secret=False).status_code == 403
    assert client.post("/network/what-if.json", content=b"{", headers={"Content-Type": "application/json"}).is_error
    ids = facts_of(reader).ids
    assert browse("auditor").post("/network/what-if.json", json={"removed": [ids[0]]}).status_code == 403


# Taking it out


def test_export_is_logged_before_it_is_given(browse: Browse, reader: Reader, house: House) -> None:
    """Who is in it, its marking, and for whom: in the log, with the reference that the file carries."""
    ids = list(facts_of(reader).ids)[:9]
    found = sent(browse("analyst"), "/network/export.json", {**EXPORT, "people": ids}).json()
    event = audit.search(house.state, size=1).rows[0].event
    assert (event.kind, event.action, event.outcome) == ("export", "export_network", "allowed")
    assert (event.recipient, event.marking) == ("DI Marsh", "OFFICIAL-SENSITIVE")
    assert event.detail["people"] == ids and event.detail["format"] == "graphml" and found["reference"] in event.what
    assert event.detail["protected_or_held"] == int(np.count_nonzero(facts_of(reader).mark[:9]))
    assert found["marking"] == "OFFICIAL-SENSITIVE" and found["recipient"] == "DI Marsh"
    assert "not prediction" in found["caveat"] and "synthetic" in found["caveat"]


@pytest.mark.parametrize("wrong", [
    {"format": "exe"}, {"marking": "none"}, {"marking": "OFFICIAL"}, {"recipient": " "}, {"recipient": "a\nb"},
    {"people": []}, {"links": -1}, {"recipient": "x" * 201}, {"more": 1},
])  # fmt: skip
def test_what_cannot_be_exported(browse: Browse, reader: Reader, house: House, wrong: dict[str, Any]) -> None:
    """An unknown format or marking, nobody to receive it: refused, and nothing in the log says that it was given."""
    answer = sent(browse("analyst"), "/network/export.json",
                  {**EXPORT, "people": list(facts_of(reader).ids)[:2], **wrong})  # fmt: skip
    assert answer.status_code == 422 and "error" in answer.json()
    assert not [row for row in audit.search(house.state, size=9).rows if row.event.kind == "export"]


def test_who_may_export(browse: Browse, reader: Reader) -> None:
    """Data scientists see the network and may not take it out; the page doesn't offer it. Unknown people are 404."""
    body = {**EXPORT, "people": list(facts_of(reader).ids)[:2]}
    client = browse("data_scientist")
    assert sent(client, "/network/export.json", body).status_code == 403
    assert "data-export" not in client.get("/network").text and "data-export" in browse("analyst").get("/network").text
    assert sent(browse("analyst"), "/network/export.json", {**body, "people": ["N-nobody"]}).status_code == 404
    assert sent(browse("analyst"), "/network/export.json", body, secret=False).status_code == 403

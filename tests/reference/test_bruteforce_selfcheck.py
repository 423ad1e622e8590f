"""The brute force itself, against examples of METHOD worked by hand."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from typing import Any

import pytest

from countylines.settings import Ingest, Match, NetworkSettings, PartitionSettings, Settings
from tests.properties.extracts import complete
from tests.reference.bruteforce import BruteRun, brute_force
from tests.reference.bruteforce import treatment as held
from tests.reference.bruteforce.map_equation import MapEquation
from tests.reference.bruteforce.match import Group, find_hits
from tests.reference.bruteforce.tree import components, greatest_modularity, modularity, sub_tree, walktrap
from tests.reference.bruteforce.values import Row, Tables

LEXICON = [
    Group("COUNTY LINE", 1.0, ("county lines?",), ("no county lines link",)),
    Group("CUCKOO", 0.5, ("cuckooed",)),
    Group("DRUGS LINE", 0.4, ("drugs? lines?",)),
    Group("MISPER", 0.1, ("misper",)),
    Group("OTHER", 0.1, ("runner",)),
]
ADULT, CHILD = "1980-01-01", "2010-01-01"


def extracts(*records: tuple[str, str, dict[str, str]], born: dict[str, str] | None = None) -> Tables:
    """Records as (date, text, person to roles), named r1, r2, ...; everybody is born in 1980 unless told."""
    rows = []
    people: set[str] = set()
    involvements: list[Row] = []
    for i, (date, text, roles) in enumerate(records, start=1):
        rows.append(complete("records", record_id=f"r{i}", source="crime", recorded=date, text=text))
        for person, written in roles.items():
            people.add(person)
            involvements += [
                complete("involvements", record_id=f"r{i}", nominal_id=person, role=role) for role in written.split()
            ]
    births = dict.fromkeys(people, ADULT) | (born or {})
    nominals = [complete("nominals", nominal_id=p, date_of_birth=date) for p, date in sorted(births.items())]
    return {"records": rows, "involvements": involvements, "nominals": nominals}


def run(tables: Tables, **network: Any) -> BruteRun:
    return brute_force(tables, LEXICON, Settings(network=NetworkSettings(**network)))


def p(made: BruteRun) -> dict[str, float]:
    return {u: found.p for u, found in made.people.considered.items()}


def test_connections_are_distinct_capped_and_one_sided() -> None:
    day = "2020-01-01"
    made = run(
        extracts(
            (day, "drugs line", {"ann": "suspect", "bob": "suspect"}),
            (day, "drugs line, misper", {"ann": "victim", "bob": "suspect"}),
            (day, "county line", {"cat": "suspect", "dan": "suspect"}),
            (day, "cuckooed", {"cat": "suspect", "dan": "suspect"}),
            (day, "runner", {"eve": "suspect"}),
            (day, "nothing", {"eve": "suspect", "fay": "suspect"}),
        )
    )
    assert {pair: found.c for pair, found in made.people.connections.items()} == {
        ("ann", "bob"): 0.4,
        ("bob", "ann"): 0.5,
        ("cat", "dan"): 1.0,
        ("dan", "cat"): 1.0,
        ("eve", None): 0.1,
    }
    assert p(made) == {"ann": 0.4, "bob": 0.5, "cat": 1.0, "dan": 1.0, "eve": 0.1, "fay": 0.0}
    assert made.people.kept == ["bob", "cat", "dan"]


@pytest.mark.parametrize(("rule", "weight"), [("strongest", 0.5), ("noisy_or", 0.73), ("mean", 1 / 3)])
def test_the_three_nominal_rules(rule: str, weight: float) -> None:
    made = run(
        extracts(
            ("2020-01-01", "cuckooed", {"ann": "suspect", "bob": "suspect"}),
            ("2020-01-01", "drugs line", {"ann": "suspect", "cat": "suspect"}),
            ("2020-01-01", "runner", {"ann": "suspect"}),
        ),
        nominal_rule=rule,
    )
    assert p(made)["ann"] == pytest.approx(weight)  # 1 - 0.5 * 0.6 * 0.9 = 0.73


@pytest.mark.parametrize(("span", "c"), [(None, 1.0), (1, 0.5), (2, 0.9), (12, 1.0)])
def test_groups_add_up_within_the_span_only(span: int | None, c: float) -> None:
    both = {"ann": "suspect", "bob": "suspect"}
    made = run(
        extracts(("2020-01-31", "drugs line", both), ("2020-03-31", "cuckooed", both), ("2020-05-31", "runner", both)),
        connection_span=span,
    )
    assert made.people.connections["ann", "bob"].c == c  # 31 January and 31 March are two months apart


def test_adversarial_only_when_it_is_so_in_every_record() -> None:
    tables = extracts(
        ("2020-01-01", "county line", {"ann": "suspect", "bob": "victim", "cat": "charged victim", "dan": "subject"}),
        ("2020-01-01", "", {"ann": "suspect", "bob": "victim"}),
        ("2020-01-01", "county line", {"bob": "suspect"}),
    )
    kinds = {pair: edge.kind for pair, edge in run(tables).people.edges.items()}
    assert kinds == {
        ("ann", "bob"): "adversarial",
        ("ann", "cat"): "associative",  # an offender who is a victim, too, is no pure victim
        ("ann", "dan"): "associative",
        ("bob", "cat"): "associative",
        ("bob", "dan"): "associative",
        ("cat", "dan"): "associative",
    }
    again = extracts(("2020-01-01", "", {"ann": "suspect", "bob": "suspect"}))
    for row in again["involvements"] + again["records"]:
        row["record_id"] = "r4"
    tables = {**tables, "records": tables["records"] + again["records"]}
    tables["involvements"] = tables["involvements"] + again["involvements"]
    made = run(tables)
    assert made.people.edges["ann", "bob"].kind == "associative"
    assert made.people.edges["ann", "bob"].records == ("r1", "r2", "r4")
    assert made.people.graph["ann", "bob"] == 3.0


def test_an_associate_needs_ties_records_and_share() -> None:
    records = [
        ("2020-01-01", "county line", {"ann": "suspect", "bob": "suspect"}),
        ("2020-01-02", "", {"ann": "suspect", "eve": "subject"}),
        ("2020-01-03", "", {"bob": "suspect", "eve": "subject"}),
        ("2020-01-04", "", {"eve": "suspect", "fay": "suspect"}),
    ]
    made = run(extracts(*records))
    eve = made.people.considered["eve"]
    assert (eve.p, eve.ties, eve.tie_records) == (0.0, 2, ("r2", "r3"))
    assert eve.share == pytest.approx(2 / 3)
    assert made.people.kept == ["ann", "bob", "eve"]
    assert set(made.people.considered) == {"ann", "bob", "eve"}  # fay is in no record of anybody with p > 0
    assert made.people.graph == {("ann", "bob"): 1.0, ("ann", "eve"): 0.5, ("bob", "eve"): 0.5}
    assert made.tables["nominals"][2]["held"] == [held.ASSOCIATE]
    assert run(extracts(*records[:2])).people.kept == ["ann", "bob"]  # one tie only


def test_big_records_take_no_part_and_are_listed() -> None:
    made = run(
        extracts(
            ("2020-01-01", "county line", {"ann": "suspect", "bob": "suspect", "cat": "victim", "dan": "witness"}),
            ("2020-01-01", "county line", {"ann": "suspect", "dan": "witness"}),
        ),
        max_record_nominals=2,
    )
    assert made.tables["skipped_records"] == [{"record_id": "r1", "nominals": 3}]
    assert made.people.kept == ["ann"]
    assert made.tables["safeguarding"] == []
    assert made.tables["term_table"][0] == {
        "group": "COUNTY LINE",
        "weight": 1.0,
        "records_in_network": 1,
        "records_not_in_network": 1,
        "records_of_kept_nominals": 1,
        "records_without_connection": 0,
    }


def test_a_group_counts_with_its_greatest_weight_by_grading() -> None:
    both = {"ann": "suspect", "bob": "suspect"}
    tables = extracts(("2020-01-01", "drugs line", both), ("2020-01-01", "drugs line", both))
    tables["records"][0]["grading"] = "E41"
    made = brute_force(tables, LEXICON, Settings(match=Match(grading_weights={"E41": 0.25})))
    assert [row["score"] for row in made.tables["record_scores"]] == [0.1, 0.4]
    assert made.people.connections["ann", "bob"].c == 0.4


@pytest.mark.parametrize(
    ("text", "roles", "born", "reasons"),
    [
        ("county line", "suspect", ADULT, []),
        ("county line", "suspect", "2002-03-02", [held.ONCE_CHILD]),  # 18 on the day after
        ("county line", "suspect", "2002-03-01", []),
        ("county line", "suspect missing", ADULT, [held.MISSING]),
        ("county line", "victim witness", ADULT, [held.VICTIM]),
        ("county line", "victim suspect", ADULT, []),
        ("county line cuckooed", "subject", ADULT, []),
        ("drugs line cuckooed", "subject", ADULT, [held.CUCKOO]),
        ("drugs line cuckooed", "associate", ADULT, [held.CUCKOO]),
        ("drugs line cuckooed", "suspect", ADULT, []),
    ],
)
def test_who_is_held(text: str, roles: str, born: str, reasons: list[str]) -> None:
    tables = extracts(
        ("2020-03-01", text, {"ann": roles, "bob": "suspect"}),
        ("2022-01-01", "county line", {"ann": "suspect"}),
        born={"ann": born},
    )
    ann, bob = run(tables).tables["nominals"]
    assert (ann["held"], ann["rankable"], ann["protected"]) == (reasons, not reasons, False)
    assert bob["rankable"]
    ruling = complete("decisions", nominal_id="ann", decision="no sign of exploitation", by="x", confirmed_by="y")
    for confirmed, review, free in (
        ("y", "", True),
        ("x", "", False),
        ("y", "2022-01-01", False),
        ("y", "2022-01-02", True),
    ):
        tables["decisions"] = [{**ruling, "confirmed_by": confirmed, "review_by": review}]
        assert run(tables).tables["nominals"][0]["rankable"] == (free or not reasons)


def test_slavery_victims_are_held_whatever_else_they_did() -> None:
    tables = extracts(
        ("2020-01-01", "", {"ann": "victim"}),
        ("2020-01-01", "county line", {"ann": "suspect", "bob": "suspect"}),
    )
    tables["records"][0]["offence_code"] = " 106/ 00"
    assert [row["held"] for row in run(tables).tables["nominals"]] == [[held.SLAVERY], []]


def test_who_is_protected() -> None:
    everybody = dict.fromkeys(("ann", "bob", "cat", "dan", "eve"), "suspect")
    born = {"ann": "2004-02-29", "bob": "2004-02-28", "cat": "", "dan": ADULT}
    tables = extracts(("2022-02-28", "county line", everybody), born=born)
    tables["nominals"].append(complete("nominals", nominal_id="eve", date_of_birth=CHILD))  # of two dates the youngest
    tables["known_victims"] = [complete("known_victims", nominal_id="dan")]
    rows = run(tables).tables["nominals"]
    assert [row["is_child"] for row in rows] == [True, False, None, False, True]
    assert [row["protected"] for row in rows] == [True, False, True, True, True]
    assert [row["held"] for row in rows] == [[], [], [], [], []]
    assert [row["rankable"] for row in rows] == [False, True, False, False, False]


def test_decisions_change_what_is_used() -> None:
    tables = extracts(
        ("2020-01-01", "county line", {"ann": "suspect", "bob": "suspect", "cat": "suspect"}),
        ("2020-01-01", "county line", {"ann": "suspect", "dan": "suspect"}),
    )

    def kept(decision: str, nominal: str = "", record: str = "") -> list[str]:
        row = complete("decisions", decision=decision, nominal_id=nominal, record_id=record, by="x", confirmed_by="y")
        return run({**tables, "decisions": [row]}).people.kept

    assert kept("reviewed and kept", "ann") == ["ann", "bob", "cat", "dan"]
    assert kept("not county lines", record="r1") == ["ann", "dan"]
    assert kept("wrong person", "bob", "r1") == ["ann", "cat", "dan"]
    assert kept("wrong person", "ann") == ["bob", "cat", "dan"]
    assert kept("victim not offender", "bob", "r1") == ["ann", "cat", "dan"]  # only a victim takes no weight
    assert kept("victim not offender", "bob", "r2") == ["ann", "bob", "cat", "dan"]


def test_every_row_is_kept_set_aside_or_rejected() -> None:
    tables = extracts(
        ("2020-01-01", "", {"ann": "suspect bystander", "bob": "suspect"}),
        ("2014-12-31", "", {"ann": "suspect", "bob": "suspect"}),
        ("2021-02-29", "", {"ann": "suspect"}),
    )
    tables["records"].append({**tables["records"][0]})
    tables["involvements"].append({**tables["involvements"][0]})
    del tables["nominals"][1]
    made = brute_force(tables, LEXICON, Settings(ingest=Ingest(since=dt.date(2015, 1, 1))))
    assert [(r.table, r.row_number, r.kind, r.reason) for r in made.kept.rejects] == [
        ("involvements", 2, "rejected", "unknown role"),
        ("involvements", 3, "rejected", "unknown nominal"),
        ("involvements", 4, "set aside", "record set aside: before since"),
        ("involvements", 5, "rejected", "unknown nominal"),
        ("involvements", 6, "rejected", "unknown record"),
        ("involvements", 7, "rejected", "duplicate involvement"),
        ("records", 2, "set aside", "before since"),
        ("records", 3, "rejected", "no valid date"),
        ("records", 4, "rejected", "duplicate key"),
    ]


def test_hits_point_into_the_original_text() -> None:
    text = "no  county\u2013lines\nlink \U0001f600 \uff23ounty line misper"
    hits = find_hits(text, LEXICON)
    assert [(hit.group, text[hit.start : hit.end], hit.excepted_by) for hit in hits] == [
        ("COUNTY LINE", "county\u2013lines", "no county lines link"),
        ("COUNTY LINE", "\uff23ounty line", ""),
        ("MISPER", "misper", ""),
    ]
    assert find_hits("xcounty line county_line countyline", LEXICON) == []


def random_graph(rng: random.Random, people: int) -> dict[tuple[int, int], float]:
    pairs = [(a, b) for b in range(people) for a in range(b) if rng.random() < 0.4]
    return {pair: rng.choice((0.25, 0.5, 1.0, 2.0, 3.5)) for pair in sorted(pairs)}


@pytest.mark.parametrize("seed", range(40))
def test_no_cut_of_the_tree_beats_the_bound(seed: int) -> None:
    rng = random.Random(seed)
    size = rng.randint(2, 9)
    weights = random_graph(rng, size)
    merges, membership = walktrap(size, weights, 4)
    for component in components(size, weights):
        tree = sub_tree(component, size, merges)
        assert tree.members[tree.root] == component
        equation = MapEquation(component, weights)
        chosen, bound = equation.best_cut(tree)
        lengths = [equation.length(cut) for cut in tree.cuts()]
        assert bound <= min(lengths) + 1e-9
        assert min(lengths) - 1e-9 <= equation.length(chosen) <= equation.length(tree.levels()[-1]) + 1e-9
        assert equation.length(equation.refine(chosen)) <= equation.length(chosen)
        assert greatest_modularity(tree.levels(), equation.weights) in tree.levels()
    if weights:
        groups = [frozenset(v for v in range(size) if membership[v] == g) for g in sorted(set(membership))]
        levels = sub_levels(size, merges)
        assert modularity(groups, weights) == pytest.approx(max(modularity(level, weights) for level in levels))


def sub_levels(size: int, merges: list[tuple[int, int]]) -> list[list[frozenset[int]]]:
    """Every level of the whole tree."""
    part = {v: frozenset({v}) for v in range(size)}
    levels = [list(part.values())]
    for i, (left, right) in enumerate(merges):
        part[size + i] = part.pop(left) | part.pop(right)
        levels.append(list(part.values()))
    return levels


def test_two_triangles_are_two_groups_under_both_cuts() -> None:
    three = {"ann": "suspect", "bob": "suspect", "cat": "suspect"}
    others = {"dan": "suspect", "eve": "suspect", "fay": "suspect"}
    tables = extracts(
        ("2020-01-01", "county line", three),
        ("2020-01-01", "county line", others),
        ("2020-01-01", "county line", {"cat": "suspect", "dan": "suspect"}),
    )
    tables["reference_groups"] = [complete("reference_groups", nominal_id=p, group_id="soc a") for p in ("ann", "bob")]
    base = Settings()
    for cut in ("map_equation", "modularity"):
        made = brute_force(tables, LEXICON, replace(base, partition=PartitionSettings(cut=cut)))
        assert [(g["group_id"], g["size"], g["associated"]) for g in made.tables["groups"]] == [
            ("ann", 3, True),
            ("dan", 3, False),
        ]
        assert made.tables["groups"][0]["code_length"] == pytest.approx(2.3207303568337903)
        (shared,) = made.tables["reference_overlaps"]
        assert shared["chance_probability"] == pytest.approx(4 / 20)  # C(2,2) C(4,1) / C(6,3)

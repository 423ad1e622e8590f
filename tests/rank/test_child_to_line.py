"""Child to line against the definition itself: a dense solve and every path, on small networks; then the hard cases."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.rank.child_to_line import NO_LINK, links, protected, targets
from countylines.rank.evidence import Evidence
from countylines.rank.lines import connecting
from countylines.rank.linked import FAR, linked
from countylines.rank.ties import ties_of
from countylines.settings import Safeguarding
from countylines.tables import CONNECTING_ROLES, OFFENDER_ROLES, RUN
from tests.rank.small import CHILD, evidence, of_force, table

SETTINGS = Safeguarding()
Found = dict[tuple[str, str], list[tuple[Any, ...]]]


# The definition, plainly: METHOD 5.


def by_hand(case: Evidence, line_people: Mapping[str, set[str]], most: int = 30, top: int = 5) -> Found:
    """For each protected person and kind: (id, score, path, records, share) in order; none where no path is short."""
    there: dict[str, set[str]] = {}
    for record, person, role in case.involvements.select("record_id", "nominal_id", "role").iter_rows():
        if role in CONNECTING_ROLES:
            there.setdefault(record, set()).add(person)
    there = {record: people for record, people in there.items() if len(people) <= most}
    kept = set(case.nominals["nominal_id"])
    guarded = protected(case)
    shared: dict[frozenset[str], list[str]] = {}
    for record, people in sorted(there.items()):
        for pair in itertools.combinations(sorted(people), 2):
            shared.setdefault(frozenset(pair), []).append(record)
    edges = {
        frozenset(row[:2]): row[2] for row in case.edges.select("nominal_a", "nominal_b", "record_ids").iter_rows()
    }
    groups = {group: set(people) for group, people in case.members.items()}
    found: Found = {}
    for person in sorted(guarded & set(case.involvements["nominal_id"])):
        ties = edges | {pair: r for pair, r in shared.items() if person in pair and pair <= kept | {person}}
        vertices = sorted(kept | {person})
        for kind, members in (("group", groups), ("line", line_people)):
            found[person, kind] = one_by_hand(person, vertices, ties, members, guarded)[:top]
    return found


def one_by_hand(
    person: str,
    vertices: list[str],
    ties: Mapping[frozenset[str], Sequence[str]],
    targets: Mapping[str, set[str]],
    guarded: frozenset[str],
) -> list[tuple[Any, ...]]:
    n, c = len(vertices), SETTINGS.restart
    w = np.zeros((n, n))
    for pair, records in ties.items():
        i, j = (vertices.index(name) for name in pair)
        w[i, j] = w[j, i] = len(records)
    w[np.diag_indices(n)] = w.sum(axis=1) == 0
    share = w / w.sum(axis=1)[:, None]
    start = np.array([float(name == person) for name in vertices])
    solve = np.linalg.inv(np.eye(n) - (1 - c) * share.T) * c
    walk, anywhere = solve @ start, solve @ np.full(n, 1 / n)
    assert walk.sum() == pytest.approx(1) and anywhere.sum() == pytest.approx(1)
    rows = []
    for target, people in targets.items():
        members = (people & set(vertices)) - guarded
        path = path_by_hand(person, members, ties)
        if path:
            at = [vertices.index(name) for name in members]
            records = {r for pair in itertools.pairwise(path) for r in ties[frozenset(pair)]}
            rows.append((target, walk[at].sum() / anywhere[at].sum(), path, sorted(records), walk[at].sum()))
    return sorted(rows, key=lambda row: (-round(row[1], 9), row[0]))


def path_by_hand(person: str, members: set[str], ties: Mapping[frozenset[str], Sequence[str]]) -> list[str]:
    """All paths of up to FAR steps, the best first: fewest steps, then largest smallest n, then ids."""
    ways, longer = [], [[person]]
    for _ in range(FAR):
        longer = [
            [*path, other]
            for path in longer
            for pair in ties
            if path[-1] in pair
            for other in pair
            if other not in path
        ]
        ways += [path for path in longer if path[-1] in members]
        if ways:
            break
    least = [(min(len(ties[frozenset(pair)]) for pair in itertools.pairwise(path)), path) for path in ways]
    return min(least, key=lambda way: (-way[0], way[1]))[1] if least else []


def line_tables(people: Mapping[str, set[str]], doubted: Sequence[str] = ()) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Corroborated lines with that evidence."""
    made = table("lines", [{"line_id": line, "corroborated": line not in doubted} for line in sorted(people)])
    rows = [
        {"line_id": line, "record_id": "x", "nominal_id": p, "kind": "name"} for line in people for p in people[line]
    ]
    return made, table("line_evidence", rows)


def as_found(made: pl.DataFrame) -> dict[tuple[str, str], list[dict[str, Any]]]:
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in made.iter_rows(named=True):
        rows.setdefault((row["nominal_id"], row["kind"]), []).append(row)
    return rows


def check(case: Evidence, line_people: Mapping[str, set[str]]) -> pl.DataFrame:
    """The table equals the definition; bands are checked by the score."""
    made = links(case, *line_tables(line_people), SETTINGS)
    expected, found = by_hand(case, line_people), as_found(made)
    for key, rows in expected.items():
        got = found.pop(key)
        if not rows:
            assert [(row["id"], row["band"], row["rank"], row["path"]) for row in got] == [(None, NO_LINK, None, [])]
            continue
        assert [(row["id"], row["path"], row["record_ids"]) for row in got] == [(t, p, r) for t, _, p, r, _ in rows]
        assert [row["rank"] for row in got] == list(range(1, len(rows) + 1))
        for row, (*_, share) in zip(got, rows, strict=True):
            bands = {"strong": SETTINGS.strong_link, "some": SETTINGS.some_link, "weak": 0}
            if min(abs(share - edge) for edge in bands.values()) > 1e-9:
                assert row["band"] == next(band for band, least in bands.items() if share >= least)
    assert {kind for _, kind in found} <= {"adult"}
    assert made.equals(made.sort(RUN["safeguarding_links"].key))
    return made


KEPT, OTHERS = "abcdefgh", "uvwxyz"


@st.composite
def networks(draw: st.DrawFn) -> tuple[Evidence, dict[str, set[str]]]:
    """Up to eight kept people and six others who meet in pairs and threes, some children, in groups and lines."""
    everybody = st.sampled_from(KEPT + KEPT + OTHERS)
    meetings = draw(st.lists(st.tuples(st.lists(everybody, min_size=2, max_size=3), st.integers(1, 3)), max_size=14))
    roles = set()
    for number, (people, times) in enumerate(meetings):
        each = [(person, draw(st.sampled_from(ROLES))) for person in people]
        roles |= {(f"crime:{number}.{time}", person, role) for time in range(times) for person, role in each}
    kept = set(KEPT) - draw(st.sets(st.sampled_from(KEPT), max_size=3))
    groups = {
        group: {p for p in kept if draw(st.integers(0, 3)) == number} for number, group in enumerate(("G1", "G2"))
    }
    groups = {group: people for group, people in groups.items() if people}
    alone = kept - set().union(*groups.values())
    children = draw(st.sets(st.sampled_from(KEPT + OTHERS), max_size=5))
    ageless = draw(st.sets(st.sampled_from(KEPT + OTHERS), max_size=1))
    born = {p: {"date_of_birth": CHILD} for p in children} | {p: {"date_of_birth": None} for p in ageless}
    victims = [{"nominal_id": p} for p in draw(st.sets(st.sampled_from(KEPT + OTHERS), max_size=2))]
    case = evidence(roles, groups=groups, alone=alone, people=born, small={"known_victims": victims})
    dropped = draw(st.integers(0, 3))  # pairs without an edge: associates who never met a matched person
    case = dataclasses.replace(case, edges=case.edges.head(max(0, len(case.edges) - dropped)))
    people = st.sets(st.sampled_from(KEPT + OTHERS), min_size=1, max_size=4)
    return case, draw(st.dictionaries(st.sampled_from(["L1", "L2", "L3"]), people, max_size=3))


ROLES = ("suspect", "convicted", "victim", "subject", "associate", "missing", "witness")


@given(networks())
def test_it_is_the_definition(case: tuple[Evidence, dict[str, set[str]]]) -> None:
    check(*case)


@given(networks())
def test_its_scores_are_the_definitions_to_nine_digits(case: tuple[Evidence, dict[str, set[str]]]) -> None:
    given, line_people = case
    guarded = protected(given)
    people = sorted(guarded & set(given.involvements["nominal_id"]))
    ties = ties_of(given.nominals, given.edges, connecting(given.involvements, 30), people)
    shown = [targets("group", given.members, ties, guarded), targets("line", line_people, ties, guarded)]
    found = linked(ties, [one.member for one in shown], SETTINGS.restart)
    names = list(ties.starts)
    for (person, kind), rows in by_hand(given, line_people, top=99).items():
        near, ids = found[kind == "line"], shown[kind == "line"].ids
        mine = np.flatnonzero(near.start == names.index(person)) if person in names else []
        got = {ids[near.target[i]]: (near.score[i], near.share[i], near.steps[i]) for i in mine}
        assert got.keys() == {target for target, *_ in rows}
        for target, score, path, _, share in rows:
            exact = (pytest.approx(score, rel=1e-9), pytest.approx(share, abs=1e-11), len(path) - 1)
            assert got[target] == exact


def test_the_path_is_the_widest_of_the_shortest_then_the_first_by_ids() -> None:
    def met(*pairs: tuple[str, int]) -> list[tuple[str, str, str]]:
        return [(f"crime:{pair}{i}", name, "subject") for pair, times in pairs for i in range(times) for name in pair]

    def path(*pairs: tuple[str, int], goal: str = "x") -> str:
        case = evidence(
            met(*pairs), groups={"G1": goal}, alone=set("abcdexy") - set(goal), people={"z": {"date_of_birth": CHILD}}
        )
        return "".join(links(case, *line_tables({}), SETTINGS).filter(kind="group")["path"][0])

    assert path(("za", 1), ("ax", 1), ("zb", 2), ("bx", 2)) == "zbx"  # wider
    assert path(("za", 3), ("ax", 1), ("zb", 1), ("bx", 3)) == "zax"  # as narrow, the first
    assert path(("za", 1), ("zb", 2), ("ac", 3), ("bc", 2), ("cx", 2)) == "zbcx"  # widest over the whole way
    assert path(("za", 2), ("ab", 2), ("ac", 3), ("bx", 2), ("cx", 2)) == "zabx"  # wider in the middle is no better
    assert path(("za", 9), ("ab", 9), ("bx", 9), ("zy", 1), ("yx", 1)) == "zyx"  # fewer steps come first
    both = [("za", 3), ("ac", 3), ("cx", 3), ("ad", 1), ("dx", 1), ("zb", 2), ("be", 2), ("ex", 2)]
    assert path(*both) == "zacx"  # the wider of two ways on from a, though the narrow one comes later
    assert path(("zb", 1), ("za", 1), goal="ab") == "za"  # the nearest member, then by id


def test_mentions_make_nobody_a_member() -> None:
    case = evidence(chain(1), alone=["p1"], people={"kid": {"date_of_birth": CHILD}})
    made, behind = line_tables({"L1": {"p1"}})
    for kind, link in (("number", "L1"), ("mention", None)):
        found = links(case, made, behind.with_columns(kind=pl.lit(kind)), SETTINGS)
        assert found.filter(kind="line")["id"].to_list() == [link]


@given(networks())
def test_people_first(case: tuple[Evidence, dict[str, set[str]]]) -> None:
    given, line_people = case
    guarded = protected(given)
    made = links(given, *line_tables(line_people), SETTINGS)
    assert set(made["nominal_id"]) == guarded & set(given.involvements["nominal_id"])
    adults = made.filter(kind="adult")
    assert not set(adults["id"]) & guarded and adults["band"].null_count() == len(adults)
    for path in made.filter(pl.col("kind").is_in(["group", "line"]))["path"]:
        assert not len(path) or path[-1] not in guarded
    connecting = {
        tuple(row) for row in given.involvements.filter(pl.col("role").is_in(CONNECTING_ROLES)).rows() if len(row)
    }
    offending = {(record, person) for record, person, role in connecting if role in OFFENDER_ROLES}
    there = {(record, person) for record, person, _ in connecting}
    expected = {
        (child, adult): sorted(r for r, p in offending if p == adult and (r, child) in there)
        for child in guarded
        for adult in {p for _, p in offending} - guarded
    }
    got = {(row["nominal_id"], row["id"]): row["record_ids"] for row in adults.iter_rows(named=True)}
    assert got == {pair: records for pair, records in expected.items() if records}
    for (child, _), rows in as_found(adults).items():
        assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
        assert [row["id"] for row in rows] == sorted(
            (row["id"] for row in rows), key=lambda a: (-len(got[child, a]), a)
        )


def chain(length: int) -> list[tuple[str, str, str]]:
    """A child and that many people in a row, each sharing one record with the next."""
    names = ["kid", *(f"p{i}" for i in range(1, length + 1))]
    return [(f"crime:{i}", name, "subject") for i, pair in enumerate(itertools.pairwise(names)) for name in pair]


def test_no_link_beyond_four_steps() -> None:
    for length, near in ((4, True), (5, False)):
        last = f"p{length}"
        alone = [f"p{i}" for i in range(1, length)]
        case = evidence(chain(length), groups={"G1": [last]}, alone=alone, people={"kid": {"date_of_birth": CHILD}})
        made = check(case, {"L1": {last}})
        assert made["id"].to_list() == (["G1", "L1"] if near else [None, None])
        assert made["band"].to_list()[0] == NO_LINK or near


def test_a_person_without_any_tie_and_one_without_any_record() -> None:
    roles = [("crime:1", "kid", "missing"), ("crime:2", "ann", "suspect"), ("crime:2", "bob", "suspect")]
    people = {name: {"date_of_birth": CHILD} for name in ("kid", "none")}
    made = check(evidence(roles, groups={"G1": ["ann", "bob"]}, people=people), {})
    assert made.select("nominal_id", "kind", "id", "band").rows() == [
        ("kid", "group", None, NO_LINK),
        ("kid", "line", None, NO_LINK),
    ]


def test_witnesses_and_crowds_tie_nobody() -> None:
    crowd = [("crime:1", f"p{i:02}", "subject") for i in range(30)]
    people = {"kid": {"date_of_birth": CHILD}}
    for role, ties in (("subject", False), ("witness", False)):
        roles = [*crowd, ("crime:1", "kid", role), ("crime:2", "p01", "subject")]
        made = links(evidence(roles, groups={"G1": ["p01", "p02"]}, people=people), *line_tables({}), SETTINGS)
        assert (made["band"].to_list() != [NO_LINK] * 2) is ties
    roles = [*crowd[:-1], ("crime:1", "kid", "subject")]
    case = evidence(roles, groups={"G1": ["p01", "p02"]}, people=people)
    assert links(case, *line_tables({}), SETTINGS).row(0, named=True)["id"] == "G1"
    assert links(case, *line_tables({}), SETTINGS, max_record_nominals=29)["band"].to_list() == [NO_LINK] * 2


def test_lines_that_only_one_record_speaks_of_are_left_out() -> None:
    case = evidence(chain(1), groups={"G1": ["p1"]}, people={"kid": {"date_of_birth": CHILD}})
    made = links(case, *line_tables({"L1": {"p1"}, "L2": {"p1"}}, doubted=["L1"]), SETTINGS)
    assert made.filter(kind="line")["id"].to_list() == ["L2"]


def test_the_nearest_of_equal_lines_comes_by_id_and_only_the_top_is_shown() -> None:
    case = evidence(chain(1), alone=["p1"], people={"kid": {"date_of_birth": CHILD}})
    made = links(case, *line_tables({f"L{i}": {"p1"} for i in range(9)}), dataclasses.replace(SETTINGS, top=3))
    assert made.filter(kind="line")["id"].to_list() == ["L0", "L1", "L2"]


def test_people_of_unknown_age_are_walked_from_unless_they_count_as_adult() -> None:
    case = evidence(chain(1), groups={"G1": ["p1"]}, people={"kid": {"date_of_birth": None}})
    assert set(links(case, *line_tables({}), SETTINGS)["nominal_id"]) == {"kid"}
    assert links(case, *line_tables({}), SETTINGS, unknown_age="adult").is_empty()


def test_no_people_at_all() -> None:
    made = links(evidence(), *line_tables({}), SETTINGS)
    assert made.is_empty() and made.columns == RUN["safeguarding_links"].names


def test_two_kept_children_with_a_tie_that_the_graph_lacks() -> None:
    roles = [*chain(2), ("crime:9", "pal", "subject"), ("crime:9", "kid", "subject")]
    young = {name: {"date_of_birth": CHILD} for name in ("kid", "pal")}
    case = evidence(roles, groups={"G1": ["p2"]}, alone=["kid", "pal", "p1"], people=young)
    case = dataclasses.replace(case, edges=case.edges.filter(pl.col("nominal_b") != "pal"))  # two associates
    made = links(case, *line_tables({}), SETTINGS).filter(kind="group")
    assert made["path"].to_list() == [["kid", "p1", "p2"], ["pal", "kid", "p1", "p2"]]


def test_the_number_of_threads_changes_nothing(tmp_path: Path) -> None:
    made = of_force(tmp_path, 20_000, 3)
    people = {f"L{i}": set(ids) for i, ids in enumerate(made.members.values())}
    one, two, five = (links(made, *line_tables(people), SETTINGS, workers=workers) for workers in (1, 2, 5))
    assert len(one) > 100 and one.equals(two) and one.equals(five)
    lines, groups = (one.filter(pl.col("kind") == kind).drop("kind", "id") for kind in ("line", "group"))
    assert lines.equals(groups)  # the same people make the same link, under whatever name

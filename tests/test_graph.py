"""The border: tables and lists of edges to graphs."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countylines.errors import InputError
from countylines.graph import Graph, components, graph_from, graph_of, numbered, read_edges, split


def ties(graph: Graph) -> dict[str, float]:
    """Each tie as the two ids side by side, with its weight."""
    rows = zip(graph.a.tolist(), graph.b.tolist(), graph.w.tolist(), strict=True)
    return {f"{graph.ids[a]}-{graph.ids[b]}": w for a, b, w in rows}


def kept(**entered_by: str) -> pl.DataFrame:
    return pl.DataFrame({"nominal_id": list(entered_by), "entered_by": list(entered_by.values())})


def edge_table(*rows: tuple[str, str, float, int, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["nominal_a", "nominal_b", "weight", "n_records", "kind"], orient="row")


def test_the_graph_holds_all_kept_people_and_the_ties_of_the_method() -> None:
    nominals = kept(dan="associate", ann="matched", cat="associate", bob="matched", eve="matched")
    graph = graph_of(
        nominals,
        edge_table(
            ("ann", "bob", 0.75, 2, "associative"),
            ("bob", "cat", 0.5, 1, "associative"),  # one end matched
            ("cat", "dan", 0.5, 3, "associative"),  # neither end matched
            ("ann", "cat", 0.5, 1, "adversarial"),
            ("ann", "dan", 0.0, 4, "associative"),  # b = 0
        ),
    )
    assert graph.ids == ("ann", "bob", "cat", "dan", "eve")
    assert ties(graph) == {"ann-bob": 1.5, "bob-cat": 0.5}  # w = b * n
    assert (graph.a.dtype, graph.w.dtype) == (np.int64, np.float64)


def test_an_edge_to_someone_unknown_is_refused() -> None:
    with pytest.raises(InputError, match="edges: 'zoe' is not among the nominals"):
        graph_of(kept(ann="matched"), edge_table(("ann", "zoe", 0.5, 1, "associative")))


def test_no_edges_at_all() -> None:
    graph = graph_of(kept(ann="matched", bob="associate"), edge_table())
    assert (graph.ids, len(graph.w)) == (("ann", "bob"), 0)
    assert components(graph).tolist() == [0, 1]
    assert graph.strength.tolist() == [0, 0]
    assert list(split(graph_from([], {}), components(graph_from([], {})))) == []


@given(seed=st.integers(0, 9999), n=st.integers(1, 20))
def test_edges_are_sorted_with_a_below_b_whatever_the_order_of_rows(seed: int, n: int) -> None:
    rng = random.Random(seed)
    ids = [f"n{i}" for i in range(n)]  # n10 stands before n2
    pairs = {(u, v): rng.random() for u in ids for v in ids if u < v and rng.random() < 0.3}
    turned = [((v, u) if rng.random() < 0.5 else (u, v), w) for (u, v), w in pairs.items()]
    graph, other = graph_from(ids, pairs), graph_from(rng.sample(ids, n), dict(rng.sample(turned, len(turned))))
    assert graph.ids == other.ids == tuple(sorted(ids))
    assert (graph.a < graph.b).all()
    assert list(zip(graph.a, graph.b, strict=True)) == sorted(zip(graph.a, graph.b, strict=True))
    assert list(ties(other).items()) == list(ties(graph).items())
    assert ties(graph) == {f"{u}-{v}": w for (u, v), w in pairs.items()}


@given(seed=st.integers(0, 9999), n=st.integers(1, 25))
def test_components_are_who_can_reach_whom_and_split_loses_nothing(seed: int, n: int) -> None:
    rng = random.Random(seed)
    ids = [f"n{i:02d}" for i in range(n)]
    pairs = {(u, v): rng.random() for u in ids for v in ids if u < v and rng.random() < 0.7 / n}
    graph = graph_from(ids, pairs)
    reached = {u: {u} for u in ids}
    for _ in ids:
        for u, v in pairs:
            reached[u] |= reached[v]
            reached[v] |= reached[u]
    number = components(graph)
    first = sorted({min(each) for each in reached.values()})
    assert number.tolist() == [first.index(min(reached[u])) for u in ids]
    parts = list(split(graph, number))
    assert [part.ids for _, part in parts] == [tuple(sorted(reached[u])) for u in first]
    assert all(tuple(ids[u] for u in own) == part.ids for own, part in parts)
    assert {tie: w for _, part in parts for tie, w in ties(part).items()} == ties(graph)
    for _, part in parts:
        assert list(zip(part.a, part.b, strict=True)) == sorted(zip(part.a, part.b, strict=True))


def test_strength_is_the_sum_of_weights_at_a_vertex() -> None:
    graph = graph_from("abc", {("a", "b"): 0.5, ("c", "a"): 2.0})
    assert graph.strength.tolist() == [2.5, 0.5, 2.0]


@given(st.lists(st.integers(-3, 3)))
def test_numbered_goes_by_first_appearance(labels: list[int]) -> None:
    order = list(dict.fromkeys(labels))
    assert numbered(labels).tolist() == [order.index(label) for label in labels]


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "edges.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b,weight\nx,y,2\n", {"x-y": 2.0}),
        ("a,b\nx,y\ny,z\n", {"x-y": 1.0, "y-z": 1.0}),
        ("source,target,weight\r\nx,y,0.5\r\n", {"x-y": 0.5}),
        ("weight,note,b,a\n1e3,hello,y,x\n", {"x-y": 1000.0}),
        ("\ufeff A , B ,Weight\n x , y , 3 \n\n", {"x-y": 3.0}),
        ('a,b\n"x,1","two\nlines"\n', {"two\nlines-x,1": 1.0}),
        ("a,b,weight\nx,y,1\ny,x,2\nx,y,4\n", {"x-y": 7.0}),  # parallel and reversed
        ("a,b\n10,9\n9,010\n", {"10-9": 1.0, "010-9": 1.0}),  # ids are text: 10 before 9, and 010 is not 10
        ("a,b,source,target\nx,y,p,q\n", {"x-y": 1.0}),
    ],
)
def test_lists_of_edges(tmp_path: Path, text: str, expected: dict[str, float]) -> None:
    assert ties(read_edges(written(tmp_path, text))) == expected


def test_the_sum_of_parallel_edges_does_not_depend_on_their_order(tmp_path: Path) -> None:
    weights = ["0.1", "0.2", "0.3"]
    orders = (weights, weights[::-1], sorted(weights))
    texts = ["a,b,weight\n" + "".join(f"x,y,{w}\n" for w in order) for order in orders]
    assert len({read_edges(written(tmp_path, text)).w[0] for text in texts}) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "edges.csv, a: there is no column 'a'."),
        ("x,y\n1,2\n", "edges.csv, a: there is no column 'a'."),
        ("a,target\n1,2\n", "edges.csv, b: there is no column 'b'."),
        ("source,weight\n1,2\n", "edges.csv, target: there is no column 'target'."),
        ("a,b\n", "edges.csv: there is no edge in it."),
        ("a,b,weight\nx,y,1\nx,z,heavy\n", "edges.csv, row 2, weight: 'heavy' is not a number."),
        ("a,b,weight\nx,y,1_000\n", "edges.csv, row 1, weight: '1_000' is not a number."),
        ("a,b,weight\nx,y,\n", "edges.csv, row 1, weight: '' is not a number."),
        ("a,b,weight\nx,y\n", "edges.csv, row 1, weight: '' is not a number."),
        ("a,b,weight\nx,y,0\n", "edges.csv, row 1, weight: '0' can't be a weight."),
        ("a,b,weight\nx,y,-2\n", "edges.csv, row 1, weight: '-2' can't be a weight."),
        ("a,b,weight\nx,y,nan\n", "edges.csv, row 1, weight: 'nan' can't be a weight."),
        ("a,b,weight\nx,y,inf\n", "edges.csv, row 1, weight: 'inf' can't be a weight."),
        ("a,b,weight\nx,y,1e200\n", "edges.csv, row 1, weight: '1e200' can't be a weight."),
        ("a,b,weight\nx,y,1e-200\n", "edges.csv, row 1, weight: '1e-200' can't be a weight."),
        ("a,b\nx,y\nz, z\n", "edges.csv, row 2, b: 'z' is tied to itself."),
        ("source,target\nx,\n", "edges.csv, row 1, target: there is no id."),
        ("a,b\n,y\n", "edges.csv, row 1, a: there is no id."),
        ("a,b\nx\n", "edges.csv, row 1, b: there is no id."),
        ('a,b\nx,y\nx,"z\n', "edges.csv, row 2: this is not CSV: unexpected end of data."),
        (b"a,b\nx,\xff\n", "edges.csv: the file is not UTF-8 text."),
    ],
)
def test_bad_lists_are_refused_with_their_place(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(InputError) as error:
        read_edges(written(tmp_path, text))
    assert str(error.value).startswith(message)
    assert len(str(error.value)) > len(message)  # what to do follows


def test_no_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file can't be read: No such file"):
        read_edges(tmp_path / "none.csv")
    with pytest.raises(InputError, match="the file can't be read: Is a directory"):
        read_edges(tmp_path)

"""Files in, a file out: never without a word on who is protected."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from countylines.errors import InputError
from countylines.rank.dismantle.edgelist import dismantle_file
from countylines.rank.dismantle.nodes import read_nodes

CHAIN = "a,b\nu,v\nv,w\nw,x\nx,y\n"
NODES = "node,harm,cost,protected\nu,1,1,false\nv,1,1,false\nw,1,1,true\nx,1,1,false\ny,1,1,false\n"
OURS = "nominal_a,nominal_b,weight,n_records,kind,record_ids\nu,v,1,2,associative,r1\nv,w,1,2,adversarial,r2\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def edges(tmp_path: Path) -> Path:
    return write(tmp_path / "edges.csv", CHAIN)


def test_the_order_with_all_removable_says_so_in_every_row(edges: Path, tmp_path: Path) -> None:
    out = tmp_path / "order.csv"
    made = dismantle_file(edges, out, all_removable=True)
    found = read(out)
    assert list(found[0]) == ["step", "node", "largest_component", "harm_connected", "proof", "removable"]
    assert [row["node"] for row in found] == ["", "w", "u", "x", "v", "y"]
    assert [float(row["harm_connected"]) for row in found] == [25, 8, 5, 2, 1, 0]
    assert {row["removable"] for row in found} == {"all, by --all-removable"}
    assert (made.people, made.ties, made.removable, made.steps, made.before, made.after) == (5, 4, 5, 5, 5, 0)
    assert "lawful disruption or support to stop" in made.lines[-1]


def test_protected_people_stay(edges: Path, tmp_path: Path) -> None:
    nodes, out = write(tmp_path / "nodes.csv", NODES), tmp_path / "order.csv"
    for number, question in enumerate(({}, {"order": True}, {"k": 2}, {"target": 0.1})):
        out = tmp_path / f"order{number}.csv"
        dismantle_file(edges, out, nodes, **question)
        found = read(out)
        assert len(found) > 1
        assert "w" not in {row["node"] for row in found}
        assert {row["removable"] for row in found} == {"by protected in nodes.csv"}


def test_each_question_has_its_proof(edges: Path, tmp_path: Path) -> None:
    dismantle_file(edges, tmp_path / "k.csv", k=2, all_removable=True)
    dismantle_file(edges, tmp_path / "goal.csv", target=0.5, all_removable=True)
    one, other = read(tmp_path / "k.csv"), read(tmp_path / "goal.csv")
    assert ([row["node"] for row in one], one[0]["proof"]) == (["", "v", "x"], "optimal")
    assert [row["node"] for row in other] == ["", "w"] and other[-1]["largest_component"] == "2"
    assert other[0]["proof"] == "best found: betweenness inside the largest component, then reinsertion"


def test_harm_and_cost_are_read_and_people_without_ties_count(edges: Path, tmp_path: Path) -> None:
    nodes = write(tmp_path / "nodes.csv", NODES.replace("u,1,1", "u,9,0.1") + "alone,,,FALSE\n")
    made = dismantle_file(edges, tmp_path / "order.csv", nodes)
    found = read(tmp_path / "order.csv")
    assert found[1]["node"] == "u"
    assert float(found[0]["harm_connected"]) == 13**2 + 1
    assert (made.people, made.removable) == (6, 5)


def test_without_a_word_on_who_is_protected_it_refuses(edges: Path, tmp_path: Path) -> None:
    nodes, out = write(tmp_path / "nodes.csv", "node\nu\nv\nw\nx\ny\n"), tmp_path / "order.csv"
    for given in (None, nodes):
        with pytest.raises(InputError, match="protected: nothing says who is protected"):
            dismantle_file(edges, out, given)
    dismantle_file(edges, out, nodes, all_removable=True)
    assert len(read(out)) == 6


def test_all_removable_does_not_overrule_a_file(edges: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="says who may not be removed"):
        dismantle_file(edges, tmp_path / "o.csv", write(tmp_path / "nodes.csv", NODES), all_removable=True)


@pytest.mark.parametrize(
    "edges_text", [OURS, "a,b,record_ids\nu,v,r1\n", "source,target,n_records\nu,v,1\n", "A,B,Record_IDs\nu,v,r1\n"]
)
@pytest.mark.parametrize("nodes_text", [None, "node\nu\nv\nw\n", NODES, "node,held\nu,\nv,\nw,\n"])
def test_edges_of_a_run_need_the_whole_status(tmp_path: Path, edges_text: str, nodes_text: str | None) -> None:
    edges = write(tmp_path / "edges.csv", edges_text)
    nodes = None if nodes_text is None else write(tmp_path / "nodes.csv", nodes_text)
    for everybody in (False, True):
        with pytest.raises(InputError, match="a run made this file, so there may be children in it"):
            dismantle_file(edges, tmp_path / "order.csv", nodes, all_removable=everybody)
    assert not (tmp_path / "order.csv").exists()


def test_edges_of_a_run_with_the_whole_status(tmp_path: Path) -> None:
    """Protected and held people stay; adversarial edges are no ties."""
    edges = write(tmp_path / "edges.csv", OURS)
    nodes = write(
        tmp_path / "nodes.csv",
        "nominal_id,protected,held,rankable\nu,false,[],true\nv,true,[],false\nw,false,was under 18,false\n",
    )
    made = dismantle_file(edges, tmp_path / "order.csv", nodes)
    assert [row["node"] for row in read(tmp_path / "order.csv")] == ["", "u"]
    assert (made.people, made.ties, made.before) == (3, 1, 2)


@pytest.mark.parametrize(
    ("cells", "free"),
    [
        ("false,false,true", True),
        ("False,[],TRUE", True),
        ("no,0,yes", True),
        ("true,false,true", False),
        ("false,true,true", False),
        ("false,a reason,true", False),
        ("false,false,false", False),
        (",false,true", False),
        ("false,,true", False),
        ("false,false,", False),
    ],
)
def test_unknown_is_not_free(tmp_path: Path, cells: str, free: bool) -> None:
    nodes = read_nodes(write(tmp_path / "nodes.csv", f"node,protected,held,rankable\nu,{cells}\n"))
    assert nodes.people["u"].removable is free


@pytest.mark.parametrize(
    ("nodes", "what"),
    [
        ("protected\nfalse\n", "nodes.csv, node: there is no column 'node'. The first row must name it."),
        ("node,protected\n,false\n", "nodes.csv, row 1, node: there is no id. Each row needs one."),
        ("node,protected\nu,false\nu,true\n", "nodes.csv, row 2, node: 'u' is there twice. Keep one row."),
        ("node,protected\nu,maybe\n", "nodes.csv, row 1, protected: 'maybe' is neither true nor false. Write true or"),
        ("node,cost,protected\nu,0,false\n", "nodes.csv, row 1, cost: '0' can't be a cost. Give a number above 0, or"),
        ("node,harm,protected\nu,many,false\n", "nodes.csv, row 1, harm: 'many' can't be a harm."),
        ("node,harm,protected\nu,nan,false\n", "nodes.csv, row 1, harm: 'nan' can't be a harm."),
        ("node,protected\nu,false\nv,false\n", "nodes.csv, node: 'w' of edges.csv is not in it (3 such in all). Give"),
        ('node,protected\n"u,false\n', "nodes.csv, row 1: this is not CSV"),
    ],
)
def test_wrong_nodes_are_named(edges: Path, tmp_path: Path, nodes: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        dismantle_file(edges, tmp_path / "order.csv", write(tmp_path / "nodes.csv", nodes))
    assert str(caught.value).startswith(what)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["edges.csv", "nodes.csv"]


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ({"k": 2, "target": 0.1}, "--k: these are several questions."),
        ({"order": True, "target": 0.1}, "--k: these are several questions."),
        ({"target": 0}, "--target: 0 isn't a share."),
        ({"target": 1.5}, "--target: 1.5 isn't a share."),
        ({"k": 0}, "--k: 0 can't be a number of people."),
        ({"k": float("nan")}, "--k: nan can't be a number of people."),
    ],
)
def test_wrong_questions_are_refused(edges: Path, tmp_path: Path, question: dict[str, float], what: str) -> None:
    with pytest.raises(InputError) as caught:
        dismantle_file(edges, tmp_path / "order.csv", all_removable=True, **question)
    assert str(caught.value).startswith(what)


def test_an_existing_file_is_kept(edges: Path, tmp_path: Path) -> None:
    out = write(tmp_path / "order.csv", "mine")
    with pytest.raises(InputError, match="something of this name already"):
        dismantle_file(edges, out, all_removable=True)
    with pytest.raises(InputError, match="the folder does not exist"):
        dismantle_file(edges, tmp_path / "no" / "order.csv", all_removable=True)
    with pytest.raises(InputError, match="can't be read"):
        dismantle_file(edges, tmp_path / "new.csv", tmp_path / "no.csv")
    assert out.read_text(encoding="utf-8") == "mine"


def test_no_cell_can_be_taken_for_a_formula(tmp_path: Path) -> None:
    edges = write(tmp_path / "edges.csv", "a,b\n=1+1,hub\n+44,hub\n-3,hub\n@x,hub\nplain,hub\n")
    dismantle_file(edges, tmp_path / "order.csv", all_removable=True)
    nodes = {row["node"] for row in read(tmp_path / "order.csv")}
    assert nodes == {"", "hub", "'=1+1", "'+44", "'-3", "'@x", "plain"}


def test_the_same_bytes_whatever_the_order_of_rows(edges: Path, tmp_path: Path) -> None:
    header, *ties = CHAIN.splitlines()
    turned = write(tmp_path / "t.csv", "\n".join([header, *(",".join(tie.split(",")[::-1]) for tie in ties[::-1])]))
    dismantle_file(edges, tmp_path / "one.csv", all_removable=True)
    dismantle_file(turned, tmp_path / "other.csv", all_removable=True)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()


def test_the_command(edges: Path, tmp_path: Path) -> None:
    start = [sys.executable, "-c", "from countylines.cli import main; main()"]
    command = [*start, "dismantle", str(edges), "--out", str(tmp_path / "order.csv")]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "nothing says who is protected" in refused.stderr
    made = subprocess.run([*command, "--all-removable", "--k", "1"], capture_output=True, text=True, check=True)
    assert "5 people and 4 ties; 5 people may be removed." in made.stdout
    assert [row["node"] for row in read(tmp_path / "order.csv")] == ["", "w"]

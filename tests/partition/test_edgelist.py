"""A file in, a file out."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from countylines.errors import InputError
from countylines.graph import Graph, read_edges
from countylines.partition import edgelist, partition_file
from countylines.partition.edgelist import Written

TRIANGLES = "a,b\nx1,x2\nx1,x3\nx2,x3\nx3,y1\ny1,y2\ny1,y3\ny2,y3\ny3,y4\nz1,z2\n"


@pytest.fixture
def edges(tmp_path: Path) -> Path:
    path = tmp_path / "edges.csv"
    path.write_text(TRIANGLES, encoding="utf-8")
    return path


def test_every_node_is_listed_and_groups_are_numbered_by_size(edges: Path, tmp_path: Path) -> None:
    out = tmp_path / "groups.csv"
    written = partition_file(edges, out)
    assert out.read_text(encoding="utf-8").splitlines() == [
        "node,group",
        *("x1,2", "x2,2", "x3,2"),
        *("y1,1", "y2,1", "y3,1", "y4,1"),
        *("z1,3", "z2,3"),
    ]
    assert written == Written(nodes=9, edges=9, weight=9.0, groups=3, largest=4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["edges.csv", "groups.csv"]


def test_a_node_the_cut_leaves_alone_has_a_group_of_its_own(tmp_path: Path) -> None:
    edges, out = tmp_path / "edges.csv", tmp_path / "groups.csv"
    network = Path(__file__).parents[1] / "reference" / "networks" / "caviar_edges.csv"
    edges.write_bytes(network.read_bytes())
    written = partition_file(edges, out, cut="modularity", steps=4)
    with out.open(encoding="utf-8") as rows:
        groups = [int(row["group"]) for row in csv.DictReader(rows)]
    sizes = [groups.count(number) for number in range(1, written.groups + 1)]
    assert (written.nodes, written.groups) == (110, 22)
    assert sizes[:12] == [49, 16, 12, 11, 4, 2, 1, 1, 1, 1, 1, 1]  # the reference's weighted run
    assert sum(sizes) == 110


def test_the_same_bytes_whatever_the_order_of_rows(edges: Path, tmp_path: Path) -> None:
    header, *rows = TRIANGLES.splitlines()
    turned = tmp_path / "turned.csv"
    turned.write_text("\n".join([header, *(",".join(row.split(",")[::-1]) for row in rows[::-1])]), encoding="utf-8")
    partition_file(edges, tmp_path / "one.csv")
    partition_file(turned, tmp_path / "other.csv")
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()


def test_ids_stand_as_they_came(tmp_path: Path) -> None:
    ids = ["=1+1", "+44", "-3", "@x", 'say "hi"', "a,b", "two\nlines", "Zoë", "007", "7"]
    edges, out = tmp_path / "edges.csv", tmp_path / "groups.csv"
    with edges.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("a", "b"), *((one, "hub") for one in ids)])
    partition_file(edges, out)
    with out.open(encoding="utf-8", newline="") as file:
        assert [row["node"] for row in csv.DictReader(file)] == sorted([*ids, "hub"])


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"cut": "louvain"}, "--cut: there is no cut 'louvain'. Give map_equation or modularity."),
        ({"steps": 0}, "--steps: 0 steps aren't allowed. Give 1 to 100."),
        ({"steps": 101}, "--steps: 101 steps aren't allowed. Give 1 to 100."),
    ],
)
def test_wrong_options_are_refused(edges: Path, tmp_path: Path, options: dict[str, object], what: str) -> None:
    with pytest.raises(InputError) as error:
        partition_file(edges, tmp_path / "groups.csv", **options)  # type: ignore[arg-type]
    assert str(error.value) == what
    assert not (tmp_path / "groups.csv").exists()


def test_an_existing_file_stays_unless_asked(edges: Path, tmp_path: Path) -> None:
    out = tmp_path / "groups.csv"
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="there is something of this name already"):
        partition_file(edges, out)
    assert out.read_text(encoding="utf-8") == "mine"
    partition_file(edges, out, overwrite=True)
    assert out.read_text(encoding="utf-8").startswith("node,group\n")


def test_nor_does_one_go_that_came_while_we_were_at_work(
    edges: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "groups.csv"

    def meanwhile(path: Path) -> Graph:
        out.write_text("theirs", encoding="utf-8")
        return read_edges(path)

    monkeypatch.setattr(edgelist, "read_edges", meanwhile)
    with pytest.raises(InputError, match="there is something of this name already"):
        partition_file(edges, out)
    assert out.read_text(encoding="utf-8") == "theirs"


def test_a_bad_row_leaves_the_existing_file(edges: Path, tmp_path: Path) -> None:
    out = tmp_path / "groups.csv"
    out.write_text("mine", encoding="utf-8")
    edges.write_text(TRIANGLES + "q,q\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"edges\.csv, row 10, b: 'q' is tied to itself"):
        partition_file(edges, out, overwrite=True)
    assert out.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_is_never_written_over(edges: Path, tmp_path: Path, overwrite: bool) -> None:
    (tmp_path / "groups").mkdir()
    with pytest.raises(InputError, match="there is something of this name already"):
        partition_file(edges, tmp_path / "groups", overwrite=overwrite)
    with pytest.raises(InputError, match="the folder does not exist"):
        partition_file(edges, tmp_path / "none" / "groups.csv", overwrite=overwrite)


FULL_DISK = """
import resource, sys
from pathlib import Path
from countylines.errors import InputError
from countylines.graph import Graph, read_edges
from countylines.partition import edgelist, partition_file
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
try:
    partition_file(Path(sys.argv[1]), Path(sys.argv[2]))
except InputError as error:
    print(error)
"""


def test_a_full_disk_leaves_nothing_behind(edges: Path, tmp_path: Path) -> None:
    """In a process of its own, where a file may hold ten bytes."""
    out = tmp_path / "groups.csv"
    command = [sys.executable, "-c", FULL_DISK, str(edges), str(out)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed.startswith(f"{out}: the file can't be written: File too large.")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["edges.csv"]

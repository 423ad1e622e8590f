"""The real data behind the examples: what the canonical extracts hold is what was published."""

import csv
import importlib.util
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import networkx as nx
import pytest

from countylines.settings import load_settings
from countylines.tables import EXTRACTS, OTHER_ROLES, ROLES

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module", params=["stlouis", "infinito"])
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return extracts(request.param, tmp_path_factory.mktemp(request.param))


def extracts(name: str, folder: Path) -> Path:
    """Run the example's script; its module has no package."""
    spec = importlib.util.spec_from_file_location(f"make_{name}", EXAMPLES / name / "make_extracts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(folder)
    return folder


def read(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def projection(folder: Path, leave_out: tuple[str, ...] = ()) -> nx.Graph:
    """People with a tie for every pair that shares a record."""
    graph: nx.Graph = nx.Graph()
    graph.add_nodes_from(row["nominal_id"] for row in read(folder, "nominals"))
    people = defaultdict(set)
    for row in read(folder, "involvements"):
        if row["role"] not in leave_out:
            people[row["record_id"]].add(row["nominal_id"])
    for together in people.values():
        graph.add_edges_from(combinations(sorted(together), 2))
    return graph


def largest(graph: nx.Graph) -> tuple[int, int]:
    component = graph.subgraph(max(nx.connected_components(graph), key=len))
    return component.number_of_nodes(), component.number_of_edges()


def test_stlouis_has_the_published_counts(tmp_path: Path) -> None:
    folder = extracts("stlouis", tmp_path)
    roles = Counter(row["role"] for row in read(folder, "involvements"))
    assert roles == {"suspect": 682 + 41, "victim": 558 + 41, "witness": 195}
    assert len(read(folder, "nominals")) == 829
    assert len(read(folder, "records")) == 551
    assert largest(projection(folder)) == (754, 2127)
    assert largest(projection(folder, leave_out=OTHER_ROLES)) == (361, 848)


def test_infinito_has_the_published_counts(tmp_path: Path) -> None:
    folder = extracts("infinito", tmp_path)
    graph = projection(folder)
    locale = {row["nominal_id"]: row["group_id"] for row in read(folder, "reference_groups")}
    five = [name for name, _ in Counter(locale.values()).most_common(5)]
    core = [person for person, name in locale.items() if name in five]
    assert len(read(folder, "records")) == 47
    assert len(read(folder, "involvements")) == 459
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (156, 1635)
    assert largest(graph) == (151, 1635)
    assert (len(locale), graph.subgraph(locale).number_of_edges()) == (118, 1229)
    assert (len(core), graph.subgraph(core).number_of_edges()) == (84, 663)


def test_extracts_are_canonical(example: Path) -> None:
    for file in sorted(example.iterdir()):
        table = EXTRACTS[file.stem]
        rows = read(example, file.stem)
        assert set(rows[0]) <= set(table.names)
        assert {column.name for column in table.columns if column.required} <= set(rows[0])
        keys = [tuple(row[name] for name in table.key) for row in rows]
        assert len(keys) == len(set(keys))
    assert {row["role"] for row in read(example, "involvements")} <= set(ROLES)
    assert {row["marker"] for row in read(example, "records")} == {"true"}


@pytest.mark.parametrize("name", ["stlouis", "infinito"])
def test_settings_are_valid_and_say_what_is_missing(name: str, tmp_path: Path) -> None:
    settings = load_settings(EXAMPLES / name / "settings.toml")
    assert settings.match.use_marker
    assert settings.ingest.unknown_age == "adult"
    dates = [row["recorded"] for row in read(extracts(name, tmp_path), "records")]
    assert min(dates) >= settings.ingest.since.isoformat()


@pytest.mark.parametrize("name", ["stlouis", "infinito"])
def test_every_data_file_has_its_source_and_licence(name: str) -> None:
    source = (EXAMPLES / name / "data" / "SOURCE.md").read_text(encoding="utf-8")
    assert "**Source**" in source
    assert "licen" in source.lower()

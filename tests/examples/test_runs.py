"""The examples as their READMEs tell them: the figures are the run's, and the run is what the method's page says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from countylines.engine import DuckDB
from countylines.pipeline import run
from countylines.runs import Run, open_run
from countylines.settings import Settings, load_settings
from tests.examples.test_examples import EXAMPLES, extracts, read
from tests.properties.comparison import differences
from tests.reference.bruteforce import brute_force
from tests.reference.bruteforce.match import read_lexicon


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Run]]:
    """A run of each example, with the settings it comes with."""
    folder, engine = tmp_path_factory.mktemp("examples"), DuckDB(threads=2)
    runs = {}
    for name in ("stlouis", "infinito"):
        settings = few_draws(load_settings(EXAMPLES / name / "settings.toml"))
        runs[name] = open_run(run(extracts(name, folder / name), folder / f"{name}-run", settings, engine))
    yield runs
    engine.close()


def few_draws(settings: Settings) -> Settings:
    """The same with fewer networks drawn anew, of which no figure of the READMEs is made."""
    stability = replace(settings.stability, draws=10, network_draws=2, baseline_draws=2, baseline_redraws=2)
    return replace(settings, stability=stability, dismantling=replace(settings.dismantling, draws=2))


def groups_in_words(found: Run) -> list[str]:
    """A row of the README's table for each group of at least eight people."""
    held = found.read("nominals").group_by("group_id").agg(held=(pl.col("held").list.len() > 0).sum())
    rows = found.read("groups").join(held, on="group_id").filter(pl.col("size") >= 8).sort("group_id").to_dicts()
    return [
        f"| {row['group_id']} | {row['name']} | {row['size']} | {row['held']} |"
        + (f" {row['reference_group']} | {row['overlap']:.0%} |" if row["reference_group"] else "")
        for row in rows
    ]


@pytest.mark.parametrize("name", ["stlouis", "infinito"])
def test_the_readme_shows_the_run(name: str, made: dict[str, Run]) -> None:
    page = " ".join((EXAMPLES / name / "README.md").read_text(encoding="utf-8").split())
    found = made[name]
    nominals, groups = found.read("nominals"), found.read("groups")
    rows = groups_in_words(found)
    assert rows
    assert not [row for row in rows if row not in page]
    assert f"{nominals.height} people are kept" in page
    assert f"{groups.height} groups" in page
    assert f"{nominals['group_id'].null_count()} people are in no group" in page


def test_stlouis_is_as_the_method_says(made: dict[str, Run]) -> None:
    """829 real people through the brute force, every table and row: people, ties, groups, treatment.

    It takes its trees from one Walktrap of the whole graph; the run makes a tree for each component (decision 3). Where
    igraph met equal pairs the tree's own figures may differ, though the groups and their code length don't.
    """
    groups = read_lexicon(Path(str(files("countylines.match").joinpath("lexicon/default.yaml"))))
    settings = load_settings(EXAMPLES / "stlouis" / "settings.toml")
    folder = made["stlouis"].folder.parent / "stlouis"
    tables = {name: read(folder, name) for name in ("records", "nominals", "involvements")}
    found = differences(brute_force(tables, groups, settings), made["stlouis"].folder)
    assert [line for line in found if "code_length_bound" not in line and "code_length_cut" not in line] == []


def test_victims_of_stlouis_are_never_rankable(made: dict[str, Run]) -> None:
    nominals, roles = made["stlouis"].read("nominals"), made["stlouis"].read("sources/involvements")
    suspects = set(roles.filter(pl.col("role") == "suspect")["nominal_id"])
    rankable = nominals.filter(pl.col("rankable"))
    assert rankable.height > 0
    assert set(rankable["nominal_id"]) <= suspects


def test_infinito_finds_the_locali(made: dict[str, Run]) -> None:
    """The groups of who met whom agree with the organisation's own units, which the network never saw."""
    known = made["infinito"].read("sources/reference_groups").rename({"group_id": "locale"})
    both = made["infinito"].read("nominals").join(known, on="nominal_id")
    assert both.height == 118
    assert adjusted_mutual_info_score(both["locale"], both["group_id"].fill_null("none")) > 0.5
    overlaps = made["infinito"].read("reference_overlaps")
    whole = overlaps.filter((pl.col("share_of_reference") == 1) & (pl.col("shared") >= 4))
    assert "D" in set(whole["reference_group"])

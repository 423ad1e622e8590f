"""What countylines show says of a small run whose every number is known, and what it never says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from rich.console import Console

from countylines.engine import DuckDB
from countylines.errors import InputError
from countylines.pipeline import run
from countylines.report.show.group import group, show_group
from countylines.report.show.groups import groups, show_groups, view
from countylines.report.show.lines import lines, show_lines
from countylines.report.show.nominal import nominal, show_nominal
from countylines.report.show.safeguarding import safeguarding, show_safeguarding
from countylines.report.show.words import harm_summary
from countylines.runs import Run, open_run
from countylines.settings import Settings, Stability
from tests.report.small import write_extracts


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("show")
    extracts = write_extracts(folder / "extracts")
    known = "line_id,name,phone_number,nominal_id,status,reported_on,reference\nL7,Mikey,07700 900123,ann,active,,\n"
    (extracts / "known_lines.csv").write_text(known, encoding="utf-8")
    engine = DuckDB(threads=1)
    yield open_run(run(extracts, folder / "run", Settings(), engine))
    engine.close()


def printed(show: Callable[..., None], *content: Any) -> str:
    console = Console(width=110, record=True, file=StringIO())
    show(console, *content)
    return console.export_text()


def test_the_group_of_the_small_run(made: Run) -> None:
    (only,) = groups(made)
    assert (only["group_id"], only["size"], only["protected"], only["held"]) == ("G0001", 5, 2, 0)
    assert (only["rank"], only["first_share"], only["harm_12m"]) == (1, 1.0, 19.0)  # crime:5; 092/01 has no weight
    assert (only["rank_other_index"], only["rank_reported"]) == (1, None)  # nobody says how its crimes came to light
    found = view(made)
    assert found["groups"] == [only]
    text = printed(show_groups, found)
    assert "1 (1)" in text
    assert "1, ?" in text
    assert "SOC-1 40%" in text


def test_chance_stands_beside_the_groups(made: Run) -> None:
    found = view(made)
    assert [(row["cut"], row["measure"], row["used"]) for row in found["chance"]] == [
        (cut, measure, cut == "map_equation")
        for cut in ("map_equation", "modularity")
        for measure in ("bits saved", "groups", "stability")
    ]
    assert {row["real"] for row in found["chance"] if row["measure"] == "groups"} == {1.0}
    text = printed(show_groups, found)
    assert "Chance alone also makes groups" in text
    assert text.index("map equation") < text.index("modularity, too")
    assert "modularity" not in printed(show_groups, found, 10)  # the summary


def test_who_rests_on_one_record_is_named_with_it(made: Run) -> None:
    rows = made.read("held_in_by_one_record")
    held = dict(rows.group_by("nominal_id").agg(pl.col("record_id").sort()).iter_rows())
    found = view(made)
    assert (found["held_in_by_one_record"], found["people"]) == (len(held), 6)
    assert f"{len(held)} of 6 people would not be kept without one single record." in printed(show_groups, found)
    assert held["eve"] == ["intelligence:2"]  # her one record
    for name in ("ann", "bob", "cat", "dan", "eve", "gus"):
        one = nominal(made, name)
        assert one["held_in_by_one_record"] == held.get(name, [])
        text = " ".join(printed(show_nominal, one).split())
        assert ("Held in by one record" in text) == (name in held)
    assert "would not be kept without intelligence:2." in " ".join(printed(show_nominal, nominal(made, "eve")).split())


def test_a_rank_stands_beside_its_rank_by_the_other_index(made: Run) -> None:
    ann = nominal(made, "ann")
    ann["priority"] |= {"rank": 2, "rank_low": 1, "rank_high": 4, "rank_other_index": 9, "rank_reported": 3}
    text = " ".join(printed(show_nominal, ann).split())
    assert "Rank 2 by CCHI (1-4 in 90% of all weightings); 9 by ONS; 3 by reported crime only." in text
    assert "What stands for harm decides: 2nd by CCHI, 9th by ONS." in text
    found = group(made, "G0001")
    assert "Rank 1 by CCHI (1 in 90% of all weightings); 1 by ONS; by reported crime only not known." in " ".join(
        printed(show_group, found).split()
    )
    found["people"][0]["priority"] = ann["priority"]
    assert "2 (1-4)" in printed(show_group, found)
    assert "9, 3" in printed(show_group, found)


@pytest.mark.parametrize("width", [80, 100, 120])
def test_no_figure_is_cut(made: Run, width: int) -> None:
    console = Console(width=width, record=True, file=StringIO())
    show_groups(console, view(made))
    show_group(console, group(made, "G0001"))
    for name in ("ann", "cat"):
        show_nominal(console, nominal(made, name))
    text = console.export_text()
    assert "…" not in text
    assert max(len(line.rstrip()) for line in text.splitlines()) <= width


def test_rankable_people_stand_apart_from_those_to_protect(made: Run) -> None:
    found = group(made, "G0001")
    assert [person["nominal_id"] for person in found["people"]] == ["ann", "bob", "gus"]
    assert [row["status"] for row in found["protected_or_held"]] == [
        "PROTECTED: child",
        "PROTECTED: age to be established",
    ]
    assert {step["nominal_id"] for step in found["dismantling"]} <= {"ann", "bob", "gus"}
    text = printed(show_group, found)
    assert text.index("ann") < text.index("Children and people who may be exploited: 2, never ranked")
    assert "no prediction" in text
    assert "Police National Database are not checked" in text
    assert "no recent evidence" in text  # gus is in no matched record


def test_a_child_has_no_harm_no_rank_and_no_place(made: Run) -> None:
    cat = nominal(made, "cat")
    assert cat["status"] == "PROTECTED: child"
    assert not {"harm", "centrality", "priority"} & set(cat)
    assert next((link["kind"], link["id"], link["path"]) for link in cat["safeguarding_links"]) == (
        "group",
        "G0001",
        ["cat", "ann"],
    )
    text = printed(show_nominal, cat)
    assert text.splitlines()[0].startswith("cat PROTECTED: child")
    assert "Harm" not in text
    assert "Rank" not in text


def test_a_person_without_a_weighted_crime_has_no_zero(made: Run) -> None:
    ann = nominal(made, "ann")
    assert {(row["all three"], row["no weight"]) for row in harm_summary(ann["harm"])} == {(None, 1)}
    text = printed(show_nominal, ann)
    assert "no weight is not 0" in text.replace("\n", " ")
    assert "shortest chain of ties" in text.replace("\n", " ")


def test_everybody_to_protect_is_listed_once_with_their_tier(made: Run) -> None:
    rows = safeguarding(made)
    assert [(row["nominal_id"], row["tier"]) for row in rows] == [("cat", 2), ("dan", 4), ("eve", 5), ("fay", 6)]
    text = printed(show_safeguarding, rows)
    assert "looked after: unknown" in text
    assert "held: may be cuckooed" in text
    assert "missing episodes unknown" in text


def test_the_lines_of_the_small_run(made: Run) -> None:
    (only,) = lines(made)
    assert (only["line_id"], only["names"], only["numbers"]) == ("L7", ["MIKEY"], ["+447700900123"])
    assert "MIKEY, +447700900123: known, active" in printed(show_lines, [only])
    assert "No phone number" in printed(show_lines, [])


def test_every_view_is_json(made: Run) -> None:
    views = [view(made), group(made, "G0001"), nominal(made, "ann"), safeguarding(made), lines(made)]
    assert len(json.loads(json.dumps(views, default=str))) == 5


@pytest.mark.parametrize(("view", "name", "said"), [(group, "G9", "show groups"), (nominal, "zoe", "explain zoe")])
def test_somebody_who_isnt_there(made: Run, view: Callable[[Run, str], Any], name: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        view(made, name)


def test_a_run_keeps_editions_seeds_and_no_paths(made: Run) -> None:
    rules = made.manifest["rules"]["harm"]
    assert {name: about["edition"] for name, about in rules.items()} == {
        "cchi": "CCHI 2020 (partial)",
        "ons_css": "ONS CSS December 2020 (partial)",
    }
    assert made.manifest["seed"] == {"centrality": 1, "dismantling": 1, "priority": 1, "stability": 1}
    assert str(Path.home()) not in json.dumps(made.manifest)


def test_a_large_network_is_drawn_anew_only_when_asked_for(tmp_path: Path) -> None:
    settings = Settings(stability=Stability(up_to=5))
    engine = DuckDB(threads=1)
    made = open_run(run(write_extracts(tmp_path / "extracts"), tmp_path / "run", settings, engine))
    engine.close()
    assert made.manifest["notes"][-1].endswith("wasn't measured (6 people): --resample does it")
    assert made.read("nominals")["stays"].null_count() == 6
    assert made.read("partition_baseline").is_empty()
    assert made.read("centrality")["rank_low"].null_count() == len(made.read("centrality")) > 0
    assert made.read("held_in_by_one_record").height > 0  # costs little, so it is always there
    text = printed(show_groups, view(made))
    assert "1 (1)" in text
    assert "Not compared with what shuffled records make" in text

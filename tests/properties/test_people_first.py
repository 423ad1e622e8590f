"""No input, setting or call ranks anybody who is protected or held: in any table, in any view, in any column."""

from __future__ import annotations

import dataclasses
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings

from countylines.engine import DuckDB
from countylines.errors import InputError
from countylines.pipeline import run
from countylines.rank.rankable import Rankable, rankable_of
from countylines.report.show.group import group
from countylines.report.show.groups import groups
from countylines.report.show.nominal import nominal
from countylines.report.show.safeguarding import safeguarding
from countylines.runs import Run, open_run
from countylines.settings import Dismantling, Ingest, Settings, Stability
from tests.properties.extracts import Case, cases, random_case, write_case

RANKING = ("nominal_harm", "centrality", "priority", "dismantling")  # no row may name them at all
# Beside a protected or held person only these numbers may stand: what evidence there is, never what they rank.
EVIDENCE = {
    "nominals": {"provisional_weight", "weight", "stays", "kept_share"},
    "considered": {"provisional_weight", "share", "ties", "tie_records"},
    "connections": {"c"},
    "edges": {"weight", "n_records"},
    "safeguarding": {"tier"},
    "safeguarding_facts": {"missing_episodes"},
    "safeguarding_links": {"rank"},  # of the groups and lines they are linked to, the likeliest first
    "reference_ties": {"steps"},
}
FEW = Stability(draws=4, network_draws=2, baseline_draws=2)


def made_run(case: Case, folder: Path) -> Run | None:
    """The run of a case; none where no record is left."""
    chosen = dataclasses.replace(write_case(case, folder), stability=FEW, dismantling=Dismantling(random_draws=3))
    engine = DuckDB(threads=1)
    try:
        return open_run(run(folder / "extracts", folder / "run", chosen, engine))
    except InputError:
        return None
    finally:
        engine.close()


def guarded(made: Run) -> set[str]:
    """Everybody who may not be ranked: all people of the extracts but the rankable ones."""
    everybody = set(made.read("sources/nominals")["nominal_id"])
    return everybody - set(rankable_of(made.read("nominals")).ids)


def named(row: dict[str, Any]) -> set[str]:
    """Every text in a row, in lists too."""
    values = [value for value in row.values() if value is not None]
    return {
        text for value in values for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)
    }


def told_in_tables(made: Run) -> list[tuple[object, ...]]:
    """Look at every column of every table; what must not be there."""
    people, found = guarded(made), list[tuple[object, ...]]()
    for path in sorted(made.folder.glob("*.parquet")):
        frame = pl.read_parquet(path)
        numbers = {name for name, kind in frame.schema.items() if kind.is_numeric()}
        for row in frame.iter_rows(named=True):
            beside = named(row) & people
            if not beside:
                continue
            told = {name for name in numbers if row[name] is not None} - EVIDENCE.get(path.stem, set())
            if path.stem in RANKING or told:
                found.append((path.stem, beside, told))
        if path.stem == "priority":
            found += [
                ("parts", parts) for parts in frame["parts"].to_list() if any(f'"{one}"' in parts for one in people)
            ]
    return found


def inside(content: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in a view, however deep."""
    if isinstance(content, dict):
        yield content
        for value in content.values():
            yield from inside(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from inside(value)


def told_in_views(made: Run) -> list[tuple[object, ...]]:
    """A person who may not be ranked has no number but the weight of evidence and the tier; what is there besides."""
    found: list[tuple[object, ...]] = []
    people, allowed = guarded(made), set().union(*EVIDENCE.values()) - {"rank"}
    views: list[Any] = [groups(made), safeguarding(made)]
    views += [group(made, name) for name in made.read("groups")["group_id"]]
    views += [nominal(made, name) for name in made.read("nominals")["nominal_id"]]
    for row in inside(views):
        if row.get("nominal_id") in people:
            values = row.items()
            numbers = {key for key, value in values if isinstance(value, int | float) and not isinstance(value, bool)}
            told = (numbers - allowed) | ({"harm", "centrality", "priority"} & set(row))
            found += [(row["nominal_id"], told)] if told else []
    return found


def check(case: Case) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = made_run(case, Path(folder))
        assert made is None or told_in_tables(made) + told_in_views(made) == []


@pytest.mark.parametrize("seed", range(12))
def test_nobody_protected_or_held_is_ranked_in_any_table_or_view(seed: int) -> None:
    check(random_case(random.Random(1000 + seed), people=25, records=80, towns=3))


@given(cases())
@settings(max_examples=max(6, settings().max_examples // 10))
def test_so_it_is_on_the_smallest_cases(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("protected", "held"), [(True, []), (False, ["may be cuckooed"]), (None, []), (False, None), (True, ["missing"])]
)
def test_the_type_cannot_be_made_of_anybody_else(protected: bool | None, held: list[str] | None) -> None:
    schema = {"nominal_id": pl.String, "protected": pl.Boolean, "held": pl.List(pl.String)}
    person = pl.DataFrame({"nominal_id": ["a"], "protected": [protected], "held": [held]}, schema=schema)
    with pytest.raises(ValueError, match="can't be ranked"):
        Rankable(person)
    assert rankable_of(person).ids == ()
    with pytest.raises(AttributeError):
        rankable_of(person).ids = ("a",)  # type: ignore[misc]


def test_unknown_age_is_no_way_round(tmp_path: Path) -> None:
    """Data with a birth date refuses unknown_age = adult, so nobody's age can be left out to rank them."""
    case = random_case(random.Random(7), people=10, records=30)
    dated = dataclasses.replace(case.settings, ingest=dataclasses.replace(case.settings.ingest, unknown_age="adult"))
    case.tables["nominals"][0]["date_of_birth"] = "2010-01-01"
    assert isinstance(dated, Settings) and isinstance(dated.ingest, Ingest)
    assert made_run(dataclasses.replace(case, settings=dated), tmp_path) is None

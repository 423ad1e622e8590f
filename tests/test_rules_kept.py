"""A run needs nothing outside it: the rules it was made by, as they were, and the weights it used."""

import hashlib
import shutil
from contextlib import AbstractContextManager
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from countylines.engine import DuckDB
from countylines.pipeline import run
from countylines.progress import Advance, Progress
from countylines.report.show.group import group
from countylines.runs import Run, open_run
from countylines.settings import Harm, Profile, Settings
from tests.report.small import write_extracts

SHIPPED = {
    "line_words.yaml": "match/line_words.yaml",
    "ons_codes.yaml": "rank/harm/shipped/cchi/ons_codes.yaml",
    "outcomes.yaml": "rank/harm/outcomes.yaml",
    "profile.yaml": "rank/profile/profile.yaml",
    "slavery.yaml": "network/slavery.yaml",
}
PACKAGE = Path(str(files("countylines")))
TABLES = ("cchi/about.yaml", "cchi/cjs_codes.csv", "cchi/offences.csv", "ons_css/about.yaml", "ons_css/weights.csv")


def kept(made: Run) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (made.folder / "rules").iterdir()}


def hashes(contents: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def test_a_run_keeps_the_rules_shipped(duckdb_engine: DuckDB, tmp_path: Path) -> None:
    made = open_run(run(write_extracts(tmp_path / "extracts"), tmp_path / "run", Settings(), duckdb_engine))
    assert kept(made) == {name: (PACKAGE / path).read_bytes() for name, path in SHIPPED.items()}
    assert made.manifest["rules"]["files"] == hashes(kept(made))
    shipped = {name: (PACKAGE / "rank/harm/shipped" / name).read_bytes() for name in TABLES}
    assert made.manifest["rules"]["weights"] == hashes(shipped)


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """A force's own files, with weights as if imported, and another name for a factor."""
    shutil.copytree(PACKAGE / "rank/harm/shipped", tmp_path / "weights")
    offences = tmp_path / "weights" / "cchi" / "offences.csv"
    robbery = pl.when(pl.col("ho_class") == "034/01").then(pl.lit("400"))
    pl.read_csv(offences, infer_schema=False).with_columns(days=robbery.otherwise("days")).write_csv(offences)
    shutil.copy(PACKAGE / "rank/harm/outcomes.yaml", tmp_path / "our outcomes.yaml")
    profile = (PACKAGE / "rank/profile/profile.yaml").read_text(encoding="utf-8")
    (tmp_path / "levels.yaml").write_text(profile.replace("label: Violence", "label: Harm to others"), encoding="utf-8")
    harm, levels = Harm(weights="weights", outcomes="our outcomes.yaml"), Profile(levels="levels.yaml")
    return Settings(harm=harm, profile=levels, folder=tmp_path)


def test_a_forces_own_rules_are_kept_as_they_were_used(duckdb_engine: DuckDB, tmp_path: Path, own: Settings) -> None:
    used = {
        "outcomes.yaml": (tmp_path / "our outcomes.yaml").read_bytes(),
        "profile.yaml": (tmp_path / "levels.yaml").read_bytes(),
    }

    class Edited(Progress):
        def step(self, name: str, total: int | None = None) -> AbstractContextManager[Advance]:
            for file in ("our outcomes.yaml", "levels.yaml"):
                (tmp_path / file).write_text("edited: meanwhile\n")
            return super().step(name, total)

    made = open_run(run(write_extracts(tmp_path / "ex"), tmp_path / "run", own, duckdb_engine, progress=Edited()))
    assert {name: kept(made)[name] for name in used} == used
    assert made.manifest["rules"]["files"] == hashes(kept(made))
    assert made.manifest["settings"]["harm"]["outcomes"] == "our outcomes.yaml"
    labels = {row["factor"]: row["label"] for row in group(made, "G0001")["profile"]}
    assert labels["violence"] == "Harm to others"


def test_a_publishers_table_is_never_copied_only_the_weights_used(
    duckdb_engine: DuckDB, tmp_path: Path, own: Settings
) -> None:
    extracts = write_extracts(tmp_path / "extracts")
    records = (extracts / "records.csv").read_text().replace("092/01", "034/01")
    (extracts / "records.csv").write_text(records)
    made = open_run(run(extracts, tmp_path / "run", own, duckdb_engine))
    assert sorted(kept(made)) == ["line_words.yaml", "outcomes.yaml", "profile.yaml", "slavery.yaml"]
    tables = {name: (tmp_path / "weights" / name).read_bytes() for name in (*TABLES, "cchi/ons_codes.yaml")}
    assert made.manifest["rules"]["weights"] == hashes(tables)
    weights = made.read("offence_weights").filter(index="cchi").select("offence_code", "weight", "crimes")
    assert {code: weight for code, weight, _ in weights.rows()}["034/01"] == 400.0
    coded = made.read("sources/records").filter(source="crime")["offence_code"].drop_nulls()
    assert sorted(weights["offence_code"]) == sorted(set(coded))
    assert weights["crimes"].sum() == len(coded)

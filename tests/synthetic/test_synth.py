"""The command's promises: same arguments, same bytes; whole or not at all; nothing written over; no lexicon read."""

import ast
import hashlib
import importlib.util
from pathlib import Path

import polars as pl
import pytest

from countylines.errors import InputError
from countylines.progress import Progress
from countylines.synthetic import force, synth
from countylines.synthetic.write import whole_folder


def hashes(folder: Path) -> dict[str, str]:
    """Every file of a folder and its hash."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_same_arguments_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        synth(tmp_path / name, 3_000, seed)
    first, again, other = (hashes(tmp_path / name) for name in "abc")
    assert first == again
    assert first.keys() == other.keys()
    assert not [name for name in first if name.startswith(("records", "truth/")) and first[name] == other[name]]


def test_csv_holds_the_same_rows(tmp_path: Path) -> None:
    synth(tmp_path / "parquet", 2_000, 1)
    synth(tmp_path / "csv", 2_000, 1, "csv")
    tables = sorted(path.relative_to(tmp_path / "csv").with_suffix("") for path in (tmp_path / "csv").rglob("*.csv"))
    assert len(tables) == 14
    for table in tables:
        parquet = pl.read_parquet(tmp_path / "parquet" / table.with_suffix(".parquet"))
        if parquet.is_empty():
            continue
        csv = pl.read_csv(tmp_path / "csv" / table.with_suffix(".csv"), infer_schema=False)
        written = {pl.Datetime: "%Y-%m-%dT%H:%M:%S", pl.Date: "%Y-%m-%d"}
        for column in parquet.columns:
            form = written.get(parquet[column].dtype.base_type())
            expected = parquet[column].dt.to_string(form) if form else parquet[column].cast(pl.String)
            assert csv[column].equals(expected), f"{table}: {column}"


def test_two_blocks_hold_every_record_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(force, "GROUP_ROWS", 700)
    synth(tmp_path / "force", 3_000, 2)
    records = pl.read_parquet(tmp_path / "force" / "records.parquet")
    assert len(records) == 3_000 and records["record_id"].is_unique().all()
    involvements = pl.read_parquet(tmp_path / "force" / "involvements.parquet")
    assert not involvements.is_duplicated().any()


def test_progress_counts_records(tmp_path: Path) -> None:
    progress = Progress()
    synth(tmp_path / "force", 1_000, 1, progress=progress)
    assert "writing records" in progress.timings


@pytest.mark.parametrize("inside", [True, False])
def test_nothing_is_written_over(tmp_path: Path, inside: bool) -> None:
    out = tmp_path / "force"
    if inside:
        out.mkdir()
        (out / "mine.txt").write_text("mine")
    else:
        out.write_text("mine")
    with pytest.raises(InputError, match="nothing was changed"):
        synth(out, 1_000, 1)
    assert (out / "mine.txt" if inside else out).read_text() == "mine"
    assert list(tmp_path.iterdir()) == [out]


def test_an_empty_folder_may_be_filled(tmp_path: Path) -> None:
    out = tmp_path / "force"
    out.mkdir()
    synth(out, 1_000, 1)
    assert (out / "records.parquet").is_file()


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="half way"), whole_folder(tmp_path / "force") as folder:
        (folder / "records.parquet").write_text("half")
        raise RuntimeError("half way")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="can't be made"):
        synth(tmp_path / "file" / "force", 1_000, 1)


@pytest.mark.parametrize(
    ("records", "seed", "form", "message"),
    [(999, 1, "parquet", "too few"), (1_000, -1, "parquet", "negative"), (1_000, 1, "xml", "no form 'xml'")],
)
def test_bad_arguments_are_refused(tmp_path: Path, records: int, seed: int, form: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        synth(tmp_path / "force", records, seed, form)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_the_generator_knows_no_stage_and_no_lexicon() -> None:
    spec = importlib.util.find_spec("countylines.synthetic")
    assert spec and spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0])
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            stages = {"ingest", "match", "network", "partition", "engine", "graph", "runs", "pipeline"}
            assert not [name for name in names if name.startswith("countylines.") and name.split(".")[1] in stages]
        read = [
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant)
        ]
        assert not [text for text in read if isinstance(text, str) and text.endswith("default.yaml")]

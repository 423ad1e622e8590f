"""The command line as a person meets it: what is printed, and the exit code."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
import typer

from countylines import cli
from countylines.errors import InputError
from tests.report.small import write_extracts

COMMAND = str(Path(sys.executable).parent / "countylines")


def countylines(*arguments: object, code: int = 0) -> str:
    """Run the command; what it printed, on both streams."""
    ended = subprocess.run([COMMAND, *map(str, arguments)], check=False, capture_output=True, text=True)
    assert ended.returncode == code, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    return ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    write_extracts(folder / "extracts")
    text = countylines("run", folder / "extracts", "--out", folder / "runs" / "one")
    assert "6 people in the network" in text
    return folder


def test_help_names_every_command() -> None:
    text = countylines("--help")
    for name in ("run", "extract", "explain", "summary", "runs", "partition", "synth", "evaluate", "demo", "lexicon"):
        assert f" {name} " in text
    assert countylines("--version").strip() == "0.1.0"


def test_runs_summary_and_explain(made: Path) -> None:
    assert "one" in countylines("runs", made / "runs")
    assert "Person precision: not yet measured." in " ".join(
        countylines("summary", "--run", made / "runs" / "one").split()
    )
    assert "Stays as matched" in countylines("explain", "ann", "--run", made / "runs" / "one")
    found = json.loads(countylines("explain", "eve", "--run", made / "runs" / "one", "--json"))
    assert found["held"] == ["may be cuckooed"]


def test_a_broken_run_is_named_beside_the_good_ones(made: Path, tmp_path: Path) -> None:
    (tmp_path / "good").symlink_to(made / "runs" / "one")
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "manifest.json").write_text('{"as_of"')
    text = countylines("runs", tmp_path, code=1)
    assert f"! {tmp_path / 'half'}: its manifest.json is damaged: it isn't JSON. Was it copied whole?" in text
    assert "good  2" in text
    (tmp_path / "good").unlink()
    assert f"There is no finished run in {tmp_path}" in " ".join(countylines("runs", tmp_path, code=1).split())


def test_nothing_is_written_over(made: Path) -> None:
    text = countylines("run", made / "extracts", "--out", made / "runs" / "one", code=2)
    assert "this run exists already; nothing was changed. Choose another name for --out." in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "nowhere", "--out", "x"), "nowhere: there is no such file or folder. Check the path."),
        (("run", ".", "--out", "x", "--settings", "none.toml"), "none.toml: the settings file can't be read"),
        (("run", ".", "--out", "x", "--engine", "ibis"), "--engine: there is no engine 'ibis'. Use duckdb or spark."),
        (("run", ".", "--out", "x", "--max-rejects", "2"), "--max-rejects: 2 isn't a share."),
        (("run", ".", "--out", "x", "--previous", "none"), "none: this is not a finished run."),
        (("explain", "ann", "--run", "none"), "none: this is not a finished run."),
        (("runs", "none"), "none: there is no such folder."),
        (("partition", "none.csv", "--out", "x.csv"), "none.csv"),
        (
            ("partition", "none.csv", "--out", "x.csv", "--cut", "foo"),
            "--cut: there is no cut 'foo'. Give map_equation or",
        ),
        (("synth", "x", "--form", "xml"), "--form: 'xml' isn't allowed. Give parquet or csv."),
        (("lexicon", "check", "none.yaml"), "none.yaml"),
    ],
)
def test_what_is_wrong_is_said(
    arguments: tuple[str, ...], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert says in countylines(*arguments, code=2)
    assert list(tmp_path.iterdir()) == []


def test_partition_of_any_edge_list(tmp_path: Path) -> None:
    (tmp_path / "edges.csv").write_text(
        "a,b,weight\n" + "".join(f"{a},{b},1\n" for a, b in ("12", "13", "23", "34", "45", "46", "56"))
    )
    text = countylines("partition", tmp_path / "edges.csv", "--out", tmp_path / "groups.csv")
    assert "6 nodes and 7 edges: 2 groups, the largest of 3." in text
    assert (tmp_path / "groups.csv").read_text() == "node,group\n1,1\n2,1\n3,1\n4,2\n5,2\n6,2\n"


def test_lexicon_try_and_check(tmp_path: Path) -> None:
    text = countylines("lexicon", "try", "Runner for the county line, no county lines link")
    assert "COUNTY LINE" in text and "OTHER" in text
    countylines("lexicon", "check")
    bad = "version: x\ngroups:\n- name: A\n  weight: 2\n  patterns: [a]\n  hits: [a]\n  misses: [b]\n"
    (tmp_path / "bad.yaml").write_text(bad)
    assert "weight" in countylines("lexicon", "check", tmp_path / "bad.yaml", code=2)


def test_a_second_demo_shows_the_first_and_ends_on_a_running_dashboard(tmp_path: Path) -> None:
    small = ("demo", "--out", tmp_path / "demo", "--records", 2000, "--quiet")
    assert "earlier demo" not in countylines(*small, "--no-serve")
    with subprocess.Popen([COMMAND, *map(str, small)], stdout=subprocess.PIPE, text=True) as second:
        assert second.stdout is not None
        said = ""
        try:
            for line in second.stdout:
                said += line
                if "reason for access" in line:
                    break
            address = re.findall(r"The dashboard: (http://127\.0\.0\.1:\d+)", said)[0]
            with httpx.Client(base_url=address, transport=httpx.HTTPTransport(retries=9)) as browser:
                page = browser.get("/sign-in")
        finally:
            second.send_signal(signal.SIGINT)
    assert f"This is the run of an earlier demo. Remove {tmp_path / 'demo'} to make it anew." in said
    assert re.findall(r"sign in as (\w+) +password [a-z-]+\d{4}", said) == ["analyst", "safeguarding"]
    assert page.status_code == 200
    assert "SYNTHETIC DATA" in page.text


@pytest.mark.parametrize("became", [KeyboardInterrupt, RuntimeError, OSError, InputError, SystemExit])
def test_ctrl_c_is_said_to_be_that_whatever_a_library_makes_of_it(
    became: type[BaseException], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """DuckDB makes a RuntimeError of it, with words that may be others tomorrow."""

    def work() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise became("some words") from None

    before = signal.getsignal(signal.SIGINT)
    stopped = typer.Typer()
    stopped.command()(work)
    monkeypatch.setattr(cli, "app", stopped)
    monkeypatch.setattr(sys, "argv", ["countylines"])
    with pytest.raises(SystemExit, match="130"):
        cli.main()
    assert capsys.readouterr().err.strip() == cli.STOPPED
    assert signal.getsignal(signal.SIGINT) is before


def test_a_fault_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("Query interrupted")  # by nobody

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(RuntimeError):
        cli.main()


def test_a_run_that_is_stopped_leaves_nothing_but_a_sentence(made: Path, tmp_path: Path) -> None:
    arguments = ("run", made / "extracts", "--out", tmp_path / "run", "--quiet")
    with subprocess.Popen([COMMAND, *map(str, arguments)], stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        while running.poll() is None and not (tmp_path / ".run.partial").exists():
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        said = running.stderr.read()
    assert running.returncode == 130
    assert said.strip() == "Stopped. Nothing half-done was left behind."
    assert list(tmp_path.iterdir()) == []
    countylines(*arguments)

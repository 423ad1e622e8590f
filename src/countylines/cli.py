"""The command line: one thin function a command; the work is done elsewhere."""

from __future__ import annotations

import dataclasses
import errno
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from countylines import __version__
from countylines.errors import InputError
from countylines.report.show.commands import AsJson, RunFolder, print_json, show_app
from countylines.settings import Settings, load_settings
from countylines.web.commands import accounts_app, audit_app, installed, retention, rulings_app, serve, state_app

app = typer.Typer(
    name="countylines",
    help="Finds county-lines drug networks, and the children to protect, in a police force's own records.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
lexicon_app = typer.Typer(help="Check a lexicon, or try one on a text.", no_args_is_help=True)
app.add_typer(lexicon_app, name="lexicon")
harm_app = typer.Typer(help="Weights of offences.", no_args_is_help=True)
app.add_typer(harm_app, name="harm")
app.add_typer(show_app, name="show")
app.command()(serve)
app.add_typer(accounts_app, name="accounts")
app.add_typer(audit_app, name="audit")
app.add_typer(rulings_app, name="rulings")
app.add_typer(state_app, name="state")
app.command()(retention)

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress bars.")]
EngineName = Annotated[str, typer.Option("--engine", help="duckdb, or spark where it is installed.")]
SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="A settings file (TOML); docs/settings.md lists all.")
]

INTERRUPTED = 130  # the exit code of a program that Ctrl-C ended
STOPPED = "Stopped. Nothing half-done was left behind."
DISK = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EACCES, errno.EROFS)


def main() -> None:
    """Run a command; what the user can mend ends in one plain message and exit code 2, Ctrl-C in another and 130."""
    asked: list[int] = []

    def note(number: int, _: object) -> None:
        asked.append(number)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        app()
    except SystemExit:
        if asked:  # Typer makes this of Ctrl-C, without a word
            stop(STOPPED, INTERRUPTED)
        raise
    except Exception as error:
        if asked:  # whatever it became on its way: of DuckDB it is a RuntimeError
            stop(STOPPED, INTERRUPTED)
        if not (said := plain(error)):
            raise
        stop(said)
    finally:
        signal.signal(signal.SIGINT, before)


def plain(error: Exception) -> str:
    """What to say of an error that the user can mend; nothing of others.

    Example:
        >>> plain(InputError("there is no such folder", "check the path")), plain(ValueError("a fault of ours"))
        ('there is no such folder. Check the path.', '')
    """
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, OSError) and error.errno in DISK:
        advice = "Nothing was left behind. Make room or choose another place."
        return f"{error.filename or 'the disk'}: {error.strerror}. {advice}"
    return ""


def stop(message: str, code: int = 2) -> None:
    """Print a message on the error stream and leave."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(message, style="red", markup=False)
    sys.exit(code)


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False) -> None:
    """What comes before any command."""
    if show:
        print(__version__)
        raise typer.Exit


@app.command()
def run(
    extracts: Annotated[Path, typer.Argument(help="A folder of canonical extracts, or a sources file (YAML).")],
    out: Annotated[Path, typer.Option("--out", help="The run's folder; it must not exist yet.")],
    settings: SettingsFile = None,
    engine: EngineName = "duckdb",
    previous: Annotated[
        Path | None, typer.Option("--previous", help="An earlier run, whose groups keep their names.")
    ] = None,
    max_rejects: Annotated[
        float | None,
        typer.Option(
            "--max-rejects", help="Stop when more than this share of a table's rows is rejected; left out: 0.01."
        ),
    ] = None,
    resample: Annotated[
        bool | None,
        typer.Option(
            "--resample/--no-resample",
            help="Draw the network anew to see what rests on few records; left out: only up to 5,000 people.",
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Extracts in, network and groups out."""
    from countylines.report.summary import show_summary
    from countylines.runs import finished, numbered_anew, open_run

    made = _run(extracts, out, _chosen(settings, max_rejects, resample), engine, previous, quiet)
    show_summary(Console(), open_run(made))
    if earlier := numbered_anew(open_run(made), finished(made.absolute().parent)):
        name = earlier.folder.name
        print(f"Made without --previous: G0001 and so on mean other people here than in {name}, which lies beside it.")


@app.command()
def extract(
    sources: Annotated[Path, typer.Argument(help="A sources file (YAML): which system lies where, by which map.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for the canonical extracts; it must not exist yet.")],
    quiet: Quiet = False,
) -> None:
    """A force's own layouts in, canonical extracts out."""
    import tempfile

    from countylines.engine import open_engine
    from countylines.ingest import extract as make

    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    engine = open_engine("duckdb")
    try:
        with tempfile.TemporaryDirectory(dir=out.absolute().parent, prefix=f".{out.name}.") as folder:
            made = make(sources, out, engine, Path(folder), _progress(quiet))
    finally:
        engine.close()
    for note in made.notes:
        print(f"! {note}")
    print(", ".join(f"{table} {rows:,}" for table, rows in made.rows.items()) + " rows.")
    print(f"The extracts are in {out}. Next: countylines run {out} --out RUN")


@app.command()
def explain(
    nominal: Annotated[str, typer.Argument(help="A nominal_id.")],
    run: RunFolder,
    every: Annotated[bool, typer.Option("--all", help="Show every record, not only the first ten.")] = False,
    as_json: AsJson = False,
) -> None:
    """Why a person is in the network, or why not."""
    from countylines.report.explain import explain as account
    from countylines.report.explained import show_explanation
    from countylines.runs import open_run

    found = account(open_run(run), nominal)
    if as_json:
        print_json(dataclasses.asdict(found))
    else:
        show_explanation(Console(), found, None if every else 10)


@app.command()
def summary(run: RunFolder) -> None:
    """The first screen of a run again."""
    from countylines.report.summary import show_summary
    from countylines.runs import open_run

    show_summary(Console(), open_run(run))


@app.command()
def runs(folder: Annotated[Path, typer.Argument(help="The folder that holds the runs.")] = Path()) -> None:
    """List the finished runs in a folder; exit code 1 if one of them can't be read."""
    from countylines.report.summary import show_runs
    from countylines.runs import find_runs

    found, broken = find_runs(folder)
    show_runs(Console(), found, broken, folder)
    raise typer.Exit(1 if broken else 0)


@app.command()
def partition(
    edges: Annotated[Path, typer.Argument(help="An edge list (CSV): a, b and, if there are weights, weight.")],
    out: Annotated[Path, typer.Option("--out", help="The groups (CSV): node, group; it must not exist yet.")],
    cut: Annotated[str, typer.Option("--cut", help="map_equation or modularity.")] = "map_equation",
    steps: Annotated[int, typer.Option("--steps", help="Length of Walktrap's random walks.")] = 4,
    refine: Annotated[bool, typer.Option("--refine/--no-refine", help="Move single nodes after the cut.")] = True,
) -> None:
    """Find the groups of any edge list."""
    from countylines.partition.edgelist import partition_file

    made = partition_file(edges, out, cut, steps, refine)
    groups = "1 group" if made.groups == 1 else f"{made.groups:,} groups"
    print(f"{made.nodes:,} nodes and {made.edges:,} edges: {groups}, the largest of {made.largest:,}.")
    print(f"The groups are in {out}.")


@app.command()
def dismantle(
    edges: Annotated[Path, typer.Argument(help="An edge list (CSV): a, b and, if there are weights, weight.")],
    out: Annotated[Path, typer.Option("--out", help="The answer (CSV); it must not exist yet.")],
    nodes: Annotated[
        Path | None, typer.Option("--nodes", help="CSV: node, harm, cost, protected; without the last nobody goes.")
    ] = None,
    target: Annotated[
        float | None, typer.Option("--target", help="Fewest people until the largest part is this share, as 0.1.")
    ] = None,
    k: Annotated[
        float | None,
        typer.Option("--k", help="The best choice if only so many people (or so much cost) can be reached."),
    ] = None,
    order: Annotated[bool, typer.Option("--order", help="Everybody in order; this is the default.")] = False,
    all_removable: Annotated[bool, typer.Option("--all-removable", help="Nobody in the network is protected.")] = False,
) -> None:
    """Prioritise people for lawful disruption or support to stop, in any edge list."""
    from countylines.rank.dismantle.edgelist import dismantle_file

    made = dismantle_file(edges, out, nodes, order=order, target=target, k=k, all_removable=all_removable)
    print("\n".join(made.lines))
    print(f"The answer is in {out}.")


@app.command()
def synth(
    out: Annotated[Path, typer.Argument(help="The folder to write; it must not exist yet.")],
    records: Annotated[int, typer.Option("--records", help="About how many records, from 1,000.", min=1_000)] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same force.")] = 1,
    form: Annotated[str, typer.Option("--form", help="parquet or csv.")] = "parquet",
    quiet: Quiet = False,
) -> None:
    """Invent a police force with a known truth."""
    from countylines.synthetic import synth as invent

    invent(out, records, seed, _one_of(form, ("parquet", "csv"), "--form"), _progress(quiet))
    print(f"The extracts are in {out}, the truth in {out / 'truth'}. Next: countylines run {out} --out RUN")


@app.command()
def evaluate(
    run: Annotated[Path, typer.Argument(help="A finished run of a synthetic force.")],
    truth: Annotated[Path, typer.Option("--truth", help="The force's folder of truth tables.")],
    as_json: AsJson = False,
) -> None:
    """Compare a run with the truth of a synthetic force."""
    from countylines.report.evaluate import evaluate as compare
    from countylines.report.evaluate import show_evaluation

    found = compare(run, truth)
    if as_json:
        print_json(found.as_dict())
    else:
        show_evaluation(Console(), found)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="The folder for the force and its runs.")] = Path("demo"),
    records: Annotated[int, typer.Option("--records", help="About how many records.", min=1_000)] = 30_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same force.")] = 1,
    quiet: Quiet = False,
    dashboard: Annotated[bool, typer.Option("--serve/--no-serve", help="End on a running dashboard.")] = True,
) -> None:
    """Invent a small force, run the main job on it as it was three months before and now, and open the dashboard."""
    from countylines.report.demo import show_demo
    from countylines.synthetic import synth as invent
    from countylines.synthetic.earlier import earlier

    extracts, made = out / f"force-{records}-{seed}", out / f"run-{records}-{seed}"
    if not extracts.exists():
        invent(extracts, records, seed, "parquet", _progress(quiet))
    if made.exists():
        print(f"This is the run of an earlier demo. Remove {out} to make it anew.")
    else:
        known, before = (folder.with_name(f"earlier-{folder.name}") for folder in (extracts, made))
        if not known.exists():
            earlier(extracts, known)
        if not before.exists():
            _run(known, before, Settings(), "duckdb", None, quiet)
        _run(extracts, made, Settings(), "duckdb", before, quiet)
    show_demo(Console(), extracts, made)
    if dashboard and not installed():
        print("The dashboard isn't installed: pip install 'countylines[web]', then run this again.")
    elif dashboard:
        from countylines.web.demo import serve_demo

        serve_demo(out)


@lexicon_app.command("check")
def lexicon_check(
    file: Annotated[Path | None, typer.Argument(help="A lexicon (YAML); none = the one shipped.")] = None,
) -> None:
    """Check every pattern and every example of a lexicon."""
    from countylines.match.lexicon import load_lexicon
    from countylines.match.trial import check_lexicon, show_check

    found = check_lexicon(file)
    show_check(Console(), load_lexicon(file), found)
    raise typer.Exit(1 if found else 0)


@lexicon_app.command("try")
def lexicon_try(
    text: Annotated[str, typer.Argument(help="Any text.")],
    lexicon: Annotated[Path | None, typer.Option("--lexicon", help="A lexicon (YAML); none = the one shipped.")] = None,
) -> None:
    """Show what a lexicon finds in a text: hits, exceptions, weights and sum."""
    from countylines.match.lexicon import load_lexicon
    from countylines.match.trial import show_trial, try_text

    show_trial(Console(), try_text(text, load_lexicon(lexicon)))


@harm_app.command("import")
def harm_import(
    file: Annotated[Path, typer.Argument(help="A publisher's workbook as downloaded (.xlsx, .xls): CCHI or ONS.")],
    out: Annotated[Path, typer.Option("--out", help="The folder for the weights; it may hold the other index.")],
    edition: Annotated[str | None, typer.Option("--edition", help="Its name, if the workbook doesn't say.")] = None,
) -> None:
    """Read the weights of offences from the Cambridge Crime Harm Index or the ONS Crime Severity Score."""
    from countylines.rank.harm.importing import import_workbook

    made = import_workbook(file, out, edition)
    print("\n".join(made.lines))
    print(f'The weights are in {made.folder}. Next, in the settings file: [harm] weights = "{out}"')


def _run(extracts: Path, out: Path, settings: Settings, engine: str, previous: Path | None, quiet: bool) -> Path:
    from countylines.engine import open_engine
    from countylines.pipeline import run as pipeline

    opened = open_engine(engine)
    try:
        return pipeline(extracts, out, settings, opened, previous, _progress(quiet))
    finally:
        opened.close()


def _chosen(file: Path | None, max_rejects: float | None, resample: bool | None) -> Settings:
    settings = load_settings(file)
    if resample is not None:
        stability = dataclasses.replace(settings.stability, up_to=sys.maxsize if resample else 0)
        settings = dataclasses.replace(settings, stability=stability)
    if max_rejects is None:
        return settings
    if not 0 <= max_rejects <= 1:
        raise InputError(
            f"{max_rejects:g} isn't a share", "give a number from 0 to 1, such as 0.01", field="--max-rejects"
        )
    return dataclasses.replace(settings, ingest=dataclasses.replace(settings.ingest, max_rejects=max_rejects))


def _one_of(value: str, allowed: tuple[str, ...], option: str) -> Any:
    if value not in allowed:
        raise InputError(f"{value!r} isn't allowed", f"give {' or '.join(allowed)}", field=option)
    return value


def _progress(quiet: bool) -> Any:
    from countylines.progress import Progress

    console = Console(stderr=True)
    return Progress(console if console.is_terminal and not quiet else None)

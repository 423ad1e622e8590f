"""The dashboard's commands: serve, accounts, the audit log, rulings for the next run, the state."""

from __future__ import annotations

import datetime as dt
import gc
import signal
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countylines.govern.people import ROLES

if TYPE_CHECKING:
    from countylines.govern.state import State

accounts_app = typer.Typer(help="Accounts of the dashboard.", no_args_is_help=True)
audit_app = typer.Typer(help="The dashboard's log of who looked at whom, why and when.", no_args_is_help=True)
rulings_app = typer.Typer(help="What people ruled on the dashboard.", no_args_is_help=True)
state_app = typer.Typer(help="The dashboard's database of accounts, log and cases.", no_args_is_help=True)

Runs = Annotated[Path, typer.Argument(help="The folder that holds the runs.")]
RunsOption = Annotated[Path, typer.Option("--runs", help="The folder that holds the runs.")]
StateUrl = Annotated[
    str | None,
    typer.Option(
        "--state",
        envvar="COUNTYLINES_STATE",
        help="sqlite:///PATH or postgresql://user@host/name; left out: a file in a hidden folder beside the runs.",
    ),
]
Role = Annotated[list[str], typer.Option("--role", help=f"{', '.join(ROLES)}; again for another.")]


def installed() -> bool:
    """Whether the packages of the dashboard are here; a run needs none of them."""
    from importlib.util import find_spec

    return all(find_spec(name) for name in ("alembic", "argon2", "fastapi", "jinja2", "sqlalchemy", "uvicorn"))


def need_packages() -> None:
    """Before any command of the dashboard.

    Raises:
        InputError: its packages are missing.
    """
    from countylines.errors import InputError

    if not installed():
        raise InputError("the dashboard isn't installed", "install it: pip install 'countylines[web]'")


def refuse_a_run(folder: Path, advice: str) -> None:
    """Before anything is written into a folder that was named: a finished run stays as it is.

    Raises:
        InputError: it is a finished run.
    """
    from countylines.errors import InputError
    from countylines.runs import MANIFEST

    if (folder / MANIFEST).is_file():
        raise InputError("this is a run itself; nothing was changed", advice, file=folder)


def serve(
    runs: Runs,
    state: StateUrl = None,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="The port to listen on.", min=1, max=65535)] = 8000,
    force: Annotated[str, typer.Option("--force", help="The police force's name, for the header.")] = "This force",
    marking: Annotated[str, typer.Option("--marking", help="The protective marking of pages.")] = "OFFICIAL-SENSITIVE",
    synthetic: Annotated[bool, typer.Option("--synthetic", help="Say on each page that nobody is real.")] = False,
    behind_proxy: Annotated[
        bool,
        typer.Option(
            "--behind-proxy", help="A proxy that ends TLS passes requests on; needed to be reached from other machines."
        ),
    ] = False,
    procedures: Annotated[
        Path | None, typer.Option("--procedures", help="A folder with your authorities' referral procedures (YAML).")
    ] = None,
    retention: Annotated[
        Path | None, typer.Option("--retention", help="Your file of how long things are kept (YAML).")
    ] = None,
    late_days: Annotated[
        int,
        typer.Option(
            "--late-days", min=0, help="A source is late when its latest record is more days before the run's last day."
        ),
    ] = 2,
    stale_days: Annotated[
        int,
        typer.Option(
            "--stale-days", min=0, help="Pages and files warn when the run's last day is more days before today."
        ),
    ] = 8,
) -> None:
    """The dashboard of a folder of runs, on this machine."""
    need_packages()
    with _nothing_collected():
        from countylines.govern.accounts import list_accounts
        from countylines.web import serve as dashboard

        refuse_a_run(runs, "give the folder that holds it")
        dashboard.check_address(host, port, behind_proxy)
        house = dashboard.open_house(
            runs,
            state,
            force=force,
            synthetic=synthetic,
            secure=behind_proxy,
            marking=marking,
            procedures=procedures,
            retention=retention,
            late_days=late_days,
            stale_days=stale_days,
        )
    if not list_accounts(house.state):
        kept = "with the same --state" if state else f"--runs {runs}"
        typer.echo(f"Nobody can sign in yet: countylines accounts add NAME --role analyst {kept}")
    if not house.shelf.runs():
        typer.echo(f"There is no finished run yet: countylines run EXTRACTS --out {runs / 'NAME'}")
    typer.echo(f"The dashboard is at http://{host}:{port}. Ctrl-C stops it.")
    dashboard.serve(house, host, port, behind_proxy=behind_proxy)


for each in (accounts_app, audit_app, rulings_app, state_app):
    each.callback()(need_packages)


@accounts_app.command("add")
def accounts_add(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Role,
    runs: RunsOption = Path(),
    state: StateUrl = None,
    display_name: Annotated[
        str, typer.Option("--display-name", help="The name as pages show it; left out: that to sign in with.")
    ] = "",
    area: Annotated[
        list[str] | None,
        typer.Option("--area", help="An area they keep to, spelt as in the records; again for another; none = all."),
    ] = None,
    cleared: Annotated[bool, typer.Option("--cleared", help="May open runs with restricted records.")] = False,
) -> None:
    """Make an account that signs in with a password, which is asked for."""
    from countylines.errors import InputError, nearest
    from countylines.govern import accounts, passwords
    from countylines.govern.state import open_state, revision
    from countylines.web.serve import new_state_url, state_url

    if unknown := [each for each in role if each not in ROLES]:
        raise InputError(f"there is no role {unknown[0]!r}", nearest(unknown[0], ROLES), field="--role")
    refuse_a_run(runs, "give the folder that holds it")
    url = state_url(runs, state)
    accounts.check_new(open_state(url) if revision(url) else None, name, display_name)
    _doubt_areas(runs, area or ())
    _heed_ctrl_c()
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    passwords.check(password, name)  # before a state is begun for it
    opened = open_state(new_state_url(runs, state))
    made = accounts.create_account(
        opened, name, display_name, password, role, now=_now(), areas=area or (), cleared=cleared
    )
    typer.echo(f"{made.name} may sign in as {', '.join(sorted(made.roles))}.")


def _doubt_areas(runs: Path, areas: Iterable[str]) -> None:
    """Say which areas no run here has a record of; a force may be about to add them, so that is all."""
    from countylines.web.own_areas import known_areas

    known = known_areas(runs)
    for area in areas:
        if known and area not in known:
            typer.echo(f"! No run here has a record of the area {area!r}. Known are {', '.join(known)}.")


@accounts_app.command("list")
def accounts_list(
    runs: RunsOption = Path(),
    state: StateUrl = None,
) -> None:
    """Who may sign in, and as what."""
    from countylines.govern.accounts import list_accounts

    with _existing(runs, state) as opened:
        found = list_accounts(opened)
    for each in found:
        more = [*(["closed"] if each.disabled else []), *(["cleared"] if each.cleared else []), *each.areas]
        typer.echo(f"{each.name}  {each.display_name}  {', '.join(sorted(each.roles))}  {', '.join(more)}".rstrip())


@audit_app.command("verify")
def audit_verify(
    runs: RunsOption = Path(),
    state: StateUrl = None,
    seal: Annotated[
        list[str] | None, typer.Option("--seal", help="A seal kept elsewhere, the whole line; again for another.")
    ] = None,
) -> None:
    """Check that no row of the log was changed, deleted, put in or moved; exit code 1 if one was."""
    from sqlalchemy.exc import DBAPIError

    from countylines.errors import InputError
    from countylines.govern.chain import Seal, verify

    try:
        seals = [Seal.parse(line) for line in seal or []]
    except ValueError:
        advice = "give the whole line that countylines audit seal printed, in quotation marks"
        raise InputError("this is no seal of the log", advice, field="--seal") from None
    with _existing(runs, state) as opened:
        try:
            verdict = verify(opened, seals)
        except DBAPIError as error:
            typer.echo(f"The log can't be read, so it isn't whole: {str(error.orig).splitlines()[0]}.")
            raise typer.Exit(1) from None
    typer.echo(verdict.said)
    raise typer.Exit(0 if verdict.whole else 1)


@audit_app.command("seal")
def audit_seal(
    runs: RunsOption = Path(),
    state: StateUrl = None,
) -> None:
    """The log's length and last hash in one line, to be kept where nobody with the database can reach it."""
    from countylines.govern.chain import seal

    with _existing(runs, state) as opened, opened.read() as connection:
        typer.echo(str(seal(connection, _now())))


@rulings_app.command("write")
def rulings_write(
    extracts: Annotated[Path, typer.Argument(help="The folder of the next run's extracts.")],
    runs: RunsOption = Path(),
    state: StateUrl = None,
) -> None:
    """Put the rulings in force beside the extracts, so that the next run follows them."""
    from countylines.govern import audit, decisions_file
    from countylines.govern.rulings import in_force

    refuse_a_run(extracts, "give the folder of the next run's extracts")
    now = _now()
    with _existing(runs, state) as opened:
        part = decisions_file.part_of(extracts)
        with opened.read() as connection:
            found = in_force(connection, now.date())
        gone = decisions_file.left_out(extracts, found)  # slow: nobody waits for the state meanwhile
        kept = [one for one in found if one not in gone]
        people = sorted({one.nominal_id for one in kept if one.nominal_id})
        detail = {"rows": len(kept), "left_out": [one.ruling_id for one in gone], "people": people}
        about = {"kind": "export", "what": "decisions", "recipient": str(part)}
        with opened.begin() as connection:
            audit.record(connection, audit.Event(now, "export_table", detail=detail, **about))
            decisions_file.write_decisions(extracts, kept)  # last: what isn't in the log isn't written
    typer.echo(f"{len(kept)} in force, in {part}. The next run of {extracts} follows them.")
    for one in gone:
        subject = one.nominal_id or one.record_id
        typer.echo(f"Left out: ruling {one.ruling_id}, {one.decision}. The extracts no longer hold {subject}.")


def retention(
    runs: RunsOption = Path(),
    state: StateUrl = None,
    file: Annotated[
        Path | None, typer.Option("--retention", help="Your file of how long things are kept (YAML), as for serve.")
    ] = None,
) -> None:
    """How long work's traces are kept, how many there are, and how many are due for review; erases nothing."""
    need_packages()
    from rich.console import Console

    from countylines.web.retention_show import show_retention

    with _existing(runs, state) as opened:
        show_retention(Console(), opened, runs, file)


@state_app.command("show")
def state_show(
    runs: RunsOption = Path(),
    state: StateUrl = None,
) -> None:
    """Which revision the tables are at."""
    from countylines.govern.state import revision_there
    from countylines.web.serve import state_url

    typer.echo(revision_there(state_url(runs, state)))


@state_app.command("upgrade")
def state_upgrade(
    to: Annotated[str, typer.Argument(help="The revision; left out: the newest.")] = "head",
    runs: RunsOption = Path(),
    state: StateUrl = None,
) -> None:
    """Bring the tables up to a revision; serve does this by itself."""
    from countylines.govern.state import revision, upgrade
    from countylines.web.serve import new_state_url

    refuse_a_run(runs, "give the folder that holds it (--runs)")
    url = new_state_url(runs, state)
    upgrade(url, to)
    typer.echo(f"The tables are at {revision(url)}.")


@state_app.command("downgrade")
def state_downgrade(
    to: Annotated[
        str, typer.Argument(help="The earlier revision; base = no tables. What only later ones hold is lost.")
    ],
    runs: RunsOption = Path(),
    state: StateUrl = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Take the tables back to an earlier revision, for an earlier version of the program."""
    from countylines.govern.state import downgrade, revision, revision_there
    from countylines.web.serve import state_url

    url = state_url(runs, state)
    revision_there(url)
    if not yes:
        _heed_ctrl_c()
        typer.confirm("What only later revisions hold is lost. Go on?", abort=True)
    downgrade(url, to)
    typer.echo(f"The tables are at {revision(url) or 'no revision: there are none'}.")


@contextmanager
def _existing(runs: Path, state: str | None) -> Iterator[State]:
    """The state for those who read: it is there already."""
    from countylines.govern.state import open_existing
    from countylines.web.serve import state_url

    with closing(open_existing(state_url(runs, state))) as opened:
        yield opened


def _heed_ctrl_c() -> None:
    """Before a question: Polars, once loaded, has the system go on reading after Ctrl-C, and it would be lost."""
    signal.signal(signal.SIGINT, signal.getsignal(signal.SIGINT))


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """While modules load there is no garbage, and looking for it takes a tenth of the start, now or at the end."""
    gc.disable()
    try:
        yield
        gc.freeze()  # they stay for good: need not be looked through later, either
    finally:
        gc.enable()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)

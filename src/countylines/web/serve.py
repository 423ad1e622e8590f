"""Start the dashboard: open the state, find the runs, answer on this machine."""

from __future__ import annotations

import atexit
import datetime as dt
import errno
import ipaddress
import logging
import os
import shutil
import socketserver
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn

from countylines.errors import InputError
from countylines.govern.procedure import load_procedures
from countylines.govern.retention_file import load_periods
from countylines.govern.state import open_state
from countylines.web import frame, render
from countylines.web.app import create_app
from countylines.web.group_rows import group_rows
from countylines.web.house import House
from countylines.web.layout import layout_of
from countylines.web.missing_rows import episodes
from countylines.web.network_data import About
from countylines.web.network_data import prepare as prepare_network
from countylines.web.network_facts import facts_of
from countylines.web.run_changes import run_before
from countylines.web.separate_list import SeparateList
from countylines.web.shelf import NoRun, Shelf

log = logging.getLogger(__name__)

STATE = ".state/countylines.sqlite"  # hidden, so that it's never taken for a run


def open_house(
    runs: Path,
    state: str | None,
    *,
    force: str,
    synthetic: bool,
    secure: bool,
    marking: str,
    procedures: Path | None = None,
    retention: Path | None = None,
    late_days: int = House.late_days,
    stale_days: int = House.stale_days,
) -> House:
    """Everything a dashboard needs, opened.

    Args:
        runs: the folder that holds the runs.
        state: the state database's URL; None = a SQLite file in a hidden folder beside the runs.
        force, synthetic, marking: said on every page.
        secure: cookies over TLS only.
        procedures: a folder with the local authorities' referral procedures; None = those that are shipped.
        retention: a file that says how long things are kept; None = the one that is shipped.
        late_days, stale_days: when a source, and when a run, is said to be old.

    Raises:
        InputError: a folder isn't there, the state can't be opened, or a file or single sign-on has a fault.
    """
    check_folder(runs)
    pages = render.environment()
    pages.globals.update(frame.GLOBALS)
    openid = _single_sign_on()
    local, periods = load_procedures(procedures), load_periods(retention)
    opened = open_state(new_state_url(runs, state))
    shelf = Shelf(runs, _indexes(runs), SeparateList(opened))
    return House(
        shelf,
        opened,
        pages,
        force,
        synthetic,
        marking,
        secure,
        openid,
        procedures=local,
        retention=periods,
        late_days=late_days,
        stale_days=stale_days,
    )


def _single_sign_on() -> Any:
    """The force's sign-in server, if the environment names one; loaded only then."""
    if not any(name.startswith("COUNTYLINES_OIDC_") for name in os.environ):
        return None
    from countylines.govern.openid import OpenId, OpenIdSettings

    single = OpenIdSettings.from_environment(os.environ)
    return OpenId(single) if single else None


def check_folder(runs: Path) -> None:
    """Refuse a folder of runs that isn't there.

    Raises:
        InputError: it isn't.
    """
    if not runs.is_dir():
        raise InputError("there is no such folder", "give the folder that holds the runs", file=runs)


def state_url(runs: Path, state: str | None) -> str:
    """Where the state is: where it's said, or in a file of a hidden folder beside the runs.

    Raises:
        InputError: it isn't said, and there is no such folder of runs.
    """
    if state:
        return state
    check_folder(runs)
    return f"sqlite:///{runs.absolute() / STATE}"


def new_state_url(runs: Path, state: str | None) -> str:
    """As :func:`state_url`, for those who may begin a state: its folder is made.

    Raises:
        InputError: as :func:`state_url`, or it can't be kept there.
    """
    url = state_url(runs, state)
    folder = (runs / STATE).parent
    try:
        if not state:
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        advice = "give the folder that holds the runs, or --state"
        raise InputError(f"the state can't be kept here: {error.strerror}", advice, file=folder) from error
    return url


def _indexes(runs: Path) -> Path:
    """Beside the runs; where that can't be written, in a folder of this process that goes with it."""
    if os.access(runs, os.W_OK):
        return runs / ".index"
    folder = Path(tempfile.mkdtemp(prefix="countylines-index-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # it holds names and texts
    return folder


def check_host(host: str, behind_proxy: bool) -> None:
    """Refuse to be reached from other machines without TLS.

    Raises:
        InputError: it would be.
    """
    if not behind_proxy and not _loopback(host):
        advice = "put a proxy that ends TLS before it and give --behind-proxy, or listen on 127.0.0.1"
        raise InputError(f"{host} can be reached from other machines, and passwords would travel openly", advice)


def check_address(host: str, port: int, behind_proxy: bool) -> None:
    """Refuse what can't be listened on, before anything is made.

    Raises:
        InputError: as :func:`check_host`, another program listens there, or the system keeps it to itself.
    """
    check_host(host, behind_proxy)
    taken = {errno.EADDRINUSE: "another program listens on it", errno.EACCES: "the system doesn't let you listen on it"}
    try:
        _Port((host, port), socketserver.BaseRequestHandler).server_close()
    except OSError as error:
        if error.errno not in taken:
            return  # of another kind: whoever listens in earnest says so
        raise InputError(f"{port}: {taken[error.errno]}", "give another", field="--port") from error


class _Port(socketserver.TCPServer):
    allow_reuse_address = True  # else a server that was stopped a moment ago would count as listening


def serve(house: House, host: str, port: int, *, behind_proxy: bool = False) -> None:
    """Answer until stopped.

    Args:
        house: what :func:`open_house` gives.
        host, port: where to listen.
        behind_proxy: a proxy on this machine or before it ends TLS; its forwarded headers are believed.

    Raises:
        InputError: as :func:`check_host`.
    """
    check_host(host, behind_proxy)
    for said in ending_calendars(house):
        log.warning(said)
    settings = {"log_level": "warning", "access_log": False, "server_header": False, "proxy_headers": behind_proxy}
    uvicorn.run(create_app(house, once_open=prepare), host=host, port=port, **settings)  # type: ignore[arg-type]


def prepare(house: House) -> None:
    """What takes a while of the current run, so that the first visitor need not wait for it."""
    try:
        reader = house.shelf.reader()
        reader.index.prepare()
        layout_of(reader)
        reader.index.prepare(wait=True)
        reader.index.warm()
        facts_of(reader)
        group_rows(reader)
        episodes(reader)
        prepare_network(reader, About(house.marking, house.synthetic))
        if before := run_before(house.shelf, reader):
            before.index.prepare(wait=True)
        for name in house.pages.list_templates():
            house.pages.get_template(name)
    except NoRun:  # a folder that waits for its first run
        return
    except (InputError, OSError) as error:  # the page that needs it says so
        log.warning("the current run can't be prepared: %s", error)


def ending_calendars(house: House) -> Iterator[str]:
    """What is to be done about procedures whose working days are soon worked out without bank holidays, or are now."""
    soon = house.clock().date() + dt.timedelta(days=90)
    for one in house.procedures.by_id.values():
        last = one.calendar.known_to
        if (last is None or last < soon) and any(step.clock and step.clock.unit != "hours" for step in one.steps):
            known = f"bank holidays to {last} only" if last else "no bank holidays"
            yield f"The procedure {one.id} knows {known}: add those to come to its calendar, or limits end too early."


def _loopback(host: str) -> bool:
    """Whether only this machine can reach it.

    Example:
        >>> _loopback("127.0.0.1"), _loopback("localhost"), _loopback("0.0.0.0")
        (True, True, False)
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

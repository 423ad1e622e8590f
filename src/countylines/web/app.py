"""The dashboard put together: every page is named here, and a route that doesn't say what it needs stops the start."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from importlib.resources import files
from types import ModuleType

from anyio import to_thread
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute
from starlette.staticfiles import StaticFiles

from countylines.web import (
    account_pages,
    case,
    case_steps,
    compare,
    downloads,
    faults,
    group,
    groups,
    harm_page,
    help,
    home,
    lexicon,
    lexicon_records,
    line_report,
    lines,
    log_pages,
    missing,
    names,
    network,
    network_export,
    notes_pages,
    openid_pages,
    password_page,
    people_list,
    person,
    queue,
    reason,
    records,
    referral,
    releases,
    removal_page,
    retention_pages,
    rulings,
    run_pages,
    search,
    signin,
    source_pages,
    tasking,
    views,
)
from countylines.web.access import Needs
from countylines.web.house import House
from countylines.web.security import Guard

THREADS = 8  # pages made at once
PAGES: tuple[ModuleType, ...] = (
    signin,
    reason,
    names,
    home,
    groups,
    group,
    removal_page,
    queue,
    case,
    case_steps,
    people_list,  # before person: /people is no id
    harm_page,  # before person: an id may hold a stroke
    person,
    records,
    search,
    rulings,
    compare,
    run_pages,
    log_pages,
    account_pages,
    source_pages,
    retention_pages,
    lexicon_records,
    lexicon,
    help,
    referral,
    missing,
    releases,
    downloads,
    openid_pages,
    password_page,
    lines,
    line_report,
    tasking,
    notes_pages,
    views,
    network,
    network_export,
)


@contextlib.asynccontextmanager
async def opening(app: FastAPI) -> AsyncIterator[None]:
    """Pages are made by few threads: whoever waits for one waits less than if all were made at once, each slowly."""
    to_thread.current_default_thread_limiter().total_tokens = THREADS
    if first := app.state.once_open:
        threading.Thread(target=first, args=(app.state.house,), name="prepare", daemon=True).start()
    yield


def create_app(house: House, once_open: Callable[[House], None] | None = None) -> FastAPI:
    """The application for one house.

    Args:
        house: the runs, the state and all that pages need.
        once_open: what is begun beside the pages when they can be asked for; before, it would only hold them up.

    Raises:
        ValueError: a route doesn't say which action it needs, which would be a fault of ours.
    """
    app = FastAPI(title="countylines", lifespan=opening, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.house, app.state.once_open = house, once_open
    for page in PAGES:
        for route in page.router.routes:
            needed(route)
        app.include_router(page.router)
    static = str(files("countylines.web").joinpath("static"))
    app.mount("/assets", StaticFiles(directory=static, check_dir=False), name="assets")
    faults.add_to(app)
    app.add_middleware(Guard, secure=house.secure)
    return app


def needed(route: BaseRoute) -> Needs:
    """What a route asks of who comes.

    Raises:
        ValueError: it doesn't say.
    """
    calls = [each.call for each in route.dependant.dependencies] if isinstance(route, APIRoute) else []
    found = [call for call in calls if isinstance(call, Needs)]
    if len(found) != 1:
        raise ValueError(f"{getattr(route, 'path', route)} doesn't say which action it needs")
    return found[0]

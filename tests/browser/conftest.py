"""A dashboard that answers on this machine, in a real Chromium: ``site``, and ``page_of("analyst")``, signed in.

Shared by all tests of this folder: one server and one browser; each test gets pages of its own.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from countylines.web.access import COOKIE
from countylines.web.app import create_app
from tests.web.conftest import accounts_made, runs  # noqa: F401
from tests.web.every import World, world

PageOf = Callable[..., Page]
expect.set_options(timeout=15_000)  # milliseconds: a busy machine is slow, and waiting costs nothing where it isn't


@dataclass(frozen=True)
class Site:
    """A running dashboard.

    Attributes:
        address: where it answers, without a slash at the end.
        world: the house behind it, and an example of everything.
    """

    address: str
    world: World

    @property
    def examples(self) -> dict[str, str]:
        """Something of each kind that is there."""
        return self.world.examples


@pytest.fixture(scope="session")
def site(runs: Path, accounts_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:  # noqa: F811
    """The dashboard with some of everybody's work in it."""
    with world(runs, accounts_made, tmp_path_factory.mktemp("site")) as made, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(made.house), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield Site(f"http://127.0.0.1:{listening.getsockname()[1]}", made)
        server.should_exit = True
        thread.join()


@pytest.fixture
def page_of(browser: Browser, site: Site) -> Iterator[PageOf]:
    """``page_of("analyst")``: a page in which that account is signed in, has given a reason and, where one must, asked
    for names; None = signed out.

    Afterwards no page may have thrown, broken the policy or asked for what isn't there.
    """
    opened: list[BrowserContext] = []
    wrong: list[str] = []

    def sign_in(role: str | None, *, names: bool = True, **options: Any) -> Page:
        context = browser.new_context(base_url=site.address, **{"viewport": {"width": 1440, "height": 900}, **options})
        opened.append(context)
        if role:
            site.world.sign_in(role, names=names)
            context.add_cookies([{"name": COOKIE, "value": site.world.client.cookies[COOKIE], "url": site.address}])
        page = context.new_page()
        page.on("console", lambda message: wrong.append(said(message)) if is_fault(message, page.url) else None)
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        return page

    yield sign_in
    for context in opened:
        context.close()
    assert not wrong


@pytest.fixture
def data(site: Site) -> dict[str, Any]:
    """What the network's explorer reads."""
    site.world.sign_in("analyst")
    found: dict[str, Any] = site.world.client.get("/network/data.json").json()
    return found


def is_fault(message: ConsoleMessage, address: str) -> bool:
    """Errors and warnings, which is how a broken policy shows.

    A page's own status is for its test to judge; how fast a graphics driver reads pixels is no fault of a page.
    """
    if message.text.startswith("[.WebGL") and "Performance" in message.text:
        return False
    own = message.text.startswith("Failed to load resource") and message.location["url"] == address
    slow = "GL Driver Message (OpenGL, Performance" in message.text  # software WebGL says that it is slow
    return message.type in ("error", "warning") and not own and not slow


def said(message: ConsoleMessage) -> str:
    """A message with the place it came from."""
    return f"{message.location['url']}: {message.text}"

"""Take the pictures of docs/dashboard.md from the demo's run: ``python scripts/screens.py demo`` (``make screens``).

The dashboard answers on this machine for as long as it takes, with a state of its own that goes afterwards; some work
is entered first, as people would, so that no page stands empty. Nothing beside the pictures is written, but the run's
reading index, which the dashboard makes anyway.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright
from small_png import smaller

from countylines.govern import accounts, cases, documents, people, reporting, rulings, tasking
from countylines.govern.account_rows import Account
from countylines.govern.case_steps import take_step
from countylines.govern.procedure import DRAFTED
from countylines.web.app import create_app
from countylines.web.house import House
from countylines.web.run_changes import run_before
from countylines.web.serve import open_house

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "images" / "screens"
PASSWORD = secrets.token_urlsafe(16)
WIDTH = 1440
LARGEST = 150_000  # bytes of a picture
NAMES = {"analyst": "A. Marrow", "safeguarding": "S. Fenwick", "senior_officer": "D. Harrow", "auditor": "O. Pell",
         "administrator": "I. Carr", "data_scientist": "R. Thorne"}  # fmt: skip


@dataclass(frozen=True)
class Screen:
    """One picture.

    Attributes:
        name: of the file, without its ending.
        role: who looks; None = nobody has signed in.
        path: the page's address, with the examples' names in braces.
        height: how much of the page is shown.
        wait: what must be there before the picture is taken.
        reason: whether a reason for access was given.
    """

    name: str
    role: str | None
    path: str
    height: int = 900
    wait: str = "main h1"
    reason: bool = True


SCREENS = (
    Screen("sign-in", None, "/sign-in", 640),
    Screen("reason", "analyst", "/reason", 860, reason=False),
    Screen("home", "analyst", "/"),
    Screen("search", "analyst", "/search?q={misspelt}", 720),
    Screen("groups", "analyst", "/groups"),
    Screen("people", "analyst", "/people"),
    Screen("removal", "analyst", "/removal", 900, "html[data-charts=ready]"),
    Screen("group", "analyst", "/groups/{group}", 1060),
    Screen("what-if", "analyst", "/groups/{group}?measure=harm#whatif", 745, "html[data-charts=ready]"),
    Screen("person", "analyst", "/people/{child}", 1200),
    Screen("record", "analyst", "/records/{record}", 760),
    Screen("wrong", "analyst", "/people/{adult}/wrong", 900),
    Screen("network", "analyst", "/network", 940, "html[data-net=ready]"),
    Screen("safeguarding", "safeguarding", "/safeguarding", 1100),
    Screen("case", "safeguarding", "/safeguarding/cases/{case}", 1200),
    Screen("referral", "safeguarding", "/safeguarding/cases/{case}/referral/{document}", 1100),
    Screen("missing", "safeguarding", "/missing", 880),
    Screen("lines", "analyst", "/lines"),
    Screen("line", "analyst", "/lines/{line}", 1100),
    Screen("releases", "analyst", "/releases"),
    Screen("tasking", "senior_officer", "/tasking", 560),
    Screen("lexicon", "data_scientist", "/lexicon", 1100),
    Screen("rulings", "analyst", "/rulings", 500),
    Screen("runs", "data_scientist", "/runs", 430),
    Screen("run", "data_scientist", "/runs/{run}", 1000),
    Screen("compare", "analyst", "/runs/compare?a={before}&b={run}", 1000),
    Screen("log", "auditor", "/log", 900),
    Screen("accounts", "administrator", "/accounts", 760),
    Screen("sources", "administrator", "/sources", 1080),
    Screen("retention", "administrator", "/retention", 1180),
)


def main(runs: Path) -> None:
    """Take every picture.

    Raises:
        SystemExit: a page isn't there, or a picture is too large.
    """
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, dashboard(runs, Path(folder)) as (house, address):
        about = examples_of(house)
        examples = {**about, **work_of(house, about)}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            try:
                take_all(browser, address, examples)
            finally:
                browser.close()
    large = [each.name for each in PICTURES.glob("*.png") if each.stat().st_size > LARGEST]
    if large:
        raise SystemExit(f"Larger than {LARGEST:,} bytes, show less of the page: {', '.join(sorted(large))}")


def take_all(browser: Browser, address: str, examples: dict[str, str]) -> None:
    """Sign in as each role once and take its pictures."""
    pages: dict[tuple[str | None, bool], Page] = {}
    blank = browser.new_page()
    for screen in SCREENS:
        who = (screen.role, screen.reason)
        if who not in pages:
            pages[who] = browser.new_page(viewport={"width": WIDTH, "height": 900}, base_url=address, locale="en-GB")
            if screen.role:
                sign_in(pages[who], screen.role, screen.reason)
        page = pages[who]
        page.set_viewport_size({"width": WIDTH, "height": screen.height})
        answer = page.goto(screen.path.format(**examples))
        if answer is None or not answer.ok:
            raise SystemExit(f"{screen.path}: answered {answer.status if answer else 'nothing'}")
        page.wait_for_selector(screen.wait, state="attached")
        page.wait_for_load_state("networkidle")
        path = PICTURES / f"{screen.name}.png"
        path.write_bytes(smaller(page.screenshot(animations="disabled"), blank))
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")


def sign_in(page: Page, role: str, reason: bool) -> None:
    """As that role, by the forms."""
    page.goto("/sign-in")
    page.get_by_label("Account name").fill(role)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/reason*")
    if reason:
        page.get_by_label("Training on synthetic data").check()
        page.get_by_label("Operation or reference").fill("Op Heron")
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url(lambda url: "/reason" not in url)


@contextmanager
def dashboard(runs: Path, folder: Path) -> Iterator[tuple[House, str]]:
    """The dashboard of these runs, at nine on the morning after the run's last day, with an account of each role."""
    house = open_house(runs, f"sqlite:///{folder / 'state.sqlite'}", force="Westmarch Police", synthetic=True,
                       secure=False, marking="OFFICIAL-SENSITIVE")  # fmt: skip
    reader = house.shelf.reader()
    morning = dt.datetime.combine(reader.as_of + dt.timedelta(days=1), dt.time(9), dt.UTC)
    house = dataclasses.replace(house, clock=lambda: morning)
    for role in people.ROLES:
        accounts.create_account(house.state, role, NAMES.get(role, role), PASSWORD, roles=[role], now=morning)
    reader.index.prepare(wait=True)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(house), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield house, f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
            house.state.close()


def examples_of(house: House) -> dict[str, str]:
    """What the pictures show: the first group, a child and an adult of it, a line, a record."""
    reader = house.shelf.reader()
    before = run_before(house.shelf, reader)
    if before is None:
        raise SystemExit("there is no earlier run to compare with: make the demo anew")
    before.index.prepare(wait=True)
    first = reader.table("priority").filter(pl.col("kind") == "group").sort("rank", "id")["id"][0]
    members = reader.table("nominals").filter(pl.col("group_id") == first).sort("nominal_id")
    facts = reader.table("safeguarding_facts").select("nominal_id", "missing_episodes", "missing_now")
    known = members.filter(pl.col("is_child")).join(facts, on="nominal_id")
    child = known.sort("missing_now", pl.col("missing_episodes").fill_null(0) * -1, nulls_last=True)["nominal_id"][0]
    adult = members.filter(pl.col("rankable"))["nominal_id"][0]
    record = reader.index.query(
        "SELECT i.record_id FROM involvements i JOIN records r ON r.record_id = i.record_id WHERE i.nominal_id = ?"
        " AND NOT coalesce(r.restricted, 0) ORDER BY r.score DESC, 1",
        child,
    )[0]["record_id"]
    name = reader.cards([adult])[adult].name.split()
    return {
        "group": first,
        "child": child,
        "adult": adult,
        "misspelt": f"{name[0]}+{misspelt(name[1])}",
        "record": record,
        "line": reader.table("lines").sort("line_id")["line_id"][0],
        "run": reader.name,
        "before": before.name,
    }


def misspelt(name: str) -> str:
    """Two letters in the middle change places, as in haste.

    Example:
        >>> misspelt("Marrow")
        'Marorw'
    """
    middle = len(name) // 2
    return name[:middle] + name[middle : middle + 2][::-1] + name[middle + 2 :]


def work_of(house: House, about: dict[str, str]) -> dict[str, str]:
    """A case with a drafted referral, a ruling that waits, an adopted group and a line's draft, about the examples."""
    now = house.clock() - dt.timedelta(minutes=40)
    run, later = house.shelf.reader().name, now.date() + dt.timedelta(days=28)
    by = {role: Account(found.account_id, role, found.display_name, found.roles)
          for role in NAMES if (found := accounts.find_account(house.state, role))}  # fmt: skip
    why = "Often missing, and named in records of a deal line"
    child = house.shelf.reader().cards([about["child"]])[about["child"]]
    summary = "A child who has been missing several times and is named in recent records beside adults of a deal line."
    line = reporting.Line(about["line"], ("+447700900123",), (), (), about["group"], run)
    with house.state.begin() as connection:
        officer, analyst = by["safeguarding"], by["analyst"]
        opened = cases.Opening(about["child"], "child", why, run, authority=child.home_authority)
        case = cases.open_case(connection, house.procedures, opened, officer, now)
        take_step(connection, house.procedures, case, 1, "mash", DRAFTED, officer, now)
        document = documents.write_document(
            connection, case, "mash", officer, now, summary=summary, texts={},
            known=["Missing more than once in the last year"], not_known=["Who arranges the journeys"],
        )  # fmt: skip
        proposal = rulings.Proposal("wrong person", "Another man of this name: see the birth date", later,
                                    about["adult"], about["record"])  # fmt: skip
        rulings.propose(connection, proposal, analyst, now)
        reporting.draft_line(connection, line, "Advertises to many buyers at once; children named beside it.", analyst,
                             now)  # fmt: skip
        tasking.decide(connection, about["group"], 0, "adopted", by["senior_officer"], now, run_id=run, lead="T. Wick",
                       why="Children named in it, and first under most weightings", review_on=later)  # fmt: skip
    return {"case": str(case), "document": str(document)}


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))

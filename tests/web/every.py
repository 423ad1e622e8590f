"""Every route of the dashboard, with something real to ask it for: for the tests of what holds on all pages."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from urllib.parse import quote

import polars as pl
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from countylines.govern import (
    accounts,
    cases,
    documents,
    notes,
    people,
    reporting,
    retention,
    retention_erase,
    rulings,
    sessions,
    tasking,
)
from countylines.govern.account_rows import Account
from countylines.govern.procedure import load_procedures
from countylines.web.access import COOKIE, SIGNED_IN, Needs
from countylines.web.app import PAGES, create_app, needed
from countylines.web.download_lists import LISTS
from countylines.web.house import House
from countylines.web.serve import open_house
from tests.web.conftest import NOW, Clock

CLEARED = "cleared"  # an analyst who is cleared for restricted records
WHO = (*people.ROLES, CLEARED, None)  # every role, and signed out

# What a page asks for beside its route's own action.
FURTHER: dict[str, tuple[str, ...]] = {
    "/groups/{group_id}/members": ("see_group",),
    "/groups/{group_id}/records": ("see_group",),
    "/groups/{group_id}/harm": ("see_group",),
    "/runs/{name}/rejects": ("see_people",),
    "/records/{record_id:path}/reason": ("see_restricted",),
    "/network/export": ("see_network",),
    **{f"/download{each.path}": (each.needs,) for each in LISTS},
}
QUERIES = {
    "/people/{nominal_id:path}/wrong": "?record={record_id}",
    "/rulings/new": "?person={nominal_id}",
    "/runs/compare": "?a={name}&b={name}",
    "/lexicon-records": "?group={group}",
    "/safeguarding/open": "?person={child}",
    "/search": "?q={word}",
    "/search/suggest": "?q={word}",
    "/download/runs/compare": "?a={name}&b={name}&only=joined",
}


@dataclasses.dataclass(frozen=True)
class Route:
    """One way in: a method and a path."""

    method: str
    path: str
    needs: Needs

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_json(self) -> bool:
        """Whether it answers scripts, not people."""
        return self.path.endswith(".json")

    def admits(self, role: str | None) -> bool:
        """Whether people.MATRIX lets this role in; None = signed out."""
        if self.needs.action is None:
            return True
        if role is None:
            return False
        may = people.MATRIX["analyst"] | {"see_restricted"} if role == CLEARED else people.MATRIX[role]
        return {self.needs.action, *FURTHER.get(self.path, ())} - {SIGNED_IN} <= may


def _routes() -> Iterator[Route]:
    for page in PAGES:
        for route in page.router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods):
                yield Route(method, route.path, needed(route))


ROUTES = tuple(_routes())
PAGES_SHOWN = tuple(route for route in ROUTES if route.method == "GET")
CHANGES = tuple(route for route in ROUTES if route.method != "GET")


@dataclasses.dataclass(eq=False)
class World:
    """A dashboard with some of everybody's work in it.

    Attributes:
        examples: name of a path's parameter to something that is there.
    """

    house: House
    client: TestClient
    examples: dict[str, str]

    def address(self, route: Route) -> str:
        """The route's address with the examples filled in.

        Raises:
            KeyError: a parameter has no example: add one in ``examples_of``.
        """
        filled = {name: quote(value, safe="") for name, value in self.examples.items()}
        path = re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: filled[found[1]], route.path)
        return path + QUERIES.get(route.path, "").format(**filled)

    def sign_in(self, role: str | None, reason: bool = True, names: bool = True) -> str:
        """The client is then signed in as this role's account, and has asked for names where they are covered until
        asked for; the secret that its changes need."""
        self.client.cookies.clear()
        if role is None:
            return ""
        account = accounts.find_account(self.house.state, role)
        assert account
        token, session = sessions.start_session(self.house.state, account, NOW)
        if reason:
            given = sessions.give_reason(self.house.state, session, "training", "Op Test", dt.timedelta(hours=4), NOW)
            if names and people.asks_for_names(account.roles, account.areas):
                sessions.show_names(self.house.state, given, NOW)
        self.client.cookies.set(COOKIE, token)
        return session.csrf


@contextmanager
def world(
    runs: Path, accounts_made: Path, folder: Path, said: str = "Found far from home", *, examples: bool = True
) -> Iterator[World]:
    """A dashboard of its own for a module of tests, on a state of its own; ``said`` is what people wrote there.

    Without ``examples`` nothing is looked up in the run or written, so that it may be of any kind.
    """
    shutil.copyfile(accounts_made, folder / "state.sqlite")
    state = f"sqlite:///{folder / 'state.sqlite'}"
    made = open_house(runs, state, force="Westmarch Police", synthetic=True, secure=False, marking="OFFICIAL-SENSITIVE")
    house = dataclasses.replace(made, clock=Clock())
    reader = house.shelf.reader()
    reader.index.prepare(wait=True)
    accounts.create_account(house.state, CLEARED, "Cleared analyst", "westmarch-lapwing-seven", roles=["analyst"],
                            now=NOW, cleared=True)  # fmt: skip
    with TestClient(create_app(house), follow_redirects=False) as client:
        yield World(house, client, {**examples_of(house), **work_of(house, said)} if examples else {})
    house.state.close()


def examples_of(house: House) -> dict[str, str]:
    """Something of each kind in the run."""
    reader = house.shelf.reader()
    people_of = reader.table("nominals").filter(pl.col("group_id").is_not_null())
    free = people_of.filter(pl.col("rankable")).sort("nominal_id")
    who = free["nominal_id"][0]
    record = reader.index.query(
        "SELECT i.record_id FROM involvements i JOIN records r ON r.record_id = i.record_id"
        " WHERE i.nominal_id = ? AND r.score > 0 AND NOT coalesce(r.restricted, 0) ORDER BY 1",
        who,
    )
    account = accounts.find_account(house.state, "reviewer")
    assert account
    return {
        "nominal_id": who,
        "child": people_of.filter(pl.col("is_child"))["nominal_id"].sort()[0],
        "word": reader.cards([who])[who].name.split()[-1],
        "group_id": free["group_id"][0],
        "record_id": record[0]["record_id"] if record else "none",
        "line_id": reader.table("lines")["line_id"].sort()[0],
        "name": reader.name,
        "run": reader.name,
        "account_id": account.account_id,
        "group": reader.index.query('SELECT "group" FROM hits ORDER BY 1 LIMIT 1')[0]["group"],
        "step": "mash",
        "view": "queue",
        "kind": "views",
    }


def work_of(house: House, said: str = "Found far from home") -> dict[str, str]:
    """A piece of work of each kind, and its id; ``said`` stands wherever somebody may write."""
    about = examples_of(house)
    run = house.shelf.reader().name
    by = Account("a-pell", "safeguarding", "J. Pell", frozenset({"safeguarding"}))
    gone = Account("a-gone", "gone", "Gone", frozenset())  # whose saved view is past its period
    soon = NOW.date() + dt.timedelta(days=30)
    line = reporting.Line(about["line_id"], ("+447700900123",), (said,), (said,), about["group_id"], run)
    with house.state.begin() as connection:
        opened = cases.Opening(about["child"], "child", said, run, authority="Westmarch")
        case = cases.open_case(connection, load_procedures(), opened, by, NOW)
        document = documents.write_document(
            connection, case, "mash", by, NOW, summary=said, texts={}, known=[said], not_known=[said]
        )
        wrong = rulings.Proposal("wrong person", said, soon, about["nominal_id"], about["record_id"])
        ruling = rulings.propose(connection, wrong, by, NOW)
        draft = reporting.draft_line(connection, line, said, by, NOW)
        note = notes.write_note(connection, "group", about["group_id"], said, by, NOW, shared=True)
        notes.write_note(connection, "person", about["nominal_id"], said, by, NOW, shared=True)
        old = notes.save_view(connection, said, "/groups", gone, NOW - dt.timedelta(days=3_000), shared=False)
        view = notes.save_view(connection, said, "/groups", by, NOW, shared=True)
        erasure = retention_erase.propose(connection, "views", [str(old)], said, house.retention, by, NOW)
        retention.hold(connection, "views", "", said, by, NOW)
        tasking.decide(connection, about["group_id"], 0, "adopted", by, NOW, why=said, run_id=run, lead=said,
                       review_on=soon)  # fmt: skip
    ids = {"case_id": case, "document_id": document, "ruling_id": ruling, "draft_id": draft, "note_id": note}
    return {name: str(value) for name, value in {**ids, "view_id": view, "erasure_id": erasure}.items()}


def read(here: World, path: str, role: str = "analyst") -> str:
    """A page's words, as that role reads it."""
    here.sign_in(role)
    answer = here.client.get(path)
    assert answer.status_code == 200, answer.text
    plain = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", plain)).split())

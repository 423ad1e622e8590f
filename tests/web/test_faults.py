"""When something breaks under the server: plain words, never a traceback, and nothing shown that wasn't logged."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import polars as pl
import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from countylines.errors import InputError
from countylines.govern import audit, people
from countylines.govern.state import State
from countylines.web import home
from countylines.web.access import COOKIE, Visit, needs
from countylines.web.app import create_app
from countylines.web.house import House
from countylines.web.security import HEADERS
from countylines.web.shelf import Shelf
from tests.web.conftest import RUN, Browse, csrf_of, secret_of
from tests.web.every import PAGES_SHOWN, World, world

CLEAR = (200, 303, 307, 400, 404, 410, 422, 503)
TRACES = ("Traceback", 'File "', ".parquet", "polars", "sqlite3", "InputError", "site-packages")


@pytest.fixture
def copied(runs: Path, tmp_path: Path) -> Path:
    """A copy of the run that a test may spoil, in a folder of its own."""
    return Path(shutil.copytree(runs / RUN, tmp_path / "runs" / RUN))


@pytest.fixture
def spoilt(copied: Path, accounts_made: Path, tmp_path: Path) -> Iterator[World]:
    """A dashboard on that copy."""
    with world(copied.parent, accounts_made, tmp_path) as made:
        yield made


def answers(here: World, more: str = "") -> dict[str, httpx.Response]:
    """What every page says to somebody who may open it."""
    found = {}
    for role in ("analyst", "safeguarding", *people.ROLES):
        here.sign_in(role)
        for route in PAGES_SHOWN:
            if route.admits(role) and str(route) not in found:
                address = here.address(route)
                query = ("&" if "?" in address else "?") + more if more else ""
                found[str(route)] = here.client.get(address + query)
    return found


def check(found: dict[str, httpx.Response]) -> None:
    """Every page answered clearly."""
    for where, answer in found.items():
        assert answer.status_code in CLEAR, f"{where}: {answer.status_code}"
        told = re.sub(r"<a [^>]*>|<input [^>]*>", "", answer.text)  # the addresses of runs and files may stand in links
        if answer.status_code in (410, 503):
            assert not [trace for trace in TRACES if trace in told], where
            assert "<h1" in told or answer.headers["content-type"] == "application/json", where


# A run that goes


def test_a_run_deleted_under_the_server_is_said_to_be_gone(spoilt: World, copied: Path) -> None:
    """Without any run, each page of a run says that there is none; one that names it, that it is gone."""
    before = answers(spoilt)
    assert before["GET /groups"].status_code == 200
    shutil.rmtree(copied)
    after = answers(spoilt)
    check(after)
    for page in (
        "GET /",
        "GET /groups",
        "GET /groups/{group_id}",
        "GET /people/{nominal_id:path}",
        "GET /lines",
        "GET /search",
    ):
        assert after[f"{page}"].status_code == 503, page
        assert "There is no run to show yet" in after[f"{page}"].text
    gone = answers(spoilt, f"run={RUN}")
    check(gone)
    assert gone["GET /groups"].status_code == 410
    assert f"The run {RUN} isn&#39;t here any more" in gone["GET /groups"].text
    assert after["GET /keys"].status_code == 200  # what needs no run stays


@pytest.mark.parametrize("part", ["*.parquet", "sources/*.parquet", "[g-p]*.parquet"])
def test_a_run_copied_by_halves_is_a_clear_page(copied: Path, accounts_made: Path, tmp_path: Path, part: str) -> None:
    """Files that are missing or cut short give a page that says so, each page the same way."""
    (tmp_path / "cut").mkdir()
    with world(copied.parent, accounts_made, tmp_path) as here:
        for path in copied.glob(part):
            path.unlink()
        here.house.shelf._open.clear()  # as a server that starts now
        gone = answers(here)
        check(gone)
    assert any(answer.status_code == 503 for answer in gone.values())


@pytest.mark.parametrize("part", ["priority.parquet", "nominals.parquet", "sources/nominals.parquet"])
def test_a_file_cut_short_is_a_clear_page(copied: Path, accounts_made: Path, tmp_path: Path, part: str) -> None:
    """A table of half its bytes can't be read: that is said."""
    with world(copied.parent, accounts_made, tmp_path) as here:
        content = (copied / part).read_bytes()
        (copied / part).write_bytes(content[: len(content) // 2])
        here.house.shelf._open.clear()
        for index in here.house.shelf.indexes.glob("*.sqlite"):
            index.unlink()
        here.sign_in("analyst")
        here.client.get(f"/people/{here.examples['nominal_id']}")
        if making := here.house.shelf.reader().index._making:  # in the background
            making.join()
        found = {
            path: here.client.get(path) for path in ("/", "/groups", "/lines", f"/people/{here.examples['nominal_id']}")
        }
    check(found)
    assert 503 in {answer.status_code for answer in found.values()}


DAMAGE: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a file that is gone": ("sources/records", Path.unlink),
    "a file cut short": ("sources/records", lambda path: path.write_bytes(path.read_bytes()[:2000])),
    "a file of another kind": ("hits", lambda path: pl.DataFrame({"x": [1]}).write_parquet(path)),
    "a column of another kind": (
        "record_scores",
        lambda path: pl.read_parquet(path).with_columns(record_id=pl.lit(1)).write_parquet(path),
    ),
}
SAID = {
    "a file that is gone": "this run has no table &#39;sources/records&#39;. Was it copied whole?",
    "a file cut short": "the table &#39;sources/records&#39; can&#39;t be read. Was it copied whole?",
    "a file of another kind": "this run was made by another version: hits has no",
    "a column of another kind": "one of its files is damaged. Copy the run here again",
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_what_is_wrong_with_a_run_is_said_again_and_again(
    copied: Path, accounts_made: Path, tmp_path: Path, kind: str
) -> None:
    """A record's page of a run that can't be indexed says why, each time, never that it is being prepared."""
    table, damage = DAMAGE[kind]
    with world(copied.parent, accounts_made, tmp_path) as here:
        damage(copied / f"{table}.parquet")
        here.house.shelf._open.clear()
        for index in here.house.shelf.indexes.glob("*.sqlite"):
            index.unlink()
        here.sign_in("analyst")
        address = f"/records/{here.examples['record_id']}"
        assert "being prepared" in here.client.get(address).text
        if making := here.house.shelf.reader().index._making:
            making.join()
        for _ in range(3):
            answer = here.client.get(address)
            check({address: answer})
            assert answer.status_code == 503
            assert "Refresh" not in answer.headers
            assert f"this run can&#39;t be prepared for reading: {SAID[kind]}" in answer.text


def test_a_run_that_was_mended_is_prepared_then(copied: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again after a while; until that is done the old fault is said."""
    hits = (copied / "hits.parquet").read_bytes()
    (copied / "hits.parquet").unlink()
    index = Shelf(copied.parent, tmp_path / "index").reader(RUN).index
    with pytest.raises(InputError, match="this run has no table 'hits'"):
        index.prepare(wait=True)
    (copied / "hits.parquet").write_bytes(hits)
    with pytest.raises(InputError, match="this run has no table 'hits'"):
        index.prepare(wait=True)
    monkeypatch.setattr("countylines.web.index.AGAIN", 0.0)
    index.prepare(wait=True)
    assert index.query("SELECT count(*) AS n FROM hits")[0]["n"] > 0


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"as_of": "2026-11-20"}', "\x00"])
def test_a_broken_run_does_not_hide_the_others(copied: Path, tmp_path: Path, content: str) -> None:
    """A folder whose manifest is half there is no run; those beside it can still be read."""
    broken = copied.parent / "zz-half"
    broken.mkdir()
    (broken / "manifest.json").write_text(content, encoding="utf-8")
    shelf = Shelf(copied.parent, tmp_path / "index")
    assert [run.folder.name for run in shelf.runs()] == [RUN]
    assert shelf.reader().name == RUN


def test_a_run_that_changes_is_read_anew(copied: Path, tmp_path: Path) -> None:
    """Another manifest under the same name is another run; nothing of the old one is shown."""
    shelf = Shelf(copied.parent, tmp_path / "index")
    first = shelf.reader(RUN)
    manifest = json.loads((copied / "manifest.json").read_text(encoding="utf-8"))
    (copied / "manifest.json").write_text(json.dumps(manifest | {"as_of": "2026-01-01"}), encoding="utf-8")
    second = shelf.reader(RUN)
    assert second is not first
    assert (str(second.as_of), shelf.reader(RUN)) == ("2026-01-01", second)


# A log that can't be written


def refuse(state: State) -> None:
    """Make the log refuse every row, as a full disk would."""
    with state.begin() as connection:
        connection.execute(
            text("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        )


@pytest.fixture
def deaf(house: House) -> Iterator[TestClient]:
    """A dashboard whose faults are answered, as by the real server, not raised into the test."""
    with TestClient(create_app(house), follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


def as_analyst(browse: Browse, client: TestClient, who: str = "analyst") -> str:
    """Sign the client in; its secret."""
    signed_in = browse(who)
    client.cookies.set(COOKIE, signed_in.cookies[COOKIE])
    return csrf_of(client.get("/keys").text)


def test_what_can_not_be_logged_is_not_shown(deaf: TestClient, browse: Browse, house: House) -> None:
    """No name, no record, no file, no refusal even: a request that can't be written into the log fails."""
    reader = house.shelf.reader()
    who = reader.table("nominals")["nominal_id"][0]
    secret = as_analyst(browse, deaf)
    assert deaf.get(f"/people/{who}").status_code == 200
    before = audit.search(house.state).total
    refuse(house.state)
    name = reader.cards([who])[who].name
    for path in (f"/people/{who}", f"/search?q={name}", "/missing", "/accounts"):
        answer = deaf.get(path)
        assert answer.status_code == 500, path
        assert name not in answer.text.replace(f"q={name}", "")
        assert "disk is full" not in answer.text
        assert re.search(r"reference [0-9a-f]{4}", answer.text)
    sent = {"csrf": secret, "kind": "csv", "marking": "OFFICIAL-SENSITIVE", "recipient": "A", "purpose": "B"}
    answer = deaf.post("/download/groups", data=sent)
    assert (answer.status_code, "attachment" in str(answer.headers)) == (500, False)
    assert audit.search(house.state).total == before


def test_a_change_that_can_not_be_logged_is_not_made(deaf: TestClient, browse: Browse, house: House) -> None:
    """The change and its row in the log stand or fall together."""
    secret = as_analyst(browse, deaf, "administrator")
    with house.state.read() as connection:
        before = connection.execute(text("SELECT count(*) FROM accounts")).scalar()
    refuse(house.state)
    sent = {
        "csrf": secret,
        "name": "new.person",
        "display_name": "New",
        "password": "plum kettle harbour",
        "roles": "analyst",
    }
    assert deaf.post("/accounts", data=sent).status_code in (400, 500)
    with house.state.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM accounts")).scalar() == before


def test_nobody_signs_in_when_the_log_can_not_be_written(deaf: TestClient, house: House) -> None:
    secret = secret_of(deaf.get("/sign-in").text)
    refuse(house.state)
    answer = deaf.post("/sign-in", data={"secret": secret, "name": "analyst", "password": "wrong", "next": "/"})
    assert answer.status_code == 500
    assert COOKIE not in answer.cookies


def test_a_state_that_can_not_be_reached_says_so_and_shows_nothing(
    deaf: TestClient, browse: Browse, house: House
) -> None:
    who = house.shelf.reader().table("nominals")["nominal_id"][0]
    as_analyst(browse, deaf)
    with house.state.begin() as connection:
        connection.execute(text("ALTER TABLE audit_head RENAME TO elsewhere"))
    answer = deaf.get(f"/people/{who}")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
    assert "records are busy or can&#39;t be reached" in answer.text
    assert house.shelf.reader().cards([who])[who].name not in answer.text


# A fault of ours


def test_a_fault_of_ours_is_a_page_with_a_reference(
    house: House, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What broke is in the server's log, under the reference; the page keeps the policy and says nothing of it."""
    router = type(home.router)()

    @router.get("/")
    def broken(visit: Visit = needs("see_home")) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(home, "router", router)
    with TestClient(create_app(house), follow_redirects=False, raise_server_exceptions=False) as client:
        client.cookies.set(COOKIE, browse("analyst").cookies[COOKIE])
        answer = client.get("/")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert re.search(r"reference [0-9a-f]{4}", answer.text)
    assert "secret of the house" not in answer.text
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers["cache-control"] == "no-store"


def test_a_script_gets_its_fault_as_json(house: House, browse: Browse) -> None:
    """What is asked for by a script is answered in its language, refusals too."""
    with TestClient(create_app(dataclasses.replace(house)), follow_redirects=False) as client:
        answer = client.get("/nothing.json")
        assert (answer.status_code, "error" in answer.json()) == (404, True)


def test_no_refusal_leads_back_to_itself(browse: Browse) -> None:
    """Whoever has no start page is led to what they may open, or is told whom to ask."""
    for role, there in (("analyst", "/"), ("administrator", "/runs"), ("reviewer", None)):
        client = browse(role)
        page = client.get("/log").text if role == "analyst" else client.get("/").text
        main = page[page.index("<main") : page.index("</main>")]
        links = re.findall(r'href="([^"]+)"', main)
        assert links == ([there] if there else [])
        assert not there or client.get(there).status_code == 200

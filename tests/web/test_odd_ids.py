"""Ids as forces have them (a PNC id has a slash): every link leads where it says, whatever stands in an id."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from countylines.engine import DuckDB
from countylines.pipeline import run
from countylines.settings import Settings, Stability
from tests.report.small import write_extracts
from tests.web.every import World, world

ODD = {"ann": "2001/0123456A", "cat": "e?f#g h%&j", "eve": "Zoë;+x,y", "bob": "a//b"}
RECORDS = {"crime:1": "crime:x/27 y?#%", "intelligence:1": "intelligence:ä&b=c"}
LINKS = re.compile(r'href="(/(?:people|records|lines|groups|rulings/new|safeguarding/open)[^"]*)"')


@pytest.fixture(scope="module")
def here(accounts_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Ann, Bob, Cat and Eve, with ids that have a meaning in addresses."""
    folder = tmp_path_factory.mktemp("odd")
    extracts = write_extracts(folder / "extracts")
    for path in extracts.iterdir():
        text = path.read_text(encoding="utf-8")
        for plain, odd in (ODD | RECORDS).items():
            cell = f'"{odd}"' if "," in odd else odd
            text = re.sub(rf"(^|,){plain}(?=,|$)", lambda found, cell=cell: found[1] + cell, text, flags=re.MULTILINE)
        path.write_text(text, encoding="utf-8")
    engine = DuckDB(threads=1)
    small = Settings(stability=Stability(draws=0, network_draws=0, baseline_draws=0))
    run(extracts, folder / "runs" / "odd", small, engine)
    engine.close()
    with world(folder / "runs", accounts_made, folder, examples=False) as made:
        yield made
    shutil.rmtree(folder)


@pytest.mark.parametrize("role", ["analyst", "safeguarding"])
def test_every_link_leads_to_its_page(here: World, role: str) -> None:
    here.sign_in(role)
    seen: dict[str, str] = {}
    todo = ["/groups", "/groups/unlinked", "/network?view=table", "/search?q=stopped", "/lines", "/safeguarding"]
    while todo:
        path = todo.pop()
        if path in seen:
            continue
        answer = here.client.get(path)
        seen[path] = answer.text
        while answer.is_redirect:
            answer = here.client.get(answer.headers["location"])
        assert answer.status_code in (200, 403), f"{path}: {answer.status_code}"
        if answer.status_code == 200:
            todo += [link for link in map(unescape, LINKS.findall(answer.text)) if "?" not in link or "person=" in link]
    pages = "".join(seen.values())
    assert len(seen) > 20
    for odd in ODD.values():
        assert f'<span class="cl-mono">{odd}'.replace("&", "&amp;") in pages, odd
    assert all(record.split(":", 1)[1].replace("&", "&amp;") in pages for record in RECORDS.values())


def test_a_person_is_called_wrong_and_noted_by_an_odd_id(here: World) -> None:
    """The forms carry the id as it is."""
    csrf = here.sign_in("analyst")
    odd = ODD["cat"]
    form = {"csrf": csrf, "kind": "person", "what": odd, "text": "Seen in Saltmere", "shared": "1"}
    answer = here.client.post("/notes", data=form)
    assert answer.status_code == 303
    assert "Seen in Saltmere" in here.client.get(answer.headers["location"].partition("#")[0]).text

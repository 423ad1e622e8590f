"""The method page and the keys: true, readable by everybody who is signed in, and the keys can be turned off."""

from __future__ import annotations

import re
from pathlib import Path

from countylines.govern.people import ROLES
from countylines.rank.meanings import MEANINGS
from countylines.rank.safeguarding import TIERS
from countylines.web.help import LISTS
from tests.web.conftest import Browse, csrf_of


def test_everybody_signed_in_reads_method_and_keys(browse: Browse) -> None:
    for role in ROLES:
        client = browse(role)
        assert {client.get(path).status_code for path in ("/method", "/keys")} == {200}, role
    assert {browse(None).get(path).status_code for path in ("/method", "/keys")} == {303}


def test_the_method_page_says_what_the_program_does(browse: Browse) -> None:
    page = browse("ethics_committee").get("/method").text
    assert all(meaning in page for meaning in MEANINGS.values())
    assert all(words.capitalize() in page for words in TIERS.values())
    assert "At 0.5 or above they stay" in page
    assert "10,000 different weightings" in page
    assert page.count("Doesn't tell") >= 5


def test_the_page_has_the_keys_of_the_dialog(browse: Browse) -> None:
    source = (Path(__file__).parents[2] / "island/src/page/key-list.ts").read_text(encoding="utf-8")
    in_dialog = re.findall(r"\['([^']+)', '([^']+)'\]", source)
    assert in_dialog == [tuple(keys) for keys_of in LISTS.values() for keys in keys_of]
    page = browse("analyst").get("/keys").text
    assert all(f"<kbd>{keys}</kbd></dt><dd>{does}</dd>" in page for keys, does in in_dialog)


def test_the_keys_can_be_turned_off_and_on(browse: Browse) -> None:
    client = browse("analyst")
    page = client.get("/keys").text
    assert 'data-keys="off"' not in page
    answer = client.post("/keys", data={"csrf": csrf_of(page), "keys": "off"})
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert 'data-keys="off"' in client.get("/groups").text
    assert "The keys are off" in client.get("/keys").text
    client.post("/keys", data={"csrf": csrf_of(page), "keys": "on"})
    assert 'data-keys="off"' not in client.get("/groups").text


def test_the_keys_are_not_changed_from_elsewhere(browse: Browse) -> None:
    client = browse("analyst")
    assert client.post("/keys", data={"keys": "off"}).status_code == 403

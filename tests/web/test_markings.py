"""No file that leaves bears a lower marking than the pages it was taken from."""

from __future__ import annotations

import dataclasses
import re

import pytest
from fastapi import FastAPI

from countylines.web.app import create_app
from countylines.web.house import House
from countylines.web.reader import Reader
from tests.web.casework import Officer, some_child
from tests.web.conftest import Browse, csrf_of


@pytest.fixture
def house(house: House) -> House:
    """A house whose pages are secret."""
    return dataclasses.replace(house, marking="SECRET")


@pytest.fixture
def app(house: House) -> FastAPI:
    return create_app(house)


@pytest.mark.parametrize(
    ("role", "form", "file"),
    [
        ("auditor", "/log", "/log/export"),
        ("analyst", "/network/export", "/network/export"),
        ("analyst", "/download/groups", "/download/groups"),
    ],
)
def test_a_lower_marking_is_neither_offered_nor_taken(browse: Browse, role: str, form: str, file: str) -> None:
    client = browse(role)
    page = client.get(form).text
    offered = re.search(r'<select[^>]*name="marking".*?</select>', page, re.DOTALL)
    assert offered
    assert re.findall(r"<option[^>]*>([^<]+)", offered[0]) == ["SECRET"]
    sent = {"csrf": csrf_of(page), "recipient": "Op Larch", "purpose": "Test", "kind": "csv", "format": "csv-people",
            "file": "csv"}  # fmt: skip
    for marking, status in (("OFFICIAL", 400), ("OFFICIAL-SENSITIVE", 400), ("SECRET", 200)):
        answer = client.post(file, data={**sent, "marking": marking})
        assert answer.status_code == status, marking
        assert status == 200 or "Choose a marking" in answer.text


def test_a_referral_has_no_lower_marking_either(browse: Browse, reader: Reader) -> None:
    officer = Officer(browse("safeguarding"))
    case = officer.opens(some_child(reader))
    document = officer.writes(case, summary="A child far from home.").headers["location"]
    offered = re.search(r'<select[^>]*name="marking".*?</select>', officer.get(document), re.DOTALL)
    assert offered and re.findall(r"<option[^>]*>([^<]+)", offered[0]) == ["SECRET"]
    for marking, status in (("OFFICIAL-SENSITIVE", 400), ("SECRET", 200)):
        assert officer.send(f"{document}/file", recipient="MASH", marking=marking, form="file").status_code == status

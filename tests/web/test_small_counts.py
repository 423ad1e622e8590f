"""No count of 1 to 4 can be worked out by those from whom small counts are hidden: all they see is rounded (F7)."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.conftest import RUN
from tests.web.every import World, world

AS_OF = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4}(?:, \d\d:\d\d)?")
CELLS = re.compile(r'<(?:td|dd)[^>]*class="(?:num|v|n)[^"]*"[^>]*>(.*?)</(?:td|dd)>', re.DOTALL)
OTHER = "run-other"


@pytest.fixture(scope="module")
def here(runs: Path, accounts_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The run, with rows that aren't used for reasons of 58 and 4 rows, and another one with somewhat fewer people."""
    folder = tmp_path_factory.mktemp("rounded")
    for name in (RUN, OTHER):
        shutil.copytree(runs / RUN, folder / "runs" / name)
        path = folder / "runs" / name / "manifest.json"
        told = json.loads(path.read_text(encoding="utf-8"))
        told["rows_in"]["episodes"].update(rows_in=2_537, kept=2_475, set_aside=62 if name == RUN else 58, rejected=0)
        told["rows_out"]["skipped_records"] = 1
        told["as_of"] = told["as_of"] if name == RUN else "2020-01-01"
        path.write_text(json.dumps(told), encoding="utf-8")
    with world(folder / "runs", accounts_made, folder, examples=False) as made:
        yield made
    shutil.rmtree(folder)


def read(here: World, path: str, role: str) -> str:
    here.sign_in(role)
    answer = here.client.get(path)
    assert answer.status_code == 200, path
    return answer.text


def counts(page: str) -> list[int]:
    """The whole numbers in cells of figures, without dates, shares, times and ranks."""
    found = []
    for cell in CELLS.findall(page):
        plain = AS_OF.sub("", re.sub(r"<[^>]+>", " ", cell)).replace("of 3 people or more", "")  # a setting
        if not re.search(r"%|\d\.\d|rank|to \d", plain):
            found += [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", plain)]
    return found


COMPARED = f"/runs/compare?a={OTHER}&b={RUN}&all=true"
PAGES = ("/", "/groups", "/safeguarding", f"/runs/{RUN}", f"/runs/{OTHER}", "/runs", COMPARED)


@pytest.mark.parametrize("path", PAGES)
def test_every_count_of_people_and_rows_is_rounded_to_five(here: World, path: str) -> None:
    """A difference of two such counts is 0 or at least 5, on one page and between two runs."""
    page = read(here, path, "ethics_committee")
    groups = len(here.house.shelf.reader(RUN).table("groups"))
    odd = sorted({n for n in counts(page) if n % 5} - {groups})  # of groups: of no person
    assert not odd, odd
    assert "rounded to 5" in page


def test_nobody_else_is_given_rounded_counts(here: World) -> None:
    page = read(here, f"/runs/{RUN}", "senior_officer")
    assert "62" in re.findall(r"\b62\b", page)
    assert "rounded to 5" not in page


def test_the_reasons_beside_their_total_tell_no_small_count(here: World) -> None:
    """62 set aside, 58 of them before since: 4 would be restricted."""
    page = read(here, f"/runs/{RUN}", "ethics_committee")
    row = re.findall(r"<tr><td>episodes</td>(.*?)</tr>", page, re.DOTALL)[0]
    assert re.findall(r"\d[\d,]*", re.sub(r"<[^>]+>", " ", row)) == ["2,535", "2,475", "60", "0"]
    assert "under 5 too large" in page


def test_the_manifest_is_rounded_too(here: World) -> None:
    here.sign_in("ethics_committee")
    told = here.client.get(f"/runs/{RUN}/manifest").json()
    rows = [n for counts in told["rows_in"].values() for n in counts.values() if isinstance(n, int)]
    assert rows
    assert all(n % 5 == 0 for n in rows)
    assert told["rows_in"]["episodes"]["set_aside"] == 60
    assert told["rows_out"]["skipped_records"] == "under 5"
    assert not any(re.search(r"\d", note) for note in told["notes"])

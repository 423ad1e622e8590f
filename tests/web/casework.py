"""What the tests of the safeguarding room share: an officer at work in a browser, and the run's own tables."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import polars as pl
from starlette.testclient import TestClient

from countylines.govern import accounts
from countylines.web.house import House
from countylines.web.reader import Reader
from tests.web.conftest import NOW, PASSWORD, RUN, csrf_of

QUESTIONS = ("missing", "travel", "older", "offenders", "phones", "money", "injuries", "threats", "school", "care",
             "drugs", "property")  # fmt: skip


class Officer:
    """Somebody in a browser: sends forms as the pages have them."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str) -> str:
        """A page that must be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, seen(answer)[:300])
        return answer.text

    def send(self, path: str, **fields: Any) -> httpx.Response:
        """Send a form to a path, with the secret of the queue's page."""
        return self.client.post(path, data={"csrf": csrf_of(self.get("/safeguarding/open")), **fields})

    def opens(self, nominal_id: str, **fields: str) -> str:
        """Open a case; its address."""
        given = {"person": nominal_id, "why": "Seen far from home", "authority": "Westmarch", **fields}
        answer = self.send("/safeguarding/cases", form="open", **given)
        assert answer.status_code == 303, seen(answer)[:400]
        return str(answer.headers["location"])

    def version(self, case: str) -> str:
        """The case's version, as its page has it."""
        return re.findall(r'name="version" value="(\d+)"', self.get(case))[0]

    def takes(self, case: str, step: str, to: str, **fields: str) -> httpx.Response:
        """Move a step."""
        form = {"version": self.version(case), "form": f"step-{step}", "to": to, **fields}
        return self.send(f"{case}/steps/{step}", **form)

    def refers(self, case: str) -> None:
        """Draft the first referral and mark it as sent."""
        assert self.takes(case, "mash", "drafted").status_code == 303
        assert self.takes(case, "mash", "sent", why="by secure email").status_code == 303

    def screens(self, case: str, result: str, **answers: str) -> httpx.Response:
        """Answer every question of the screening tool and give the result."""
        given = {f"q-{name}": answers.get(name, "not known") for name in QUESTIONS}
        form = {"version": self.version(case), "form": "answers", "finish": "1", "result": result, **given}
        return self.send(f"{case}/answers/screening", **form)

    def writes(self, case: str, step: str = "mash", **fields: str) -> httpx.Response:
        """Write a referral document."""
        form = {"version": self.version(case), "form": "write", "step": step, "summary": "I worry about her.", **fields}
        return self.send(f"{case}/referral", **form)


def seen(answer: httpx.Response | str) -> str:
    """A page as read: without tags, blanks made one."""
    text = answer if isinstance(answer, str) else answer.text
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))


def in_tier(reader: Reader, *tiers: int) -> list[str]:
    """Everybody in these tiers, by the run's table."""
    table = reader.run.read("safeguarding")
    return sorted(table.filter(pl.col("tier").is_in(tiers))["nominal_id"].unique())


def some_child(reader: Reader, at: int = 0) -> str:
    """A child of tiers 2 and 3."""
    facts = reader.run.read("safeguarding_facts").filter(pl.col("age_group").is_in(["under 16", "16 or 17"]))
    return sorted(set(in_tier(reader, 2, 3)) & set(facts["nominal_id"]))[at]


def some_adult(reader: Reader, at: int = 0) -> str:
    """An adult who is believed exploited."""
    facts = reader.run.read("safeguarding_facts").filter(pl.col("age_group") == "18 or over")
    return sorted(set(in_tier(reader, 3)) & set(facts["nominal_id"]))[at]


def copied(runs: Path, folder: Path, hours: float = 30) -> Path:
    """A folder with a copy of the run, made so many hours ago."""
    shutil.copytree(runs / RUN, folder / RUN)
    made = (NOW - dt.timedelta(hours=hours)).timestamp()
    os.utime(folder / RUN / "manifest.json", (made, made))
    return folder


def rows_of(page: str) -> list[str]:
    """Who stands on a page, in order: by the link of their name."""
    main = page.partition("<main")[2]
    return list(dict.fromkeys(re.findall(r'href="/people/(N\d+)"', main)))


def one_area(house: House, reader: Reader) -> tuple[str, set[str]]:
    """An account ``local`` that keeps to the area of the fewest people; the area, and who has a record there."""
    areas = reader.run.read("sources/records").drop_nulls("area").select("record_id", "area")
    where = reader.run.read("sources/involvements").join(areas, on="record_id").select("nominal_id", "area").unique()
    area = where["area"].value_counts().sort("count", "area")["area"][0]
    accounts.create_account(house.state, "local", "L", PASSWORD, roles=["analyst"], areas=[area], now=NOW, by="test")
    return area, set(where.filter(pl.col("area") == area)["nominal_id"])

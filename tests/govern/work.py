"""What the tests of people's work share: a few accounts, moments, the shipped procedures, a case to work on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from countylines.govern import caseload, cases
from countylines.govern.account_rows import Account
from countylines.govern.case_steps import answer, take_step
from countylines.govern.caseload import Case
from countylines.govern.cases import Opening
from countylines.govern.procedure import Procedures, load_procedures
from countylines.govern.state import State

PELL = Account("a-pell", "j.pell", "J. Pell", frozenset({"safeguarding"}))
MARROW = Account("a-marrow", "a.marrow", "A. Marrow", frozenset({"analyst"}))
OAK = Account("a-oak", "s.oak", "S. Oak", frozenset({"analyst", "senior_officer"}))
FRIDAY = dt.datetime(2026, 11, 20, 16, 30, tzinfo=dt.UTC)
PROCEDURES = load_procedures()
PLACE = "Westmarch"


def later(**more: float) -> dt.datetime:
    """A moment after ``FRIDAY``."""
    return FRIDAY + dt.timedelta(**more)


def opening(nominal_id: str = "n1", person: str = "child", **more: object) -> Opening:
    """A child in Westmarch, unless said otherwise."""
    given = {"nominal_id": nominal_id, "person": person, "why": "Found far from home", "run_id": "run-1"}
    return Opening(**{"authority": PLACE, **given, **more})  # type: ignore[arg-type]


class Work:
    """A case in a transaction, its version followed."""

    def __init__(self, connection: Connection, opened: Opening, procedures: Procedures = PROCEDURES) -> None:
        self.connection, self.procedures, self.now = connection, procedures, FRIDAY
        self.case_id = cases.open_case(connection, procedures, opened, PELL, FRIDAY)
        self.version = 1

    def take(self, step: str, to: str, **more: str) -> None:
        """Move a step."""
        what = (self.connection, self.procedures, self.case_id, self.version, step, to, PELL, self.now)
        self.version = take_step(*what, **more)

    def answer(self, step: str, answers: dict[str, str]) -> None:
        """Answer questions."""
        what = (self.connection, self.procedures, self.case_id, self.version, step, answers, PELL, self.now)
        self.version = answer(*what)

    def screen(self, result: str) -> None:
        """Send the referral, answer everything, and give the result."""
        self.take("mash", "drafted")
        self.take("mash", "sent")
        self.answer("screening", {q.id: "not known" for q in self.case.step("screening").step.questions})
        self.take("screening", "done", result=result)

    @property
    def case(self) -> Case:
        """The case now."""
        return caseload.case(self.connection, self.procedures, self.case_id, self.now)

    def states(self) -> dict[str, str]:
        """Each step's state."""
        return {view.step.id: view.state for view in self.case.steps}


@contextmanager
def work(state: State, opened: Opening | None = None, procedures: Procedures = PROCEDURES) -> Iterator[Work]:
    """A new case, undone when the block ends."""
    with state.engine.connect() as connection:
        yield Work(connection, opened or opening(), procedures)

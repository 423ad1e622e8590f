"""What every page shares: the runs, the state, the templates, and how this installation is called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment

from countylines.govern.procedure import Procedures, load_procedures
from countylines.govern.retention_file import Periods, load_periods
from countylines.govern.state import State
from countylines.web.shelf import Shelf

MARKINGS = ("OFFICIAL", "OFFICIAL-SENSITIVE", "SECRET")


@dataclass(frozen=True, eq=False)
class House:
    """One running dashboard.

    Attributes:
        shelf: the runs.
        state: accounts, sessions, audit, and the work of people.
        pages: the templates.
        force: the police force's name, in the header.
        synthetic: every person is invented; said on each page.
        marking: the protective marking of pages and exports.
        secure: cookies only over TLS; False only on the machine itself.
        openid: the force's single sign-on, where there is one.
        clock: now, with time zone; tests give another.
        late_days: a source is late when its latest record is older than so many days before the run's day.
        stale_days: pages warn when the run's day is further back than so many days.
        procedures: the referral procedures of the local authorities; those that are shipped unless given.
        retention: how long things are kept; as shipped unless given.
    """

    shelf: Shelf
    state: State
    pages: Environment
    force: str = "This force"
    synthetic: bool = False
    marking: str = "OFFICIAL-SENSITIVE"
    secure: bool = True
    openid: Any = None
    clock: Callable[[], dt.datetime] = field(default=lambda: dt.datetime.now(dt.UTC))
    late_days: int = 2
    stale_days: int = 8
    procedures: Procedures = field(default_factory=load_procedures)
    retention: Periods = field(default_factory=load_periods)

    @property
    def markings(self) -> tuple[str, ...]:
        """The markings a file may have: never a lower one than the pages."""
        own = self.marking
        return MARKINGS[MARKINGS.index(own) :] if own in MARKINGS else (own,)

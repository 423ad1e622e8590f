"""What is taken out: a list, the filters it was made with, and what has to be said with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from countylines.web.access import Visit
from countylines.web.sheets import Sheet

ASKED = ("run", "page", "picked", "download", "col", "sort")  # of an address, no filters


@dataclass(frozen=True)
class Taken:
    """A list as it is taken out.

    Attributes:
        filters: in words, name to value; what is empty isn't there.
        caveats: of this list alone.
        runs: the runs it is of, with their days; none = the run of the page.
    """

    sheet: Sheet
    filters: Mapping[str, str] = field(default_factory=dict)
    caveats: Sequence[str] = ()
    runs: Sequence[tuple[str, dt.date]] = ()

    def run_id(self, visit: Visit) -> str:
        """The run, or runs."""
        return " and ".join(name for name, _ in self.runs) or visit.reader.name

    def as_of(self, visit: Visit) -> dt.date:
        """The day it speaks of."""
        return max((day for _, day in self.runs), default=None) or visit.reader.as_of


def filters_of(visit: Visit) -> dict[str, str]:
    """The filters of an address, as they are logged and said on the front sheet."""
    asked = visit.request.query_params
    return {name: ", ".join(asked.getlist(name)) for name in asked if name not in ASKED and asked[name]}

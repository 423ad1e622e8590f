"""The separate list: adults who are both victim and suspect, whom two people's ruling keeps out of every order."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

from countylines.govern.rulings import unranked
from countylines.govern.state import State

ASK_AGAIN = 5.0  # seconds; a change made in this server is seen at once


@dataclass(eq=False)
class SeparateList:
    """Who is on the list now; the state isn't asked every time, since every list of people asks."""

    state: State
    _found: frozenset[str] = frozenset()
    _asked: float | None = None

    def __call__(self) -> frozenset[str]:
        """Their nominal ids."""
        now = time.monotonic()
        if self._asked is None or now - self._asked >= ASK_AGAIN:
            with self.state.read() as connection:
                today = dt.datetime.now(dt.UTC).date()
                self._found = frozenset(unranked(connection, today)["nominal_id"].to_list())
            self._asked = now
        return self._found

    def forget(self) -> None:
        """Ask again the next time: a ruling was made or withdrawn."""
        self._asked = None

"""For whom something is taken out, and under which marking: asked alike on every way, and kept in the log (s.62)."""

from __future__ import annotations

from collections.abc import Mapping

from countylines.errors import InputError
from countylines.govern.changes import written
from countylines.web.access import Visit

LONGEST = 200
RECIPIENT = f"Enter who gets it, in one line of at most {LONGEST} characters"
MARKING = "Choose a marking"


def to_whom(
    visit: Visit, typed: Mapping[str, object] | None = None, *, marking: str = ""
) -> tuple[str, str, dict[str, str]]:
    """Recipient and marking as they were given, and what is wrong with them, by field.

    Args:
        typed: what was sent, if not by a form: its ``recipient`` and ``marking``.
        marking: the one it bears anyway; empty = it was asked for, and is one of the house's.

    Source: Data Protection Act 2018, s.62: the log says to whom personal data were disclosed.
    """
    sent = visit.form if typed is None else typed
    recipient, chosen = (str(sent.get(name, "")).strip() for name in ("recipient", "marking"))
    errors = {}
    try:
        recipient = written(recipient, "who gets it", longest=LONGEST)
    except InputError:
        errors["recipient"] = RECIPIENT
    if len(recipient.splitlines()) > 1:
        errors["recipient"] = RECIPIENT
    if not marking and chosen not in visit.house.markings:
        errors["marking"] = MARKING
    return recipient, marking or chosen, errors

"""How a page of the safeguarding room changes something: logged in the same transaction, and nothing typed is lost.

What can't be saved comes back with the typed text in its form. What somebody else changed meanwhile is shown beside it:
both versions stand on one page, and a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from countylines.errors import InputError
from countylines.govern import audit
from countylines.govern.changes import Conflict, NotThere
from countylines.web.access import Missing, Visit
from countylines.web.render import quoted
from countylines.web.sent import field_of, number, said

HIDDEN = ("csrf", "version", "form")
LABELS = {
    "to": "New state",
    "why": "Why, or how",
    "result": "Result",
    "decided_by": "Who decided",
    "detail": "Words for the queue",
    "person": "Child or adult",
    "age_why": "Why their age is in doubt",
    "authority": "Authority where the person is now",
    "responsible_authority": "Responsible authority",
    "risk": "Immediate risk",
    "called": "Who was called",
    "called_at": "When",
    "reference": "Reference",
    "lawyer": "Lawyer asked",
    "note": "Note",
    "outcome_22": "Outcome 22",
    "reason": "Reason",
    "summary": "Summary",
    "known": "What is known",
    "not_known": "What isn't known",
    "record_id": "Record",
    "by_route": "Sent by",
}
Act = Callable[[Connection, int], Any]
Show = Callable[[dict[str, str]], Response]


def change(visit: Visit, act: Act, show: Show, *, back: str, kind: str, what: str, anchor: str = "") -> Response:
    """Do it and go back to the page; or say why not, with what was typed.

    Args:
        visit: the request; its form has the ``version`` that was shown.
        act: does it, given a transaction and that version.
        show: the page again, with errors by field.
        back: where to go then.
        kind, what: for the log.

    Raises:
        Missing: there is no such case or document.
    """
    version = number(visit.form.get("version"))
    try:
        with visit.house.state.begin() as connection:
            act(connection, version)
            detail = {name: str(visit.form.get(field, ""))[:100] for name, field in (("change", "form"), ("to", "to"))}
            audit.record(connection, visit.event(kind, what, **detail))
    except Conflict as error:
        return _both(visit, error, back)
    except NotThere as error:
        raise Missing("There is no such case", "Look for it in the queue.") from error
    except InputError as error:
        return show({field_of(error): said(error)})
    return RedirectResponse(visit.url(back) + (f"#{quoted(anchor)}" if anchor else ""), 303)


def _both(visit: Visit, error: Conflict, back: str) -> Response:
    """What they changed and what you typed, side by side; nothing was saved and nothing is lost."""
    own: Mapping[str, str] = {
        name: str(value) for name, value in visit.form.items() if name not in HIDDEN and value not in ("", None)
    }
    visit.log("case", error.what, "failed", conflict=True)
    return visit.page(
        "case_conflict.html.j2",
        409,
        error=error,
        own=own,
        labels=LABELS,
        long=("summary", "known", "not_known", "why", "note", "reason", "outcome_22"),
        path=visit.request.url.path,
        form=str(visit.form.get("form", "")),
        back=back,
    )

"""What somebody typed into a page when their session or reason ended meanwhile: shown again, so that it isn't lost.

Nothing of it was saved, and nothing of it is kept or logged: it goes back to the browser that sent it.
"""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import URL
from starlette.routing import Match

from countylines.web.access import Visit
from countylines.web.case_change import HIDDEN, LABELS
from countylines.web.render import quoted
from countylines.web.signin import inside

WORDS = {
    "signed out": ("Your session has ended", "Sign in again", "/sign-in?next="),
    "no reason": ("Your reason for access has run out", "Give a reason", "/reason?next="),
    "expired": ("Nothing was changed", "Open the page again", ""),
}
# What pages put into a form by themselves.
UNTYPED = {*HIDDEN, "next", "back", "run", "show", "do", "what", "kind", "draft", "copy", "remove", "hit", "measure",
           "keys", "hold", "secret", "step", "to"}  # fmt: skip
STATUS = {"signed out": 401, "no reason": 403, "expired": 403}


def typed_again(request: Request, why: str) -> HTMLResponse | None:
    """The page that shows what was typed, with the way on; None = nothing was, or it came from no page of ours.

    Args:
        why: one of :data:`WORDS`.
    """
    back, visit = origin(request), request.state.visit
    typed = _typed(visit)
    if back is None or not typed or "hx-request" in request.headers:
        return None
    title, words, way = WORDS[why]
    to = way + quoted(back) if way else back
    house = request.app.state.house
    template = house.pages.get_template("typed.html.j2")
    page = template.render(visit=visit, house=house, title=title, words=words, to=to, typed=typed, why=why)
    return HTMLResponse(page, STATUS[why])


def origin(request: Request) -> str | None:
    """The page of ours that a form was sent from; None = another site's, or the browser doesn't say.

    A change that couldn't be saved shows its page at the change's own address, which can't be opened: it is the page
    above it then.
    """
    sent = URL(request.headers.get("referer", ""))
    try:
        ours = sent.netloc != "" and sent.netloc == request.headers.get("host")
    except ValueError:  # as http://[x
        return None
    if not ours:
        return None
    path = inside(sent.path)
    while path and not _opens(request, path):
        path = path.rpartition("/")[0]
    asked = f"?{sent.query}" if sent.query and path == sent.path else ""
    return inside((path or "/") + asked)


def _opens(request: Request, path: str) -> bool:
    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    return any(route.matches(scope)[0] == Match.FULL for route in request.app.routes)


def _typed(visit: Visit) -> list[tuple[str, str]]:
    """Each field by its label; of a form with a password nothing at all."""
    fields = {name: str(value) for name, value in visit.form.items() if name not in UNTYPED}
    if any("password" in name for name in fields):
        return []
    return [(_label(name), value) for name, value in fields.items() if value.strip()]


def _label(name: str) -> str:
    """A field's name in words.

    Example:
        >>> _label("not_known"), _label("q-missing"), _label("review_by")
        ("What isn't known", 'Missing', 'Review by')
    """
    return LABELS.get(name) or name.removeprefix("q-").replace("_", " ").replace("-", " ").capitalize()

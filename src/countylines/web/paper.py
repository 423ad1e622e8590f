"""A document that leaves: as a Word file, or as a page that prints, or is kept as a PDF, with nothing else on it."""

from __future__ import annotations

from fastapi.responses import Response

from countylines.govern.documents import Content
from countylines.web.access import Visit

WORD_FILE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PAGE = "page"  # what a form asks for who wants to print; all else is the Word file


def taken_out(visit: Visit, content: Content, name: str, back: str) -> Response:
    """The document in the form that was asked for; who gets it was said and logged before.

    Args:
        content: what it says, with the marking it leaves under.
        name: the file's, without its ending.
        back: the page that it is taken from.
    """
    if visit.form.get("as") == PAGE:
        return visit.page("paper.html.j2", content=content, recipient=str(visit.form.get("recipient", "")), back=back)
    from countylines.govern.docx_file import docx  # here, so that the dashboard starts without it

    named = {"Content-Disposition": f'attachment; filename="{name}.docx"'}
    return Response(docx(content), media_type=WORD_FILE, headers=named)


def form_of(visit: Visit) -> str:
    """What the log says of it."""
    return "print" if visit.form.get("as") == PAGE else "docx"

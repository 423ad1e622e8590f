"""A draft referral document as DOCX: paragraphs and tables, with the marking at the top and bottom of each page."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence

from docx import Document
from docx.document import Document as Made
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from countylines.govern.changes import written
from countylines.govern.documents import Content, Section

FONT, SIZE = "Arial", 11
MARGIN, LABEL, TEXT = Cm(2), Cm(6), Cm(11)
SYNTHETIC = "SYNTHETIC DATA: everybody in this document is invented"


def docx(content: Content) -> bytes:
    """The document as the bytes of a .docx file, of A4 pages; it names no author but who drafted it.

    Raises:
        InputError: it has no marking.
    """
    marking = written(content.marking, "the marking")
    made = Document()
    _page(made, marking, content)
    made.add_heading(_plain(content.title), level=0)
    made.add_paragraph(_plain(content.force))
    if content.synthetic:
        made.add_paragraph(SYNTHETIC)
    for section in content.sections:
        _section(made, section)
    about = made.core_properties
    about.title, about.author, about.last_modified_by = _plain(content.title), _plain(content.drafted), ""
    about.comments, about.keywords = "", marking
    about.created = about.modified = dt.datetime(2000, 1, 1)  # when it was drafted stands in the text
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _page(made: Made, marking: str, content: Content) -> None:
    made.styles["Normal"].font.name, made.styles["Normal"].font.size = FONT, Pt(SIZE)
    page = made.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = MARGIN
    more = f"   {SYNTHETIC}" if content.synthetic else ""
    for part in (page.header, page.footer):
        line = part.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.add_run(_plain(marking + more)).bold = True


def _section(made: Made, section: Section) -> None:
    made.add_heading(_plain(section.title), level=1)
    table: list[tuple[str, str]] = []
    for label, text in section.lines:
        if label:
            table.append((label, text))
            continue
        _table(made, table)
        table = []
        for paragraph in _plain(text).split("\n"):
            made.add_paragraph(paragraph)
    _table(made, table)


def _table(made: Made, rows: Sequence[tuple[str, str]]) -> None:
    if not rows:
        return
    table = made.add_table(rows=0, cols=2)
    table.style, table.autofit = "Table Grid", False
    for label, text in rows:
        cells = table.add_row().cells
        for cell, width, said in zip(cells, (LABEL, TEXT), (label, text), strict=True):
            cell.width = width
            cell.text = _plain(said)


def _plain(text: str) -> str:
    """The text without what XML can't hold."""
    return written(text, "a text", needed=False, longest=1_000_000)

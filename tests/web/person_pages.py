"""What the tests of people's and records' pages share: somebody of each kind, and a page's words."""

from __future__ import annotations

import re
from html import unescape

from countylines.web.reader import Reader


def kept(reader: Reader) -> list[str]:
    return reader.table("nominals")["nominal_id"].to_list()


def first(reader: Reader, mark: str) -> str:
    """The first kept person with this mark."""
    return next(
        card.nominal_id for card in map(reader.cards(kept(reader)).get, kept(reader)) if card and card.mark == mark
    )


def plain(page: str) -> str:
    """The words of a page's main part."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())

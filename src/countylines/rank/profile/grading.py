"""Gradings of intelligence, as written: 3x5x2 (2BP) since 2016, 5x5x5 (B24) before."""

from __future__ import annotations

import re
from collections.abc import Mapping

# The scheme's own name may stand before it; the last place says who may see it, and may be missing.
NEW = re.compile(r"(?:3X5X2)?([1-3][A-E])[PC]?")
OLD = re.compile(r"(?:5X5X5)?([A-E][1-5])[1-5]?")


def grade(written: str | None) -> str | None:
    """The first two places of a grading: the source and how well it knows; None where it can't be read.

    Source: College of Policing, Authorised Professional Practice on intelligence (3x5x2, and 5x5x5 before 2016).

    Example:
        >>> grade("2BP"), grade("b 2 4"), grade("3x5x2: 1-A-C"), grade("5x5x5 E41")
        ('2B', 'B2', '1A', 'E4')
        >>> grade("ungraded"), grade("4AP"), grade(None)
        (None, None, None)
    """
    plain = re.sub(r"[^A-Z0-9]", "", (written or "").upper())
    match = NEW.fullmatch(plain) or OLD.fullmatch(plain)
    return match.group(1) if match else None


def band(written: str | None, bands: Mapping[str, str]) -> str | None:
    """High, medium or low; None for no grading or one that isn't in the list (suspected false).

    Example:
        >>> band("2BP", {"2B": "medium"}), band("", {"2B": "medium"})
        ('medium', None)
    """
    found = grade(written)
    return bands.get(found) if found else None

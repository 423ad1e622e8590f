"""Which offence codes are of a class, however a system writes them."""

from __future__ import annotations

from collections.abc import Iterable

from countylines.rank.harm.codes import ho_class


def among(written: str | None, classes: Iterable[str]) -> bool:
    """Whether a code is one of the Home Office classes, as 008/01; a class alone, as 081, stands for everything in it.

    Example:
        >>> among("81/17", ["081"]), among("8/1", ["008/01"]), among("008/11", ["008/01"]), among(None, ["081"])
        (True, True, False, False)
    """
    found = ho_class(written or "")
    return any(one in (found, found.partition("/")[0].zfill(3)) for one in classes)

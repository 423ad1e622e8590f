"""The one error a user can cause: it says where, what is wrong and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Collection


class InputError(Exception):
    """Something the user gave can't be used; shown as one plain message, exit code 2.

    Args:
        what: what is wrong, as a sentence without a full stop.
        do: what to do about it, as a sentence without a full stop, or a question.
        file: the file's name or the table's name.
        row: the row's number, 1 = first data row.
        field: the column, setting or key.

    Example:
        >>> print(InputError("'13/1' is not a date", "write 2020-12-31", file="a.csv", row=7, field="recorded"))
        a.csv, row 7, recorded: '13/1' is not a date. Write 2020-12-31.
        >>> print(InputError("there is no setting nominl", "did you mean nominal?"))
        there is no setting nominl. Did you mean nominal?
    """

    def __init__(
        self, what: str, do: str = "", *, file: object = None, row: int | None = None, field: str | None = None
    ) -> None:
        self.what, self.do, self.row, self.field = what, do, row, field
        self.file = None if file is None else str(file)
        super().__init__(str(self))

    def __str__(self) -> str:
        place = [part for part in (self.file, f"row {self.row}" if self.row else None, self.field) if part]
        where = ", ".join(place) + ": " if place else ""
        return f"{where}{self.what}.{_sentence(self.do)}"


def _sentence(advice: str) -> str:
    """With a capital, but for our own command's name, and a stop, but after a question."""
    if not advice:
        return ""
    begun = advice if advice.startswith("countylines ") else advice[0].upper() + advice[1:]
    return f" {begun}" if begun.endswith("?") else f" {begun}."


def nearest(name: str, known: Collection[str]) -> str:
    """What the writer may have meant, as advice.

    Example:
        >>> nearest("nominal", ["nominals", "records"]), nearest("x", ["nominals", "records"])
        ('did you mean nominals?', 'known are nominals, records')
    """
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else "known are " + ", ".join(known)

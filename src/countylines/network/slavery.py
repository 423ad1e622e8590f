"""Which offence codes are modern slavery, however a system writes them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import narwhals as nw
import yaml


@cache
def classes() -> tuple[str, ...]:
    """The Home Office classes in slavery.yaml, as 036/06 or 106."""
    text = files("countylines.network").joinpath("slavery.yaml").read_text(encoding="utf-8")
    return tuple(entry["code"] for entry in yaml.safe_load(text)["classes"])


def spellings(code: str) -> set[str]:
    """The ways of writing one class and sub-class.

    Example:
        >>> sorted(spellings("036/06"))
        ['036/06', '036/6', '03606', '36/06', '36/6', '3606']
    """
    main, _, sub = code.partition("/")
    with_slash = {f"{m}/{s}" for m in (main, main.lstrip("0")) for s in (sub, sub.lstrip("0"))}
    return with_slash | {f"{main}{sub}", f"{main.lstrip('0')}{sub}"}


def is_slavery(offence_code: nw.Expr) -> nw.Expr:
    """Whether a record's offence code is one of the classes; null for no code."""
    exact = sorted(written for code in classes() if "/" in code for written in spellings(code))
    found = offence_code.is_in(exact)
    for whole in (code for code in classes() if "/" not in code):
        found = found | offence_code.str.starts_with(whole)
        if whole.startswith("0"):
            found = found | offence_code.str.starts_with(f"{whole.lstrip('0')}/")
    return found

"""The rules of a profile, read from YAML: every factor's sentence, levels and what it looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from countylines.errors import InputError
from countylines.sums import EDGE
from countylines.tables import CONNECTING_ROLES
from countylines.yamls import content, parsed

SHIPPED = "profile.yaml"
TOP = 4

# What each factor looks at: lists of texts, and numbers. The order is that of the 2021 paper.
FACTORS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "exploited_children": (("offences",), ()),
    "firearms": (("offences", "roles", "lexicon_groups"), ()),
    "children_missing": ((), ()),
    "looked_after_children": ((), ()),
    "lowest_level": (("carrying", "never"), ("young",)),
    "areas_impacted": (("roles",), ("least_score",)),
    "violence": (("offences", "roles", "lexicon_groups"), ()),
    "soc_overlap": ((), ()),
    "origin": (("from_roles", "to_roles"), ("least_score", "least_records", "least_share")),
}
ROLE_LISTS = ("roles", "carrying", "never", "from_roles", "to_roles")
WORDS = ("label", "meaning", "reason")
BANDS = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor's rule.

    Attributes:
        label, meaning, reason: its name, the plain sentence for pages and exports, and why the levels are so.
        levels: for level 1 to 4 the bound and whether it must be passed (above) or only reached (at least).
        lists, numbers: what it looks at, by the names in FACTORS.
    """

    name: str
    label: str
    meaning: str
    reason: str
    levels: tuple[tuple[float, bool], ...]
    lists: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, float]

    def level(self, count: pl.Expr) -> pl.Expr:
        """The level, 0 to 4, that a count comes to; null stays null."""
        passed = [count > bound + EDGE if above else count >= bound - EDGE for bound, above in self.levels]
        return pl.sum_horizontal(*(one.cast(pl.Int64) for one in passed), ignore_nulls=False)


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a profile.

    Attributes:
        version: of the file.
        scope: the sentence that stands under every profile: our records only.
        people: how protected and held people are called, here and nowhere otherwise.
        factors: the nine, in order.
        bands: high, medium or low for the first two places of a grading, as 1A or B2.
        credible: the bands that count as a grading.
    """

    version: str
    scope: str
    people: str
    factors: Mapping[str, Factor]
    bands: Mapping[str, str]
    credible: tuple[str, ...]


def rules_bytes(path: Path | None = None) -> bytes:
    """A file of rules as it is; without one, the one shipped."""
    return content(path) if path else files(__package__).joinpath(SHIPPED).read_bytes()


def load_rules(path: Path | None = None) -> Rules:
    """Read a file of rules; without one, those shipped.

    Raises:
        InputError: it can't be read, or something in it is missing, unknown or not allowed.
    """
    file = path.name if path else SHIPPED
    written = parsed(rules_bytes(path), file, yaml.load)
    top = _keys(written, ("version", "scope", "people", "factors", "grading"), file, "")
    factors = _keys(top["factors"], tuple(FACTORS), file, "factors")
    grading = _keys(top["grading"], ("reason", *BANDS, "credible"), file, "grading")
    bands: dict[str, str] = {}
    for band in BANDS:
        for grade in _texts(grading[band], file, f"grading.{band}"):
            if grade in bands:
                raise InputError(f"{grade} is in two bands", "put it in one", file=file, field=f"grading.{band}")
            bands[grade] = band
    credible = _texts(grading["credible"], file, "grading.credible")
    for band in credible:
        _known(band, BANDS, file, "grading.credible")
    made = {name: _factor(name, factors[name], file) for name in FACTORS}
    return Rules(
        version=_text(top["version"], file, "version"),
        scope=_text(top["scope"], file, "scope"),
        people=_text(top["people"], file, "people"),
        factors=made,
        bands=bands,
        credible=credible,
    )


def _factor(name: str, written: object, file: str) -> Factor:
    lists, numbers = FACTORS[name]
    place = f"factors.{name}"
    values = _keys(written, (*WORDS, "levels", *lists, *numbers), file, place)
    found = {key: _texts(values[key], file, f"{place}.{key}") for key in lists}
    for key in set(found) & set(ROLE_LISTS):
        for role in found[key]:
            _known(role, CONNECTING_ROLES, file, f"{place}.{key}")
    words = {key: _text(values[key], file, f"{place}.{key}") for key in WORDS}
    return Factor(
        name,
        **words,
        levels=_levels(values["levels"], file, f"{place}.levels"),
        lists=found,
        numbers={key: _number(values[key], file, f"{place}.{key}") for key in numbers},
    )


def _levels(written: object, file: str, place: str) -> tuple[tuple[float, bool], ...]:
    """Four bounds, each harder than the one before."""
    if not isinstance(written, list) or len(written) != TOP:
        raise InputError("there must be four bounds", "give one for each of the levels 1 to 4", file=file, field=place)
    bounds = []
    for one in written:
        if not isinstance(one, dict) or len(one) != 1 or not set(one) <= {"at_least", "above"}:
            raise InputError(f"{one!r} is no bound", "give at_least: or above: and a number", file=file, field=place)
        ((kind, value),) = one.items()
        bounds.append((_number(value, file, place), kind == "above"))
    if bounds != sorted(set(bounds)):
        raise InputError("the bounds don't rise", "each level must ask for more", file=file, field=place)
    return tuple(bounds)


def _keys(written: object, allowed: tuple[str, ...], file: str, place: str) -> Mapping[str, Any]:
    """The mapping, when it has all of these keys and no other."""
    if not isinstance(written, dict):
        raise InputError("this is not a set of keys", f"give {', '.join(allowed)}", file=file, field=place or None)
    where = f"{place}." if place else ""
    for key in written:
        _known(key, allowed, file, f"{where}{key}")
    for key in allowed:
        if key not in written:
            raise InputError(f"{key!r} is missing", "see the file that is shipped", file=file, field=f"{where}{key}")
    return written


def _known(word: str, allowed: tuple[str, ...], file: str, place: str) -> None:
    if word not in allowed:
        raise InputError(f"there is no {word!r} here", f"known are {', '.join(allowed)}", file=file, field=place)


def _text(written: object, file: str, place: str) -> str:
    if not isinstance(written, str) or not written.strip():
        raise InputError("this is not a text", "write a sentence", file=file, field=place)
    return written.strip()


def _texts(written: object, file: str, place: str) -> tuple[str, ...]:
    if not isinstance(written, list):
        raise InputError("this is not a list", "write it as [one, two]", file=file, field=place)
    return tuple(_text(one, file, place) for one in written)


def _number(written: object, file: str, place: str) -> float:
    try:
        number = float(str(written))
    except ValueError as error:
        raise InputError(f"{written!r} is not a number", "give a number", file=file, field=place) from error
    if not 0 <= number < float("inf"):
        raise InputError(f"{written!r} isn't allowed", "give a number from 0", file=file, field=place)
    return number

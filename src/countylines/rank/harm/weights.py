"""Weights of offences: which one a crime has, and whether its codes leave several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from countylines.rank.harm.codes import ho_class


class Candidate(NamedTuple):
    """A weight that a code may mean: ``weight`` in days, None = the index has none; ``ho_class`` of its row."""

    ho_class: str
    weight: float | None


class Weighed(NamedTuple):
    """The weight of a crime, None = no weight, and whether the lowest of several was taken."""

    weight: float | None
    ambiguous: bool


Keyed = Mapping[str, tuple[Candidate, ...]]


@dataclass(frozen=True)
class Index:
    """One harm index in one edition.

    Attributes:
        name: cchi or ons_css.
        edition: as shown with every figure.
        by_urn, by_cjs, by_class: what a unique reference number, a CJS code and a Home Office class may mean.
        about: where the weights come from.

    Example:
        Burglary from two rows of one class; the CJS code tells which, the class alone doesn't.

        >>> plain, distraction = Candidate("028/03", 19.0), Candidate("028/03", 365.0)
        >>> index = Index("cchi", "toy", {}, {"TH68036": (distraction,)}, {"028/03": (plain, distraction)}, {})
        >>> index.weigh("028/03", "TH68036", None)
        Weighed(weight=365.0, ambiguous=False)
        >>> index.weigh("28/3", None, None)
        Weighed(weight=19.0, ambiguous=True)
        >>> index.weigh("999/99", None, None)
        Weighed(weight=None, ambiguous=False)
    """

    name: str
    edition: str
    by_urn: Keyed
    by_cjs: Keyed
    by_class: Keyed
    about: Mapping[str, str]

    def weigh(self, offence_code: str | None, cjs_code: str | None, urn: str | None) -> Weighed:
        """The weight of a crime by the finest of its codes that the index knows (METHOD 5).

        The reference number comes first, then the CJS code, then the class. Where a finer key leaves several weights,
        those of the crime's own class count if there are any. Of several the lowest is taken, and that is said.
        """
        own = ho_class(offence_code or "")
        found: tuple[Candidate, ...] = ()
        for keyed, code in ((self.by_urn, urn), (self.by_cjs, cjs_code)):
            found = found or keyed.get((code or "").strip().upper(), ())
        found = tuple(one for one in found if one.ho_class == own) or found or self.by_class.get(own, ())
        known = [one.weight for one in found if one.weight is not None]
        return Weighed(min(known, default=None), bool(known) and len({one.weight for one in found}) > 1)


CODES = ("offence_code", "cjs_code", "urn")


def weigh_records(records: pl.DataFrame, indexes: tuple[Index, ...]) -> pl.DataFrame:
    """Every record that has an offence code of any kind, weighed by each index.

    Args:
        records: record_id, offence_code, cjs_code, urn.

    Returns:
        One row per ``record_id`` and ``index``: ``edition``, ``weight`` (days; null = no weight), ``ambiguous``.
    """
    weighed = _coded(records).join(weigh_codes(records, indexes), on=CODES, nulls_equal=True)
    return weighed.select("record_id", "index", "edition", "weight", "ambiguous").sort("record_id", "index")


def weigh_codes(records: pl.DataFrame, indexes: tuple[Index, ...]) -> pl.DataFrame:
    """The weights that records use: all that a figure of harm rests on, and no more of a publisher's table.

    Args:
        records: record_id, offence_code, cjs_code, urn.

    Returns:
        One row per ``index`` and different ``offence_code``, ``cjs_code``, ``urn``, sorted by these: ``edition``,
        ``weight`` (days; null = no weight), ``ambiguous``, ``crimes``: records with these codes.
    """
    kinds = _coded(records).group_by(CODES).len("crimes").select(*CODES, pl.col("crimes").cast(pl.Int64))
    texts = dict.fromkeys([*CODES, "index", "edition"], pl.String())
    schema = {**texts, "weight": pl.Float64(), "ambiguous": pl.Boolean(), "crimes": pl.Int64()}
    rows = [
        (*kind, index.name, index.edition, *index.weigh(*kind), crimes)
        for *kind, crimes in kinds.iter_rows()
        for index in indexes
    ]
    return pl.DataFrame(rows, schema, orient="row").sort("index", *CODES)


def codes() -> list[pl.Expr]:
    """The codes of a record as they are weighed: one of blanks only is none."""
    texts = {code: pl.col(code).cast(pl.String) for code in CODES}
    return [pl.when(text.str.strip_chars() != "").then(text).alias(code) for code, text in texts.items()]


def _coded(records: pl.DataFrame) -> pl.DataFrame:
    """``record_id`` and the codes, of records that have one; a code of blanks is none."""
    return records.select("record_id", *codes()).filter(pl.any_horizontal(pl.col(CODES).is_not_null()))

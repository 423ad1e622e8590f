"""The criteria of groups and people, each from 0 to 1: nine levels, harm, places in the group (METHOD 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from countylines.graph import Floats
from countylines.rank.acceptability import Criteria
from countylines.rank.evidence import Evidence
from countylines.rank.harm import COUNTED, mass
from countylines.rank.rankable import Rankable
from countylines.settings import HarmIndex
from countylines.tables import CONNECTING_ROLES

LEVELS = 5  # 0 to 4
GROUP_HARM = "harm_12m"
PERSONAL = ("harm_12m", "harm_all", "strength", "betweenness", "group")


@dataclass(frozen=True)
class Basis:
    """What stands for harm: an index, and the detections that count; None = all three."""

    index: HarmIndex
    detections: tuple[str, ...] | None = None


def group_criteria(
    evidence: Evidence, profiles: pl.DataFrame, group_harm: pl.DataFrame, bases: Sequence[Basis]
) -> list[Criteria]:
    """Every group's nine levels / 4, and the share of all groups with less harm; once for each basis.

    Args:
        profiles: group_id, factor, level (null = unknown).
        group_harm: as the run table.
    """
    ids = tuple(evidence.groups["group_id"].sort().to_list())
    factors = tuple(profiles["factor"].unique().sort().to_list())
    level = {
        (group, factor): value for group, factor, value in profiles.select("group_id", "factor", "level").iter_rows()
    }
    levels = [[level.get((group, factor)) for factor in factors] for group in ids]
    shares = np.array(levels, np.float64).reshape(len(ids), len(factors)) / (LEVELS - 1)
    names = (*factors, GROUP_HARM)
    return [Criteria(ids, names, np.column_stack((shares, _less(group_harm, ids, "12m", basis)))) for basis in bases]


def personal_criteria(
    evidence: Evidence,
    nominal_harm: pl.DataFrame,
    centrality: pl.DataFrame,
    months: int,
    bases: Sequence[Basis],
    scores: Sequence[Mapping[str, float]],
) -> list[Criteria]:
    """Of rankable people with recent evidence, once for each basis; shares are of all rankable people.

    Args:
        nominal_harm, centrality: as the run tables.
        months: how long evidence is recent.
        scores: for each basis the mean score of each group.
    """
    ids = evidence.rankable.ids
    home = {person: group for group, people in evidence.members.items() for person in people}
    own = centrality.filter(pl.col("scope") == "group").select("measure", "nominal_id", "value")
    value = {(measure, person): x for measure, person, x in own.iter_rows()}
    places = [share_with_less(np.array([value.get((m, u), 0.0) for u in ids])) for m in ("strength", "betweenness")]
    recent = np.isin(np.array(ids, dtype=object), with_recent_evidence(evidence, evidence.rankable, months))
    kept = tuple(person for person, there in zip(ids, recent.tolist(), strict=True) if there)
    made = []
    for basis, score in zip(bases, scores, strict=True):
        harm = [_less(nominal_harm, ids, window, basis) for window in ("12m", "all")]
        group = np.array([score[home[u]] if u in home else np.nan for u in ids], np.float64)
        made.append(Criteria(kept, PERSONAL, np.column_stack((*harm, *places, group))[recent]))
    return made


def share_with_less(values: Floats) -> Floats:
    """For each value the share of all of them that are less.

    Example:
        >>> share_with_less(np.array([3.0, 1.0, 3.0, 2.0])).tolist()
        [0.5, 0.0, 0.5, 0.25]
    """
    less: Floats = np.searchsorted(np.sort(values), values, side="left") / max(1, len(values))
    return less


def with_recent_evidence(evidence: Evidence, rankable: Rankable, months: int) -> list[str]:
    """The rankable people who connect in a matched record of the last so many months before ``as_of``, sorted."""
    since = pl.lit(evidence.as_of).dt.offset_by(f"-{months}mo")
    matched = evidence.records.join(evidence.record_scores, on="record_id", how="semi")
    recent = matched.filter((pl.col("date") > since) & (pl.col("date") <= evidence.as_of))
    connecting = evidence.involvements.filter(pl.col("role").is_in(CONNECTING_ROLES))
    there = connecting.join(recent, on="record_id", how="semi").select("nominal_id").unique()
    return rankable.only(there)["nominal_id"].sort().to_list()


def can_tell(harm: pl.DataFrame, basis: Basis) -> bool:
    """Whether a basis says anything about the crimes that count.

    No index that has a weight for none of them does, nor reported crime where nobody knows how any came to light.

    Args:
        harm: rows of nominal_harm and group_harm: index, detection, standing, harm.

    Example:
        >>> row = {"index": ["cchi"], "detection": ["unknown"], "standing": ["charged"], "harm": [19.0]}
        >>> can_tell(pl.DataFrame(row), Basis("cchi")), can_tell(pl.DataFrame(row), Basis("cchi", ("reported",)))
        (True, False)
    """
    rows = harm.filter((pl.col("index") == basis.index) & pl.col("standing").is_in(COUNTED))
    told = rows["harm"].is_not_null() if basis.detections is None else rows["detection"] != "unknown"
    return rows.is_empty() or bool(told.any())


def _less(harm: pl.DataFrame, ids: Sequence[str], window: str, basis: Basis) -> Floats:
    """The share with less harm: convicted, charged and suspected crimes; 0 without a row."""
    known = mass(harm, basis.index, window, basis.detections)
    return share_with_less(np.array([known.get(name) or 0.0 for name in ids], np.float64))

"""Priority: where to look first, over all weightings of the criteria, since nobody knows the right one (METHOD 5).

It serves lawful disruption or support to stop. It says nothing about what anybody will do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import NamedTuple

import numpy as np
import polars as pl

from countylines.graph import Floats
from countylines.rank.acceptability import Criteria, Outcome, means, outcome
from countylines.rank.criteria import LEVELS, PERSONAL, Basis, can_tell, group_criteria, personal_criteria
from countylines.rank.evidence import Evidence
from countylines.rank.weightings import weightings
from countylines.settings import HarmIndex, Priority
from countylines.tables import RUN

OTHER: Mapping[HarmIndex, HarmIndex] = {"cchi": "ons_css", "ons_css": "cchi"}
BESIDE = ("rank_other_index", "rank_reported")


class _Weighed(NamedTuple):
    """The order on the chosen basis, and the mean score and mean rank of everybody on each basis."""

    whole: Outcome
    score: list[Floats]
    mean_rank: list[Floats]


def priority(
    evidence: Evidence,
    profiles: pl.DataFrame,
    group_harm: pl.DataFrame,
    nominal_harm: pl.DataFrame,
    centrality: pl.DataFrame,
    settings: Priority,
    index: HarmIndex = "cchi",
) -> pl.DataFrame:
    """Order the groups, and the rankable people, by their mean rank over drawn weightings of their criteria.

    Groups have ten criteria: the nine factors, level / 4, and ``harm_12m``. People have five: ``harm_12m``,
    ``harm_all``, ``strength`` and ``betweenness`` (within their group; 0 for the unlinked), and ``group``, the mean
    score of their group. Harm, strength and betweenness count as the share of all groups, or of all rankable people,
    with less. In each draw an unknown level is one of 0 to 4, and the group's score of somebody in no group that of any
    group. People who connect in no matched record of the last ``recent_months`` are not ranked.

    Beside it stands the rank by the other index, and by reported crime only, over the same draws.

    Args:
        evidence: the run's network, groups and records.
        profiles: group_id, factor, level (null = unknown).
        group_harm, nominal_harm: as the run tables.
        centrality: as the run table.
        settings: draws, seed, and the least and greatest weight of criteria, by name.
        index: the harm index that stands for harm.

    Returns:
        The run table ``priority``, sorted by kind and rank. ``rank``: by mean rank, ties by id; in each draw ties share
        the lowest rank. ``rank_low``, ``rank_high``: the least rank that at least 5%, and at least 95%, of the draws
        don't exceed. ``rank_other_index``, ``rank_reported``: null where that basis can tell nothing
        (:func:`countylines.rank.criteria.can_tell`). ``parts``: the criteria as JSON, null where unknown.

    Raises:
        InputError: no weighting meets the bounds, or a bound names no criterion.

    Source: METHOD section 5; the acceptability of ranks follows Lahdelma, Hokkanen and Salminen (1998), SMAA:
        stochastic multiobjective acceptability analysis.
    """
    needed = ["index", "detection", "standing", "harm"]
    harm = pl.concat([group_harm.select(needed), nominal_harm.select(needed)])
    beside = dict(zip(BESIDE, (Basis(OTHER[index]), Basis(index, ("reported",))), strict=True))
    beside = {name: basis for name, basis in beside.items() if can_tell(harm, basis)}
    bases = [Basis(index), *beside.values()]
    groups = group_criteria(evidence, profiles, group_harm, bases)
    known = (*groups[0].names, *PERSONAL)
    levels = np.arange(LEVELS) / (LEVELS - 1)
    first = _weigh(groups, [levels] * len(bases), settings, 0, known)
    scores = [dict(zip(groups[0].ids, score.tolist(), strict=True)) for score in first.score]
    people = personal_criteria(evidence, nominal_harm, centrality, settings.recent_months, bases, scores)
    choices = [score if len(score) else np.zeros(1) for score in first.score]
    second = _weigh(people, choices, settings, 1, known)
    names = tuple(beside)
    return pl.concat([_rows("group", groups[0], first, names), _rows("nominal", people[0], second, names)])


def _weigh(
    criteria: Sequence[Criteria], choices: Sequence[Floats], settings: Priority, stream: int, known: Sequence[str]
) -> _Weighed:
    """Rank on every basis by the same weightings and the same draws of what is unknown.

    Threads: NumPy sorts outside the interpreter's lock, and each basis has its own generator.
    """
    rng = np.random.default_rng([settings.seed, stream])
    weights = weightings(criteria[0].names, settings, known, rng)
    with ThreadPoolExecutor(len(criteria)) as pool:
        ordered = pool.submit(outcome, criteria[0], weights, choices[0], deepcopy(rng))
        rest = [
            pool.submit(means, other, weights, own, deepcopy(rng))
            for other, own in zip(criteria[1:], choices[1:], strict=True)
        ]
        whole, others = ordered.result(), [each.result() for each in rest]
    score, mean_rank = zip((whole.score, whole.mean_rank), *others, strict=True)
    return _Weighed(whole, list(score), list(mean_rank))


def _rows(kind: str, criteria: Criteria, found: _Weighed, beside: Sequence[str]) -> pl.DataFrame:
    """The rows of the table, in order of mean rank, ties by id."""
    parts = [
        json.dumps({name: None if np.isnan(x) else round(x, 9) for name, x in zip(criteria.names, row, strict=True)})
        for row in criteria.value.tolist()
    ]
    whole = found.whole
    rows = pl.DataFrame(
        {
            "kind": pl.Series([kind] * len(parts), dtype=pl.String),
            "id": pl.Series(criteria.ids, dtype=pl.String),
            "mean_rank": whole.mean_rank,
            "rank_low": whole.low,
            "rank_high": whole.high,
            "first_share": whole.first,
            "top3_share": whole.top3,
            "top10_share": whole.top10,
            "parts": pl.Series(parts, dtype=pl.String),
            **dict.fromkeys(BESIDE, pl.Series([None] * len(parts), dtype=pl.Float64)),
            **dict(zip(beside, found.mean_rank[1:], strict=True)),
        }
    ).sort("id")  # so that the first of equal mean ranks is the lowest id
    ordinal = {name: pl.col(name).rank("ordinal").cast(pl.Int64) for name in BESIDE}
    ranked = rows.with_columns(rank=pl.col("mean_rank").rank("ordinal").cast(pl.Int64), **ordinal)
    return ranked.sort("rank").select(RUN["priority"].names)

"""Priority: where to look first, over all weightings of the criteria, since nobody knows the right one (METHOD 5).

It serves lawful disruption or support to stop. It says nothing about what anybody will do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from countylines.graph import Floats
from countylines.rank.acceptability import Criteria, Outcome, outcome
from countylines.rank.evidence import Evidence
from countylines.rank.harm import mass
from countylines.rank.rankable import Rankable
from countylines.rank.weightings import weightings
from countylines.settings import HarmIndex, Priority
from countylines.tables import CONNECTING_ROLES, RUN

LEVELS = 5  # 0 to 4
GROUP_HARM = "harm_12m"
PERSONAL = ("harm_12m", "harm_all", "strength", "betweenness", "group")


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
        don't exceed. ``parts``: the criteria as JSON, null where unknown.

    Raises:
        InputError: no weighting meets the bounds, or a bound names no criterion.

    Source: METHOD section 5; the acceptability of ranks follows Lahdelma, Hokkanen and Salminen (1998), SMAA:
        stochastic multiobjective acceptability analysis.
    """
    groups = _group_criteria(evidence, profiles, group_harm, index)
    known = (*groups.names, *PERSONAL)
    first = _weigh(groups, settings, 0, known, choices=np.arange(LEVELS) / (LEVELS - 1))
    score = dict(zip(groups.ids, first.score.tolist(), strict=True))
    people = _personal_criteria(evidence, nominal_harm, centrality, score, settings, index)
    second = _weigh(people, settings, 1, known, choices=first.score if len(groups.ids) else np.zeros(1))
    return pl.concat([_rows("group", groups, first), _rows("nominal", people, second)])


def share_with_less(values: Floats) -> Floats:
    """For each value the share of all of them that are less.

    Example:
        >>> share_with_less(np.array([3.0, 1.0, 3.0, 2.0])).tolist()
        [0.5, 0.0, 0.5, 0.25]
    """
    less: Floats = np.searchsorted(np.sort(values), values, side="left") / max(1, len(values))
    return less


def _weigh(criteria: Criteria, settings: Priority, stream: int, known: Sequence[str], choices: Floats) -> Outcome:
    rng = np.random.default_rng([settings.seed, stream])
    weights = weightings(criteria.names, settings, known, rng)
    return outcome(criteria, weights, choices, rng)


def _group_criteria(evidence: Evidence, profiles: pl.DataFrame, group_harm: pl.DataFrame, index: HarmIndex) -> Criteria:
    """Every group's nine levels / 4, and its share of harm."""
    ids = tuple(evidence.groups["group_id"].sort().to_list())
    factors = tuple(profiles["factor"].unique().sort().to_list())
    level = {
        (group, factor): value for group, factor, value in profiles.select("group_id", "factor", "level").iter_rows()
    }
    levels = [[level.get((group, factor)) for factor in factors] for group in ids]
    shares = np.array(levels, np.float64).reshape(len(ids), len(factors)) / (LEVELS - 1)
    harm = share_with_less(_harm(group_harm, ids, "12m", index))
    return Criteria(ids, (*factors, GROUP_HARM), np.column_stack((shares, harm)))


def _personal_criteria(
    evidence: Evidence,
    nominal_harm: pl.DataFrame,
    centrality: pl.DataFrame,
    score: Mapping[str, float],
    settings: Priority,
    index: HarmIndex,
) -> Criteria:
    """Of rankable people with recent evidence; shares are of all rankable people."""
    rankable = evidence.rankable
    ids = rankable.ids
    home = {person: group for group, people in evidence.members.items() for person in people}
    own = centrality.filter(pl.col("scope") == "group").select("measure", "nominal_id", "value")
    value = {(measure, person): x for measure, person, x in own.iter_rows()}
    columns = [
        share_with_less(_harm(nominal_harm, ids, "12m", index)),
        share_with_less(_harm(nominal_harm, ids, "all", index)),
        *(share_with_less(np.array([value.get((m, u), 0.0) for u in ids])) for m in ("strength", "betweenness")),
        np.array([score[home[u]] if u in home else np.nan for u in ids], np.float64),
    ]
    recent = np.isin(np.array(ids, dtype=object), with_recent_evidence(evidence, rankable, settings.recent_months))
    kept = tuple(person for person, there in zip(ids, recent.tolist(), strict=True) if there)
    return Criteria(kept, PERSONAL, np.column_stack(columns)[recent])


def with_recent_evidence(evidence: Evidence, rankable: Rankable, months: int) -> list[str]:
    """The rankable people who connect in a matched record of the last so many months before ``as_of``, sorted."""
    since = pl.lit(evidence.as_of).dt.offset_by(f"-{months}mo")
    matched = evidence.records.join(evidence.record_scores, on="record_id", how="semi")
    recent = matched.filter((pl.col("date") > since) & (pl.col("date") <= evidence.as_of))
    connecting = evidence.involvements.filter(pl.col("role").is_in(CONNECTING_ROLES))
    there = connecting.join(recent, on="record_id", how="semi").select("nominal_id").unique()
    return rankable.only(there)["nominal_id"].sort().to_list()


def _harm(harm: pl.DataFrame, ids: Sequence[str], window: str, index: HarmIndex) -> Floats:
    """Convicted, charged and suspected, all detections; 0 without a row."""
    known = mass(harm, index, window)
    return np.array([known.get(name) or 0.0 for name in ids], np.float64)


def _rows(kind: str, criteria: Criteria, found: Outcome) -> pl.DataFrame:
    """The rows of the table, in order of mean rank, ties by id."""
    parts = [
        json.dumps({name: None if np.isnan(x) else round(x, 9) for name, x in zip(criteria.names, row, strict=True)})
        for row in criteria.value.tolist()
    ]
    rows = pl.DataFrame(
        {
            "kind": pl.Series([kind] * len(parts), dtype=pl.String),
            "id": pl.Series(criteria.ids, dtype=pl.String),
            "mean_rank": found.mean_rank,
            "rank_low": found.low,
            "rank_high": found.high,
            "first_share": found.first,
            "top3_share": found.top3,
            "top10_share": found.top10,
            "parts": pl.Series(parts, dtype=pl.String),
        }
    ).sort("mean_rank", "id")
    ranked = rows.with_columns(rank=pl.int_range(1, len(rows) + 1, dtype=pl.Int64, eager=True))
    return ranked.select(RUN["priority"].names)

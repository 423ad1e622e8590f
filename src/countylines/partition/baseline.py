"""The chance baseline: how many groups, how stable and how telling, when the same records hold people at random."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import polars as pl

from countylines.graph import Graph, Ints, split
from countylines.partition.cut import partition
from countylines.partition.map_equation import code_length
from countylines.partition.stability import stays_with
from countylines.progress import Advance
from countylines.resample import Ties, over_draws
from countylines.settings import Cut, PartitionSettings, Stability
from countylines.tables import Partition
from countylines.tables.rows import empty_table

BOTH_CUTS_BELOW = 300  # people: there the map equation isn't always the better cut (docs/partition.md)
MEASURES = ("groups", "stability", "bits saved")

Figures = Mapping[tuple[str, str], float]


def partition_baseline(
    ties: Ties, partition_settings: PartitionSettings, settings: Stability, advance: Advance | None = None
) -> pl.DataFrame:
    """Measure the groups of this network and of networks of the same records with their people shuffled.

    Chance alone makes groups, too: only what is well beyond the shuffled networks says something about people. On both
    sides every record weighs 1 (w = n). Below 300 people both cuts are shown.

    Args:
        ties: the network and the records behind it.
        partition_settings: how groups are found.
        settings: how many networks are shuffled, and how often each is drawn anew for its stability.
        advance: told each network that is done, this one and the shuffled: ``baseline_draws`` + 1.

    Returns:
        The run table: ``groups``, of at least min_group_size people; ``stability``, the mean share of the draws in
        which a person in a group stays with it; ``bits saved``, 1 - (sum of S L) / (sum of S L of one group a
        component), 0 to 1. Null where there is nothing to measure. Empty without any shuffled network.

    Source: METHOD section 4.
    """
    if not settings.baseline_draws:
        return _table([])
    cuts = get_args(Cut) if len(ties.ids) < BOTH_CUTS_BELOW else (partition_settings.cut,)
    task = _Network(ties.counted(), tuple(cuts), partition_settings, settings)
    real, *chance = over_draws(task, settings.baseline_draws + 1, settings.workers, advance)
    return _table([_row(cut, measure, real, chance) for cut in sorted(cuts) for measure in MEASURES])


def bits_saved(graph: Graph, found: Partition) -> float:
    """How much shorter groups make the description of a walk: 1 - (sum of S L) / (sum of S L of one group each).

    Returns:
        At most 1; not a number where nobody has a tie.

    Example:
        >>> from countylines.graph import graph_from
        >>> ties = {pair: 1.0 for pair in ("ab", "ac", "bc", "cd", "de", "df", "ef")}
        >>> graph = graph_from("abcdefg", ties)
        >>> round(bits_saved(graph, partition(graph, PartitionSettings())), 4)  # 2.3207 bits instead of 2.5567
        0.0923
    """
    parts = list(split(graph, np.array(found.component, np.int64)))
    spread = [2 * math.fsum(part.w.tolist()) for _, part in parts]
    whole = math.fsum(
        s * code_length(part, np.zeros(part.n, np.int64)) for s, (_, part) in zip(spread, parts, strict=True) if s
    )
    made = math.fsum(s * own.code_length for s, own in zip(spread, found.components, strict=True) if s)
    return 1 - made / whole if whole else math.nan


@dataclass(frozen=True, eq=False)
class _Network:
    """Network 0 is the real one, network i the i-th shuffled one; each measured by each cut."""

    ties: Ties
    cuts: tuple[Cut, ...]
    partition: PartitionSettings
    settings: Stability

    def __call__(self, i: int) -> Figures:
        ties = self.ties.shuffled(self.settings.seed, i) if i else self.ties
        found: dict[tuple[str, str], float] = {}
        for cut in self.cuts:
            chosen = replace(self.partition, cut=cut)
            figures = self.figures(ties, chosen)
            found.update({(cut, measure): figure for measure, figure in zip(MEASURES, figures, strict=True)})
        return found

    def figures(self, ties: Ties, chosen: PartitionSettings) -> tuple[float, float, float]:
        """Groups, stability, bits saved."""
        graph = ties.graph()
        made = partition(graph, chosen)
        group = np.array(made.group, np.int64)
        size = np.bincount(group, minlength=1)
        large = size >= chosen.min_group_size
        shown = np.where(large[group], group, -1)
        return float(large.sum()), self.stability(ties, shown, chosen), bits_saved(graph, made)

    def stability(self, ties: Ties, group: Ints, chosen: PartitionSettings) -> float:
        """The mean over people in groups; not a number without any, or without draws."""
        linked = group >= 0
        if not linked.any():
            return math.nan
        stayed = []
        for i in range(self.settings.baseline_redraws):
            again = partition(ties.draw(self.settings.seed, i, self.settings.keep_share), chosen).group
            stayed.append(float(stays_with(group, np.array(again, np.int64))[linked].mean()))
        return math.fsum(stayed) / len(stayed) if stayed else math.nan


def _row(cut: str, measure: str, real: Figures, chance: list[Figures]) -> dict[str, str | float | None]:
    values = [figures[cut, measure] for figures in chance]
    known = [value for value in values if not math.isnan(value)]
    summary = (math.fsum(known) / len(known), min(known), max(known)) if known else (math.nan,) * 3
    numbers = dict(zip(("real", "mean", "least", "most"), (real[cut, measure], *summary), strict=True))
    return {
        "cut": cut,
        "measure": measure,
        **{name: None if math.isnan(value) else round(value, 9) for name, value in numbers.items()},
    }


def _table(rows: list[dict[str, str | float | None]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=empty_table("partition_baseline").schema)

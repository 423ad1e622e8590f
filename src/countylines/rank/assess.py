"""The whole stage: read this first."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from countylines.progress import Progress
from countylines.rank import harm, profile
from countylines.rank.centrality import centrality
from countylines.rank.child_to_line import links
from countylines.rank.dismantle.scopes import dismantling
from countylines.rank.evidence import Evidence
from countylines.rank.lines import lines
from countylines.rank.priority import priority
from countylines.rank.reference_ties import reference_ties
from countylines.rank.safeguarding import safeguarding
from countylines.rank.safeguarding_facts import safeguarding_facts
from countylines.resample import Draws
from countylines.settings import Settings


@dataclass(frozen=True, eq=False)
class Rules:
    """What stands in files: weights of harm, standings of outcomes, levels of profiles.

    Attributes:
        harm, profile: as read.
        copies: the files that a run keeps, by name; publishers' tables aren't among them.
        hashes: those tables, by name.
    """

    harm: harm.Rules
    profile: profile.Rules
    copies: Mapping[str, bytes]
    hashes: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Editions, versions and hashes, for the manifest."""
        return {
            "harm": {index.name: dict(index.about) for index in self.harm.indexes},
            "profile": self.profile.version,
            "weights": dict(self.hashes),
        }


def read_rules(settings: Settings) -> Rules:
    """Read the files that the settings name, or those shipped.

    Raises:
        InputError: one can't be used.
    """
    levels = (settings.folder or Path()) / settings.profile.levels if settings.profile.levels else None
    found = harm.find_files(settings.harm, settings.folder)
    loaded = harm.load_rules(settings.harm, settings.folder), profile.load_rules(levels)
    copies = {name: path.read_bytes() for name, path in found.copied().items()}
    hashes = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.hashed().items()}
    return Rules(*loaded, {**copies, "profile.yaml": profile.rules_bytes(levels)}, hashes)


def assess(
    evidence: Evidence, draws: Draws, rules: Rules, settings: Settings, progress: Progress
) -> dict[str, pl.DataFrame]:
    """Assess a network's groups and people (METHOD 5 and 6).

    Args:
        evidence: the network, its groups, and the rows around its people.
        rules: what stands in files.
        draws: the networks drawn anew, for ranges of ranks.
        settings: every stage's settings.
        progress: shown while it lasts.

    Returns:
        The run tables by name. Only rankable people are in nominal_harm, centrality, priority and dismantling.
    """
    made: dict[str, pl.DataFrame] = {}
    with progress.step("harm"):
        crimes = harm.crimes_of(evidence, rules.harm)
        tables = harm.harm_tables(crimes, evidence, rules.harm)
        made["nominal_harm"], made["group_harm"], made["group_harm_quarters"] = tables
        made["offence_weights"] = harm.weights_used(crimes, rules.harm)
    with progress.step("places in the network", total=draws.count) as advance:
        made["centrality"] = centrality(
            evidence.graph, evidence.members, evidence.rankable, settings.centrality, draws, advance
        )
    with progress.step("deal lines"):
        made["lines"], made["line_evidence"] = lines(evidence, settings.network.max_record_nominals)
    with progress.step("profiles"):
        weights = harm.worst_weights(crimes, rules.harm)
        made["profiles"] = profile.profiles(evidence, rules.profile, weights)
    with progress.step("priority"):
        made["priority"] = priority(
            evidence,
            made["profiles"],
            made["group_harm"],
            made["nominal_harm"],
            made["centrality"],
            settings.priority,
            settings.harm.harm_index,
        )
    again = min(draws.count, settings.dismantling.draws)
    with progress.step("dismantling", total=len(evidence.members) + 1 + again) as advance:
        made["dismantling"], made["dismantling_baselines"] = dismantling(
            evidence, made["nominal_harm"], draws, settings.dismantling, advance
        )
    with progress.step("safeguarding"):
        made["safeguarding"] = safeguarding(evidence, settings.safeguarding, settings.ingest.unknown_age)
        made["safeguarding_facts"] = safeguarding_facts(evidence, made["safeguarding"])
        made["safeguarding_links"] = links(
            evidence,
            made["lines"],
            made["line_evidence"],
            settings.safeguarding,
            max_record_nominals=settings.network.max_record_nominals,
            unknown_age=settings.ingest.unknown_age,
            workers=draws.workers,
        )
        made["reference_ties"] = reference_ties(evidence)
    return made

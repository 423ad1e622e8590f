"""Sources and matches become the pruned network of people (METHOD 3).

Every step is a plain function from frames to frames, kept as Parquet before the next goes on from it: a lazy frame used
twice is computed twice, a kept one is not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import narwhals as nw

from countylines.engine import Engine
from countylines.network import connections as connect
from countylines.network import edges, evidence, keys, share, treatment
from countylines.network.assemble import Base, Pruned, Tied, Treated, assemble
from countylines.network.nearby import nearby
from countylines.progress import Progress
from countylines.settings import NetworkSettings, Settings
from countylines.tables import Frame, Matches, Network, Sources

__all__ = ["build_network", "nearby"]

Keep = Callable[[Frame, str], Frame]


def build_network(
    sources: Sources,
    matches: Matches,
    *,
    group_weights: Frame,
    settings: Settings,
    engine: Engine,
    folder: Path,
    progress: Progress,
) -> Network:
    """Build and prune the network.

    Args:
        sources: the kept rows of the extracts.
        matches: what the lexicon found in them.
        group_weights: every search group: ``group``, ``weight``.
        settings: sections ``ingest`` (unknown_age) and ``network`` are used.
        folder: where the steps are kept.

    Returns:
        The network, each frame as the run table of its name.
    """

    def keep(frame: Frame, name: str) -> Frame:
        with progress.step(f"network: {name.replace('_', ' ')}"):
            return engine.keep(frame, folder / f"{name}.parquet")

    rules = settings.network
    base = _base(sources, matches, rules, keep)
    pruned = _prune(base, rules, keep)
    tied = _tie(base, pruned, group_weights, rules, keep)
    treated = _treat(sources, base, pruned, settings, keep)
    with progress.step("network: ids and evidence"):
        return assemble(base, pruned, tied, treated, engine, folder)


def _base(sources: Sources, matches: Matches, rules: NetworkSettings, keep: Keep) -> Base:
    """Numbers for ids, flags for roles, and the records too large to say who met whom."""
    records = keep(keys.number(sources["records"].select("record_id", "date"), "record_id", "record"), "record_keys")
    born = sources["nominals"].select("nominal_id", "date_of_birth")
    people = keep(keys.number(born, "nominal_id", "nominal"), "people")
    every_link = keep(keys.links(sources["involvements"], records, people), "every_link")
    large = keep(keys.sizes(every_link).filter(nw.col("nominals") > rules.max_record_nominals), "large_records")
    ids = records.select("record_id", "record")
    return Base(
        records=ids,
        dates=records.select("record", "date"),
        nominals=people,
        every_link=every_link,
        links=keep(every_link.join(large, on="record", how="anti"), "links"),
        large=large,
        groups=keep(matches.record_groups.join(ids, on="record_id").drop("record_id"), "groups_hit"),
        scores=keep(matches.scores.join(ids, on="record_id").select("record", "score"), "scores"),
    )


def _prune(base: Base, rules: NetworkSettings, keep: Keep) -> Pruned:
    """Weigh people by their connections, meet the people around them, and decide who stays."""
    behind = keep(connect.evidence(base.links, base.scores), "connection_records")
    if rules.connection_span is not None:
        stretch = connect.strongest_stretch(behind, base.groups, base.dates, rules.connection_span)
        behind = keep(stretch, "connection_records_in_span")
    weights = keep(connect.weights(behind, base.groups), "connection_weights")
    provisional = keep(connect.provisional(weights, rules.nominal_rule), "provisional_weights")
    deepened = keep(share.deepened(base.links, provisional), "deepened_records")
    met = keep(share.considered(base.links, deepened, provisional), "people_met")
    ties = keep(share.ties(base.links, met), "ties")
    shares = keep(share.share(met, ties), "shares")
    matched_ties = keep(share.matched_ties(base.links, met, ties, rules.keep_weight), "matched_ties")
    least = (rules.keep_weight, rules.associate_min_ties, rules.associate_min_records)
    decided = keep(share.decide(shares, matched_ties, *least), "people_decided")
    kept = keep(decided.filter(nw.col("decision") != "discarded"), "people_kept")
    return Pruned(behind, weights, deepened, matched_ties, decided, kept)


def _tie(base: Base, pruned: Pruned, group_weights: Frame, rules: NetworkSettings, keep: Keep) -> Tied:
    """The edges between kept people, and what became of the records each group hits."""
    edge_records = keep(edges.edge_records(base.links, pruned.kept, pruned.deepened), "edge_records")
    inside = edges.records_in_network(base.links, pruned.kept, base.scores, rules.keep_weight)
    inside = keep(inside, "records_in_network")
    return Tied(
        edges=keep(edges.edges(edge_records, pruned.kept), "edge_weights"),
        edge_records=edge_records,
        terms=edges.term_table(base.groups, group_weights, inside, base.every_link, base.links, pruned.kept),
    )


def _treat(sources: Sources, base: Base, pruned: Pruned, settings: Settings, keep: Keep) -> Treated:
    """Who is protected, held and why, and the records behind each person's place."""
    keep_weight, unknown_age = settings.network.keep_weight, settings.ingest.unknown_age
    cuckoo = treatment.only_by_cuckoo(base.scores, base.groups, keep_weight)
    there = keep(treatment.links_matched(base.links, base.scores, base.dates, cuckoo), "links_matched")
    protected = treatment.protection(base.nominals, sources["known_victims"], sources.as_of, unknown_age)
    protected = keep(protected, "protection")
    signs = [
        treatment.signs_in_matched_records(there, base.nominals),
        treatment.enslaved(sources["involvements"], sources["records"], base.records, base.nominals),
        treatment.bystanders(pruned.decided, pruned.matched_ties),
    ]
    behind = keep(evidence.records_behind(pruned.decided, pruned.behind, pruned.matched_ties), "records_behind")
    apart = treatment.ruled(base.nominals, sources.rulings, behind)
    held = keep(treatment.held(signs, protected, base.nominals, sources.rulings, apart), "held")
    flagged = keep(pruned.kept.join(protected, on="nominal"), "people_flagged")
    return Treated(
        flagged=flagged,
        held=held,
        seen=evidence.seen(behind, base.dates),
        safeguarding=keep(evidence.safeguarding(there, flagged, held, behind), "safeguarding_records"),
    )

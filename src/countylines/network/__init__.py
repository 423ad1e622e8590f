"""Sources and matches become the pruned network of people (METHOD 3).

Every step is a plain function from frames to frames, kept as Parquet before the next goes on from it.
"""

from __future__ import annotations

from pathlib import Path

import narwhals as nw

from countylines.engine import Engine
from countylines.network import connections as connect
from countylines.network import edges, evidence, keys, share, treatment
from countylines.network.assemble import Tables, assemble
from countylines.progress import Progress
from countylines.settings import Settings
from countylines.tables import Frame, Matches, Network, Sources


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

    s = settings.network
    records = keep(keys.number(sources["records"].select("record_id", "date"), "record_id", "record"), "record_keys")
    nominals = keep(
        keys.number(sources["nominals"].select("nominal_id", "date_of_birth"), "nominal_id", "nominal"), "people"
    )
    every_link = keep(keys.links(sources["involvements"], records, nominals), "every_link")
    large = keep(keys.sizes(every_link).filter(nw.col("nominals") > s.max_record_nominals), "large_records")
    links = keep(every_link.join(large, on="record", how="anti"), "links")

    ids = records.select("record_id", "record")
    groups = keep(matches.record_groups.join(ids, on="record_id").select("record", "group", "weight"), "groups_hit")
    scores = keep(matches.scores.join(ids, on="record_id").select("record", "score"), "scores")
    behind = keep(connect.evidence(links, scores), "connection_records")
    dates = records.select("record", "date")
    weighed = (
        connect.weights(behind, groups)
        if s.connection_span is None
        else connect.weights_within(behind, groups, dates, s.connection_span)
    )
    weights = keep(weighed, "connection_weights")
    provisional = keep(connect.provisional(weights, s.nominal_rule), "provisional_weights")

    deepened = keep(share.deepened(links, provisional), "deepened_records")
    met = keep(share.considered(links, deepened, provisional), "people_met")
    ties = keep(share.ties(links, met), "ties")
    shares = keep(share.share(met, ties), "shares")
    matched_ties = keep(share.matched_ties(links, met, ties, s.keep_weight), "matched_ties")
    decided = keep(
        share.decide(shares, matched_ties, s.keep_weight, s.associate_min_ties, s.associate_min_records),
        "decisions_met",
    )
    kept = keep(decided.filter(nw.col("decision") != "discarded"), "people_kept")

    edge_records = keep(edges.edge_records(links, kept, deepened), "edge_records")
    edge_table = keep(edges.edges(edge_records, kept), "edge_weights")
    in_network = keep(edges.records_in_network(links, kept, scores, s.keep_weight), "records_in_network")
    terms = edges.term_table(groups, group_weights, in_network, every_link, kept)

    cuckoo = treatment.only_by_cuckoo(scores, groups, s.keep_weight).with_columns(only_cuckoo=nw.lit(True))
    there = links.join(scores, on="record").join(dates, on="record").join(cuckoo, on="record", how="left")
    there = keep(there.with_columns(nw.col("only_cuckoo").fill_null(False)), "links_matched")
    protection = keep(
        treatment.protection(nominals, sources["known_victims"], sources.as_of, settings.ingest.unknown_age),
        "protection",
    )
    signs = [
        treatment.signs_in_matched_records(there, nominals),
        treatment.enslaved(sources["involvements"], sources["records"], nominals),
        treatment.bystanders(decided, matched_ties),
    ]
    held = keep(treatment.held(signs, protection, nominals, sources.rulings), "held")
    person_records = keep(evidence.records_behind(decided, behind, matched_ties), "records_behind")
    flagged = keep(kept.join(protection, on="nominal"), "people_flagged")
    guarded = keep(evidence.safeguarding(there, flagged, held, person_records), "safeguarding_records")

    parts = Tables(
        records=ids,
        nominals=nominals,
        dates=dates,
        groups=groups,
        weights=weights,
        behind=behind,
        decided=decided,
        flagged=flagged,
        held=held,
        seen=evidence.seen(person_records, dates),
        edges=edge_table,
        edge_records=edge_records,
        safeguarding=guarded,
        large=large,
    )
    with progress.step("network: evidence"):
        return assemble(parts, terms, engine, folder)

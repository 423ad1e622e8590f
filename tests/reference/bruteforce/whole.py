"""METHOD 1 to 4 in a row, as the tables of METHOD 8: lists of dicts with the columns a run has."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from countylines.settings import Settings
from tests.reference.bruteforce.match import Group, Score, score
from tests.reference.bruteforce.network import People, network
from tests.reference.bruteforce.partition import GroupOfPeople, associated, best_reference, overlaps, partition
from tests.reference.bruteforce.people import Data, data
from tests.reference.bruteforce.sources import Kept, sources
from tests.reference.bruteforce.treatment import Treatment, evidence_records, treatment, victims
from tests.reference.bruteforce.values import Tables, reaches

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class BruteRun:
    """What the page says the run must hold."""

    kept: Kept
    scores: dict[str, Score]
    data: Data
    people: People
    tables: dict[str, Rows]


def brute_force(extracts: Tables, groups: list[Group], settings: Settings) -> BruteRun:
    """The whole method, by brute force."""
    kept = sources(extracts, settings.ingest)
    scores = {row["record_id"]: score(row, groups, settings.match) for row in kept.tables["records"]}
    involved = data(kept.tables["involvements"], scores, kept.dates, settings.network.max_record_nominals)
    people = network(involved, settings.network)
    found = partition(people.kept, people.graph, settings.partition)
    numbered = [group for group in found if len(group.members) >= settings.partition.min_group_size]
    treated = {u: treatment(u, people, involved, kept, settings) for u in people.kept}
    tables = {
        "hits": hits_table(scores),
        "record_scores": scores_table(involved),
        "term_table": term_table(groups, scores, involved, people, settings),
        "connections": connections_table(people),
        "considered": considered_table(people),
        "nominals": nominals_table(people, involved, treated, numbered),
        "edges": edges_table(people),
        "skipped_records": [{"record_id": r, "nominals": n} for r, n in sorted(involved.skipped.items())],
        "safeguarding": safeguarding_table(involved, treated),
        **group_tables(numbered, people, kept),
    }
    return BruteRun(kept, scores, involved, people, tables)


def hits_table(scores: dict[str, Score]) -> Rows:
    return [
        {
            "record_id": record,
            "group": hit.group,
            "term": hit.term,
            "start": hit.start,
            "end": hit.end,
            "excepted_by": hit.excepted_by or None,
        }
        for record, found in scores.items()
        for hit in found.hits
    ]


def scores_table(involved: Data) -> Rows:
    return [{"record_id": r, "score": found.s, "groups": sorted(found.weights)} for r, found in involved.scores.items()]


def term_table(
    groups: list[Group], scores: dict[str, Score], involved: Data, people: People, settings: Settings
) -> Rows:
    """Records hit by each group, by whether they are in the network; a record that is too big takes no part."""
    kept = set(people.kept)
    weights = {group.name: group.weight for group in groups}
    if settings.match.use_marker:
        weights["MARKER"] = 1.0
    with_kept = {record for record, roles in involved.roles.items() if kept & set(roles)}
    inside = {record for record in with_kept if reaches(scores[record].s, settings.network.keep_weight)}
    rows = []
    for group, weight in weights.items():
        hit = {record for record, found in scores.items() if group in found.weights}
        rows.append(
            {
                "group": group,
                "weight": weight,
                "records_in_network": len(hit & inside),
                "records_not_in_network": len(hit - inside),
                "records_of_kept_nominals": len(hit & with_kept),
                "records_without_connection": len(hit - set(involved.everyone)),
            }
        )
    return rows


def connections_table(people: People) -> Rows:
    return [
        {"nominal_id": u, "other": v, "c": found.c, "groups": list(found.groups), "record_ids": list(found.records)}
        for (u, v), found in people.connections.items()
    ]


def considered_table(people: People) -> Rows:
    return [
        {
            "nominal_id": u,
            "provisional_weight": found.p,
            "share": found.share,
            "ties": found.ties,
            "tie_records": len(found.tie_records),
            "decision": found.decision,
        }
        for u, found in people.considered.items()
    ]


def nominals_table(
    people: People, involved: Data, treated: dict[str, Treatment], numbered: list[GroupOfPeople]
) -> Rows:
    """Groups stand here by the lowest nominal_id among their members, since the page leaves their ids open."""
    group_of = {u: group.members[0] for group in numbered for u in group.members}
    rows = []
    for u, how in treated.items():
        found = people.considered[u]
        first, last = ends(evidence_records(u, people), involved)
        rows.append(
            {
                "nominal_id": u,
                "provisional_weight": found.p,
                "weight": max(found.p, found.share),
                "entered_by": found.decision,
                "group_id": group_of.get(u),
                "first_evidence": first,
                "last_evidence": last,
                "is_child": how.is_child,
                "believed_exploited": how.believed_exploited,
                "protected": bool(how.protected),
                "held": sorted(how.held),
                "rankable": how.rankable,
            }
        )
    return rows


def ends(records: Iterable[str], involved: Data) -> tuple[dt.date | None, dt.date | None]:
    """The first and last day of some records."""
    dates = sorted(involved.dates[record] for record in records)
    return (dates[0], dates[-1]) if dates else (None, None)


def edges_table(people: People) -> Rows:
    return [
        {
            "nominal_a": a,
            "nominal_b": b,
            "weight": edge.b,
            "n_records": len(edge.records),
            "kind": edge.kind,
            "record_ids": list(edge.records),
        }
        for (a, b), edge in people.edges.items()
    ]


def safeguarding_table(involved: Data, treated: dict[str, Treatment]) -> Rows:
    """Victims in matched records, kept or not, and every protected and held person, each with the records behind it."""
    reasons = {(u, "victim in a matched record"): records for u, records in victims(involved).items()}
    for u, how in treated.items():
        reasons |= {(u, why): records for why, records in how.protected.items()}
        reasons |= {(u, f"held: {why}"): records for why, records in how.held.items()}
    rows = []
    for (u, why), records in reasons.items():
        first, last = ends(records, involved)
        rows.append({"nominal_id": u, "why": why, "first_seen": first, "last_seen": last, "record_ids": records})
    return rows


def group_tables(numbered: list[GroupOfPeople], people: People, kept: Kept) -> dict[str, Rows]:
    """``groups`` and ``reference_overlaps``, groups by their lowest nominal_id."""
    reference: dict[str, set[str]] = {}
    for row in kept.tables["reference_groups"]:
        reference.setdefault(row["group_id"], set()).add(row["nominal_id"])
    groups: Rows = []
    shared: Rows = []
    for group in numbered:
        found = overlaps(set(group.members), set(people.kept), reference)
        name, overlap = best_reference(found)
        lengths = (group.code_length, group.code_length_cut, group.code_length_bound)
        length, cut, bound = (None if math.isnan(value) else value for value in lengths)
        groups.append(
            {
                "group_id": group.members[0],
                "size": len(group.members),
                "reference_group": name,
                "overlap": overlap,
                "associated": associated(overlap),
                "code_length": length,
                "code_length_cut": cut,
                "code_length_bound": bound,
                "component": group.component,
            }
        )
        for soc, o in found.items():
            shared.append(
                {
                    "group_id": group.members[0],
                    "reference_group": soc,
                    "shared": o.shared,
                    "share_of_group": o.share_of_group,
                    "share_of_reference": o.share_of_reference,
                    "chance_probability": o.chance_probability,
                }
            )
    return {"groups": groups, "reference_overlaps": shared}

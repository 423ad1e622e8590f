"""Why a person is in the network, or why not, from the rows of a run: the derivation of METHOD 3, step by step."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from countylines.errors import InputError
from countylines.runs import Run
from countylines.sums import EDGE
from countylines.tables import BOTH, CONNECTING_ROLES, OFFENDER_ROLES

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Hit:
    """A term found in a text, from ``start`` to ``end``; cancelled when ``excepted_by`` names an exception."""

    group: str
    term: str
    start: int
    end: int
    excepted_by: str | None


@dataclass(frozen=True)
class Record:
    """A record behind a person's place: what it says, what it weighs, and how the person stands in it."""

    record_id: str
    source: str
    date: dt.date | None
    grading: str | None
    roles: tuple[str, ...]
    text: str | None
    score: float
    groups: Mapping[str, float]
    hits: tuple[Hit, ...]


@dataclass(frozen=True)
class Connection:
    """What a person's matched records with somebody (None = nobody) weigh together."""

    other: str | None
    c: float
    groups: Mapping[str, float]
    record_ids: tuple[str, ...]


@dataclass(frozen=True)
class Tie:
    """Somebody the person shares records with, in the whole data; ``p``: that person's provisional weight."""

    other: str
    p: float
    kind: str
    record_ids: tuple[str, ...]


@dataclass(frozen=True)
class Explanation:
    """Everything a run says of why one person is kept, discarded or was never met.

    Attributes:
        decision: matched, associate, discarded, or never met.
        rule: the sentence that says which rule decided.
        treatment: protected, held (with reasons), rankable, or not in the network.
        protected_because: child, age unknown, believed exploited; empty when not protected.
        first_evidence, last_evidence: days, of kept people.
    """

    nominal_id: str
    decision: str
    rule: str
    treatment: str
    protected_because: tuple[str, ...]
    held: tuple[str, ...]
    safeguarding: tuple[str, ...]
    p: float
    a: float
    keep_weight: float
    nominal_rule: str
    group_id: str | None
    group_name: str | None
    first_evidence: dt.date | None
    last_evidence: dt.date | None
    connections: tuple[Connection, ...]
    ties: tuple[Tie, ...]
    records: tuple[Record, ...]

    @property
    def strongest(self) -> tuple[Connection, ...]:
        """The connections any of which alone gives p, under the rule of the strongest; none for an associate.

        Example: with weights 1, 1 and 0.4 they are the first two, and neither of them decides alone.
        """
        if self.nominal_rule != "strongest" or self.decision == "associate" or not self.connections:
            return ()
        return tuple(each for each in self.connections if each.c >= self.connections[0].c - EDGE)


@dataclass(frozen=True)
class Facts:
    """What a run holds of one person, wherever it is read from: the derivation needs nothing more.

    Attributes:
        considered: their row of the table ``considered``; None = never met.
        kept: their row of ``nominals``; None = not kept.
        connections: their rows of ``connections``.
        around: (record, person, role) of everybody who connects in a record in which they connect, themselves included.
        p: provisional weight of the people among them who were considered.
        listed: their rows of ``safeguarding``.
        group_name: of their group.
        settings: the run's, of the network.
        weights: of the search groups.
    """

    nominal_id: str
    considered: Row | None
    kept: Row | None
    connections: Sequence[Row]
    around: Sequence[tuple[str, str, str]]
    p: Mapping[str, float]
    listed: Sequence[Row]
    group_name: str | None
    settings: Row
    weights: Mapping[str, float]


def explain(run: Run, nominal_id: str) -> Explanation:
    """Account for one person.

    Raises:
        InputError: the run's extracts hold no such person.
    """
    _known(run, nominal_id)
    facts = _facts(run, nominal_id)
    found = derive(facts)
    ids = [r for c in found.connections for r in c.record_ids]
    ids += [r for t in found.ties if t.p > 0 for r in t.record_ids]
    ids += [r for row in facts.listed for r in row["record_ids"]]
    return replace(found, records=_records(run, nominal_id, ids, facts.weights))


def derive(facts: Facts) -> Explanation:
    """The derivation of METHOD 3 from the facts; without the records' texts."""
    considered, kept = facts.considered, facts.kept
    connections, ties = _connections(facts), _ties(facts)
    decision = considered["decision"] if considered else "never met"
    return Explanation(
        nominal_id=facts.nominal_id,
        decision=decision,
        rule=_rule(decision, considered, facts.settings, connections),
        treatment=_treatment(kept),
        protected_because=_protected_because(kept),
        held=tuple(kept["held"] if kept else ()),
        safeguarding=tuple(sorted(row["why"] for row in facts.listed)),
        p=considered["provisional_weight"] if considered else 0.0,
        a=considered["share"] if considered else 0.0,
        keep_weight=facts.settings["keep_weight"],
        nominal_rule=facts.settings["nominal_rule"],
        group_id=kept["group_id"] if kept else None,
        group_name=facts.group_name,
        first_evidence=kept["first_evidence"] if kept else None,
        last_evidence=kept["last_evidence"] if kept else None,
        connections=connections,
        ties=ties,
        records=(),
    )


def _facts(run: Run, nominal_id: str) -> Facts:
    """The facts from the run's files."""
    kept = _one(run, "nominals", nominal_id)
    involvements = run.table("sources/involvements").filter(pl.col("role").is_in(CONNECTING_ROLES))
    own = involvements.filter(pl.col("nominal_id") == nominal_id).select("record_id").unique()
    around = involvements.join(own, on="record_id", how="semi").select("record_id", "nominal_id", "role").collect()
    met = pl.col("nominal_id").is_in(around["nominal_id"].unique().to_list())
    p = run.table("considered").filter(met).select("nominal_id", "provisional_weight").collect()
    group = run.table("groups").filter(pl.col("group_id") == ((kept or {}).get("group_id") or "")).collect().to_dicts()
    return Facts(
        nominal_id=nominal_id,
        considered=_one(run, "considered", nominal_id),
        kept=kept,
        connections=_rows(run, "connections", nominal_id),
        around=around.rows(),
        p=dict(p.iter_rows()),
        listed=_rows(run, "safeguarding", nominal_id),
        group_name=group[0]["name"] if group else None,
        settings=run.manifest["settings"]["network"],
        weights=dict(run.read("term_table").select("group", "weight").iter_rows()),
    )


def _known(run: Run, nominal_id: str) -> None:
    people = run.table("sources/nominals").select("nominal_id")
    if people.filter(pl.col("nominal_id") == nominal_id).collect().is_empty():
        raise InputError(
            f"the extracts of this run hold no person {nominal_id!r}",
            "check the id, capitals included",
            field="NOMINAL",
        )


def _rows(run: Run, table: str, nominal_id: str) -> list[dict[str, Any]]:
    return run.table(table).filter(pl.col("nominal_id") == nominal_id).collect().to_dicts()


def _one(run: Run, table: str, nominal_id: str) -> dict[str, Any] | None:
    rows = _rows(run, table, nominal_id)
    return rows[0] if rows else None


def _connections(facts: Facts) -> tuple[Connection, ...]:
    """The strongest first, then by id; that to nobody last among equals."""
    ordered = sorted(facts.connections, key=lambda row: (-row["c"], row["other"] is None, row["other"] or ""))
    return tuple(
        Connection(row["other"], row["c"], {g: facts.weights[g] for g in row["groups"]}, tuple(row["record_ids"]))
        for row in ordered
    )


def _ties(facts: Facts) -> tuple[Tie, ...]:
    """Everybody the person shares a record with, strongest first (METHOD 3.4, 3.5)."""
    me = facts.nominal_id
    roles: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for record, person, role in facts.around:
        roles[record][person].add(role)
    met: dict[str, dict[str, bool]] = defaultdict(dict)
    for record, people in roles.items():
        if len(people) <= facts.settings["max_record_nominals"]:
            for person in people.keys() - {me}:
                met[person][record] = _adversarial(people[me], people[person])
    kinds = {True: "adversarial", False: "associative"}
    ties = [Tie(x, facts.p.get(x, 0.0), kinds[all(r.values())], tuple(sorted(r))) for x, r in met.items()]
    return tuple(sorted(ties, key=lambda tie: (-tie.p, tie.other)))


def _adversarial(one: set[str], two: set[str]) -> bool:
    """One is a victim and no offender, the other an offender and no victim."""

    def harmed_by(victim: set[str], offender: set[str]) -> bool:
        harmed = "victim" in victim and not victim & set(OFFENDER_ROLES)
        return harmed and bool(offender & set(OFFENDER_ROLES)) and "victim" not in offender

    return harmed_by(one, two) or harmed_by(two, one)


def _records(run: Run, nominal_id: str, ids: Iterable[str], weights: Mapping[str, float]) -> tuple[Record, ...]:
    """The records, strongest first, then latest."""
    wanted = pl.col("record_id").is_in(sorted(set(ids)))
    hits: dict[str, list[Hit]] = defaultdict(list)
    for row in run.table("hits").filter(wanted).sort("record_id", "start").collect().to_dicts():
        record_id = row.pop("record_id")
        hits[record_id].append(Hit(**row))
    scores = {row["record_id"]: row for row in run.table("record_scores").filter(wanted).collect().to_dicts()}
    involved = run.table("sources/involvements").filter(wanted, pl.col("nominal_id") == nominal_id).collect()
    roles: dict[str, list[str]] = defaultdict(list)
    for record_id, role in involved.sort("record_id", "role").select("record_id", "role").iter_rows():
        roles[record_id].append(role)
    found = []
    for row in run.table("sources/records").filter(wanted).collect().to_dicts():
        score = scores.get(row["record_id"], {"score": 0.0, "groups": []})
        moment = row["recorded"] or row["occurred"]
        found.append(
            Record(
                record_id=row["record_id"],
                source=row["source"],
                date=moment.date() if moment else None,
                grading=row["grading"],
                roles=tuple(roles[row["record_id"]]),
                text=row["text"],
                score=score["score"],
                groups={group: weights[group] for group in score["groups"]},
                hits=tuple(hits[row["record_id"]]),
            )
        )
    latest_first = sorted(found, key=lambda r: (r.date or dt.date.min, r.record_id), reverse=True)
    return tuple(sorted(latest_first, key=lambda r: -r.score))


def _rule(decision: str, considered: Row | None, settings: Row, connections: tuple[Connection, ...]) -> str:
    keep = settings["keep_weight"]
    if considered is None:
        return (
            "Never met: no record of theirs is shared with, or belongs to, a person with a weight. "
            "(Someone who is only ever a victim in matched records takes no weight from them.)"
        )
    p, a = considered["provisional_weight"], considered["share"]
    ties, records = considered["ties"], considered["tie_records"]
    least_ties, least_records = settings["associate_min_ties"], settings["associate_min_records"]
    if decision == "matched":
        return f"Stays as matched: p = {p:.3g} is at least {keep:.3g} ({_from(settings['nominal_rule'], connections)})."
    tied = f"{ties} associative ties to matched people through {records} records"
    if decision == "associate":
        return f"Stays as associate: a = {a:.3g} is at least {keep:.3g}, with {tied}."
    why = [f"p = {p:.3g} is below {keep:.3g}"]
    if a < keep - EDGE:
        why.append(f"a = {a:.3g} is below {keep:.3g}")
    if ties < least_ties or records < least_records:
        why.append(f"there are only {tied} (at least {least_ties} through {least_records})")
    return "Discarded: " + ", and ".join(why) + "."


def _from(rule: str, connections: tuple[Connection, ...]) -> str:
    if rule != "strongest" or not connections:
        return f"{rule} of {len(connections)} connections"
    first = connections[0]
    alike = sum(each.c >= first.c - EDGE for each in connections)
    if alike > 1:
        return f"{alike} connections are as strong, and each would do"
    whom = f"with {first.other}" if first.other else "alone in the records"
    return f"the strongest connection, {whom}: " + " + ".join(f"{g} {w:.3g}" for g, w in first.groups.items())


def _treatment(kept: Row | None) -> str:
    if kept is None:
        return "Not in the network"
    if kept["protected"]:
        return "Protected: never ranked, never in an order of removal"
    if BOTH in kept["held"]:
        signs = "; the other signs hold them, too, until two people decide 'no sign of exploitation'"
        ruled = "Held: not ranked, by a ruling of two people, one of them safeguarding, until it is withdrawn"
        return ruled + (signs if len(kept["held"]) > 1 else "")
    if kept["held"]:
        return "Held: not ranked until two people, one of them safeguarding, decide 'no sign of exploitation'"
    if kept["is_child"] is None:
        return "Rankable: age unknown; this run counts people without a birth date as adults"
    return "Rankable: no sign of being a child or exploited in these records"


def _protected_because(kept: Row | None) -> tuple[str, ...]:
    if not kept or not kept["protected"]:
        return ()
    reasons = {
        "under 18": kept["is_child"] is True,
        "age unknown": kept["is_child"] is None,
        "believed exploited": kept["believed_exploited"],
    }
    return tuple(reason for reason, holds in reasons.items() if holds)

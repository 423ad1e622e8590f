"""Child to line: which groups and deal lines a child or believed victim is likeliest linked to (METHOD 5).

A random walk with restart from the person over everybody who is kept, against the same from anywhere: a score of 2 says
twice as often there as by the size of the group alone. The score orders, and grows with the network; so the bands
strong, some and weak go by the share of the walk that is spent there, which doesn't [choice]. Neither is shown as a
number: it says where to look first, not that somebody belongs there. Protected people carry the walk but are never
counted as the group or line itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array, vstack
from scipy.sparse.csgraph import connected_components

from countylines.rank.adults import adults_around
from countylines.rank.ages import younger_than
from countylines.rank.evidence import Evidence
from countylines.rank.lines import MENTION, connecting
from countylines.rank.ties import Ties, ties_of
from countylines.rank.walk import Floats, Ints, Start, distances, walks
from countylines.resample import over_draws
from countylines.settings import NetworkSettings, Safeguarding, UnknownAge
from countylines.tables import RUN

FAR = 4  # no link is claimed over more steps (METHOD 5)
BATCH = 16  # walks at once: 20,000 people x 16 numbers fit the processor's cache
NO_LINK = "no link found"
TABLE = RUN["safeguarding_links"]


@dataclass(frozen=True, eq=False)
class Targets:
    """The groups, or the lines, that people may be linked to.

    Attributes:
        kind: group or line.
        ids: sorted.
        member: targets x kept people, 1 where one counts.
    """

    kind: str
    ids: tuple[str, ...]
    member: csr_array


def links(
    evidence: Evidence,
    lines: pl.DataFrame,
    line_evidence: pl.DataFrame,
    settings: Safeguarding,
    *,
    max_record_nominals: int = NetworkSettings().max_record_nominals,
    unknown_age: UnknownAge = "protect",
    workers: int = 1,
) -> pl.DataFrame:
    """The run table ``safeguarding_links``, sorted by key.

    For everybody protected who has a record: the likeliest groups and lines, and the adults with offender roles in the
    records they share. Where no member of any group (or line) is within FAR steps, one row says so.

    Args:
        evidence: kept people, edges, groups, involvements and birth dates are read.
        lines, line_evidence: the run tables; lines that aren't corroborated are left out.
        settings: restart, top and the bands' thresholds.
        max_record_nominals: records with more connecting people take no part (METHOD 3).
        unknown_age: whether people without a birth date are protected.
        workers: processes; 0 = one a core. The result is the same.
    """
    guarded = protected(evidence, unknown_age)
    links_of = connecting(evidence.involvements, max_record_nominals)
    people = sorted(guarded & set(evidence.involvements["nominal_id"]))
    ties = ties_of(evidence.nominals, evidence.edges, links_of, people)
    shown = [
        targets("group", evidence.members, ties, guarded),
        targets("line", _line_people(lines, line_evidence), ties, guarded),
    ]
    linking = linking_of(ties, shown, settings)
    found = dict(pair for batch in over_draws(linking, len(linking.batches), workers) for pair in batch)
    rows = [row for person in people for row in found.get(person) or linking.rows(person, None)]
    schema = {name: pl.List(pl.String) if name in ("path", "record_ids") else pl.String for name in TABLE.names}
    made = pl.DataFrame(rows, schema | {"rank": pl.Int64}, orient="row")
    beside = adults_around(evidence.involvements, links_of, people, guarded)
    return pl.concat([made.select(TABLE.names), beside.select(TABLE.names)]).sort(TABLE.key)


def protected(evidence: Evidence, unknown_age: UnknownAge = "protect") -> frozenset[str]:
    """Children, known victims, people of unknown age unless that counts as adult, whether kept or not (METHOD 1)."""
    child = younger_than(pl.col("date_of_birth"), 18, evidence.as_of).fill_null(unknown_age == "protect")
    people = evidence.people.filter(child)["nominal_id"].to_list()
    victims = evidence.small["known_victims"]["nominal_id"].to_list()
    kept = evidence.nominals.filter(pl.col("protected").fill_null(True))["nominal_id"].to_list()
    return frozenset([*people, *victims, *kept])


def _line_people(lines: pl.DataFrame, line_evidence: pl.DataFrame) -> Mapping[str, Sequence[str]]:
    said = line_evidence.filter(pl.col("kind") != MENTION)
    people = said.join(lines.filter("corroborated"), on="line_id", how="semi")
    rows = people.drop_nulls("nominal_id").select("line_id", "nominal_id").unique().sort("line_id", "nominal_id")
    return dict(rows.group_by("line_id", maintain_order=True).agg("nominal_id").iter_rows())


def targets(kind: str, members: Mapping[str, Collection[str]], ties: Ties, guarded: Collection[str]) -> Targets:
    """Groups or lines by id, without the protected, and without those that then have nobody who is kept."""
    counted = {
        target: [ties.number[person] for person in people if person in ties.number and person not in guarded]
        for target, people in sorted(members.items())
    }
    counted = {target: people for target, people in counted.items() if people}
    columns = np.array([u for people in counted.values() for u in sorted(people)], np.int64)
    starts = np.cumsum([0, *map(len, counted.values())])
    member = csr_array((np.ones(len(columns)), columns, starts), shape=(len(counted), ties.n))
    return Targets(kind, tuple(counted), member)


NOTHING = (np.array([]), np.array([]), np.array([], np.int64))
Found = list[tuple[Floats, Floats, Ints]]  # per kind and target: the score, the walk's share, steps to the nearest


@dataclass(frozen=True, eq=False)
class Linking:
    """What one batch of people after the other is linked by; it goes to other processes.

    Attributes:
        member: targets x people, of all kinds one under the other; ``cuts`` tells where each kind begins and ends.
        everywhere: the uniform start's walk, times n.
        batches: people who are kept or tied to somebody kept, those of the same components together.
        inside: of each batch, the people of its components.
    """

    ties: Ties
    shown: Sequence[Targets]
    settings: Safeguarding
    member: csr_array
    cuts: Sequence[int]
    everywhere: Floats
    batches: Sequence[Sequence[str]]
    inside: Sequence[Ints]

    def __call__(self, i: int) -> list[tuple[str, list[dict[str, Any]]]]:
        """The rows of everybody in batch i."""
        return [(person, self.rows(person, found)) for person, found in self.scores(i)]

    def scores(self, i: int) -> Iterator[tuple[str, Found]]:
        """Everybody in batch i with the scores and distances of all targets."""
        restart, batch = self.settings.restart, self.batches[i]
        score, share, distance = _batch(self.ties, batch, self.inside[i], self.member, self.everywhere, restart)
        for n, person in enumerate(batch):
            yield person, [(score[a:b, n], share[a:b, n], distance[a:b, n]) for a, b in pairwise(self.cuts)]

    def rows(self, person: str, found: Found | None) -> list[dict[str, Any]]:
        """The rows of one person."""
        return list(_rows(person, found, self.ties, self.shown, self.settings))


def linking_of(ties: Ties, shown: Sequence[Targets], settings: Safeguarding) -> Linking:
    """Sort the people into batches by the components they reach, so that a batch needs few others."""
    member = csr_array(vstack([target.member for target in shown], format="csr"))
    cuts = np.cumsum([0, *(len(target.ids) for target in shown)]).tolist()
    if not ties.starts:
        return Linking(ties, shown, settings, member, cuts, np.zeros(0), [], [])
    anybody = Start(0, np.array([], np.int64), np.array([]))
    everywhere = walks(ties.weights, [anybody], settings.restart, uniform=True)[: ties.n, 0] * ties.n
    component = connected_components(ties.weights, directed=False)[1]
    reach = {person: tuple(np.unique(component[ties.around(person)]).tolist()) for person in ties.starts}
    order = sorted(ties.starts, key=lambda person: (reach[person], person))
    batches = [order[first : first + BATCH] for first in range(0, len(order), BATCH)]
    inside = [
        np.flatnonzero(np.isin(component, sorted({c for person in batch for c in reach[person]}))) for batch in batches
    ]
    return Linking(ties, shown, settings, member, cuts, everywhere, batches, inside)


def _batch(
    ties: Ties, batch: Sequence[str], inside: Ints, member: csr_array, everywhere: Floats, restart: float
) -> tuple[Floats, Floats, Ints]:
    """Scores, shares and distances, targets x people, of a batch whose components' people are ``inside``.

    Outside these components nobody meets the walk, and the uniform start gives what it gives anyway.
    """
    place = np.full(ties.n + 1, -1, np.int64)
    place[inside], place[ties.n] = np.arange(len(inside)), len(inside)
    starts = [ties.starts[person] for person in batch]
    local = [Start(int(place[start.vertex]), place[start.to], start.w) for start in starts]
    weights = csr_array(ties.weights[inside][:, inside])
    near = member[:, inside]
    share = near @ walks(weights, local, restart)[:-1]
    size = np.array([ties.n + (start.vertex == ties.n) for start in starts])
    base = everywhere[:, None] / size
    base[inside] = _everywhere(weights, local, restart, size, everywhere[inside])
    chance = member @ base
    score = np.divide(share, chance, out=np.zeros_like(share), where=chance > 0)
    return score, share, _nearest(near, distances(weights, local, FAR)[:-1])


def _everywhere(weights: csr_array, local: Sequence[Start], restart: float, size: Ints, everywhere: Floats) -> Floats:
    """The uniform start's vectors among the people inside: solved anew only for starts that change the graph."""
    made = everywhere[:, None] / size
    changed = [column for column, start in enumerate(local) if len(start.to)]
    if changed:
        starts = [local[column] for column in changed]
        here = np.array([len(everywhere) + (start.vertex == len(everywhere)) for start in starts])
        made[:, changed] = walks(weights, starts, restart, uniform=True)[:-1] * here / size[changed]
    return made


def _nearest(member: csr_array, steps: np.ndarray[Any, Any]) -> Ints:
    """The fewest steps to any member, targets x people; FAR + 1 where nobody is that near."""
    nearest = np.full((member.shape[0], steps.shape[1]), FAR + 1, np.int64)
    some = np.flatnonzero(np.diff(member.indptr))
    if len(some):
        nearest[some] = np.minimum.reduceat(steps[member.indices], member.indptr[some], axis=0)
    return nearest


def _rows(
    person: str, found: Found | None, ties: Ties, shown: Sequence[Targets], settings: Safeguarding
) -> Iterator[dict[str, Any]]:
    """The rows of one person: the likeliest of each kind, or that there is none."""
    for one, (score, share, distance) in zip(shown, found or [NOTHING] * len(shown), strict=True):
        near = np.flatnonzero(distance <= FAR).tolist()
        best = sorted(near, key=lambda t: (-round(float(score[t]), 9), one.ids[t]))[: settings.top]
        if not best:
            yield _row(person, one.kind, None, NO_LINK, None, [], [])
        for rank, target in enumerate(best, 1):
            members = one.member.indices[one.member.indptr[target] : one.member.indptr[target + 1]]
            path = ties.path(person, set(members.tolist()), int(distance[target]))
            records = sorted({record for pair in pairwise(path) for record in ties.records(*pair)})
            band = _band(float(share[target]), settings)
            yield _row(person, one.kind, one.ids[target], band, rank, path, records)


def _row(
    person: str, kind: str, target: str | None, band: str, rank: int | None, path: Sequence[str], records: Sequence[str]
) -> dict[str, Any]:
    values = (person, kind, target, band, rank, list(path), list(records))
    return dict(zip(("nominal_id", "kind", "id", "band", "rank", "path", "record_ids"), values, strict=True))


def _band(share: float, settings: Safeguarding) -> str:
    return "strong" if share >= settings.strong_link else "some" if share >= settings.some_link else "weak"

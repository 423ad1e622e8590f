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

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from countylines.rank.adults import adults_around
from countylines.rank.ages import ADULT, younger_than
from countylines.rank.evidence import Evidence
from countylines.rank.lines import MAX_RECORD_NOMINALS, MENTION, connecting
from countylines.rank.linked import Linked, likeliest, linked
from countylines.rank.ties import Ties, ties_of
from countylines.rank.ways import ways
from countylines.settings import Safeguarding, UnknownAge
from countylines.tables import RUN

NO_LINK = "no link found"
TABLE = RUN["safeguarding_links"]
COLUMNS = ("nominal_id", "kind", "id", "band", "rank", "path", "record_ids")
Row = tuple[str, str, str | None, str, int | None, list[str], list[str]]


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
    max_record_nominals: int = MAX_RECORD_NOMINALS,
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
        workers: threads; 0 = one a core. The result is the same.
    """
    guarded = protected(evidence, unknown_age)
    links_of = connecting(evidence.involvements, max_record_nominals)
    people = sorted(guarded & set(evidence.involvements["nominal_id"]))
    ties = ties_of(evidence.nominals, evidence.edges, links_of, people)
    shown = [
        targets("group", evidence.members, ties, guarded),
        targets("line", _line_people(lines, line_evidence), ties, guarded),
    ]
    found = linked(ties, [one.member for one in shown], settings.restart, workers)
    rows = [row for one, near in zip(shown, found, strict=True) for row in _rows(people, ties, one, near, settings)]
    types = (pl.String, pl.String, pl.String, pl.String, pl.Int64, pl.List(pl.String), pl.List(pl.String))
    columns = zip(*rows, strict=True) if rows else [()] * len(types)
    made = pl.DataFrame(dict(zip(COLUMNS, columns, strict=True)), dict(zip(COLUMNS, types, strict=True)))
    beside = adults_around(evidence.involvements, links_of, people, guarded)
    return pl.concat([made.select(TABLE.names), beside.select(TABLE.names)]).sort(TABLE.key)


def protected(evidence: Evidence, unknown_age: UnknownAge = "protect") -> frozenset[str]:
    """Children, known victims, people of unknown age unless that counts as adult, whether kept or not (METHOD 1)."""
    child = younger_than(pl.col("date_of_birth"), ADULT, evidence.as_of).fill_null(unknown_age == "protect")
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


def _rows(people: Sequence[str], ties: Ties, one: Targets, near: Linked, settings: Safeguarding) -> Iterator[Row]:
    """The rows of a kind: the likeliest targets of each person, or that there is none."""
    names, best = list(ties.starts), likeliest(near, settings.top)
    found = ways(ties.weights, one.member, list(ties.starts.values()), best.start, best.target, best.steps)
    rank, before = 0, -1
    for start, target, share, way in zip(
        best.start.tolist(), best.target.tolist(), best.share.tolist(), found, strict=True
    ):
        rank, before = rank + 1 if start == before else 1, start
        path = [names[start], *(ties.ids[u] for u in way)]
        records = sorted({record for pair in pairwise(path) for record in ties.records(*pair)})
        yield names[start], one.kind, one.ids[target], _band(share, settings), rank, path, records
    for person in sorted(set(people) - {names[start] for start in best.start.tolist()}):
        yield person, one.kind, None, NO_LINK, None, [], []


def _band(share: float, settings: Safeguarding) -> str:
    return "strong" if share >= settings.strong_link else "some" if share >= settings.some_link else "weak"

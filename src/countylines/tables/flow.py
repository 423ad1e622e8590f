"""The types that flow between the stages: frozen, and made of lazy frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw

Frame = nw.LazyFrame[Any]


@dataclass(frozen=True)
class Counts:
    """Rows of one extract table: ``rows_in`` = kept + set aside + rejected."""

    rows_in: int
    kept: int
    set_aside: int
    rejected: int


@dataclass(frozen=True)
class Sources:
    """The kept rows of every extract table, and what ingest says of them.

    Attributes:
        tables: a lazy frame for every name in EXTRACTS, columns as there; records have ``date`` (day) besides.
        rulings: decisions in force: ``nominal_id``, ``record_id``, ``decision``.
        as_of: the day on which ages are taken.
        counts: rows in and out, by table.
        unlinked: records without any involvement, by source.
        inputs: one entry a file or query: name, table, sha256, rows, encoding where text.
        notes: sentences for the first screen.
    """

    tables: Mapping[str, Frame]
    rulings: Frame
    as_of: dt.date
    counts: Mapping[str, Counts]
    unlinked: Mapping[str, int]
    inputs: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()

    def __getitem__(self, table: str) -> Frame:
        return self.tables[table]


@dataclass(frozen=True)
class Matches:
    """What the lexicon found.

    Attributes:
        hits: as the run table ``hits``.
        record_groups: ``record_id``, ``group``, ``weight``: the distinct groups a text hits and their weight there.
        scores: as the run table ``record_scores``.
    """

    hits: Frame
    record_groups: Frame
    scores: Frame
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Network:
    """The pruned network of people; every frame as the run table of its name."""

    connections: Frame
    considered: Frame
    nominals: Frame
    edges: Frame
    term_table: Frame
    skipped_records: Frame
    safeguarding: Frame


@dataclass(frozen=True)
class Component:
    """One connected component's cut: code lengths in bits per step, NaN where the cut has none."""

    code_length: float
    code_length_cut: float
    code_length_bound: float


@dataclass(frozen=True)
class Partition:
    """People sorted into groups.

    Attributes:
        group: group number of each vertex, in vertex order; groups numbered by first member.
        component: component number of each vertex, in order of first member.
        components: one entry a component.
    """

    group: list[int]
    component: list[int]
    components: list[Component] = field(default_factory=list)

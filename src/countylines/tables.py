"""Every table and column with its meaning: what extracts hold, what a run keeps, the types that flow between stages.

docs/tables.md is made from this file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import narwhals as nw
import pyarrow as pa

Frame = nw.LazyFrame[Any]

SOURCES = ("crime", "intelligence", "custody", "prison", "missing")
OFFENDER_ROLES = ("suspect", "arrested", "charged", "convicted")
CONNECTING_ROLES = (*OFFENDER_ROLES, "prisoner", "victim", "missing", "subject", "associate")
OTHER_ROLES = ("witness", "reporter", "carer", "professional")
ROLES = (*CONNECTING_ROLES, *OTHER_ROLES)
DECISIONS = (
    "not county lines",
    "wrong person",
    "victim not offender",
    "no sign of exploitation",
    "reviewed and kept",
)

TEXT, NUMBER, REAL, FLAG, DAY = pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.date32()
MOMENT = pa.timestamp("us")
LIST = pa.list_(pa.string())


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, Arrow type and meaning. ``required``: an extract without the column is refused."""

    name: str
    type: pa.DataType
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a row per what, its columns, and the key that names and sorts its rows."""

    name: str
    row_per: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    optional: bool = True

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, columns in order."""
        return pa.schema([(column.name, column.type) for column in self.columns])

    @property
    def names(self) -> list[str]:
        """The column names, in order."""
        return [column.name for column in self.columns]


def _by_name(tables: Iterable[Table]) -> dict[str, Table]:
    return {table.name: table for table in tables}


EXTRACTS: Mapping[str, Table] = _by_name(
    (
        Table(
            "records",
            "record in a source system",
            ("record_id",),
            (
                Column("record_id", TEXT, "the record, as source:native id", required=True),
                Column("source", TEXT, "crime, intelligence, custody, prison or missing", required=True),
                Column("occurred", MOMENT, "when it happened"),
                Column("recorded", MOMENT, "when it was recorded; the record's date is this, else occurred"),
                Column("text", TEXT, "free text, as written"),
                Column("offence_code", TEXT, "Home Office class, e.g. 092/01"),
                Column("cjs_code", TEXT, "the finer offence code, where known"),
                Column("urn", TEXT, "unique reference number of the offence, where known"),
                Column("outcome_code", TEXT, "Home Office outcome, as written"),
                Column("proactive", FLAG, "police-initiated: true, false or unknown"),
                Column("area", TEXT, "where it happened"),
                Column("grading", TEXT, "intelligence grading, 3x5x2 or 5x5x5, as written"),
                Column("restricted", FLAG, "only cleared people may see it"),
                Column("marker", FLAG, "carries the county-lines special interest marker"),
            ),
            optional=False,
        ),
        Table(
            "nominals",
            "person",
            ("nominal_id",),
            (
                Column("nominal_id", TEXT, "the person", required=True),
                Column("name", TEXT, "name, synthetic or replaced by an id"),
                Column("aliases", TEXT, "other names, separated by ;"),
                Column("date_of_birth", DAY, "of several birth dates the youngest"),
                Column("sex", TEXT, "as recorded; used in audit only"),
                Column("ethnicity", TEXT, "as recorded; used in audit only"),
                Column("looked_after", FLAG, "in the care of a local authority: true, false or unknown"),
                Column("home_authority", TEXT, "local authority where the person lives"),
                Column("responsible_authority", TEXT, "the placing authority, if looked after"),
            ),
            optional=False,
        ),
        Table(
            "involvements",
            "role of a person in a record",
            ("record_id", "nominal_id", "role"),
            (
                Column("record_id", TEXT, "the record", required=True),
                Column("nominal_id", TEXT, "the person", required=True),
                Column("role", TEXT, ", ".join(ROLES), required=True),
            ),
            optional=False,
        ),
        Table(
            "reference_groups",
            "person in a known serious-organised-crime (SOC) group",
            ("group_id", "nominal_id"),
            (
                Column("nominal_id", TEXT, "the person", required=True),
                Column("group_id", TEXT, "the known group", required=True),
            ),
        ),
        Table(
            "known_lines",
            "known deal line",
            ("line_id", "phone_number", "nominal_id"),
            (
                Column("line_id", TEXT, "the line", required=True),
                Column("name", TEXT, "what the line is called"),
                Column("phone_number", TEXT, "its phone number"),
                Column("nominal_id", TEXT, "a person known to work it"),
                Column("status", TEXT, "active, type 1 closed, type 2 closed"),
                Column("reported_on", DAY, "when it was reported"),
                Column("reference", TEXT, "the report's reference"),
            ),
        ),
        Table(
            "known_victims",
            "person on the list of believed exploited children or adults",
            ("nominal_id",),
            (
                Column("nominal_id", TEXT, "the person", required=True),
                Column("since", DAY, "believed exploited since"),
                Column("basis", TEXT, "for example NRM referral"),
            ),
        ),
        Table(
            "releases",
            "prison release",
            ("nominal_id", "release_date"),
            (
                Column("nominal_id", TEXT, "the person", required=True),
                Column("release_date", DAY, "the day of release", required=True),
            ),
        ),
        Table(
            "episodes",
            "missing episode",
            ("record_id", "nominal_id"),
            (
                Column("record_id", TEXT, "the missing record", required=True),
                Column("nominal_id", TEXT, "who was missing", required=True),
                Column("from", MOMENT, "missing from this moment"),
                Column("to", MOMENT, "found at this moment; empty = still missing"),
                Column("risk", TEXT, "risk grading as written"),
                Column("missing_from", TEXT, "place missing from"),
                Column("found_area", TEXT, "area where found"),
                Column("found_with", TEXT, "who they were found with"),
                Column("return_interview", FLAG, "return interview done"),
            ),
        ),
        Table(
            "care",
            "period in care",
            ("nominal_id", "from"),
            (
                Column("nominal_id", TEXT, "the person", required=True),
                Column("from", DAY, "first day"),
                Column("to", DAY, "last day; empty = still in care"),
                Column("authority", TEXT, "the responsible authority"),
            ),
        ),
        Table(
            "person_links",
            "a source system's person id",
            ("source", "native_id"),
            (
                Column("source", TEXT, "the source system", required=True),
                Column("native_id", TEXT, "its id for the person", required=True),
                Column("nominal_id", TEXT, "the person", required=True),
                Column("basis", TEXT, "why they are the same"),
            ),
        ),
        Table(
            "decisions",
            "a person's ruling on a person or record",
            ("nominal_id", "record_id", "decision", "at"),
            (
                Column("nominal_id", TEXT, "the person ruled on, or empty"),
                Column("record_id", TEXT, "the record ruled on, or empty"),
                Column("decision", TEXT, ", ".join(DECISIONS), required=True),
                Column("by", TEXT, "who decided"),
                Column("confirmed_by", TEXT, "the second person; without one the ruling isn't applied"),
                Column("at", MOMENT, "when"),
                Column("reason", TEXT, "why"),
                Column("review_by", DAY, "the ruling expires on this day"),
            ),
        ),
    )
)

RUN: Mapping[str, Table] = _by_name(
    (
        Table(
            "rejects",
            "row of an extract that is not used",
            ("table", "file", "row_number", "kind", "reason", "row"),
            (
                Column("table", TEXT, "the extract's table"),
                Column("file", TEXT, "the file's name"),
                Column("row_number", NUMBER, "1 = first data row; empty where the source has no order"),
                Column("kind", TEXT, "rejected or set aside"),
                Column("reason", TEXT, "why"),
                Column("row", TEXT, "the row's content, as JSON"),
            ),
        ),
        Table(
            "hits",
            "place in a record's text that a term matches",
            ("record_id", "group", "term", "start"),
            (
                Column("record_id", TEXT, "the record"),
                Column("group", TEXT, "the lexicon's group"),
                Column("term", TEXT, "the pattern, as the lexicon writes it"),
                Column("start", NUMBER, "first character, counted from 0 in code points of the original text"),
                Column("end", NUMBER, "after the last character"),
                Column("excepted_by", TEXT, "the exception that cancels this hit, or empty"),
            ),
        ),
        Table(
            "record_scores",
            "record with a score above 0",
            ("record_id",),
            (
                Column("record_id", TEXT, "the record"),
                Column("score", REAL, "s, 0 to 1: the sum of the weights of the distinct groups hit"),
                Column("groups", LIST, "the groups hit, sorted"),
            ),
        ),
        Table(
            "term_table",
            "search group of the lexicon",
            ("group",),
            (
                Column("group", TEXT, "the group"),
                Column("weight", REAL, "its weight, 0 to 1"),
                Column("records_in_network", NUMBER, "records it hits that are in the network"),
                Column("records_not_in_network", NUMBER, "records it hits that are not"),
                Column("records_of_kept_nominals", NUMBER, "records it hits in which a kept person connects"),
                Column("records_without_connection", NUMBER, "records it hits in which nobody connects"),
            ),
        ),
        Table(
            "connections",
            "a person's connection through matched records, from their side",
            ("nominal_id", "other"),
            (
                Column("nominal_id", TEXT, "the person"),
                Column("other", TEXT, "whom they are connected with; empty = alone in those records"),
                Column("c", REAL, "the connection's weight, 0 to 1"),
                Column("groups", LIST, "the distinct groups that make it up, sorted"),
                Column("record_ids", LIST, "the records behind it, sorted"),
            ),
        ),
        Table(
            "considered",
            "person met while the network was built",
            ("nominal_id",),
            (
                Column("nominal_id", TEXT, "the person"),
                Column("provisional_weight", REAL, "p, 0 to 1: from their own matched records"),
                Column("share", REAL, "a, 0 to 1: mean p of the people they share a record with"),
                Column("ties", NUMBER, "associative ties to matched people"),
                Column("tie_records", NUMBER, "different records behind those ties"),
                Column("decision", TEXT, "matched, associate or discarded"),
            ),
        ),
        Table(
            "nominals",
            "person kept in the network",
            ("nominal_id",),
            (
                Column("nominal_id", TEXT, "the person"),
                Column("provisional_weight", REAL, "p, 0 to 1"),
                Column("weight", REAL, "q = max(p, a), 0 to 1"),
                Column("entered_by", TEXT, "matched or associate"),
                Column("group_id", TEXT, "their group; empty = unlinked"),
                Column("first_evidence", DAY, "date of the earliest record behind their place"),
                Column("last_evidence", DAY, "date of the latest record behind their place"),
                Column("is_child", FLAG, "under 18 at as_of; empty = age unknown"),
                Column("believed_exploited", FLAG, "on the list of believed exploited people"),
                Column("protected", FLAG, "child, believed exploited, or of unknown age"),
                Column("held", LIST, "reasons why they are held, sorted; empty list = not held"),
                Column("rankable", FLAG, "neither protected nor held"),
                Column("stays", REAL, "share of re-runs in which they stay with their group; empty until made"),
                Column("kept_share", REAL, "share of re-drawn networks that keep them; empty until made"),
            ),
        ),
        Table(
            "edges",
            "pair of kept people who share a record",
            ("nominal_a", "nominal_b"),
            (
                Column("nominal_a", TEXT, "the person whose id comes first"),
                Column("nominal_b", TEXT, "the other"),
                Column("weight", REAL, "b, 0 to 1: mean of their provisional weights"),
                Column("n_records", NUMBER, "n: records they share in the whole data"),
                Column("kind", TEXT, "associative, or adversarial: victim and offender in every record they share"),
                Column("record_ids", LIST, "the records they share, sorted"),
            ),
        ),
        Table(
            "groups",
            "group of at least min_group_size people",
            ("group_id",),
            (
                Column("group_id", TEXT, "the group"),
                Column("name", TEXT, "a number and a short spoken word"),
                Column("size", NUMBER, "kept people in it"),
                Column("reference_group", TEXT, "the SOC group it overlaps most; empty = none"),
                Column("overlap", REAL, "share of its members in that SOC group, 0 to 1"),
                Column("associated", FLAG, "more than half are in that SOC group"),
                Column("stability", REAL, "mean share of re-runs in which its people stay; empty until made"),
                Column("code_length", REAL, "map equation of its component's final partition, bits per step"),
                Column("code_length_cut", REAL, "the same before refinement; empty for the modularity cut"),
                Column("code_length_bound", REAL, "no cut of the tree is below this; empty for the modularity cut"),
                Column("component", NUMBER, "connected component, 1 = the one with the lowest nominal_id"),
            ),
        ),
        Table(
            "reference_overlaps",
            "group and SOC group that share a person",
            ("group_id", "reference_group"),
            (
                Column("group_id", TEXT, "the group"),
                Column("reference_group", TEXT, "the SOC group"),
                Column("shared", NUMBER, "people in both"),
                Column("share_of_group", REAL, "of the group's members, 0 to 1"),
                Column("share_of_reference", REAL, "of the SOC group's members, 0 to 1"),
                Column("chance_probability", REAL, "of at least so many by chance, times the number of SOC groups"),
            ),
        ),
        Table(
            "skipped_records",
            "record with more connecting people than max_record_nominals",
            ("record_id",),
            (
                Column("record_id", TEXT, "the record"),
                Column("nominals", NUMBER, "how many people connect in it"),
            ),
        ),
        Table(
            "safeguarding",
            "person to protect, with why",
            ("nominal_id", "why"),
            (
                Column("nominal_id", TEXT, "the person"),
                Column("why", TEXT, "the reason they are listed"),
                Column("first_seen", DAY, "date of the first record behind it"),
                Column("last_seen", DAY, "date of the last record behind it"),
                Column("record_ids", LIST, "the records behind it, sorted"),
            ),
        ),
    )
)


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

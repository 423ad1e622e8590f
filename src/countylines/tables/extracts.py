"""The tables of the extracts: what goes in (METHOD 1)."""

from __future__ import annotations

from collections.abc import Mapping

from countylines.tables.columns import DAY, FLAG, MOMENT, TEXT, Column, Table, by_name

SOURCES = ("crime", "intelligence", "custody", "prison", "missing")
OFFENDER_ROLES = ("suspect", "arrested", "charged", "convicted")
CONNECTING_ROLES = (*OFFENDER_ROLES, "prisoner", "victim", "missing", "subject", "associate")
OTHER_ROLES = ("witness", "reporter", "carer", "professional")
ROLES = (*CONNECTING_ROLES, *OTHER_ROLES)
UNRANKED = "victim and suspect, not ranked"
BOTH = "both victim and suspect"  # why such an adult is held
DECISIONS = (
    "not county lines",
    "wrong person",
    "victim not offender",
    "no sign of exploitation",
    "reviewed and kept",
    UNRANKED,
)

EXTRACTS: Mapping[str, Table] = by_name(
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
                Column("decision", TEXT, "; ".join(DECISIONS), required=True),
                Column("by", TEXT, "who decided"),
                Column("confirmed_by", TEXT, "the second person; without one the ruling isn't applied"),
                Column("at", MOMENT, "when"),
                Column("reason", TEXT, "why"),
                Column("review_by", DAY, "the ruling expires on this day"),
            ),
        ),
    )
)

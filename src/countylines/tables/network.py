"""The tables of a run up to its groups (METHOD 8)."""

from __future__ import annotations

from collections.abc import Mapping

from countylines.tables.columns import DAY, FLAG, LIST, NUMBER, REAL, TEXT, Column, Table, by_name

NETWORK: Mapping[str, Table] = by_name(
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
                Column("tier", NUMBER, "1 to 6, by rule (docs/rank.md), never a score: the person's most urgent"),
                Column("why", TEXT, "the reason they are listed"),
                Column("first_seen", DAY, "date of the first record behind it"),
                Column("last_seen", DAY, "date of the last record behind it"),
                Column("record_ids", LIST, "the records behind it, sorted"),
            ),
        ),
    )
)

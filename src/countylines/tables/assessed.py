"""The tables of a run that assess its groups and people (METHOD 5, 6 and 8)."""

from __future__ import annotations

from collections.abc import Mapping

from countylines.tables.columns import DAY, FLAG, LIST, NUMBER, REAL, TEXT, Column, Table, by_name

PERSON = Column("nominal_id", TEXT, "the person")
GROUP = Column("group_id", TEXT, "the group")
RECORDS = Column("record_ids", LIST, "the records behind it, sorted")
RANKS = (
    Column("rank", NUMBER, "1 is highest; ties share the lowest number"),
    Column("rank_low", NUMBER, "the rank that 5% of the draws don't reach; empty until made"),
    Column("rank_high", NUMBER, "the rank that 95% of the draws don't pass; empty until made"),
)
DETECTION = Column("detection", TEXT, "reported, proactive (the police found it) or unknown")
HARM = (
    Column("index", TEXT, "cchi (days, Cambridge Crime Harm Index) or ons_css (ONS Crime Severity Score weights)"),
    Column("edition", TEXT, "the edition of the weights"),
    Column("window", TEXT, "all, or 12m: the last 12 months before as_of"),
    DETECTION,
    Column("standing", TEXT, "convicted, charged, suspected, no further action, diverted, or, of people, as a child"),
    Column("crimes", NUMBER, "distinct crimes"),
    Column("harm", REAL, "days: sum of their weights; empty when none has one, and for crimes diverted or as a child"),
    Column("crimes_without_weight", NUMBER, "of which the index has no weight"),
    Column("crimes_ambiguous", NUMBER, "of which the code leaves several weights: the lowest is taken"),
)

ASSESSED: Mapping[str, Table] = by_name(
    (
        Table(
            "partition_baseline",
            "cut and measure of the groups, beside the same of shuffled records",
            ("cut", "measure"),
            (
                Column("cut", TEXT, "map_equation or modularity; below 300 people both"),
                Column("measure", TEXT, "groups, stability or bits saved"),
                Column("real", REAL, "in this network"),
                Column("mean", REAL, "mean over networks of shuffled records"),
                Column("least", REAL, "least of these"),
                Column("most", REAL, "most of these"),
            ),
        ),
        Table(
            "held_in_by_one_record",
            "person who would not be kept without one single record",
            ("nominal_id", "record_id"),
            (PERSON, Column("record_id", TEXT, "the record")),
        ),
        Table(
            "nominal_harm",
            "rankable person, index, window, detection and standing",
            ("id", "index", "window", "detection", "standing"),
            (Column("id", TEXT, "the person; rankable people only"), *HARM),
        ),
        Table(
            "group_harm",
            "group, index, window, detection and standing",
            ("id", "index", "window", "detection", "standing"),
            (
                Column("id", TEXT, "the group"),
                *HARM,
                Column("crimes_only_protected", NUMBER, "of which only protected or held members are offenders"),
                Column("harm_only_protected", REAL, "days: the harm of those; empty as harm is"),
            ),
        ),
        Table(
            "group_harm_quarters",
            "group, index, quarter and detection: crimes with a member convicted, charged or suspected",
            ("id", "index", "quarter", "detection"),
            (
                Column("id", TEXT, "the group"),
                *HARM[:2],
                Column("quarter", DAY, "its first day"),
                DETECTION,
                Column("crimes", NUMBER, "distinct crimes"),
                Column("harm", REAL, "days: sum of their weights; empty when none has one"),
            ),
        ),
        Table(
            "offence_weights",
            "index and combination of codes in the crimes around kept people",
            ("index", "offence_code", "cjs_code", "urn"),
            (
                Column("index", TEXT, "cchi or ons_css"),
                Column("edition", TEXT, "the edition of the weights"),
                Column("offence_code", TEXT, "Home Office class, as the records have it"),
                Column("cjs_code", TEXT, "CJS code, as the records have it"),
                Column("urn", TEXT, "the index's own reference number, as the records have it"),
                Column("weight", REAL, "days; empty = the index has none"),
                Column("ambiguous", FLAG, "the codes leave several weights: the lowest is taken"),
                Column("crimes", NUMBER, "crimes with these codes, cancelled ones left out"),
            ),
        ),
        Table(
            "centrality",
            "rankable person, scope and measure",
            ("scope", "measure", "nominal_id"),
            (
                Column("nominal_id", TEXT, "the person; rankable people only"),
                Column("scope", TEXT, "network, or group: within their group"),
                Column("measure", TEXT, "strength, betweenness, eigenvector or harmonic"),
                Column("value", REAL, "the measure (docs/rank.md)"),
                *RANKS,
                Column("method", TEXT, "exact, or approximate with its bound"),
            ),
        ),
        Table(
            "profiles",
            "group and factor",
            ("group_id", "factor"),
            (
                GROUP,
                Column("factor", TEXT, "one of the nine factors"),
                Column("level", NUMBER, "0 to 4; empty = unknown: the field is empty for all members"),
                Column("credible", FLAG, "a graded or reviewed record says so; empty where that isn't asked"),
                Column("confidence", TEXT, "high, medium, low or unknown, from the gradings of the records"),
                Column("count", REAL, "what was counted, before it became a level; empty = unknown"),
                Column("areas", LIST, "areas, of the factors about areas"),
                RECORDS,
            ),
        ),
        Table(
            "priority",
            "ranked group or person",
            ("kind", "rank", "id"),
            (
                Column("kind", TEXT, "group or nominal; rankable people only"),
                Column("id", TEXT, "the group or person"),
                Column("mean_rank", REAL, "mean over all draws of weights: what they are ordered by"),
                *RANKS,
                Column(
                    "rank_other_index",
                    NUMBER,
                    "its rank by the other harm index; empty when that has a weight for no crime",
                ),
                Column(
                    "rank_reported",
                    NUMBER,
                    "its rank by reported crime only; empty when it is known of no crime how it came to light",
                ),
                Column("first_share", REAL, "share of the draws that put it first"),
                Column("top3_share", REAL, "share that put it in the first three"),
                Column("top10_share", REAL, "share that put it in the first ten"),
                Column("parts", TEXT, "its criteria, each 0 to 1 or null for unknown, as JSON"),
            ),
        ),
        Table(
            "dismantling",
            "step of a way to take a network or group apart",
            ("scope", "question", "step"),
            (
                Column("scope", TEXT, "network, or a group"),
                Column("question", TEXT, "order, k (only so many) or goal (largest component to a tenth)"),
                Column("step", NUMBER, "1 = first; 0 = as it stands, where nobody could bring the goal nearer"),
                Column("nominal_id", TEXT, "the person; rankable people only; empty at step 0"),
                Column("cost", REAL, "their cost"),
                Column("largest_component", NUMBER, "people in the largest component afterwards"),
                Column("harm_connected", REAL, "sum over components of (sum of h) squared afterwards"),
                Column("proof", TEXT, "optimal, a bound, or best found"),
                Column(
                    "first_k_share",
                    REAL,
                    "share of re-drawn networks with them in the first k; empty until made",
                ),
                Column("step_low", NUMBER, "their step in the order that 5% of re-drawn networks don't exceed"),
                Column("step_high", NUMBER, "their step in the order that 95% of re-drawn networks don't exceed"),
            ),
        ),
        Table(
            "dismantling_baselines",
            "step of a plain way to take a network or group apart",
            ("scope", "baseline", "step"),
            (
                Column("scope", TEXT, "network, or a group"),
                Column("baseline", TEXT, "random, degree, adaptive degree or betweenness"),
                Column("step", NUMBER, "people taken out"),
                Column("largest_component", REAL, "people in the largest component afterwards; of random the mean"),
                Column("harm_connected", REAL, "harm-connected mass afterwards; of random the mean"),
                Column("largest_least", REAL, "of random the least"),
                Column("largest_most", REAL, "of random the most"),
                Column("harm_least", REAL, "of random the least"),
                Column("harm_most", REAL, "of random the most"),
            ),
        ),
        Table(
            "numbers",
            "phone number or line name in a matched record's text",
            ("record_id", "start"),
            (
                Column("record_id", TEXT, "the record"),
                Column("number", TEXT, "phone number as +447..., or empty"),
                Column("name", TEXT, "line name, or empty"),
                Column("start", NUMBER, "first character, counted from 0 in code points of the original text"),
                Column("end", NUMBER, "after the last character"),
                Column("context", TEXT, "what words around a number say: line, own (somebody's own), or empty"),
                Column("area", TEXT, "the record's area"),
                Column("date", DAY, "the record's date"),
            ),
        ),
        Table(
            "lines",
            "number or name of a deal line",
            ("line_id", "number", "name"),
            (
                Column("line_id", TEXT, "the line: known, or found in text"),
                Column("number", TEXT, "phone number, or empty"),
                Column("name", TEXT, "name, or empty"),
                Column("known", FLAG, "in the extract known_lines"),
                Column("corroborated", FLAG, "known, or at least two records say that it is a line"),
                Column("status", TEXT, "the known line's; empty for one found in text"),
                Column("group_id", TEXT, "the group with the most people in its evidence; empty = none"),
                Column("areas", LIST, "areas of its records, sorted"),
                Column("first_seen", DAY, "date of its first record"),
                Column("last_seen", DAY, "date of its last record"),
                Column("internal", FLAG, "all areas are the force's own; empty = force_areas or areas unknown"),
            ),
        ),
        Table(
            "line_evidence",
            "record and person behind a line",
            ("line_id", "record_id", "nominal_id", "kind"),
            (
                Column("line_id", TEXT, "the line"),
                Column("record_id", TEXT, "the record; empty where known_lines says it"),
                Column("nominal_id", TEXT, "a person who connects there, or empty"),
                Column("kind", TEXT, "number, name, known, or mention: nothing there says that the number is a line"),
            ),
        ),
        Table(
            "safeguarding_facts",
            "person to protect, with what is known of them and what isn't",
            ("nominal_id",),
            (
                Column("nominal_id", TEXT, "the person"),
                Column("age_group", TEXT, "under 16, 16 or 17, 18 or over; empty = unknown"),
                Column("looked_after", FLAG, "by the flag or an open period of care; empty = unknown"),
                Column("missing_episodes", NUMBER, "begun by as_of; empty = no episodes were given at all"),
                Column("last_missing", DAY, "first day of the latest"),
                Column("missing_now", FLAG, "an episode isn't over; empty = no episodes were given at all"),
                Column("return_interview", TEXT, "after the last episode that is over"),
                Column("home_authority", TEXT, "where they live; empty = unknown"),
                Column("responsible_authority", TEXT, "the placing one, if looked after; empty = unknown"),
                Column("believed_since", DAY, "on the list of believed exploited people since"),
                Column("basis", TEXT, "why they are on that list"),
                Column("not_known", LIST, "what isn't known, in sentences"),
            ),
        ),
        Table(
            "safeguarding_links",
            "child or believed victim and what they are linked to",
            ("nominal_id", "kind", "rank", "id"),
            (
                Column("nominal_id", TEXT, "the child or believed victim"),
                Column("kind", TEXT, "group, line, or adult: somebody with an offender role beside them"),
                Column("id", TEXT, "the group, line or person; empty = no link found"),
                Column("band", TEXT, "strong, some, weak or no link found; empty for adults"),
                Column("rank", NUMBER, "1 = likeliest"),
                Column("path", LIST, "people from them to the nearest member, both included"),
                RECORDS,
            ),
        ),
        Table(
            "reference_ties",
            "kept person in no SOC group, tied to one",
            ("nominal_id", "reference_group", "member"),
            (
                PERSON,
                Column("reference_group", TEXT, "the SOC group"),
                Column("member", TEXT, "its nearest kept member"),
                Column("steps", NUMBER, "ties between them"),
                Column("path", LIST, "people from one to the other, both included"),
                RECORDS,
            ),
        ),
    )
)

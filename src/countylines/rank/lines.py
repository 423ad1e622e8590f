"""Deal lines: which phone numbers and names belong together, and the records and people behind each.

[choice] A number found in text is taken for a line's when the extract known_lines has it, when the words around it say
so, or when a line's name stands close by; a name always is. Everybody else's numbers stay in the table ``numbers``.
Numbers and names are tied in stars, so that nothing can glue lines together step by step: every number goes to one
name, the one it stands close by in the most records, and a name that so gets more than MOST_NUMBERS numbers is too
common to say anything and gets none. Known lines stay as they are known: no two of them are ever one. A line that only
one record speaks of is listed, as not corroborated, but no child is linked to it. Of a line that has only a number, and
that nobody knew, records that don't say it is one are mentions: shown, but their people don't count as the line's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import phonenumbers
import polars as pl

from countylines.rank.evidence import Evidence
from countylines.settings import NetworkSettings
from countylines.tables import CONNECTING_ROLES, RUN

CLOSE = 60  # characters between a number and the name that it belongs to
MOST_NUMBERS = 20  # a line changes its phone now and then; a word beside more numbers than this is no name
CORROBORATED = 2  # records that must say so before a child is linked to a line that nobody knew
MENTION = "mention"
MAX_RECORD_NOMINALS = NetworkSettings().max_record_nominals

ONLY_NUMBER = "number "  # what a found line is called until it has an id, where it has no name
Lines = Mapping[str, str]  # number or name to line_id


@dataclass(frozen=True)
class Known:
    """What the extract known_lines says.

    Attributes:
        numbers, names: to line_id; those of several lines tell nothing and are left out.
        all_numbers, all_names: line_id to all of them.
        people: line_id to the people known to work it.
        status: by line_id.
    """

    numbers: Lines
    names: Lines
    all_numbers: Mapping[str, Sequence[str]]
    all_names: Mapping[str, Sequence[str]]
    people: Mapping[str, Sequence[str]]
    status: Mapping[str, str | None]


def lines(evidence: Evidence, max_record_nominals: int = MAX_RECORD_NOMINALS) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The run tables ``lines`` and ``line_evidence``, sorted by key.

    Args:
        evidence: its numbers, known lines, involvements, nominals and force_areas are read.
        max_record_nominals: in records with more connecting people nobody is evidence (METHOD 3): lists name everybody.

    A found line is called L1, L2 and so on by first record, then number or name; a known one keeps its id. Its group is
    the one with the most kept people in its evidence, ties by id.
    """
    known = known_lines(evidence.small["known_lines"])
    of_number, of_name = _assign(evidence.numbers, known)
    seen = _seen(evidence.numbers, of_number, of_name, list(known.status))
    seen, of_number, of_name = _named(seen, of_number, of_name, known)
    behind = _behind(evidence, seen, known, max_record_nominals)
    return _line_table(evidence, seen, behind, of_number, of_name, known), behind


def normal_number(text: str | None) -> str | None:
    """A phone number as in the table ``numbers``.

    Example:
        >>> normal_number("07700 900123"), normal_number("(0044) 7700-900123"), normal_number("unknown")
        ('+447700900123', '+447700900123', None)
    """
    try:
        parsed = phonenumbers.parse(text or "", "GB")
    except phonenumbers.NumberParseException:
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def normal_name(text: str | None) -> str | None:
    """A line's name as in the table ``numbers``.

    Example:
        >>> normal_name("the Mikey line"), normal_name(" 'Frankie' "), normal_name("")
        ('MIKEY', 'FRANKIE', None)
    """
    words = (text or "").upper().replace('"', "").replace("'", "").split()
    words = words[1:] if words[:1] == ["THE"] else words
    words = words[:-1] if words[-1:] in (["LINE"], ["PHONE"]) else words
    return " ".join(words) or None


def known_lines(rows: pl.DataFrame) -> Known:
    """The extract known_lines with numbers and names as in the table ``numbers``."""
    owners: dict[str, dict[str, set[str]]] = {"number": defaultdict(set), "name": defaultdict(set)}
    every: dict[str, dict[str, set[str]]] = {kind: defaultdict(set) for kind in ("number", "name", "person")}
    status: dict[str, str | None] = {}
    for row in rows.sort("line_id", "reported_on", "status", nulls_last=False).iter_rows(named=True):
        line = row["line_id"]
        number, name = normal_number(row["phone_number"]), normal_name(row["name"])
        for kind, value in (("number", number), ("name", name), ("person", row["nominal_id"])):
            if value:
                every[kind][line].add(value)
                if kind in owners:
                    owners[kind][value].add(line)
        status[line] = row["status"] or status.get(line)  # the latest report that gives one
    alone = {kind: {v: min(owned) for v, owned in found.items() if len(owned) == 1} for kind, found in owners.items()}
    sorted_by_line = {kind: {line: sorted(found) for line, found in by.items()} for kind, by in every.items()}
    return Known(
        alone["number"],
        alone["name"],
        sorted_by_line["number"],
        sorted_by_line["name"],
        sorted_by_line["person"],
        status,
    )


def _assign(numbers: pl.DataFrame, known: Known) -> tuple[dict[str, str], dict[str, str]]:
    """Number and name to the line they belong to: a known line's id, or a found one's name or number."""
    shared_names = {name for names in known.all_names.values() for name in names} - set(known.names)
    shared_numbers = {number for each in known.all_numbers.values() for number in each} - set(known.numbers)
    names = numbers.drop_nulls("name")["name"].unique().to_list()
    of_name = {name: known.names.get(name, f"name {name}") for name in sorted(names) if name not in shared_names}
    tied = _main_names(_close(numbers).filter(~pl.col("name").is_in(list(shared_names))))
    found = numbers.drop_nulls("number")
    said = set(found.filter(pl.col("context") == "line")["number"])
    of_number = {}
    for number in sorted(set(found["number"]) - shared_numbers):
        if number in known.numbers:
            of_number[number] = known.numbers[number]
        elif number in tied:
            of_number[number] = of_name[tied[number]]
        elif number in said:
            of_number[number] = ONLY_NUMBER + number
    return of_number, of_name


def _close(numbers: pl.DataFrame) -> pl.DataFrame:
    """``number``, ``name``, ``records``: in how many they stand close by, unless the number is somebody's own."""
    place = ["record_id", "start", "end"]
    phones = numbers.filter(pl.col("number").is_not_null(), pl.col("context").ne_missing("own")).select(
        *place, "number"
    )
    names = numbers.drop_nulls("name").select(*place, "name")
    pairs = phones.join(names, on="record_id", suffix="_of_name")
    gap = pl.max_horizontal(pl.col("start_of_name") - pl.col("end"), pl.col("start") - pl.col("end_of_name"))
    return pairs.filter(gap <= CLOSE).group_by("number", "name").agg(records=pl.col("record_id").n_unique())


def _main_names(close: pl.DataFrame) -> dict[str, str]:
    """To each number the name it stands by in the most records (ties: the first), unless too many numbers have it."""
    best = close.sort("number", "records", "name", descending=[False, True, False]).unique(
        "number", keep="first", maintain_order=True
    )
    few = best.group_by("name").len().filter(pl.col("len") <= MOST_NUMBERS)
    return dict(best.join(few, on="name", how="semi").sort("number").select("number", "name").iter_rows())


def _seen(numbers: pl.DataFrame, of_number: Lines, of_name: Lines, known: Sequence[str]) -> pl.DataFrame:
    """Where lines are seen: line, record_id, kind, area, date, number, name, said (words there say it is a line)."""
    line = pl.coalesce(
        pl.col("number").replace_strict(dict(of_number), default=None, return_dtype=pl.String),
        pl.col("name").replace_strict(dict(of_name), default=None, return_dtype=pl.String),
    )
    said = pl.col("number").is_null() | (pl.col("context") == "line").fill_null(False)
    bare = pl.col("line").str.starts_with(ONLY_NUMBER) & ~pl.col("line").is_in(known) & ~pl.col("said")
    kind = pl.when(bare).then(pl.lit(MENTION)).when(pl.col("number").is_not_null()).then(pl.lit("number"))
    rows = (
        numbers.with_columns(line=line, said=said).drop_nulls("line").with_columns(kind=kind.otherwise(pl.lit("name")))
    )
    return rows.select("line", "record_id", "kind", "area", "date", "number", "name", "said").unique()


def _named(
    seen: pl.DataFrame, of_number: Lines, of_name: Lines, known: Known
) -> tuple[pl.DataFrame, dict[str, str], dict[str, str]]:
    """The same with a line_id for every found line, in order of first record, then number or name."""
    found = seen.filter(~pl.col("line").is_in(list(known.status)))
    first = found.group_by("line").agg(pl.col("date").min(), pl.col("number").min(), pl.col("name").min())
    ordered = first.with_columns(what=pl.coalesce("number", "name")).sort("date", "what", "line", nulls_last=True)
    ids, taken, at = {line: line for line in known.status}, set(known.status), 0
    for line in ordered["line"]:
        at += 1
        while f"L{at}" in taken:
            at += 1
        ids[line] = f"L{at}"
    named = seen.with_columns(line_id=pl.col("line").replace_strict(ids, return_dtype=pl.String)).drop("line")
    return named, {n: ids[line] for n, line in of_number.items()}, {n: ids[line] for n, line in of_name.items()}


def _behind(evidence: Evidence, seen: pl.DataFrame, known: Known, max_record_nominals: int) -> pl.DataFrame:
    """The run table ``line_evidence``."""
    there = (
        seen.select("line_id", "record_id", "kind")
        .unique()
        .join(connecting(evidence.involvements, max_record_nominals), on="record_id", how="left")
    )
    rows = [(line, person) for line, people in known.people.items() for person in people]
    said = pl.DataFrame(rows, {"line_id": pl.String, "nominal_id": pl.String}, orient="row")
    said = said.with_columns(record_id=pl.lit(None, pl.String), kind=pl.lit("known"))
    table = RUN["line_evidence"]
    return pl.concat([there.select(table.names), said.select(table.names)]).sort(table.key)


def connecting(involvements: pl.DataFrame, max_record_nominals: int) -> pl.DataFrame:
    """``record_id`` and ``nominal_id`` of everybody who connects, without the records of too many (METHOD 3)."""
    links = involvements.filter(pl.col("role").is_in(CONNECTING_ROLES)).select("record_id", "nominal_id").unique()
    sizes = links.group_by("record_id").len().filter(pl.col("len") <= max_record_nominals)
    return links.join(sizes, on="record_id", how="semi")


def _line_table(
    evidence: Evidence, seen: pl.DataFrame, behind: pl.DataFrame, of_number: Lines, of_name: Lines, known: Known
) -> pl.DataFrame:
    """The run table ``lines``: a row per number and per name of each line."""
    own = set(evidence.force_areas)
    numbers = {(line, number) for number, line in of_number.items()}
    numbers |= {(line, number) for line, each in known.all_numbers.items() for number in each}
    names = {(line, name) for name, line in of_name.items()}
    names |= {(line, name) for line, each in known.all_names.items() for name in each}
    bare = set(known.status) - {line for line, _ in numbers | names}
    rows: list[tuple[str, str | None, str | None]] = [(line, number, None) for line, number in numbers]
    rows += [(line, None, name) for line, name in names] + [(line, None, None) for line in bare]
    parts = pl.DataFrame(rows, {"line_id": pl.String, "number": pl.String, "name": pl.String}, orient="row")
    status = pl.DataFrame(list(known.status.items()), {"line_id": pl.String, "status": pl.String}, orient="row")
    places = seen.group_by("line_id").agg(
        pl.col("area").drop_nulls().unique().sort().alias("areas"),
        pl.col("date").min().alias("first_seen"),
        pl.col("date").max().alias("last_seen"),
    )
    told = pl.col("areas").list.len() > 0
    said = seen.filter("said").group_by("line_id").agg(said=pl.col("record_id").n_unique())
    inside = pl.when(told & bool(own)).then(pl.col("areas").list.eval(pl.element().is_in(list(own))).list.all())
    joined = (
        parts.join(status.with_columns(known=pl.lit(True)), on="line_id", how="left")
        .join(_groups(evidence.nominals, behind), on="line_id", how="left")
        .join(places, on="line_id", how="left")
        .join(said, on="line_id", how="left")
        .with_columns(pl.col("known").fill_null(False), pl.col("areas").fill_null([]))
        .with_columns(internal=inside, corroborated=pl.col("known") | (pl.col("said") >= CORROBORATED).fill_null(False))
    )
    return joined.select(RUN["lines"].names).sort(RUN["lines"].key)


def _groups(nominals: pl.DataFrame, behind: pl.DataFrame) -> pl.DataFrame:
    """``line_id`` and ``group_id``: the group with the most kept people in the line's evidence, ties by id."""
    grouped = nominals.select("nominal_id", "group_id").drop_nulls("group_id")
    said = behind.filter(pl.col("kind") != MENTION)
    people = said.select("line_id", "nominal_id").drop_nulls().unique().join(grouped, on="nominal_id")
    counted = people.group_by("line_id", "group_id").len()
    best = counted.sort("line_id", "len", "group_id", descending=[False, True, False])
    return best.unique("line_id", keep="first").select("line_id", "group_id")

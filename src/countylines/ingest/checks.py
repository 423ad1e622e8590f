"""The checks in order, from typed rows to Sources. Each step is a function of ``check.py`` or ``decisions.py``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import narwhals as nw
import pyarrow.parquet as pq

from countylines import settings as sections
from countylines.engine import Engine
from countylines.errors import InputError
from countylines.ingest import check, decisions, reasons
from countylines.ingest.read import Read
from countylines.ingest.rejects import table_rejects
from countylines.tables import EXTRACTS, RUN, Counts, Frame

WITH_RECORD = ("involvements", "episodes")  # a row falls with its record, and with its person there
CHECKED_LAST = ("reference_groups", "known_lines", "known_victims", "releases", "care")


@dataclass
class Checks:
    """The verdicts of one run of the stage, as far as they are made."""

    engine: Engine
    settings: sections.Ingest
    read: Read
    folder: Path
    rows: dict[str, Frame] = field(default_factory=dict)
    verdicts: dict[str, Frame] = field(default_factory=dict)
    later: dict[str, Frame] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def keep(self, frame: Frame, name: str) -> Frame:
        """Keep a step's frame as Parquet in the work folder."""
        return self.engine.keep(frame, self.folder / f"{name}.parquet")

    def rows_of(self, table: str) -> Frame:
        """The typed rows of a table, with our person ids."""
        if table not in self.rows:
            self.rows[table] = self.engine.scan(self.read.path(table))
        return self.rows[table]

    def link(self) -> None:
        """Give the rows of systems with their own person ids ours."""
        self.judge("person_links")
        valid = check.dropped(self.verdicts["person_links"])
        links = self.rows_of("person_links").join(valid, on="_id", how="anti")
        links = self.keep(links.select("source", "native_id", "nominal_id"), "links")
        there = {source for (source,) in links.select("source").unique().collect().rows()}
        for table in sorted(self.read.linked):
            rows = self.rows_of(table)
            named = rows.filter(~nw.col("_link").is_null()).select("_link", "_prefix").unique().collect().rows()
            # a system with its own ids needs links as soon as there are any; one that shares ours only if it is in them
            systems = sorted(system for system, prefix in named if system in there or (there and prefix))
            self.rows[table] = self.keep(check.linked(rows, links, systems), f"{table}-linked")

    def judge(self, table: str, records: Frame | None = None, nominals: Frame | None = None) -> None:
        """The table's verdict but for what is set aside: own faults, references, repeated keys."""
        verdict = check.own_faults(self.rows_of(table), table)
        if records is not None or nominals is not None:
            verdict = check.references(verdict, records, nominals)
        verdict = self.keep(verdict, f"{table}-faults")
        key = EXTRACTS[table].key
        repeated = self.keep(check.repeated_keys(verdict, key), f"{table}-repeated")
        if length(repeated):
            content = self.rows_of(table) if table in self.read.unordered else None
            self.later[table] = self.keep(check.later_rows(repeated, key, content), f"{table}-later")
            why = reasons.INVOLVEMENT if table == "involvements" else reasons.DUPLICATE
            verdict = self.keep(check.without_repeats(verdict, self.later[table], why), f"{table}-single")
        self.verdicts[table] = verdict

    def completed(self, kept: Frame) -> Frame:
        """Kept nominals with what later rows on the same person know: the youngest birth date, and empty details."""
        if "nominals" not in self.later:
            return kept
        rows, later = self.rows_of("nominals"), self.later["nominals"]
        order = check.reading_order(EXTRACTS["nominals"].names, "nominals" in self.read.unordered)
        return check.with_youngest(check.with_details(kept, rows, later, order), check.youngest(rows, later))

    def update(self, table: str, verdict: Frame, name: str) -> None:
        """Replace a table's verdict by a later one."""
        self.verdicts[table] = self.keep(verdict, f"{table}-{name}")


def length(frame: Frame) -> int:
    """The number of rows."""
    return int(frame.select(nw.len()).collect().item())


def check_tables(checks: Checks) -> tuple[Frame, dt.date]:
    """Judge every row of every table.

    Returns:
        The rulings in force, and as_of.

    Raises:
        InputError: no record is left, or the latest lies in the future.
    """
    settings = checks.settings
    if checks.read.linked:
        checks.link()
    checks.judge("records")
    records = check.records_aside(checks.verdicts["records"], settings.since, settings.include_restricted)
    checks.update("records", records, "aside")
    checks.judge("nominals")
    whole = checks.verdicts["nominals"].filter(nw.col("_rejected").is_null() & nw.col("_aside").is_null())
    nominals = checks.keep(whole.select("nominal_id"), "nominals-valid")
    as_of = settings.as_of or _latest(checks)

    valid = check.valid_records(checks.verdicts["records"])
    rulings = _rulings(checks, valid, nominals, as_of)
    ruled = length(rulings) > 0
    if ruled:
        checks.update("records", decisions.withdraw_records(checks.verdicts["records"], rulings), "ruled")
    valid = checks.keep(check.valid_records(checks.verdicts["records"]), "records-valid")

    for table in WITH_RECORD:
        if checks.read.rows[table]:
            checks.judge(table, valid, nominals)
            if ruled:
                checks.update(table, decisions.withdraw_people(checks.verdicts[table], rulings), "ruled")
    if ruled and "involvements" in checks.verdicts:
        _rule_victims(checks, rulings)
    for table in CHECKED_LAST:
        if checks.read.rows[table]:
            checks.judge(table, nominals=nominals)
    checks.notes += _without_links(checks)
    if checks.read.rows["person_links"] and not checks.read.linked:
        checks.judge("person_links", nominals=nominals)
    return rulings, settings.as_of or _last_kept(valid)


def _without_links(checks: Checks) -> list[str]:
    """Rows set aside for want of a person link, by system."""
    by_system: dict[str, dict[str, int]] = {}
    for table in sorted(checks.read.linked & set(checks.verdicts)):
        gone = check.dropped(checks.verdicts[table]).filter(nw.col("reason") == reasons.NO_LINK)
        systems = checks.rows_of(table).select("_id", "_link").join(gone.select("_id"), on="_id", how="semi")
        for system, rows in systems.group_by("_link").agg(nw.len().alias("n")).collect().rows():
            by_system.setdefault(system, {})[table] = int(rows)
    return [
        f"{system}: rows without a person link, set aside: "
        + ", ".join(f"{table} {rows:,}" for table, rows in sorted(tables.items()))
        + "."
        for system, tables in sorted(by_system.items())
    ]


def _rule_victims(checks: Checks, rulings: Frame) -> None:
    """Turn offender roles into victim where a ruling says so."""
    involvements = checks.verdicts["involvements"]
    changed = checks.keep(decisions.to_victims(involvements, rulings), "changed")
    if length(changed):
        checks.rows["changed"] = changed
        checks.update("involvements", decisions.drop_second_victims(involvements, changed), "victims")


def _rulings(checks: Checks, records: Frame, nominals: Frame, as_of: dt.date) -> Frame:
    """The rulings in force on ``as_of``; one on a record that is set aside stays, since the record may come back."""
    if not checks.read.rows["decisions"]:
        return checks.rows_of("decisions").select("nominal_id", "record_id", "decision")
    checks.judge("decisions", records.with_columns(record_aside=nw.lit(None, nw.String)), nominals)
    valid = checks.rows_of("decisions").join(check.dropped(checks.verdicts["decisions"]), on="_id", how="anti")
    states = checks.keep(decisions.states(valid, as_of), "decisions-states")
    counted = states.group_by("state", "decision").agg(nw.len().alias("n")).collect().rows()
    checks.notes += decisions.notes({(state, kind): int(n) for state, kind, n in counted})
    return checks.keep(decisions.in_force(states), "rulings")


def _latest(checks: Checks) -> dt.date:
    """The latest date of the records that are kept, before rulings: which of those are in force depends on it.

    Raises:
        InputError: there is none, or it lies in the future: with a year 2099 every child would count as an adult.
    """
    valid = check.valid_records(checks.verdicts["records"])
    dated = valid.filter(nw.col("record_aside").is_null())
    latest: dt.date | None = dated.select(nw.col("date").max()).collect().item()
    if latest is None:
        raise InputError(_nothing_left(checks), "check the extract, or since in the settings", file="records")
    if latest > today():
        name = dated.filter(nw.col("date") == nw.lit(latest)).select(nw.col("record_id").min()).collect().item()
        raise InputError(
            f"record {name} is dated {latest}, which is in the future; ages are taken on the latest record's date",
            "correct the record, or set as_of in the settings",
            file="records",
        )
    return latest


def _last_kept(valid: Frame) -> dt.date:
    """The latest date of the records kept in the end: a record that is withdrawn must not make a child an adult."""
    kept = valid.filter(nw.col("record_aside").is_null())
    latest: dt.date | None = kept.select(nw.col("date").max()).collect().item()
    if latest is None:
        raise InputError("all records are set aside or rejected", "see the reasons in rejects", file="records")
    return latest


def _nothing_left(checks: Checks) -> str:
    rows = checks.read.rows["records"]
    if not rows:
        return "the table has no rows"
    gone = check.dropped(checks.verdicts["records"]).group_by("reason").agg(nw.len().alias("n")).collect().rows()
    why = ", ".join(f"{reason} {n:,}" for reason, n in sorted(gone, key=lambda row: (-row[1], row[0])))
    return f"none of the {rows:,} records is left ({why})"


def today() -> dt.date:
    """This day; a record later than it can't be."""
    return dt.date.today()


def counts(checks: Checks) -> dict[str, Counts]:
    """Rows of every table, in and out."""
    made = {}
    for table in EXTRACTS:
        by_kind = {"rejected": 0, "set aside": 0}
        if table in checks.verdicts and checks.read.rows[table]:
            kinds = check.dropped(checks.verdicts[table]).group_by("kind").agg(nw.len().alias("n"))
            by_kind |= {kind: int(n) for kind, n in kinds.collect().rows()}
        rows = checks.read.rows[table]
        kept = rows - by_kind["rejected"] - by_kind["set aside"]
        made[table] = Counts(rows, kept, by_kind["set aside"], by_kind["rejected"])
    return made


def write_rejects(checks: Checks, gone: Mapping[str, Frame], path: Path) -> None:
    """Write the table ``rejects``: the rows of each table that are not used (``_id``, ``kind``, ``reason``)."""
    schema = RUN["rejects"].schema
    pq.write_table(schema.empty_table(), checks.folder / "no-rejects.parquet")
    frames = [checks.engine.scan(checks.folder / "no-rejects.parquet")]
    for table, ids in gone.items():
        to = checks.folder / f"{table}-rejects.parquet"
        frames.append(table_rejects(checks.engine, table, checks.rows_of(table), ids, EXTRACTS[table].names, to))
    checks.engine.write(nw.concat(frames), path, RUN["rejects"].key, schema)


def dropped(checks: Checks, counted: Mapping[str, Counts]) -> dict[str, Frame]:
    """The rows that are not used, of every table that has any."""
    return {
        table: check.dropped(checks.verdicts[table]) for table, count in counted.items() if count.kept < count.rows_in
    }


def kept_tables(checks: Checks, counted: Mapping[str, Counts]) -> dict[str, Frame]:
    """The kept rows of every table, columns as in EXTRACTS (records with ``date``)."""
    made = {}
    for table, count in counted.items():
        names = [*EXTRACTS[table].names, *(["date"] if table == "records" else [])]
        rows = checks.rows_of(table)
        if count.kept < count.rows_in:
            rows = rows.join(check.dropped(checks.verdicts[table]).select("_id"), on="_id", how="anti")
        if table == "nominals":
            rows = checks.completed(rows)
        if table == "involvements" and "changed" in checks.rows:
            rows = decisions.with_victims(rows, checks.rows["changed"])
        rows = rows.select(*names)
        # records stay lazy: their text is long, and leaving out a few ids is cheaper than writing all of it again
        unchanged = table == "records" or count.kept == count.rows_in
        made[table] = rows if unchanged else checks.keep(rows, f"{table}-kept")
    return made

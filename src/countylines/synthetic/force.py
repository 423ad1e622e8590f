"""A whole invented force: people, lines, events, and then their records, a block at a time. Read ``synth`` first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from countylines.errors import InputError
from countylines.progress import Advance, Progress
from countylines.synthetic import truth, wording
from countylines.synthetic.columns import Filed, file_events, moments, other_columns, record_ids, source_of
from countylines.synthetic.crew_life import own_lives, play
from countylines.synthetic.crews import Line, make_lines
from countylines.synthetic.decoys import Decoys
from countylines.synthetic.events import NOBODY, join, take
from countylines.synthetic.extracts import Extracts, nominal_ids
from countylines.synthetic.firearms import Firearms, arm
from countylines.synthetic.homes import also_known_as
from countylines.synthetic.life import counter_allegations, ordinary_life
from countylines.synthetic.missing_now import still_missing
from countylines.synthetic.people import People, make_people, make_pools
from countylines.synthetic.prose import put, write_texts
from countylines.synthetic.remarks import finish
from countylines.synthetic.scale import Scale, scale
from countylines.synthetic.write import Form, Sink, whole_folder, write_whole
from countylines.tables import EXTRACTS, ROLES, SOURCES
from countylines.writer import GROUP_ROWS

LEAST = 1_000  # records; fewer can't show two lines


@dataclass(frozen=True)
class Force:
    """Everything there is before a word is written.

    Attributes:
        people: everybody.
        lines: the county lines.
        filed: the events, as they were recorded.
        crowd: people beyond the cast of a record: its place, the person, their role.
        decoys: who looks like a line's person, and what they are.
        known: other names of people.
        firearms: which records are crimes with a firearm.
        still_missing: places of the reports about children of lines who are missing on the last day.
    """

    people: People
    lines: Sequence[Line]
    filed: Filed
    crowd: Sequence[tuple[int, int, int]]
    decoys: Mapping[int, str]
    known: Mapping[int, str]
    firearms: Firearms
    still_missing: NDArray[np.int64]


def synth(out: Path, records: int, seed: int, form: Form = "parquet", progress: Progress | None = None) -> None:
    """Invent a force: canonical extracts in ``out`` and their truth in ``out/truth``; same arguments, same bytes.

    Args:
        out: the folder to make; it appears whole or not at all.
        records: how many records, at least 1,000.
        seed: any whole number from 0.
        form: parquet or csv.
        progress: shows how far it is.

    Raises:
        InputError: ``out`` is there already or can't be made; too few records, a negative seed, an unknown form.
    """
    if records < LEAST:
        raise InputError(f"{records} records are too few", f"ask for at least {LEAST:,}", field="--records")
    if seed < 0:
        raise InputError(f"the seed {seed} is negative", "give a whole number from 0", field="--seed")
    if form not in ("parquet", "csv"):
        raise InputError(f"there is no form {form!r}", "use parquet or csv", field="--form")
    progress = progress or Progress()
    with whole_folder(Path(out)) as folder:
        with progress.step("inventing people and what they do"):
            force = invent(scale(records), seed)
        with progress.step("writing records", total=records) as advance:
            _write_records(force, seed, folder, form, advance)
        with progress.step("writing the other tables"):
            _write_rest(force, seed, folder, form)


def invent(size: Scale, seed: int) -> Force:
    """People, lines and events of a force. Each part draws from its own stream, so that one can change alone."""
    streams = iter(np.random.default_rng((seed, part)) for part in range(20))
    people = make_people(next(streams), size.people)
    lines = make_lines(next(streams), people, size)
    members = [member for line in lines for member in line.members]
    soc = np.clip(next(streams).gamma(2.2, 4.4, size.soc_groups).astype(int), 3, 40)
    make_pools(next(streams), people, (member.person for member in members), soc.tolist(), len(members))
    children = [member.person for member in members if member.child]
    close_mothers = set(children[:: max(1, len(children) // max(1, round(0.04 * len(members))))])
    flats = wording.own_flats(size)
    planned = play(next(streams), people, lines, size.line_records, flats, close_mothers)
    decoys = Decoys(next(streams), people, lines, size, planned)
    decoys.plan()
    wording.add_beside(next(streams), planned, size)
    decoys.finish()
    alone = own_lives(next(streams), people, lines)
    ordinary = ordinary_life(next(streams), people, size.records - len(planned.rows) - len(alone))
    events = join([planned.events(), alone, ordinary])
    filed = file_events(next(streams), events)
    wording.assign(next(streams), filed.events, filed.used, size)
    beyond = [*planned.crowd, *counter_allegations(next(streams), events)]
    crowd = [(int(filed.place[row]), person, ROLES.index(role)) for row, person, role in beyond]
    missing = still_missing(next(streams), people, lines, filed)
    firearms = arm(next(streams), lines, filed)
    known = also_known_as(next(streams), people, lines)
    return Force(people, lines, filed, sorted(crowd), decoys.roles, known, firearms, missing)


def _write_records(force: Force, seed: int, folder: Path, form: Form, advance: Advance) -> None:
    """Records, involvements and the records' truth, a row group at a time."""
    ids = nominal_ids(force.people)
    with ExitStack() as stack:
        sinks = [
            stack.enter_context(Sink(folder / part, name, schema, form))
            for part, name, schema in (
                ("", "records", EXTRACTS["records"].schema),
                ("", "involvements", EXTRACTS["involvements"].schema),
                ("truth", "record", truth.RECORD),
            )
        ]
        for start in range(0, len(force.filed.recorded), GROUP_ROWS):
            rows = np.arange(start, min(start + GROUP_ROWS, len(force.filed.recorded)))
            record_id, columns = _records(seed, force, rows)
            sinks[0].write(columns)
            sinks[1].write(_involvements(force, rows, record_id, ids))
            armed, _ = force.firearms.part(start, start + len(rows))
            events = take(force.filed.events, rows)
            sinks[2].write(truth.record_truth(events, record_id, force.lines, armed))
            advance(len(rows))


def _records(seed: int, force: Force, rows: NDArray[np.int64]) -> tuple[pa.Array, dict[str, pa.Array]]:
    """Their ids and columns; what comes last is drawn from a stream of its own."""
    start = int(rows[0])
    rng = np.random.default_rng((seed, 100, start))
    filed = force.filed.part(rows)
    source = source_of(filed.events)
    ids = record_ids(source, filed.number)
    text = write_texts(rng, filed.events, force.people, force.lines)
    columns = {
        "record_id": ids,
        "source": pa.array(SOURCES).take(pa.array(source)),
        "occurred": moments(np.minimum(filed.events.when, filed.recorded)),
        "recorded": moments(filed.recorded),
        "urn": pa.nulls(len(rows), pa.string()),
        **other_columns(rng, filed, source, force.people, force.lines),
    }
    armed, offence = force.firearms.part(start, start + len(rows))
    own = np.random.default_rng((seed, 101, start))
    said = (armed, force.firearms.lines)
    columns["text"] = finish(own, text, filed.events, force.people, force.lines, force.known, said)
    columns["offence_code"] = put(columns["offence_code"], [(armed, pa.array(offence, pa.string()))])
    columns["cjs_code"] = put(columns["cjs_code"], [(armed, pa.nulls(len(armed), pa.string()))])
    return ids, columns


def _involvements(force: Force, rows: NDArray[np.int64], record_id: pa.Array, ids: pa.Array) -> dict[str, pa.Array]:
    cast, role = force.filed.events.cast[rows], force.filed.events.role[rows]
    row, place = np.nonzero(cast != NOBODY)
    person, roles = cast[row, place], role[row, place]
    extra = [(at - rows[0], who, what) for at, who, what in force.crowd if rows[0] <= at <= rows[-1]]
    if extra:
        more = np.array(extra, np.int64)
        row, person, roles = (np.concatenate([a, b]) for a, b in zip((row, person, roles), more.T, strict=True))
    return {
        "record_id": record_id.take(pa.array(row)),
        "nominal_id": ids.take(pa.array(person)),
        "role": pa.array(ROLES).take(pa.array(roles)),
    }


def _write_rest(force: Force, seed: int, folder: Path, form: Form) -> None:
    extracts = Extracts(seed, force.people, force.lines, force.filed, force.known, force.still_missing, folder, form)
    extracts.write()
    people = truth.person_truth(force.people, extracts.ids, force.lines, force.decoys)
    write_whole(folder / "truth", "person", truth.PERSON, people, form)
    write_whole(folder / "truth", "line", truth.LINE, truth.line_truth(force.lines), form)

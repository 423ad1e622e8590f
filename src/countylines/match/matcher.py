"""Records in, hits out: one function over Arrow batches, the same on every engine."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from countylines.match.finder import Finder, Found, finder
from countylines.match.lexicon import Lexicon
from countylines.match.texts import CHUNK_BYTES, Texts, as_strings, chunks
from countylines.tables import RUN

SCHEMA = RUN["hits"].schema


@dataclass(frozen=True)
class Matcher:
    """Finds every hit of a lexicon in a batch with ``record_id`` and ``text``, and says which exception cancels it.

    It pickles as its lexicon; each process compiles once.

    Example:
        >>> from countylines.match.lexicon import load_lexicon
        >>> batch = pa.record_batch({"record_id": ["a:1", "a:2"], "text": ["Runs a drugs line", "A marathon runner"]})
        >>> for hit in Matcher(load_lexicon())(batch).to_pylist():
        ...     print(hit["record_id"], hit["group"], hit["start"], hit["end"], hit["excepted_by"] is None)
        a:1 DRUGS LINE 7 17 True
        a:2 OTHER 11 17 False
    """

    lexicon: Lexicon
    except_rules: bool = True

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch's hits, as the run table ``hits``, sorted by row, then in the lexicon's order, then by place."""
        parts = [
            self._chunk(batch.column("record_id").slice(first, len(texts)), Texts(texts))
            for first, texts in chunks(as_strings(batch.column("text")), CHUNK_BYTES)
        ]
        return parts[0] if len(parts) == 1 else pa.concat_batches(parts)

    def _chunk(self, ids: pa.Array, texts: Texts) -> pa.RecordBatch:
        plan = _plan(self.lexicon)
        found = plan.terms.find(texts)
        pattern = pa.array(found.pattern)
        cancelled = _cancelled(plan, texts, found) if self.except_rules else pa.nulls(len(pattern), pa.int64())
        columns = [
            ids.take(pa.array(found.row)).cast(pa.string()),
            plan.group_names.take(pa.array(plan.group[found.pattern])),
            plan.term_texts.take(pattern),
            pa.array(found.start),
            pa.array(found.end),
            plan.except_texts.take(cancelled),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


@dataclass(frozen=True)
class _Plan:
    """A lexicon compiled. Exceptions have a finder of their own, since few rows need it."""

    terms: Finder
    term_texts: pa.Array
    group: npt.NDArray[np.int64]  # of each term, by number
    group_names: pa.Array
    excepts: Finder
    except_texts: pa.Array
    except_group: tuple[int, ...]


@lru_cache(maxsize=4)
def _plan(lexicon: Lexicon) -> _Plan:
    terms, excepts = lexicon.terms(), lexicon.excepts()
    names = [group.name for group in lexicon.groups]
    return _Plan(
        finder([pattern for _, pattern in terms]),
        pa.array([pattern.text for _, pattern in terms], pa.string()),
        np.array([names.index(name) for name, _ in terms], dtype=np.int64),
        pa.array(names, pa.string()),
        finder([pattern for _, pattern in excepts]),
        pa.array([pattern.text for _, pattern in excepts], pa.string()),
        tuple(names.index(name) for name, _ in excepts),
    )


def _cancelled(plan: _Plan, texts: Texts, found: Found) -> pa.Array:
    """For every hit the number of its group's first exception, in file order, in which it lies wholly; else null."""
    by = np.full(len(found.row), -1, np.int64)
    rows = plan.excepts.near(texts, found)
    inside = plan.excepts.find(Texts(texts.array.take(pa.array(rows))))
    spans: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    for row, *span in zip(*(column.tolist() for column in inside._replace(row=rows[inside.row])), strict=True):
        spans[row, plan.except_group[span[0]]].append(tuple(span))
    hits = np.flatnonzero(np.isin(found.row, rows))
    group = plan.group[found.pattern[hits]]
    columns = (hits, found.row[hits], group, found.start[hits], found.end[hits])
    for hit, row, number, start, end in zip(*(column.tolist() for column in columns), strict=True):
        by[hit] = next((e for e, a, b in spans.get((row, number), ()) if a <= start and end <= b), -1)
    return pa.array(by, mask=by < 0)

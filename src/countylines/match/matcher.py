"""Records in, hits out: one function over Arrow batches, the same on every engine."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from countylines.match.finder import Finder, Found, as_strings, finder
from countylines.match.lexicon import Lexicon
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
        plan = _plan(self.lexicon)
        texts = as_strings(batch.column("text"))
        found = plan.terms.find(texts)
        pattern = pa.array(found.pattern)
        cancelled = _cancelled(plan, texts, found) if self.except_rules else pa.nulls(len(pattern), pa.int64())
        columns = [
            batch.column("record_id").take(pa.array(found.row)).cast(pa.string()),
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


def _cancelled(plan: _Plan, texts: pa.Array, found: Found) -> pa.Array:
    """For every hit the number of its group's first exception, in file order, in which it lies wholly; else null."""
    by = np.full(len(found.row), -1, np.int64)
    rows = found.row[np.flatnonzero(np.diff(found.row, prepend=-1))]  # distinct, since they are sorted
    inside = plan.excepts.find(texts.take(pa.array(rows)))
    spans: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    for at, number, start, end in zip(*(column.tolist() for column in inside), strict=True):
        spans[int(rows[at]), plan.except_group[number]].append((number, start, end))
    near = np.isin(found.row, [row for row, _ in spans])
    for hit in np.flatnonzero(near).tolist() if spans else ():
        here = spans.get((int(found.row[hit]), int(plan.group[found.pattern[hit]])), ())
        by[hit] = next((number for number, a, b in here if a <= found.start[hit] and found.end[hit] <= b), -1)
    return pa.array(by, mask=by < 0)

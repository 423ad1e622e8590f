"""Records in, hits out: one function over Arrow batches, the same on every engine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from countylines.match.finder import Finder, Found, finder
from countylines.match.lexicon import Lexicon
from countylines.match.pattern import Pattern
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
        terms = self.lexicon.terms()
        texts = batch.column("text")
        found = _finder(terms).find(texts)
        groups = pa.array([group for group, _ in terms], pa.string())
        written = pa.array([pattern.text for _, pattern in terms], pa.string())
        columns = [
            batch.column("record_id").take(pa.array(found.row)).cast(pa.string()),
            groups.take(pa.array(found.pattern)),
            written.take(pa.array(found.pattern)),
            pa.array(found.start),
            pa.array(found.end),
            self._excepted(texts, found, terms),
        ]
        return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)

    def _excepted(self, texts: pa.Array, found: Found, terms: Sequence[tuple[str, Pattern]]) -> pa.Array:
        """For every hit the first exception of its group, in file order, in which it lies wholly; else null."""
        excepts = self.lexicon.excepts() if self.except_rules else []
        if not len(found.row) or not excepts:
            return pa.nulls(len(found.row), pa.string())
        rows = np.unique(found.row)
        inside = _finder(excepts).find(texts.take(pa.array(rows)))
        spans: dict[tuple[int, str], list[tuple[int, int, int]]] = defaultdict(list)
        for row, number, start, end in zip(*(column.tolist() for column in inside), strict=True):
            spans[int(rows[row]), excepts[number][0]].append((number, start, end))
        if not spans:
            return pa.nulls(len(found.row), pa.string())
        by = np.full(len(found.row), -1, np.int64)
        for i in np.flatnonzero(np.isin(found.row, [row for row, _ in spans])).tolist():
            group = terms[found.pattern[i]][0]
            for number, start, end in spans.get((int(found.row[i]), group), ()):  # in file order
                if start <= found.start[i] and found.end[i] <= end:
                    by[i] = number
                    break
        texts_of = pa.array([pattern.text for _, pattern in excepts], pa.string())
        return texts_of.take(pa.array(by, mask=by < 0))


def _finder(named: Sequence[tuple[str, Pattern]]) -> Finder:
    return finder([pattern for _, pattern in named])

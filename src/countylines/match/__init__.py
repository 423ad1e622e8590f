"""Match: from the text of records to their weight. See docs/match.md."""

from __future__ import annotations

from pathlib import Path

import narwhals as nw

from countylines.engine import Engine
from countylines.match.lexicon import Lexicon, load_lexicon
from countylines.match.matcher import SCHEMA, Matcher
from countylines.match.numbers import find_numbers
from countylines.match.score import record_groups, record_scores, suspicious
from countylines.progress import Progress
from countylines.settings import Match
from countylines.tables import Frame, Matches

__all__ = ["Lexicon", "Matcher", "find_hits", "find_numbers", "load_lexicon", "match"]


def match(
    records: Frame, lexicon: Lexicon, settings: Match, engine: Engine, folder: Path, progress: Progress | None = None
) -> Matches:
    """Find the lexicon's hits in the records' texts, and weigh the records by the groups hit (METHOD 2).

    Args:
        records: at least record_id, source, text, marker and grading.
        lexicon: what to look for.
        settings: the section ``[match]``; its ``lexicon`` isn't read here.
        engine: where the tables live.
        folder: the tables made on the way are kept here.
        progress: shown while it lasts.
    """
    progress = progress or Progress()
    hits = find_hits(records, lexicon, settings.except_rules, engine, folder / "hits.parquet", progress)
    with progress.step("weighing records"):
        groups = engine.keep(record_groups(hits, records, lexicon, settings), folder / "record_groups.parquet")
        scores = engine.keep(record_scores(groups, engine), folder / "record_scores.parquet")
        notes = suspicious(groups, records, lexicon)
    return Matches(hits, groups, scores, notes)


def find_hits(
    records: Frame, lexicon: Lexicon, except_rules: bool, engine: Engine, path: Path, progress: Progress
) -> Frame:
    """The run table ``hits``, kept at ``path``, in no order."""
    total = records.select(nw.len()).collect("pyarrow").item()  # the texts aren't read for it
    with progress.step("matching text", total=total) as advance:
        matcher = Matcher(lexicon, except_rules)
        return engine.map_batches(records.select("record_id", "text"), matcher, SCHEMA, path, advance)

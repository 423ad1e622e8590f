"""The network built anew from fewer records: who would still be kept, and who rests on a single record (METHOD 4).

Before the border, beside the pipeline: METHOD 3 is redone by the stage that does it, on the records that decide.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from countylines.engine import DuckDB, Engine
from countylines.progress import Progress
from countylines.redraw.decisive import Decisive, decisive, in_memory
from countylines.redraw.one_record import held_in_by_one_record, records_of
from countylines.redraw.several import kept_in_draws
from countylines.settings import Settings
from countylines.tables import Frame, Matches, Network, Sources

__all__ = ["Decisive", "Redrawn", "decisive", "held_in_by_one_record", "in_memory", "kept_in_draws", "redraw"]


@dataclass(frozen=True, eq=False)
class Redrawn:
    """What fewer records would change.

    Attributes:
        kept_share: nominal_id and kept_share (0 to 1; null without draws) of every kept person, sorted.
        held_in_by_one_record: as the run table.
    """

    kept_share: pl.DataFrame
    held_in_by_one_record: pl.DataFrame


def redraw(
    sources: Sources,
    matches: Matches,
    network: Network,
    *,
    group_weights: Frame,
    settings: Settings,
    engine: Engine,
    folder: Path,
    progress: Progress,
) -> Redrawn:
    """Decide anew who is kept: without one record in ten, drawn at random, and without any single one.

    The records that decide are found by the engine of the run. They are few, and to decide takes dozens of small steps
    for every draw, so that is done by DuckDB on this machine, whichever the engine is.

    Args:
        sources, matches: what the network was built from.
        network: the network.
        group_weights: every search group: ``group``, ``weight``.
        settings: sections ``network`` and ``stability`` are used.
        engine: of the run.
        folder: where the steps are kept.
    """
    with progress.step("redraw: records that decide"):
        near = decisive(sources, matches, network, engine, folder)
    with closing(DuckDB()) as here:
        here.spill_to(folder)
        shares = kept_in_draws(near, sources.as_of, in_memory(group_weights), settings, here, folder, progress)
        with progress.step("redraw: people held in by one record"):
            held = held_in_by_one_record(records_of(near, here), set(near.kept), settings.network)
    draws = settings.stability.network_draws
    share = [shares[person] / draws if draws else None for person in near.kept]
    schema = {"nominal_id": pl.String, "kept_share": pl.Float64}
    return Redrawn(pl.DataFrame({"nominal_id": near.kept, "kept_share": share}, schema), held)

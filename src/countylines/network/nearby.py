"""The rows that assessments read: the records of kept people and of people to protect, and everybody in them.

What follows the border is small tables in memory; this is the last thing the engine does for it.
"""

from __future__ import annotations

from pathlib import Path

import narwhals as nw

from countylines.engine import Engine
from countylines.tables import EXTRACTS, Frame, Matches, Network, Sources


def nearby(sources: Sources, matches: Matches, network: Network, engine: Engine, folder: Path) -> dict[str, Path]:
    """Keep the rows around kept people, people listed in ``safeguarding`` and known victims.

    Args:
        folder: where to keep them.

    Returns:
        By name: ``records`` (with ``date``, without ``text``), ``involvements`` (every role), ``people`` (as the
        extract nominals), ``hits`` (those no exception cancels) and ``record_scores`` of these records,
        ``safeguarding``.
    """

    def keep(frame: Frame, name: str) -> Frame:
        return engine.keep(frame, paths[name])

    names = ("centre", "ids", "records", "involvements", "people", "hits", "record_scores", "safeguarding")
    paths = {name: folder / f"nearby_{name}.parquet" for name in names}
    listed = [network.nominals, network.safeguarding, sources["known_victims"]]
    centre = keep(nw.concat([frame.select("nominal_id") for frame in listed]).unique(), "centre")
    involvements = sources["involvements"].select(EXTRACTS["involvements"].names)
    ids = keep(involvements.join(centre, on="nominal_id", how="semi").select("record_id").unique(), "ids")
    around = keep(involvements.join(ids, on="record_id", how="semi"), "involvements")
    columns = [name for name in EXTRACTS["records"].names if name != "text"]
    keep(sources["records"].select(*columns, "date").join(ids, on="record_id", how="semi"), "records")
    people = nw.concat([around.select("nominal_id"), centre]).unique()
    keep(sources["nominals"].join(people, on="nominal_id", how="semi"), "people")
    counted = matches.hits.filter(nw.col("excepted_by").is_null()).drop("excepted_by")
    keep(counted.join(ids, on="record_id", how="semi"), "hits")
    keep(matches.scores.join(ids, on="record_id", how="semi"), "record_scores")
    keep(network.safeguarding, "safeguarding")
    return paths

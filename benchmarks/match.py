"""Match against DuckDB's own read of the same text column, in turn, from zstd Parquet: ``python benchmarks/match.py``.

The aim is at most 3 times DuckDB's ``sum(strlen(text))``, two threads for both. The texts are invented: about 490 bytes
of words as police write them, the lexicon's terms at the rates of the 2021 paper's table (its hits over 1.5 million
records), a few rows in a hundred with typographic quotes, dashes or no-break spaces, and one in ten with a line break.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from countylines.engine import DuckDB
from countylines.match import Lexicon, find_hits, load_lexicon
from countylines.progress import Progress

COMMON = """
the and to of a was in on at for with that by from has been he she they male female victim suspect officer officers
stated seen vehicle address street road house flat door window phone number call called report reported approx hrs
hours today yesterday night evening morning known unknown name dob area park station town centre shop security staff
cctv enquiries ongoing no further action taken statement witness injury assault theft damage property stolen bag
cash card car reg black blue white grey jacket hoodie trainers bike moped running ran made off towards direction
search stop section arrest arrested custody interview charge bail court partner ex mother father brother sister son
daughter child children social services school care home foster placement concern welfare safeguarding risk low
medium high history warning markers violence weapons knife intel suggests believed using dealing associates regular
address visits short stay visitors neighbour complaint smell noise dispute landlord tenant council attended refused
details given advice log crime ref iplt pnc check negative positive trace nfa rtk poi
""".split()  # noqa: SIM905, a page of words reads better than a list
RATES = {  # records in 1.5 million that a group hits, by the paper's table
    "CLMIDDLE": 6, "county lines": 8272, "cuckooed": 208, "drugs line": 5399, "misper": 20000, "missing person": 5358,
    "runner": 2500, "possession with intent": 2575, "cocaine": 69539, "crack": 41749, "heroin": 38602, "weed": 38439,
    "smack": 7352, "ketamine": 12000, "skunk": 11852,
}  # fmt: skip
ODD = ("don’t", "“nan’s”", "–", "no\u00a0reply", "café", "£20")


def write_texts(path: Path, rows: int, seed: int = 1) -> None:
    """A Parquet file of ``rows`` records with source, record_id and text."""
    draw = np.random.default_rng(seed)
    syllables = [
        "ba",
        "cor",
        "den",
        "el",
        "fir",
        "gra",
        "hol",
        "ing",
        "ka",
        "lan",
        "mor",
        "ton",
        "ry",
        "ster",
        "wick",
        "by",
        "ley",
        "ham",
    ]
    names = ["".join(draw.choice(syllables, 3)).title() for _ in range(3000)]
    numbers = [str(n) for n in draw.integers(10, 99999, 3000)]
    vocabulary = pa.array(COMMON + names + numbers + list(RATES) + list(ODD) + ["\n"])
    first_term = len(COMMON) + len(names) + len(numbers)
    first_odd = first_term + len(RATES)
    common = 1 / np.arange(1, len(COMMON) + 1) ** 0.7
    weights = np.concatenate(
        [common / common.sum() * 0.8, np.full(len(names) + len(numbers), 0.2 / (len(names) + len(numbers)))]
    )
    schema = pa.schema([("record_id", pa.string()), ("source", pa.string()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for start in range(0, rows, 100_000):
            n = min(100_000, rows - start)
            lengths = draw.poisson(82, n) + 1
            ends = np.cumsum(lengths)
            words = draw.choice(first_term, int(ends[-1]), p=weights)
            for number, rate in enumerate(RATES.values()):
                chosen = np.flatnonzero(draw.random(n) < rate / 1.5e6)
                words[ends[chosen] - 1 - draw.integers(0, lengths[chosen])] = first_term + number
            odd = np.flatnonzero(draw.random(n) < 0.04)
            words[ends[odd] - 1 - draw.integers(0, lengths[odd])] = first_odd + draw.integers(0, len(ODD), len(odd))
            lines = np.flatnonzero(draw.random(n) < 0.1)
            words[ends[lines] - 1 - draw.integers(0, lengths[lines])] = len(vocabulary) - 1
            lists = pa.ListArray.from_arrays(
                pa.array(np.concatenate([[0], ends]), pa.int32()), vocabulary.take(pa.array(words))
            )
            ids = pa.array([f"crime:{i}" for i in range(start, start + n)])
            writer.write_table(pa.table([ids, pa.array(["crime"] * n), pc.binary_join(lists, " ")], schema))


def main() -> None:
    """Measure in a folder that is gone afterwards, unless one is named."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--threads", type=int, default=2)
    arguments.add_argument("--folder", type=Path, help="keeps the texts for the next time")
    given = arguments.parse_args()
    lexicon = load_lexicon(None)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        texts = folder / f"texts-{given.rows}.parquet"
        if not texts.exists():
            write_texts(texts, given.rows)
        size = texts.stat().st_size / given.rows
        print(f"{given.rows:,} rows, {size:.0f} bytes a row in zstd Parquet, {given.threads} threads")
        pairs = [
            one_round(texts, lexicon, Path(scratch) / f"{number}.parquet", given.threads)
            for number in range(given.rounds)
        ]
    for number, name in enumerate(("DuckDB reads the text", "match")):
        wall, cpu = (statistics.median(pair[number][kind] for pair in pairs) / given.rows * 1e9 for kind in (0, 1))
        print(f"{name:22} {wall:7.0f} ns a row, {cpu:7.0f} ns of CPU a row")
    walls, cpus = (sorted(match[kind] / read[kind] for read, match in pairs) for kind in (0, 1))
    for name, ratios in (("wall time", walls), ("CPU", cpus)):
        print(f"ratio, {name}: median {statistics.median(ratios):.2f}, from {ratios[0]:.2f} to {ratios[-1]:.2f}")


def one_round(
    texts: Path, lexicon: Lexicon, out: Path, threads: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Wall and processor seconds of DuckDB's read, then of the match."""
    engine = DuckDB(threads=threads)
    start = now()
    engine.connection.sql(f"select sum(strlen(text)) from read_parquet('{texts}')").fetchall()
    between = now()
    find_hits(engine.scan(texts), lexicon, True, engine, out, Progress())
    end = now()
    engine.close()
    read, match = ((b[0] - a[0], b[1] - a[1]) for a, b in ((start, between), (between, end)))
    return read, match


def now() -> tuple[float, float]:
    """Wall clock, and processor time of this process with all its threads."""
    times = os.times()
    return time.perf_counter(), times.user + times.system


if __name__ == "__main__":
    main()

"""Whole runs at growing sizes: seconds and peak memory of the process. ``python benchmarks/scale.py [RECORDS ...]``.

The aim: 5 million records (about 10 million involvements, 1.5 million people) in at most 3 minutes and 4 GB on 2 cores,
and cost growing about linearly from 100,000. The generator's own cost is shown beside it (at most 5 minutes and 4 GB).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNTYLINES = Path(sys.executable).parent / "countylines"


def timed(*arguments: object) -> tuple[float, float]:
    """Run a command; wall seconds and peak memory in GB."""
    started = time.perf_counter()
    child = subprocess.Popen([COUNTYLINES, *map(str, arguments), "--quiet"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"countylines {arguments[0]} failed")
    return time.perf_counter() - started, usage.ru_maxrss / 1e6


if __name__ == "__main__":
    sizes = [int(argument) for argument in sys.argv[1:]] or [100_000, 1_000_000]
    print("records    involvements  people     synth           run             us a record   people kept  groups")
    for size in sizes:
        place = Path(tempfile.mkdtemp(dir=os.environ.get("BENCH_DIR")))
        try:
            made, made_memory = timed("synth", place / "force", "--records", size)
            ran, memory = timed("run", place / "force", "--out", place / "run")
            rows = json.loads((place / "run" / "manifest.json").read_text())["rows_out"]
            counts = f"{rows['sources/involvements']:<13,} {rows['sources/nominals']:<10,}"
            print(
                f"{size:<10,} {counts} {made:5.0f} s {made_memory:4.1f} GB  {ran:5.0f} s {memory:4.1f} GB  "
                f"{ran / size * 1e6:11.0f}   {rows['nominals']:<11,}  {rows['groups']:,}",
                flush=True,
            )
            steps = json.loads((place / "run" / "timings.json").read_text())
            slowest = sorted(steps.items(), key=lambda item: -item[1])[:6]
            print("           slowest steps: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest))
        finally:
            shutil.rmtree(place, ignore_errors=True)

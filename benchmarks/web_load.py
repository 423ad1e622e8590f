"""The dashboard under load: ``python benchmarks/web_load.py RUNS [MINUTES] [--users 20] [--pause 1]``.

``countylines serve`` answers in a process of its own, on a state of its own; this one plays the users, each of whom
opens a person or searches, reads for ``--pause`` seconds, and goes on, for MINUTES (5 unless said otherwise). The aim
on the run of 1 million records, 2 cores: 95 of 100 answers within 200 ms, and no error in 5 minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import httpx

from countylines.govern import accounts, sessions
from countylines.govern.state import State, open_state
from countylines.web.access import COOKIE
from countylines.web.shelf import Shelf

SERVE = "from countylines.cli import main; main()"
READY = 600  # seconds that making the reading index may take
PASSWORD = "westmarch lapwing seven"


def signed_in(state: State, users: int) -> list[str]:
    """A session for each user, with a reason given: the tokens of their browsers."""
    tokens = []
    for number in range(users):
        now = dt.datetime.now(dt.UTC)
        account = accounts.create_account(state, f"user{number}", f"User {number}", PASSWORD, ["analyst"], now=now)
        token, session = sessions.start_session(state, account, now)
        sessions.give_reason(state, session, "tasking", "Load", dt.timedelta(hours=12), now)
        tokens.append(token)
    return tokens


def addresses(runs: Path, indexes: Path) -> dict[str, list[str]]:
    """What the users ask for, by kind: people of the run, and their names, misspelt and whole, numbers and words."""
    reader = Shelf(runs, indexes).reader()
    kept = reader.table("nominals")["nominal_id"].to_list()
    draw = random.Random(1)
    some = draw.sample(kept, min(500, len(kept)))
    names = [
        name for name in reader.run.read("sources/nominals")["name"].drop_nulls().sample(500, seed=1) if " " in name
    ]
    numbers = reader.table("numbers")["number"].drop_nulls().unique().sort().head(200).to_list()
    return {
        "person": [f"/people/{who}" for who in some],
        "search for a name": [f"/search?q={name}" for name in names],
        "search for a misspelt name": [f"/search?q={name[:3]}{name[4:]}" for name in names],
        "search for a number": [f"/search?q={number.removeprefix('+')}" for number in numbers],
        "search for words": [f"/search?q={words}" for words in ("county line", "plug phone", "cuckooed flat", "train")],
    }


@contextlib.contextmanager
def served(runs: Path, state: str) -> Iterator[str]:
    """The dashboard's address while the block lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", SERVE, "serve", str(runs), "--state", state, "--port", str(port), "--synthetic"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait(address: str, token: str, path: str) -> float:
    """Until a page is there: the seconds it took."""
    begun = time.perf_counter()
    with httpx.Client(base_url=address, cookies={COOKIE: token}, timeout=30) as client:
        while time.perf_counter() - begun < READY:
            with contextlib.suppress(httpx.TransportError):
                if client.get(path).status_code == 200:
                    return time.perf_counter() - begun
            time.sleep(0.2)
    raise SystemExit(f"no answer within {READY} s")


async def user(
    address: str,
    token: str,
    asked: dict[str, list[str]],
    until: float,
    pause: float,
    seed: int,
    took: dict[str, list[float]],
) -> int:
    """One user until the time is up; what the answers took goes to ``took``; the number of errors."""
    draw, errors = random.Random(seed), 0
    async with httpx.AsyncClient(base_url=address, cookies={COOKIE: token}, timeout=30) as client:
        await asyncio.sleep(draw.random() * pause)
        while time.perf_counter() < until:
            kind = "person" if draw.random() < 0.5 else draw.choice(list(asked))
            begun = time.perf_counter()
            try:
                answer = await client.get(draw.choice(asked[kind]))
                took[kind].append(time.perf_counter() - begun)
                errors += answer.status_code != 200
            except httpx.TransportError:
                errors += 1
            await asyncio.sleep(draw.uniform(0.5, 1.5) * pause)
    return errors


async def load(
    address: str, tokens: list[str], asked: dict[str, list[str]], seconds: float, pause: float
) -> tuple[dict[str, list[float]], int]:
    """All users at once: what the answers took by kind, and the number of errors."""
    took: dict[str, list[float]] = defaultdict(list)
    until = time.perf_counter() + seconds
    users = [user(address, token, asked, until, pause, seed, took) for seed, token in enumerate(tokens)]
    return took, sum(await asyncio.gather(*users))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", type=Path, help="a folder of runs")
    parser.add_argument("minutes", type=float, nargs="?", default=5.0)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds that a user reads a page, on average")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/state.sqlite"
        state = open_state(url)
        tokens = signed_in(state, given.users)
        state.close()
        asked = addresses(given.runs, Path(folder) / "index")
        with served(given.runs, url) as address:
            first = wait(address, tokens[0], asked["person"][0])
            took, errors = asyncio.run(load(address, tokens, asked, given.minutes * 60, given.pause))
    print(f"first page after {first:.1f} s, with its index made")
    print(f"{given.users} users for {given.minutes:g} min, {given.pause:g} s between pages")
    every = {**took, "all": [value for values in took.values() for value in values]}
    for kind, values in every.items():
        cuts = statistics.quantiles(values, n=100) if len(values) > 1 else values * 99
        print(
            f"{kind:28}{len(values):8,} answers  p50 {cuts[49] * 1000:6.0f} ms  p95 {cuts[94] * 1000:6.0f} ms"
            f"  most {max(values) * 1000:6.0f} ms"
        )
    print(f"errors: {errors}")


if __name__ == "__main__":
    main()

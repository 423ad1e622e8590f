"""The network explorer on 10,000 invented people and 50,000 ties, all drawn, in a real Chromium with software WebGL.

``python benchmarks/network_view.py [PEOPLE TIES]`` makes a run of that size, serves it and drives Chromium through it.
It prints the time to the first frame (the first visitor's, whose browser has just started, and a later one's), from a
search to its highlight, the median frame while panning, the graph of groups, and the sizes of what is sent.
"""

from __future__ import annotations

import datetime as dt
import gzip
import shutil
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import polars as pl
import pyarrow.parquet as pq
import uvicorn
from playwright.sync_api import BrowserContext, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.web_load import signed_in
from countylines.runs import MANIFEST, write_json
from countylines.settings import Settings
from countylines.tables import EXTRACTS, RUN
from countylines.web.access import COOKIE
from countylines.web.app import create_app
from countylines.web.house import House
from countylines.web.serve import open_house, prepare

NAME = "run-invented"
AS_OF = dt.date(2026, 11, 20)
SCRIPTS = ("app.js", "page.js", "rolldown-runtime.js", "network.js")
NEXT_FRAME = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"""
SEARCH = """(words) => new Promise((done) => {
  const field = document.getElementById('net-search'), start = performance.now();
  field.value = words;
  field.dispatchEvent(new Event('input'));
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
})"""
WATCH = """() => {
  window.frames_seen = [];
  const next = (at) => { window.frames_seen.push(at); requestAnimationFrame(next); };
  requestAnimationFrame(next);
}"""


def invented(people: int, ties: int) -> dict[str, pl.DataFrame]:
    """Groups of about 25 people, two of three ties inside them, the others to few groups; a record for each tie."""
    random = np.random.default_rng(1)
    ids = [f"N{i:07d}" for i in range(people)]
    group = np.repeat(np.arange(people), random.integers(3, 48, people))[:people]
    pairs: set[tuple[int, int]] = set()
    firsts = np.searchsorted(group, np.arange(group[-1] + 1))
    sizes = np.bincount(group)
    while len(pairs) < ties:
        a = random.integers(0, people, ties)
        other = (group[a] + random.choice([0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 7], ties)) % len(sizes)
        b = firsts[other] + random.integers(0, 1 << 30, ties) % sizes[other]
        pairs |= {(int(min(u, v)), int(max(u, v))) for u, v in zip(a, b, strict=True) if u != v}
    ends = np.array(sorted(pairs))[np.sort(random.permutation(len(pairs))[:ties])]
    records = [f"crime:C{i:07d}" for i in range(len(ends))]
    days = [dt.datetime(2021, 1, 1) + dt.timedelta(days=int(day)) for day in random.integers(0, 2100, len(ends))]
    kind = random.choice(4, people, p=[0.65, 0.1, 0.1, 0.15])  # adult, child, exploited, held
    born = [dt.date(2011 if k == 1 else 1985, 5, 1) for k in kind]
    names = [f"G{g:04d}" for g in range(int(group[-1]) + 1)]
    a, b = ([ids[u] for u in ends[:, side]] for side in (0, 1))
    n = len(ids)
    return {
        "sources/nominals": pl.DataFrame({"nominal_id": ids, "name": [f"Invented {i:05d}" for i in range(n)],
                                          "date_of_birth": born}),
        "sources/known_victims": pl.DataFrame({"nominal_id": [ids[i] for i in np.flatnonzero(kind == 2)]}),
        "sources/records": pl.DataFrame({"record_id": records, "source": ["crime"] * len(records), "occurred": days}),
        "sources/involvements": pl.DataFrame({"record_id": records * 2, "nominal_id": a + b,
                                              "role": ["suspect"] * (2 * len(records))}),
        "record_scores": pl.DataFrame({"record_id": records, "score": [1.0] * len(records)}),
        "nominals": pl.DataFrame({
            "nominal_id": ids, "provisional_weight": [1.0] * n, "weight": [1.0] * n, "entered_by": ["matched"] * n,
            "group_id": [names[g] for g in group], "first_evidence": [days[0].date()] * n,
            "last_evidence": [days[1].date()] * n, "is_child": kind == 1, "believed_exploited": kind == 2,
            "protected": (kind == 1) | (kind == 2), "held": [["may be cuckooed"] * int(k == 3) for k in kind],
            "rankable": kind == 0, "stays": random.random(n),
        }),
        "edges": pl.DataFrame({
            "nominal_a": a, "nominal_b": b, "weight": random.uniform(0.5, 1, len(ends)),
            "n_records": random.geometric(0.6, len(ends)), "record_ids": [[record] for record in records],
            "kind": random.choice(["associative", "adversarial"], len(ends), p=[0.95, 0.05]),
        }),
        "groups": pl.DataFrame({"group_id": names, "name": [f"{g} Flock{g}" for g in range(len(names))],
                                "size": sizes, "overlap": [0.0] * len(names), "associated": [False] * len(names)}),
        "centrality": pl.DataFrame({"nominal_id": ids, "scope": ["network"] * n, "measure": ["strength"] * n,
                                    "value": random.exponential(8, n)}).filter(pl.Series(kind == 0)),
    }  # fmt: skip


def write_run(folder: Path, tables: dict[str, pl.DataFrame]) -> None:
    """A finished run that has these tables, all other ones empty."""
    every = {**RUN, **{f"sources/{name}": table for name, table in EXTRACTS.items()}}
    (folder / "sources").mkdir(parents=True)
    for name, table in every.items():
        empty = pl.DataFrame(pl.from_arrow(table.schema.empty_table()))
        made = pl.concat([empty, tables.get(name, empty)], how="diagonal_relaxed").select(empty.columns)
        pq.write_table(made.cast(dict(empty.schema)).to_arrow().cast(table.schema), folder / f"{name}.parquet")
    manifest = {"as_of": AS_OF.isoformat(), "settings": Settings().as_dict(), "lexicon": {"version": "none"},
                "engine": "none", "inputs": [], "last_group": 0, "notes": [], "rows_in": {}, "rows_out": {},
                "unlinked": {}, "versions": {}}  # fmt: skip
    write_json(manifest, folder / MANIFEST)


@contextmanager
def served(house: House) -> Iterator[str]:
    """The address at which the house answers while the block lasts."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(create_app(house), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def drawn(context: BrowserContext, address: str) -> tuple[Page, float]:
    """A page, and milliseconds from the start of the navigation to the frame after everything is drawn."""
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector("html[data-net=ready]", state="attached", timeout=120_000)
    return page, float(page.evaluate(NEXT_FRAME))


def panning(page: Page) -> list[float]:
    """Milliseconds from frame to frame while the network is pulled about for some seconds."""
    box = page.locator("#stage").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(WATCH)
    for step in range(120):
        page.mouse.move(x + 120 * np.sin(step / 9), y + 80 * np.cos(step / 7))
    seen = page.evaluate("() => window.frames_seen")
    page.mouse.up()
    return np.diff(seen).tolist()


def free() -> float:
    """The share of a processor that this process gets now: below 1 the machine is busy, and all times are longer."""
    wall, own = time.perf_counter(), time.process_time()
    while time.perf_counter() - wall < 0.5:
        pass
    return (time.process_time() - own) / (time.perf_counter() - wall)


def measure(house: House, address: str) -> None:
    """Everything, in one browser."""
    (token,) = signed_in(house.state, 1)
    cookie: Any = {"name": COOKIE, "value": token, "url": address}
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([cookie])
        _, cold = drawn(context, f"{address}/network?all=1")
        context.pages[0].close()
        page, warm = drawn(context, f"{address}/network?all=1")
        print(f"{page.locator('.cl-tools__n').inner_text()}")
        print(f"first frame, first visitor  {cold:8,.0f} ms")
        print(f"first frame                 {warm:8,.0f} ms")
        found = [float(page.evaluate(SEARCH, f"{k}{k}{k}")) for k in range(1, 9)]
        print(f"search to highlight         {statistics.median(found):8,.0f} ms (most {max(found):,.0f})")
        frames = panning(page)
        late = statistics.quantiles(frames, n=20)[-1]
        print(f"frame while panning, median {statistics.median(frames):8,.0f} ms (95% within {late:,.0f})")
        page.close()
        _, groups = drawn(context, f"{address}/network")
        print(f"graph of groups             {groups:8,.0f} ms")
        browser.close()
    with httpx.Client(cookies={COOKIE: cookie["value"]}) as client:
        answer = client.get(f"{address}/network/data.json?all=1")
        sent = answer.num_bytes_downloaded
    print(f"data, as sent               {sent / 1e3:8,.0f} kB ({len(answer.content) / 1e3:,.0f} kB unpacked)")
    static = files("countylines.web").joinpath("static")
    script = sum(len(gzip.compress(static.joinpath(name).read_bytes())) for name in SCRIPTS)
    print(f"scripts, compressed         {script / 1e3:8,.0f} kB")


def main(people: int = 10_000, ties: int = 50_000) -> None:
    """Make, serve, measure."""
    with tempfile.TemporaryDirectory(prefix="countylines-network-") as folder:
        runs = Path(folder)
        write_run(runs / NAME, invented(people, ties))
        house = open_house(runs, None, force="Invented", synthetic=True, secure=False, marking="OFFICIAL")
        begun = time.perf_counter()
        house.shelf.reader(NAME).index.prepare(wait=True)
        indexed = time.perf_counter()
        prepare(house)  # in the background when the server starts, as is the index
        prepared = time.perf_counter()
        print(f"a busy loop gets            {free():8.0%} of a processor")
        print(f"reading index               {1e3 * (indexed - begun):8,.0f} ms, once a run")
        print(f"places, facts and files     {1e3 * (prepared - indexed):8,.0f} ms, at the start of the server")
        with served(house) as address:
            measure(house, address)
        house.state.close()


if __name__ == "__main__":
    main(*(int(number) for number in sys.argv[1:3]))

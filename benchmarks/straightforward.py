"""The script a data scientist would write first (pandas, re, networkx), beside a whole run on the same records.

``python benchmarks/straightforward.py [RECORDS]``, 100,000 by default. It reads the extracts, scores the texts, weighs,
prunes and ties the people with default settings, and must keep the same people with the same weights and edges. It
finds no groups: networkx has no Walktrap.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import networkx as nx
import pandas as pd

from countylines.match.lexicon import load_lexicon
from countylines.match.normalise import normalise
from countylines.synthetic import synth

OFFENDERS = {"suspect", "arrested", "charged", "convicted"}
CONNECTING = OFFENDERS | {"prisoner", "victim", "missing", "subject", "associate"}


def score(records: pd.DataFrame) -> dict[str, set[str]]:
    """The groups that hit each record's text."""
    lexicon = load_lexicon(None)

    def compiled(patterns: tuple[str, ...]) -> list[re.Pattern[str]]:
        spaced = [pattern.replace(" ", r"[\s-]+") for pattern in patterns]
        return [re.compile(rf"\b(?:{pattern})\b", re.ASCII | re.IGNORECASE) for pattern in spaced]

    rules = [(g.name, compiled(g.patterns), compiled(g.excepts)) for g in lexicon.groups]
    found: dict[str, set[str]] = {}
    for record_id, text in records[["record_id", "text"]].itertuples(index=False):
        if not isinstance(text, str):
            continue
        plain = normalise(text)
        groups = set()
        for name, patterns, excepts in rules:
            hits = [hit.span() for pattern in patterns for hit in pattern.finditer(plain)]
            if hits:
                clear = [hit.span() for pattern in excepts for hit in pattern.finditer(plain)]
                if any(not any(a <= start and end <= b for a, b in clear) for start, end in hits):
                    groups.add(name)
        if groups:
            found[record_id] = groups
    return found


def network(extracts: Path) -> nx.Graph:  # noqa: PLR0912, the first script one writes is one long function
    """The kept people, with p and q, and their edges."""
    weight = {group.name: group.weight for group in load_lexicon(None).groups}
    records = pd.read_parquet(extracts / "records.parquet")
    dated = records["recorded"].fillna(records["occurred"])
    false = records["grading"].fillna("").str.replace(r"[^0-9A-Za-z]", "", regex=True).str.match(r"[1-3]E|[A-E]5")
    restricted = records["restricted"].astype("boolean").fillna(False).astype(bool)
    usable = (dated >= "2015-01-01") & ~(false & (records["source"] == "intelligence")) & ~restricted
    records = records[usable]
    groups = score(records)
    involved = pd.read_parquet(extracts / "involvements.parquet")
    involved = involved[involved["role"].isin(CONNECTING) & involved["record_id"].isin(set(records["record_id"]))]
    roles: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for record_id, nominal_id, role in involved[["record_id", "nominal_id", "role"]].itertuples(index=False):
        roles[record_id][nominal_id].add(role)
    roles = {record_id: people for record_id, people in roles.items() if len(people) <= 30}
    records_of: dict[str, list[str]] = defaultdict(list)
    for record_id, people in roles.items():
        for person in people:
            records_of[person].append(record_id)

    words: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for record_id in groups.keys() & roles.keys():
        people = roles[record_id]
        for one in people:
            if people[one] != {"victim"}:
                for two in [two for two in people if two != one] or [None]:
                    words[one, two] |= groups[record_id]
    p: dict[str, float] = defaultdict(float)
    for (one, _), hit in words.items():
        p[one] = max(p[one], min(1.0, round(sum(weight[group] for group in hit), 9)))

    met = {two for one in list(p) if p[one] > 0 for record_id in records_of[one] for two in roles[record_id]}
    shared: dict[str, dict[str, list[str]]] = {}
    for one in met:
        shared[one] = defaultdict(list)
        for record_id in records_of[one]:
            for two in roles[record_id].keys() - {one}:
                shared[one][two].append(record_id)

    def harms(a: set[str], b: set[str]) -> bool:
        return bool(a & OFFENDERS) and "victim" not in a and "victim" in b and not b & OFFENDERS

    def adversarial(one: str, two: str) -> bool:
        together = [(roles[r][one], roles[r][two]) for r in shared[one][two]]
        return all(harms(a, b) or harms(b, a) for a, b in together)

    graph = nx.Graph()
    for one in met:
        friends = [two for two in shared[one] if not adversarial(one, two)]
        a = round(sum(p.get(two, 0.0) for two in friends) / len(friends), 9) if friends else 0.0
        strong = [two for two in friends if p.get(two, 0.0) >= 0.5 - 1e-9]
        behind = {record_id for two in strong for record_id in shared[one][two]}
        if p.get(one, 0.0) >= 0.5 - 1e-9 or (a >= 0.5 - 1e-9 and len(strong) >= 2 and len(behind) >= 2):
            graph.add_node(one, p=p.get(one, 0.0), q=max(p.get(one, 0.0), a))
    deep = {record_id for one in p if p[one] > 0 for record_id in records_of[one]}
    for one, two in {pair for r in deep for pair in combinations(sorted(roles[r].keys() & graph.nodes), 2)}:
        b = (graph.nodes[one]["p"] + graph.nodes[two]["p"]) / 2
        graph.add_edge(one, two, b=b, n=len(shared[one][two]), adversarial=adversarial(one, two))
    return graph


def compare(graph: nx.Graph, run: Path) -> None:
    """Stop when the run keeps others, or ties them otherwise."""
    nominals, edges = pd.read_parquet(run / "nominals.parquet"), pd.read_parquet(run / "edges.parquet")
    ours = {
        (n, round(p, 8), round(q, 8))
        for n, p, q in nominals[["nominal_id", "provisional_weight", "weight"]].itertuples(index=False)
    }
    theirs = {(n, round(data["p"], 8), round(data["q"], 8)) for n, data in graph.nodes(data=True)}
    columns = edges[["nominal_a", "nominal_b", "weight", "n_records", "kind"]]
    tied = {(a, b, round(w, 8), n, kind == "adversarial") for a, b, w, n, kind in columns.itertuples(index=False)}
    scripted = {(*sorted((a, b)), round(d["b"], 8), d["n"], d["adversarial"]) for a, b, d in graph.edges(data=True)}
    if ours != theirs or tied != scripted:
        raise SystemExit(f"the script keeps others: people {len(ours ^ theirs)}, edges {len(tied ^ scripted)} differ")


if __name__ == "__main__":
    size = int(sys.argv[1]) if sys.argv[1:] else 100_000
    if size > 200_000:
        raise SystemExit("the straightforward script is for 100,000 records or so")
    with tempfile.TemporaryDirectory() as place:
        extracts, run = Path(place) / "force", Path(place) / "run"
        synth(extracts, size, 1)
        started = time.perf_counter()
        graph = network(extracts)
        middle = time.perf_counter()
        command = [Path(sys.executable).parent / "countylines", "run", extracts, "--out", run, "--quiet"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        ended = time.perf_counter()
        compare(graph, run)
    script, whole = middle - started, ended - middle
    print(
        f"{size:,} records: script {script:.1f} s, whole run {whole:.1f} s (start included), ratio {script / whole:.1f}"
    )
    print(f"both keep {graph.number_of_nodes():,} people with {graph.number_of_edges():,} edges")

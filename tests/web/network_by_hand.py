"""A network of twelve people in two groups, two of each mark, as the server gives it; and the page around it."""

from typing import Any

MARKS = [mark for mark in range(6) for _ in range(2)]
N = len(MARKS)
TIES = [(i, (i + 1) % N) for i in range(N)]

NETWORK: dict[str, Any] = {
    "version": 1,
    "run": "run-2026",
    "marking": "OFFICIAL-SENSITIVE",
    "synthetic": True,
    "sources": ["Crime", "Intelligence"],
    "roles": ["Suspect or arrested", "Charged or convicted"],
    "harm_bands": ["None", "Under a year", "A year or more"],
    "people": {
        "id": [f"SYN-{i:02d}" for i in range(N)],
        "label": ["=formula" if i == 3 else f"Person {i}" for i in range(N)],
        "x": [float(i % 6 * 40 + i // 6 * 400) for i in range(N)],
        "y": [float(i * i % 7 * 30) for i in range(N)],
        "size": [5.0] * N,
        "mark": MARKS,
        "soc": [["SOC-11"] if i % 3 == 0 else [] for i in range(N)],
        "group": [i // 6 for i in range(N)],
        "harm": [2 if i == 0 else 0 if mark == 0 else None for i, mark in enumerate(MARKS)],
        "roles": [1 if i == 0 else 2 if mark == 0 else 0 for i, mark in enumerate(MARKS)],
        "first": [20000] * N,
        "last": [20500] * N,
        "sources": [3] * N,
        "stays": [90] * N,
        "more": [0] * N,
        "why": ["Held: once a child in these records" if mark == 5 else None for mark in MARKS],
    },
    "edges": {
        "a": [a for a, _ in TIES],
        "b": [b for _, b in TIES],
        "n": [2] * N,
        "weight": [0.7] * N,
        "kind": [1 if a == 4 else 0 for a, _ in TIES],
        "first": [20000] * N,
        "last": [20500] * N,
        "sources": [1] * N,
    },
    "groups": {
        "id": ["G0001", "G0002"],
        "name": ["Lapwing", "Heron"],
        "hue": [0, 1],
        "size": [6, 6],
        "children": [2, 2],
        "ages": [0, 0],
        "x": [100.0, 500.0],
        "y": [90.0, 90.0],
        "open": [True, True],
    },
    "group_edges": {"a": [0], "b": [1], "n": [2]},
    "timeline": {"start": 19723, "counts": [3, 5, 8, 2, 9, 4]},
    "totals": {"people": N, "edges": N, "unlinked": 0},
    "left_out": {"people": 0, "edges": 0},
}

PAGE = """<!DOCTYPE html><html lang="en-GB"><head><meta charset="utf-8"><title>Network</title>
<link rel="icon" href="/assets/icon.svg"><link rel="stylesheet" href="/assets/app.css"></head>
<body class="govuk-template__body" data-csrf="token"><main id="main"><div class="cl-x" id="explorer">
<div class="cl-x__l" id="net-filters"></div><div class="cl-x__c">
<div class="cl-tools" id="net-tools" role="toolbar" aria-label="Network tools"></div>
<div class="cl-stage" id="stage" hidden data-data="/network/data.json" data-path="/network/path.json"
data-person="/network/person/" data-what-if="/network/what-if.json" data-export="/network/export"
data-markings="OFFICIAL-SENSITIVE|SECRET" data-find="/network/find.json" data-group="/groups/"></div>
<div class="cl-stage cl-fall" id="stage-fallback"><p id="stage-words">Needs a script.</p>
<svg width="90" height="60"><circle cx="30" cy="30" r="20"/></svg></div>
<div class="cl-twin" id="net-table">Twin by the server</div></div>
<aside class="cl-x__r" id="net-detail" aria-label="Details"></aside></div><div class="cl-brush" id="net-brush"></div>
<div class="cl-chart" id="curve" data-vega="curve-spec"></div>
<script type="application/json" id="curve-spec">{"data": {"values": [{"k": 1, "v": 2}, {"k": 2, "v": 1}]},
"mark": "line", "encoding": {"x": {"field": "k", "type": "quantitative"}, "y": {"field": "v", "type": "quantitative"}}}
</script></main><script type="module" src="/assets/app.js"></script></body></html>"""

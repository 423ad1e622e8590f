"""The least that a run's manifest says, for runs made by hand."""

from typing import Any

WHOLE: dict[str, Any] = {
    "as_of": "2026-11-20",
    "engine": "duckdb",
    "inputs": [],
    "last_group": 0,
    "lexicon": {"sha256": "", "version": "1"},
    "notes": [],
    "rows_in": {},
    "rows_out": {"groups": 2, "nominals": 9, "sources/records": 40},
    "settings": {"ingest": {}, "network": {"keep_weight": 0.5}},
    "unlinked": {},
    "versions": {"countylines": "0.1.0"},
}

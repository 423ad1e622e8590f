#!/usr/bin/env bash
# Write constraints.txt anew from a clean resolve of everything the project can need. Run it on purpose, then run the tests.
set -euo pipefail
cd "$(dirname "$0")/.."
report=$(mktemp)
trap 'rm -f "$report"' EXIT
.venv/bin/python -m pip install --quiet --dry-run --ignore-installed --report "$report" ".[database,spark,web,dev]"
.venv/bin/python - "$report" <<'PYTHON'
import json, pathlib, sys

found = json.loads(pathlib.Path(sys.argv[1]).read_text())["install"]
pins = {(one["metadata"]["name"].lower().replace("_", "-"), one["metadata"]["version"]) for one in found}
lines = [f"{name}=={version}\n" for name, version in sorted(pins) if name != "countylines"]
pathlib.Path("constraints.txt").write_text(
    "# The versions this release was tested with: names and versions only, so that any mirror or folder of wheels will do.\n"
    "# Made by scripts/pin.sh from a clean resolve of countylines[database,spark,web,dev].\n" + "".join(lines)
)
PYTHON

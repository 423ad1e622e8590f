#!/usr/bin/env bash
# Proves that dist/wheels/ is enough: a fresh environment, no index, the command runs from another folder.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$PWD
[ -d dist/wheels ] || { echo "dist/wheels is missing: run make wheel first" >&2; exit 1; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
.venv/bin/python -m venv "$place/venv"
cd "$place"
env -i PATH=/usr/bin:/bin HOME="$place" PIP_CONFIG_FILE=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1 \
  venv/bin/python -m pip install --quiet --no-index --find-links "$folder/dist/wheels" "countylines[database,spark,web]"
env -i PATH=/usr/bin:/bin HOME="$place" venv/bin/countylines --version
where=$(env -i PATH=/usr/bin:/bin HOME="$place" venv/bin/python -c 'import countylines; print(countylines.__file__)')
case $where in "$place"/*) ;; *) echo "countylines came from $where, not from the wheel" >&2; exit 1 ;; esac
env -i PATH=/usr/bin:/bin HOME="$place" venv/bin/python -c '
from importlib.resources import files
static = files("countylines.web").joinpath("static")
missing = [name for name in ("app.css", "app.js", "network.js") if not static.joinpath(name).is_file()]
raise SystemExit(f"the wheel lacks {missing}" if missing else 0)'
echo "installed without internet, from dist/wheels alone"

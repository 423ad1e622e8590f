#!/usr/bin/env bash
# Run every benchmark in benchmarks/, each in a process of its own. Sizes: make bench SIZES="10000 100000"
set -euo pipefail
cd "$(dirname "$0")/.."
for script in benchmarks/[a-z]*.py; do
  [ -e "$script" ] || continue
  printf '\n== %s\n' "$script"
  .venv/bin/python "$script" ${SIZES:-}
done

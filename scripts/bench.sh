#!/usr/bin/env bash
# Run every benchmark, each in a process of its own. Other numbers of records: make bench SIZES="100000 1000000 5000000"
set -euo pipefail
cd "$(dirname "$0")/.."
read -ra sizes <<<"${SIZES:-100000 1000000}"

bench() {
  printf '\n== benchmarks/%s\n' "$*"
  .venv/bin/python "benchmarks/$1" "${@:2}"
}

bench match.py --rows "${sizes[-1]}"
bench network.py "${sizes[@]}"
bench scale.py "${sizes[@]}"
bench straightforward.py "${sizes[0]}"
PYTHONPATH=. bench assess.py 20000
bench rank.py 2000
bench dismantle.py 5000

#!/usr/bin/env bash
# Make the virtual environment .venv and install countylines in it, with the versions of constraints.txt.
# Usage: scripts/setup.sh [EXTRAS]      for example: scripts/setup.sh database,spark,dev
set -euo pipefail
cd "$(dirname "$0")/.."
extras=${1:-}

say() { printf '%s\n' "$*" >&2; }

pick_python() {
  local name
  for name in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
  say "Python 3.11 or newer is needed and none was found (tried ${PYTHON:-python3.13, python3.12, python3.11, python3})."
  say "Install it (Debian, Ubuntu: apt-get install python3 python3-venv) or name one: make demo PYTHON=/path/to/python3.11"
  exit 1
}

# An environment that was copied here from elsewhere, or whose Python has gone, is made anew.
if ! grep -qsF "$(pwd -P)/.venv" .venv/bin/activate || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
  python=$(pick_python)
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    say "$python has no venv module. Debian, Ubuntu: apt-get install $(basename "$("$python" -c 'import sys; print(f"python3.{sys.version_info[1]}")')")-venv"
    exit 1
  fi
  say "Making .venv with $("$python" --version)"
  rm -rf .venv
  "$python" -m venv .venv
fi

scripts/assets.sh

say "Installing countylines${extras:+[$extras]} and its dependencies (a minute or two the first time)"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt
if ! .venv/bin/python -m pip install --quiet --editable ".${extras:+[$extras]}"; then
  say "The installation failed. Without internet, install from a folder of wheels: see docs/install.md"
  exit 1
fi

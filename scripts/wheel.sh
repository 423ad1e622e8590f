#!/usr/bin/env bash
# dist/: the wheel, the source archive, and dist/wheels/ with everything an installation without internet needs.
set -euo pipefail
cd "$(dirname "$0")/.."
export PIP_DISABLE_PIP_VERSION_CHECK=1
rm -rf dist
scripts/assets.sh
.venv/bin/python -m build --no-isolation --outdir dist . >/dev/null
.venv/bin/python -m pip wheel --quiet --constraint constraints.txt --wheel-dir dist/wheels "$(echo dist/*.whl)[database,spark,web]"
echo "dist/: $(basename dist/*.whl), $(basename dist/*.tar.gz), wheels/ ($(find dist/wheels -name '*.whl' | wc -l) wheels, $(du -sh dist/wheels | cut -f1))"

# Two commands: make demo and make test. Each sets up everything it needs; Linux with Python 3.11 or newer and make is enough.
SHELL := /bin/bash
BIN := .venv/bin
PYTHON ?=
export PYTHON

# An environment that was copied here from elsewhere still points there: forget that it was installed.
ifneq ($(shell grep -qsF "$(CURDIR)/.venv" .venv/bin/activate && echo ours),ours)
$(shell rm -f .venv/.installed .venv/.installed-dev)
endif

.DEFAULT_GOAL := help
.PHONY: help demo test lint check check-harm bench wheel docs picture screens assets clean

help:  ## what there is
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## */\1\t/' | while IFS=$$'\t' read -r name what; do printf '  make %-8s %s\n' "$$name" "$$what"; done

demo: .venv/.installed  ## invent a small police force, find its county-lines groups, open the dashboard (SERVE=0: don't)
	@scripts/assets.sh
	$(BIN)/countylines demo $(if $(filter 0,$(SERVE)),--no-serve)

test: .venv/.installed-dev  ## style, types, import contracts, documentation and every test
	@scripts/assets.sh
	@scripts/services.sh
	$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n 3

lint: .venv/.installed-dev check  ## only what needs no test: style, types, import contracts, generated documentation

check:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m countylines.documentation --check

check-harm: .venv/.installed-dev  ## compare the importer of harm weights with full tables: make check-harm DIR=FOLDER
	$(BIN)/python -m tests.rank.harm.check_full_tables "$(DIR)"

bench: .venv/.installed-dev  ## the benchmarks, smallest first; figures are kept in docs/performance.md
	@scripts/bench.sh

wheel: .venv/.installed-dev  ## dist/: the wheel, and a folder of wheels to install from without internet
	@scripts/wheel.sh

docs: .venv/.installed-dev  ## write docs/tables.md and docs/settings.md from the code
	$(BIN)/python -m countylines.documentation

picture: .venv/.installed  ## draw docs/images/demo.svg, the README's picture, from the demo
	$(BIN)/countylines demo --no-serve --quiet
	$(BIN)/python scripts/picture.py

screens: .venv/.installed-dev  ## take the pictures of docs/dashboard.md from the demo's run
	@scripts/assets.sh
	$(BIN)/countylines demo --no-serve --quiet
	$(BIN)/python scripts/screens.py

assets: .venv/.installed  ## build the dashboard's style sheet and scripts, if their sources have changed
	@scripts/assets.sh

clean:  ## remove what these commands made
	rm -rf .venv dist build demo island/node_modules src/countylines/web/static .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.installed: pyproject.toml constraints.txt
	@scripts/setup.sh web
	@touch $@

.venv/.installed-dev: pyproject.toml constraints.txt
	@scripts/setup.sh database,spark,web,dev
	@touch $@ .venv/.installed

# Everything a person or CI starts. Nothing is installed but into .venv (and, for the tests, Debian's Chromium).
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Any Python 3.11 or newer makes .venv; from then on .venv's own is used.
SYSTEM_PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
PYTHON := .venv/bin/python

.PHONY: help setup run reset check test test-all bench lock format _check _style _format _types _floors

help: ## list what there is
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## .venv with the locked packages (again only when the lock changed)
	@$(SYSTEM_PYTHON) scripts/setup.py

run: setup ## the demo: PORT=8000 and DATABASE_URL may be given; Ctrl-C ends it
	@STOP_WITH_PARENT=1 exec $(PYTHON) scripts/run.py

reset: ## remove what the demo has stored (var/)
	@$(SYSTEM_PYTHON) scripts/run.py reset

check: ## style, types, floors
	@$(SYSTEM_PYTHON) scripts/setup.py --checks
	@$(MAKE) --no-print-directory _check

# All four speak before it fails.
_check:
	@$(MAKE) --no-print-directory --keep-going _style _format _types _floors
_style:
	$(PYTHON) -m ruff check .
_format:
	$(PYTHON) -m ruff format --check --output-format concise .
_types:
	$(PYTHON) -m mypy
_floors:
	.venv/bin/lint-imports --no-logo

test: ## checks, then every test on SQLite and on PostgreSQL
	@$(SYSTEM_PYTHON) scripts/setup.py --tests
	@$(MAKE) --no-print-directory _check
	@$(PYTHON) -m tests.harness.both

test-all: ## the same tests at full size
	@$(SYSTEM_PYTHON) scripts/setup.py --tests
	@$(MAKE) --no-print-directory _check
	@SIZE=full $(PYTHON) -m tests.harness.both

bench: ## ratios, one program after the other
	@$(SYSTEM_PYTHON) scripts/setup.py --tests
	@for program in tests/bench/[a-z]*.py; do \
		[ -e "$$program" ] || { echo "no benchmark yet"; break; }; \
		module=$${program%.py}; echo "== $$program"; $(PYTHON) -m "$${module//\//.}" || exit 1; \
	done

format: ## let ruff rewrite
	@$(SYSTEM_PYTHON) scripts/setup.py --checks
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

# One compiler for everybody, and no address of an index in the result.
LOCK_WITH = $(PYTHON) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --quiet $(UPGRADE)

lock: ## resolve requirements*.in into requirements*.txt (UPGRADE=--upgrade for newer versions)
	@$(SYSTEM_PYTHON) scripts/setup.py --checks
	$(LOCK_WITH) --output-file requirements.txt requirements.in
	$(LOCK_WITH) --output-file requirements-dev.txt requirements-dev.in

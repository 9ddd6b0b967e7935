# Everything a person or CI starts. Nothing is installed but into .venv and miniprogram/node_modules (and, for the tests,
# Debian's Chromium).
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Any Python 3.11 or newer makes .venv; from then on .venv's own is used.
SYSTEM_PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
PYTHON := .venv/bin/python

# Two at a time, each one's output in one piece where this make can do that.
SIDE_BY_SIDE := $(MAKE) --no-print-directory --keep-going -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
OF_PYTHON := _types _style _format _floors

.PHONY: help setup run miniprogram screenshots reset check test test-all bench lock format
.PHONY: $(OF_PYTHON) _miniprogram _miniprogram_tests _checks_and_builds _official_compiler

help: ## list what there is
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## .venv with the locked packages (again only when the lock changed)
	@$(SYSTEM_PYTHON) scripts/setup.py

run: setup ## the demo: PORT=8000 and DATABASE_URL may be given; Ctrl-C ends it
	@STOP_WITH_PARENT=1 exec $(PYTHON) scripts/run.py

miniprogram: ## build for WeChat (MINIPROGRAM_APPID, API_BASE_URL) and say how large it is
	@$(SYSTEM_PYTHON) scripts/miniprogram.py weixin

screenshots: ## a picture of every page of the mini-program
	@$(SYSTEM_PYTHON) scripts/setup.py --tests
	@$(PYTHON) -m scripts.screenshots

reset: ## remove what the demo has stored (var/)
	@$(SYSTEM_PYTHON) scripts/run.py reset

check: ## style, types, floors; types, style and drift of the mini-program
	@$(SYSTEM_PYTHON) scripts/setup.py --checks
	@$(SIDE_BY_SIDE) _miniprogram $(OF_PYTHON)

# All speak before it fails; the long ones first.
_types:
	$(PYTHON) -m mypy
_style:
	$(PYTHON) -m ruff check .
_format:
	$(PYTHON) -m ruff format --check --output-format concise .
_floors:
	.venv/bin/lint-imports --no-logo
_miniprogram:
	$(SYSTEM_PYTHON) scripts/miniprogram.py check
_miniprogram_tests:
	$(SYSTEM_PYTHON) scripts/miniprogram.py test

test: _checks_and_builds ## checks, both builds of the mini-program, then every test on SQLite and on PostgreSQL
	@$(PYTHON) -m tests.harness.both

test-all: _checks_and_builds ## the same tests at full size, and WeChat's own compiler over its build
	@SIZE=full $(PYTHON) -m tests.harness.both; tests=$$?; \
		$(MAKE) --no-print-directory _official_compiler && exit $$tests

# WeChat's own compiler over the build for WeChat: a minute and 275 MB to install, so not for every `make test`.
_official_compiler:
	@$(SYSTEM_PYTHON) scripts/miniprogram.py official

_checks_and_builds:
	@$(SYSTEM_PYTHON) scripts/setup.py --tests
	@$(SIDE_BY_SIDE) _miniprogram_tests _types _miniprogram _style _format _floors

bench: ## ratios, one program after the other
	@$(SYSTEM_PYTHON) scripts/setup.py --tests
	@for program in tests/bench/[a-z]*.py; do \
		[ -e "$$program" ] || { echo "no benchmark yet"; break; }; \
		module=$${program%.py}; echo "== $$program"; $(PYTHON) -m "$${module//\//.}" || exit 1; \
	done

format: ## let ruff and prettier rewrite
	@$(SYSTEM_PYTHON) scripts/setup.py --checks
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .
	@$(SYSTEM_PYTHON) scripts/miniprogram.py format

# One compiler for everybody, and no address of an index in the result.
LOCK_WITH = $(PYTHON) -m uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --quiet $(UPGRADE)

lock: ## resolve requirements*.in into requirements*.txt (UPGRADE=--upgrade for newer versions)
	@$(SYSTEM_PYTHON) scripts/setup.py --checks
	$(LOCK_WITH) --output-file requirements.txt requirements.in
	$(LOCK_WITH) --output-file requirements-dev.txt requirements-dev.in
	$(LOCK_WITH) --output-file requirements-node.txt requirements-node.in

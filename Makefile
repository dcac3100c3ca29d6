# The whole interface of the repository; `make` alone lists it.
# Needs: Python 3.11 or newer, git, make; Node 20.19 or newer for the pages' and the extension's sources.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The processes of an installation, and of its tests, start all the time: each would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= $(shell command -v python3.11 || command -v python3)
UV := .tools/bin/uv
PY := .venv/bin/python
STAMPS := .cache/stamps
ARGS ?=
TEST_ENVIRONMENTS := $(CURDIR)/.cache/environments
# Two workers a core, since most tests wait for processes and browsers; more than six at once help nobody. Which tests
# stay together is said in tests/support/schedule.py.
WORKERS := $(shell cores=$$(nproc 2>/dev/null || echo 2); echo $$(( cores > 2 ? 6 : cores * 2 )))
IN_PARALLEL := --numprocesses $(WORKERS) --dist loadscope --no-loadscope-reorder

.PHONY: help
help:
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: up
up: setup ## start OpenMo from this checkout; options in ARGS="--port 0 --data DIR --detach"
	@.venv/bin/openmo up $(ARGS)

.PHONY: setup
setup: $(STAMPS)/venv ## install what the checkout needs and build its assets
	@$(PY) tools/build_assets.py

.PHONY: test
test test-deep test-quick bench: export OPENMO_ENVIRONMENTS := $(TEST_ENVIRONMENTS)
test: setup environments browser postgresql ## check everything and run every test, in its light dose
	@$(PY) tools/side_by_side.py "$(MAKE) --no-print-directory lint" ".venv/bin/pytest -q $(IN_PARALLEL) $(ARGS)"

.PHONY: test-deep
test-deep: setup environments browser postgresql ## the full dose: all rounds, random examples, both databases
	@.venv/bin/pytest -q --deep $(IN_PARALLEL) $(ARGS)

# The files follow the goal: make test-quick tests/unit/db
.PHONY: test-quick
test-quick: setup ## run the tests of the files that follow
	@.venv/bin/pytest -q $(ARGS) $(filter-out test-quick,$(MAKECMDGOALS))
ifneq ($(filter test-quick,$(MAKECMDGOALS)),)
.PHONY: $(filter-out test-quick,$(MAKECMDGOALS))
$(filter-out test-quick,$(MAKECMDGOALS)): ;
endif

.PHONY: check
check: setup lint ## linters, types, and the tests that need neither servers nor a browser
	@.venv/bin/pytest -q tests/unit tests/architecture tests/properties

.PHONY: lint
lint: $(STAMPS)/venv
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@$(PY) tools/build_assets.py packages
	@npm run --silent lint

.PHONY: fix
fix: $(STAMPS)/venv ## format, and mend what linters can mend
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format
	@$(PY) tools/build_assets.py packages
	@npm run --silent fix

.PHONY: bench
bench: setup environments ## run every benchmark: peers, the limit and OpenMo in one run
	@for file in $(wildcard benchmarks/*.py); do $(PY) "$$file"; done

.PHONY: docs
docs: setup ## write what is made from the code: pages of docs/reference, types of the REST API
	@$(PY) tools/build_docs.py
	@$(PY) tools/build_types.py

.PHONY: locks
locks: $(STAMPS)/uv ## take the newest versions that the requirements allow
	@$(UV) pip compile $(LOCK) --upgrade pyproject.toml --group dev -o requirements/dev.txt
	@for name in lab base; do \
	  $(UV) pip compile $(LOCK) $(LAB_WITHOUT) --upgrade src/openmo/environments/$$name.in -o src/openmo/environments/$$name.txt; \
	done

# One lock for every platform, and no address of the index that happened to answer.
LOCK := --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --no-emit-find-links
# Compiles a grammar at import, which every start of JupyterLab would wait for, and checks a format that nothing uses.
LAB_WITHOUT := --no-emit-package rfc3987-syntax --no-emit-package lark

.PHONY: environments
environments: setup
	@$(PY) tools/build_environments.py $(TEST_ENVIRONMENTS)

# The browser tests drive the system's Chromium; only root can install one.
.PHONY: browser
browser:
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null; \
	  else echo "No Chromium: the browser tests will be skipped."; fi; }

# Whatever touches the database is tested on PostgreSQL too, by a server that the tests start for themselves.
.PHONY: postgresql
postgresql:
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null; \
	  else echo "No PostgreSQL: its tests will be skipped."; fi; }

$(STAMPS)/uv: requirements/tools.txt
	@[ -x .tools/bin/python ] || $(PYTHON) -m venv .tools
	@.tools/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/tools.txt
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/venv: $(STAMPS)/uv requirements/dev.txt tools/link_checkout.py
	@[ -x $(PY) ] || $(UV) venv --quiet --no-project --python $(PYTHON) .venv
	@UV_PYTHON_DOWNLOADS=never $(UV) pip sync --quiet --python $(PY) requirements/dev.txt
	@$(PY) tools/link_checkout.py
	@mkdir -p $(STAMPS) && touch $@

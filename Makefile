# Everything a person does here, one word each; `make help` lists them.
# Python packages come from the two lock files, checked by hash, into .venv; nothing is installed outside this folder.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
unexport PYTHONDONTWRITEBYTECODE  # without bytecode every process would compile every library again

VENV := .venv
BIN := $(VENV)/bin
STUDIO := service/web/studio
WORKERS ?= auto
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

.PHONY: help
help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

.PHONY: run
run: $(VENV)/.run studio  ## Start everything on this machine: database, demo county, web and worker
	@exec $(BIN)/python -m service.cli run

.PHONY: test
test: $(VENV)/.dev studio  ## Run the whole test suite on SQLite and PostgreSQL, in a browser and to PDF
	@$(PYTEST) $(ARGS)

.PHONY: test-long
test-long: $(VENV)/.dev studio  ## Run the suite in its slow form: more random steps, more crashes
	@LONG=1 $(PYTEST) $(ARGS)

.PHONY: chaos
chaos: $(VENV)/.dev  ## Kill web and worker at random moments and look for lost work (slow form)
	@LONG=1 $(BIN)/python -m pytest tests/chaos $(ARGS)

.PHONY: check
check: $(VENV)/.dev  ## Check style, types and who imports whom
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

.PHONY: bench
bench: $(VENV)/.dev  ## Measure speed and size against baselines taken in the same run
	@$(BIN)/python -m benchmarks $(ARGS)

.PHONY: lock
lock: $(VENV)/.dev  ## Choose newer versions of all dependencies and write the lock files
	@$(LOCK) --upgrade -o requirements.lock
	@$(LOCK) --upgrade --group dev -c requirements.lock -o requirements-dev.lock
	@rm -f $(VENV)/.run $(VENV)/.dev

.PHONY: clean
clean:  ## Remove what was built or installed here (the data in var/ stays)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build $(STUDIO)/node_modules service/web/static/studio
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The diagram viewer and editor is the only part that needs Node. Without it diagrams are still drawn, by the server.
.PHONY: studio
studio:
	@if [ ! -f $(STUDIO)/package.json ]; then exit 0; fi; \
	built=service/web/static/studio/.built; \
	if [ -f $$built ] && [ -z "$$(find $(STUDIO) -name node_modules -prune -o -type f -newer $$built -print -quit)" ]; then exit 0; fi; \
	if ! node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null; then \
	  echo "Node 20 or newer not found: the diagram editor is left out, everything else runs."; exit 0; fi; \
	echo "Building the diagram viewer and editor ..."; \
	if (cd $(STUDIO) && npm ci --no-audit --no-fund --loglevel=error && npm run --silent build); then mkdir -p "$${built%/*}" && touch $$built; \
	else echo "The diagram editor could not be built and is left out, everything else runs."; fi

# --- environment ------------------------------------------------------------------------------------------------------

LOCK = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --quiet
INSTALL = if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1); \
	else $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(1); fi

$(VENV)/.run: requirements.lock | $(BIN)/python
	@echo "Installing what the service needs ..."
	@$(call INSTALL,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements.lock | $(BIN)/python
	@echo "Installing what the service and its tests need ..."
	@$(call INSTALL,requirements-dev.lock)
	@touch $@ $(VENV)/.run

# uv installs the rest in seconds where pip takes most of a minute; where no uv can be had, pip does it.
$(BIN)/python:
	@for python in $${PYTHON:-} python3.13 python3.12 python3.11 python3; do \
	  if $$python -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; done; \
	if [ -z "$${found:-}" ]; then \
	  echo "Python 3.11 or newer with its venv module is needed and was not found (on Debian: apt install python3 python3-venv)." >&2; \
	  echo "Name one with: make PYTHON=/path/to/python3.12 ..." >&2; exit 1; fi; \
	echo "Making $(VENV) with $$($$found -V) ..."; \
	$$found -m venv $(VENV)
	@awk '/^[a-z]/ {uv = /^uv==/} uv' requirements-dev.lock > $(VENV)/uv.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock || echo "No uv for this machine; pip does it, more slowly."

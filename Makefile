# Everything a contributor or a CI job runs. Needs make, git and Python 3.11 or newer; the rest goes into .venv.

VENV  := .venv
BIN   := $(VENV)/bin
STAMP := $(VENV)/.stamp
JOBS  ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test crash-proof mutants bench lint types schemas docs stale check clean

help:  ## show this
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-20s %s\n", $$1, $$2 }'

setup: $(STAMP)  ## make .venv with every pinned dependency, if it is stale

demo: $(STAMP)  ## the whole tool on an embedded AWS: no account, no network
	@$(BIN)/reconciler demo

test: $(STAMP)  ## every test
	@$(BIN)/pytest -n $(JOBS) --dist loadfile

crash-proof: $(STAMP)  ## kill a run at every writing call, before and after it: the next run ends the same
	@$(BIN)/python -m tests.faults.crash_proof --jobs $(JOBS)

mutants: $(STAMP)  ## break a dozen rules in a copy, one at a time: the test of each must turn red
	@$(BIN)/python -m tests.mutants

bench: $(STAMP)  ## measure what the documentation claims about speed
	@$(BIN)/python -m tests.bench

lint: $(STAMP)  ## rules, format and the direction of imports
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/lint-imports --no-cache --no-logo

types: $(STAMP)  ## static types
	@$(BIN)/mypy

schemas: $(STAMP)  ## write schemas/ anew from the kinds
	@$(BIN)/python -m reconciler.schemas

docs: $(STAMP)  ## write docs/reference/ anew from the kinds and the commands
	@$(BIN)/python -m reconciler.docs

stale: schemas docs  ## fail if a generated file is not what is committed or staged
	@git diff --exit-code -- schemas docs/reference 'desired/*/README.md'
	@new=$$(git ls-files --others --exclude-standard -- schemas docs/reference); \
	[ -z "$$new" ] || { echo "generated but not added to git:"; echo "$$new"; exit 1; } >&2

check: lint types stale  ## lint, types and stale

clean:  ## remove .venv, caches and builds
	@rm -rf $(VENV) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A .venv of another or a removed Python is made again; anything else in it is brought to the pinned versions.
$(STAMP): requirements/dev.txt pyproject.toml
	@set -e; \
	new='import sys; sys.exit(sys.version_info < (3, 11))'; \
	if ! $(BIN)/python -c "$$new" 2>/dev/null; then \
		for python in $(PYTHON) python3.13 python3.12 python3.11 python3 python; do \
			if "$$python" -c "$$new" 2>/dev/null; then found=$$python; break; fi; \
		done; \
		[ -n "$$found" ] || { \
			echo "Python 3.11 or newer is needed, and none is on the PATH." \
				"Install one, or name it: make PYTHON=/path/to/python3 ..." >&2; exit 1; }; \
		"$$found" -c 'import ensurepip, venv' 2>/dev/null || { \
			echo "$$found has no venv module. On Debian and Ubuntu: apt install" \
				"$$("$$found" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')." >&2; exit 1; }; \
		echo "setup: $$("$$found" --version) into $(VENV)" >&2; \
		rm -rf $(VENV); \
		"$$found" -m venv $(VENV); \
	fi; \
	pip="$(BIN)/python -m pip --quiet --quiet --disable-pip-version-check --no-input"; \
	echo "setup: pinned dependencies (a minute the first time)" >&2; \
	$$pip install --require-hashes -r requirements/dev.txt; \
	echo "setup: reconciler itself" >&2; \
	$$pip install --no-deps --no-build-isolation -e .; \
	touch $@

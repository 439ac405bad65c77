# Every command of the project.  `make` alone lists them.  Needs Python >= 3.11 and make.

# The Python that makes the environment; the newest that is found, or name one: make PYTHON=python3.11
PYTHON ?=
CANDIDATES := $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python)

# More words for a command: make run RUN_ARGS="--force", make test TEST_ARGS="tests/agents -x"
RUN_ARGS ?=
TEST_ARGS ?=
BENCH_ARGS ?=
VERIFY_ARGS ?=
MUTANTS_ARGS ?=
TORTURE_ARGS ?=
LOCK_ARGS ?=
STUDIES ?= variants record deciders risks peers convergence network validation histories scenarios
WORKERS ?= 2

BIN := .venv/bin
STAMP := .venv/installed
UNFINISHED := .venv/unfinished
# What the environment depends on: the pins, the project's own metadata, and where it stands.
STATE := { cat pyproject.toml requirements.lock; pwd; } | cksum
SUITABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help install run test torture baseline mutants bench verify studies format format-check lint types check lock \
	clean environment empty-environment

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Make the environment .venv; does nothing where it is up to date
	@if ! $(BIN)/python -c "" 2>/dev/null || [ ! -x $(BIN)/shareshift ] \
		|| [ "$$(cat $(STAMP) 2>/dev/null)" != "$$($(STATE))" ]; \
	then $(MAKE) --no-print-directory environment; fi

# An environment is kept and brought up to date, unless its installation was cut off, its Python
# has gone, or the checkout was moved, which breaks the commands in it: then it is made anew.
environment:
	@if [ -e $(UNFINISHED) ] || ! $(BIN)/python -c "$(SUITABLE)" 2>/dev/null \
		|| ! grep -qsF "$(CURDIR)/.venv/" $(BIN)/pip; \
	then $(MAKE) --no-print-directory empty-environment; fi
	@rm -f $(STAMP)
	@touch $(UNFINISHED)
	@echo "Installing the pinned packages into .venv (about a minute, 1 GB on disk) ..."
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -f $(UNFINISHED)
	@$(STATE) > $(STAMP).new && mv $(STAMP).new $(STAMP)
	@echo "Ready: $(BIN)/shareshift"

empty-environment:
	@for python in $(CANDIDATES); do \
		if "$$python" -c "$(SUITABLE)" 2>/dev/null; then \
			echo "Making .venv with $$("$$python" --version) ..."; \
			mkdir -p .venv && touch $(UNFINISHED) && exec "$$python" -m venv --clear .venv; \
		fi; \
	done; \
	echo "No Python >= 3.11 with the venv module among: $(CANDIDATES)." >&2; \
	echo "Install one (Debian, Ubuntu: apt-get install python3 python3-venv)" >&2; \
	echo "or name one: make PYTHON=/path/to/python3" >&2; \
	exit 1

run: install ## Run the market that providers make; RUN_ARGS="--force --seed 2" adds options
	@$(BIN)/shareshift run configs/baseline.yaml $(RUN_ARGS)

test: install ## Run the tests; TEST_ARGS="tests/agents -x" chooses
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) $(TEST_ARGS)

torture: install ## Do what users, disks and attackers may, many times; writes .cache/torture.json
	@$(BIN)/python tests/torture $(TORTURE_ARGS)

baseline: install ## Write tests/baseline anew, where results moved on purpose
	@$(BIN)/python tests/baseline

mutants: install ## Plant known bugs, one at a time, and see that the named test finds each
	@$(BIN)/python tests/mutants $(MUTANTS_ARGS)

bench: install ## Measure speed beside plain versions, and write BENCHMARKS.md
	@$(BIN)/python tests/bench $(BENCH_ARGS)

verify: install ## Check the model against the limit cases whose results theory gives
	@$(BIN)/shareshift verify $(VERIFY_ARGS)

studies: install ## Run what docs/studies lacks (all: 30 minutes of CPU), write the tables of results
	@for study in $(STUDIES); do \
		$(BIN)/python -m experiments.studies.$$study --workers $(WORKERS) >/dev/null || exit 1; \
	done
	@$(BIN)/python -m experiments.model_tables
	@$(BIN)/python -m experiments.validation_tables

format: install ## Format the code
	@$(BIN)/ruff format .

format-check: install ## Say which files are not formatted
	@$(BIN)/ruff format --check --output-format concise .

lint: install ## Look for mistakes and bad style in the code
	@$(BIN)/ruff check .

types: install ## Check the types
	@$(BIN)/mypy

check: format-check lint types test verify ## All checks: format, lint, types, tests, verify

lock: ## Pin what pyproject.toml needs in requirements.lock; LOCK_ARGS=--upgrade moves to the newest
	@$(MAKE) --no-print-directory install
	@[ -x .cache/lock/bin/uv ] \
		|| { $(BIN)/python -m venv .cache/lock && .cache/lock/bin/python -m pip install --quiet uv; }
	@.cache/lock/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--extra sweep --extra cluster --extra discover --extra watch --extra dev --python-version 3.11 \
		$(LOCK_ARGS) --output-file requirements.lock pyproject.toml
	@echo "requirements.lock is up to date; make install follows it."

clean: ## Remove the environment and all caches; keeps runs/
	@rm -rf .venv .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	@find agents simulation experiments configs tests -type d -name __pycache__ -prune -exec rm -rf {} +

# What a developer runs. `make help` lists it. Everything lands in .venv/, var/ and meetingsvc/static/vendor/.

VENV := .venv
BIN := $(VENV)/bin
CODE := meetingsvc agenda minutes notifications templates tests
PROJECT := setup.cfg pyproject.toml .ci/install
# As many as there are cores, from two to four.
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -le 4 ] || n=4; [ $$n -ge 2 ] || n=2; echo $$n)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1

.PHONY: help install assets run test lint types tests bench matching prove requirements clean

help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 14

install: $(VENV)/.run ## The service and its pinned libraries, in .venv

assets: $(VENV)/.run ## Styles, scripts and fonts of the pages, with npm
	@$(BIN)/python -m meetingsvc.assets

run: assets ## Install, migrate, load the invented area northmoor, serve on http://localhost:8000
	@.ci/demonstrate $(BIN)/meetingsvc

test: system lint ## Lint, types and every test, with a PostgreSQL and a browser of its own
	@$(MAKE) --no-print-directory -j2 types tests

lint: $(VENV)/.test ## ruff: rules and layout
	@$(BIN)/ruff check $(CODE)
	@$(BIN)/ruff format --check $(CODE)

types: $(VENV)/.test ## mypy, strict
	@nice $(BIN)/mypy

tests: $(VENV)/.test assets ## The tests alone; ARGS="-k words" narrows them
	@$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

bench: $(VENV)/.test assets system ## Measure, and print ratios (tests/benchmarks)
	@$(BIN)/python -m tests.benchmarks

matching: $(VENV)/.bench system ## The same person: ours beside Splink and recordlinkage, and search among a million
	@$(BIN)/python -m tests.benchmarks.matching $(ARGS)

prove: $(VENV)/.test assets system ## The proofs in their long forms, whole meetings in a browser, and all of it on PostgreSQL
	@PROVE=long $(BIN)/python -m pytest -n $(WORKERS) tests/proofs tests/api tests/browser tests/usecases tests/web tests/test_demo.py $(ARGS)

requirements: $(VENV)/.test ## Pin every library again, with hashes, from setup.cfg
	@.ci/pin

clean: ## Remove what was installed and built; var/ with its data stays
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .hypothesis meetingsvc/static/vendor meetingsvc/assets/node_modules

.PHONY: system
system:
	@.ci/system chromium postgresql

# The test requirements hold the run requirements, so one environment serves both.
$(VENV)/.run: .ci/requirements/run.txt $(PROJECT)
	@.ci/install $(VENV) run

$(VENV)/.test: .ci/requirements/test.txt $(PROJECT)
	@.ci/install $(VENV) test

$(VENV)/.bench: .ci/requirements/bench.txt $(PROJECT)
	@.ci/install $(VENV) bench

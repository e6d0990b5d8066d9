# Presente: everything a developer or an operator does here. `make` alone lists it.
# Needs Python 3.11 or newer, git and make; everything else is fetched into this folder, by locked hash.

SHELL := /bin/bash
.DEFAULT_GOAL := help
ifndef AT_ONCE
.NOTPARALLEL:
endif
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PORT ?= 8080
ARGS ?=
T ?=

CANDIDATES := python3 python3.13 python3.12 python3.11
PYTHON ?= $(shell for p in $(CANDIDATES); do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	2>/dev/null && echo $$p && break; done)

BIN := .venv/bin
DONE := .cache/done
STEP := $(BIN)/python -I tools/step.py
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
NODE_PATHS := env PATH="$(CURDIR)/.venv/node:$(PATH)"
NPM := $(NODE_PATHS) npm --prefix pwa --loglevel=error
PYTEST := PRESENTE_CHROMIUM="$$(cat .cache/chromium)" $(BIN)/pytest

# What the phone's app is built from. The list is kept too, so that a removed file rebuilds it.
PWA_FILES := $(shell git ls-files -co --exclude-standard pwa 2>/dev/null \
	|| find pwa -type f -not -path '*/node_modules/*' -not -path '*/dist/*')
PWA_SOURCES := $(sort $(wildcard $(filter-out %.test.ts,$(PWA_FILES))))
$(shell mkdir -p .cache && { echo '$(PWA_SOURCES)' | cmp -s - .cache/pwa-files \
	|| echo '$(PWA_SOURCES)' > .cache/pwa-files; })

.PHONY: help
help: ## Show this list
	@printf 'Presente. Targets:\n\n'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@printf '\nOne test:  make unit T="tests/sync -k union"     Other port:  make run PORT=9000\n'

# ---------------------------------------------------------------- run and test

.PHONY: run
run: $(DONE)/run $(DONE)/pwa ## Start Presente with a made-up district on http://localhost:8080
	@exec $(BIN)/presente serve --demo --port $(PORT) $(if $(PUBLIC_URL),--public-url $(PUBLIC_URL)) $(ARGS)

.PHONY: test
test: $(DONE)/test $(DONE)/npm $(DONE)/pwa .cache/chromium ## Check everything: style, types, fences, the phone's tests, the server's, real browsers
	@$(MAKE) -j 2 AT_ONCE=1 lint types phone
	@$(PYTEST) $(or $(T),-n 2 --dist loadfile --ignore=tests/e2e)
	@$(if $(T),,$(PYTEST) -n 2 --dist loadfile tests/e2e)

.PHONY: sure
sure: ## Everything before a release: generated files fresh, then `make test` with coverage
	@$(MAKE) wire
	@git diff --exit-code --stat -- schemas/generated pwa/src/wire || { echo "Generated files were stale: commit them."; exit 1; }
	@$(MAKE) test T="--cov --cov-report=term"

# ---------------------------------------------------------------- the parts of test

# Each is a target of its own, so that `make test` runs two at a time. The longest come first.
LINT := lint-phone lint-imports lint-python
TYPES := types-mypy types-pyright types-phone
.PHONY: lint types $(LINT) $(TYPES)
lint: $(LINT) ## Look for faults of style and for imports that cross a fence
types: $(TYPES) ## Check the types, Python's twice and the phone's
$(LINT) $(TYPES): $(DONE)/test $(DONE)/npm

lint-phone:
	@$(STEP) "Phone: rules (eslint) and layout (prettier)" $(NPM) run lint

lint-imports:
	@$(STEP) "Python: who imports whom (import-linter)" $(BIN)/lint-imports

lint-python:
	@$(STEP) "Python: rules (ruff)" $(BIN)/ruff check .
	@$(STEP) "Python: layout (ruff)" $(BIN)/ruff format --check .

types-mypy:
	@$(STEP) "Python: types (mypy)" $(BIN)/mypy

types-pyright:
	@$(STEP) "Python: types (pyright)" $(NODE_PATHS) pwa/node_modules/.bin/pyright

types-phone:
	@$(STEP) "Phone: types (svelte-check, tsc)" $(NPM) run check

.PHONY: phone
phone: $(DONE)/npm ## Test the phone's logic
	@$(STEP) "Phone: logic (node --test)" $(NPM) test

.PHONY: unit
unit: $(DONE)/test $(DONE)/npm ## Test what needs no browser and no other process (T= chooses: paths and pytest options)
	@$(BIN)/pytest $(or $(T),--ignore=tests/server --ignore=tests/faults --ignore=tests/e2e)

.PHONY: server
server: $(DONE)/test ## Test the server, on SQLite and on PostgreSQL
	@$(BIN)/pytest $(or $(T),tests/server)

.PHONY: e2e
e2e: $(DONE)/test $(DONE)/pwa .cache/chromium ## Test the phone in a real browser against the real server
	@$(PYTEST) $(or $(T),tests/e2e)

STEPS ?= 1000000
MINUTES ?= 20

.PHONY: soak
soak: $(DONE)/test $(DONE)/pwa .cache/chromium ## Live through STEPS=1000000 steps by chance, then MINUTES=20 of killed servers, cut power and bad networks; tells what was lost (nothing)
	@$(BIN)/python -m tests.sim.soak --steps $(STEPS) $(ARGS)
	@PRESENTE_CHROMIUM="$$(cat .cache/chromium)" $(BIN)/python -m tests.faults --minutes $(MINUTES)

.PHONY: sabotage
sabotage: $(DONE)/test $(DONE)/npm ## Break the sync code on purpose, one line at a time, and see that the alarm rings each time
	@$(NODE_PATHS) $(BIN)/python -m tests.sim.sabotage $(ARGS)

# ---------------------------------------------------------------- work on it

.PHONY: fix
fix: $(DONE)/test $(DONE)/npm ## Put style and layout right where a machine can
	@$(STEP) "Python: rules (ruff)" $(BIN)/ruff check --fix --exit-zero .
	@$(STEP) "Python: layout (ruff)" $(BIN)/ruff format .
	@$(STEP) "Phone: layout and rules (prettier, eslint)" $(NPM) run format

.PHONY: wire
wire: $(DONE)/run $(DONE)/npm ## Write the shared words anew: schemas/generated/wire.json and the phone's types
	@$(STEP) "Words: schemas to wire.json" $(BIN)/python -m schemas.generate
	@$(STEP) "Words: wire.json to TypeScript" $(NPM) run wire

.PHONY: pwa
pwa: $(DONE)/pwa ## Build the phone's app into pwa/dist

.PHONY: migrations
migrations: $(DONE)/test ## See that the migrations lead to exactly the tables of the code
	@$(BIN)/pytest $(or $(T),tests/migrations)

.PHONY: screens
screens: $(DONE)/test $(DONE)/pwa .cache/chromium ## Take a picture of every screen into screens/, and renew those of the README
	@PRESENTE_SCREENS="$(CURDIR)/screens" PRESENTE_README_IMAGES="$(CURDIR)/docs/images" $(PYTEST) -m screens tests/e2e

.PHONY: bench
bench: bench-attendance bench-sync ## Measure how fast Presente is, beside what the same work costs at the least (docs/performance.md)

.PHONY: bench-sync
bench-sync: $(DONE)/test $(DONE)/npm ## Measure how fast phones sync, beside two floors and other sync servers (ARGS=--small to try it)
	@$(BIN)/python -m tests.bench.sync $(ARGS)

.PHONY: bench-attendance
bench-attendance: $(DONE)/test ## Measure a large district's year of attendance: import, a day's delta, the ladder
	@$(BIN)/python -m tests.bench.attendance

.PHONY: lock
lock: ## Renew requirements/*.lock and pwa/package-lock.json from what pyproject.toml and package.json ask
	@$(PYTHON) tools/lock.py

.PHONY: clean
clean: ## Remove all that was built or fetched; data/ stays
	rm -rf .venv .cache pwa/node_modules pwa/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage

# ---------------------------------------------------------------- set-up, each part done once

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Presente needs Python 3.11 or newer, and found none of: $(CANDIDATES)."; exit 1; }
	@$(PYTHON) -I tools/step.py "Making .venv with $$($(PYTHON) --version)" $(PYTHON) tools/venv.py .venv

$(DONE)/run: requirements/run.lock requirements/build.lock pyproject.toml | $(BIN)/python
	@mkdir -p $(@D)
	@$(STEP) "Fetching what the server needs" $(PIP) --require-hashes -r requirements/run.lock -r requirements/build.lock
	@$(STEP) "Installing Presente itself" $(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(DONE)/test: requirements/test.lock $(DONE)/run
	@$(STEP) "Fetching what the tests need" $(PIP) --require-hashes -r requirements/test.lock
	@touch $@

$(DONE)/node: requirements/node.lock tools/node.py | $(BIN)/python
	@mkdir -p $(@D)
	@$(STEP) "Finding Node 24 (or fetching it)" $(BIN)/python tools/node.py
	@touch $@

$(DONE)/npm: pwa/package.json pwa/package-lock.json $(DONE)/node
	@$(STEP) "Fetching what the phone's app needs" $(NPM) ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(DONE)/pwa: .cache/pwa-files $(PWA_SOURCES) $(DONE)/npm
	@$(STEP) "Building the phone's app" $(NPM) run build
	@touch $@

.cache/chromium: tools/browser.py | $(DONE)/test
	@$(STEP) "Finding a Chromium (or installing it)" $(BIN)/python tools/browser.py $@

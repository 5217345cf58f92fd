# Concord's two doors: `make run` and `make test`. `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PORT ?= 8000
PYTHON ?= python3
BIN := .venv/bin
UV := 0.13.9
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# The engine's matrices are small: more threads than one only wait for each other on a busy machine.
export OPENBLAS_NUM_THREADS ?= 1
# The machine's own certificates, where it has any: a network may re-sign what it lets through.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt),)
export UV_SYSTEM_CERTS := 1
endif

# Settings must load for checks that touch neither a database nor a secret.
DUMMY := SECRET_KEY=only-for-checks-only-for-checks-only-for-checks-0123456789 \
  CONCORD_STUDY_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
  DATABASE_URL=postgresql://nobody@/nowhere REDIS_URL=redis://nowhere

.PHONY: help
help: ## This list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

.PHONY: run
run: .venv/installed ## Everything on this machine, at http://127.0.0.1:8000 (PORT=... for another port, DEMO=0 without the demonstration study)
	@exec $(BIN)/python -m config.run --port $(PORT) $(if $(filter 0 no,$(DEMO)),--no-demonstration)

# --- the environment -----------------------------------------------------------------------------------------

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Concord needs Python 3.11 or later as '$(PYTHON)'; name another: make run PYTHON=python3.12"; exit 1; }
	@echo "Making the virtual environment (once) ..."
	@$(PYTHON) -m venv .venv || { \
	  echo "Python's venv module does not work here; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install -qq uv==$(UV)

.venv/installed: requirements.txt | .venv/bin/uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed | .venv/bin/uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@

.PHONY: requirements
requirements: | .venv/bin/uv ## Pin what pyproject.toml asks for, with hashes and without the address of an index
	@$(BIN)/uv pip compile --quiet --generate-hashes --universal --no-header --no-emit-index-url \
	  --output-file requirements.txt pyproject.toml
	@$(BIN)/uv pip compile --quiet --generate-hashes --universal --no-header --no-emit-index-url \
	  --extra dev --output-file requirements-dev.txt pyproject.toml

# --- tests ---------------------------------------------------------------------------------------------------

.PHONY: test
test: test-fast test-slow journeys ## All tests: the fast suite, the killed servers, the journeys in a real browser

.PHONY: test-fast
test-fast: .venv/installed-dev ## The fast suite
	@$(BIN)/python -m pytest -q -n auto --dist loadgroup -m "not slow" --ignore=tests/journeys --ignore=tests/oracles

.PHONY: test-slow
test-slow: .venv/installed-dev ## Tests that kill servers and wait for them to come back
	@$(BIN)/python -m pytest -q -m slow --ignore=tests/journeys

.PHONY: journeys
journeys: .venv/installed-dev ## The main jobs in a real Chromium
	@if [ ! -d tests/journeys ]; then echo "There are no browser journeys yet."; exit 0; fi; \
	if .ci/chromium; then $(BIN)/python -m pytest -q tests/journeys; fi

.PHONY: pictures
pictures: .venv/installed-dev ## The pictures of docs/coding.md, from the demonstration that `make run` serves at PORT
	@.ci/chromium && $(BIN)/python -m tests.first_minutes http://127.0.0.1:$(PORT)

.PHONY: bench
bench: .venv/installed-dev ## Times and memory, measured (never asserted in tests)
	@if [ -d benchmarks ]; then $(BIN)/python -m benchmarks; else echo "There are no benchmarks yet."; fi

# --- checks --------------------------------------------------------------------------------------------------

CHECKS := check-lint check-format check-types check-rooms check-migrations check-deploy check-templates \
  check-compose check-dockerfile

.PHONY: check
check: .venv/installed-dev ## Everything that a machine can say without running a test
	@$(MAKE) -j2 --output-sync=target --keep-going $(CHECKS) && echo "All checks passed."

.PHONY: $(CHECKS)
check-lint:
	@$(BIN)/ruff check --quiet .

check-format:
	@$(BIN)/ruff format --quiet --check .

check-types:
	@$(DUMMY) $(BIN)/mypy apps config

check-rooms:
	@$(DUMMY) $(BIN)/lint-imports

check-migrations:
	@$(BIN)/python -m config.embedded $(BIN)/python manage.py makemigrations --check --dry-run

check-deploy:
	@$(DUMMY) BEHIND_TLS=1 DJANGO_SETTINGS_MODULE=config.settings.production \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

check-templates:
	@$(BIN)/djlint --quiet --profile=django --lint templates

check-compose:
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@env -i PATH="$$PATH" HOME=/tmp $(BIN)/docker-compose --env-file .env.example config -q

check-dockerfile:
	@$(BIN)/hadolint Dockerfile

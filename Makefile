# The commands of this house; `make` alone lists them.

PYTHON ?= python3
WORKERS ?= 2
ARGS ?=
PAIRS ?=
HOSTS ?=
CORPUS ?= tests/corpus/bounces.jsonl
SECONDS ?= 60

BIN := .venv/bin
BUILD := .build
PYTEST := $(BIN)/python -m pytest -n $(WORKERS)
COVERAGE := $(BIN)/python -m coverage
# What asks no database, or brings its own.
WITHOUT_DATABASE := $(addprefix --ignore=tests/,rules docs project provider)
OURS := $(wildcard crm_notify project tests bench manage.py)

.PHONY: help venv demo test test-all servers mta browser lint types floors migrations matrix coverage install \
	docs-check ceilings bounce-score fuzz requirements clean

help:
	@echo "make test          everything that needs only packages, on SQLite and on PostgreSQL"
	@echo "make demo          the story, played in front of you; make demo ONCE=1 ends by itself"
	@echo "make browser       the story in a real browser; needs Debian's chromium"
	@echo "make servers       every kind of body under every server; needs Debian's nginx"
	@echo "make mta           bounces of a real mail server; needs Debian's postfix, and root"
	@echo "make test-all      make test, then make servers, make mta and make browser"
	@echo "make lint          style, and the rules of this house"
	@echo "make types         mypy --strict"
	@echo "make floors        import-linter: each floor imports only from below"
	@echo "make migrations    that the models and their migrations agree"
	@echo "make matrix        every supported pair of Python and Django; PAIRS=python3.13-django6.1"
	@echo "make coverage      the report of whatever was measured last"
	@echo "make install       build the wheel and install it into projects of every kind; HOSTS='spa admin'"
	@echo "make docs-check    that the documentation says what the code does"
	@echo "make ceilings      what may not take longer, measured"
	@echo "make bounce-score  how well bounce mail is read; CORPUS=file"
	@echo "make fuzz          hostile bounces, tokens and webhooks, made up for SECONDS=60"
	@echo "make requirements  pin anew what pyproject.toml asks for"
	@echo "make clean         remove everything that was made here"
	@echo
	@echo "PYTHON=/path/to/python picks the interpreter, ARGS='-k token' goes to pytest."

venv:
	@.ci/venv "$(PYTHON)"

demo: venv
	@$(BIN)/python -m project.demo $(if $(ONCE),--once)

test: venv
	@mkdir -p $(BUILD)/coverage && rm -f $(BUILD)/coverage/*
	@echo "== Tests on SQLite"
	@TEST_DATABASE=sqlite COVERAGE_FILE=$(BUILD)/coverage/test.sqlite \
		$(PYTEST) -m "not browser and not mta and not servers" --cov --cov-report= $(ARGS)
	@echo "== Tests on PostgreSQL (embedded)"
	@TEST_DATABASE=postgres COVERAGE_FILE=$(BUILD)/coverage/test.postgres \
		$(PYTEST) -m "not browser and not mta and not servers" $(WITHOUT_DATABASE) --cov --cov-report= $(ARGS)

test-all: test servers mta browser

servers: venv
	@echo "== Every server that may stand in front, started for real (Debian's nginx among them)"
	@$(PYTEST) tests/servers $(ARGS)

mta: venv
	@echo "== Tests with a real mail server (Debian's postfix)"
	@TEST_DATABASE=postgres $(BIN)/python -m pytest tests/mta $(ARGS)

browser: venv
	@echo "== Tests with a real browser (Debian's chromium)"
	@$(BIN)/python -m pytest tests/browser $(ARGS)
	@TEST_DATABASE=postgres $(BIN)/python -m pytest tests/browser/streams $(ARGS)

lint: venv
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python .ci/house.py

types: venv
	$(BIN)/mypy $(OURS)

floors: venv
	$(BIN)/lint-imports --no-cache --verbose

migrations: venv
	$(BIN)/python manage.py makemigrations --check --dry-run --settings=tests.settings

matrix: venv
	@$(BIN)/python .ci/matrix.py $(PAIRS)

coverage: venv
	@COVERAGE_FILE=$(BUILD)/combined $(COVERAGE) combine --keep --quiet $(BUILD)/coverage/*
	@COVERAGE_FILE=$(BUILD)/combined $(COVERAGE) report $(if $(UNDER),--fail-under=$(UNDER))

install: venv
	@rm -rf dist
	@$(BIN)/uv build --quiet --python $(BIN)/python --no-build-isolation
	@PYTHONPATH=.ci $(BIN)/python -m tests.install dist $(HOSTS)

docs-check: venv
	@$(PYTEST) tests/docs $(ARGS)

ceilings: venv
	@$(BIN)/python -m bench.broker_down

bounce-score: venv
	@$(BIN)/python -m bench.bounce_score $(CORPUS)

fuzz: venv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --group fuzz
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) $(ARGS)

requirements: venv
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-annotate \
		--all-extras --group dev pyproject.toml --output-file requirements.txt \
		--custom-compile-command "make requirements"

clean:
	rm -rf .venv .build dist build htmlcov .coverage* .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

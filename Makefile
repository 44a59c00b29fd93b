# Two commands: `make demo` shows the main job from nothing, `make test` runs everything CI runs.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input

.PHONY: demo test lint types contracts unit lock picture clean

demo: $(VENV)/.installed
	$(BIN)/radar demo

test: lint types contracts unit

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-test
	$(BIN)/mypy

contracts: $(VENV)/.installed-test
	$(BIN)/lint-imports

unit: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n auto

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Radar needs Python 3.11 or newer; name one with: make PYTHON=python3.12 demo"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Every file is checked against its hash before it is installed.
$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing Radar into $(VENV) (about a minute) ..."
	$(PIP) install -q --require-hashes -r requirements.lock
	$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-test: requirements-test.lock pyproject.toml | $(BIN)/python
	@echo "Installing Radar and its test tools into $(VENV) (about a minute) ..."
	$(PIP) install -q --require-hashes -r requirements-test.lock
	$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.installed

# Needs uv on the PATH; run it after changing the dependencies in pyproject.toml.
lock:
	uv pip compile pyproject.toml --extra postgres --extra build $(LOCK) -o requirements.lock
	uv pip compile pyproject.toml --all-extras $(LOCK) -o requirements-test.lock
LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate -q

# The README's picture of a digest: the demo's, photographed by a headless Chromium.
picture: demo
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=2 --window-size=700,1560 \
	  --user-data-dir=$$(mktemp -d) --screenshot=docs/digest.png file://$(CURDIR)/$$(ls out/president-*.html | tail -1)

clean:
	rm -rf $(VENV) demo out .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Two commands do everything, their own set-up included:
#   make demo    the boto EMR tutorial, end to end, on an emulator of its own
#   make test    the tests
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types contracts check bench clean

demo: $(VENV)/.installed
	$(BIN)/emrsim demo

test: $(VENV)/.installed
	$(BIN)/python -m pytest -q -n auto

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed
	$(BIN)/mypy

contracts: $(VENV)/.installed
	$(BIN)/lint-imports --no-cache

check: lint types contracts test

# Installed anew when the list of dependencies changes.
$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/streaming.py

clean:
	rm -rf $(VENV) build dist

# Two commands set everything up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
KILLS ?= 25
PROOF ?= tests

.PHONY: demo test proof lint clean

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --config-settings editable_mode=compat -e '.[test]'
	touch $@

demo: $(VENV)/.installed
	$(BIN)/review demo

test: $(VENV)/.installed lint
	$(BIN)/python -m pytest -m "not proof" -n auto --dist worksteal

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/mypy

# The long matrices: faults, kills, fuzzing, LibreOffice. KILLS=25 a command are 150 kills in all.
proof: $(VENV)/.installed
	REVIEW_KILLS=$(KILLS) $(BIN)/python -m pytest -m proof -rs $(PROOF)

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis review-demo

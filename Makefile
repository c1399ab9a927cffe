PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TRAIN_READY := $(VENV)/.train-ready
DEMO ?= demo-output

.PHONY: demo test lint unit train-setup bench clean

demo: $(READY)  ## set up, then measure a synthetic patient with three scans
	$(BIN)/eupnea demo --out $(DEMO) $(if $(CI),--no-open)

test: lint unit  ## set up, then run every check and test

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(READY)
	$(BIN)/pytest -n 2 --cov --cov-report=term

$(READY): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable '.[cohort,pacs,web]' --group lint --group test --group interop
	touch $@

train-setup: $(TRAIN_READY)  ## add what training needs (torch, CPU)

$(TRAIN_READY): $(READY)
	$(BIN)/python -m pip install --quiet --editable '.[train]'
	touch $@

clean:
	rm -rf $(VENV) $(DEMO) .pytest_cache .mypy_cache .ruff_cache .coverage

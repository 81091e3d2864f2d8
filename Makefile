# The commands of this project. `make help` lists them.
# PORT, HEARTH_HOME and PYTHON may be given: make demo PORT=9000
export PORT HEARTH_HOME
RUN := .venv/bin
# One worker for each core, with a database of its own. A module's tests stay together in one worker, in
# their order, so that what they share is made once.
WORKERS ?= auto
IN_PARALLEL := -n $(WORKERS) --maxprocesses 8 --dist loadscope --no-loadscope-reorder

.PHONY: help demo install install-dev check check-types check-rest test test-long bench coverage coverage-guards mutants query-counts docs clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' Makefile

demo: install ## Start Hearth with an invented Minnesota in it (Ctrl-C stops everything)
	@exec $(RUN)/hearth demo

install: ## Make .venv and install what the application needs
	@scripts/install

install-dev: ## The same, with what tests and checks need
	@scripts/install dev

check: install-dev ## Everything that can be checked without running the application
	@+$(MAKE) --no-print-directory --output-sync=target -j 2 check-types check-rest

# The types take longer than everything else together, on one core.
check-types:
	$(RUN)/mypy

check-rest:
	$(RUN)/ruff check
	$(RUN)/ruff format --check
	$(RUN)/lint-imports
	HEARTH_HOME=var/test-home HEARTH_DB_ROLE=owner HEARTH_LOG_LEVEL=WARNING DJANGO_SETTINGS_MODULE=hearth.hmis.config.settings \
	  $(RUN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run
	$(RUN)/hearth standards lint
	$(RUN)/hearth standards docs --check

test: install-dev ## The whole test suite: units, house rules, golden tables, browser
	@scripts/browser
	$(RUN)/python -m pytest $(IN_PARALLEL) --durations=15

test-long: install-dev ## The random tests with 200 seeds and large worlds (an hour or more)
	HEARTH_LONG_TESTS=1 $(RUN)/python -m pytest -n $(WORKERS) --maxprocesses 8 --dist worksteal -m long --durations=15

bench: install-dev ## Measure speed and memory, print the table (ONLY=search, SMALL=1)
	$(RUN)/python -m bench $(ONLY) $(if $(SMALL),--small)

coverage: install-dev ## The whole suite measured: branches taken, by package, which may not fall (RENEW=1)
	@scripts/browser
	$(RUN)/python -m proof coverage --workers $(WORKERS) $(if $(RENEW),--renew)

coverage-guards: install-dev ## What guards rights, keys, money and deletion: all branches, by its own tests (ONLY=keys)
	$(RUN)/python -m proof guards $(ONLY)

mutants: install-dev ## Lines broken one at a time: what do tests let pass? (an hour; ONLY=rights SEED=2 MINUTES=5)
	$(RUN)/python -m proof mutants $(ONLY) $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES))

query-counts: install-dev ## Write anew how many queries each page takes, where a change of it is meant
	$(RUN)/python -m pytest tests/house/test_query_counts.py --renew-query-counts

docs: install-dev ## Write the generated documentation anew
	$(RUN)/hearth standards docs

clean: ## Remove what was made here (not your data): .venv, caches, test data
	@if [ -d var/test-home ] && [ -x $(RUN)/hearth ]; then HEARTH_HOME=var/test-home $(RUN)/hearth db stop; fi
	@if [ -L var/test-home/postgres ]; then rm -rf "$$(readlink var/test-home/postgres)"; fi
	rm -rf .venv var/test-home test-output .ruff_cache .mypy_cache .pytest_cache .hypothesis .import_linter_cache

# `make run` starts the server and `make test` runs the tests; both install what they need.
PYTHON ?= python3
RUN = .venv/bin/python
TEST = .venv-test/bin/python
NODE_MODULES = tests/clients/node_modules
PYTEST = $(TEST) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
WORKERS ?= 4

.PHONY: help run client fix check lint types javascript unit test test-long audit wheel js-packages test-servers
help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: .venv/ready ## Start the server on http://127.0.0.1:8050; ARGS="--fleet-size 2000" passes options
	$(if $(FEEDS),FAIRWAY_FEEDS="$(FEEDS)") $(if $(AIVDM_FILE),FAIRWAY_AIVDM_FILE="$(AIVDM_FILE)") $(RUN) app.py $(ARGS)

client: .venv/ready ## Follow the fleet in the terminal; ARGS="ws://host:8050/ws --type tanker" passes options
	$(RUN) clients/realtime_websocket_client.py $(ARGS)

fix: .venv-test/ready ## Format the code and apply safe fixes
	$(TEST) -m ruff check --fix --quiet . || true
	$(TEST) -m ruff format .

check: .venv-test/ready js-packages ## Lint, types, contracts and unit tests of Python and JavaScript
	@sh scripts/check.sh

lint: .venv-test/ready ## Check format and rules of Python
	$(TEST) -m ruff format --check .
	$(TEST) -m ruff check .

types: .venv-test/ready ## Check types of Python
	$(TEST) -m mypy .

javascript: js-packages ## Check types and rules of JavaScript, and run its unit tests
	$(NODE_MODULES)/.bin/tsc --project tests/assets/tsconfig.json
	$(NODE_MODULES)/.bin/eslint --config tests/assets/eslint.config.mjs assets clients tests
	node --test --test-reporter=dot $$(find tests/assets -name '*.test.mjs')

unit: .venv-test/ready ## Run the unit tests and contracts of Python
	HYPOTHESIS_PROFILE=quick $(TEST) -m pytest -n 2 -m "not system and not slow and not long"

test: .venv-test/ready js-packages lint types test-servers ## Run every test except the long proofs
	$(PYTEST) -m "not long" $(ARGS)

test-long: .venv-test/ready ## Run the long proofs, such as a simulated year without a vessel on land
	$(PYTEST) -m long $(ARGS)

audit: .venv/ready .venv-audit/ready ## Ask the advisory services about every pinned package; needs the internet
	.venv-audit/bin/python scripts/audit.py $(RUN)

wheel: .venv-test/ready ## Build the wheel into dist/
	$(TEST) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

test-servers:
	@sh scripts/install_test_servers.sh

# without npm, the tests that need it are not run, and the summary says so
js-packages: $(NODE_MODULES)/.ready
$(NODE_MODULES)/.ready: tests/clients/package.json
	@if command -v npm >/dev/null; then npm install --prefix tests/clients --no-package-lock --no-audit --no-fund --silent && touch $@; fi

.venv/ready: requirements.txt
	$(PYTHON) -m venv .venv && .venv/bin/pip install --quiet -r requirements.txt && touch $@

.venv-test/ready: requirements.txt requirements-test.txt
	$(PYTHON) -m venv .venv-test && .venv-test/bin/pip install --quiet -r requirements-test.txt && touch $@

.venv-audit/ready:
	$(PYTHON) -m venv .venv-audit && .venv-audit/bin/pip install --quiet pip-audit==2.10.1 && touch $@

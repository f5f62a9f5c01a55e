# `make run` opens the server, `make test` checks everything; both set themselves up.
PYTHON ?= python3
RUN = .venv/bin/python
TEST = .venv-test/bin/python

.PHONY: run test lint audit js-packages
run: .venv/ready
	$(if $(FEEDS),FAIRWAY_FEEDS="$(FEEDS)") $(if $(AIVDM_FILE),FAIRWAY_AIVDM_FILE="$(AIVDM_FILE)") $(RUN) app.py $(ARGS)

test: .venv-test/ready js-packages lint
	sh scripts/install_test_servers.sh
	$(TEST) -m pytest -n 4 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: .venv-test/ready
	$(TEST) -m ruff format --check .
	$(TEST) -m ruff check .
	$(TEST) -m mypy .

# known flaws of every pinned package; needs the internet
audit: .venv/ready .venv-audit/ready
	.venv-audit/bin/python scripts/audit.py $(RUN)

# where there is no npm, the tests that need it are not run, and the closing lines say so
js-packages: tests/clients/node_modules/.ready
tests/clients/node_modules/.ready: tests/clients/package.json
	@if command -v npm >/dev/null; then npm install --prefix tests/clients --no-package-lock --no-audit --no-fund --silent && touch $@; fi

.venv/ready: requirements.txt
	$(PYTHON) -m venv .venv && .venv/bin/pip install --quiet -r requirements.txt && touch $@

.venv-test/ready: requirements.txt requirements-test.txt
	$(PYTHON) -m venv .venv-test && .venv-test/bin/pip install --quiet -r requirements-test.txt && touch $@

.venv-audit/ready:
	$(PYTHON) -m venv .venv-audit && .venv-audit/bin/pip install --quiet pip-audit==2.10.1 && touch $@

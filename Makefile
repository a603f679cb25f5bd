# Everything a checkout needs. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv pip
# The first Python on the path that is new enough; `make PYTHON=/path/to/python3.12 …` names another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
NPM ?= $(shell command -v npm 2>/dev/null)
DEMO ?=
PYTEST ?=
BENCH ?=

RUN_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
PORTAL_STAMP := portal/node_modules/.built
PORTAL_FILES := $(wildcard portal/package.json portal/package-lock.json portal/build.js portal/src/*)
# What a reinstallation of the package itself depends on; its code is read where it stands.
PACKAGE_FILES := pyproject.toml requirements-build.lock

.PHONY: help run test test-long check suite-sssom coherence bench bench-assurance bench-federation bench-federation-table bench-sparql-service bench-views bench-view-making soak-sparql-service comunica-at-node dataspace-tck fuzz api-fuzz federation-fuzz policy-fuzz requirements lock portal wheel clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(RUN_STAMP) ## Set everything up and run the demonstration; DEMO='--fresh' begins it anew
	@$(MAKE) portal || echo "The portal's assets could not be built, as said above; its pages stay plain."
	@exec $(BIN)/virtuales demo $(DEMO)

test: $(DEV_STAMP) ## Run every test and every doctest; PYTEST='tests/rdf -k turtle' runs some
	@$(BIN)/pytest -n 2 --dist loadscope --no-loadscope-reorder $(or $(PYTEST),--doctest-modules src tests)

test-long: $(DEV_STAMP) ## The same with every example and the long tests; takes an hour
	@VIRTUALES_EFFORT=1 $(BIN)/pytest -n 2 --dist loadscope --no-loadscope-reorder $(or $(PYTEST),--doctest-modules src tests)

check: $(DEV_STAMP) ## Check style, types, the direction of imports, and that the locks fit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/packaging/test_locks.py

suite-sssom: $(DEV_STAMP) ## Compare mapping sets with the reference tool of SSSOM on its test files
	@$(BIN)/python bench/sssom_peer/environment.py
	@$(BIN)/pytest -q tests/conformance/test_sssom_suite.py

coherence: $(DEV_STAMP) ## Compare the check of coherence with HermiT (needs Java); BENCH='--registered' adds the own sets
	@$(BIN)/python -c 'import owlready2' 2>/dev/null || $(UV) install -q --python $(BIN)/python 'owlready2>=0.51'
	@$(BIN)/python bench/bench_coherence.py $(BENCH)

api-fuzz: $(DEV_STAMP) ## Hold a running node against its OpenAPI description for three minutes
	@$(BIN)/python -c 'import schemathesis' 2>/dev/null || $(UV) install -q --python $(BIN)/python 'schemathesis>=4.32'
	@$(BIN)/python fuzz/fuzz_api.py --seconds 180

bench: $(DEV_STAMP) ## Run every benchmark, each beside its peers
	@for bench in bench/bench_*.py; do echo "== $$bench"; PYTHONPATH=. $(BIN)/python "$$bench"; done

bench-assurance: $(DEV_STAMP) ## Run the benchmark of validation; BENCH='--cases realgrid_eq --peers shacl' runs some
	@$(BIN)/python bench/bench_assurance.py $(BENCH)

bench-federation: $(DEV_STAMP) ## Run the benchmark of federated queries; BENCH='--cases energy --engines virtuales fedx' runs some
	@$(BIN)/python bench/bench_federation.py $(BENCH)

bench-federation-table: $(DEV_STAMP) ## Run all of it with 0, 20 and 80 ms of latency, then over 200 endpoints; takes two hours
	@$(BIN)/python bench/bench_federation.py --latency 0 20 80 --seconds 20 --comunica-seconds 10 --products 50 --substations 60 $(BENCH) || true
	@$(BIN)/python bench/bench_federation.py --cases trade-uuid --endpoints 200 --products 25 --engines virtuales

bench-sparql-service: $(DEV_STAMP) ## Run a node's SPARQL endpoints beside Oxigraph's own server; BENCH='--rounds 2' asks less
	@PYTHONPATH=. $(BIN)/python bench/bench_sparql_service.py $(BENCH)

bench-catalogue: $(DEV_STAMP) ## Search 100,000 and a million generated entries, beside SQLite and SPARQL; BENCH='--entries 5000' is shorter
	@PYTHONPATH=. $(BIN)/python bench/bench_catalogue.py $(BENCH)

bench-views: $(DEV_STAMP) ## Query a view under an agreement beside the same statements open to everybody
	@PYTHONPATH=. $(BIN)/python bench/bench_views.py $(BENCH)

bench-view-making: $(DEV_STAMP) ## Make views of a million statements and of ten million rows; BENCH='--statements 100000' makes less
	@$(BIN)/python bench/bench_view_making.py $(BENCH)

soak-sparql-service: $(DEV_STAMP) ## Ask a node's SPARQL endpoints by 32 clients for five minutes; BENCH='--seconds 30' is shorter
	@PYTHONPATH=. $(BIN)/python bench/soak_sparql_service.py $(BENCH)

comunica-at-node: $(DEV_STAMP) ## Let Comunica ask a node, and compare its answers with the node's own
	@PYTHONPATH=. $(BIN)/python bench/comunica_at_node.py

dataspace-tck: $(DEV_STAMP) ## Run the Dataspace Protocol's compatibility kit against a node in both roles (needs Java and Maven); BENCH='--cases TP_C' runs some
	@PYTHONPATH=. $(BIN)/python bench/run_dataspace_tck.py $(BENCH)

fuzz: $(DEV_STAMP) ## Try to break the readers of CIM, Turtle and shapes for ten minutes
	@$(BIN)/python fuzz/fuzz_cim.py --seconds 600

federation-fuzz: $(DEV_STAMP) ## Compare 20,000 random federated queries with the merged store; BENCH='--cases 500' runs fewer, '--mappings' goes through mappings
	@$(BIN)/python -m tests.federation.fuzz $(BENCH)

policy-fuzz: $(DEV_STAMP) ## Compare decisions about 100,000 random policies with a plain model's; BENCH='--cases 5000' decides fewer
	@$(BIN)/python -m tests.policy.fuzz $(BENCH)

requirements: $(DEV_STAMP) ## Print which requirements a test on the running system proves
	@$(BIN)/python -m tests.requirements_matrix

portal: $(if $(and $(NPM),$(wildcard portal/package.json)),$(PORTAL_STAMP)) ## Build the portal's assets, when Node.js is there
	@$(if $(NPM),:,echo "Node.js is not installed: the portal's pages stay plain.")

lock: $(BIN)/uv ## Lock the newest versions that fit; LOCK='' keeps the locked ones that still do
	$(COMPILE) pyproject.toml --group dev -o requirements-dev.lock
	$(COMPILE) pyproject.toml -c requirements-dev.lock -o requirements.lock
	printf '%s\n' uv hatchling editables | $(COMPILE) -c requirements-dev.lock - -o requirements-build.lock

LOCK ?= --upgrade
COMPILE = $(UV) compile -q $(LOCK) --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --annotation-style line

wheel: $(RUN_STAMP) portal ## Build the wheel into dist/
	@$(BIN)/python -m hatchling build -t wheel

clean: ## Remove what was built and installed here, and the demonstration
	rm -rf $(VENV) .demo bench/.peers dist build portal/node_modules src/virtuales/web/portal/static/built
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage coverage.xml
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/uv: requirements-build.lock
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed, and none was found." >&2; exit 1; fi
	@echo "Making a Python environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-build.lock
	@touch $@

$(RUN_STAMP): $(BIN)/uv requirements.lock $(PACKAGE_FILES)
	@echo "Installing the locked packages"
	@$(UV) install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(DEV_STAMP): $(RUN_STAMP) requirements-dev.lock
	@echo "Installing the locked packages for development"
	@$(UV) install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

$(PORTAL_STAMP): $(PORTAL_FILES)
	@echo "Building the portal's assets"
	@"$(NPM)" ci --prefix portal --no-audit --no-fund --loglevel=error
	@"$(NPM)" run build --prefix portal --silent
	@touch $@

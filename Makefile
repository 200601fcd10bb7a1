# `make run` and `make test` work in a fresh clone: every target installs what it needs into .venv.

PYTHON ?= python3
BIN := .venv/bin
# More than processors, because many tests wait for a disk, a server or a clock.
WORKERS ?= $(shell expr $$(nproc) + 2)
EXAMPLES ?= 10
PYTEST := $(BIN)/pytest -q -n $(WORKERS) --maxprocesses 8
POSTGRES := $(BIN)/python -m tests.postgres --
QUICK_POSTGRES := $(BIN)/python -m tests.postgres --fast --
# Where the marks "e2e" and "browser" may stand (tests/test_architecture.py); the rest need not be read.
E2E := tests/chaos tests/deploy tests/e2e
SQLITE := env -u DATABASE_URL PLANNER_TEST_ENGINE=sqlite
MANAGE := DEBUG=on $(BIN)/python manage.py
TEMPLATES = $(shell find templates -name '*.html')
PINS := $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-emit-index-url \
	--no-annotate

.NOTPARALLEL:
.PHONY: help run test test-sqlite test-postgres test-e2e test-browser schema-test nightly chaos boot-test lint fmt messages check upgrade-test \
	bench pins licences audit sbom clean

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

run: .venv/.installed ## The server with demo data and a simulated device; Ctrl-C ends it
	@$(BIN)/python deploy/run_local.py

test: test-sqlite schema-test test-e2e test-browser test-postgres ## Everything, on SQLite and PostgreSQL

test-sqlite: .venv/.installed-dev ## What needs no server and no browser, on SQLite
	$(SQLITE) $(PYTEST) -m "not (nightly or browser or e2e or race)"

test-postgres: .venv/.installed-dev ## What needs a database, and the races, on a private PostgreSQL that forgets when it falls
	$(QUICK_POSTGRES) $(PYTEST) -m "not (pure or nightly or browser or e2e)"

test-e2e: .venv/.installed-dev ## End to end over HTTP, on a private PostgreSQL as it is run
	$(POSTGRES) $(PYTEST) -m "e2e and not nightly" $(E2E)

test-browser: .venv/.installed-dev ## What needs Chromium
	@tests/chromium.sh >/dev/null
	$(QUICK_POSTGRES) $(PYTEST) -m "browser and not nightly" tests/browser

schema-test: .venv/.installed-dev .venv/schema/.installed ## Every promise of the OpenAPI document, by schemathesis
	$(POSTGRES) $(BIN)/python -m tests.schema --program .venv/schema/bin/st --examples $(EXAMPLES)

nightly: export HYPOTHESIS_PROFILE := nightly
nightly: .venv/.installed-dev ## The large sizes of the tests that have two
	$(SQLITE) $(PYTEST) -m "nightly and not (browser or e2e or race)"
	$(POSTGRES) $(PYTEST) -m "nightly and not boot"
	$(MAKE) boot-test
	$(MAKE) schema-test EXAMPLES=500

chaos: .venv/.installed-dev ## Everything killed, filled and flooded under load, and a report of it
	$(SQLITE) $(BIN)/pytest -q tests/chaos -m e2e

boot-test: .venv/.installed-dev ## deploy/install.sh on a bare Debian 12 with a systemd of its own; needs root and mmdebstrap
	$(SQLITE) $(BIN)/pytest -q tests/boot -m boot -rs

lint: .venv/.installed-dev ## Style, templates, migrations, the API's document, Django's own checks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --target-version 5.2 --check $(TEMPLATES)
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) check
	$(MANAGE) spectacular --validate --fail-on-warn --file /dev/null

fmt: .venv/.installed-dev ## Write the code and the templates as the linter wants them
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djade --target-version 5.2 $(TEMPLATES)

messages: .venv/.installed-dev ## The texts to translate, into locale/, and what is translated out of it
	$(MANAGE) makemessages --no-obsolete --add-location file \
	    $(if $(LANGUAGE),--locale $(LANGUAGE),--all) --ignore .venv --ignore tests --ignore simulator
	$(MANAGE) compilemessages --ignore .venv --verbosity 0

check: lint ## Everything that must hold before a release
	key=$$(head -c 48 /dev/urandom | base64 -w 0); \
	    DEBUG=off SECRET_KEY=$$key USER_TOKEN_KEYS=check:$$key DEVICE_TOKEN_KEYS=check:$$key \
	    CLAIM_PEPPERS=check:$$key SECOND_FACTOR_KEYS=check:$$key ALLOWED_HOSTS=planner.example \
	    $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(MAKE) test

upgrade-test: .venv/.installed-dev ## The last release serves while this code's migrations run, and back
	$(BIN)/python -m tests.upgrades

bench: .venv/.installed-dev ## How fast the sync is, beside what the machine can do at best
	$(BIN)/python -m benchmarks

pins: .venv/.installed-dev ## Write requirements*.txt anew from requirements*.in
	$(PINS) requirements.in -o requirements.txt
	$(PINS) requirements-dev.in -o requirements-dev.txt
	$(PINS) requirements-schema.in -o requirements-schema.txt
	$(PINS) requirements-audit.in -o requirements-audit.txt

licences: .venv/.installed-dev ## Write docs/licences.md from what the libraries say
	$(BIN)/python deploy/licences.py

audit: .venv/audit/.installed ## Whether a library that runs on a server has a known fault
	@for list in pypi osv; do \
	    told=$$(.venv/audit/bin/python -m pip_audit --vulnerability-service $$list --strict --disable-pip \
	        --require-hashes -r requirements.txt 2>&1) && echo "$$told" && exit 0; \
	    case $$told in *[Ff]"ound "[0-9]*) echo "$$told"; exit 1 ;; esac; \
	    echo "$$told" | tail -n 1; \
	done; \
	echo "Nothing is proved: the list of known faults could not be read for every library."; exit 2

sbom: .venv/audit/.installed ## What a server is made of, as CycloneDX: sbom.json
	@PYTHONWARNINGS=ignore .venv/audit/bin/python -m cyclonedx_py requirements --output-reproducible --pyproject pyproject.toml \
	    --output-file sbom.json requirements.txt

clean: ## Remove what tools left behind; the development database in .local stays
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .coverage htmlcov staticfiles screenshots
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# uv installs in seconds what takes pip a minute; where it is not to be had, pip does.
install = { [ -x $(BIN)/uv ] && $(BIN)/uv pip install --quiet --python $(BIN)/python -r $(1); } \
	|| $(BIN)/python -m pip install --quiet -r $(1)

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Planner needs Python 3.11 or newer in PATH."; exit 1; }
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" \
	    || { echo "Planner needs Python 3.11 or newer, this is $$($(PYTHON) -V)."; exit 1; }
	@$(PYTHON) -m venv .venv \
	    || { rm -rf .venv; echo "On Debian, venv is a package: apt install python3-venv."; exit 1; }
	@$(BIN)/python -m pip install -qq uv 2>/dev/null || true

.venv/.installed: requirements.txt | .venv/bin/python
	@echo "Installing the libraries into .venv"
	@$(call install,requirements.txt)
	@touch $@

.venv/.installed-dev: requirements.txt requirements-dev.txt | .venv/bin/python
	@echo "Installing the libraries for development into .venv"
	@$(call install,requirements-dev.txt)
	@touch $@ .venv/.installed

# An environment of its own for tools that would get into the product's way.
.venv/%/.installed: requirements-%.txt | .venv/bin/python
	@echo "Installing what $* needs into .venv/$*"
	@[ -x .venv/$*/bin/python ] || $(PYTHON) -m venv .venv/$*
	@$(BIN)/uv pip install --quiet --python .venv/$*/bin/python -r $< \
	    || .venv/$*/bin/python -m pip install --quiet -r $<
	@touch $@

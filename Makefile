# make demo | example | test | lint | typecheck | docs | bench | bench-report | wheel | wheels |
#      servers | clean
#
# Everything happens in .venv, .cache, build and dist.  Variables:
#   URL         database of the demo (default: SQLite in a file)
#   ENGINES     engines of the tests, by name; "all" adds mysql
#   SQLALCHEMY  version of SQLAlchemy to test with, e.g. "==2.0.*"
#   ALEMBIC     version of Alembic to test with, e.g. "==1.13.*"
#   PYTEST      further arguments for pytest
#   WORKERS     test processes
#   BENCH       size of the measurements: full, small (do they work?) or quick (as in CI)
#   BENCH_RESULTS  the file that keeps what a run has measured
#   BENCH_RUNS  files of other runs, to be shown beside it
#   PYTHON      the interpreter that .venv is made with

URL ?=
ENGINES ?= sqlite,postgresql,mariadb
SQLALCHEMY ?=
ALEMBIC ?=
PYTEST ?=
WORKERS ?= 3
PYTHON ?= python3

BIN := $(CURDIR)/.venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# -P: the checkout must not be imported in the place of the installed package.
RUN := $(BIN)/python -P

MODULES := $(shell find continuum dialects -name '*.py')
MYPY := --config-file "$(CURDIR)/pyproject.toml" --cache-dir "$(CURDIR)/.cache/mypy"
comma := ,

# With a C compiler the build must succeed; without one the same modules run uncompiled, and the
# heading of the tests says so.
CAN_COMPILE := import os, shutil, sysconfig as s; \
	cc = shutil.which((s.get_config_var("CC") or "cc").split()[0]); \
	header = os.path.exists(os.path.join(s.get_path("include"), "Python.h")); \
	print("compiled" if cc and header else "pure")
ifeq ($(CONTINUUM_NO_EXTENSIONS),1)
BUILD := pure
else
BUILD := $(shell $(PYTHON) -c '$(CAN_COMPILE)')
endif
# The build with its sources: anything that changes, comes or goes makes another one.
SOURCES := $(MODULES) continuum/py.typed setup.py pyproject.toml MANIFEST.in README.md LICENSE
STAMP := $(BUILD)-$(firstword $(shell cksum $(SOURCES) | cksum))
SWITCH_compiled := CONTINUUM_REQUIRE_CYTHON=1
SWITCH_pure := CONTINUUM_NO_EXTENSIONS=1

# Tests whose assertions pytest has rewritten are kept for the processes and runs that come after.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo example test suite lint typecheck docs bench bench-report bench-quick wheel wheels \
	servers install-all clean

DEMO_EXTRAS := cli$(if $(findstring postgresql,$(URL)),$(comma)postgresql)$(if $(findstring mysql,$(URL))$(findstring mariadb,$(URL)),$(comma)mysql)

demo: .venv/installed-$(STAMP)
	$(PIP) install "$$(ls dist/*.whl)[$(DEMO_EXTRAS)]"
	$(RUN) examples/gapminder.py $(if $(URL),"$(URL)")

# The life of examples/teahouse, as its README tells it, and its own tests.
example: install-all servers
	ENGINES=$(ENGINES) $(RUN) -m pytest tests/examples $(PYTEST)

# Style, types and pages are judged with the newest SQLAlchemy only.
test: $(if $(SQLALCHEMY),,lint typecheck) servers
	$(MAKE) --no-print-directory suite bench-quick

# The whole suite with the build at hand, then on SQLite, with the modules uncompiled, what compares,
# records, reads and reverts; CONTINUUM_NO_EXTENSIONS=1 runs all of it that way.
COMPARING := speedups model recording reading/test_changesets.py reading/test_diffs.py \
	reading/test_feed.py reading/test_reverting.py reading/test_vacuum.py suite
suite: install-all
	ENGINES=$(ENGINES) $(filter $(SWITCH_pure),$(SWITCH_$(BUILD))) \
		$(RUN) -m pytest -n $(WORKERS) $(PYTEST)
ifeq ($(BUILD),compiled)
	ENGINES=sqlite $(SWITCH_pure) $(RUN) -m pytest -n $(WORKERS) \
		$(COMPARING:%=tests/%) $(PYTEST)
endif

lint: .venv/tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# mypy cannot follow the package map: it is shown the package as it will be installed.  The count
# makes sure that it looked at every file.
typecheck: install-all
	rm -rf .cache/typecheck
	mkdir -p .cache/typecheck/continuum
	ln -s $(foreach path,$(wildcard continuum/*) dialects,"$(CURDIR)/$(path)") .cache/typecheck/continuum
	cd .cache/typecheck && $(RUN) -m mypy $(MYPY) -p continuum \
		> report || { cat report; exit 1; }
	cat .cache/typecheck/report
	grep -q " in $(words $(MODULES)) source files" .cache/typecheck/report
	cd tests && MYPYPATH="$(CURDIR)/.cache/typecheck" $(BIN)/python -m mypy $(MYPY) -p servers
	cd tests/typing && MYPYPATH="$(CURDIR)/.cache/typecheck" $(BIN)/python -m mypy $(MYPY) *.py
	cd examples/teahouse/src && MYPYPATH="$(CURDIR)/.cache/typecheck" \
		$(BIN)/python -m mypy $(MYPY) -p teahouse

# Sphinx goes through all pages before it fails, and tells everything that it warns of.
docs: install-all
	$(PIP) install --group docs
	rm -rf build/docs
	$(RUN) -m sphinx -q -E -W --keep-going -j 2 -d .cache/doctrees -b html docs build/docs
	@echo "the site is in build/docs/index.html"

# The page of results and its plots.  Other libraries are installed apart: what they bring along must
# not be around when this one is tested.
BENCH ?= full
BENCH_FOLDER ?= $(if $(filter full,$(BENCH)),docs,build)/benchmarks
BENCH_RESULTS ?= .cache/benchmarks-$(BENCH).json
bench: install-all servers .venv/peers/ready
	$(PIP) install --group bench
	mkdir -p .cache
	ENGINES=$(ENGINES) BENCH=$(BENCH) BENCH_PEERS="$(CURDIR)/.venv/peers/bin/python" $(ROOM) \
		$(RUN) -m pytest benchmarks -o faulthandler_timeout=3600 \
		--benchmark-json=$(BENCH_RESULTS) $(PYTEST); \
	status=$$?; $(REPORT) && exit $$status

# The page again, from what was measured before.
bench-report: install-all
	$(PIP) install --group bench
	$(REPORT)

REPORT = BENCH=$(BENCH) PYTHONPATH=benchmarks $(RUN) -m arena.report $(BENCH_FOLDER) \
	$(BENCH_RUNS) $(BENCH_RESULTS)

# Memory for the servers, so that they are measured and not the disk; what they write is too much
# for a folder in memory.
ROOM := SERVERS_DATA=/tmp POSTGRESQL_OPTIONS="-c shared_buffers=1GB -c max_wal_size=8GB -c checkpoint_timeout=1h" \
	MARIADB_OPTIONS="--innodb-buffer-pool-size=1G --innodb-log-file-size=1G"

# Small sizes, and only what decides: a ratio far beyond its bound fails.
bench-quick: install-all
	$(PIP) install --group bench
	ENGINES=$(ENGINES) BENCH=quick $(RUN) -m pytest -q \
		$(addprefix benchmarks/test_,handwritten.py report.py statements.py objects.py)

wheel: .venv/built-$(STAMP)

# Everything about wheels that can be seen on one machine.
wheels: .venv/ready
	$(PYTHON) -m venv .venv/wheels
	.venv/wheels/bin/python -m pip --disable-pip-version-check --quiet install --upgrade "pip>=25.1"
	.venv/wheels/bin/python -m pip --disable-pip-version-check --quiet install --group wheels
	PYTHON="$(CURDIR)/.venv/wheels/bin/python" WORKERS=$(WORKERS) .ci/wheels

servers: .venv/tools
	cd tests && ENGINES=$(ENGINES) $(BIN)/python -m servers.install

install-all: .venv/tools .venv/installed-$(STAMP)
	$(PIP) install "$$(ls dist/*.whl)[all]" $(if $(SQLALCHEMY),"SQLAlchemy$(SQLALCHEMY)") \
		$(if $(ALEMBIC),"alembic$(ALEMBIC)")

clean:
	rm -rf .venv build dist .cache/typecheck *.egg-info

.venv/ready:
	$(PYTHON) -m venv .venv
	$(PIP) install --upgrade "pip>=25.1"
	touch $@

.venv/tools: .venv/ready pyproject.toml
	$(PIP) install --group test --group lint
	touch $@

.venv/peers/ready: .venv/ready pyproject.toml
	$(PYTHON) -m venv .venv/peers
	.venv/peers/bin/python -m pip --disable-pip-version-check --quiet install --upgrade "pip>=25.1"
	.venv/peers/bin/python -m pip --disable-pip-version-check --quiet install --group peers
	touch $@

# What an earlier build left in build/ would end up in the wheel.
.venv/built-$(STAMP): .venv/ready
	rm -rf build dist .venv/built-* .venv/installed-*
	$(PIP) install --group build
	$(SWITCH_$(BUILD)) $(BIN)/python -m build --outdir dist . > .venv/build.log 2>&1 \
		|| { cat .venv/build.log; exit 1; }
	touch $@

.venv/installed-$(STAMP): .venv/built-$(STAMP)
	$(PIP) install --force-reinstall --no-deps dist/*.whl
	touch $@

# The commands of Levelhead. Each makes its own virtual environment from the lock first, and again when the lock changes.
# Needed: make and Python 3.11 or newer. PYTHON=/path/to/python chooses one.

PY := .venv/bin/python
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
ARGS ?=
# Some hundred programs are started by the tests: what Python makes of a file is kept, whatever the machine says.
PYTEST := env -u PYTHONDONTWRITEBYTECODE $(PY) -m pytest
# Whose tests run on PostgreSQL too: the store and its jobs always, with everything on whatever keeps rows.
WITH_ROWS := tests/jobs tests/store $(if $(LEVELHEAD_SYSTEM),tests/access tests/ingest tests/response tests/web)

.PHONY: help run sample worker test pictures check format bench soak lock words FORCE
.DELETE_ON_ERROR:

help:
	@echo "make run      start Levelhead (PORT=8501, LEVELHEAD_HOME=var)"
	@echo "make sample   start it with an invented association to try it with; kept in var-sample"
	@echo "make worker   start one more worker, on any machine that reaches the database"
	@echo "make test     all checks and tests; ARGS='-k policy' passes words on to pytest"
	@echo "make pictures make the pictures of the screens anew, after a change on purpose; needs Chromium"
	@echo "make check    the checks alone: style, types, import contracts"
	@echo "make format   put the code into the common style"
	@echo "make bench    the benchmarks, as one table"
	@echo "make soak     faults and load on the real parts, up to 75 minutes; ARGS=name runs one part"
	@echo "make words    bring the catalogues of the other languages up to date"
	@echo "make lock     make requirements.txt and requirements-dev.txt anew from the .in files"

run: .venv/requirements.txt
	@exec $(PY) -m web.supervisor

# Its data lives apart, whatever database is set.
SAMPLE := env -u LEVELHEAD_DATABASE_URL LEVELHEAD_HOME=var-sample
sample: .venv/requirements.txt
	@[ -e var-sample/levelhead.db ] || $(SAMPLE) $(PY) -m ingest sample || { rm -rf var-sample; exit 1; }
	@exec $(SAMPLE) $(PY) -m web.supervisor

worker: .venv/requirements.txt
	@exec $(PY) -m worker --apart

# The tests of what keeps rows run twice: on SQLite with all the others, and on PostgreSQL, whose server one waits for:
# three at a time keep two cores busy.
test: check
	$(PYTEST) -n 2 --dist worksteal $(ARGS)
	$(PYTEST) -n 3 --dist worksteal --database postgresql $(ARGS) $(WITH_ROWS)

# What the screens are compared with, in tests/browser/pictures. Look at each that changed before it is committed.
pictures: .venv/requirements-dev.txt
	LEVELHEAD_SYSTEM=1 $(PY) -m pytest -q tests/browser/test_screens.py -k looks --renew-pictures

check: .venv/requirements-dev.txt
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports

format: .venv/requirements-dev.txt
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: .venv/requirements-dev.txt
	$(PY) -m bench

soak: .venv/requirements-dev.txt
	@exec $(PY) -m tests.soak $(ARGS)

words: .venv/requirements-dev.txt
	@$(PY) -m model.catalogues

lock: $(PY)
	@$(PY) -m pip install --quiet --disable-pip-version-check uv
	$(PY) -m uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --custom-compile-command "make lock" requirements.in -o requirements.txt
	$(PY) -m uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --constraints requirements.txt requirements-dev.in -o requirements-dev.txt
	$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --override tests/system/isso-without.in tests/system/isso.in -o tests/system/isso.txt

# A copy of the lock stands in the environment that was made from it: equal bytes mean that there is nothing to do.
.venv/requirements.txt .venv/requirements-dev.txt: .venv/%: % $(PY) FORCE
	@if ! cmp -s $< $@; then \
	  echo "Installing what $< names into .venv; this takes a minute or two, once."; \
	  $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r $< && cp $< $@; \
	fi

$(PY):
	@python="$(PYTHON)"; \
	if [ -z "$$python" ]; then \
	  for each in $(CANDIDATES); do \
	    if $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$each; break; fi; \
	  done; \
	fi; \
	if [ -z "$$python" ]; then \
	  echo "Levelhead needs Python 3.11 or newer, and there is none here under these names: $(CANDIDATES)." >&2; \
	  echo "Install one, or say where it is: PYTHON=/path/to/python make run" >&2; exit 1; \
	fi; \
	version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])') || \
	  { echo "$$python does not start. Say where a Python 3.11 or newer is: PYTHON=/path/to/python" >&2; exit 1; }; \
	if ! $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
	  echo "Levelhead needs Python 3.11 or newer; $$python is $$version." >&2; exit 1; \
	fi; \
	if ! $$python -c 'import venv, ensurepip' 2>/dev/null; then \
	  echo "$$python ($$version) comes without venv. Install it and try again:" >&2; \
	  echo "  Debian, Ubuntu: apt install python$$version-venv (or python3-venv)" >&2; exit 1; \
	fi; \
	echo "Making .venv with Python $$version."; \
	$$python -m venv --clear .venv

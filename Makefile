# Needs Python 3.11 or newer, make, and a package registry. Everything is installed into .venv.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin

.PHONY: app test check fix dist bench travel gpu rehearse e2e clean browsers
.DELETE_ON_ERROR:

app: $(VENV)/app.stamp node_modules/.stamp  ## open the app in the browser at http://localhost:8501
	@$(BIN)/python -c 'from pathlib import Path; Path.home()' 2>/dev/null || { \
		echo "This user has no home folder, which Streamlit looks for: set HOME to a folder, as in HOME=/tmp make app," \
			"and GANLAB_DATA and GANLAB_RUNS to folders that can be written to" >&2; exit 1; }
	$(BIN)/streamlit run app.py

test: $(VENV)/dev.stamp node_modules/.stamp browsers check  ## everything that a change has to pass
	$(BIN)/pytest

check: $(VENV)/dev.stamp  ## format, lint, types and import contracts
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: $(VENV)/dev.stamp  ## format, and mend what ruff can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

e2e: $(VENV)/dev.stamp browsers  ## the app in real browsers
	$(BIN)/pytest tests/e2e

dist: $(VENV)/dev.stamp node_modules/.stamp  ## the package, as a wheel and an sdist, into the folder `dist`
	rm -rf dist
	$(BIN)/python -m build --no-isolation

bench: $(VENV)/dev.stamp node_modules/.stamp  ## measure speed; the figures in README come from here
	$(BIN)/python -m ganlab bench

travel: $(VENV)/dev.stamp  ## make the folder `travel`, which goes along to a GPU machine without a network
	$(BIN)/python bench/travel.py $(ARGS)

gpu:  ## check and measure on a GPU, with the python3 and torch of that machine; ARGS="--minutes 8 --out FOLDER"
	python3 bench/gpu.py $(ARGS)

rehearse: $(VENV)/dev.stamp  ## the same in five minutes, at tiny sizes on the CPU
	$(BIN)/python bench/gpu.py --rehearse $(ARGS)

clean:  ## remove what these commands made; runs, data and checkpoints stay
	rm -rf $(VENV) dist travel .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/app.stamp: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements-login.txt requirements-fid.txt requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --disable-pip-version-check -r requirements-dev.txt
	touch $@ $(VENV)/app.stamp

# Without npm, or when it fails, browsers fetch the ONNX runtime from a CDN, or the server draws.
node_modules/.stamp: package-lock.json
	@mkdir -p node_modules
	@if ! command -v npm >/dev/null; then \
		echo "npm is not here: live pictures will need the internet"; \
	elif npm ci --ignore-scripts --no-audit --no-fund; then \
		touch $@; \
	else \
		echo "npm failed: live pictures will need the internet"; \
	fi

$(BIN)/python:
	@for python in python3.11 python3 python3.12 python3.13; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "$$python -m venv $(VENV)"; \
			$$python -m venv $(VENV) && exit 0; \
			rm -rf $(VENV); exit 1; \
		fi; \
	done; \
	echo "ganlab needs Python 3.11 or newer; python3 here is: $$(python3 --version 2>&1)" >&2; exit 1

# Without a browser its e2e tests are skipped and say so; nothing else depends on them.
BROWSERS := chromium:chromium firefox-esr:firefox-esr WebKitWebDriver:webkit2gtk-driver Xvfb:xvfb
browsers:
	@missing=$$(for pair in $(BROWSERS); do command -v $${pair%:*} >/dev/null || echo $${pair#*:}; done); \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update; \
		for package in $$missing; do \
			apt-get install -y --no-install-recommends $$package \
				|| echo "$$package could not be installed: the e2e tests that need it will be skipped"; \
		done; \
	fi

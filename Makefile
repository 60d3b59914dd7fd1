# Needs Python 3.11 or newer, make, and a package registry. Everything is installed into .venv.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
BIOME := node_modules/.bin/biome

.PHONY: app test check fix dist bench reports small-reports failures travel gpu rehearse e2e clean browsers slurm
.DELETE_ON_ERROR:

app: $(VENV)/app.stamp node_modules/.stamp  ## open the app in the browser at http://localhost:8501
	@$(BIN)/python -c 'from pathlib import Path; Path.home()' 2>/dev/null || { \
		echo "This user has no home folder, which Streamlit looks for: set HOME to a folder, as in HOME=/tmp make app," \
			"and GANLAB_DATA and GANLAB_RUNS to folders that can be written to" >&2; exit 1; }
	$(BIN)/streamlit run app.py

# One process a processor, four at most; a file's tests stay together, as they share servers. What fails is run once
# more, and is listed as RERUN. The slowest tests are listed, since the whole has 35 minutes on two processors.
test: $(VENV)/dev.stamp node_modules/.dev-stamp browsers slurm $(VENV)/ray.stamp check  ## everything that a change has to pass
	$(BIN)/pytest -n logical --maxprocesses 4 --dist loadfile --reruns 1 --durations 40 --durations-min 8

check: $(VENV)/dev.stamp node_modules/.dev-stamp  ## format, lint, types and import contracts
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if [ -x $(BIOME) ]; then echo "$(BIOME) check" && $(BIOME) check --error-on-warnings; \
		else echo "Biome is not here: scripts and styles of the browser are not checked"; fi

fix: $(VENV)/dev.stamp node_modules/.dev-stamp  ## format, and mend what ruff and Biome can mend
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	@if [ -x $(BIOME) ]; then $(BIOME) check --write; fi

e2e: $(VENV)/dev.stamp browsers  ## the app in real browsers
	$(BIN)/pytest tests/e2e

dist: $(VENV)/dev.stamp node_modules/.stamp  ## the package, as a wheel and an sdist, into the folder `dist`
	rm -rf dist
	$(BIN)/python -m build --no-isolation

bench: $(VENV)/dev.stamp node_modules/.stamp  ## measure speed; the figures in README come from here
	$(BIN)/python -m ganlab bench

ANSWERS := mnist-gans faces infogan-codes latent-hidden-fid iclevr

reports: $(VENV)/app.stamp  ## the answers to five course reports, as folders with all their files in `reports`
	for name in $(ANSWERS); do $(BIN)/python -m ganlab report --template $$name --out reports/$$name || exit 1; done

small-reports: $(VENV)/app.stamp  ## the same as the small pages in `docs/reports`
	for name in $(ANSWERS); do \
		$(BIN)/python -m ganlab report --template $$name --small --out docs/reports/$$name.html || exit 1; done

failures: $(VENV)/app.stamp  ## train the examples of failures again, into `failures`
	$(BIN)/python docs/keep_failures.py

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

# Without npm, or when it fails, browsers fetch the ONNX runtime from a CDN, or the server draws. The app needs the
# runtime alone; Biome, which checks the scripts, takes 100 MB more.
node_modules/.stamp: NPM := npm ci --omit=dev
node_modules/.dev-stamp: NPM := npm ci
node_modules/.stamp node_modules/.dev-stamp: package-lock.json
	@mkdir -p node_modules
	@if [ $(@F) = .stamp ] && [ -n "$$(find node_modules -maxdepth 1 -name .dev-stamp -newer package-lock.json)" ]; then \
		touch $@; \
	elif ! command -v npm >/dev/null; then \
		echo "npm is not here: live pictures will need the internet"; \
	elif $(NPM) --ignore-scripts --no-audit --no-fund; then \
		touch $@; \
	else \
		echo "npm failed: live pictures will need the internet"; \
	fi

$(BIN)/python:
	@for python in python3.11 python3 python3.12 python3.13 python3.14; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "$$python -m venv $(VENV)"; \
			$$python -m venv $(VENV) && exit 0; \
			rm -rf $(VENV); exit 1; \
		fi; \
	done; \
	echo "ganlab needs Python 3.11 or newer; python3 here is: $$(python3 --version 2>&1)" >&2; exit 1

# The head of a Ray cluster for its tests (240 MB, 1.5 GB of memory while it runs). Without it they are skipped.
$(VENV)/ray.stamp: requirements-ray.txt | $(VENV)/dev.stamp
	@if $(BIN)/python -m pip install --disable-pip-version-check -r requirements-ray.txt; then touch $@; \
		else echo "Ray could not be installed: its tests will be skipped"; fi

# A Slurm of one machine for its tests: Debian's packages, unpacked and not installed. Without it they are skipped.
SLURM := slurmctld slurmd slurm-client slurm-wlm-basic-plugins
slurm: $(BIN)/python
	@if [ ! -x $(VENV)/slurm/usr/bin/sbatch ] && command -v apt-get >/dev/null && command -v dpkg >/dev/null; then \
		[ "$$(id -u)" != 0 ] || apt-get update -qq; \
		mkdir -p $(VENV)/slurm/packages && cd $(VENV)/slurm/packages && \
		apt-get download -q $$({ echo $(SLURM) | tr ' ' '\n'; apt-get install --simulate --no-install-recommends $(SLURM) \
			| awk '/^Inst/{print $$2}'; } | sort -u) && for file in *.deb; do dpkg -x $$file ..; done \
			|| echo "Slurm's packages could not be had: its tests will be skipped"; \
	fi

# Without a browser its e2e tests are skipped and say so; nothing else depends on them.
BROWSERS := chromium:chromium chromium-headless-shell:chromium-headless-shell firefox-esr:firefox-esr \
	WebKitWebDriver:webkit2gtk-driver Xvfb:xvfb
browsers:
	@missing=$$(for pair in $(BROWSERS); do command -v $${pair%:*} >/dev/null || echo $${pair#*:}; done); \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update; \
		for package in $$missing; do \
			apt-get install -y --no-install-recommends $$package \
				|| echo "$$package could not be installed: the e2e tests that need it will be skipped"; \
		done; \
	fi

# Two commands do all of the set-up on a machine with only Python 3.11 and git: `make demo`, `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test unit check format bench clean

demo: $(VENV)/user.stamp  ## caption a simulated video with the shipped checkpoint
	$(BIN)/videorecap demo -o demo

test: $(VENV)/dev.stamp  ## every test
	$(BIN)/python -m pytest -n 2

unit: $(VENV)/dev.stamp  ## the quick tests
	$(BIN)/python -m pytest -n 2 -m "not slow"

check: $(VENV)/dev.stamp  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/dev.stamp  ## captioning's speed; the simulated world's speed and questions; accuracy on its held-out videos; still scenes
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/sim.py
	$(BIN)/python benchmarks/sim_questions.py
	$(BIN)/python benchmarks/sim_accuracy.py
	$(BIN)/python benchmarks/still.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/user.stamp: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(INSTALL) -e .
	@touch $@

$(VENV)/dev.stamp: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(INSTALL) -e ".[dev]"
	@touch $@ $(VENV)/user.stamp

clean:
	rm -rf $(VENV) demo

"""``videorecap train`` killed in every stage: the same command goes on, and ends with the same bytes."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.micro import make_data, unified_recipe
from videorecap.training.recipe import to_json

pytestmark = pytest.mark.slow

NUM_STEPS = 30  # of a stage, far more than are taken between the step at which it is killed and its death
LAST_STEP = 7  # after which a stage is killed, a moment later
LONGEST_DELAY = 0.05  # seconds


def command(recipe: Path, data: Path, output: Path, *, loaders: int = 0) -> list[str]:
    options = ["--data", data, "-o", output, "--precision", "fp32", "--device", "cpu", "--workers", "1"]
    more = ["--loaders", str(loaders), "--save-every", "2", "--log-every", "1", "--no-estimate"]
    return [sys.executable, "-m", "videorecap", "train", *map(str, [recipe, *options, *more])]


def kill_in(stage: str, arguments: list[str], output: Path, steps: int, delay: float) -> None:
    """Kill the command a moment after a stage has taken some steps; it did not live to end the stage."""
    running = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    folder = output / "stages" / stage
    while running.poll() is None and num_lines(folder / "log.jsonl") < steps:
        time.sleep(0.002)
    time.sleep(delay)
    running.send_signal(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL, f"it ended by itself before it was killed in {stage}"
    assert not (folder / "weights.safetensors").exists(), f"stage {stage} was over before"


def num_lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def losses(output: Path, stage: str) -> list[object]:
    lines = (output / "stages" / stage / "log.jsonl").read_text().splitlines()
    return [(line["step"], line["losses"], line["learning_rate"]) for line in map(json.loads, lines)]


def test_the_same_command_goes_on_after_kill_9(tmp_path: Path) -> None:
    data, recipe = make_data(tmp_path / "data"), unified_recipe()
    recipe = replace(recipe, stages=tuple(replace(stage, steps=NUM_STEPS) for stage in recipe.stages))
    path = tmp_path / "recipe.json"
    path.write_text(to_json(recipe))
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    subprocess.run(command(path, data, whole), check=True, capture_output=True)
    chance = random.Random(7)
    for stage in recipe.stages:
        steps, delay = chance.randint(1, LAST_STEP), chance.uniform(0, LONGEST_DELAY)
        kill_in(stage.name, command(path, data, killed), killed, steps, delay)
    subprocess.run(command(path, data, killed), check=True, capture_output=True)
    for stage in recipe.stages:
        assert losses(killed, stage.name) == losses(whole, stage.name)
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        assert (killed / "system" / name).read_bytes() == (whole / "system" / name).read_bytes()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_sent_to_the_whole_group_ends_with_a_checkpoint(
    tmp_path: Path, number: signal.Signals
) -> None:
    """As batch systems and terminals send it: to the workers that make batches too."""
    data, stage = make_data(tmp_path / "data"), unified_recipe().stages[0]
    path, output = tmp_path / "recipe.json", tmp_path / "run"
    path.write_text(to_json(replace(unified_recipe(), stages=(replace(stage, steps=5000),))))
    arguments = command(path, data, output, loaders=1)
    running = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    while running.poll() is None and num_lines(output / "stages" / stage.name / "log.jsonl") < LAST_STEP:
        time.sleep(0.002)
    os.killpg(running.pid, number)
    _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert told.decode().splitlines()[-1].endswith("the same command continues where it was")
    assert "Traceback" not in told.decode()
    assert list((output / "stages" / stage.name).glob("step-*"))

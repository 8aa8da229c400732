"""``videorecap train`` started by ``torchrun``: two processes learn, and hand over, what one does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.micro import make_data, unified_recipe, without_dropout
from videorecap.training.recipe import to_json

pytestmark = pytest.mark.slow

TOLERANCE = 1e-5
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2")


def train(launcher: tuple[str, ...], recipe: Path, data: Path, output: Path, *more: str) -> None:
    options = [
        "--precision",
        "fp32",
        "--device",
        "cpu",
        "--workers",
        "1",
        "--loaders",
        "0",
        "--log-every",
        "1",
    ]
    command = [sys.executable, *launcher, "-m", "videorecap", "train", str(recipe), "--data", str(data)]
    done = subprocess.run(
        [*command, "-o", str(output), *options, "--no-estimate", *more],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("trained: ") == 1, "processes that know of each other end together"


def losses(output: Path, stage: str) -> list[dict[str, dict[str, float]]]:
    lines = (output / "stages" / stage / "log.jsonl").read_text().splitlines()
    return [json.loads(line)["losses"] for line in lines]


def test_two_processes_train_as_one(tmp_path: Path) -> None:
    data, recipe = make_data(tmp_path / "data"), without_dropout(unified_recipe())
    path, one, two = (tmp_path / name for name in ("recipe.json", "one", "two"))
    path.write_text(to_json(recipe))
    train((), path, data, one)
    train(TORCHRUN, path, data, two)
    for stage in recipe.stages:
        expected = losses(one, stage.name)
        assert len(expected) == stage.steps
        for ours, theirs in zip(losses(two, stage.name), expected, strict=True):
            assert ours.keys() == theirs.keys()
            for level, of in theirs.items():
                assert ours[level] == pytest.approx(of, abs=TOLERANCE), stage.name
    handed = {path.relative_to(one): path.read_bytes() for path in (one / "handovers").rglob("*.jsonl")}
    assert len(handed) == 4, "two levels of two videos"
    assert {
        path.relative_to(two): path.read_bytes() for path in (two / "handovers").rglob("*.jsonl")
    } == handed
    again = tmp_path / "again"
    train(TORCHRUN, path, data, again, "--cache", str(two / "cache"))
    assert not list(again.rglob("log.jsonl")), "all is taken from the cache"
    for stage in recipe.stages:
        name = f"stages/{stage.name}/weights.safetensors"
        assert (again / name).read_bytes() == (two / name).read_bytes()

"""The log: fixed ranges of steps, continued without a seam, what it costs."""

import sys

import pytest
import torch

from videorecap.errors import ConfigError
from videorecap.training.logs import Meter, RunLog, read_log

CPU = torch.device("cpu")


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def add(meter, name, total, count, waited=0.5):
    meter.add(name, {"caption": (total, count)}, samples=4, waited_seconds=waited, gradient_norm=total)


def test_a_line_has_means_over_the_steps_since_the_one_before(clock):
    meter = Meter(CPU, clock=clock)
    add(meter, "clip", 6.0, 2.0)
    add(meter, "clip", 2.0, 6.0)
    add(meter, "segment", 5.0, 1.0)
    clock.now += 4
    line = meter.line(3, 1e-3)
    assert line["losses"] == {"clip": {"caption": 1.0}, "segment": {"caption": 5.0}}
    assert line["gradient_norm"] == pytest.approx(13 / 3)
    assert (line["samples_per_second"], line["waiting_share"], line["seconds"]) == (3.0, 0.375, 4.0)
    add(meter, "segment", 3.0, 2.0)
    clock.now += 1
    line = meter.line(4, 1e-3)
    assert line["losses"] == {"segment": {"caption": 1.5}}
    assert (line["samples_per_second"], line["waiting_share"], line["seconds"]) == (4.0, 0.5, 5.0)


def test_a_meter_goes_on_from_what_it_stored(clock):
    meter = Meter(CPU, clock=clock)
    add(meter, "clip", 0.1, 3.0)
    clock.now += 2
    stored = meter.to_json()
    later = Clock()
    later.now = 5000.0
    again = Meter(CPU, stored, clock=later)
    for one in (meter, again):
        add(one, "clip", 0.2, 4.0)
    clock.now += 3
    later.now += 3
    losses = [one.line(2, 0.1)["losses"] for one in (meter, again)]
    assert losses[0] == losses[1] == {"clip": {"caption": pytest.approx(0.3 / 7)}}
    cost = again.cost(2)
    assert (cost.seconds, cost.waiting_seconds, cost.samples, cost.steps) == (5.0, 1.0, 8, 2)
    assert cost.peak_memory_bytes > 10e6
    assert cost.peak_cuda_bytes is None


def test_lines_of_steps_that_are_taken_again_are_cut_off(tmp_path):
    log = RunLog(tmp_path, uses_tensorboard=False)
    log.begin(0)
    for step in (5, 10, 15):
        log.write({"step": step, "losses": {}})
    with log.path.open("a") as file:
        file.write('{"step": 2')  # killed here
    again = RunLog(tmp_path, uses_tensorboard=False)
    again.begin(12)
    again.write({"step": 15, "losses": {"clip": {"caption": 1.0}}})
    assert [line["step"] for line in read_log(log.path)] == [5, 10, 15]
    assert list(read_log(log.path))[-1]["losses"]


def test_tensorboard_gets_every_number(tmp_path):
    event = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    log = RunLog(tmp_path)
    log.begin(0)
    log.write({"step": 5, "losses": {"clip": {"caption": 1.5}}, "learning_rate": 0.25})
    log.end()
    board = event.EventAccumulator(str(tmp_path / "tensorboard"))
    board.Reload()
    found = {key: [(s.step, s.value) for s in board.Scalars(key)] for key in board.Tags()["scalars"]}
    assert found == {"losses/clip/caption": [(5, 1.5)], "learning_rate": [(5, 0.25)]}


def test_weights_and_biases_is_told_to_be_missing_before_a_log_is_begun(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(ConfigError, match="pip install wandb"):
        RunLog(tmp_path, wandb_project="recap")
    assert list(tmp_path.iterdir()) == []


def test_weights_and_biases_gets_every_number(tmp_path, monkeypatch):
    """A run that goes on is the same run there."""
    calls, runs = [], []

    class Run:
        def log(self, numbers, step):
            calls.append((numbers, step))

        def finish(self):
            calls.append("finish")

    class Library:
        @staticmethod
        def init(**options):
            runs.append((options.pop("id"), options.pop("resume")))
            calls.append(options)
            return Run()

    monkeypatch.setitem(sys.modules, "wandb", Library)
    log = RunLog(tmp_path, uses_tensorboard=False, wandb_project="recap", name="tiny")
    log.begin(0)
    log.write({"step": 5, "losses": {"clip": {"caption": 1.5}}})
    log.end()
    assert calls == [
        {"project": "recap", "name": "tiny", "dir": str(tmp_path)},
        ({"losses/clip/caption": 1.5}, 5),
        "finish",
    ]
    log.begin(5)
    assert runs[0] == runs[1]
    assert runs[0][1] == "allow"

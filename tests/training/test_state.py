"""Checkpoints to continue from: whole or absent, strict, kept few."""

import json
import os
import resource
from contextlib import suppress
from dataclasses import replace

import pytest
import torch
from torch import nn

from videorecap.errors import CheckpointError, OutputError
from videorecap.training import state as states


@pytest.fixture
def state():
    weights = {"a": torch.arange(6.0).view(2, 3), "gate": torch.tensor(0.5)}
    optimizer = {f"{key}/{name}": value + 1 for key in ("step", "exp_avg") for name, value in weights.items()}
    return states.TrainingState(
        step=7, identity={"seed": 1, "optim": {"rate": 0.1}}, weights=weights, optimizer=optimizer
    )


def test_what_was_written_is_read(state, tmp_path):
    path = states.write_state(tmp_path, state)
    assert path.name == "step-00000007"
    read = states.read_state(states.latest(tmp_path))
    assert (read.step, read.identity, read.notes) == (state.step, state.identity, state.notes)
    for kind in ("weights", "optimizer", "average"):
        torch.testing.assert_close(getattr(read, kind), getattr(state, kind), rtol=0, atol=0)


def test_the_newest_stay(state, tmp_path):
    for step in (9, 100, 20):
        states.write_state(tmp_path, replace(state, step=step), keep=2)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["step-00000020", "step-00000100"]


def test_what_a_killed_run_was_writing_is_not_read_and_is_removed(state, tmp_path):
    states.write_state(tmp_path, state)
    part = tmp_path / ".step-00000009.part"
    part.mkdir()
    (part / "weights.safetensors").write_bytes(b"torn")
    assert states.latest(tmp_path).name == "step-00000007"
    states.write_state(tmp_path, replace(state, step=9))
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000009"]


class Killed(BaseException):
    """Not an error that anything handles."""


def killed_at(monkeypatch, moment):
    """From now on the process ends before it touches the disk for that many more times."""
    left = [moment]

    def counted(function):
        def touch(*args, **options):
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return function(*args, **options)

        return touch

    for owner, name in ((states, "save_file"), (os, "fsync"), (os, "rename"), (os, "mkdir"), (os, "unlink")):
        monkeypatch.setattr(owner, name, counted(getattr(owner, name)))


def test_killed_at_any_moment_of_writing_one_checkpoint_is_whole(state, tmp_path):
    """The old or the new one; and the next that is written leaves nothing of what was."""
    outcomes = []
    for moment in range(40):
        folder = tmp_path / str(moment)
        states.write_state(folder, state)
        newer = replace(state, step=9, weights={name: w + 1 for name, w in state.weights.items()})
        with pytest.MonkeyPatch.context() as patched, suppress(Killed):
            killed_at(patched, moment)
            states.write_state(folder, newer)
            break
        read = states.read_state(states.latest(folder))
        assert torch.equal(read.weights["a"], state.weights["a"] + (read.step == 9))
        outcomes.append(read.step)
        states.write_state(folder, replace(state, step=11))
        assert [path.name for path in folder.iterdir()] == ["step-00000011"]
    assert outcomes == sorted(outcomes)
    assert outcomes.count(7) > 6
    assert outcomes.count(9) > 3


@pytest.mark.parametrize("large", ["weights", "identity"])
def test_what_the_disk_has_no_room_for_is_told_and_the_one_before_stays(state, tmp_path, large):
    """Whoever writes the file: the library of the tensors has errors of its own."""
    states.write_state(tmp_path, state)
    content = {"weights": torch.zeros(50_000)} if large == "weights" else {"seed": "1" * 200_000}
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(OutputError, match=r"^cannot write .*step-00000009: .*File too large"):
            states.write_state(tmp_path, replace(state, step=9, **{large: content}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [path.name for path in tmp_path.iterdir()] == ["step-00000007"]


def test_a_folder_without_checkpoints_has_none(tmp_path):
    assert states.latest(tmp_path / "missing") is None
    (tmp_path / "step-best").mkdir()
    assert states.latest(tmp_path) is None


@pytest.mark.parametrize("damage", ["cut", "words", "missing"])
def test_a_damaged_checkpoint_is_named(state, tmp_path, damage):
    path = states.write_state(tmp_path, state)
    if damage == "cut":
        file = path / "weights.safetensors"
        file.write_bytes(file.read_bytes()[:-3])
    elif damage == "words":
        (path / states.STATE_FILE).write_text("[1]")
    else:
        (path / "optimizer.safetensors").unlink()
    with pytest.raises(CheckpointError, match=r"step-00000007: not a checkpoint of a training"):
        states.read_state(path)


def test_another_version_is_told(state, tmp_path):
    path = states.write_state(tmp_path, state)
    facts = json.loads((path / states.STATE_FILE).read_text())
    (path / states.STATE_FILE).write_text(json.dumps({**facts, "schema_version": 99}))
    with pytest.raises(CheckpointError, match="schema_version 99, this version reads 1"):
        states.read_state(path)


def test_what_differs_is_told(state, tmp_path):
    states.require_same({"optim": {"rate": 0.1}, "seed": 1}, state.identity, source=tmp_path)
    with pytest.raises(CheckpointError, match=r"another training \(seed: 1, now 2\); continue it as it was"):
        states.require_same({"optim": {"rate": 0.1}, "seed": 2}, state.identity, source=tmp_path)


def test_other_parameters_are_refused(state, tmp_path):
    parameters = {"a": nn.Parameter(torch.zeros(2, 3)), "b": nn.Parameter(torch.zeros(()))}
    with pytest.raises(CheckpointError, match="other parameters than this training: b, gate"):
        states.restore(parameters, state.weights, source=tmp_path)
    parameters = {"a": nn.Parameter(torch.zeros(3, 2)), "gate": nn.Parameter(torch.zeros(()))}
    with pytest.raises(CheckpointError, match=r"a has shape \(2, 3\), not \(3, 2\)"):
        states.restore(parameters, state.weights, source=tmp_path)


def test_an_optimizer_goes_on_as_if_nothing_had_happened(tmp_path):
    """Also with a parameter that it has not changed yet."""

    def step(parameters, optimizer, number):
        for n, parameter in enumerate(parameters.values()):
            parameter.grad = None if n == 1 and number < 2 else torch.full_like(parameter, number - 0.7)
        optimizer.step()

    def fresh():
        parameters = {name: nn.Parameter(torch.ones(2, 2)) for name in ("a", "late")}
        return parameters, torch.optim.AdamW(parameters.values(), lr=0.1)

    straight, optimizer = fresh()
    for number in range(2):
        step(straight, optimizer, number)
    state = states.TrainingState(
        step=2,
        identity={},
        weights=states.gather(straight),
        optimizer=states.optimizer_tensors(optimizer, straight),
    )
    stored = states.read_state(states.write_state(tmp_path, state))
    again, other = fresh()
    states.restore(again, stored.weights, source=tmp_path)
    states.restore_optimizer(other, again, stored.optimizer)
    for number in range(2, 5):
        step(straight, optimizer, number)
        step(again, other, number)
    for name, parameter in straight.items():
        assert torch.equal(parameter, again[name])

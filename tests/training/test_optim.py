"""The schedule is the authors'; what decays is told by shape."""

import json

import pytest
import torch

from videorecap.errors import ConfigError
from videorecap.training.optim import make_optimizer, parameter_groups, rate
from videorecap.training.plan import LoopConfig, TrainingPlan, seed_of
from videorecap.training.recipe import Optim

STEPS_PER_EPOCH = 10  # of the stored rates


@pytest.fixture(scope="module")
def stored(fixtures_dir):
    """Rates of runs of 5 and 15 epochs, by the authors' code."""
    rates = json.loads((fixtures_dir / "conventions.json").read_text())["lr"]
    return {key: rates[key] for key in ("epochs5", "epochs15")}


def rates(optim, num_steps, steps_per_epoch=STEPS_PER_EPOCH):
    return [rate(optim, n, num_steps=num_steps, steps_per_epoch=steps_per_epoch) for n in range(num_steps)]


@pytest.mark.parametrize("name", ["epochs5", "epochs15"])
def test_the_schedule_is_the_authors(stored, name):
    assert rates(Optim(), len(stored[name])) == pytest.approx(stored[name], rel=1e-12)


def test_a_later_stage_enters_the_schedule_where_the_one_before_left_it(stored):
    assert rates(Optim(skipped_epochs=5), 100) == pytest.approx(stored["epochs15"][50:], rel=1e-12)


def test_the_warm_up_may_be_given_in_steps():
    own = rates(Optim(warmup_steps=4, warmup_epochs=100), 40, steps_per_epoch=7.3)
    assert own[:4] == pytest.approx([1e-6 + n / 3 * (3e-5 - 1e-6) for n in range(4)])
    assert own[4] == pytest.approx(3e-5)
    assert own[3:] == sorted(own[3:], reverse=True)


def test_without_warm_up_it_begins_at_the_top():
    assert rates(Optim(warmup_steps=0), 10)[0] == pytest.approx(3e-5)


def test_vectors_and_scalars_do_not_decay():
    shapes = [(3, 4), (4,), (), (2, 3, 4)]
    parameters = [torch.nn.Parameter(torch.ones(shape)) for shape in shapes]
    decaying, others = parameter_groups(parameters, 0.25)
    assert [tuple(p.shape) for p in decaying["params"]] == [(3, 4), (2, 3, 4)]
    assert [tuple(p.shape) for p in others["params"]] == [(4,), ()]
    optimizer = make_optimizer(parameters, Optim(weight_decay=0.25, learning_rate=1e-2))
    for parameter in parameters:
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    assert [p.flatten()[0].item() for p in parameters] == pytest.approx([0.9975, 1, 1, 0.9975])


def test_seeds_of_steps_and_processes_differ():
    seeds = {seed_of(seed, step, rank) for seed in range(3) for step in range(50) for rank in range(4)}
    assert len(seeds) == 600
    assert seed_of(1, 23, 0) != seed_of(12, 3, 0)


def test_what_cannot_run_is_told():
    with pytest.raises(ConfigError, match="save_every_steps must be at least 1, got 0"):
        LoopConfig(save_every_steps=0)
    with pytest.raises(ConfigError, match="between 0 and 1, got 1"):
        TrainingPlan(weights={}, optim=Optim(), num_steps=1, steps_per_epoch=1, ema_decay=1.0)
    with pytest.raises(ConfigError, match="got 0, and 1 to an epoch"):
        TrainingPlan(weights={}, optim=Optim(), num_steps=0, steps_per_epoch=1)

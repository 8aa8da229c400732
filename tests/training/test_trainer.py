"""The loop: what a step is, stopping and going on, what it says when it cannot."""

import gc
import json
import multiprocessing
import os
import random
import signal
import time
import weakref
from datetime import timedelta

import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from toys import BATCH_SIZE, PointBatches, PointTask, ToyBatch, make_trainer, start_processes, train_toy

from videorecap.errors import CheckpointError, ConfigError, DataError, VideoRecapError
from videorecap.training.devices import make_accelerator
from videorecap.training.feed import Feed
from videorecap.training.logs import RunLog, read_log
from videorecap.training.optim import make_optimizer, rate
from videorecap.training.parcel import pack, unpack
from videorecap.training.recipe import Optim
from videorecap.training.state import latest, read_state
from videorecap.training.stops import REPORT_FILE

WEIGHTS = {"fit": 1.0, "size": 0.1}
OPTIM = Optim(learning_rate=1e-2, warmup_steps=3)


def points(folder, batches=None, *, task=None, **options):
    options = {"weights": WEIGHTS, **options}
    return make_trainer(task or PointTask(), batches or PointBatches(), folder, **options)


def logged(folder):
    """What of a log must not depend on interruptions."""
    return [(line["step"], line["losses"], line["learning_rate"]) for line in read_log(folder / "log.jsonl")]


def assert_equal(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name, tensor in ours.items():
        assert torch.equal(tensor, theirs[name]), name


def test_it_is_the_plain_loop(tmp_path):
    """Mean over the whole batch, clipped, with the rate of each step; what is not named stays."""
    plain = PointTask()
    frozen = {name: p.clone() for name, p in plain.frozen.named_parameters()}
    trained = [p for _, p in plain.trained()]
    optimizer = make_optimizer(trained, OPTIM)
    means = []
    for step in range(6):
        batch = PointBatches()(step, 0, 1)
        for group in optimizer.param_groups:
            group["lr"] = rate(OPTIM, step, num_steps=6, steps_per_epoch=5.0)
        sums = plain(batch)
        means.append({key: (total / batch.counts[key]).item() for key, total in sums.items()})
        optimizer.zero_grad()
        sum(WEIGHTS[key] * total / batch.counts[key] for key, total in sums.items()).backward()
        nn.utils.clip_grad_norm_(trained, OPTIM.max_grad_norm)
        optimizer.step()
    task, reports = PointTask(), []
    cost = points(tmp_path, task=task, num_steps=6, on_step=reports.append).run()
    for name, parameter in task.trained():
        torch.testing.assert_close(parameter, dict(plain.trained())[name])
    for name, parameter in task.frozen.named_parameters():
        assert torch.equal(parameter, frozen[name])
        assert not parameter.requires_grad
    assert [report.losses for report in reports] == [pytest.approx(mean) for mean in means]
    assert [report.name for report in reports] == ["even", "odd"] * 3
    assert (cost.steps, cost.samples) == (6, 6 * BATCH_SIZE)
    assert 0 < cost.waiting_seconds < cost.seconds


def test_micro_batches_change_nothing(tmp_path):
    """Though they have unequal numbers of tokens."""
    whole = points(tmp_path / "1")
    parts = points(tmp_path / "4", accumulate=4)
    for trainer in (whole, parts):
        trainer.run()
    for name, tensor in whole.weights().items():
        torch.testing.assert_close(parts.weights()[name], tensor, rtol=0, atol=1e-6)


def test_batches_made_ahead_are_the_same():
    feeds = [Feed(PointBatches(), parts=range(1, 3), num_parts=4, num_workers=n) for n in (0, 2)]
    steps = range(3, 9)
    for ours, theirs, step in zip(*(feed(steps) for feed in feeds), steps, strict=True):
        assert ours.step == theirs.step == step
        assert [part.samples for part in ours.parts] == [part.samples for part in theirs.parts]
        for one, other in zip(ours.parts, theirs.parts, strict=True):
            torch.testing.assert_close(one.tensors, other.tensors, rtol=0, atol=0)


@pytest.mark.parametrize("num_workers", [0, 1])
def test_an_error_of_the_data_stays_one_line(num_workers):
    def batches(step, part, num_parts):
        raise DataError(f"no samples at step {step}")

    feed = Feed(batches, parts=range(1), num_parts=1, num_workers=num_workers)
    with pytest.raises(DataError, match=r"^no samples at step 2$"):
        next(feed(range(2, 4)))


def test_any_other_error_of_a_batch_stays_what_it_is():
    gc.collect()  # of what tests before have left

    def batches(step, part, num_parts):
        raise RuntimeError("shapes [3] and [4] do not fit")

    feed = Feed(batches, parts=range(1), num_parts=1, num_workers=1)
    with pytest.raises(RuntimeError, match="do not fit") as remembered:
        next(feed(range(2, 4)))
    assert multiprocessing.active_children() == []
    del remembered


def test_where_processes_cannot_be_forked_batches_are_made_without(monkeypatch, caplog):
    """What they are made from cannot be sent to others."""
    monkeypatch.setattr("videorecap.training.feed.CAN_FORK", False)
    made = []
    feed = Feed(lambda *place: made.append(place), parts=range(2), num_parts=2, num_workers=3)
    next(feed(range(1)))
    assert made == [(0, 0, 2), (0, 1, 2)]
    assert "made without workers" in caplog.text


def test_processes_wait_for_each_other_for_hours():
    """One may still render, where the others have nothing left to do."""
    assert make_accelerator("fp32", cpu=True).init_handler.timeout >= timedelta(hours=12)


@pytest.mark.slow
def test_a_parcel_holds_any_tensor_and_of_a_part_only_that():
    large = torch.randn(1000, 5)
    tensors = {
        "part": large[2:4],
        "turned": large[:3].T,
        "half": torch.ones(3, dtype=torch.bfloat16),
        "scalar": torch.tensor(1.5, dtype=torch.bfloat16),
        "truth": torch.tensor([[True], [False]]),
        "empty": torch.empty(0, 3),
    }
    parcel = pack({**tensors, "array": large.numpy()[7], "text": "as it was"})
    assert parcel.memory.numel() < 1000
    other = unpack(parcel)
    assert (other.pop("text"), other.pop("array").tolist()) == ("as it was", large[7].tolist())
    assert other.keys() == tensors.keys()
    for name, tensor in tensors.items():
        torch.testing.assert_close(other[name], tensor, rtol=0, atol=0)
    other["part"] += 1
    torch.testing.assert_close(other["part"], tensors["part"] + 1)


@pytest.mark.slow  # since torch looks after its processes every five seconds
def test_a_process_that_dies_is_told():
    def batches(step, part, num_parts):
        os.kill(os.getpid(), signal.SIGKILL)

    feed = Feed(batches, parts=range(1), num_parts=1, num_workers=1)
    with pytest.raises(VideoRecapError, match=r"^a process that makes batches died .* need less memory$"):
        next(feed(range(2, 4)))


class Killed(BaseException):
    """Not an error that anything handles."""


@pytest.mark.parametrize("killed_at", [3, 8, 10, 16])
def test_a_stopped_run_goes_on_as_if_it_had_not_been(tmp_path, killed_at):
    """Bit for bit, with dropout, an average of the weights, and saves that fall between lines of the log."""

    def run(folder, on_step=None):
        trainer = points(
            folder,
            task=PointTask(dropout=0.3),
            plan={"ema_decay": 0.9},
            log=RunLog(folder, uses_tensorboard=False),
            log_every=5,
            save_every_steps=4,
            on_step=on_step,
        )
        trainer.run()
        return trainer

    def kill(report):
        if report.step == killed_at:
            raise Killed

    straight, broken = tmp_path / "straight", tmp_path / "broken"
    expected = run(straight)
    with pytest.raises(Killed):
        run(broken, on_step=kill)
    resumed = run(broken)
    assert_equal(resumed.weights(), expected.weights())
    assert logged(broken) == logged(straight)
    for file in ("weights", "optimizer", "average"):
        paths = [folder / "step-00000020" / f"{file}.safetensors" for folder in (broken, straight)]
        assert_equal(*map(load_file, paths))


def test_dropout_is_drawn_anew_at_each_step(tmp_path):
    """By the seed of the training, whatever was drawn before."""

    def weights(folder, seed):
        trainer = points(folder, task=PointTask(dropout=0.5), num_steps=4, plan={"seed": seed})
        before = torch.random.get_rng_state()
        trainer.run()
        assert torch.equal(torch.random.get_rng_state(), before)
        torch.rand(3)
        return trainer.weights()["trunk.weight"]

    one, same, other = (weights(tmp_path / str(n), seed) for n, seed in enumerate((1, 1, 2)))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_a_finished_training_is_not_done_again(tmp_path):
    expected = points(tmp_path)
    expected.run()
    taken = []
    again = points(tmp_path, on_step=taken.append)
    again.run()
    assert taken == []
    assert_equal(again.weights(), expected.weights())


def test_another_training_is_not_continued(tmp_path):
    points(tmp_path, num_steps=4).run()
    with pytest.raises(CheckpointError, match="num_steps: 4, now 5"):
        points(tmp_path, num_steps=5).run()


def test_ctrl_c_saves_after_the_step_under_way(tmp_path):
    def interrupt(report):
        if report.step == 7:
            signal.raise_signal(signal.SIGINT)

    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(KeyboardInterrupt):
        points(tmp_path, on_step=interrupt).run()
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert latest(tmp_path).name == "step-00000007"


def test_a_loss_that_is_not_finite_stops_before_anything_changes(tmp_path):
    task = PointTask()
    seen = {}

    def remember(report):
        seen.update({name: p.detach().clone() for name, p in task.trained()})

    with pytest.raises(
        VideoRecapError, match=r"step 5: the fit loss of a batch of 'odd' is not finite"
    ) as told:
        points(tmp_path, PointBatches(poisoned_step=5), task=task, accumulate=2, on_step=remember).run()
    assert "\n" not in str(told.value)
    report = json.loads((tmp_path / REPORT_FILE).read_text())
    assert (report["step"], report["name"], report["what"]) == (5, "odd", "fit loss")
    assert report["learning_rate"] == rate(OPTIM, 5, num_steps=20, steps_per_epoch=5.0)
    poisoned = [part for part in report["parts"] if "5-3" in part["samples"]]
    assert [part["sums"]["fit"] for part in poisoned] == ["nan"]
    assert_equal({name: p.detach() for name, p in task.trained()}, seen)


def test_a_gradient_that_is_not_finite_stops_too(tmp_path):
    class Steep(nn.Module):
        def __init__(self):
            super().__init__()
            self.x = nn.Parameter(torch.zeros(2))

        def forward(self, batch):
            return {"fit": self.x.sqrt().sum()}

    task = Steep()
    trainer = make_trainer(
        task,
        lambda *_: ToyBatch("clip", ("a",), {"fit": 1}, ()),
        tmp_path,
        weights={"fit": 1.0},
        parameters=task.named_parameters(),
    )
    with pytest.raises(VideoRecapError, match="step 0: the gradient of a batch of 'clip'"):
        trainer.run()
    assert task.x.tolist() == [0, 0]


def test_more_parts_than_samples_are_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"8 samples of 'even', which leaves some of 1 processes x 9"):
        points(tmp_path, accumulate=9).run()


def test_what_has_no_weight_or_is_not_the_tasks_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"'odd' counts size, which has no weight"):
        points(tmp_path / "a", weights={"fit": 1.0}).run()
    with pytest.raises(ConfigError, match=r"no parameters of the task: other\.weight"):
        points(tmp_path / "b", parameters=[("other.weight", nn.Parameter(torch.ones(1)))])


def test_epochs_are_told(tmp_path):
    """Also where they do not fall on whole steps, and the end; the task is set to learn again after each."""
    task, epochs, modes = PointTask(), [], []

    def evaluate(epoch):
        epochs.append(epoch)
        task.eval()

    points(
        tmp_path,
        task=task,
        num_steps=10,
        plan={"steps_per_epoch": 3.5},
        on_epoch=evaluate,
        on_step=lambda _: modes.append(task.training),
    ).run()
    assert epochs == [1, 2, 10 / 3.5]
    assert all(modes)


def test_the_average_of_the_weights(tmp_path):
    task, seen = PointTask(), []
    trainer = points(
        tmp_path,
        task=task,
        num_steps=12,
        plan={"ema_decay": 0.4},
        on_step=lambda _: seen.append(task.trunk.weight.detach().clone()),
    )
    expected = task.trunk.weight.detach().clone()
    trainer.run()
    for number, weight in enumerate(seen, 1):
        decay = min(0.4, number / (number + 9))
        expected = decay * expected + (1 - decay) * weight
    trainer.use_average()
    torch.testing.assert_close(task.trunk.weight.detach(), expected)
    with pytest.raises(ConfigError, match="train with an ema_decay"):
        points(tmp_path / "none").use_average()


def test_trainings_follow_each_other(tmp_path):
    """With one accelerator, which keeps nothing of the first; the same module may be trained again."""
    accelerator, task = make_accelerator("bf16", cpu=True), PointTask()
    first = points(tmp_path / "1", task=task, accelerator=accelerator)
    first.run()
    optimizer = weakref.ref(first._optimizer)
    del first
    second = points(tmp_path / "2", task=task, accelerator=accelerator)
    assert optimizer() is None
    other = PointTask()
    other.load_state_dict(task.state_dict())
    alone = points(tmp_path / "3", task=other, accelerator=make_accelerator("bf16", cpu=True))
    for trainer in (second, alone):
        trainer.run()
    assert_equal(second.weights(), alone.weights())


def test_checkpoints_hold_what_is_trained_and_no_more(tmp_path):
    points(tmp_path, num_steps=4).run()
    state = read_state(latest(tmp_path))
    assert set(state.weights) == {name for name, _ in PointTask().trained()}


def test_half_precision_learns_nearly_the_same(tmp_path):
    full = points(tmp_path / "full")
    half = points(tmp_path / "half", accelerator=make_accelerator("bf16", cpu=True))
    for trainer in (full, half):
        trainer.run()
    for name, tensor in full.weights().items():
        assert half.weights()[name].dtype == torch.float32
        torch.testing.assert_close(half.weights()[name], tensor, rtol=0, atol=0.05)
    with pytest.raises(ConfigError, match="fp16 needs a GPU, and this is cpu; bf16 would do"):
        make_accelerator("fp16", cpu=True)


@pytest.mark.slow
def test_a_run_killed_at_any_moment_goes_on_as_if_it_had_not_been(tmp_path):
    """Also while it writes a checkpoint, which this one does at every second step."""
    loop = {"save_every_steps": 2, "log_every": 5}
    straight, broken = tmp_path / "straight", tmp_path / "broken"
    train_toy("points", straight, num_steps=100, loop=loop)
    moments = random.Random(5)
    for _ in range(6):
        before = latest(broken)
        (process,) = start_processes("points", broken, num_steps=100, loop=loop)
        while latest(broken) == before:
            time.sleep(0.002)
        time.sleep(moments.uniform(0, 0.05))
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL, "it had finished: kill it sooner"
    train_toy("points", broken, num_steps=100, loop=loop)
    for file in ("weights", "optimizer"):
        paths = [folder / "step-00000100" / f"{file}.safetensors" for folder in (broken, straight)]
        assert_equal(*map(load_file, paths))
    assert logged(broken) == logged(straight)
    assert [path.name for path in sorted(broken.iterdir())] == ["log.jsonl", "step-00000100"]

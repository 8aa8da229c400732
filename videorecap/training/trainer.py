"""The training loop, one for every stage: it knows batches and losses, and nothing of what they are about.

Devices, precision, data parallelism and sharding are Hugging Face Accelerate's. A training is a pure function
of its arguments: what a step does depends on the seed, the step and the state before it, so a run that was
killed continues from its newest checkpoint and ends with the same weights. On a CPU that holds bit by bit.

Sharded training (``accelerate launch`` with FSDP of version 2) runs through the same code. It is tested with
processes on a CPU; on GPUs, and together with half precision, it is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import torch
from accelerate import Accelerator  # type: ignore[import-untyped]
from accelerate.utils import gather_object  # type: ignore[import-untyped]
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from videorecap.errors import ConfigError, VideoRecapError
from videorecap.training import state as states
from videorecap.training.batch import Batch, Batches
from videorecap.training.devices import add_up, average_unsharded, clip_gradients, prepare
from videorecap.training.feed import Fed, Feed, Parts
from videorecap.training.logs import Cost, Meter, RunLog
from videorecap.training.optim import make_optimizer, rate
from videorecap.training.plan import LoopConfig, StepReport, TrainingPlan, seed_of
from videorecap.training.stops import Interrupts, describe_part, not_finite

EMA_DELAY: Final = 9.0  # steps after which half of the average of the weights is older than the last step


@dataclass(frozen=True)
class _Agreed:
    """What the processes agreed on about a step."""

    is_stopping: bool
    num_samples: int
    counts: dict[str, float]


class Trainer:
    """One training of one task.

    Every process must get samples at every step, so the batch must have at least processes x ``accumulate``
    samples. Which parameters a loss uses may differ between steps and, unless sharded, between micro-batches.

    Args:
        accelerator: of ``make_accelerator``; lets go what a training before gave it.
        task: a module that is a ``Task``; moved to the device. Of its parameters those of ``parameters``
            are trained and the others frozen.
        batches: the samples of each step.
        plan: what it aims at.
        parameters: what is trained, with the names that checkpoints and ``weights`` use.
        loop: how it is run.
        folder: of the checkpoints, seen by all processes.
        log: told every ``log_every`` steps by the main process, or None.
        on_step: called in the main process after each step.
        on_epoch: called in every process after each epoch and at the end, with the number of epochs; it may
            change nothing that is trained.

    Raises:
        ConfigError: if a parameter is not the task's, or processes shard as FSDP 1 does.
    """

    def __init__(
        self,
        accelerator: Accelerator,
        task: nn.Module,
        batches: Batches[Batch],
        *,
        plan: TrainingPlan,
        parameters: Iterable[tuple[str, nn.Parameter]],
        loop: LoopConfig,
        folder: Path,
        log: RunLog | None = None,
        on_step: Callable[[StepReport], object] | None = None,
        on_epoch: Callable[[float], object] | None = None,
    ) -> None:
        trained = dict(parameters)
        inner = _freeze_others(task, trained)
        self._accelerator = accelerator
        self._plan = plan
        self._identity = {**plan.identity(), "precision": accelerator.mixed_precision}
        self._loop = loop
        self._folder = folder
        self._log = log if accelerator.is_main_process else None
        self._on_step = on_step if accelerator.is_main_process else None
        self._on_epoch = on_epoch
        optimizer = make_optimizer(trained.values(), plan.optim)
        self._model, self._optimizer = prepare(accelerator, task, optimizer)
        prepared = dict(accelerator.unwrap_model(self._model).named_parameters())
        self._trained: dict[str, nn.Parameter] = {name: prepared[inner[name]] for name in trained}
        self._average = self._copies() if plan.ema_decay is not None else {}
        rank, world = accelerator.process_index, accelerator.num_processes
        own = range(rank * loop.accumulate, (rank + 1) * loop.accumulate)
        self._feed = Feed(batches, parts=own, num_parts=world * loop.accumulate, num_workers=loop.num_workers)
        self._meter = Meter(accelerator.device)
        self._saved_step: int | None = None

    def run(self) -> Cost:
        """Train to the last step, from the newest checkpoint in the folder, or from the start.

        Ctrl-C or SIGTERM ends it after the step under way, with a checkpoint; a second one ends it at once.

        Raises:
            KeyboardInterrupt: when it was asked to stop; the same call continues.
            VideoRecapError: if a loss is not finite, or a batch cannot be made.
            CheckpointError: if the checkpoint is of another training.
            ConfigError: if a process gets no samples.
        """
        first = self._restore()
        if self._log is not None:
            self._log.begin(first)
        try:
            self._steps(first)
        finally:
            if self._log is not None:
                self._log.end()
        return self._meter.cost(self._plan.num_steps)

    def _steps(self, first: int) -> None:
        """Take all steps from this one on."""
        self._model.train()
        device = self._accelerator.device
        feed = self._feed(range(first, self._plan.num_steps))
        with (
            Interrupts() as interrupts,
            torch.random.fork_rng(devices=[device] if device.type == "cuda" else []),
            closing(feed),
        ):
            for fed in feed:
                agreed = self._agree(fed, is_stopping=interrupts.is_requested)
                if agreed.is_stopping:
                    self._save(fed.step)
                    raise KeyboardInterrupt
                self._finish(self._take(fed, agreed))
            self._save(self._plan.num_steps)
            (is_stopping,) = add_up(self._accelerator, [interrupts.is_requested])
            if is_stopping:
                raise KeyboardInterrupt

    def weights(self) -> dict[str, Tensor]:
        """Copies on the CPU of what is trained, by the names given; every process must ask."""
        return {name: tensor.clone() for name, tensor in states.gather(self._trained).items()}

    @torch.no_grad()
    def use_average(self) -> None:
        """Put the running average of the weights in their place.

        Raises:
            ConfigError: if none was kept.
        """
        if not self._average:
            raise ConfigError("there is no average of the weights: train with an ema_decay")
        for name, parameter in self._trained.items():
            parameter.copy_(self._average[name])

    def _agree(self, fed: Fed, *, is_stopping: bool) -> _Agreed:
        """Agree with all processes on the denominators of a step, and on whether to take it."""
        for part in fed.parts:
            if odd := sorted(part.counts.keys() - self._plan.weights.keys()):
                raise ConfigError(f"a batch of {part.name!r} counts {', '.join(odd)}, which has no weight")
        num_samples = sum(len(part.samples) for part in fed.parts)
        num_empty = sum(not part.samples for part in fed.parts)
        counts = [sum(part.counts.get(key, 0) for part in fed.parts) for key in self._plan.weights]
        stops, empty, samples, *totals = add_up(
            self._accelerator, [is_stopping, num_empty, num_samples, *counts]
        )
        if empty:
            raise ConfigError(
                f"step {fed.step} has {samples:.0f} samples of {fed.parts[0].name!r}, which leaves some of "
                f"{self._accelerator.num_processes} processes x {self._loop.accumulate} micro-batches "
                f"without any; take larger batches, or fewer parts"
            )
        return _Agreed(bool(stops), round(samples), dict(zip(self._plan.weights, totals, strict=True)))

    def _take(self, fed: Fed, agreed: _Agreed) -> StepReport:
        """Take one optimizer step."""
        plan = self._plan
        learning_rate = rate(
            plan.optim, fed.step, num_steps=plan.num_steps, steps_per_epoch=plan.steps_per_epoch
        )
        for group in self._optimizer.param_groups:
            group["lr"] = learning_rate
        torch.manual_seed(seed_of(plan.seed, fed.step, self._accelerator.process_index))
        rows = [self._backward(fed.parts, i, agreed.counts) for i in range(len(fed.parts))]
        sums = torch.stack(rows).cpu().double()
        totals = dict(zip(plan.weights, add_up(self._accelerator, sums.sum(0).tolist()), strict=True))
        norm = self._clip()
        if (fault := self._fault(totals, norm)) is not None:
            raise self._not_finite(fed, fault, sums.tolist(), learning_rate)
        self._optimizer.step()
        self._optimizer.zero_grad()
        self._update_average(fed.step + 1)
        name, own = fed.parts[0].name, fed.parts[0].counts
        losses = {key: (totals[key], agreed.counts[key]) for key in plan.weights if key in own}
        self._meter.add(
            name,
            losses,
            samples=agreed.num_samples,
            waited_seconds=fed.waited_seconds,
            gradient_norm=norm if math.isfinite(norm) else 0.0,
        )
        means = {key: total / max(count, 1.0) for key, (total, count) in losses.items()}
        return StepReport(step=fed.step + 1, name=name, losses=means, learning_rate=learning_rate)

    def _fault(self, totals: Mapping[str, float], norm: float) -> str | None:
        """What is not finite; a gradient in half precision may be so, and its step is then left out."""
        for key, total in totals.items():
            if not math.isfinite(total):
                return f"{key} loss"
        return "gradient" if self._accelerator.scaler is None and not math.isfinite(norm) else None

    def _backward(self, parts: Parts, index: int, counts: Mapping[str, float]) -> Tensor:
        """Add a micro-batch to the gradients; its sums of the objectives, [objectives]."""
        is_last = index == len(parts) - 1
        with nullcontext() if is_last else self._accelerator.no_sync(self._model):
            with self._attention():
                sums: dict[str, Tensor] = self._model(parts[index])
            terms = [
                weight * sums[key] / max(counts[key], 1.0)
                for key, weight in self._plan.weights.items()
                if key in sums
            ]
            # gradients are averaged over processes, and wanted as their sum
            self._accelerator.backward(torch.stack(terms).sum() * self._accelerator.num_processes)
        nothing = terms[0].new_zeros(())
        return torch.stack([sums.get(key, nothing).detach().float() for key in self._plan.weights])

    def _attention(self) -> AbstractContextManager[object]:
        """On a CPU, for sequences as short as ours, plain attention is twice as fast to learn through."""
        if self._accelerator.device.type == "cpu":
            return cast(AbstractContextManager[object], sdpa_kernel(SDPBackend.MATH))
        return nullcontext()

    def _clip(self) -> float:
        """Clip the gradients; their norm before that."""
        average_unsharded(self._accelerator, self._trained.values())
        self._accelerator.unscale_gradients(self._optimizer)
        return clip_gradients(self._trained.values(), self._plan.optim.max_grad_norm)

    @torch.no_grad()
    def _update_average(self, num_steps: int) -> None:
        """Early on it decays faster, so that the weights at the start are soon forgotten."""
        if self._plan.ema_decay is not None:
            decay = min(self._plan.ema_decay, num_steps / (num_steps + EMA_DELAY))
            for name, average in self._average.items():
                average.lerp_(self._trained[name], 1 - decay)

    def _finish(self, report: StepReport) -> None:
        """Tell of a step, and save."""
        if report.step % self._loop.log_every == 0 or report.step == self._plan.num_steps:
            line = self._meter.line(report.step, report.learning_rate)
            if self._log is not None:
                self._log.write(line)
        if self._on_step is not None:
            self._on_step(report)
        epochs = report.step / self._plan.steps_per_epoch
        is_whole = math.floor(epochs) > math.floor((report.step - 1) / self._plan.steps_per_epoch)
        if self._on_epoch is not None and (is_whole or report.step == self._plan.num_steps):
            self._on_epoch(math.floor(epochs) if is_whole else epochs)
            self._model.train()
        if report.step % self._loop.save_every_steps == 0:
            self._save(report.step)

    def _save(self, step: int) -> None:
        """Write a checkpoint, unless this step has one."""
        if step == self._saved_step:
            return
        is_main = self._accelerator.is_main_process
        scaler = self._accelerator.scaler
        optimizer = states.optimizer_tensors(self._optimizer, self._trained)
        state = states.TrainingState(
            step=step,
            identity=self._identity,
            weights=states.gather(self._trained, is_wanted=is_main),
            optimizer=states.gather(optimizer, is_wanted=is_main),
            average=states.gather(self._average, is_wanted=is_main),
            notes={"meter": self._meter.to_json(), "scaler": scaler.state_dict() if scaler else None},
        )
        if is_main:
            states.write_state(self._folder, state, keep=self._loop.keep)
        self._accelerator.wait_for_everyone()
        self._saved_step = step

    def _restore(self) -> int:
        """Go back to the newest checkpoint; how many steps it has taken."""
        scaler = self._accelerator.scaler
        if scaler is not None:  # it may come from a training before
            scaler.load_state_dict(torch.amp.GradScaler(self._accelerator.device.type).state_dict())
        path = states.latest(self._folder)
        if path is None:
            return 0
        state = states.read_state(path)
        states.require_same(self._identity, state.identity, source=path)
        states.restore(self._trained, state.weights, source=path)
        states.restore(self._average, state.average, source=path)
        states.restore_optimizer(self._optimizer, self._trained, state.optimizer)
        if scaler is not None:
            scaler.load_state_dict(state.notes["scaler"])
        self._meter = Meter(self._accelerator.device, state.notes["meter"])
        self._saved_step = state.step
        self._accelerator.wait_for_everyone()
        return state.step

    def _not_finite(
        self, fed: Fed, what: str, sums: Sequence[Sequence[float]], learning_rate: float
    ) -> VideoRecapError:
        told = [
            describe_part(part, dict(zip(self._plan.weights, row, strict=True)))
            for part, row in zip(fed.parts, sums, strict=True)
        ]
        return not_finite(
            self._folder,
            step=fed.step,
            name=fed.parts[0].name,
            what=what,
            learning_rate=learning_rate,
            parts=gather_object(told),
            writes=self._accelerator.is_main_process,
        )

    def _copies(self) -> dict[str, Tensor]:
        return {name: parameter.detach().clone() for name, parameter in self._trained.items()}


def _freeze_others(task: nn.Module, trained: Mapping[str, nn.Parameter]) -> dict[str, str]:
    """Let only these parameters of a task learn; the task's names of them."""
    inner = {id(parameter): name for name, parameter in task.named_parameters()}
    if strange := sorted(name for name, parameter in trained.items() if id(parameter) not in inner):
        raise ConfigError(f"to be trained, but no parameters of the task: {', '.join(strange[:5])}")
    task.requires_grad_(False)
    for parameter in trained.values():
        parameter.requires_grad_(True)
    return {name: inner[id(parameter)] for name, parameter in trained.items()}

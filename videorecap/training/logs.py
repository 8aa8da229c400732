"""What a training tells while it runs, as JSON lines, to TensorBoard and Weights & Biases; what it cost."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, cast

import torch

from videorecap.errors import ConfigError, DataError, OutputError
from videorecap.outputs.files import write_aside
from videorecap.outputs.journal import JSON

LOG_FILE: Final = "log.jsonl"
TENSORBOARD_FOLDER: Final = "tensorboard"
MAXRSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a training took; steps that were lost when it was killed are not in it.

    Attributes:
        seconds: by the clock, over all runs that it took.
        waiting_seconds: of these, waiting for batches.
        steps: optimizer steps.
        samples: learned from, over all processes, one seen twice counted twice.
        peak_memory_bytes: of the main process.
        peak_cuda_bytes: of its device, None without one.
        preparing_seconds: before it, of the run that ended it: for frames, features and what is handed over.
        is_shared: whether another run spent all this, and the weights were taken over.
    """

    seconds: float
    waiting_seconds: float
    steps: int
    samples: int
    peak_memory_bytes: int
    peak_cuda_bytes: int | None
    preparing_seconds: float = 0.0
    is_shared: bool = False


class Meter:
    """What has been learned and spent: all of it, and since the last line of the log.

    Args:
        device: whose memory is read.
        stored: of ``to_json``, to go on from there.
        clock: seconds of any origin.
    """

    def __init__(
        self,
        device: torch.device,
        stored: Mapping[str, Any] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        stored = stored or {}
        self._device = device
        self._clock = clock
        self._started = clock() - stored.get("seconds", 0.0)
        self._waited: float = stored.get("waiting_seconds", 0.0)
        self._samples: int = stored.get("samples", 0)
        self._peaks: dict[str, int] = dict(stored.get("peaks", {}))
        self._sums: dict[str, dict[str, list[float]]] = copy.deepcopy(stored.get("sums", {}))
        self._norm: list[float] = list(stored.get("gradient_norm", (0.0, 0.0)))
        self._line = (clock(), self._waited, self._samples)

    def add(
        self,
        name: str,
        losses: Mapping[str, tuple[float, float]],
        *,
        samples: int,
        waited_seconds: float,
        gradient_norm: float,
    ) -> None:
        """Count a step.

        Args:
            name: of its batch.
            losses: sum of each objective, and its denominator.
            samples: of the batch.
            waited_seconds: for it.
            gradient_norm: before clipping.
        """
        sums = self._sums.setdefault(name, {})
        for objective, pair in losses.items():
            sums[objective] = [a + b for a, b in zip(sums.get(objective, (0.0, 0.0)), pair, strict=True)]
        self._norm = [self._norm[0] + gradient_norm, self._norm[1] + 1]
        self._samples += samples
        self._waited += waited_seconds

    def line(self, step: int, learning_rate: float) -> dict[str, JSON]:
        """The line of the log for the steps since the one before, which begins the next."""
        now = self._clock()
        since, waited, samples = self._line
        seconds = max(now - since, 1e-9)
        line: dict[str, JSON] = {
            "step": step,
            "losses": {
                name: {key: total / max(count, 1.0) for key, (total, count) in of.items()}
                for name, of in self._sums.items()
            },
            "learning_rate": learning_rate,
            "gradient_norm": self._norm[0] / max(self._norm[1], 1.0),
            "samples_per_second": (self._samples - samples) / seconds,
            "waiting_share": (self._waited - waited) / seconds,
            "seconds": now - self._started,
            **self._memory(),
        }
        self._sums, self._norm = {}, [0.0, 0.0]
        self._line = (now, self._waited, self._samples)
        return line

    def to_json(self) -> dict[str, Any]:
        """What ``Meter`` takes to go on from here."""
        return {
            "seconds": self._clock() - self._started,
            "waiting_seconds": self._waited,
            "samples": self._samples,
            "peaks": self._memory(),
            "sums": copy.deepcopy(self._sums),
            "gradient_norm": list(self._norm),
        }

    def cost(self, steps: int) -> Cost:
        """What it took until now."""
        peaks = self._memory()
        return Cost(
            seconds=self._clock() - self._started,
            waiting_seconds=self._waited,
            steps=steps,
            samples=self._samples,
            peak_memory_bytes=peaks["peak_memory_bytes"],
            peak_cuda_bytes=peaks.get("peak_cuda_bytes"),
        )

    def _memory(self) -> dict[str, int]:
        now = {"peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT}
        if self._device.type == "cuda":
            now["peak_cuda_bytes"] = torch.cuda.max_memory_allocated(self._device)
        self._peaks = {key: max(value, self._peaks.get(key, 0)) for key, value in now.items()}
        return dict(self._peaks)


class RunLog:
    """The log of one training, continued where its checkpoint continues it.

    Args:
        folder: where ``log.jsonl`` and ``tensorboard/`` are written.
        uses_tensorboard: whether to write for TensorBoard, if it is installed.
        wandb_project: send the same to this project of Weights & Biases; None sends nothing.
        name: what Weights & Biases calls the run.

    Raises:
        ConfigError: if Weights & Biases is asked for and not installed.
    """

    def __init__(
        self,
        folder: Path,
        *,
        uses_tensorboard: bool = True,
        wandb_project: str | None = None,
        name: str = "training",
    ) -> None:
        self._folder = folder
        self._uses_tensorboard = uses_tensorboard
        self._wandb_project = wandb_project
        self._name = name
        self._board: SummaryWriter | None = None
        self._wandb: Any = None
        if wandb_project is not None:
            require_wandb()

    @property
    def path(self) -> Path:
        """Of the JSON lines."""
        return self._folder / LOG_FILE

    def begin(self, step: int) -> None:
        """Open the log to go on after ``step`` steps; lines of later steps are cut off, and a torn one.

        Raises:
            OutputError: if it cannot be written.
        """
        kept = [line for line in read_log(self.path) if line["step"] <= step]
        write_aside(self.path, "".join(map(_line, kept)), make_folder=True)
        if self._uses_tensorboard:
            self._board = _summary_writer(self._folder / TENSORBOARD_FOLDER, step)
        if self._wandb_project is not None:
            self._wandb = require_wandb().init(
                project=self._wandb_project,
                name=self._name,
                dir=str(self._folder),
                id=hashlib.sha256(str(self.path.resolve()).encode()).hexdigest()[:16],
                resume="allow",
            )

    def write(self, line: Mapping[str, JSON]) -> None:
        """Add a line; it has a ``step``, and numbers or mappings that end in numbers.

        Raises:
            OutputError: if it cannot be written.
        """
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(_line(line))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(f"cannot add to {self.path}: {error.strerror or error}") from error
        step, numbers = line["step"], dict(_flat(line))
        if self._board is not None:
            for key, number in numbers.items():
                self._board.add_scalar(key, number, step)
            self._board.flush()
        if self._wandb is not None:
            self._wandb.log(numbers, step=step)

    def end(self) -> None:
        """Close what is open."""
        if self._board is not None:
            self._board.close()
        if self._wandb is not None:
            self._wandb.finish()


def read_log(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a log; a missing file has none.

    Raises:
        DataError: if a line is damaged.
    """
    if not path.exists():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(keepends=True), 1):
        if line.endswith("\n"):
            try:
                yield json.loads(line)
            except ValueError:
                raise DataError(f"{path}: line {number} is damaged; remove it") from None


def require_wandb() -> ModuleType:
    """Weights & Biases.

    Raises:
        ConfigError: if it is not installed.
    """
    try:
        import wandb  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise ConfigError("Weights & Biases is not installed: pip install wandb") from None
    return cast(ModuleType, wandb)


def _summary_writer(folder: Path, step: int) -> SummaryWriter | None:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder), purge_step=step + 1)


def _line(record: Mapping[str, JSON]) -> str:
    return json.dumps(record) + "\n"


def _flat(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    for key, value in record.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}/")
        elif key != "step":
            yield f"{prefix}{key}", value

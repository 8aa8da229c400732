"""How a training ends before its last step: someone asks it to, or a loss is not finite."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final, Self

from videorecap.errors import VideoRecapError
from videorecap.outputs.files import write_aside
from videorecap.training.batch import Batch

SCHEMA_VERSION: Final = 1
REPORT_FILE: Final = "not-finite.json"
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Takes down a wish to stop (Ctrl-C, or SIGTERM) while it is entered; the second one stops at once."""

    def __init__(self) -> None:
        self.is_requested = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._take_down) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _take_down(self, number: int, frame: FrameType | None) -> None:
        if self.is_requested:
            raise KeyboardInterrupt
        self.is_requested = True


def describe_part(batch: Batch, sums: Mapping[str, float]) -> dict[str, Any]:
    """What to report of a micro-batch and its losses."""
    return {
        "samples": list(batch.samples),
        "counts": dict(batch.counts),
        "sums": {key: repr(value) for key, value in sums.items()},  # JSON has no word for nan
    }


def not_finite(
    folder: Path,
    *,
    step: int,
    name: str,
    what: str,
    learning_rate: float,
    parts: Sequence[Mapping[str, Any]],
    writes: bool,
) -> VideoRecapError:
    """The error that a training stops with; who the samples were is written down first.

    Args:
        folder: for the report.
        step: which was not taken, counted from 0.
        name: of its batch.
        what: is not finite: an objective's loss, or the gradient.
        learning_rate: of the step.
        parts: descriptions of all micro-batches.
        writes: whether this process writes the report.
    """
    path = folder / REPORT_FILE
    facts = {
        "schema_version": SCHEMA_VERSION,
        "step": step,
        "name": name,
        "what": what,
        "learning_rate": learning_rate,
        "parts": list(parts),
    }
    if writes:
        write_aside(path, json.dumps(facts, indent=2) + "\n", make_folder=True)
    return VideoRecapError(
        f"step {step}: the {what} of a batch of {name!r} is not finite, and nothing was changed by it; its "
        f"samples are in {path}; lower the learning rate, or train without half precision"
    )

"""The batches of a training made ahead by other processes, and the time spent waiting for them."""

from __future__ import annotations

import logging
import signal
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from traceback import clear_frames
from typing import Final, TypeAlias, cast

from torch.utils.data import DataLoader, Dataset, get_worker_info

from videorecap.errors import VideoRecapError
from videorecap.training.batch import Batch, Batches
from videorecap.training.parcel import Parcel, pack, unpack

log = logging.getLogger(__name__)

Parts: TypeAlias = list[Batch]
CAN_FORK: Final = sys.platform == "linux"  # safely; what batches are made from is shared, not pickled
DEATHS: Final = ("exited unexpectedly", "is killed by signal")  # in what torch says of a process that died


@dataclass(frozen=True)
class Fed:
    """The micro-batches of one step and process.

    Attributes:
        step: counted from 0.
        parts: never empty.
        waited_seconds: how long the training stood still for them.
    """

    step: int
    parts: Parts
    waited_seconds: float


class Feed:
    """Each step's micro-batches of one process, in order.

    Batches depend on nothing but the step, so they are the same however many processes make them.

    Args:
        batches: what to make.
        parts: of the parts of a step, those that are this process's.
        num_parts: of a step, over all processes.
        num_workers: processes that make batches ahead; 0 makes each when it is asked for, as does any number
            where processes cannot be forked.
    """

    def __init__(self, batches: Batches[Batch], *, parts: range, num_parts: int, num_workers: int) -> None:
        self._steps = _Steps(batches, parts, num_parts)
        if num_workers and not CAN_FORK:
            log.warning("batches are made without workers: %s cannot fork them safely", sys.platform)
        self._num_workers = num_workers if CAN_FORK else 0

    def __call__(self, steps: range) -> Generator[Fed, None, None]:
        """The micro-batches of each of these steps.

        Raises:
            VideoRecapError: what making a batch raised, or that a process which makes them died.
        """
        loader = DataLoader(
            self._steps,
            batch_size=None,
            sampler=steps,
            num_workers=self._num_workers,
            collate_fn=_as_it_is,
            worker_init_fn=_leave_stopping_to_the_training,
            multiprocessing_context="fork" if self._num_workers else None,
        )
        batches = iter(loader)
        try:
            for step in steps:
                started = time.perf_counter()
                parts = _received(batches)
                yield Fed(step, parts, time.perf_counter() - started)
        except BaseException as error:
            _forget_locals(error)
            raise
        finally:
            del batches  # ends its processes now, and not when the error that ends this one is forgotten


def _leave_stopping_to_the_training(_: int) -> None:
    """In a worker: a stop sent to the whole group is the training's to heed, which then ends its workers."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _forget_locals(error: BaseException | None) -> None:
    """Empty the frames of an error, which hold the loader: its processes heed no signal while it is there."""
    while error is not None:
        clear_frames(error.__traceback__)
        error = error.__cause__


def _received(batches: Iterator[object]) -> Parts:
    try:
        made = next(batches)
    except RuntimeError as error:
        if not any(death in str(error) for death in DEATHS):
            raise
        told = str(error).splitlines()[0]
        raise VideoRecapError(
            f"a process that makes batches died ({told}); fewer workers need less memory"
        ) from error
    parts = unpack(made) if isinstance(made, Parcel) else made
    if isinstance(parts, VideoRecapError):
        raise parts
    return cast("Parts", parts)


class _Steps(Dataset[object]):
    """Steps as a dataset; what a worker sends comes in one piece, also an error of one line."""

    def __init__(self, batches: Batches[Batch], parts: range, num_parts: int) -> None:
        self._batches = batches
        self._parts = parts
        self._num_parts = num_parts

    def __getitem__(self, step: int) -> object:
        made = self._make(step)
        return made if get_worker_info() is None else pack(made)

    def _make(self, step: int) -> Parts | VideoRecapError:
        try:
            return [self._batches(step, part, self._num_parts) for part in self._parts]
        except VideoRecapError as error:
            return error


def _as_it_is(made: object) -> object:
    return made

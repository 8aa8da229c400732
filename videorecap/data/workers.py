"""Work spread over processes: results in order, progress as it goes, stopped at any moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from threading import Thread
from typing import Final, TypeAlias, TypeVar

from videorecap.errors import VideoRecapError

AHEAD: Final = 16  # items for each worker that may be done before one that is still waited for
POLL_SECONDS: Final = 0.3  # between two looks at the progress
Advance: TypeAlias = Callable[[float], object]
"""Takes how much has been done since the call before; may raise to stop the work."""
Item = TypeVar("Item")
Result = TypeVar("Result")


class _StoppedError(Exception):
    """Raised in a worker process whose work is no longer wanted."""


class _Given:
    """What a worker process was given when it started."""

    stop: Event
    done: Synchronized[float]


def in_order(
    work: Callable[[Item, Advance], Result], items: Sequence[Item], workers: int, advance: Advance
) -> Generator[Result, None, None]:
    """Do the same with each item, several at once.

    What is under way when the iterator is closed stops at its next report of progress. Worker processes never
    outlive the one that started them.

    Args:
        work: a function of a module, called with an item and with what to report progress to.
        items: sent to the worker processes.
        workers: number of processes; 1 works in this one.
        advance: told of the progress of all.

    Yields:
        Results, in the order of ``items``.

    Raises:
        VideoRecapError: if a process dies.
    """
    if workers == 1:
        for item in items:
            yield work(item, advance)
        return
    context = multiprocessing.get_context("spawn")
    stop, done = context.Event(), context.Value("d", 0.0)
    pool = ProcessPoolExecutor(workers, context, _start, (stop, done))
    pending: deque[Future[Result]] = deque()
    progress = _progress(done, advance)
    try:
        for item in items:
            pending.append(pool.submit(_work, work, item))
            if len(pending) == AHEAD * workers:
                yield _result(pending.popleft(), progress)
        while pending:
            yield _result(pending.popleft(), progress)
    except BrokenProcessPool:
        raise VideoRecapError(
            f"one of {workers} worker processes died, perhaps for want of memory; try fewer workers"
        ) from None
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _progress(done: Synchronized[float], advance: Advance) -> Callable[[], None]:
    """What passes on how much the worker processes have done since it was last called."""
    seen = 0.0

    def pass_on() -> None:
        nonlocal seen
        now = done.value
        advance(now - seen)
        seen = now

    return pass_on


def _result(future: Future[Result], progress: Callable[[], None]) -> Result:
    while wait([future], POLL_SECONDS).not_done:
        progress()
    progress()
    return future.result()


def _start(stop: Event, done: Synchronized[float]) -> None:
    """Prepare a worker process: it leaves to the one that started it when to stop."""
    _Given.stop, _Given.done = stop, done
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "a worker process has a parent"
    parent.join()
    os._exit(1)


def _work(work: Callable[[Item, Advance], Result], item: Item) -> Result:
    return work(item, _advance)


def _advance(amount: float) -> None:
    if _Given.stop.is_set():
        raise _StoppedError
    with _Given.done.get_lock():
        _Given.done.value += amount

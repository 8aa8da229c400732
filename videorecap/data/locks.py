"""One process at a time makes a file; others that want it wait until it is there."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from videorecap.errors import OutputError

log = logging.getLogger(__name__)

POLL_SECONDS: Final = 0.1
PATIENCE_SECONDS: Final = 60.0  # before it is said that another process is waited for


@contextmanager
def alone(path: Path, waiting: Callable[[], object]) -> Iterator[None]:
    """Let one process at a time make a file. A process that is killed keeps nobody out.

    On Windows, which has no such locks, nobody waits.

    Args:
        path: of the file; its folder is made if needed.
        waiting: called every now and then while another process makes it; may raise to give up.

    Raises:
        OutputError: if the folder cannot be written to.
    """
    lock = path.with_name(f".{path.name}.lock")
    started, is_told = time.monotonic(), False
    while (file := _take(lock)) is None:
        waiting()
        time.sleep(POLL_SECONDS)
        if not is_told and time.monotonic() - started > PATIENCE_SECONDS:
            log.warning("waiting for another process, which makes %s", path)
            is_told = True
    with file:
        try:
            yield
        finally:
            with suppress(OSError):
                lock.unlink()  # still held; who has it open sees that it is gone


def _take(lock: Path) -> IO[bytes] | None:
    """The lock, open, if no other process has it."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("ab")
        if _is_ours(file, lock):
            return file
    except OSError as error:
        raise OutputError(f"cannot write {lock}: {error.strerror or error}") from error
    file.close()
    return None


def _is_ours(file: IO[bytes], lock: Path) -> bool:
    """Whether nobody else has a lock, and nobody has just removed it."""
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), lock.stat())
    except (BlockingIOError, FileNotFoundError):
        return False

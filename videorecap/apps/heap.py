"""Memory of a process: quick where it is large, and not growing with a run where it is small."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

from videorecap.build import System

TRIM_THRESHOLD: Final = -1  # glibc's numbers of its options
MMAP_THRESHOLD: Final = -3
GIVEN_BACK_BYTES: Final = 128 << 10  # glibc's own starting value
KEPT_BLOCK_BYTES: Final = 32 << 20  # the most that glibc allows
KEPT_FREE_BYTES: Final = 512 << 20  # at the end of the heap
LARGE_BYTES: Final = 256 << 20  # of weights


def settle_heap(system: System) -> None:
    """Tell the C library which memory to keep for what is asked for next, on Linux.

    Kept blocks save the system from handing out pages anew for every activation, which takes a quarter of the
    encoder's time at the paper's size; but a long run ends with about 40 MiB more than a short one. That is
    nothing beside large weights. Beside small ones it is a tenth, so with them blocks are given back at once.

    Args:
        system: that is about to work.
    """
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        weights = sum(one.nbytes for one in system.modules.parameters())
        is_large = weights >= LARGE_BYTES
        blocks, free = (KEPT_BLOCK_BYTES, KEPT_FREE_BYTES) if is_large else (GIVEN_BACK_BYTES,) * 2
        library.mallopt(MMAP_THRESHOLD, blocks)
        library.mallopt(TRIM_THRESHOLD, free)

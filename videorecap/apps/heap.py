"""Memory that does not grow with a run."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

TRIM_THRESHOLD: Final = -1  # glibc's number of the option
TRIM_BYTES: Final = 128 * 1024  # its own starting value


def keep_heap_steady() -> None:
    """Let the C library give large blocks back at once, on Linux; elsewhere do nothing.

    Left alone, glibc raises the sizes from which it returns memory as larger blocks come and go, and a long
    run ends with 20 MB more than a short one for no use. Naming the starting value keeps it.
    """
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(TRIM_THRESHOLD, TRIM_BYTES)

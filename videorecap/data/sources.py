"""Loading JSON, and pickles of plain containers, without running anything that a file names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from videorecap.data.plain_pickle import RefusedPickleError, read_pickle
from videorecap.errors import DataError

PICKLE_SUFFIXES: Final = frozenset({".pkl", ".pickle"})
PICKLE_STARTS: Final = (b"\x80", b"(", b"]", b"}")  # of all protocols; no JSON begins with them
JSON_STARTS: Final = (b"[", b"{")
GZIP_START: Final = b"\x1f\x8b"


def load_plain(path: Path) -> object:
    """What a JSON file, or a pickle of plain containers, holds.

    Args:
        path: taken for a pickle or for JSON by its first byte; where that does not tell, by its suffix.

    Raises:
        DataError: if it cannot be read, is damaged, or is a pickle that wants anything but lists, tuples,
            dicts, texts and numbers. Nothing that such a pickle names is run or imported.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); give a file of annotations") from error
    if content.startswith(GZIP_START):
        raise DataError(f"{path}: is compressed; unpack it first (gunzip)")
    if _is_pickle(content, path):
        return _load_pickle(content, path)
    try:
        loaded: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: no JSON ({error})") from None
    return loaded


def _is_pickle(content: bytes, path: Path) -> bool:
    if content.startswith(PICKLE_STARTS):
        return True
    return path.suffix in PICKLE_SUFFIXES and not content.lstrip().startswith(JSON_STARTS)


def _load_pickle(content: bytes, path: Path) -> object:
    try:
        return read_pickle(content)
    except RefusedPickleError as error:
        raise DataError(
            f"{path}: refused, because it wants to use {str(error)!r:.120}; a file of annotations needs only "
            "lists, tuples, dicts, texts and numbers"
        ) from None
    except MemoryError:
        raise DataError(f"{path}: needs more memory than there is; convert it on a larger machine") from None
    except (ValueError, TypeError, LookupError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(f"{path}: not a readable pickle ({reason:.120})") from error

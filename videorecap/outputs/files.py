"""Files appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from videorecap.errors import OutputError


def write_aside(path: Path, data: str | bytes) -> None:
    """Write a file so that a reader sees the old content or all of the new, never a part.

    The data goes to a hidden file beside ``path``, is flushed to the disk, and takes the place of ``path``
    in one step. A leftover of a killed run is overwritten by the next.

    Args:
        path: where the file shall be.
        data: bytes, or text that becomes UTF-8; a half of a surrogate pair, as in a file name that is not
            UTF-8, becomes a backslash escape.

    Raises:
        OutputError: if the file cannot be written; nothing is left behind.
    """
    content = data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data
    aside = path.with_name(f".{path.name}.part")
    try:
        try:
            with aside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error

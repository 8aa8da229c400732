"""Files appear whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from videorecap.errors import OutputError


def write_aside(path: Path, data: str | bytes, *, make_folder: bool = False) -> None:
    """Write a file so that a reader sees the old content or all of the new, never a part.

    Args:
        path: where the file shall be.
        data: bytes, or text that becomes UTF-8; a half of a surrogate pair, as in a file name that is not
            UTF-8, becomes a backslash escape.
        make_folder: whether to make its folder if there is none.

    Raises:
        OutputError: if the file cannot be written; nothing is left behind.
    """
    content = data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data
    with written_aside(path, make_folder=make_folder) as file:
        file.write(content)


@contextmanager
def written_aside(path: Path, *, make_folder: bool = False) -> Iterator[IO[bytes]]:
    """A file to write to piece by piece, which appears whole when the block ends well.

    The data goes to a hidden file beside ``path``, is flushed to the disk, and takes the place of ``path``
    in one step. A leftover of a killed run is overwritten by the next.

    Args:
        path: where the file shall be.
        make_folder: whether to make its folder if there is none.

    Raises:
        OutputError: if it cannot be written; nothing is left behind then, nor when the block raises.
    """
    aside = path.with_name(f".{path.name}.part")
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error


def link(source: Path, target: Path) -> None:
    """The same file under another name; on another disk, a copy that appears whole.

    Raises:
        OutputError: if it cannot be written.
    """
    aside = target.with_name(f".{target.name}.part")
    try:
        aside.unlink(missing_ok=True)
        try:
            aside.hardlink_to(source)
        except OSError:
            shutil.copy2(source, aside)
        aside.replace(target)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error

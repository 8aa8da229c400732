"""What the files of each input are called, so that no two inputs overwrite each other."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

from videorecap.outputs.journal import JOURNAL_SUFFIX, read_header

MAX_STEM_BYTES = 180  # file systems allow 255; this leaves room for a number, a level and a suffix
_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff<>:"/\\|?*]')


class Names:
    """Stems of the files written into one folder, in the order in which the inputs are asked for.

    A stem is that of the input. It gets a number (``x-2``) if another input of the command has taken it or
    would be called so itself, if a result or a journal of another video already has it, or if a file that
    would be overwritten is not known to be a result of the video. The same command over the same folder
    therefore gives the same names again.
    """

    def __init__(self, directory: Path, inputs: Iterable[Path], suffixes: Iterable[str] = ()) -> None:
        """Reserve names.

        Args:
            directory: where the files go; it need not exist.
            inputs: all inputs of the command.
            suffixes: of the files that will be written beside the json.
        """
        self._directory = directory
        self._suffixes = tuple(suffixes)
        self._natural = {_key(safe_stem(path.stem)) for path in inputs}
        self._taken: set[str] = set()

    def stem(self, path: Path, sha256: str) -> str:
        """The stem for the files of one input.

        Args:
            path: the input.
            sha256: hex digest of its bytes; tells its earlier results from those of another video.
        """
        natural = safe_stem(path.stem)
        for number in count(1):
            stem = natural if number == 1 else f"{natural}-{number}"
            key = _key(stem)
            is_reserved = number > 1 and key in self._natural
            if key in self._taken or is_reserved or self._is_foreign(stem, sha256):
                continue
            self._taken.add(key)
            return stem
        raise AssertionError("unreachable: counting does not end")

    def _is_foreign(self, stem: str, sha256: str) -> bool:
        """Whether files of that stem are there and are not known to belong to the video."""
        result = self._directory / f"{stem}.json"
        journal = self._directory / f"{stem}{JOURNAL_SUFFIX}"
        records = [path for path in (result, journal) if path.exists()]
        if not records:
            return any((self._directory / f"{stem}{suffix}").exists() for suffix in self._suffixes)
        return any(_owner(path) != sha256 for path in records)


def safe_stem(name: str) -> str:
    """A file name like ``name`` that every file system takes.

    It has no control or reserved characters, is not hidden, not empty, and at most ``MAX_STEM_BYTES`` long.
    """
    plain = _UNSAFE.sub("_", name).strip(" .")
    short = plain.encode("utf-8")[:MAX_STEM_BYTES].decode("utf-8", "ignore").rstrip(" .")
    return short or "video"


def _key(stem: str) -> str:
    """Equal for stems that some file system takes for one name."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", stem).casefold())


def _owner(path: Path) -> str | None:
    """The sha256 of the video that a result or a journal is about; None if it does not say."""
    try:
        head: Any = read_header(path) if path.name.endswith(JOURNAL_SUFFIX) else json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    video = head.get("video") if isinstance(head, dict) else None
    return video.get("sha256") if isinstance(video, dict) else None

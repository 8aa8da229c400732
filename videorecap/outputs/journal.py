"""The record of a running job, one line for each finished step, so that an interrupted run continues."""

from __future__ import annotations

import json
import logging
import math
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeAlias

from videorecap.errors import OutputError
from videorecap.outputs.files import write_aside

JSON: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any] | None
JOURNAL_SUFFIX = ".partial.jsonl"

log = logging.getLogger(__name__)


class Journal:
    """An append-only file of JSON lines: a header that says what is being made, then records.

    Each line is on the disk before ``append`` returns, and ends in a newline only when it is whole: who
    reads the file while it grows and splits it at newlines meets at most one torn piece, the last.
    """

    def __init__(self, path: Path, file: BinaryIO, size_bytes: int) -> None:
        self._path = path
        self._file = file
        self._size_bytes = size_bytes

    @classmethod
    def open(cls, path: Path, header: Mapping[str, JSON]) -> Self:
        """Continue the journal at ``path``, or start one.

        A torn last line is cut off. A journal with another header belongs to another job (another video,
        system or option): it is discarded and started again.

        Args:
            path: the file, ``<stem>.partial.jsonl`` by convention; its folder is made if needed.
            header: what a run must share with this one for its records to be of use.

        Raises:
            OutputError: if the file cannot be read or written.
        """
        first = _line(header)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            stored = read_header(path)
            if stored != json.loads(first):
                if stored is not None:
                    log.info("%s belongs to another job and is started again", path)
                write_aside(path, first)
            sizes = [size for _, size in _whole_lines(path)]
            file = path.open("r+b", buffering=0)
            file.truncate(sum(sizes))
            file.seek(sum(sizes))
        except OSError as error:
            raise OutputError(f"cannot keep a journal in {path}: {error.strerror or error}") from error
        if len(sizes) > 1:
            log.info("%s holds %d finished steps; continuing after them", path, len(sizes) - 1)
        return cls(path, file, sum(sizes))

    @classmethod
    def discard(cls, path: Path, header: Mapping[str, JSON]) -> None:
        """Remove the journal of a job that is done, if its last step was not reached; others stay."""
        if read_header(path) == json.loads(_line(header)):
            path.unlink(missing_ok=True)

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def records(self) -> Iterator[dict[str, Any]]:
        """Read from the disk the records that are stored now, oldest first; later ones are not among them.

        Raises:
            OSError: if the file can no longer be read.
        """
        lines = _whole_lines(self._path, self._size_bytes)
        return (record for record, _ in islice(lines, 1, None))

    def append(self, record: Mapping[str, JSON]) -> None:
        """Store one record; when this returns, it survives a crash.

        Raises:
            OutputError: if it cannot be stored; the journal then holds what it held before.
        """
        line = _line(record)
        try:
            written = self._file.write(line)
            os.fsync(self._file.fileno())
        except OSError as error:
            self._withdraw()
            raise OutputError(f"cannot add to {self._path}: {error.strerror or error}") from error
        if written != len(line):
            self._withdraw()
            raise OutputError(f"cannot add to {self._path}: the disk took only a part of a line")
        self._size_bytes += len(line)

    def _withdraw(self) -> None:
        """Cut off what a failed write may have left."""
        with suppress(OSError):
            self._file.truncate(self._size_bytes)
            self._file.seek(self._size_bytes)

    def close(self) -> None:
        """Close the file; it stays on the disk for the next run."""
        self._file.close()

    def remove(self) -> None:
        """Close and delete the file: the job is done."""
        self.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_header(path: Path) -> dict[str, Any] | None:
    """The first line of a journal, or None if there is no journal or no whole line in it.

    Raises:
        OSError: if the file is there and cannot be read.
    """
    try:
        with path.open("rb") as file:
            return _parse(file.readline())
    except FileNotFoundError:
        return None


def _line(record: Mapping[str, JSON]) -> bytes:
    text = json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
    return text.encode("utf-8", "backslashreplace")  # the half of a surrogate pair is a JSON escape then


def _parse(line: bytes) -> dict[str, Any] | None:
    """A line's object; None if the line is torn or damaged."""
    if not line.endswith(b"\n"):
        return None
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _whole_lines(path: Path, limit_bytes: float = math.inf) -> Iterator[tuple[dict[str, Any], int]]:
    """The objects before the limit or the first torn or damaged line, each with the bytes of its line."""
    end_bytes = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            end_bytes += len(line)
            if end_bytes > limit_bytes:
                return
            record = _parse(line)
            if record is None:
                log.info("%s: line %d is torn and left out", path, number)
                return
            yield record, len(line)

"""METEOR 1.5: the authors' Java program, which is spoken to in lines."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import pycocoevalcap.meteor  # type: ignore[import-untyped]

from videorecap.errors import VideoRecapError

JAVA: Final = "java"
JAR: Final = "meteor-1.5.jar"
OPTIONS: Final = ("-", "-", "-stdio", "-l", "en", "-norm")
FIELDS: Final = " ||| "


class MetricError(VideoRecapError):
    """A metric could not be computed to its end."""


class Meteor:
    """The process, until the end of a ``with``.

    Raises:
        MetricError: in any method, if the process stops.
    """

    def __enter__(self) -> Self:
        folder = Path(pycocoevalcap.meteor.__path__[0])  # it looks for its tables there
        command = [JAVA, "-Dfile.encoding=UTF-8", "-Xmx2G", "-jar", JAR, *OPTIONS]
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="backslashreplace",  # halves of surrogate pairs
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def statistics(self, prediction: str, references: Sequence[str]) -> str:
        """What is counted of a caption; the score of several follows from all of theirs."""
        self._say("SCORE", *map(_field, (*references, prediction)))
        return self._hear()

    def scores(self, statistics: Sequence[str]) -> tuple[float, list[float]]:
        """Of all captions together, and of each."""
        self._say("EVAL", *statistics)
        items = [self._number() for _ in statistics]
        return self._number(), items

    def _say(self, *fields: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(FIELDS.join(fields) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise self._stopped() from None

    def _hear(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise self._stopped()
        if not line.strip():
            raise MetricError("METEOR's Java process answered with an empty line")
        return line.strip()

    def _number(self) -> float:
        line = self._hear()
        try:
            return float(line)
        except ValueError:
            raise MetricError(f"METEOR's Java process answered {line[:80]!r} where it counts") from None

    def _stopped(self) -> MetricError:
        self._process.kill()
        return MetricError(f"METEOR's Java process stopped in the middle, with status {self._process.wait()}")


def _field(text: str) -> str:
    """A text that cannot be taken for the end of a line, or of a field."""
    return " ".join(text.replace(FIELDS.strip(), " ").split())

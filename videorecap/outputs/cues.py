"""What subtitle formats share: captions as cues in whole milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from videorecap.outputs.outline import settled
from videorecap.types import CaptionTree

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Cue:
    """Lines of text over a half-open range of milliseconds."""

    start_milliseconds: int
    end_milliseconds: int
    lines: tuple[str, ...]


def level_cues(tree: CaptionTree, level: str) -> Iterator[Cue]:
    """The captions of one level as cues, by start.

    Captions without words and those that take no whole millisecond are left out: a format could not show
    them. Both ends are rounded alike, so cues overlap only where captions do.
    """
    for caption in settled(tree.at(level)):
        start, end = to_milliseconds(caption.span.start), to_milliseconds(caption.span.end)
        lines = text_lines(caption.text)
        if start < end and lines:
            yield Cue(start, end, lines)


def to_milliseconds(seconds: float) -> int:
    """The nearest whole number of milliseconds."""
    return round(seconds * 1000)


def text_lines(text: str) -> tuple[str, ...]:
    """The lines of a text that have words, without control characters."""
    lines = (" ".join(_CONTROLS.sub("", line).split()) for line in text.splitlines())
    return tuple(line for line in lines if line)


def one_line(text: str) -> str:
    """A text as one line."""
    return " ".join(text_lines(text))

"""The levels of the paper's hierarchy, which the layouts of others know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from videorecap.data.annotations import Annotation

CLIP: Final = "clip"
SEGMENT: Final = "segment"
SUMMARY: Final = "summary"
LEVELS: Final = (CLIP, SEGMENT, SUMMARY)


def in_order(captions: Iterable[Annotation]) -> tuple[Annotation, ...]:
    """Captions by level, lowest first, then by time; those that say the same of the same span only once."""
    return tuple(sorted(dict.fromkeys(captions), key=lambda item: (_rank(item.level), item.span)))


def _rank(level: str) -> tuple[int, str]:
    return (LEVELS.index(level), "") if level in LEVELS else (len(LEVELS), level)

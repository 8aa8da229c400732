"""WebVTT subtitles, and the escapes and cues that chapters share."""

from __future__ import annotations

from collections.abc import Iterable

from videorecap.outputs.cues import Cue, level_cues
from videorecap.outputs.times import timestamp
from videorecap.types import CaptionTree

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def tree_to_vtt(tree: CaptionTree, level: str) -> str:
    """The captions of one level as WebVTT text.

    Raises:
        ValueError: if the tree has no such level.
    """
    return cues_to_vtt(level_cues(tree, level))


def cues_to_vtt(cues: Iterable[Cue]) -> str:
    """A WebVTT file of some cues, with ``&``, ``<`` and ``>`` escaped, so that no text ends a cue."""
    return "WEBVTT\n" + "".join(
        f"\n{timestamp(cue.start_milliseconds, '.')} --> {timestamp(cue.end_milliseconds, '.')}\n"
        + "".join(f"{line.translate(_ESCAPES)}\n" for line in cue.lines)
        for cue in cues
    )

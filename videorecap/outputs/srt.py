"""SubRip subtitles: numbered cues with times as ``HH:MM:SS,mmm``."""

from __future__ import annotations

from videorecap.outputs.cues import level_cues
from videorecap.outputs.times import timestamp
from videorecap.types import CaptionTree


def tree_to_srt(tree: CaptionTree, level: str) -> str:
    """The captions of one level as SubRip text.

    SubRip has no escapes: an arrow within a caption, which readers take for the times of a cue, loses a
    dash.

    Raises:
        ValueError: if the tree has no such level.
    """
    return "\n".join(
        f"{number}\n"
        f"{timestamp(cue.start_milliseconds, ',')} --> {timestamp(cue.end_milliseconds, ',')}\n"
        + "".join(f"{line.replace('-->', '->')}\n" for line in cue.lines)
        for number, cue in enumerate(level_cues(tree, level), start=1)
    )

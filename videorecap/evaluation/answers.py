"""What was to be said of spans, and what a system said."""

from __future__ import annotations

from dataclasses import dataclass

from videorecap.data.annotations import VideoAnnotations
from videorecap.data.levels import CLIP
from videorecap.training.recipe import ClipSpans, Labels
from videorecap.training.samples import Sample, annotated_samples, window_samples
from videorecap.types import CaptionTree


@dataclass(frozen=True, slots=True)
class Answer:
    """A span with its references, and what was said of it; None if nothing was."""

    sample: Sample
    text: str | None


def samples_at(video: VideoAnnotations, level: str, clips: ClipSpans) -> list[Sample]:
    """The spans of a video that are scored, each with its references.

    Args:
        video: with its captions.
        level: of the spans.
        clips: whether clips are the annotated ones, or the windows that a video is captioned in.
    """
    if level == CLIP and clips is ClipSpans.WINDOWS:
        return window_samples(video, level)
    return annotated_samples(video, {}, level, (Labels.HUMAN,))


def from_tree(tree: CaptionTree, video: str, level: str) -> list[Answer]:
    """Every window of a level that a system has captioned, without references; nothing is said of a gap.

    Args:
        tree: of the video.
        video: its id.
        level: of the windows; one that the tree has not has none.
    """
    captions = tree.at(level) if level in tree.levels else ()
    said = {item.span: item.text for item in captions}
    gaps = [gap.span for gap in tree.gaps if gap.level == level and gap.span not in said]
    return [Answer(Sample(video, level, span, ()), said.get(span)) for span in (*said, *gaps)]

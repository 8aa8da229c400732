"""Caption trees."""

import pytest

from videorecap.types import Caption, CaptionTree, Span, SystemInfo, VideoInfo


def tree_of(*captions: Caption) -> CaptionTree:
    video = VideoInfo(path="x.mp4", sha256="0" * 64, duration_seconds=400, width=4, height=3, frame_rate=30)
    system = SystemInfo(name="s", digest="d")
    return CaptionTree(video=video, system=system, levels=("clip", "segment", "summary"), captions=captions)


def caption(level: str, start: float, end: float) -> Caption:
    return Caption(level=level, span=Span(start, end), text=f"{level} {start}")


def test_a_tree_is_sorted_by_level_then_start_and_walks_down() -> None:
    summary = caption("summary", 0, 400)
    segments = [caption("segment", 180, 400), caption("segment", 0, 180)]
    clips = [caption("clip", 176, 180.5), caption("clip", 0, 4), caption("clip", 180.5, 184)]
    tree = tree_of(summary, *segments, *clips)
    assert [item.span.start for item in tree.captions] == [0, 176, 180.5, 0, 180, 0]
    assert tree.summary == summary
    assert tree.below(summary) == (segments[1], segments[0])
    assert tree.below(segments[1]) == (clips[1], clips[0])
    assert tree.below(clips[0]) == ()


def test_an_unknown_level_is_named() -> None:
    with pytest.raises(ValueError, match="'chapter' is not one of clip, segment, summary"):
        tree_of().at("chapter")
    with pytest.raises(ValueError, match="chapter"):
        tree_of(caption("chapter", 0, 1))
    assert tree_of().summary is None
    assert tree_of(caption("summary", 0, 200), caption("summary", 200, 400)).summary is None

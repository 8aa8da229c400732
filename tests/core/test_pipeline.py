"""The recursion above the clips: who reads what, when windows close, what a gap does."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from videorecap.captioners.base import CaptionRequest, Written
from videorecap.climb import climb
from videorecap.config import paper_levels
from videorecap.hierarchy import Hierarchy, Level, windows
from videorecap.records import ClipRecord
from videorecap.types import Caption, Gap, Span


class Echo:
    """A captioner that says what it was given."""

    def __init__(self) -> None:
        self.requests: list[CaptionRequest] = []

    def write(self, requests: Sequence[CaptionRequest]) -> list[Written]:
        self.requests += requests
        return [Written(f"{request.level.name}[{'+'.join(request.texts)}]", -1.0) for request in requests]


def records_of(duration: float, lost: Sequence[int] = ()) -> list[ClipRecord]:
    """One record per clip, whose caption and feature are its number; some of them lost."""
    records = []
    for number, span in enumerate(windows(duration)):
        if number in lost:
            records.append(ClipRecord(span, None, (Gap(level="clip", span=span, reason="damage"),), None))
        else:
            caption = Caption(level="clip", span=span, text=str(number))
            records.append(ClipRecord(span, caption, (), torch.tensor([float(number)])))
    return records


def run(
    records: list[ClipRecord], levels: Sequence[Level] = paper_levels(), **options: bool
) -> tuple[list, Echo]:
    echo = Echo()
    writers = {level.captioner: echo for level in levels}
    return list(climb(records, Hierarchy(tuple(levels)), writers, **options)), echo


def test_a_segment_comes_as_soon_as_its_window_closes() -> None:
    items, _ = run(records_of(400))
    order = [(item.level, item.span) for item in items if item.level != "clip"]
    assert order == [
        ("segment", Span(0, 180)),
        ("segment", Span(180, 360)),
        ("segment", Span(360, 400)),
        ("summary", Span(0, 400)),
    ]
    first_segment = next(n for n, item in enumerate(items) if item.level == "segment")
    assert items[first_segment - 1].span.end == 180


def test_each_level_reads_and_sees_its_own_window() -> None:
    _, echo = run(records_of(361.5))
    segments = [request for request in echo.requests if request.level.name == "segment"]
    assert [request.texts for request in segments] == [
        tuple(str(n) for n in range(45)),
        tuple(str(n) for n in range(45, 90)),
        ("90",),
    ]
    assert segments[1].features is not None
    assert segments[1].features[:, 0].tolist() == list(range(45, 90))
    summary = echo.requests[-1]
    assert summary.level.name == "summary"
    assert len(summary.texts) == 3
    assert summary.features is not None
    assert len(summary.features) == 91


def test_a_short_tail_stays_in_its_segment() -> None:
    items, _ = run(records_of(180.7))
    assert [item.span for item in items if item.level == "segment"] == [Span(0, 180.7)]


@pytest.mark.parametrize("shares_border", [False, True])
def test_every_second_is_in_a_caption_or_a_gap_of_each_level(shares_border: bool) -> None:
    lost = [3, *range(45, 90)]
    items, _ = run(records_of(500, lost), shares_border=shares_border)
    for level in ("clip", "segment", "summary"):
        spans = sorted(item.span for item in items if item.level == level)
        assert spans[0].start == 0
        assert spans[-1].end == 500
        assert all(a.end == b.start for a, b in pairwise(spans))
    lost_segment = next(item for item in items if isinstance(item, Gap) and item.level == "segment")
    assert lost_segment.span == Span(180, 360)


def test_the_shared_border_shows_one_clip_more_but_reads_it_once() -> None:
    _, echo = run(records_of(361.5), shares_border=True)
    segments = [request for request in echo.requests if request.level.name == "segment"]
    rows = [request.features[:, 0].tolist() for request in segments if request.features is not None]
    assert rows == [list(range(46)), list(range(45, 91)), [90]]
    assert [len(request.texts) for request in segments] == [45, 45, 1]


def test_upper_windows_may_end_together() -> None:
    clip, segment, summary = paper_levels()
    middle = Level(name="part", captioner="segment", window_seconds=360.0, reads="segment")
    for shares_border in (False, True):
        items, _ = run(records_of(720), (clip, segment, middle, summary), shares_border=shares_border)
        parts = [item.text for item in items if item.level == "part"]
        assert [text.count("segment[") for text in parts] == [2, 2]


@pytest.mark.parametrize("num_clips", [1, 255, 256, 257, 700])
def test_a_summary_sees_the_features_of_all_clips_in_order(num_clips: int) -> None:
    records = records_of(4.0 * num_clips)
    with torch.inference_mode():
        fresh = torch.tensor([float(num_clips - 1)])
    records[-1] = replace(records[-1], feature=fresh)
    _, echo = run(records)
    seen = echo.requests[-1].features
    assert echo.requests[-1].level.name == "summary" and seen is not None
    assert seen.flatten().tolist() == list(range(num_clips))

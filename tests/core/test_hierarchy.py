"""Windows and levels: time arithmetic."""

import math
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videorecap.config import paper_levels
from videorecap.errors import ConfigError
from videorecap.hierarchy import MIN_TAIL_SECONDS, Hierarchy, Level, select_levels, windows
from videorecap.types import Span


@given(st.floats(0.01, 20_000), st.sampled_from([4.0, 180.0, 7.5, math.inf]))
def test_windows_cover_the_video_without_a_hole(duration: float, length: float) -> None:
    spans = list(windows(duration, length))
    assert spans[0].start == 0
    assert spans[-1].end == duration
    assert all(a.end == b.start for a, b in pairwise(spans))
    assert all(span.duration == pytest.approx(length) for span in spans[:-1])
    assert len(spans) == 1 or spans[-1].duration + 1e-9 >= MIN_TAIL_SECONDS
    assert spans[-1].duration < length + MIN_TAIL_SECONDS + 1e-9


def test_a_short_tail_belongs_to_the_clip_before() -> None:
    assert [span.end for span in windows(12.9)] == [4, 8, 12.9]
    assert [span.end for span in windows(13.0)] == [4, 8, 12, 13.0]
    assert [span.end for span in windows(8.0)] == [4, 8.0]
    assert list(windows(0.3)) == [Span(0, 0.3)]


def test_a_level_that_reads_nothing_below_is_refused() -> None:
    clip, segment, summary = paper_levels()
    with pytest.raises(ConfigError, match="reads 'segment'"):
        Hierarchy((clip, summary))
    with pytest.raises(ConfigError, match="shorter than"):
        Hierarchy((clip, replace(segment, window_seconds=2.0)))
    with pytest.raises(ConfigError, match="two levels"):
        Hierarchy((clip, clip))
    with pytest.raises(ConfigError, match="neither sees nor reads"):
        Level(name="x", captioner="x", sees=None)
    assert Hierarchy((clip, segment, summary)).names == ("clip", "segment", "summary")


def test_selected_levels_bring_those_they_read() -> None:
    hierarchy = Hierarchy(paper_levels())
    kept, shown = select_levels(hierarchy, ["summary"])
    assert kept.names == ("clip", "segment", "summary")
    assert shown == ("summary",)
    kept, shown = select_levels(hierarchy, ["segment=60", "clip"])
    assert kept.level("segment").window_seconds == 60
    assert shown == ("clip", "segment")
    with pytest.raises(ConfigError, match="no level 'chapter'"):
        select_levels(hierarchy, ["chapter"])
    with pytest.raises(ConfigError, match="no number of seconds"):
        select_levels(hierarchy, ["clip=long"])


@pytest.mark.parametrize("bad", [(1, 1), (2, 1), (-1, 2), (0, math.inf), (math.nan, 1)])
def test_a_span_is_checked_where_it_is_made(bad: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="0 <= start < end"):
        Span(*bad)

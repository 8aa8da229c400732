"""The sampling rule against the released loader's stored numbers, and as properties."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from videorecap.types import Span
from videorecap.video.sampling import frame_ids, official_frame_ids, official_ranks, sample_times

FIXTURES = Path(os.environ.get("VIDEORECAP_FIXTURES", Path(__file__).parents[1] / "fixtures"))
CONVENTIONS = json.loads((FIXTURES / "conventions.json").read_text())


@pytest.mark.parametrize("row", CONVENTIONS["get_frame_ids"], ids=str)
def test_frame_ids_are_the_released_ones(row):
    assert list(frame_ids(row["start"], row["end"], row["num"])) == row["ids"]


@pytest.mark.parametrize("row", CONVENTIONS["loader_ids_chunk_minus1"], ids=str)
def test_official_frame_ids_are_the_released_ones(row):
    span = Span(row["second"], row["end_second"])
    ids = official_frame_ids(span, 4, length=row["n_frames"], frame_rate=row["avg_fps"])
    assert list(ids) == row["ids"]


def test_official_ranks_past_the_end_start_over_from_the_last_frame():
    assert official_ranks(Span(596, 600), 4, length=15_000, frame_rate=25.0) == (14_999,) * 4


def test_a_full_clip_is_sampled_at_the_same_times_everywhere():
    assert sample_times(Span(4.0, 8.0), 4) == pytest.approx([4 + i / 30 for i in (15, 45, 74, 104)])


@given(st.integers(0, 10_000), st.floats(1.0, 5.0), st.integers(1, 16))
def test_sample_times_ascend_inside_their_clip(clip, seconds, num_frames):
    span = Span(4.0 * clip, 4.0 * clip + seconds)
    times = sample_times(span, num_frames)
    assert list(times) == sorted(times)
    assert span.start <= times[0]
    assert times[-1] < span.end


@given(st.integers(0, 10_000), st.integers(1, 40_000), st.floats(5, 120))
def test_official_ranks_exist(start, length, rate):
    ranks = official_ranks(Span(start, start + 4), 4, length=length, frame_rate=rate)
    assert all(0 <= rank < length for rank in ranks)

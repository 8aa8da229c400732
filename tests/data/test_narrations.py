"""The clips that narrations stand for."""

import pytest

from videorecap.data.narrations import narration_spans, untagged
from videorecap.types import Span


def test_a_clip_is_as_long_as_the_video_is_sparse():
    spans = narration_spans([10.0, 14.9, 19.8])  # 4.9 s apart: the mean over all videos
    assert [(span.start, span.end) for span in spans] == [
        pytest.approx((9.5, 10.5)),
        pytest.approx((14.4, 15.4)),
        pytest.approx((19.3, 20.3)),
    ]
    assert narration_spans([10.0, 30.0], alpha_seconds=5.0) == (Span(8.0, 12.0), Span(28.0, 32.0))


def test_the_published_example_of_the_rule_is_reproduced():
    """EgoClip prints a narration at 3.3445 s with the clip 2.967651 to 3.721266 s."""
    beta = (3.721266 - 2.967651) * 4.9
    first, _ = narration_spans([3.3445, 3.3445 + beta])
    assert (first.start, first.end) == pytest.approx((2.967651, 3.721266), abs=2e-4)


def test_order_does_not_matter_and_clips_stay_inside_the_video():
    times = [20.0, 0.0, 10.0]
    spans = narration_spans(times, duration_seconds=20.5)
    assert spans == tuple(narration_spans(sorted(times), duration_seconds=20.5)[i] for i in (2, 0, 1))
    assert spans[1].start == 0.0
    assert spans[0].end == 20.5


def test_one_narration_gets_a_second_and_equal_times_get_nothing():
    assert narration_spans([5.0]) == (Span(4.5, 5.5),)
    assert narration_spans([5.0, 5.0]) == (None, None)
    assert narration_spans([30.0], duration_seconds=20.0) == (None,)
    assert narration_spans([]) == ()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("#C C opens a door", "C opens a door"),
        ("#O A man X waves #unsure", "A man X waves"),
        ("#c c picks #unsure from the shelf", "c picks from the shelf"),
        ("C opens door 5", "C opens door 5"),
        ("#unsure", ""),
    ],
)
def test_tags_are_taken_off(text, plain):
    assert untagged(text) == plain

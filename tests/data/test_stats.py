"""Statistics, equal to what a hand counts; figures and page."""

import re
import sys

import pytest

from videorecap.data.annotations import Annotation, Question, VideoAnnotations
from videorecap.data.plots import length_figure, scenario_figure
from videorecap.data.stats import count_words, duration, measure, summary, table
from videorecap.data.stats_page import stats_page
from videorecap.errors import DataError
from videorecap.types import Span

PNG = b"\x89PNG\r\n\x1a\n"


def caption(level, start, end, *texts):
    return Annotation(level=level, span=Span(start, end), texts=texts)


VIDEOS = [
    VideoAnnotations(
        video="a",
        duration_seconds=1800.0,
        captions=(
            caption("clip", 0, 1, "C opens a door", "a much longer way to say the same thing"),
            caption("clip", 9, 12, "#C C walks - slowly"),
            caption("segment", 0, 240, "C came home."),
            caption("summary", 0, 1800, "C had dinner at home"),
        ),
        questions=(Question(id="q", text="?", options=("x", "y")),),
        scenarios=("cooking", "eating", "cooking"),
    ),
    VideoAnnotations(
        video="b",
        duration_seconds=None,
        captions=(caption("clip", 2, 4, "C reads"), caption("scene", 0, 30, "A room")),
        scenarios=("cooking",),
    ),
]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("C opens a door.", 4),
        ("#C C opens a door", 4),
        ("C looks around - and 2 birds, too", 7),
        ("  ", 0),
        ("C's left-hand glove", 3),
    ],
)
def test_words_are_what_has_letters_or_digits_between_white_space(text, words):
    assert count_words(text) == words


def test_counts_equal_those_by_hand():
    stats = measure(iter(VIDEOS))
    assert (stats.videos, stats.seconds, stats.questions) == (2, 1800.0, 1)
    assert stats.scenarios == {"cooking": 2, "eating": 1}
    clip = stats.levels["clip"]
    assert (clip.samples, clip.mean_seconds, clip.words) == (3, 2.0, {4: 1, 3: 1, 2: 1})
    assert (clip.mean_words, clip.max_words) == (3.0, 4)
    assert stats.levels["segment"].mean_seconds == 240.0
    # narrations at 0.5 s and 10.5 s: 10 s apart, so 10 / 4.9 s long, and cut at 0; and one alone: 1 s
    narrated = (0.5 + 5 / 4.9) + 10 / 4.9 + 1.0
    assert stats.narrated.samples == 3
    assert stats.narrated.seconds == pytest.approx(narrated)


def test_the_table_has_ours_beside_the_papers():
    rows = {row[0]: row[1:] for row in table(measure(VIDEOS))}
    assert rows["clip"] == ("3", "5.27M", "2.00 s", "0.96 s", "3.00", "7.74", "4", "43")
    assert rows["segment"] == ("1", "17.5K", "4.00 min", "2.87 min", "3.00", "15.79", "3", "73")
    assert rows["summary"] == ("1", "8.3K", "30.00 min", "28.46 min", "5.00", "25.59", "5", "172")
    assert rows["scene"] == ("1", "", "30.00 s", "", "2.00", "", "2", "")
    assert rows["clip, as narrations"][:2] == ("3", "5.27M")
    assert summary(measure(VIDEOS)) == "2 videos, 0.5 hours, 1 questions, 2 scenarios (paper: 127)"


def test_an_empty_data_set_has_no_means():
    rows = {row[0]: row[1:] for row in table(measure([]))}
    assert rows["clip"] == ("0", "5.27M", "-", "0.96 s", "-", "7.74", "-", "43")


def test_durations_are_printed_as_the_paper_does():
    assert [duration(seconds) for seconds in (0.963, 172.2, 1707.6)] == ["0.96 s", "2.87 min", "28.46 min"]


@pytest.mark.slow
def test_figures_show_the_data():
    stats = measure(VIDEOS)
    for draw in (scenario_figure, length_figure):
        figure = draw(stats)
        assert figure.startswith(PNG)
        assert draw(stats) == figure
    fewer = measure(VIDEOS[:1])
    assert scenario_figure(fewer) != scenario_figure(stats)
    assert length_figure(fewer) != length_figure(stats)
    assert length_figure(measure([])).startswith(PNG)


def test_the_page_needs_no_other_file_and_escapes_names():
    stats = measure(VIDEOS)
    page = stats_page("<b>mine</b>", stats, {"lengths.png": PNG})
    assert "&lt;b&gt;mine" in page and "<b>mine" not in page
    assert "data:image/png;base64,iVBORw0KGgo" in page
    assert not re.search(r'(?:src|href)="(?!data:)', page)
    assert "<td>28.46 min</td>" in page


def test_a_missing_matplotlib_is_said_in_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(DataError, match=r'pip install "videorecap\[plots\]"'):
        length_figure(measure(VIDEOS))

"""SubRip, WebVTT and chapters, read back by a parser that shares nothing with the writers."""

import re
from html import unescape
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from videorecap.hierarchy import windows
from videorecap.outputs.chapters import tree_to_chapters
from videorecap.outputs.outline import settled
from videorecap.outputs.srt import tree_to_srt
from videorecap.outputs.vtt import tree_to_vtt

from .trees import caption, gap, make_tree, trees

HOSTILE = st.lists(
    st.sampled_from(
        [
            "--> ",
            "00:00:01,000 --> 00:00:02,000",
            "\n",
            "\n\n",
            "\r",
            "\u2028",
            "\x00",
            "1",
            "é",
            "🙂",
            "<b>",
            "&lt;",
            "&",
            "<",
            ">",
            "WEBVTT",
            "NOTE",
            "words",
            " ",
            "\t",
            "\x0b",
            "\x85",
        ]
    )
).map("".join)


def parse_times(line, point):
    found = re.fullmatch(
        rf"(\d\d+):(\d\d):(\d\d){point}(\d{{3}}) --> (\d\d+):(\d\d):(\d\d){point}(\d{{3}})", line
    )
    assert found, line
    numbers = [int(group) for group in found.groups()]
    assert max(numbers[1:3] + numbers[5:7]) < 60
    return tuple(((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in (numbers[:4], numbers[4:]))


def parse_srt(text):
    cues = []
    for number, block in enumerate(text.rstrip("\n").split("\n\n") if text else [], start=1):
        index, times, *lines = block.split("\n")
        assert index == str(number)
        assert lines and all(lines)
        assert not any("-->" in line for line in lines)
        cues.append((*parse_times(times, ","), lines))
    return cues


def parse_vtt(text):
    head, *blocks = text.rstrip("\n").split("\n\n")
    assert head == "WEBVTT"
    cues = []
    for block in blocks:
        times, *lines = block.split("\n")
        assert lines and all(lines)
        assert not any(sign in line for line in lines for sign in "<>")
        cues.append((*parse_times(times, r"\."), [unescape(line) for line in lines]))
    return cues


def words(text):
    """A text as a viewer perceives it: spaces and lines do not matter, controls are not seen."""
    return re.sub(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f]", "", re.sub(r"\x85", " ", text)).split()


def expected(tree, level):
    shown = [item for item in settled(tree.at(level)) if words(item.text)]
    return [item for item in shown if round(item.span.start * 1000) < round(item.span.end * 1000)]


@pytest.mark.parametrize(
    ("write", "parse"), [(tree_to_srt, parse_srt), (tree_to_vtt, parse_vtt)], ids=["srt", "vtt"]
)
@settings(max_examples=40)
@given(tree=trees(words=HOSTILE | st.text()))
def test_any_captions_survive_as_cues(write, parse, tree):
    for level in tree.levels:
        cues = parse(write(tree, level))
        captions = expected(tree, level)
        assert len(cues) == len(captions)
        for (start, end, lines), item in zip(cues, captions, strict=True):
            assert abs(start - item.span.start * 1000) <= 0.51
            assert abs(end - item.span.end * 1000) <= 0.51
            said = words(item.text.replace("-->", "->") if parse is parse_srt else item.text)
            assert " ".join(lines).split() == said


@given(
    duration=st.floats(0.5, 4000),
    window=st.floats(0.3, 7),
)
def test_rounding_makes_no_overlap_and_no_empty_cue(duration, window):
    spans = list(windows(duration, window))[:400]
    tree = make_tree(captions=[caption("clip", span.start, span.end, "words") for span in spans], gaps=())
    cues = parse_srt(tree_to_srt(tree, "clip"))
    assert len(cues) == len(spans)
    assert all(start < end for start, end, _ in cues)
    assert all(left[1] == right[0] for left, right in pairwise(cues))


def test_times_beyond_99_hours_and_a_gap():
    tree = make_tree(captions=(caption("clip", 100 * 3600 + 1.0005, 100 * 3600 + 5, "late"),))
    assert tree_to_srt(tree, "clip") == "1\n100:00:01,000 --> 100:00:05,000\nlate\n"
    assert "damaged" not in tree_to_vtt(tree, "clip")


def test_golden():
    tree = make_tree()
    assert tree_to_srt(tree, "clip") == (
        "1\n00:00:00,000 --> 00:00:04,000\nC opens the “door” & <b>waves</b>\n\n"
        "2\n00:00:08,000 --> 00:00:12,346\nC sits down\n"
    )
    assert tree_to_vtt(tree, "summary") == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:12.346\nC comes home --&gt; and rests.\n"
    )
    assert tree_to_chapters(tree) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:12.346\nC comes home --&gt; and rests.\n\n"
        "00:00:00.000 --> 00:00:12.346\nC comes home.\n\n"
        "00:00:00.000 --> 00:00:04.000\nC opens the “door” &amp; &lt;b&gt;waves&lt;/b&gt;\n\n"
        "00:00:08.000 --> 00:00:12.346\nC sits down\n"
    )


def test_a_level_without_captions_is_an_empty_file():
    tree = make_tree(captions=(), gaps=())
    assert tree_to_srt(tree, "clip") == ""
    assert tree_to_vtt(tree, "clip") == "WEBVTT\n"
    assert tree_to_chapters(tree) == "WEBVTT\n"


@settings(max_examples=40)
@given(trees(words=HOSTILE))
def test_chapters_nest_by_containment_in_order(tree):
    cues = parse_vtt(tree_to_chapters(tree))
    assert all(len(lines) == 1 for _, _, lines in cues)
    open_ends = []
    last_start = 0
    for start, end, _ in cues:
        assert last_start <= start < end
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        assert not open_ends or end <= open_ends[-1]
        open_ends.append(end)
        last_start = start


def test_every_level_is_a_chapter_and_a_border_is_cut():
    tree = make_tree(
        captions=(
            caption("clip", 0, 7, "a"),
            caption("clip", 7, 12, "b over the border"),
            caption("segment", 0, 10, "one"),
            caption("segment", 10, 20, "two"),
            caption("summary", 0, 20, "all"),
        ),
        gaps=(gap("clip", 12, 20),),
    )
    cues = [(start // 1000, end // 1000, *lines) for start, end, lines in parse_vtt(tree_to_chapters(tree))]
    assert cues == [
        (0, 20, "all"),
        (0, 10, "one"),
        (0, 7, "a"),
        (7, 10, "b over the border"),
        (10, 20, "two"),
    ]

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from videorecap.outputs.cues import one_line
from videorecap.outputs.md import escape, tree_to_md
from videorecap.outputs.times import clock, timestamp
from videorecap.outputs.txt import tree_to_txt

from .trees import make_tree, trees


def test_txt_golden():
    assert tree_to_txt(make_tree()) == (
        "a kitchen.mp4\n"
        "0:12, 640 × 360, 29.97 fps; captions by sim-tiny\n"
        "\n"
        "[0:00 – 0:12] C comes home --> and rests.\n"
        "  [0:00 – 0:12] C comes home.\n"
        "    [0:00 – 0:04] C opens the “door” & <b>waves</b>\n"
        "    [0:04 – 0:08] (no caption: frames are damaged)\n"
        "    [0:08 – 0:12] C sits down\n"
    )


def test_md_golden():
    assert tree_to_md(make_tree()) == (
        "# a kitchen.mp4\n\n"
        "0:12 · 640 × 360 · 29.97 fps · captions by sim-tiny\n\n"
        "## 0:00 – 0:12\n\n"
        "C comes home --\\> and rests.\n\n"
        "### 0:00 – 0:12\n\n"
        "C comes home.\n\n"
        "- **0:00** C opens the “door” & \\<b\\>waves\\</b\\>\n"
        "- **0:04** *No caption: frames are damaged*\n"
        "- **0:08** C sits down\n"
    )


@settings(max_examples=40)
@given(trees(words=st.text()))
def test_txt_has_one_line_for_each_item(tree):
    body = tree_to_txt(tree).split("\n\n", 1)[-1]
    num_shown = sum(line.lstrip().startswith("[") for line in body.splitlines())
    num_drafts = sum(not caption.final for caption in tree.captions)
    num_items = len(tree.captions) + len(tree.gaps)
    assert num_items - num_drafts <= num_shown <= num_items


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        (
            "*bold* _it_ `code` [a](b) <i> a|b ~x~ $y$",
            r"\*bold\* \_it\_ \`code\` \[a\](b) \<i\> a\|b \~x\~ \$y\$",
        ),
        ("a\\b", r"a\\b"),
        ("- item", r"\- item"),
        ("+ item\n\n# head", r"\+ item \# head"),
        ("=== x", r"\=== x"),
        ("12. item", r"12\. item"),
        ("3) item", r"3\) item"),
        ("&amp; & &#42;", r"\&amp; & \&\#42;"),
        ("in 2. place - fine + fine", "in 2. place - fine + fine"),
    ],
)
def test_markdown_escapes(text, escaped):
    assert escape(text) == escaped


@given(st.text())
def test_markdown_shows_the_words_and_none_of_its_signs_is_bare(text):
    line = escape(text)
    assert "\n" not in line
    bare = re.sub(r"\\.", "", line)
    assert not set(bare) & set("\\`*_[]<>|~$#")
    assert re.sub(r"\\(.)", r"\1", line) == one_line(text)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0:00"),
        (59.999, "0:59"),
        (60, "1:00"),
        (3599.9, "59:59"),
        (3600, "1:00:00"),
        (360000, "100:00:00"),
    ],
)
def test_clock(seconds, shown):
    assert clock(seconds) == shown


@given(st.integers(0, 10**9))
def test_a_timestamp_says_its_milliseconds(milliseconds):
    hours, minutes, rest = timestamp(milliseconds, ".").split(":")
    assert (int(hours) * 60 + int(minutes)) * 60_000 + round(float(rest) * 1000) == milliseconds
    assert int(minutes) < 60 and float(rest) < 60 and len(hours) >= 2

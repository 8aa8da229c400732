import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from videorecap.outputs.html import tree_to_html, video_sources
from videorecap.outputs.outline import settled

from .trees import VIDEO, caption, gap, make_tree, trees

ATTACKS = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "</style><b>",
        '"><img src=x onerror=alert(1)>',
        "' onclick='x",
        "&lt;i&gt;",
        "@@{script}",
        "$title",
        "<!--",
        "</details></section>",
        "plain words",
    ]
)


class Reader(HTMLParser):
    """What a browser would see: the tags, and of each caption its attributes and text."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.captions, self.addresses, self.scripts = [], [], [], []
        self._stack, self._open = [], None
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags.append((tag, sorted(values)))
        self.addresses += [values[name] for name in ("src", "href", "action", "poster") if name in values]
        if "data-start" in values:
            depth = sum(open_tag == "details" for open_tag in self._stack)
            kinds = values["class"].split()
            row = [values["data-level"], float(values["data-start"]), float(values["data-end"])]
            self.captions.append([*row, "gap" if "gap" in kinds else "caption", depth, ""])
            self._open = len(self._stack)
        if tag not in {"meta", "link", "source", "input"}:
            self._stack.append(tag)

    def handle_endtag(self, tag):
        if tag in {"path"}:
            self._stack.remove(tag)
            return
        assert self._stack.pop() == tag, tag
        if self._open is not None and len(self._stack) <= self._open:
            self._open = None

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, sorted(dict(attributes))))

    def handle_data(self, data):
        if self._open is not None and self._stack[-1] == "span":
            self.captions[-1][-1] += data
        if self._stack and self._stack[-1] == "script":
            self.scripts.append(data)


def test_all_captions_and_gaps_are_there_where_they_belong():
    assert Reader(tree_to_html(make_tree())).captions == [
        ["summary", 0.0, 12.346, "caption", 0, "C comes home --> and rests."],
        ["segment", 0.0, 12.346, "caption", 1, "C comes home."],
        ["clip", 0.0, 4.0, "caption", 1, "C opens the “door” & <b>waves</b>"],
        ["clip", 4.0, 8.0, "gap", 1, "No caption: frames are damaged"],
        ["clip", 8.0, 12.346, "caption", 1, "C sits down"],
    ]


@settings(max_examples=40)
@given(trees(words=ATTACKS))
def test_every_item_is_shown_once_as_it_was_written(tree):
    shown = Reader(tree_to_html(tree)).captions
    captions = [item for level in tree.levels for item in settled(tree.at(level))]
    assert sorted(text for *_, kind, _, text in shown if kind == "caption") == sorted(
        item.text for item in captions
    )
    assert sorted(text for *_, kind, _, text in shown if kind == "gap") == sorted(
        f"No caption: {item.reason}" for item in tree.gaps
    )


@settings(max_examples=40)
@given(ATTACKS, ATTACKS, ATTACKS, ATTACKS)
def test_no_text_becomes_structure(name, words, reason, level):
    def page(name, words, reason, level):
        tree = make_tree(
            levels=(level, "summary"),
            captions=(caption(level, 0, 4, words), caption("summary", 0, 8, words)),
            gaps=(gap(level, 4, 8, reason),),
            video=replace(VIDEO, path=name, sha256=words),
        )
        return Reader(tree_to_html(tree, [name]))

    hostile, tame = page(name, words, reason, level), page("n", "w", "r", "l")
    assert hostile.tags == tame.tags
    assert hostile.scripts == tame.scripts


def test_the_page_asks_for_nothing_but_the_video():
    page = tree_to_html(make_tree(), ["../a%20kitchen.mp4", "a%20kitchen.mp4"])
    assert not re.search(r"https?:|url\(|@import|\bfetch\b|XMLHttpRequest|import\s*\(", page)
    outside = [address for address in Reader(page).addresses if not address.startswith(("#", "data:,"))]
    assert outside == ["../a%20kitchen.mp4", "a%20kitchen.mp4"]


def test_only_the_script_of_the_page_may_run():
    page = tree_to_html(make_tree())
    (script,) = Reader(page).scripts
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "</script" not in script


def test_the_script_and_the_page_know_the_same_ids():
    page = tree_to_html(make_tree())
    script = files("videorecap.outputs").joinpath("page.js").read_text(encoding="utf-8")
    wanted = set(re.findall(r'\$\("(\w+)"\)', script))
    assert wanted and wanted <= set(re.findall(r' id="(\w+)"', page))


def test_nothing_is_left_to_fill_in():
    assert "@@" not in tree_to_html(make_tree())


def test_a_tree_without_captions_says_so():
    assert "There are no captions" in tree_to_html(make_tree(captions=(), gaps=()))


def test_bars_and_gaps_lie_where_their_times_are():
    page = tree_to_html(
        make_tree(video=replace(VIDEO, duration_seconds=16.0), captions=(caption("clip", 2, 4, "a"),))
    )
    assert 'viewBox="0 0 16 1"' in page
    assert 'd="M2 0H4V1H2Z"' in page
    assert 'style="left:25.000%;width:25.000%" title="0:04 – 0:08: frames are damaged"' in page


def test_hours_of_clips_stay_small_and_open_closed():
    clips = [caption("clip", 4 * n, 4 * n + 4, f"C does thing {n} to the red mug") for n in range(3600)]
    segments = [caption("segment", 180 * n, 180 * n + 180, "C does things.") for n in range(80)]
    page = tree_to_html(make_tree(captions=(*clips, *segments), gaps=()))
    assert len(page) < 1_000_000
    assert page.count("<details>") == 80
    assert len(Reader(page).captions) == 3680


@pytest.mark.parametrize(
    ("page_folder", "video", "sources"),
    [
        ("out", "videos/a kitchen.mp4", ["../videos/a%20kitchen.mp4", "a%20kitchen.mp4"]),
        ("out", "out/a kitchen.mp4", ["a%20kitchen.mp4"]),
        ("out", "50%#?:é.mp4", ["../50%25%23%3F%3A%C3%A9.mp4", "a%20kitchen.mp4"]),
        ("out", None, ["a%20kitchen.mp4"]),
    ],
)
def test_where_the_page_looks_for_its_video(page_folder, video, sources):
    assert video_sources(VIDEO, Path(page_folder), video and Path(video)) == sources

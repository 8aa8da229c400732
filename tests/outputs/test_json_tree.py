import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from videorecap.errors import OutputError
from videorecap.outputs.files import write_aside
from videorecap.outputs.json_tree import tree_from_json, tree_to_json
from videorecap.types import CaptionTree

from .trees import ROUND_VIDEO, SYSTEM, VIDEO, caption, gap, make_tree, trees


@settings(max_examples=40)
@given(trees())
def test_a_tree_comes_back_equal(tree):
    text = tree_to_json(tree)
    assert tree_from_json(text, "x.json") == tree
    assert tree_from_json(text.encode("utf-8", "backslashreplace"), "x.json") == tree


@settings(max_examples=40)
@given(trees(has_every_level=False))
def test_reading_and_writing_again_changes_nothing(tree):
    text = tree_to_json(tree)
    assert tree_to_json(tree_from_json(text, "x.json")) == text


def test_a_span_below_the_resolution_can_still_be_read():
    tree = make_tree(captions=(caption("clip", 1.0, 1.0000001, "blink"),), gaps=())
    (read,) = tree_from_json(tree_to_json(tree), "x.json").captions
    assert 0 < read.span.duration < 2e-6


def test_the_schema(tmp_path):
    tree = make_tree()
    document = json.loads(tree_to_json(tree))
    assert list(document) == ["schema_version", "video", "system", "captions", "gaps"]
    assert document["schema_version"] == 1
    assert document["video"] == {
        "path": VIDEO.path,
        "sha256": VIDEO.sha256,
        "duration_seconds": 12.345679,
        "width": 640,
        "height": 360,
        "frame_rate": 29.97003,
    }
    assert document["system"] == {"name": SYSTEM.name, "digest": SYSTEM.digest}
    assert document["captions"][0] == {
        "level": "clip",
        "start": 0.0,
        "end": 4.0,
        "text": "C opens the “door” & <b>waves</b>",
        "mean_logprob": -0.1235,
        "final": True,
    }
    assert document["gaps"] == [{"level": "clip", "start": 4.0, "end": 8.0, "reason": "frames are damaged"}]
    order = [(item["level"], item["start"]) for item in document["captions"]]
    assert order == [("clip", 0.0), ("clip", 8.0), ("segment", 0.0), ("summary", 0.0)]
    write_aside(tmp_path / "x.json", tree_to_json(tree))
    assert json.loads((tmp_path / "x.json").read_bytes()) == document


@pytest.mark.parametrize("unknown", [math.nan, -math.inf, None])
def test_an_unknown_log_probability_is_null(unknown):
    tree = make_tree(captions=(caption("clip", 0, 4, "a", mean_logprob=unknown),), gaps=())
    assert json.loads(tree_to_json(tree))["captions"][0]["mean_logprob"] is None


def test_a_level_that_has_gaps_only_keeps_its_place():
    captions = (caption("clip", 0, 4, "a"), caption("clip", 4, 8, "b"), caption("summary", 0, 300, "c"))
    tree = make_tree(
        captions=captions, gaps=(gap("segment", 0, 180), gap("segment", 180, 300)), video=ROUND_VIDEO
    )
    assert tree_from_json(tree_to_json(tree), "x.json") == tree


def test_gaps_tell_the_order_that_captions_do_not():
    tree = CaptionTree(
        video=ROUND_VIDEO,
        system=SYSTEM,
        levels=("a", "b"),
        captions=(caption("b", 0, 4, "x"),),
        gaps=(gap("a", 0, 4), gap("b", 4, 8)),
    )
    assert tree_from_json(tree_to_json(tree), "x.json") == tree


def _without(document, *keys):
    *path, last = keys
    for key in path:
        document = document[key]
    del document[last]


BROKEN = {
    "schema_version: input should be 1, got 2": lambda d: d.update(schema_version=2),
    "schema_version: field required": lambda d: d.pop("schema_version"),
    "video.sha256: field required": lambda d: _without(d, "video", "sha256"),
    "video.width: .*, got '640'": lambda d: d["video"].update(width="640"),
    "video.width: .*, got True": lambda d: d["video"].update(width=True),
    "captions.1.start: .*, got '8'": lambda d: d["captions"][1].update(start="8"),
    "captions.0.mood: extra inputs": lambda d: d["captions"][0].update(mood="calm"),
    "captions.0.final: .* boolean": lambda d: d["captions"][0].update(final=1),
    "captions.0.mean_logprob: .* finite": lambda d: d["captions"][0].update(mean_logprob=math.nan),
    "a span needs 0 <= start < end, got 4.0 and 4.0": lambda d: d["captions"][0].update(start=4.0),
    "got -1.0 and 4.0": lambda d: d["captions"][0].update(start=-1.0),
    "gaps: .* list": lambda d: d.update(gaps=None),
    "and 1 more": lambda d: [item.pop("end") for item in d["captions"]],
}


@pytest.mark.parametrize("message", BROKEN)
def test_a_wrong_document_is_one_line_that_names_the_fault(message):
    document = json.loads(tree_to_json(make_tree()))
    BROKEN[message](document)
    with pytest.raises(OutputError, match=message) as caught:
        tree_from_json(json.dumps(document), "old/x.json")
    assert str(caught.value).startswith("old/x.json")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '"tree"', "[" * 100_000, b"\xff\xfe\x00", "x" * 5])
def test_what_is_no_tree_at_all_is_one_line(text):
    with pytest.raises(OutputError) as caught:
        tree_from_json(text, "x.json")
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=40) | st.recursive(st.none() | st.text() | st.floats(), st.lists).map(json.dumps))
def test_anything_else_is_refused_politely(text):
    with pytest.raises(OutputError):
        tree_from_json(text, "x.json")

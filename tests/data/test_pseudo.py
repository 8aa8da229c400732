"""Labels of a teacher: which spans they are for, what their file says, and how it may be wrong."""

import json
from dataclasses import replace

import pytest

from videorecap.data.annotations import Annotation, VideoAnnotations
from videorecap.data.pseudo import Provenance, label_line, read_provenance, read_pseudo, with_pseudo
from videorecap.data.pseudo_plan import (
    MAX_SHARED,
    Target,
    captions_in,
    labelable,
    plan_segments,
    plan_summaries,
)
from videorecap.errors import DataError
from videorecap.types import Span

LENGTHS = (60.0, 120.0, 300.0)
WHO = Provenance(
    teacher="tiny-t5",
    digest="d" * 64,
    trained_on={"data": "e" * 64, "steps": 7},
    prompts={"segment": "describe: "},
    decoding={"num_beams": 1},
    data="f" * 64,
    seed=3,
)
TARGET = Target(video="a", level="segment", span=Span(4.0, 90.5), captions=("C cuts", "C eats"))


def video(name, split="train", seconds=1200.0, described=(), **fields):
    clips = [
        Annotation(level="clip", span=Span(start, start + 4), texts=(f"C takes cup {start}",))
        for start in range(0, int(seconds) - 4, 4)
    ]
    minutes = [Annotation(level="segment", span=Span(*span), texts=("C drinks",)) for span in described]
    return VideoAnnotations(
        video=name, split=split, duration_seconds=seconds, captions=(*clips, *minutes), **fields
    )


def write(path, *lines):
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def header(who=WHO):
    return json.dumps(who.header())


def test_only_training_videos_that_nothing_keeps_away_are_labelled():
    videos = [
        video("a"),
        video("b", split="test"),
        video("c", split=None),
        video("d"),
        video("e", source="day-1"),
        replace(video("f"), captions=()),
    ]
    assert [each.video for each in labelable(videos, frozenset({"d", "day-1"}))] == ["a", "c"]


def test_segments_are_new_lie_inside_and_have_learnt_lengths():
    videos = [video("a", described=[(0, 180), (180, 360)]), video("b", seconds=700.5), video("c", seconds=90)]
    by_name = {each.video: each for each in videos}
    targets = plan_segments(videos, 12, LENGTHS, seed=5)
    assert targets == plan_segments(videos, 12, LENGTHS, seed=5)
    assert targets != plan_segments(videos, 12, LENGTHS, seed=6)
    assert len(targets) == 12
    for target in targets:
        own = by_name[target.video]
        assert target.span.end <= own.duration_seconds
        longest = min(max(LENGTHS), own.duration_seconds)
        assert min(LENGTHS) - 0.02 <= target.span.duration <= longest + 0.02
        assert target.captions == captions_in(own, target.span)
        others = [other.span for other in targets if other.video == target.video and other is not target]
        for span in [*others, *(item.span for item in own.at("segment"))]:
            both = span.overlap(target.span)
            assert both <= MAX_SHARED * (span.duration + target.span.duration - both)


def test_there_may_be_less_room_than_asked_for():
    assert 0 < len(plan_segments([video("a", seconds=400.0)], 50, LENGTHS, seed=0)) < 50
    assert plan_segments([], 5, LENGTHS, seed=0) == ()
    assert plan_segments([replace(video("a"), captions=())], 5, LENGTHS, seed=0) == ()


def test_summaries_are_of_whole_videos_that_have_none_first():
    summary = Annotation(level="summary", span=Span(0, 1200), texts=("C drinks a lot",))
    videos = [video(name) for name in "abcdef"]
    videos[1] = replace(videos[1], captions=(*videos[1].captions, summary))
    plain = plan_summaries(videos, 99, seed=1)
    assert [target.video for target in plain] == list("acdef")
    assert {target.span for target in plain} == {Span(0, 1200)}
    some = plan_summaries(videos, 3, seed=1, again=True)
    assert len(some) == 3
    assert "b" not in {target.video for target in some}
    assert [target.video for target in plan_summaries(videos, 6, seed=1, again=True)] == list("abcdef")


def test_captions_of_a_span_are_in_order_and_repeat_not():
    texts = [(8, "C eats"), (0, "C cuts"), (4, "C cuts"), (12, "C cuts"), (16, "C rests")]
    clips = tuple(Annotation(level="clip", span=Span(at, at + 4), texts=(text,)) for at, text in texts)
    shown = VideoAnnotations(video="a", duration_seconds=20, captions=clips)
    assert captions_in(shown, Span(0, 17.9)) == ("C cuts", "C eats", "C cuts")


def test_a_file_says_who_wrote_it_and_is_read_back(tmp_path):
    path = write(tmp_path / "p.jsonl", header(), label_line(TARGET, "C cooks"))
    assert read_provenance(path) == WHO
    ((name, label),) = read_pseudo(path)
    assert (name, label) == ("a", Annotation(level="segment", span=TARGET.span, texts=("C cooks",)))
    for field in Provenance.__dataclass_fields__:
        partial = WHO.header()
        del partial["provenance"][field]
        with pytest.raises(DataError, match=field):
            read_provenance(write(path, json.dumps(partial)))


GOOD = json.loads(label_line(TARGET, "C cooks"))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "no JSON"),
        (json.dumps({**GOOD, "schema_version": 9}), "schema_version is 9"),
        (json.dumps({**GOOD, "level": "clip"}), "level: is 'clip'"),
        (json.dumps({**GOOD, "text": " "}), "text: is empty"),
        (json.dumps({**GOOD, "text": None}), "text: is None"),
        (json.dumps({**GOOD, "end": 1.0}), "0 <= start < end"),
        (json.dumps({**GOOD, "by": "me"}), "unknown field 'by'"),
        (json.dumps({key: GOOD[key] for key in GOOD if key != "video"}), "no field 'video'"),
        (header(), "unknown field 'provenance'"),
    ],
)
def test_a_bad_line_is_named_with_its_place(tmp_path, line, fault):
    path = write(tmp_path / "p.jsonl", header(), json.dumps(GOOD), line)
    with pytest.raises(DataError, match=rf"p\.jsonl:3: .*{fault}|p\.jsonl:3: {fault}"):
        list(read_pseudo(path))


def test_labels_without_who_wrote_them_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"p\.jsonl:1: unknown field"):
        list(read_pseudo(write(tmp_path / "p.jsonl", json.dumps(GOOD))))
    with pytest.raises(DataError, match="is empty"):
        list(read_pseudo(write(tmp_path / "p.jsonl")))
    with pytest.raises(DataError, match="cannot be read"):
        list(read_pseudo(tmp_path / "none.jsonl"))


def test_labels_go_to_their_videos_and_never_to_one_that_is_not_trained_on():
    label = ("a", Annotation(level="segment", span=TARGET.span, texts=("C cooks",)))
    assert with_pseudo([video("a"), video("b")], [label]) == {"a": (label[1],), "b": ()}
    with pytest.raises(DataError, match="no such video"):
        with_pseudo([video("b")], [label])
    with pytest.raises(DataError, match="split 'test'"):
        with_pseudo([video("a", split="test")], [label])
    with pytest.raises(DataError, match="lasts 50 s"):
        with_pseudo([video("a", seconds=50.0)], [label])

"""Checks: each fault is found, and a good data set has none."""

import json
from dataclasses import replace

import av
import numpy as np
import pytest

from videorecap.data.annotations import Annotation, Question, VideoAnnotations, to_json, write_annotations
from videorecap.data.check import check, check_video
from videorecap.types import Span


def caption(level, start, end, *texts):
    return Annotation(level=level, span=Span(start, end), texts=texts or ("C reads a book",))


def video(name, split="train", **fields):
    fields = {"captions": (caption("clip", 0, 4),), "duration_seconds": 8.0, **fields}
    return VideoAnnotations(video=name, split=split, **{"seed": hash_free_seed(name), **fields})


def hash_free_seed(name):
    return int.from_bytes(name.encode(), "little")


GOOD = video(
    "a",
    captions=(
        *(caption("clip", start, start + 4) for start in (0, 4)),
        *(caption("segment", start, start + 4) for start in (0, 4)),
        caption("summary", 0, 8.05, "C read for long"),
    ),
    questions=(Question(id="q", text="why?", options=("x", "y"), answer=0),),
    combinations=(("reading", "office", "book"),),
)
OTHER = replace(
    GOOD,
    video="b",
    split="test",
    seed=2,
    captions=(caption("summary", 0, 8, "C read a lot"),),
    questions=(replace(GOOD.questions[0], id="r"),),
    combinations=(("reading", "office", "letter"),),
    held_out=(("reading", "office", "letter"),),
)


def findings(tmp_path, *videos, **options):
    write_annotations(tmp_path, videos)
    return [(found.severity, found.where, found.what) for found in check(tmp_path, **options)]


def write_video(path, seconds):
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as output:
        stream = output.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        for _ in range(round(seconds * 10)):
            output.mux(
                stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24"))
            )
        output.mux(stream.encode(None))


def test_a_good_data_set_has_no_findings(tmp_path):
    assert findings(tmp_path, GOOD, OTHER) == []


def test_segments_of_a_real_video_must_not_overlap_and_of_a_simulated_one_may():
    captions = (caption("segment", 3, 6), caption("segment", 0, 4), caption("summary", 0, 8))
    made = video("x", captions=captions)
    assert list(check_video(made)) == []
    (found,) = check_video(replace(made, seed=None))
    assert (found.severity, found.what) == ("error", "segment 3-6 s begins before another one ends")


@pytest.mark.parametrize(
    ("fields", "severity", "said"),
    [
        ({"captions": (caption("clip", 0, 4, "x", " "),)}, "error", "clip 0-4 s has an empty text"),
        (
            {"captions": (caption("clip", 0, 4), caption("clip", 7, 9), caption("clip", 9, 11))},
            "error",
            "clip 7-9 s lies beyond the video's end at 8 s (and 1 more of the level)",
        ),
        (
            {"captions": (caption("clip", 0, 4), caption("clip", 0, 4, "x"), caption("clip", 1, 2))},
            "warning",
            "clip 0-4 s begins before another one ends (and 1 more of the level)",
        ),
        ({"path": f"{'x' * 300}.mp4"}, "error", f"its file {'x' * 300}.mp4 is missing"),
        ({"captions": ()}, "warning", "has neither captions nor questions"),
        ({"path": "../x.mp4"}, "error", "its file '../x.mp4' would be outside the data set"),
        ({"path": "/etc/passwd"}, "error", "its file '/etc/passwd' would be outside the data set"),
        ({"path": "videos/x.mp4"}, "error", "its file videos/x.mp4 is missing"),
    ],
)
def test_a_fault_of_one_video_is_found(fields, severity, said, tmp_path):
    assert findings(tmp_path, GOOD, video("x", **fields)) == [(severity, "x", said)]


def test_an_id_cannot_lead_to_a_file_elsewhere(tmp_path):
    write_video(tmp_path / "secret.mp4", 1)
    (found,) = findings(tmp_path / "set", video("../secret", seed=None), videos_folder=tmp_path / "set")
    assert found == ("error", "../secret", "its file '../secret' would be outside the data set")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (Question(id="q", text="why?", options=("x", "y")), "another question has this id too"),
        (Question(id="r", text=" ", options=("x", "y")), "has an empty text"),
        (Question(id="r", text="why?", options=("x", "")), "has an empty text"),
        (Question(id="r", text="why?", options=("x", "y", "x")), "has 2 different options"),
        (Question(id="r", text="why?", options=("x",)), "has 1 different options"),
    ],
)
def test_a_fault_of_a_question_is_found(question, said, tmp_path):
    found = findings(tmp_path, GOOD, video("x", questions=(question,)))
    assert found == [("error", f"x, question {question.id}", said)]


@pytest.mark.parametrize(
    ("second", "severity", "said"),
    [
        (video("a", seed=5), "error", "has the id a of an earlier video"),
        (video("a", "val", seed=5), "error", "is in val with the id a of an earlier video in train"),
        (video("x", "val", seed=GOOD.seed), "error", f"is in val with the seed {GOOD.seed} of a in train"),
        (video("x", seed=GOOD.seed), "warning", f"has the seed {GOOD.seed} of a"),
        (
            video("x", "test", held_out=GOOD.combinations),
            "error",
            "is in training with the combination reading, office, book, which x holds out",
        ),
        (
            video("x", "test", captions=(caption("summary", 0, 8, "C READ  for long"),)),
            "warning",
            "a summary in test is word for word one in train",
        ),
    ],
)
@pytest.mark.parametrize("is_swapped", [False, True])
def test_a_leak_is_found_in_either_order(second, severity, said, is_swapped, tmp_path):
    videos = (second, GOOD) if is_swapped else (GOOD, second)
    found = findings(tmp_path, *videos)
    assert [item[0] for item in found] == [severity]
    if not is_swapped:
        assert found[0][2] == said


def test_folders_of_one_split_each_are_checked_together(tmp_path):
    train, test = tmp_path / "train", tmp_path / "test"
    write_annotations(train, [GOOD, video("c", path="b.mp4")])
    write_video(train / "b.mp4", 8)
    write_annotations(test, [replace(OTHER, seed=GOOD.seed, path="b.mp4")])
    write_video(test / "b.mp4", 2)
    found = [(item.where, item.what) for item in check(train, test)]
    assert found == [
        ("b", f"is in test with the seed {GOOD.seed} of a in train"),
        ("b", "lasts 2.0 s as b.mp4, but 8.0 s by its annotations"),
    ]


def test_excerpts_of_one_video_belong_in_one_split(tmp_path):
    cut = [video(name, split, source="ego") for name, split in (("x", "train"), ("y", "train"), ("z", "val"))]
    (found,) = findings(tmp_path, *cut)
    assert found == ("error", "z", "is in val with the source ego of x in train")


def test_videos_kept_for_evaluation_may_only_be_in_the_test_split(tmp_path):
    videos = [video("ego"), video("y", None, source="ego2"), video("z", "test", source="ego3")]
    found = findings(tmp_path, *videos, forbidden=frozenset({"ego", "ego2", "ego3"}))
    assert found == [
        ("error", "ego", "is in train, but ego is kept for evaluation"),
        ("error", "y", "is in no split, but ego2 is kept for evaluation"),
    ]


def test_wrong_lines_and_spans_are_findings_and_the_rest_is_checked(tmp_path):
    fields = json.loads(to_json(GOOD))
    fields["captions"][0]["end"] = 0
    lines = ["nonsense", json.dumps(fields), to_json(video("x", captions=(caption("clip", 0, 9),)))]
    path = tmp_path / "annotations.jsonl"
    path.write_text("\n".join(lines))
    found = list(check(tmp_path))
    assert [item.severity for item in found] == ["error"] * 3
    assert [item.where for item in found] == [f"{path}:1", f"{path}:2", "x"]
    assert found[1].what.startswith("captions[0]: a span needs 0 <= start < end, got")


def test_a_data_set_without_videos_is_an_error(tmp_path):
    assert findings(tmp_path) == [("error", str(tmp_path), "holds no videos")]


def test_files_are_found_missing_or_of_another_length(tmp_path):
    write_video(tmp_path / "videos" / "good.mp4", 8)
    write_video(tmp_path / "videos" / "long.mkv", 12)
    for start, seconds in ((0, 3), (3, 5)):
        write_video(tmp_path / "videos" / "chunked.mp4" / f"{start}.mp4", seconds)
    (tmp_path / "videos" / "text.mp4").write_text("no video")
    videos = [video(name, seed=None) for name in ("good", "long", "chunked", "text", "none")]
    found = findings(tmp_path, *videos, video("rendered", seed=1))
    assert [item[:2] for item in found] == [("error", "long"), ("error", "text"), ("error", "none")]
    assert found[0][2] == "lasts 12.0 s as long.mkv, but 8.0 s by its annotations"
    assert "not a video that FFmpeg can read" in found[1][2]
    assert found[2][2] == f"its file {tmp_path / 'videos' / 'none.mp4'} is missing"


def test_a_folder_of_chunks_with_a_hole_or_a_broken_chunk_is_found(tmp_path):
    for name in ("holed", "broken"):
        for start in (2, 4, 6) if name == "holed" else (0, 2, 4, 6):
            write_video(tmp_path / "videos" / f"{name}.mp4" / f"{start}.mp4", 0.5 if start == 4 else 2)
    (tmp_path / "videos" / "broken.mp4" / "4.mp4").write_bytes(b"")
    found = findings(tmp_path, video("holed", seed=None), video("broken", seed=None))
    assert found[0] == ("error", "holed", "its chunks in holed.mp4 lack 0.0-2.0, 4.5-6.0 s")
    assert found[1][:2] == ("error", "broken") and "4.mp4: is empty" in found[1][2]
    assert len(found) == 2


def test_one_file_for_two_videos_is_a_leak_between_splits(tmp_path):
    write_video(tmp_path / "v.mp4", 8)
    videos = [video("x", path="v.mp4"), video("y", path="v.mp4"), video("z", "val", path="v.mp4")]
    assert findings(tmp_path, *videos) == [
        ("warning", "y", f"has the file {tmp_path / 'v.mp4'} of x"),
        ("error", "z", f"is in val with the file {tmp_path / 'v.mp4'} of x in train"),
    ]


def test_a_video_without_an_id_is_an_error(tmp_path):
    assert findings(tmp_path, video(" ", seed=1)) == [("error", "' '", "is no id of a video")]


def test_files_may_be_elsewhere_and_may_be_missing_altogether(tmp_path):
    plain = video("good", seed=None)
    write_video(tmp_path / "elsewhere" / "good.mp4", 8)
    assert findings(tmp_path, plain, videos_folder=tmp_path / "elsewhere") == []
    (found,) = findings(tmp_path, plain)
    assert found[0] == "warning"
    assert "the files of 1 videos were not looked at" in found[2]

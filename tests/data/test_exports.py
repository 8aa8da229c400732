"""Other layouts: what their own programs would find in them, and the way back."""

import json
import pickle
from dataclasses import replace

import pytest

from videorecap.data.annotations import Annotation, Question, VideoAnnotations
from videorecap.data.exports import LAYOUTS, export
from videorecap.data.readers.detect import read_any
from videorecap.errors import DataError
from videorecap.types import Span


def caption(level, start, end, *texts):
    return Annotation(level=level, span=Span(start, end), texts=texts)


CAPTIONS = (
    caption("clip", 0.0, 2.0, "C opens a door", "a door is opened"),
    caption("clip", 179.0, 181.0, "C walks"),
    caption("segment", 0.0, 180.0, "C came home"),
    caption("segment", 180.0, 400.0, "C ate"),
    caption("summary", 0.0, 400.0, "C had dinner"),
)
PREDICTED = (
    caption("clip", 0.0, 4.0, "C opens the fridge"),
    caption("clip", 176.0, 181.0, "C turns"),
    caption("segment", 0.0, 180.0, "C went in"),
    caption("segment", 180.0, 360.0, "C ate soup"),
    caption("segment", 360.0, 400.0, "C sat"),
)
TRAIN = VideoAnnotations(
    video="v1", duration_seconds=None, split="train", captions=CAPTIONS, predicted=PREDICTED
)
VAL = VideoAnnotations(
    video="v2", duration_seconds=None, split="val", captions=(caption("clip", 0.5, 1.0, "C reads"),)
)
QUESTIONS = tuple(
    Question(id=name, text="why?", options=("a", "b", "c", "d", "e"), answer=answer)
    for name, answer in (("q1", 4), ("q2", None))
)


def test_ego4d_hcap_is_as_the_authors_have_it(tmp_path):
    export([TRAIN, VAL], tmp_path, "ego4d-hcap")

    def load(name):
        return pickle.loads((tmp_path / name).read_bytes())  # noqa: S301

    assert load("clips_train.pkl") == [("v1", 0.0, 2.0, "C opens a door"), ("v1", 179.0, 181.0, "C walks")]
    assert load("clips_val.pkl") == [("v2", 0.5, 1.0, "C reads")]
    assert load("segments_train.pkl")[0] == {
        "vid": "v1",
        "start_sec": 0.0,
        "end_sec": 180.0,
        "captions_gt": [["v1", 0.0, 2.0, "C opens a door"]],  # the other one reaches over the border
        "captions_pred": [["v1", 0.0, 4.0, "C opens the fridge"]],
        "segment_description": "C came home",
    }
    assert json.loads((tmp_path / "videos_train.json").read_text()) == [
        {
            "vid": "v1",
            "start_sec": 0.0,
            "end_sec": 400.0,
            "segment_descriptions": ["C came home", "C ate"],
            "segment_descriptions_pred": ["C went in", "C ate soup", "C sat"],
            "video_summary": "C had dinner",
        }
    ]
    assert not (tmp_path / "segments_val.pkl").exists()


def test_the_way_to_ego4d_hcap_and_back_keeps_all_but_paraphrases(tmp_path):
    export([TRAIN, VAL], tmp_path, "ego4d-hcap")
    first, second = read_any(tmp_path)
    assert first.captions == (caption("clip", 0.0, 2.0, "C opens a door"), *CAPTIONS[1:])
    assert first.predicted == PREDICTED
    assert (first.split, second) == ("train", VAL)
    again = tmp_path / "again"
    for path in export(read_any(tmp_path), again, "ego4d-hcap"):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()


def test_videos_of_no_split_come_back_without_one(tmp_path):
    video = VideoAnnotations(video="v", duration_seconds=None, captions=(caption("clip", 0, 1, "x"),))
    export([video], tmp_path, "ego4d-hcap")
    assert list(read_any(tmp_path)) == [video]


def test_splits_of_any_plain_name_come_back(tmp_path):
    videos = [replace(VAL, video=name, split=name) for name in ("Test", "val2", "hold-out")]
    export(videos, tmp_path, "ego4d-hcap")
    assert sorted(video.split for video in read_any(tmp_path)) == sorted(video.split for video in videos)


def test_a_split_cannot_lead_out_of_the_folder(tmp_path):
    video = VideoAnnotations(
        video="v", duration_seconds=None, split="../../../x", captions=(caption("clip", 0, 1, "x"),)
    )
    (path,) = export([video], tmp_path / "in", "ego4d-hcap")
    assert path.resolve().parent == (tmp_path / "in").resolve()
    assert path.exists()


def test_narrations_are_at_the_middle_of_their_clips(tmp_path):
    (path,) = export([TRAIN, VAL], tmp_path, "ego4d-narrations")
    told = json.loads(path.read_text())["videos"]["v1"]["narration_pass_1"]
    assert told["narrations"][0] == {
        "timestamp_sec": 1.0,
        "timestamp_frame": 30,
        "narration_text": "C opens a door",
    }
    assert told["summaries"][1] == {"start_sec": 180.0, "end_sec": 400.0, "summary_text": "C ate"}
    first, second = read_any(path)
    assert [item.span.middle for item in first.at("clip")] == pytest.approx([1.0, 180.0], abs=20)
    assert first.at("segment") == TRAIN.at("segment")
    assert second.captions == (caption("clip", 0.25, 1.25, "C reads"),)  # one narration: one second


def test_egoschema_comes_back_question_by_question(tmp_path):
    cut = VideoAnnotations(
        video="v", duration_seconds=180.0, source="ego", source_start_seconds=60.0, questions=QUESTIONS
    )
    export([cut], tmp_path, "egoschema")
    assert json.loads((tmp_path / "subset_answers.json").read_text()) == {"q1": 4}
    origins = json.loads((tmp_path / "uid_to_ego4d.json").read_text())
    assert origins["q1"] == {"video_uid": "ego", "starting_sec": 60.0, "ending_sec": 240.0}
    entry = json.loads((tmp_path / "questions.json").read_text())[0]
    assert entry.keys() == {"q_uid", "question", *(f"option {number}" for number in range(5))}
    read = list(read_any(tmp_path))
    assert [video.questions[0] for video in read] == list(QUESTIONS)
    assert {(video.source, video.source_start_seconds, video.duration_seconds) for video in read} == {
        ("ego", 60.0, 180.0)
    }
    again = tmp_path / "again"
    for path in export(read, again, "egoschema"):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()


def test_questions_with_one_id_are_refused(tmp_path):
    video = VideoAnnotations(video="v", duration_seconds=None, questions=QUESTIONS[:1] * 2)
    with pytest.raises(DataError, match="another question has the id 'q1'"):
        export([video], tmp_path, "egoschema")
    assert list(tmp_path.iterdir()) == []


def test_jsonl_keeps_everything(tmp_path):
    full = VideoAnnotations(
        video="v",
        duration_seconds=4.0,
        captions=CAPTIONS,
        questions=QUESTIONS,
        scenarios=("cooking",),
        seed=3,
    )
    export([full], tmp_path, "jsonl")
    assert list(read_any(tmp_path)) == [full]


@pytest.mark.parametrize("layout", ["ego4d-hcap", "egoschema"])
def test_nothing_to_write_is_an_error(layout, tmp_path):
    with pytest.raises(DataError, match="nothing to write"):
        export([VideoAnnotations(video="v", duration_seconds=None)], tmp_path, layout)


def test_an_unknown_layout_names_those_that_there_are(tmp_path):
    with pytest.raises(DataError, match=", ".join(LAYOUTS)):
        export([TRAIN], tmp_path, "csv")

"""Readers, on files written here in the layouts that their authors publish."""

import json
import pickle

import pytest

from videorecap.data.annotations import Annotation, VideoAnnotations, write_annotations
from videorecap.data.readers.detect import read_any
from videorecap.data.readers.egoschema import read_ids
from videorecap.errors import DataError
from videorecap.outputs.json_tree import tree_to_json
from videorecap.types import Caption, CaptionTree, Span, SystemInfo, VideoInfo

CLIPS = [
    ("v1", 0.5, 1.5, "#C C opens a door"),
    ("v1", 2, 3.25, "#C C walks"),
    ("v2", 0.0, 2.0, "#O A man X sits"),
]
SEGMENTS = [
    {
        "vid": "v1",
        "sid": "s1",
        "start_sec": 0.0,
        "end_sec": 200.0,
        "captions_pred": [["v1", 0.0, 4.0, "C opens the fridge"], ["v1", 4.0, 8.0, "C walks around"]],
        "captions_gt": [["v1", 0.5, 1.5, "#C C opens a door"], ["v1", 100.0, 101.0, "#C C sits down"]],
        "segment_description": "C came home.",
    }
]
VIDEOS = [
    {
        "vid": "v1",
        "start_sec": 0,
        "end_sec": 400.0,
        "segment_descriptions": ["C came home.", "C ate."],
        "segment_descriptions_pred": ["C went in.", "C ate soup.", "C sat."],
        "video_summary": "C had dinner at home.",
    }
]


def caption(level, start, end, *texts):
    return Annotation(level=level, span=Span(start, end), texts=texts)


def write(path, content):
    if path.suffix == ".pkl":
        path.write_bytes(pickle.dumps(content, 3))
    else:
        path.write_text(json.dumps(content))
    return path


@pytest.fixture
def hcap(tmp_path):
    write(tmp_path / "clips_train.pkl", CLIPS)
    write(tmp_path / "segments_train.pkl", SEGMENTS)
    write(tmp_path / "videos_train.json", VIDEOS)
    write(tmp_path / "segments_train_pseudo.pkl", [{**SEGMENTS[0], "segment_description": "made up"}])
    write(tmp_path / "clips_val.pkl", [("v3", 0.0, 1.0, "#C C reads")])
    write(tmp_path / "all_captions.json", {"v3": [["v3", 0.0, 4.0, "C looks at a book"]]})
    return tmp_path


def test_files_of_ego4d_hcap_are_joined_by_video_and_split(hcap):
    first, second, third = read_any(hcap)
    assert (first.video, first.split, second.video, second.split) == ("v1", "train", "v2", "train")
    assert first.captions == (
        caption("clip", 0.5, 1.5, "#C C opens a door"),
        caption("clip", 2.0, 3.25, "#C C walks"),
        caption("clip", 100.0, 101.0, "#C C sits down"),
        caption("segment", 0.0, 200.0, "C came home."),
        caption("summary", 0.0, 400.0, "C had dinner at home."),
    )
    assert first.predicted == (
        caption("clip", 0.0, 4.0, "C opens the fridge"),
        caption("clip", 4.0, 8.0, "C walks around"),
        caption("segment", 0.0, 180.0, "C went in."),
        caption("segment", 180.0, 360.0, "C ate soup."),
        caption("segment", 360.0, 400.0, "C sat."),
    )
    assert second.captions == (caption("clip", 0.0, 2.0, "#O A man X sits"),)
    assert (third.video, third.split) == ("v3", "val")
    assert third.captions == (caption("clip", 0.0, 1.0, "#C C reads"),)
    assert third.predicted == (caption("clip", 0.0, 4.0, "C looks at a book"),)


def test_a_file_of_made_up_labels_is_read_when_it_is_asked_for(hcap):
    (video,) = read_any(hcap / "segments_train_pseudo.pkl")
    assert video.at("segment")[0].caption == "made up"
    assert video.split == "train"


def test_descriptions_stored_as_one_text_are_taken_apart(tmp_path):
    texts = ["C's dog, it [barks]", 'C said "no"']
    entry = {**VIDEOS[0], "segment_descriptions_pred": str(texts), "version": "v1"}
    (video,) = read_any(write(tmp_path / "videos_val.json", [entry]))
    assert [item.caption for item in video.predicted] == texts
    for text in ("__import__('os').system('true')", "{[]: 1}", "[" * 100_000, "-" * 100_000 + "1", "a, b"):
        bad = {**entry, "segment_descriptions_pred": text}
        with pytest.raises(DataError, match=r"item 0: segment_descriptions_pred: .*not a list of texts"):
            list(read_any(write(tmp_path / "videos_val.json", [bad])))


def test_all_segments_follow_each_other(tmp_path):
    (video,) = read_any(write(tmp_path / "all_segments.json", {"v1": ["a", "b"]}))
    assert video.predicted == (caption("segment", 0, 180, "a"), caption("segment", 180, 360, "b"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([("v1", 0.0, 1.0)], "item 0: (vid, start, end) is a clip to caption"),
        ([("v1", "s1", 0.0, 1.0)], "item 0: (vid, sid, start, end) is a segment to caption"),
        ([CLIPS[0], ("v1", 0.0)], "item 1: has 2 parts"),
        ([CLIPS[0], ("v1", 3.0, 1.0, "x")], "item 1: a span needs 0 <= start < end, got 3.0 and 1.0"),
        ([CLIPS[0], ("v1", 0.0, 1.0, None)], "item 1: caption: is None, not text"),
        ([CLIPS[0], (7, 0.0, 1.0, "x")], "item 1: vid: is 7, not text"),
        ([CLIPS[0], ("v1", 0, 10**400, "x")], f"item 1: end: is 1{'0' * 59}, not a finite number"),
        ([CLIPS[0], ("v1", 0, -(10**5000), "x")], "item 1: end: is a very large number, not a finite"),
        ([CLIPS[0], (10**5000, 0, 1, "x")], "item 1: vid: is a very large number, not text"),
        ([CLIPS[0], ("v1", float("nan"), 1, "x")], "item 1: start: is nan, not a finite number"),
        ([CLIPS[0], ("v1", -1, 1, "x")], "item 1: a span needs 0 <= start < end, got -1.0 and 1.0"),
        ([None, CLIPS[0]], "item 0: is None, not an object"),
        ({3: [CLIPS[0]], "v": [CLIPS[0]]}, "a video's id: is 3, not text"),
        ([CLIPS[0], ()], "item 1: is empty"),
        ([CLIPS[0], "x"], "item 1: is 'x', not an object"),
        ([{**SEGMENTS[0], "end_sec": None}], "item 0: end: is None"),
        ([{"vid": "v1", "segment_description": "x"}], "item 0: has no field 'start_sec'"),
        ([{**SEGMENTS[0], "captions_gt": [["v1", 0, 0, "x"]]}], "item 0: captions_gt[0]: a span"),
    ],
)
def test_an_error_in_ego4d_hcap_names_the_item(content, said, tmp_path):
    path = write(tmp_path / "clips_train.pkl", content)
    with pytest.raises(DataError) as caught:
        list(read_any(path))
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)
    faults = []
    list(read_any(path, faults.append))
    assert [str(fault) for fault in faults] == [str(caught.value)]


def narration(seconds, text):
    return {"timestamp_sec": seconds, "timestamp_frame": round(seconds * 30), "narration_text": text}


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_narrations_become_clips_by_each_annotators_density(tmp_path, is_wrapped):
    content = {
        "uid": {
            "narration_pass_1": {
                "narrations": [narration(0.0, "#C C opens a door"), narration(9.8, "#C C sits")],
                "summaries": [{"start_sec": 0, "end_sec": 300.0, "summary_text": "#summary C came home"}],
            },
            "narration_pass_2": {"narrations": [narration(5.0, "#O man X waves")]},
            "status": "complete",
        },
        "silent": {"narration_pass_1": {"narrations": [], "summaries": []}},
    }
    path = write(tmp_path / "narration.json", {"videos": content} if is_wrapped else content)
    told, silent = read_any(path)
    assert told.captions == (
        caption("clip", 0.0, 1.0, "#C C opens a door"),
        caption("clip", 4.5, 5.5, "#O man X waves"),
        caption("clip", 9.8 - 1.0, 9.8 + 1.0, "#C C sits"),
        caption("segment", 0.0, 300.0, "#summary C came home"),
    )
    assert (silent.video, silent.captions) == ("silent", ())


def test_redacted_and_damaged_narrations_do_not_hide_the_others(tmp_path):
    good = {"narrations": [narration(2.0, "#C C reads")]}
    videos = {
        "redacted": {"status": "redacted"},
        "no pass": {"narration_pass_1": [1], "narration_pass_2": good},
        "no list": {"narration_pass_1": {"narrations": {}}},
        "no length": {"duration_seconds": -1, "narration_pass_1": good},
        "good": {"narration_pass_1": None, "narration_pass_2": good},
        "far": {"narrations": [{"time": seconds, "text": "x"} for seconds in (0.0, 1.7e308)]},
    }
    path = write(tmp_path / "narration.json", {"version": "v2", "videos": videos})
    faults = []
    read = {video.video: len(video.captions) for video in read_any(path, faults.append)}
    assert read == {"redacted": 0, "no pass": 1, "good": 1, "far": 1}
    assert [str(fault).split("videos: ")[1] for fault in faults] == [
        "no pass: narration_pass_1: is a list of 1, not an object with fields",
        "no list: narration_pass_1: narrations: is a dict of 0, not a list",
        "no length: duration_seconds: is -1.0, not a length in seconds",
        "far: narrations[1]: its clip is empty or outside the video",
    ]


def test_simple_narrations_are_read(tmp_path):
    content = {"videos": {"uid": {"narrations": [{"time": 2.0, "text": "#C C reads"}]}}}
    (video,) = read_any(write(tmp_path / "n.json", content))
    assert video.captions == (caption("clip", 1.5, 2.5, "#C C reads"),)


def test_egoschema_comes_with_answers_and_origins(tmp_path):
    options = {f"option {number}": f"answer {number}" for number in range(5)}
    questions = [{"q_uid": name, "google_drive_id": "x", "question": "why?", **options} for name in "ab"]
    write(tmp_path / "questions.json", questions)
    write(tmp_path / "subset_answers.json", {"a": 3})
    origin = {"video_uid": "ego", "starting_sec": 240, "ending_sec": 420}
    write(tmp_path / "uid_to_ego4d.json", {"a": origin})
    for path in (tmp_path, tmp_path / "questions.json"):
        first, second = read_any(path)
        assert first.questions[0].options == tuple(options.values())
        assert (first.questions[0].answer, second.questions[0].answer) == (3, None)
        assert (first.source, first.source_start_seconds, first.duration_seconds) == ("ego", 240, 180)
        assert (second.source, second.duration_seconds) == (None, None)
    assert read_ids(tmp_path) == read_ids(tmp_path / "uid_to_ego4d.json") == {"a", "ego"}


def test_egoschema_without_its_question_or_with_an_answer_too_many(tmp_path):
    options = {"option 0": "x", "option 1": "y"}
    path = write(tmp_path / "questions.json", [{"q_uid": "a", **options}])
    with pytest.raises(DataError, match="item 0: has no field 'question'"):
        list(read_any(path))
    write(path, [{"q_uid": "a", "question": "why?", **options, "option 3": "z"}])
    with pytest.raises(DataError, match="item 0: has no field 'option 2'"):
        list(read_any(path))
    write(path, [{"q_uid": "a", "question": "why?", **options}])
    write(tmp_path / "subset_answers.json", {"a": 2})
    with pytest.raises(DataError, match="answer 2 is not one of 2 options"):
        list(read_any(path))


def test_forbidden_ids_come_from_a_text_file_too(tmp_path):
    path = tmp_path / "ids.txt"
    path.write_text("a\nb\n\n")
    assert read_ids(path) == {"a", "b"}


def test_dense_captions_are_read_in_order_of_time(tmp_path):
    entry = {"duration": 82.73, "timestamps": [[10, 60.5], [0.83, 19.86]], "sentences": ["Then ", " First"]}
    path = write(tmp_path / "train.json", {"v_x": entry})
    (video,) = read_any(path)
    assert (video.video, video.duration_seconds) == ("v_x", 82.73)
    assert video.captions == (caption("segment", 0.83, 19.86, "First"), caption("segment", 10, 60.5, "Then"))
    with pytest.raises(DataError, match="v_x: has 1 timestamps for 2 sentences"):
        list(read_any(write(path, {"v_x": {**entry, "timestamps": [[0, 1]]}})))
    with pytest.raises(DataError, match="v_w: has no field 'timestamps'"):
        list(read_any(write(path, {"v_w": {"duration": 3}, "v_x": entry})))


def test_a_caption_tree_is_read_without_its_drafts(tmp_path):
    captions = [
        Caption(level="clip", span=Span(0, 4), text="C reads"),
        Caption(level="summary", span=Span(0, 8), text="a draft", final=False),
        Caption(level="summary", span=Span(0, 8), text="C read a book"),
    ]
    video = VideoInfo(path="dir/x.mp4", sha256="0", duration_seconds=8.0, width=4, height=2, frame_rate=30)
    system = SystemInfo(name="s", digest="0")
    tree = CaptionTree(video=video, system=system, levels=("clip", "summary"), captions=tuple(captions))
    (tmp_path / "x.json").write_text(tree_to_json(tree))
    for path in (tmp_path, tmp_path / "x.json"):
        (read,) = read_any(path)
        assert (read.video, read.duration_seconds) == ("x", 8.0)
        assert read.captions == (caption("clip", 0, 4, "C reads"), caption("summary", 0, 8, "C read a book"))


def test_lists_by_level_are_read_and_a_mere_text_is_about_the_whole_video(tmp_path):
    content = {
        "video": "x",
        "duration_seconds": 8.5,
        "clip": [{"start": 0.0, "end": 4.0, "text": "C reads"}],
        "summary": "C read a book",
    }
    (video,) = read_any(write(tmp_path / "x.json", content))
    assert video.captions == (caption("clip", 0, 4, "C reads"), caption("summary", 0, 8.5, "C read a book"))


def test_a_length_must_be_above_zero(tmp_path):
    with pytest.raises(DataError, match=r"x\.json: duration_seconds: is -1\.0, not a length in seconds"):
        list(read_any(write(tmp_path / "x.json", {"video": "x", "duration_seconds": -1, "clip": []})))


def test_a_folder_of_this_program_is_known_by_its_file(hcap):
    (kept,) = (video for video in read_any(hcap) if video.video == "v1")
    write_annotations(hcap, [kept])
    assert list(read_any(hcap)) == [kept]


@pytest.mark.parametrize("content", [3, "text", None, [], {}, [1], {"a": 3}, {"a": {"b": 1}}])
def test_what_is_in_no_known_layout_is_said_in_one_line(content, tmp_path):
    path = write(tmp_path / "x.json", content)
    with pytest.raises(DataError, match=r"x\.json: holds .* in no known layout; known are"):
        read_any(path)


@pytest.mark.parametrize(
    "around",
    [
        lambda itself: itself,
        lambda itself: {"v": {"narrations": itself}},
        lambda itself: {"v": {"timestamps": itself, "sentences": itself}},
        lambda itself: {"video": "v", "duration_seconds": 3.0, "clip": itself},
        lambda itself: {"schema_version": 1, "video": "v", "captions": itself},
    ],
)
def test_a_pickle_that_holds_itself_is_said_in_one_line(around, tmp_path):
    itself = []
    itself.append(itself)
    path = write(tmp_path / "x.pkl", around(itself))
    with pytest.raises(DataError) as caught:
        list(read_any(path))
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_folder_without_annotations_says_what_is_known(tmp_path):
    with pytest.raises(DataError, match=r"holds no annotations; known are .*Ego4D-HCap"):
        read_any(tmp_path)


def test_a_folder_of_json_lines_is_read_a_file_for_each_video(tmp_path) -> None:
    said = (Annotation(level="clip", span=Span(0, 4), texts=("C cooks",)),)
    videos = [VideoAnnotations(video=name, duration_seconds=8.0, predicted=said) for name in "ab"]
    for video in videos:
        write_annotations(tmp_path / f"{video.video}.0.jsonl", [video])
    (tmp_path / "c.partial.jsonl").write_text('{"version": 1}\n')
    assert list(read_any(tmp_path)) == videos
    write_annotations(tmp_path / "a.1.jsonl", [videos[0]])
    with pytest.raises(DataError, match=r"a\.1\.jsonl: holds video 'a', as a\.0\.jsonl does; keep one"):
        list(read_any(tmp_path))

"""Simulated data sets: what is planned, what is written, and that a killed run ends with the same bytes."""

import hashlib
import math
import os
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from videorecap.data import make as making
from videorecap.data.annotations import VideoAnnotations, read_annotations
from videorecap.data.check import check
from videorecap.data.exports import LAYOUTS
from videorecap.data.make import make
from videorecap.data.plan import MEAN_SECONDS, DataPlan
from videorecap.data.readers.detect import read_any
from videorecap.data.simulated import MAX_TEXTS, annotate
from videorecap.errors import ConfigError, DataError, OutputError, VideoRecapError
from videorecap.sim.facts import facts_of
from videorecap.sim.parse import parse_facts
from videorecap.sim.splits import SEEDS, seed_of
from videorecap.sim.words import caption
from videorecap.sim.writer import MAX_SECONDS, sample_script
from videorecap.types import Span

TINY = DataPlan(
    split="val",
    num_videos=3,
    total_seconds=36,
    seed=5,
    size=(224, 168),
    frame_rate=1,
    has_files=True,
    num_questions=2,
)
UNSEEN = replace(TINY, num_videos=2, total_seconds=500, seed=1, has_files=False)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@given(st.sampled_from(sorted(SEEDS)), st.integers(1, 40), st.floats(0, 1), st.integers())
@settings(max_examples=25, deadline=None)
def test_lengths_add_up_within_bounds_and_seeds_differ(
    split: str, number: int, share: float, seed: int
) -> None:
    total = round(number * (10 + share * (MAX_SECONDS - 10)))
    plan = replace(TINY, split=split, num_videos=number, total_seconds=total, seed=seed)
    videos = plan.videos()
    assert sum(video.seconds for video in videos) == total
    assert all(10 <= video.seconds <= MAX_SECONDS for video in videos)
    assert len({video.seed for video in videos} & set(SEEDS[split])) == number
    assert plan.videos() == videos


def test_another_seed_gives_other_videos() -> None:
    plan = replace(TINY, num_videos=50, total_seconds=50 * 600)
    seeds = [{video.seed for video in replace(plan, seed=seed).videos()} for seed in (1, 2)]
    assert len(seeds[0] & seeds[1]) <= 1


def test_lengths_are_close_to_log_normal() -> None:
    total = round(2000 * MEAN_SECONDS)
    lengths = [v.seconds for v in replace(TINY, num_videos=2000, total_seconds=total).videos()]
    logs = [math.log(length) for length in lengths]
    assert 0.5 < statistics.median(lengths) / statistics.mean(lengths) < 0.9
    assert 0.6 < statistics.stdev(logs) < 1.1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"total_seconds": 3 * 7201}, "3 videos of 7201.0 s on average cannot be"),
        ({"total_seconds": 29}, "each is 10 s to 2 hours"),
        ({"split": "dev"}, "no split 'dev'; there is train, val, test"),
        ({"num_videos": 100_001}, "val has 1 to 100000 videos, got 100001"),
        ({"size": (33, 24)}, "even sides"),
        ({"size": (14, 24)}, "at least 16 pixels"),
        ({"num_questions": -1}, "0 or more questions"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(changes: dict[str, object], says: str) -> None:
    with pytest.raises(ConfigError, match=says) as refused:
        replace(TINY, **changes)
    assert "\n" not in str(refused.value)


def test_annotations_are_the_script_in_words() -> None:
    script = sample_script(seed_of("test", 4), 1000.0)
    video = annotate(script, "day", num_questions=3)
    assert [item.span for item in video.at("clip")] == [event.span for event in script.events]
    segments = [item.span for item in video.at("segment")]
    assert (segments[0].start, segments[-1].end) == (0.0, 1000.0)
    assert all(one.end == next_.start and one.duration == 180 for one, next_ in pairwise(segments))
    assert [item.span.duration for item in video.at("summary")] == [1000.0]
    for item in video.captions:
        assert item.caption == caption(script, item.span, item.level)
        assert 1 <= len(set(item.texts)) == len(item.texts) <= MAX_TEXTS
    assert any(len(item.texts) > 1 for item in video.at("summary"))
    assert video.split == "test"
    assert [question.id for question in video.questions] == ["day-1", "day-2", "day-3"]
    assert {episode.activity for episode in script.episodes} == set(video.scenarios)


def test_what_is_held_out_never_occurs_in_training() -> None:
    tested = [annotate(sample_script(seed_of("test", index), 600.0), f"{index}") for index in range(4)]
    trained = [annotate(sample_script(seed_of("train", index), 600.0), f"{index}") for index in range(8)]
    held_out = {triple for video in tested for triple in video.held_out}
    assert held_out
    assert not held_out & {triple for video in trained for triple in video.combinations}
    assert not any(video.held_out for video in trained)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set with files, made without interruption."""
    folder = tmp_path_factory.mktemp("whole")
    make(TINY, folder)
    return folder


def test_a_data_set_is_as_planned_and_clean(whole: Path) -> None:
    assert list(check(whole)) == []
    videos = list(read_annotations(whole))
    assert [(v.seed, v.duration_seconds) for v in videos] == [(p.seed, p.seconds) for p in TINY.videos()]
    for video in videos:
        assert video.seed is not None
        assert video == annotate(
            sample_script(video.seed, video.duration_seconds or 0.0),
            video.video,
            path=f"videos/{video.video}.mp4",
            num_questions=TINY.num_questions,
        )


def test_a_stopped_run_leaves_whole_files_only_and_continues_to_the_same_bytes(
    whole: Path, tmp_path: Path
) -> None:
    first, second, _ = TINY.videos()
    done = 0.0

    def stop(seconds: float) -> None:
        nonlocal done
        done += seconds
        if done >= first.seconds + second.seconds / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(TINY, tmp_path, advance=stop)
    left = digests(tmp_path)
    assert set(left) == {"dataset.json", f"videos/{first.id}.mp4"}
    kept = (tmp_path / "videos" / f"{first.id}.mp4").stat().st_mtime_ns
    make(TINY, tmp_path)
    assert digests(tmp_path) == digests(whole)
    assert (tmp_path / "videos" / f"{first.id}.mp4").stat().st_mtime_ns == kept


def test_all_of_the_time_is_told_even_of_what_was_there(whole: Path) -> None:
    (path,) = whole.glob(f"videos/{TINY.videos()[1].id}.mp4")
    told: list[float] = []
    make(TINY, whole, advance=told.append)
    content = path.read_bytes()
    path.unlink()
    make(TINY, whole, advance=told.append)
    assert sum(told) == 2 * TINY.total_seconds
    assert path.read_bytes() == content


@pytest.mark.parametrize("changes", [{"seed": 6}, {"frame_rate": 3}, {"has_files": False}])
def test_a_data_set_of_another_plan_is_left_alone(whole: Path, changes: dict[str, object]) -> None:
    before = digests(whole)
    (name,) = changes
    with pytest.raises(DataError, match=f"holds a data set with {name} "):
        make(replace(TINY, **changes), whole)
    assert digests(whole) == before


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "annotations.jsonl").write_text("MINE")
    with pytest.raises(DataError, match="not made here"):
        make(TINY, tmp_path)
    assert digests(tmp_path).keys() == {"annotations.jsonl"}


def test_a_video_that_fails_names_its_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> int:
        raise OutputError("no space left")

    monkeypatch.setattr(making, "write_video", fail)
    with pytest.raises(VideoRecapError, match=rf"seed {TINY.videos()[0].seed}, .*no space left"):
        make(TINY, tmp_path)


@pytest.fixture(scope="module")
def unseen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set without files, in every layout."""
    folder = tmp_path_factory.mktemp("unseen")
    make(UNSEEN, folder, layouts=[name for name in LAYOUTS if name != "jsonl"])
    return folder


def test_without_video_there_are_annotations_only(unseen: Path) -> None:
    assert not (unseen / "videos").exists()
    assert list(check(unseen)) == []
    videos = list(read_annotations(unseen))
    assert all(video.path is None and video.seed is not None for video in videos)
    assert sum(len(video.questions) for video in videos) >= 2


def said(videos: list[VideoAnnotations], *levels: str) -> set[tuple[object, ...]]:
    return {
        (video.video, item.level, item.span, item.caption)
        for video in videos
        for item in video.captions
        if item.level in levels
    }


def test_other_layouts_read_back_as_the_annotations(unseen: Path) -> None:
    ours = list(read_annotations(unseen))
    levels = ("clip", "segment", "summary")
    assert said(list(read_any(unseen / "ego4d-hcap")), *levels) == said(ours, *levels)
    narrations = list(read_any(unseen / "ego4d-narrations"))
    assert said(narrations, "segment") == said(ours, "segment")
    clips = [[item.caption for item in video.at("clip")] for video in (*narrations, *ours)]
    assert clips[: len(ours)] == clips[len(ours) :]
    asked = {q.id: (q.text, q.options, q.answer) for v in read_any(unseen / "egoschema") for q in v.questions}
    assert asked == {q.id: (q.text, q.options, q.answer) for video in ours for q in video.questions}


def test_an_unknown_layout_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no layout 'coco'"):
        make(TINY, tmp_path / "new", layouts=["coco"])
    assert not (tmp_path / "new").exists()


def command(folder: Path, *more: str) -> list[str]:
    size, rate = f"{TINY.size[0]}x{TINY.size[1]}", str(TINY.frame_rate)
    return [
        *(sys.executable, "-m", "videorecap.apps.cli", "sim", "make", "-o", str(folder)),
        *("--split", TINY.split, "--videos", "4", "--hours", "0.2", "--seed", "5"),
        *("--size", size, "--frame-rate", rate, "--questions", "1", *more),
    ]


def started(folder: Path, *more: str) -> subprocess.Popen[str]:
    """The command, once it has finished a video and writes another one."""
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)  # what runs in the background ignores it, and so
    process = subprocess.Popen(  # would its children
        command(folder, *more), stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    signal.signal(signal.SIGINT, before)
    end = time.monotonic() + 60
    while not (list(folder.glob("videos/*.mp4")) and list(folder.glob("videos/*.part"))):
        assert time.monotonic() < end, "nothing is being written"
        assert process.poll() is None, "it has ended"
        time.sleep(0.002)
    return process


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_killed_or_interrupted_it_ends_with_the_same_bytes(tmp_path: Path, workers: str) -> None:
    subprocess.run(command(tmp_path / "whole"), check=True, capture_output=True)
    killed, stopped = tmp_path / "killed", tmp_path / "stopped"
    with started(killed, "--workers", workers) as process:
        process.kill()
    with started(stopped, "--workers", workers) as process:
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        error = process.communicate()[1]
    assert process.returncode == 130
    assert "Traceback" not in error
    assert not list(stopped.rglob("*.part"))
    for folder in (killed, stopped):
        assert not (folder / "annotations.jsonl").exists()
        subprocess.run(command(folder, "--workers", "2"), check=True, capture_output=True)
        assert digests(folder) == digests(tmp_path / "whole")


def test_other_spans_are_told_truly() -> None:
    script = sample_script(seed_of("train", 5), 1300.0)
    plain, more = annotate(script, "day"), annotate(script, "day", num_spans=12)
    others = [item for item in more.captions if item not in plain.captions]
    assert 6 <= sum(item.level == "segment" for item in others) <= 12
    assert 6 <= sum(item.level == "summary" for item in others) <= 12
    for item in others:
        for text in item.texts:
            assert parse_facts(text, item.level) == facts_of(script, item.span, item.level)


def test_other_summaries_are_of_whole_segments_in_a_row() -> None:
    script = sample_script(seed_of("train", 5), 700.0)
    ends = {0.0, 180.0, 360.0, 540.0, 700.0}
    spans = [item.span for item in annotate(script, "day", num_spans=200).at("summary")]
    assert len(spans) == len(set(spans)) == 4 * 5 // 2
    assert all({span.start, span.end} <= ends for span in spans)
    short = annotate(sample_script(seed_of("train", 5), 170.0), "day", num_spans=5)
    assert [item.span for item in short.at("summary")] == [Span(0.0, 170.0)]

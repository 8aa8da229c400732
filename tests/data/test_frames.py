"""Frames of clips on disk: what they show, what is lost, and that nothing stale or half-written is taken."""

import errno
import json
import logging
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from tests.video.video_zoo import drop_packets, read_code, truncate, write_video
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.frame_sources import RENDER_SIZE
from videorecap.data.frames import ClipFrames, FrameStore, clip_windows
from videorecap.data.locks import alone
from videorecap.errors import DataError, OutputError, VideoRecapError
from videorecap.sim.splits import seed_of
from videorecap.sim.video import write_video as write_simulated
from videorecap.sim.writer import sample_script
from videorecap.types import Span
from videorecap.video.clips import read_clips
from videorecap.video.reader import VideoReader
from videorecap.video.sampling import sample_times

SIZE = 32
SECONDS = 14
RATE = 30
SIMULATED = VideoAnnotations(video="day", duration_seconds=9.5, seed=seed_of("train", 3))
FILED = VideoAnnotations(video="coded", duration_seconds=float(SECONDS), path="coded.mp4")
ANYWHERE = (Span(7.1, 9.0), Span(0.0, 13.9), Span(2.5, 6.5), Span(2.5, 3.0), Span(13.0, 14.0), Span(2.5, 6.5))


def store(folder: Path, *, image_size: int = SIZE, num_frames: int = 4) -> FrameStore:
    return FrameStore(folder / "cache", folder, image_size=image_size, num_frames=num_frames, antialias=True)


def made(folder: Path, video: VideoAnnotations, spans: Sequence[Span]) -> ClipFrames:
    """Prepared in a folder of a data set, and opened."""
    frames = store(folder)
    frames.prepare([video], lambda _: spans)
    return frames.open(video, spans)


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a video whose frames show their number, with a keyframe each second."""
    folder = tmp_path_factory.mktemp("coded")
    options = {"g": str(RATE), "bf": "0"}
    write_video(
        folder / "coded.mp4",
        count=RATE * SECONDS,
        rate=RATE,
        size=(48, 48),
        options=options,
        container={"movflags": "faststart"},
    )
    return folder


def test_what_is_rendered_is_what_a_file_gives(tmp_path: Path) -> None:
    assert SIMULATED.seed is not None
    script = sample_script(SIMULATED.seed, 9.5)
    write_simulated(script, tmp_path / "day.mp4", size=RENDER_SIZE, frame_rate=15)
    spans = clip_windows(SIMULATED)
    rendered = made(tmp_path, SIMULATED, spans)
    decoded = made(tmp_path, replace(SIMULATED, path="day.mp4"), spans)
    assert len(spans) == 3
    assert not rendered.lost
    assert not decoded.lost
    assert not np.array_equal(rendered.frames, decoded.frames), "one of them was not made from its own source"
    distance = np.abs(rendered.frames[:, None].astype(int) - decoded.frames[None]).mean(axis=(2, 3, 4, 5))
    assert distance.diagonal().max() < 4, "levels of 255: compression only"
    assert (distance.argmin(axis=1) == np.arange(3)).all()


def test_windows_have_the_frames_that_a_system_captions(coded: Path, tmp_path: Path) -> None:
    (tmp_path / FILED.video).with_suffix(".mp4").symlink_to(coded / "coded.mp4")
    with VideoReader(coded / "coded.mp4") as reader:
        clips = list(read_clips(reader, num_frames=4))
    spans = clip_windows(FILED)
    assert [clip.span for clip in clips] == list(spans)
    whole = FrameStore(tmp_path / "cache", tmp_path, image_size=48, num_frames=4, antialias=True)
    whole.prepare([FILED], clip_windows)
    for clip, frames in zip(clips, whole.open(FILED, spans).frames, strict=True):
        assert clip.frames is not None
        assert np.array_equal(clip.frames, frames), "of its own size nothing is resized"


def test_clips_anywhere_have_the_frames_of_their_own_times(coded: Path, tmp_path: Path) -> None:
    (tmp_path / "coded.mp4").symlink_to(coded / "coded.mp4")
    got = made(tmp_path, FILED, ANYWHERE)
    for span, clip in zip(got.spans, got.frames, strict=True):
        assert [read_code(frame) for frame in clip] == [round(s * RATE) for s in sample_times(span, 4)]
    assert np.array_equal(got.frames[2], got.frames[5])


def test_clips_without_any_good_frame_are_lost_and_others_borrow(coded: Path, tmp_path: Path) -> None:
    drop_packets(coded / "coded.mp4", tmp_path / "coded.mp4", 5.0, 8.0)
    spans = (Span(5.5, 7.5), Span(4.0, 8.0), Span(0.0, 4.0), Span(20.0, 24.0), Span(3.0, 12.0))
    got = made(tmp_path, FILED, spans)
    assert set(got.lost) == {0, 3}
    assert got.lost[0] == "the file lacks data of this part of the video"
    codes = [read_code(frame) for frame in got.frames[1]]
    assert codes[0] == round(sample_times(spans[1], 4)[0] * RATE)
    assert codes[1:] == [149] * 3, "the last good frame of the clip"
    assert [read_code(frame) for frame in got.frames[2]] == [
        round(s * RATE) for s in sample_times(spans[2], 4)
    ]
    for span in spans:  # each as if it were alone
        assert np.array_equal(made(tmp_path, FILED, [span]).frames[0], got.frames[spans.index(span)])


def test_a_cut_file_loses_its_end_and_an_unreadable_one_all(
    coded: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    truncate(coded / "coded.mp4", tmp_path / "coded.mp4", 0.5)
    spans = clip_windows(FILED)
    got = made(tmp_path, FILED, spans)
    assert set(got.lost) == {2, 3}
    assert "coded: 2 of 4 clips are lost: the file is cut off" in caplog.text
    (tmp_path / "coded.mp4").write_bytes(b"no video")
    with caplog.at_level(logging.WARNING):
        assert set(made(tmp_path, FILED, spans).lost) == {0, 1, 2, 3}
    assert "4 of 4 clips are lost" in caplog.text


def test_a_clip_past_the_end_of_a_simulated_video_is_lost(tmp_path: Path) -> None:
    got = made(tmp_path, SIMULATED, [Span(9.5, 12.0), Span(8.0, 12.0)])
    assert got.lost == {0: "the video ends at 9.5 s"}


def test_a_stopped_run_leaves_nothing_that_is_taken(tmp_path: Path) -> None:
    frames, spans = store(tmp_path), clip_windows(SIMULATED)
    done = 0.0

    def stop(clips: float) -> None:
        nonlocal done
        done += clips
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        frames.prepare([SIMULATED], clip_windows, advance=stop)
    with pytest.raises(DataError, match=r"frames of video 'day' are not in .*; prepare them first"):
        frames.open(SIMULATED, spans)
    frames.prepare([SIMULATED], clip_windows)
    whole = np.array(frames.open(SIMULATED, spans).frames)
    (record,) = (tmp_path / "cache").glob("*.json")
    record.unlink()  # as after a kill between the two files
    array = record.with_suffix(".npy")
    array.write_bytes(b"\0" * 1000)
    frames.prepare([SIMULATED], clip_windows)
    assert np.array_equal(frames.open(SIMULATED, spans).frames, whole)
    assert {path.suffix for path in (tmp_path / "cache").iterdir()} == {".npy", ".json"}, "no lock is left"
    array.write_bytes(array.read_bytes()[:500])
    with pytest.raises(DataError, match="damaged"):
        frames.open(SIMULATED, spans)


def test_what_is_there_is_kept_and_told(tmp_path: Path) -> None:
    told: list[float] = []
    store(tmp_path).prepare([SIMULATED], clip_windows, advance=told.append)
    (array,) = (tmp_path / "cache").glob("*.npy")
    before = array.stat().st_mtime_ns
    store(tmp_path).prepare([SIMULATED], clip_windows, advance=told.append)
    assert array.stat().st_mtime_ns == before
    assert sum(told) == 2 * 3
    assert array.stat().st_size - store(tmp_path).estimate_bytes(3) < 1000
    assert json.loads(array.with_suffix(".json").read_bytes())["video"] == "day"


def test_another_source_or_another_size_is_not_taken_for_the_same(coded: Path, tmp_path: Path) -> None:
    (tmp_path / "coded.mp4").write_bytes((coded / "coded.mp4").read_bytes())
    spans = [Span(1.0, 2.0)]
    first = made(tmp_path, FILED, spans)
    truncate(coded / "coded.mp4", tmp_path / "coded.mp4", 0.9)
    others = [
        (store(tmp_path), FILED),
        (store(tmp_path), replace(FILED, path=None, seed=seed_of("train", 1))),
        (store(tmp_path), replace(FILED, path=None, seed=seed_of("train", 2))),
        (store(tmp_path, image_size=16), FILED),
        (store(tmp_path, num_frames=2), FILED),
    ]
    for frames, video in others:
        with pytest.raises(DataError, match="prepare them first"):
            frames.open(video, spans)
        frames.prepare([video], lambda _: spans)
        opened = frames.open(video, spans)
        assert opened.frames.shape == (1, frames.num_frames, frames.image_size, frames.image_size, 3)
    assert np.array_equal(store(tmp_path).open(FILED, spans).frames, first.frames)
    assert len({frames.name(video, spans) for frames, video in others}) == len(others)
    assert store(tmp_path).name(FILED, spans) != store(tmp_path).name(FILED, [Span(1.0, 2.5)])


@pytest.mark.parametrize("id_", ["kitchen/1", "..", "küche", "a" * 300, "kitchen_1"])
def test_any_id_is_a_file_name(tmp_path: Path, id_: str) -> None:
    video = replace(SIMULATED, video=id_)
    made(tmp_path, video, [Span(0.0, 1.0)])
    (record,) = (tmp_path / "cache").glob("*.json")
    assert json.loads(record.read_bytes())["video"] == id_
    assert store(tmp_path).name(video, []) != store(tmp_path).name(replace(video, video="kitchen:1"), [])


def test_a_video_without_a_source_is_refused_in_one_line(tmp_path: Path) -> None:
    for video, wanted in ((FILED, "coded.mp4"), (replace(FILED, path=None), "videos/coded.mp4")):
        with pytest.raises(DataError, match=f"'coded' needs .*{wanted}, which is missing, or a seed"):
            store(tmp_path).prepare([video], clip_windows)
    with pytest.raises(DataError, match="no duration_seconds"):
        clip_windows(replace(FILED, duration_seconds=None))


def test_a_file_is_found_by_its_id_and_by_its_whole_path(coded: Path, tmp_path: Path) -> None:
    (tmp_path / "videos").mkdir()
    (tmp_path / "videos" / "coded.mp4").symlink_to(coded / "coded.mp4")
    spans = [Span(3.0, 5.0)]
    by_id = made(tmp_path, replace(FILED, path=None), spans)
    by_path = made(tmp_path, replace(FILED, path=str(coded / "coded.mp4")), spans)
    assert np.array_equal(by_id.frames, by_path.frames)
    assert not by_id.lost


def test_a_video_without_clips_needs_no_file_of_frames(tmp_path: Path) -> None:
    assert made(tmp_path, SIMULATED, []).frames.shape == (0, 4, SIZE, SIZE, 3)


def test_two_runs_at_once_make_a_file_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    told: list[float] = []
    named = {"advance": told.append}
    other = Thread(target=store(tmp_path).prepare, args=([SIMULATED], clip_windows), kwargs=named)

    def start(clips: float) -> None:
        if clips and other.ident is None:  # after the first clip
            other.start()
            while len(told) < 2:  # it has nothing, and has begun to wait
                time.sleep(0.01)

    store(tmp_path).prepare([SIMULATED], clip_windows, advance=start)
    other.join()
    assert [clips for clips in told if clips] == [3], "the second found what the first had made"
    assert not caplog.text, "a moment is not worth a word"


def test_a_run_that_is_waited_for_long_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("videorecap.data.locks.PATIENCE_SECONDS", 0.0)
    polled = 0

    def look() -> None:
        nonlocal polled
        polled += 1
        if polled == 4:
            raise KeyboardInterrupt

    path = tmp_path / "made"
    with alone(path, look), pytest.raises(KeyboardInterrupt), alone(path, look):
        pass
    assert caplog.text.count("waiting for another process, which makes") == 1
    assert list(tmp_path.iterdir()) == [], "no lock is left"


def test_runs_make_different_videos_at_the_same_time(tmp_path: Path) -> None:
    other = replace(SIMULATED, video="other")
    inner = Thread(target=store(tmp_path).prepare, args=([other], clip_windows), daemon=True)

    def start(clips: float) -> None:
        if clips and inner.ident is None:
            inner.start()
            inner.join(20)
            assert not inner.is_alive(), "it waits for this one"

    store(tmp_path).prepare([SIMULATED], clip_windows, advance=start)
    assert store(tmp_path).open(other, clip_windows(other)).frames.any()


@contextmanager
def limited(which: int, value: int) -> Iterator[None]:
    """Within a limit of this process."""
    before = resource.getrlimit(which)
    resource.setrlimit(which, (value, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(which, before)


def test_too_many_open_files_are_told_as_that(tmp_path: Path) -> None:
    frames, spans = store(tmp_path), clip_windows(SIMULATED)
    frames.prepare([SIMULATED], clip_windows)
    with limited(resource.RLIMIT_NOFILE, 0):
        for read in (frames.open, frames.lost):
            with pytest.raises(VideoRecapError, match=r"Too many open files; .*\(ulimit -n\)$"):
                read(SIMULATED, spans)
    assert not frames.open(SIMULATED, spans).lost


def test_what_is_lost_is_known_without_the_array(tmp_path: Path) -> None:
    spans = [Span(9.5, 12.0), Span(8.0, 12.0)]
    assert store(tmp_path).lost(SIMULATED, []) == {}
    with pytest.raises(DataError, match="prepare them first"):
        store(tmp_path).lost(SIMULATED, spans)
    got = made(tmp_path, SIMULATED, spans)
    (array,) = (tmp_path / "cache").glob("*.npy")
    array.unlink()
    assert store(tmp_path).lost(SIMULATED, spans) == got.lost == {0: "the video ends at 9.5 s"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it cannot be asked for")
def test_an_array_has_its_room_before_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk a write to a mapped file would kill the process."""
    blocks: list[int] = []

    def look(clips: float) -> None:
        blocks.extend(path.stat().st_blocks for path in (tmp_path / "cache").glob(".*.new"))

    frames = FrameStore(tmp_path / "cache", tmp_path, image_size=96, num_frames=4, antialias=True)
    frames.prepare([SIMULATED], clip_windows, advance=look)
    assert min(blocks) * 512 >= frames.estimate_bytes(3)

    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", full)
    other = replace(SIMULATED, video="other")
    with pytest.raises(OutputError, match=r"cannot write .*other.*: No space left on device$"):
        frames.prepare([other], clip_windows)
    assert not list((tmp_path / "cache").glob("*other*"))


@pytest.mark.slow
def test_several_processes_make_the_same_bytes(tmp_path: Path) -> None:
    videos = [replace(SIMULATED, video=f"{n}", seed=seed_of("train", n)) for n in range(3)]
    for folder, workers in ((tmp_path / "one", 1), (tmp_path / "two", 2)):
        told: list[float] = []
        store(folder).prepare(videos, clip_windows, workers=workers, advance=told.append)
        assert sum(told) == 9
    one, two = (sorted((tmp_path / name / "cache").iterdir()) for name in ("one", "two"))
    assert [(path.name, path.read_bytes()) for path in one] == [(p.name, p.read_bytes()) for p in two]

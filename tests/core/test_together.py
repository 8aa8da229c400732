"""Several videos at once: their clips share batches, and nothing else."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import torch

from videorecap.ahead import Ahead
from videorecap.apps.cli import EXIT_FAILED, EXIT_OK, main
from videorecap.build import System
from videorecap.describe import describe, wave_size
from videorecap.errors import ConfigError, OutputError, VideoError, VideoRecapError
from videorecap.jobs import Job, caption_video
from videorecap.outputs.json_tree import tree_from_json
from videorecap.pipeline import Course, recap
from videorecap.sim.splits import seed_of
from videorecap.sim.video import write_video
from videorecap.sim.writer import sample_script
from videorecap.types import Caption, Gap, Span
from videorecap.video.clips import Clip, lost_clip, read_clips
from videorecap.video.reader import DecodedFrame, VideoReader

SECONDS = {"a": 50.0, "b": 9.0, "c": 33.0, "d": 21.0}


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("videos")
    paths = [folder / f"{name}.mp4" for name in SECONDS]
    for seed, path in enumerate(paths):
        write_video(
            sample_script(seed_of("test", seed), SECONDS[path.stem]), path, size=(64, 48), frame_rate=6
        )
    return paths


@pytest.fixture(scope="module")
def alone(videos: list[Path], tiny_system: System) -> dict[str, list[tuple[object, ...]]]:
    return {path.stem: said(caption_video(path, tiny_system, batch_size=4).captions) for path in videos}


def said(items: Iterable[Caption | Gap]) -> list[tuple[object, ...]]:
    return sorted(
        (one.level, round(one.span.start, 3), round(one.span.end, 3), one.text)
        for one in items
        if isinstance(one, Caption)
    )


def courses_of(videos: list[Path], system: System, items: dict[str, list[Caption | Gap]]) -> Iterator[Course]:
    for path in videos:
        job = Job(VideoReader(path), system)
        yield job.course(items.setdefault(path.stem, []).append)


@pytest.mark.parametrize(("batch_size", "at_once"), [(1, 2), (3, 4), (8, 3), (2, 1)])
def test_captions_are_those_of_each_video_alone(
    batch_size: int, at_once: int, videos: list[Path], alone: dict[str, object], tiny_system: System
) -> None:
    items: dict[str, list[Caption | Gap]] = {}
    courses = courses_of(videos, tiny_system, items)
    over = list(recap(courses, tiny_system, batch_size=batch_size, at_once=at_once))
    assert len(over) == len(videos)
    assert {name: said(of) for name, of in items.items()} == alone


def test_no_more_videos_are_read_than_are_asked_for(videos: list[Path], tiny_system: System) -> None:
    items: dict[str, list[Caption | Gap]] = {}
    opened: list[Course] = []

    def counted() -> Iterator[Course]:
        for course in courses_of(videos, tiny_system, items):
            opened.append(course)
            yield course

    before = threading.active_count()
    with closing(recap(counted(), tiny_system, batch_size=1, at_once=2)) as running:
        assert next(running) is opened[1], "the shortest of the first two"
        assert len(opened) <= 3
    assert threading.active_count() == before


def test_a_video_that_fails_fails_alone(
    videos: list[Path], alone: dict[str, object], tiny_system: System
) -> None:
    def broken(path: Path) -> Iterator[Clip]:
        clips = read_clips(VideoReader(path), num_frames=tiny_system.num_frames)
        yield from islice(clips, 3)
        raise VideoError("the disk is gone")

    def refuse(_: object) -> None:
        raise OutputError("no room")

    items: list[Caption | Gap] = []
    before: list[Caption | Gap] = []
    good = Job(VideoReader(videos[2]), tiny_system).course(items.append)
    courses = [
        Course(broken(videos[0]), tiny_system, on_item=before.append),
        Job(VideoReader(videos[3]), tiny_system).course(refuse),
        good,
    ]
    over = list(recap(courses, tiny_system, batch_size=2, at_once=3))
    assert {str(course.failure) for course in over} == {"the disk is gone", "no room", "None"}
    assert said(items) == alone["c"]
    assert [one.level for one in before] == ["clip", "clip", "clip", "segment"], "what was read is said"


def test_official_captions_share_no_batch(tiny_system: System) -> None:
    official = replace(tiny_system, is_official=True)
    with pytest.raises(ConfigError, match="in official mode 1"):
        next(recap([], official, batch_size=2, at_once=2))
    with pytest.raises(ConfigError, match="0 videos cannot be captioned"):
        next(recap([], tiny_system, batch_size=2, at_once=0))


@pytest.mark.parametrize("num_clips", [0, 1, 7, 8, 9, 16])
@pytest.mark.parametrize("lost", [(), (0,), (7,), (7, 8), tuple(range(16))])
def test_no_clip_is_lost_at_the_border_of_a_wave(
    num_clips: int, lost: tuple[int, ...], videos: list[Path], tiny_system: System
) -> None:
    first = next(read_clips(VideoReader(videos[0]), num_frames=tiny_system.num_frames))
    spans = [Span(4.0 * n, 4.0 * n + 4.0) for n in range(num_clips)]
    clips = [
        lost_clip(span, "gone") if n in lost else replace(first, span=span) for n, span in enumerate(spans)
    ]
    assert wave_size(1) == 8
    records = list(describe(clips, tiny_system, batch_size=1))
    assert [record.span for record in records] == spans
    assert [n for n, record in enumerate(records) if record.caption is None] == [
        n for n in lost if n < num_clips
    ]
    assert len({record.caption.text for record in records if record.caption}) <= 1


def test_leaving_does_not_wait_for_what_is_skipped(
    videos: list[Path], tiny_system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interrupted run that goes on first decodes what it has; that may take hours."""
    frames = VideoReader.frames

    def slowly(self: VideoReader, wanted: Sequence[int]) -> Iterator[DecodedFrame]:
        for frame in frames(self, wanted):
            time.sleep(0.05)
            yield frame

    monkeypatch.setattr(VideoReader, "frames", slowly)
    reader = VideoReader(videos[0])
    clips = read_clips(reader, num_frames=tiny_system.num_frames, skip=12)
    began = time.monotonic()
    with Ahead(clips, 1, stop=reader.close):
        time.sleep(0.1)
    assert time.monotonic() - began < 0.05 * 300 / 3


def test_a_captioner_that_fails_ends_only_its_own_video(
    videos: list[Path],
    tiny_system_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    encode, calls = System.encode, 0

    def failing(self: System, frames: torch.Tensor) -> torch.Tensor:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise VideoRecapError("out of memory")
        return encode(self, frames)

    monkeypatch.setattr(System, "encode", failing)
    command = ["caption", str(videos[1]), str(videos[3]), "-o", str(tmp_path)]
    assert main([*command, "--model", str(tiny_system_dir), "--device", "cpu"]) == EXIT_FAILED
    told = capsys.readouterr()
    assert f"{videos[1]}: out of memory" in told.err
    assert told.out.startswith(f"{videos[3]} -> ")


def test_the_command_writes_each_and_tells_of_the_bad_one(
    videos: list[Path],
    alone: dict[str, object],
    tiny_system_dir: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"no video")
    command = ["caption", str(videos[0]), str(bad), *map(str, videos[1:])]
    command += ["-o", str(tmp_path / "out"), "--model", str(tiny_system_dir), "--device", "cpu"]
    assert main([*command, "--at-once", "3"]) == EXIT_FAILED
    told = capsys.readouterr()
    assert told.err.count("bad.mp4") == 1
    assert {line.split(" -> ")[0] for line in told.out.splitlines()} == set(map(str, videos))
    for path in videos:
        tree = tree_from_json((tmp_path / "out" / f"{path.stem}.json").read_bytes(), source="it")
        assert said(tree.captions) == alone[path.stem]
    assert not list((tmp_path / "out").glob("*.partial.jsonl"))
    (tmp_path / "out" / "b.md").unlink()
    assert main([*command[:2], *command[3:], "--at-once", "3"]) == EXIT_OK
    assert (tmp_path / "out" / "b.md").is_file(), "what is done is only written again"

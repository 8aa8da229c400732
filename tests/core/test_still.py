"""A scene that stands still is encoded once, and captioned as often as it has clips."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from videorecap.apps.cli import EXIT_FAILED, EXIT_OK, main
from videorecap.build import System
from videorecap.describe import describe, wave_size
from videorecap.errors import ConfigError
from videorecap.jobs import Job, caption_video
from videorecap.networks import SystemModules
from videorecap.outputs.json_tree import tree_from_json
from videorecap.pipeline import recap
from videorecap.recording import record
from videorecap.records import ClipRecord, ViewedClip
from videorecap.still import CHAIN_CLIPS, StillScenes
from videorecap.token_cache import FILE_CLIPS, TokenCache
from videorecap.types import Caption, Gap, Reuse, Span
from videorecap.video.clips import Clip, lost_clip
from videorecap.video.reader import VideoReader

SIZE = (48, 64)
RATE = 5
FROZEN = (range(3, 12), range(14, 20))  # clips of the video that stand still, but for the first of each
NUM_CLIPS = 22
NUM_REUSED = 8 + 1 + 3  # clip 16 begins a chain


def picture(seed: int) -> NDArray[np.uint8]:
    """Coarse patches of colour."""
    coarse = np.random.default_rng(seed).integers(40, 200, (4, 4, 3))
    return np.kron(coarse, np.ones((SIZE[0] // 4, SIZE[1] // 4, 1))).astype(np.uint8)


def clip_of(number: int, *pictures: NDArray[np.uint8]) -> Clip:
    frames = np.stack([pictures[n % len(pictures)] for n in range(4)])
    return Clip(Span(4.0 * number, 4.0 * number + 4.0), frames)


def reader_of(clips: Sequence[Clip]) -> Callable[[int], Iterator[Clip]]:
    return lambda skip: iter(clips[skip:])


def viewed(system: System, clips: Sequence[Clip], skip: int = 0) -> list[Clip | ViewedClip]:
    return list(StillScenes(system).clips(reader_of(clips), skip))


def reused(clips: Sequence[Clip | ViewedClip]) -> list[int]:
    return [n for n, clip in enumerate(clips) if isinstance(clip, ViewedClip) and clip.is_reused]


def write_pictures(path: Path, pictures: Sequence[NDArray[np.uint8]]) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "10", "preset": "veryfast"})
        stream.height, stream.width = SIZE
        stream.pix_fmt = "yuv420p"
        for number, one in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(one, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def pictures_of(frozen: Sequence[range], num_clips: int, seed: int = 0) -> list[NDArray[np.uint8]]:
    """Of a video in which every picture is new, except in ranges of clips that stand still."""
    first = {number: 20 * span.start for span in frozen for number in span}
    frames = range(20 * num_clips)
    return [picture(1000 * seed + first.get(n // 20, n)) for n in frames]


@pytest.fixture(scope="module")
def half_frozen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("still") / "day.mp4"
    return write_pictures(path, pictures_of(FROZEN, NUM_CLIPS))


@pytest.fixture(scope="module")
def moving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pictures(tmp_path_factory.mktemp("moving") / "day.mp4", pictures_of((), 10))


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[torch.Tensor]:
    """What is encoded from now on."""
    rows: list[torch.Tensor] = []
    encode = System.encode
    monkeypatch.setattr(System, "encode", lambda self, x: rows.extend(x) or encode(self, x))
    return rows


def test_what_does_not_change_is_one_view(tiny_system: System) -> None:
    found = viewed(tiny_system, [clip_of(n, picture(0)) for n in range(2 * CHAIN_CLIPS + 3)])
    starts = [0, CHAIN_CLIPS, 2 * CHAIN_CLIPS]
    assert reused(found) == [n for n in range(len(found)) if n not in starts]
    for number, clip in enumerate(found):
        assert isinstance(clip, ViewedClip)
        start = found[number - number % CHAIN_CLIPS]
        assert isinstance(start, ViewedClip)
        assert clip.view is start.view
        assert clip.clip.frames is not None
        torch.testing.assert_close(clip.view.pixels, tiny_system.preprocess(clip.clip.frames), rtol=0, atol=0)


def test_what_moves_is_never_still(tiny_system: System) -> None:
    other = picture(1)
    assert not reused(viewed(tiny_system, [clip_of(n, picture(n)) for n in range(9)])), "each is another"
    assert not reused(viewed(tiny_system, [clip_of(n, picture(0), other) for n in range(9)])), (
        "all move alike"
    )
    small = picture(0)
    small[20:24, 30:34] = 255 - small[20:24, 30:34]
    assert not reused(viewed(tiny_system, [clip_of(n, picture(0), small) for n in range(9)]))


def test_a_spot_that_comes_or_goes_is_seen_wherever_it_is(tiny_system: System) -> None:
    """One of a thirtieth of the side, at the paper's size."""
    size = 224
    config = replace(tiny_system.config, preprocess=replace(tiny_system.config.preprocess, image_size=size))
    sharp, rows = replace(tiny_system, config=config), np.arange(size)
    empty = np.full((size, size, 3), 60, np.uint8)
    for x, y in np.random.default_rng(0).uniform(8, size - 8, (20, 2)):
        spot = np.hypot(rows[:, None] - y, rows[None] - x) <= size / 60
        lit = np.where(spot[..., None], 160, empty).astype(np.uint8)
        assert not reused(viewed(sharp, [clip_of(0, empty), clip_of(1, empty, empty, lit)]))
        assert not reused(viewed(sharp, [clip_of(0, empty), clip_of(1, lit)]))


def test_noise_is_no_movement(tiny_system: System) -> None:
    rng = np.random.default_rng(0)
    large = np.kron(picture(0), np.ones((8, 8, 1)))
    noisy = [(large + rng.normal(0, 3, large.shape)).astype(np.uint8) for _ in range(36)]
    found = viewed(tiny_system, [clip_of(n, *noisy[4 * n : 4 * n + 4]) for n in range(9)])
    assert reused(found) == list(range(1, 9))


@pytest.mark.parametrize(("step", "encoded"), [(0.25, [0]), (1, [0, 5, 10, 15]), (3, range(0, 16, 2))])
def test_a_slow_drift_ends_the_reuse(step: float, encoded: Sequence[int], tiny_system: System) -> None:
    """It is the clip that was encoded with which others are compared, not the neighbour."""
    levels = [int(100 + step * n) for n in range(CHAIN_CLIPS)]
    clips = [clip_of(n, np.full((*SIZE, 3), level, np.uint8)) for n, level in enumerate(levels)]
    assert reused(viewed(tiny_system, clips)) == [n for n in range(CHAIN_CLIPS) if n not in encoded]


def test_a_gap_ends_the_reuse(tiny_system: System) -> None:
    clips = [clip_of(n, picture(0)) for n in range(8)]
    clips[2] = lost_clip(clips[2].span, "gone")
    clips[5] = replace(clips[5], gaps=(Gap(level="clip", span=Span(21, 22), reason="damage"),))
    found = viewed(tiny_system, clips)
    assert reused(found) == [1, 4, 7]
    assert [found[2], found[5]] == [clips[2], clips[5]], "they are what they were"
    records = list(describe(iter(found), tiny_system, batch_size=3))
    assert [one.is_reused for one in records] == [n in {1, 4, 7} for n in range(8)]
    assert [bool(one.gaps) for one in records] == [n in {2, 5} for n in range(8)]
    assert [n for n, one in enumerate(records) if one.caption is None] == [2]


def mixed(num_clips: int) -> list[Clip]:
    """Clips that stand still for a while, with other ones, lost ones and drifts in between."""
    kinds = np.random.default_rng(1).choice(4, num_clips, p=[0.7, 0.1, 0.1, 0.1])
    clips, level = [], 0
    for number, kind in enumerate(kinds):
        level += int(kind == 1) * 40 + int(kind == 2) * 2
        frames = np.clip(picture(0).astype(int) + level % 50, 0, 255).astype(np.uint8)
        clip = clip_of(number, frames)
        clips.append(lost_clip(clip.span, "gone") if kind == 3 else clip)
    return clips


@pytest.mark.parametrize("skip", [1, 7, 15, 16, 17, 31, 40, 41])
def test_it_does_not_matter_where_a_run_begins(skip: int, tiny_system: System) -> None:
    clips = mixed(41)
    whole, later = viewed(tiny_system, clips)[skip:], viewed(tiny_system, clips, skip)
    assert reused(whole) == reused(later)
    for one, other in zip(whole, later, strict=True):
        assert type(one) is type(other)
        if isinstance(one, ViewedClip) and isinstance(other, ViewedClip):
            assert one.clip is other.clip
            assert torch.equal(one.view.pixels, other.view.pixels)


@pytest.mark.parametrize("batch_size", [1, 3, 8])
def test_captions_are_those_of_the_view(
    batch_size: int, tiny_system: System, encoded: list[torch.Tensor]
) -> None:
    found = viewed(tiny_system, mixed(41))
    plain: list[Clip] = []
    frames: dict[object, NDArray[np.uint8] | None] = {}
    for one in found:
        if isinstance(one, ViewedClip):
            plain.append(replace(one.clip, frames=frames.setdefault(one.view, one.clip.frames)))
        else:
            plain.append(one)
    expected = list(describe(plain, tiny_system, batch_size=batch_size))
    assert len(encoded) == sum(clip.frames is not None for clip in plain)
    encoded.clear()
    records = list(describe(iter(found), tiny_system, batch_size=batch_size))
    assert [said(one) for one in records] == [said(one) for one in expected]
    num_views = sum(
        len({one.view for one in found[first : first + wave_size(batch_size)] if isinstance(one, ViewedClip)})
        for first in range(0, len(found), wave_size(batch_size))
    )
    assert len(encoded) == num_views < len(found) - 20
    for number in reused(found):
        feature = records[number].feature
        assert feature is not None
        assert feature.untyped_storage().nbytes() == feature.numel() * 4, "it holds no tokens"


def said(one: ClipRecord) -> tuple[Span, str | None]:
    return one.span, None if one.caption is None else one.caption.text


def test_a_frozen_video_is_captioned_whole(
    half_frozen: Path, tiny_system: System, encoded: list[torch.Tensor]
) -> None:
    off = caption_video(half_frozen, tiny_system)
    assert off.still is None
    assert len(encoded) == NUM_CLIPS
    encoded.clear()
    tree = caption_video(half_frozen, tiny_system, still=True)
    assert tree.still == Reuse(tolerance=4.0, num_clips=NUM_CLIPS, num_reused=NUM_REUSED)
    assert len(encoded) == NUM_CLIPS - NUM_REUSED
    assert [(one.level, one.span, one.text) for one in tree.captions] == [
        (one.level, one.span, one.text) for one in off.captions
    ]
    upper = caption_video(half_frozen, tiny_system, levels="segment=24", still=True)
    assert upper.still == tree.still
    assert upper.levels == ("segment",)


def test_of_a_moving_video_nothing_is_reused_and_nothing_changes(
    moving: Path, tiny_system: System, tmp_path: Path
) -> None:
    with VideoReader(moving) as reader:
        record(Job(reader, tiny_system), tmp_path, "off", ["json", "srt"])
        record(Job(reader, tiny_system, still=StillScenes(tiny_system)), tmp_path, "on", ["json", "srt"])
    off, on = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("off", "on"))
    assert on.pop("still") == {"tolerance": 4.0, "num_clips": 10, "num_reused": 0}
    assert off == on
    assert (tmp_path / "off.segment.srt").read_bytes() == (tmp_path / "on.segment.srt").read_bytes()


def test_videos_at_once_reuse_only_their_own(tiny_system: System, tmp_path: Path) -> None:
    """All stand still, before other things; their clips follow each other in a batch."""
    paths = [
        write_pictures(tmp_path / f"{seed}.mp4", pictures_of([range(length)], length, seed))
        for seed, length in ((1, 9), (2, 5), (3, 18))
    ]
    still = StillScenes(tiny_system)
    alone = {path: caption_video(path, tiny_system, still=True) for path in paths}
    assert len({tree.at("clip")[0].text for tree in alone.values()}) == 3
    items: dict[Path, list[Caption | Gap]] = {path: [] for path in paths}
    jobs = [Job(VideoReader(path), tiny_system, still=still) for path in paths]
    courses = [job.course(items[path].append) for job, path in zip(jobs, paths, strict=True)]
    list(recap(courses, tiny_system, batch_size=2, at_once=3))
    for job, course, path in zip(jobs, courses, paths, strict=True):
        tree = job.tree(items[path], course)
        assert [one.text for one in tree.captions] == [one.text for one in alone[path].captions]
        assert tree.still == alone[path].still


class Killed(BaseException):
    """Stops a run in the middle, as nothing that is caught would."""


@pytest.mark.parametrize("items", [12, 14, 25])
@pytest.mark.parametrize("is_kept", [False, True])
def test_an_interrupted_run_continues_to_the_same_bytes(
    items: int, is_kept: bool, half_frozen: Path, tiny_system: System, tmp_path: Path
) -> None:
    """Waves of 8 end in the middle of what stands still, and of a chain."""
    kinds = {"batch_size": 1, "still": StillScenes(tiny_system)}
    caches = [str(tmp_path / name) if is_kept else None for name in ("a", "b")]
    jobs = [job_of(half_frozen, tiny_system, cache, **kinds) for cache in caches]
    record(jobs[0], tmp_path / "whole", "day", ["json", "srt"])
    seen: list[Caption | Gap] = []

    def stop(item: Caption | Gap) -> None:
        seen.append(item)
        if len(seen) == items:
            raise Killed

    with pytest.raises(Killed):
        record(jobs[1], tmp_path / "cut", "day", ["json", "srt"], on_item=stop)
    assert '"clips"' in (tmp_path / "cut" / "day.partial.jsonl").read_text()
    record(job_of(half_frozen, tiny_system, caches[1], **kinds), tmp_path / "cut", "day", ["json", "srt"])
    files = [
        {path.name: path.read_bytes() for path in (tmp_path / one).iterdir()} for one in ("whole", "cut")
    ]
    assert files[0] == files[1]
    assert b'"num_reused": 12' in files[0]["day.json"]


def job_of(video: Path, system: System, cache: str | None, **options: object) -> Job:
    kept = None if cache is None else TokenCache(Path(cache), system)
    return Job(VideoReader(video), system, cache=kept, **options)


def test_runs_with_and_without_are_other_jobs(half_frozen: Path, tiny_system: System, tmp_path: Path) -> None:
    kinds = [None, StillScenes(tiny_system), StillScenes(tiny_system, 9.0)]
    with VideoReader(half_frozen) as reader:
        jobs = [Job(reader, tiny_system, still=still) for still in kinds]
        assert len({json.dumps(job.header()) for job in jobs}) == len(jobs)
        assert "still" not in jobs[0].header(), "journals of before are continued"
        for number, job in enumerate(jobs):
            tree, _ = record(job, tmp_path, "day", ["json"])
            found = [other.finished(tmp_path / "day.json") for other in jobs]
            assert [n for n, one in enumerate(found) if one is not None] == [number]
            assert [one.still for one in found if one is not None] == [tree.still]


def test_what_is_kept_says_the_same(
    half_frozen: Path, tiny_system: System, tmp_path: Path, encoded: list[torch.Tensor]
) -> None:
    plain = caption_video(half_frozen, tiny_system, still=True)
    off = caption_video(half_frozen, tiny_system, cache=tmp_path)
    encoded.clear()
    first = caption_video(half_frozen, tiny_system, cache=tmp_path, still=True)
    assert len(encoded) == NUM_CLIPS - NUM_REUSED, "what was kept without is not taken"
    assert len(list(tmp_path.iterdir())) == 2
    encoded.clear()
    assert caption_video(half_frozen, tiny_system, cache=tmp_path, still=True) == first == plain
    assert caption_video(half_frozen, tiny_system, cache=tmp_path) == off
    assert not encoded
    folder = max(tmp_path.iterdir(), key=lambda folder: folder.stat().st_mtime)
    last = folder / f"{FILE_CLIPS:07}.safetensors"
    content = last.read_bytes()
    last.unlink()
    assert caption_video(half_frozen, tiny_system, cache=tmp_path, still=True) == plain
    assert last.read_bytes() == content


def test_what_cannot_be_is_refused(tiny_system: System, moving: Path) -> None:
    for tolerance in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ConfigError, match="must be above 0 levels"):
            caption_video(moving, tiny_system, still=True, still_tolerance=tolerance)
    with pytest.raises(ConfigError, match="official mode encodes every clip"):
        caption_video(moving, replace(tiny_system, is_official=True), still=True)
    bare = replace(tiny_system, modules=SystemModules(None, None, {}))
    with pytest.raises(ConfigError, match="no video encoder, so there are no features to reuse"):
        StillScenes(bare)


def test_the_command_tells_how_much_was_reused(
    half_frozen: Path, tiny_system_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["caption", str(half_frozen), "-o", str(tmp_path), "--model", str(tiny_system_dir)]
    for _ in range(2):  # the second time it is finished
        assert main([*command, "--device", "cpu", "--reuse-still"]) == EXIT_OK
        told = f"{half_frozen}: {NUM_REUSED} of {NUM_CLIPS} clips reused the features of one before them"
        assert capsys.readouterr().err.count(told) == 1
    tree = tree_from_json((tmp_path / "day.json").read_bytes(), source="it")
    assert tree.still == Reuse(tolerance=4.0, num_clips=NUM_CLIPS, num_reused=NUM_REUSED)
    assert main([*command, "--device", "cpu"]) == EXIT_OK
    assert "clips reused the features of one before them" not in capsys.readouterr().err
    assert b'"still"' not in (tmp_path / "day.json").read_bytes()
    assert main([*command, "--official", "--still-tolerance", "3"]) == EXIT_FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("videorecap: official mode encodes every clip")

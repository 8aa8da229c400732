"""Captioning as it is measured: by the product from a file or from frames in memory, or by the slow path.

These functions are called in processes of their own; what they take and give is what json can hold.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import torch

from captioning_speed.precisions import in_precision
from captioning_speed.random_systems import open_system
from captioning_speed.slow_path import slow_captions
from captioning_speed.stage_clock import Clock, Stage, clocked
from videorecap.apps.heap import settle_heap
from videorecap.build import System
from videorecap.hierarchy import CLIP_SECONDS
from videorecap.jobs import Job, caption_video
from videorecap.pipeline import Course, recap
from videorecap.recording import record
from videorecap.types import Caption, Gap, Span
from videorecap.video.clips import Clip, clip_spans, read_clips
from videorecap.video.reader import VideoReader

FORMATS = ("json", "srt", "html")
Words = list[tuple[str, float, float, str]]
"""Of captions: level, start, end, text."""


def caption_file(
    *,
    video: str,
    system: str,
    precision: str,
    num_tokens: int | None,
    batch_size: int,
    seed: int,
    warm_up: str | None = None,
) -> dict[str, Any]:
    """Caption a video as ``videorecap caption`` does, on the CPU, with a clock on every stage.

    Args:
        video: its file.
        system: its name.
        precision: of its numbers.
        num_tokens: of each caption.
        batch_size: clips that are encoded together.
        seed: of random weights.
        warm_up: a video that is captioned before, and not counted.
    """
    began = time.perf_counter()
    opened = in_precision(open_system(system, device="cpu", seed=seed, num_tokens=num_tokens), precision)
    settle_heap(opened)
    loaded = time.perf_counter()
    _ = opened.digest
    digested = time.perf_counter()
    if warm_up is not None:
        caption_video(warm_up, opened, batch_size=batch_size)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, clocked(opened) as clock:
        with clock.stage(Stage.OPEN):
            reader = VideoReader(video)
            info = reader.info
        with reader:
            tree, files = record(Job(reader, opened, None, batch_size), Path(folder), "captions", FORMATS)
        num_bytes = sum(file.stat().st_size for file in files)
    return {
        "load_seconds": loaded - began,
        "digest_seconds": digested - loaded,
        "seconds": time.perf_counter() - started,
        "video_seconds": info.duration_seconds,
        "captions": words(tree.captions),
        "num_gaps": len(tree.gaps),
        "bytes_written": num_bytes,
        **_told(clock),
    }


def caption_slowly(
    *, video: str, system: str, num_tokens: int | None, num_clips: int, batch_size: int, seed: int
) -> dict[str, Any]:
    """Caption the first clips of a video by the slow path, and what is above them; seconds of each level.

    The C library keeps memory as it does by itself, which is how the authors' demo has it.
    """
    opened = open_system(system, device="cpu", seed=seed, num_tokens=num_tokens)
    with VideoReader(video) as reader:
        spans = clip_spans(reader, window_seconds=opened.hierarchy.base.window_seconds, official=False)
    captions: list[Caption | Gap] = []
    seconds: dict[str, float] = defaultdict(float)
    before = time.perf_counter()
    with torch.inference_mode():
        for item in slow_captions(Path(video), spans[:num_clips], opened, batch_size=batch_size):
            now = time.perf_counter()
            seconds[item.level] += now - before
            captions.append(item)
            before = now
    said = [item for item in captions if isinstance(item, Caption)]
    numbers = {level: sum(item.level == level for item in captions) for level in seconds}
    return {"seconds": seconds, "numbers": numbers, "captions": words(said)}


def caption_frames(
    *,
    video: str,
    system: str,
    precision: str,
    device: str,
    num_tokens: int | None,
    num_clips: int,
    num_distinct: int,
    batch_size: int,
    seed: int,
) -> dict[str, Any]:
    """Caption clips whose frames are in memory, as large as the encoder wants them: nothing is decoded.

    Args:
        video: whose first clips are seen, again and again.
        system: its name.
        precision: of its numbers.
        device: where it is.
        num_tokens: of each caption.
        num_clips: that are captioned.
        num_distinct: that are read.
        batch_size: clips that are encoded together.
        seed: of random weights.
    """
    opened = in_precision(open_system(system, device=device, seed=seed, num_tokens=num_tokens), precision)
    settle_heap(opened)
    seen = list(_fitted(video, opened, num_distinct))
    run(opened, _again(seen, 1 if device == "cpu" else num_clips // 4), batch_size)  # warms up
    began = time.perf_counter()
    with clocked(opened) as clock:
        captions = run(opened, _again(seen, num_clips), batch_size)
    seconds = time.perf_counter() - began
    if device != "cpu":  # there, clocks have each stage wait for the device
        began = time.perf_counter()
        run(opened, _again(seen, num_clips), batch_size)
        seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "video_seconds": num_clips * CLIP_SECONDS,
        "captions": words(captions),
        **_told(clock),
    }


def run(system: System, clips: Iterable[Clip], batch_size: int) -> list[Caption]:
    """Captions of all levels of clips."""
    items: list[Caption | Gap] = []
    with closing(recap([Course(clips, system, on_item=items.append)], system, batch_size=batch_size)) as over:
        (course,) = over
    if course.failure is not None:
        raise course.failure
    return [item for item in items if isinstance(item, Caption)]


def words(captions: Iterable[Caption]) -> Words:
    """What captions say, by level and time to the millisecond."""
    return sorted((one.level, round(one.span.start, 3), round(one.span.end, 3), one.text) for one in captions)


def _fitted(video: str, system: System, number: int) -> Iterator[Clip]:
    """The first clips, in the encoder's size."""
    with VideoReader(video) as reader:
        for clip in islice(read_clips(reader, num_frames=system.num_frames), number):
            assert clip.frames is not None
            squares = system.preprocess.fit(clip.frames).permute(1, 2, 3, 0)
            yield replace(clip, frames=squares.round().clamp(0, 255).to(torch.uint8).numpy())


def _again(clips: list[Clip], number: int) -> Iterator[Clip]:
    """Clips over and over, each at a time of its own."""
    for position, clip in enumerate(islice(cycle(clips), number)):
        start = position * CLIP_SECONDS
        yield replace(clip, span=Span(start, start + CLIP_SECONDS))


def _told(clock: Clock) -> dict[str, Any]:
    """What a clock knows, for json."""
    return {
        "stages": {str(thread): dict(seconds) for thread, seconds in clock.seconds.items()},
        "calls": [[stage, asdict(call), number] for (stage, call), number in clock.calls.items()],
    }

"""The parts of the benchmark of speed: each measures one thing, prints it, and gives its figures."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Final

from captioning_speed.accounts import exponent
from captioning_speed.agreement import agreement
from captioning_speed.agreement import table as agreement_table
from captioning_speed.apart import Outcome, run_apart, run_command
from captioning_speed.bench import Bench, Figures, accounts_of, peak_of
from captioning_speed.captioning import caption_file, caption_frames
from captioning_speed.compiling import encode_both_ways
from captioning_speed.peaks import bare_decode_seconds
from videorecap.hierarchy import CLIP_SECONDS
from videorecap.video.clips import read_clips
from videorecap.video.reader import VideoReader, file_digest

SLOWER_READING: Final = 1.15  # times a bare decode, at most
REAL_TIMES: Final = 25  # of a simulated hour, at least
HOUR_MIB: Final = 1.2e9 / 2**20
MOST_GROWTH: Final = 0.05  # of peak memory, from the shortest to the longest video
SHORT_MINUTES: Final = 2
GROWING: Final = {"size": (320, 240), "frame_rate": 5}  # of videos that are only long


def reading(bench: Bench) -> Iterator[tuple[str, Figures]]:
    """Reading all clips of videos against nothing but decoding them, by turns."""
    print(f"{'':22}{'bare decode':>12}{'reading':>9}{'times':>7}{'real time':>11}")
    for gop in bench.gops:
        for minutes in bench.lengths:
            video = bench.studio.hd(minutes, gop)
            file_digest(video)  # whoever reads first finds the file in memory, too
            tries = [(bare_decode_seconds(video), *_read_seconds(video)) for _ in range(_tries(minutes))]
            bare, opening, clips = (median(column) for column in zip(*tries, strict=True))
            times = median((opened + read) / decoded for decoded, opened, read in tries)
            name = f"{minutes:g} minutes, GOP {gop}"
            seconds = opening + clips
            print(f"{name:22}{bare:12.2f}{seconds:9.2f}{times:7.3f}{60 * minutes / seconds:10.0f}x")
            yield (
                f"reading, {name}",
                {
                    "bare_decode_seconds": bare,
                    "opening_seconds": opening,
                    "clips_seconds": clips,
                    "times_bare_decode": times,
                    "at_most_wanted": SLOWER_READING,
                    "video_bytes": video.stat().st_size,
                },
            )
    print(f"(at most {SLOWER_READING} times a bare decode is wanted; opening and the digest are included)")


def stages(bench: Bench) -> Iterator[tuple[str, Figures]]:
    """Each stage with the machine to itself: frames are in memory, so nothing is decoded meanwhile."""
    for precision in bench.here():
        outcome = _from_frames(bench, precision, bench.tokens[0], bench.frames_clips)
        name = f"stages, {bench.system}, {precision}"
        print(
            f"{name}: {bench.frames_clips} clips from frames in memory, captions of {bench.tokens[0]} tokens"
        )
        yield name, accounts_of(bench, precision, outcome, {})


def hour(bench: Bench) -> Iterator[tuple[str, Figures]]:
    """The command, from its start to its end, on an hour of the simulated world."""
    video = bench.studio.simulated(60)
    outcome = _command(video, bench.trained)
    times = 3600 / outcome.seconds
    print(
        f"hour, {bench.trained}: {outcome.seconds:.0f} s, {times:.1f}x real time (wanted: {REAL_TIMES}x); "
        f"peak {outcome.peak_mib:.0f} MiB (wanted: less than {HOUR_MIB:.0f})"
    )
    yield (
        f"hour, {bench.trained}",
        {"seconds": outcome.seconds, "times_real_time": times, "peak_mib": outcome.peak_mib},
    )


def growth(bench: Bench) -> Iterator[tuple[str, Figures]]:
    """Peak memory and time of ever longer videos; start-up and the first clips count for memory alone."""
    found: dict[float, Figures] = {}
    for minutes in bench.growth:
        outcomes = [_grown(bench, minutes) for _ in range(_tries(minutes))]
        seconds = median(outcome.result["seconds"] for outcome in outcomes)
        peak = max(outcome.peak_mib for outcome in outcomes)
        found[minutes] = {"seconds": seconds, "peak_mib": peak}
        print(f"{minutes:g} minutes: {seconds:.2f} s, peak {peak:.1f} MiB")
    peaks = [one["peak_mib"] for one in found.values()]
    more = max(peaks) / min(peaks) - 1
    power = exponent(list(found), [one["seconds"] for one in found.values()])
    print(f"peaks differ by {more:.1%} (wanted: < {MOST_GROWTH:.0%}); time grows with length ** {power:.3f}")
    yield (
        f"growth, {bench.trained}",
        {
            "minutes": {f"{minutes:g}": one for minutes, one in found.items()},
            "peaks_differ_by": more,
            "exponent_of_time": power,
        },
    )


def _grown(bench: Bench, minutes: float) -> Outcome:
    """Captioning a long video, after another that warms up."""
    return run_apart(
        caption_file,
        warm_up=str(bench.studio.simulated(min(bench.growth) / 4, **GROWING)),
        video=str(bench.studio.simulated(minutes, **GROWING)),
        system=bench.trained,
        precision="fp32",
        num_tokens=None,
        **bench.common,
    )


def _tries(minutes: float) -> int:
    """How often something is done with a video: what is short is soon disturbed by others."""
    return 3 if minutes <= SHORT_MINUTES else 1


def agreeing(bench: Bench) -> Iterator[tuple[str, Figures]]:
    """The same words, in whatever way they are computed; and how many of them with fewer bits."""
    videos = [str(bench.studio.simulated(3, number=number)) for number in range(4)]
    outcome = run_apart(
        agreement,
        videos=videos,
        system=bench.trained,
        precisions=bench.precisions,
        device=str(bench.device),
        num_tokens=None,
        **bench.common,
    )
    name = f"agreement, {bench.trained}"
    print(f"{name}: {len(videos)} videos of 3 minutes, all levels")
    print("\n".join(agreement_table(outcome.result)))
    yield name, outcome.result


def compiled(bench: Bench) -> Iterator[tuple[str, Figures]]:
    """The encoder as it is against ``torch.compile`` of it, and after how much video that has paid."""
    if bench.device.type == "cpu" and shutil.which(os.environ.get("CXX", "c++")) is None:
        print("compile: there is no C++ compiler here")
        return
    for system in (bench.system, bench.trained):
        outcome = run_apart(encode_both_ways, system=system, device=str(bench.device), **bench.common)
        figures = outcome.result
        pays = figures["pays_after_clips"]
        told = "never pays" if pays is None else f"pays after {pays * CLIP_SECONDS / 60:.0f} minutes of video"
        print(
            f"encoder of {system}: "
            "{seconds_a_clip:.4f} s a clip, compiled {compiled_seconds_a_clip:.4f} s "
            "after {warm_up_seconds:.0f} s; ".format(**figures)
            + told
        )
        yield f"compile, {system}, {bench.device}, fp32", figures


def from_frames(bench: Bench) -> Iterator[tuple[str, Figures]]:
    """On a GPU: an hour of frames that are decoded already, in the encoder's size."""
    for precision in bench.here():
        for tokens in bench.tokens:
            outcome = _from_frames(bench, precision, tokens, bench.frames_clips)
            name = f"frames, {bench.system}, {bench.device}, {precision}, {tokens} tokens"
            print(f"{name}; stages with a clock on each, which has them wait for the device:")
            figures = accounts_of(bench, precision, outcome, {})
            seconds, lasts = figures["seconds"], figures["video_seconds"]
            share = figures["flops"] / seconds / peak_of(precision, bench.device).flops_per_second
            print(f"without: {seconds:.1f} s, {lasts / seconds:.1f} times real time, {share:.1%} of peak")
            yield name, {"times_real_time": lasts / seconds, "share_of_peak": share, **figures}


def _from_frames(bench: Bench, precision: str, tokens: int, num_clips: int) -> Outcome:
    return run_apart(
        caption_frames,
        video=str(bench.studio.hd(min(1.0, bench.minutes), bench.gop)),
        system=bench.system,
        precision=precision,
        device=str(bench.device),
        num_tokens=tokens,
        num_clips=num_clips,
        num_distinct=min(num_clips, 15),
        **bench.common,
    )


def _command(video: Path, model: str) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "videorecap.apps.cli", "caption", str(video), "-o", folder]
        return run_command([*command, "--model", model])


def _read_seconds(video: Path) -> tuple[float, float]:
    """Of opening a video, its digest included; and of reading all its clips."""
    began = time.perf_counter()
    with VideoReader(video) as reader:
        _ = reader.info
        opened = time.perf_counter()
        for _ in read_clips(reader, num_frames=4):
            pass
    return opened - began, time.perf_counter() - opened


def peaks_told(bench: Bench) -> Iterator[tuple[str, Figures]]:
    """What the machine can do at best."""
    for precision in bench.here():
        yield f"peak, {bench.device}, {precision}", asdict(peak_of(precision, bench.device))

"""The whole of a video, from file to files, against the slow path in the same run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from captioning_speed.accounts import identical
from captioning_speed.agreement import compared
from captioning_speed.apart import Outcome, run_apart
from captioning_speed.bench import Bench, Figures, accounts_of
from captioning_speed.captioning import caption_file, caption_slowly
from captioning_speed.peaks import bare_decode_seconds, bare_write_seconds
from captioning_speed.stage_clock import Stage


def versus(bench: Bench) -> Iterator[tuple[str, Figures]]:
    """The whole of a video, from file to files, against the slow path in the same run."""
    video = bench.studio.hd(bench.minutes, bench.gop)
    least_decode = bare_decode_seconds(video, is_all=False)
    for tokens in bench.tokens:
        name = f"versus, {bench.system}, {tokens} tokens"
        print(f"{name}: {bench.minutes:g} minutes of 1280 x 720 at 30 Hz, GOP {bench.gop}")
        figures: Figures = {"least_decode_seconds": least_decode, "slow": []}
        said: list[list[Any]] | None = None
        before = _slow(bench, video, tokens, figures["slow"])
        for precision in bench.here():
            fast = run_apart(
                caption_file,
                video=str(video),
                system=bench.system,
                precision=precision,
                num_tokens=tokens,
                **bench.common,
            )
            after = _slow(bench, video, tokens, figures["slow"])
            found = _against(bench, precision, fast, (before, after), least_decode)
            before = after
            if precision == "fp32":
                said = fast.result["captions"]
            elif said is not None:
                found["with_fp32"] = compared(said, fast.result["captions"])
                print(
                    "  with fp32: {identical:.1%} identical, CIDEr {cider:.1f}".format(**found["with_fp32"])
                )
            figures[precision] = found
        yield name, figures


def _slow(bench: Bench, video: Path, tokens: int, told: list[Figures]) -> Outcome:
    """The slow path once more; it is told, too."""
    slow = run_apart(
        caption_slowly,
        video=str(video),
        system=bench.system,
        num_tokens=tokens,
        num_clips=bench.slow_clips,
        **{**bench.common, "batch_size": bench.slow_clips},
    )
    each = {level: slow.result["seconds"][level] / number for level, number in slow.result["numbers"].items()}
    costs = ", ".join(f"{seconds:.2f} s a {level}" for level, seconds in each.items())
    print(f"  slow path, on its first {bench.slow_clips} clips: {costs}; peak {slow.peak_mib:.0f} MiB")
    told.append({"seconds_each": each, "peak_mib": slow.peak_mib})
    return slow


def _against(
    bench: Bench, precision: str, fast: Outcome, slow: Sequence[Outcome], least_decode: float
) -> Figures:
    """Prints the accounts of a run, and how it compares with the slow path, scaled to the same video.

    The slow path ran before and after: its time is the mean, as the machine is not the same all the time.
    """
    result, first = fast.result, slow[0].result
    least = {Stage.READ: least_decode, Stage.WRITE: bare_write_seconds(result["bytes_written"])}
    print(f"{precision}, all {len(result['captions'])} captions:")
    figures = accounts_of(bench, precision, fast, least)
    slow_seconds = sum(
        sum(caption[0] == level for caption in result["captions"])
        * mean(one.result["seconds"][level] / number for one in slow)
        for level, number in first["numbers"].items()
    )
    base = bench.config.hierarchy.base.name
    both = [[one for one in said["captions"] if one[0] == base] for said in (first, result)]
    figures |= {
        "slow_seconds": slow_seconds,
        "times_slow_path": slow_seconds / result["seconds"],
        "times_real_time": result["video_seconds"] / result["seconds"],
        "identical_to_slow_path": identical(both[0], both[1][: len(both[0])]),
    }
    print(
        "  {seconds:.1f} s, {times_real_time:.2f} times real time, {times_slow_path:.2f} times the slow path "
        "({slow_seconds:.0f} s); {identical_to_slow_path:.1%} of its clips' captions identical; "
        "peak {peak_mib:.0f} MiB".format(**figures)
    )
    return figures

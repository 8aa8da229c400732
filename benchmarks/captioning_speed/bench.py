"""What the parts of the benchmark of speed share: what is measured, and how a run is accounted for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from typing import Any, Final

import torch

from captioning_speed.accounts import rows_of, table
from captioning_speed.apart import Outcome
from captioning_speed.peaks import Peak, measure_peak
from captioning_speed.precisions import NOT_HERE, is_here
from captioning_speed.random_systems import RANDOM
from captioning_speed.videos import Studio
from captioning_speed.work import Costs
from videorecap.build import find_system, read_config
from videorecap.config import SystemConfig

Figures = dict[str, Any]
"""What one measurement found, for json."""
RAW: Final = frozenset({"captions", "calls", "stages"})  # of a run; not kept


@dataclass(frozen=True)
class Bench:
    """What is measured.

    Attributes:
        studio: makes the videos.
        device: of the systems.
        system: of the paper's size, or another one.
        trained: the one whose words have sense.
        precisions: of numbers.
        tokens: of each caption, one measurement for each.
        minutes: of the video that is captioned.
        gop: of the same.
        lengths: minutes of the videos that are read.
        gops: of the same.
        growth: minutes of the videos along which memory and time may grow.
        slow_clips: that the slow path captions, as one batch.
        frames_clips: that are captioned from frames in memory.
        batch_size: clips that are encoded together.
        seed: of weights and videos.
    """

    studio: Studio
    device: torch.device
    system: str
    trained: str
    precisions: tuple[str, ...]
    tokens: tuple[int, ...]
    minutes: float
    gop: int
    lengths: tuple[float, ...]
    gops: tuple[int, ...]
    growth: tuple[float, ...]
    slow_clips: int
    frames_clips: int
    batch_size: int
    seed: int

    @property
    def common(self) -> dict[str, Any]:
        """What every measurement of captioning is told."""
        return {"batch_size": self.batch_size, "seed": self.seed}

    @cached_property
    def config(self) -> SystemConfig:
        """Of the system."""
        random = RANDOM.get(self.system)
        return read_config(find_system(self.system)) if random is None else random()

    def here(self) -> Iterator[str]:
        """Precisions that the device has; of others one line is printed."""
        for precision in self.precisions:
            if is_here(precision, self.device):
                yield precision
            else:
                print(f"{precision}: {NOT_HERE}")


@cache
def peak_of(precision: str, device: torch.device) -> Peak:
    """The machine's, measured once and printed."""
    peak = measure_peak(precision, device)
    print(
        f"peak of {device}, {precision}: {peak.flops_per_second / 1e9:.1f} GFLOP/s in large products, "
        f"{peak.bytes_per_second / 1e9:.1f} GB/s of memory"
    )
    return peak


def accounts_of(bench: Bench, precision: str, outcome: Outcome, least: Mapping[str, float]) -> Figures:
    """Prints the accounts of a run (see ``rows_of``), and gives them, with the peaks behind its shares."""
    peaks = {one: peak_of(one, bench.device) for one in dict.fromkeys(("fp32", precision))}
    rows = rows_of(outcome.result, Costs(bench.config, precision), precision, peaks, least)
    print("\n".join(table(rows)))
    kept = {name: found for name, found in outcome.result.items() if name not in RAW}
    return {
        **kept,
        "peak_mib": outcome.peak_mib,
        "flops": sum(row.flops for row in rows),
        "stages": [row.told() for row in rows],
        "peaks": {one: asdict(peak) for one, peak in peaks.items()},
    }

"""Speed of the simulated world: frames per second on one core, and a 2-hour script with all its words.

    python benchmarks/sim.py

Each script's frames are drawn in a fresh process, first with empty caches and then once more. With
``-o FILE`` the figures are also written as JSON.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import mean

from provenance import provenance
from tqdm import tqdm

from videorecap.hierarchy import windows
from videorecap.sim.render import frame
from videorecap.sim.splits import seed_of
from videorecap.sim.words import references
from videorecap.sim.writer import MAX_SECONDS, sample_script

SIZE = (224, 224)
FRAME_RATE = 15
LEVELS = {"clip": 4.0, "segment": 180.0, "summary": math.inf}  # seconds of their windows


def frames_per_second(seed: int, seconds: float) -> tuple[float, float]:
    """Frames of a script drawn per second of one core: the first time, and again."""
    script = sample_script(seed, seconds)
    rates = []
    for _ in range(2):
        start, count = time.perf_counter(), round(seconds * FRAME_RATE)
        for number in range(count):
            frame(script, number / FRAME_RATE, SIZE)
        rates.append(count / (time.perf_counter() - start))
    return rates[0], rates[1]


def script_seconds(seed: int) -> tuple[float, float]:
    """Seconds that the longest script takes, and all references of all its windows."""
    start = time.perf_counter()
    script = sample_script(seed, MAX_SECONDS)
    written = time.perf_counter()
    for level, length in LEVELS.items():
        for span in windows(script.duration_seconds, length):
            references(script, span, level)
    return written - start, time.perf_counter() - written


def main() -> None:
    """Measure, print a table, and keep it if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scripts", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=240.0, help="of each script that is drawn")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    seeds = [seed_of("train", number) for number in range(options.scripts)]
    context = multiprocessing.get_context("spawn")
    first, again, script, words = [], [], [], []
    for seed in tqdm(seeds, desc="scripts"):
        with ProcessPoolExecutor(1, mp_context=context) as worker:
            rates = worker.submit(frames_per_second, seed, options.seconds).result()
            times = worker.submit(script_seconds, seed).result()
        for column, value in zip((first, again, script, words), (*rates, *times), strict=True):
            column.append(value)
    report = {
        **provenance(),
        "frames": {"size": SIZE, "frame_rate": FRAME_RATE, "seconds_each": options.seconds, "seeds": seeds},
        "frames_per_second": {"first_time": first, "again": again},
        "longest_script_seconds": {"script": script, "all_references": words},
    }
    print(f"frames per second, first time: mean {mean(first):.0f}, least {min(first):.0f}")
    print(f"frames per second, again:      mean {mean(again):.0f}, least {min(again):.0f}")
    print(f"2-hour script:  mean {mean(script):.2f} s, longest {max(script):.2f} s")
    print(f"all references: mean {mean(words):.2f} s, longest {max(words):.2f} s")
    if options.output:
        options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()

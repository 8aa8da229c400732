"""Accuracy of a system on held-out simulated videos, read back from real mp4 files, beside chance.

    python benchmarks/sim_accuracy.py --videos 20 --model sim-tiny

Chance is what the best constant answer would get. Facts are counted one by one: precise are those said that
are true, recalled those told that should be. With ``-o FILE`` the figures are also written as JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from provenance import provenance
from tqdm import tqdm

from videorecap.build import System, load_system
from videorecap.evaluation.sim import count_facts, score
from videorecap.jobs import caption_video
from videorecap.sim.script import Script
from videorecap.sim.splits import seed_of
from videorecap.sim.video import write_video
from videorecap.sim.writer import sample_script
from videorecap.types import CaptionTree

LENGTHS_MINUTES = (3.0, 5.0, 7.0, 9.0)  # in turn


def captioned(system: System, split: str, count: int) -> Iterator[tuple[CaptionTree, Script]]:
    """Render, write, read and caption videos of a split, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        for number in tqdm(range(count), desc=f"{split} videos"):
            minutes = LENGTHS_MINUTES[number % len(LENGTHS_MINUTES)]
            script = sample_script(seed_of(split, number), 60 * minutes + number)
            path = Path(folder) / f"{number}.mp4"
            write_video(script, path)
            yield caption_video(path, system, batch_size=32), script
            path.unlink()


def main() -> None:
    """Score, print a table, and keep it if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="sim-tiny")
    parser.add_argument("--videos", type=int, default=20)
    parser.add_argument("--split", default="test", choices=("val", "test"))
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    system = load_system(options.model)
    pairs = list(captioned(system, options.split, options.videos))
    tallies, facts = score(pairs), count_facts(pairs)
    print(f"{'question':20} {'right':>7} {'chance':>7} {'of':>6}")
    for name, tally in tallies.items():
        print(f"{name:20} {tally.accuracy:7.1%} {tally.chance:7.1%} {tally.total:6}")
    print(f"\n{'facts of':20} {'precise':>7} {'recall':>7} {'of':>6}")
    for level, count in facts.items():
        print(f"{level:20} {count.precision:7.1%} {count.recall:7.1%} {count.num_wanted:6}")
    if options.output:
        report = {
            **provenance(),
            "system": {"name": system.config.name, "digest": system.digest},
            "split": options.split,
            "videos": options.videos,
            "scores": {
                name: {"right": tally.accuracy, "chance": tally.chance, "windows": tally.total}
                for name, tally in tallies.items()
            },
            "facts": {
                level: {"precision": count.precision, "recall": count.recall, "wanted": count.num_wanted}
                for level, count in facts.items()
            },
        }
        options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()

"""Speed of training: clips a second with features kept on disk and without, and segments a second.

    python benchmarks/training_speed.py --size tiny

The encoder is frozen and untrained; so are captioners when they begin. Blocks of steps with features and
without take turns in one process, so that whatever else the machine does slows both. Before that the frames
and features of a few simulated videos are made, which is timed as well. Steps are those of the stages of
``recap-u``. With ``-o FILE`` the figures are also written as JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

from accelerate import Accelerator  # type: ignore[import-untyped]
from provenance import provenance

from videorecap.build import System
from videorecap.data.frames import clip_windows
from videorecap.data.make import make
from videorecap.data.plan import DataPlan
from videorecap.defaults import FRAME_RATE, FRAME_SIZE
from videorecap.paper.recipes import recipe
from videorecap.paper.sizes import Size
from videorecap.training.devices import make_accelerator
from videorecap.training.inputs import Inputs
from videorecap.training.noise import ToldWindows
from videorecap.training.plan import LoopConfig
from videorecap.training.preparation import Preparation, numbers_of
from videorecap.training.progress import Silence
from videorecap.training.recipe import ClipSpans, Objective, Stage
from videorecap.training.run import Data, Run, load_data
from videorecap.training.samples import Order, Sample, samples_of
from videorecap.training.stage_run import train_stage
from videorecap.training.start import fresh, make_tokenizer

WARM_UP = 2  # steps at the beginning of a block that are not counted
NEVER = 10**9  # steps


class Clock(Silence):
    """Takes down when steps end."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def advance(self, done: float) -> None:
        """A step has been taken."""
        self.times.append(time.perf_counter())


@dataclass
class Bench:
    """A few videos, and a system to train on them."""

    run: Run
    data: Data
    system: System
    accelerator: Accelerator

    def prepare(self) -> tuple[Inputs, dict[str, float]]:
        """All frames and features; the clips that were rendered and encoded, per second."""
        preparation = Preparation(self.run, self.data, self.accelerator, Silence())
        videos, hierarchy = self.data.all_videos, self.system.hierarchy
        number = sum(len(clip_windows(video)) for video in videos.values())
        began = time.perf_counter()
        frames = preparation.frames(self.system, clip_windows)
        rendered = time.perf_counter()
        inputs = Inputs(videos, hierarchy, frames)
        for level in hierarchy.levels:
            texts = [item.caption for video in videos.values() for item in video.at(level.name)]
            inputs.told[level.name] = ToldWindows(videos, level, texts)
        dense = numbers_of(self.samples(self.stage("clip")), inputs)
        started = time.perf_counter()
        inputs.features = preparation.features(self.system, frames, clip_windows, dense)
        rates = {
            "rendered": number / (rendered - began),
            "encoded": number / (time.perf_counter() - started),
        }
        return inputs, rates

    def stage(self, name: str) -> Stage:
        """A stage of the recipe that draws only its own level, and leaves the encoder as it is."""
        return replace(
            self.run.recipe.stage(name),
            objectives={Objective.CAPTION: 1.0},
            trains_encoder=False,
            data={name: None},
            clips=ClipSpans.WINDOWS,
            init_from=(),
            epochs=None,
        )

    def samples(self, stage: Stage) -> tuple[Sample, ...]:
        """What there is to learn."""
        base = self.system.hierarchy.base.name
        return samples_of(self.data.videos, {}, stage, base, self.run.seed)[stage.level]

    def samples_per_second(self, stage: Stage, inputs: Inputs, steps: int) -> float:
        """Train for some steps, of which the first ones warm up."""
        clock = Clock()
        order = Order({stage.level: self.samples(stage)}, stage.batch_size, "speed")
        with tempfile.TemporaryDirectory() as folder:
            train_stage(
                replace(self.run, output=Path(folder)),
                replace(stage, steps=WARM_UP + steps),
                order,
                self.system,
                inputs,
                self.accelerator,
                clock,
                digest="",
            )
        self.accelerator.free_memory()
        seconds = [end - start for start, end in pairwise(clock.times[WARM_UP - 1 :])]
        return stage.batch_size * len(seconds) / sum(seconds)


def blocks(bench: Bench, inputs: Inputs, *, number: int, steps: int) -> Iterator[dict[str, float]]:
    """Samples per second of each kind of step, again and again."""
    clip, segment = bench.stage("clip"), bench.stage("segment")
    for _ in range(number):
        yield {
            "clips, with features": bench.samples_per_second(clip, replace(inputs, stores_clips=True), steps),
            "clips, without": bench.samples_per_second(clip, inputs, steps),
            "segments": bench.samples_per_second(segment, inputs, steps),
        }


def make_bench(folder: Path, options: argparse.Namespace) -> Bench:
    """Videos without files, and a fresh system."""
    plan = DataPlan(
        split="train",
        num_videos=options.videos,
        total_seconds=options.videos * options.seconds,
        seed=0,
        size=FRAME_SIZE,
        frame_rate=FRAME_RATE,
        has_files=False,
        num_questions=0,
    )
    make(plan, folder / "data")
    run = Run(
        recipe=recipe("recap-u", options.size),
        data=folder / "data",
        output=folder / "run",
        cache=folder / "cache",
        precision=options.precision,
        loop=LoopConfig(save_every_steps=NEVER, log_every=NEVER, num_workers=options.loaders),
    )
    data = load_data(run)
    texts = (text for video in data.videos.values() for item in video.captions for text in item.texts)
    tokenizer = make_tokenizer(run.recipe.start, run.pretrained, texts)
    system = fresh(run.recipe.system, run.recipe.start, tokenizer, run.seed)
    system.modules.eval().requires_grad_(False)
    return Bench(run, data, system, make_accelerator(run.precision, cpu=options.device == "cpu"))


def main() -> None:
    """Measure, print a table, and keep it if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=tuple(map(str, Size)), default="tiny")
    parser.add_argument("--videos", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=180, help="of each video")
    parser.add_argument("--blocks", type=int, default=5, help="of each kind of step")
    parser.add_argument("--steps", type=int, default=20, help="of a block that are counted")
    parser.add_argument("--loaders", type=int, default=0, help="processes that make batches ahead")
    parser.add_argument("--precision", choices=("fp32", "bf16", "fp16"), default="fp32")
    parser.add_argument("--device", choices=("auto", "cpu"), default="auto")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = make_bench(Path(folder), options)
        inputs, rates = bench.prepare()
        measured = list(blocks(bench, inputs, number=options.blocks, steps=options.steps))
    ratios = [block["clips, with features"] / block["clips, without"] for block in measured]
    print(f"{'samples per second':22} {'median':>8} {'least':>8} {'most':>8}")
    for name in measured[0]:
        column = [block[name] for block in measured]
        print(f"{name:22} {median(column):8.1f} {min(column):8.1f} {max(column):8.1f}")
    print(f"{'features gain':22} {median(ratios):7.2f}x {min(ratios):7.2f}x {max(ratios):7.2f}x")
    print(", ".join(f"clips {name} per second: {rate:.1f}" for name, rate in rates.items()))
    if options.output:
        report = {
            **provenance(),
            "device": str(bench.accelerator.device),
            "system": bench.system.config.name,
            "precision": options.precision,
            "batch_size": {name: bench.stage(name).batch_size for name in ("clip", "segment")},
            "steps_of_a_block": options.steps,
            "samples_per_second": measured,
            "gain_of_features": {"each_block": ratios, "median": median(ratios)},
            "clips_per_second": rates,
        }
        options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()

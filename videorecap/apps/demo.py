"""``videorecap demo``: render a video that no training run has seen, caption it, show both trees."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from videorecap.apps.caption import Progress
from videorecap.apps.cli import EXIT_OK, FORMAT_NAMES
from videorecap.build import load_system
from videorecap.jobs import Job
from videorecap.outputs.times import clock
from videorecap.recording import record
from videorecap.sim.facts import LEVELS
from videorecap.sim.script import Script
from videorecap.sim.splits import seed_of
from videorecap.sim.video import write_video
from videorecap.sim.words import caption as true_caption
from videorecap.sim.writer import sample_script
from videorecap.types import Caption, CaptionTree
from videorecap.video.reader import VideoReader

SHOWN_CLIPS = 12  # of each segment; the page has them all


def demo(options: argparse.Namespace) -> int:
    """Make the video, caption it, print the captions beside the truth, and say where to look."""
    system = load_system(options.model, device=options.device)
    directory: Path = options.output_dir
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"simulated-day-{options.seed}.mp4"
    script = sample_script(seed_of("test", options.seed), 60 * options.minutes)
    print(f"Rendering {options.minutes:g} minutes of a simulated day, held out from training, to {path}")
    write_video(script, path)
    print(f"Captioning it with {system.config.name}")
    with VideoReader(path) as reader:
        job = Job(reader, system)
        with Progress(job, is_verbose=options.verbose) as progress:
            tree, _ = record(job, directory, path.stem, FORMAT_NAMES, on_item=progress.show)
    print(beside_truth(tree, script))
    page = (directory / f"{path.stem}.html").resolve()
    print(f"\nNow open {page} in a browser: search, click a time, watch.")
    return EXIT_OK


def beside_truth(tree: CaptionTree, script: Script) -> str:
    """The caption tree, each caption with the truth about its window, highest level first, as text."""
    top = tree.at(tree.levels[-1])
    return "\n".join(line for caption in top for line in _branch(tree, caption, script))


def _branch(tree: CaptionTree, caption: Caption, script: Script) -> Iterator[str]:
    """One caption with its truth, and those below it, each level further to the right."""
    depth = len(tree.levels) - 1 - tree.levels.index(caption.level)
    indent = 4 * depth * " "
    times = f"{clock(caption.span.start)} to {clock(caption.span.end)}"
    yield f"{indent}{times}  {caption.text}"
    if caption.level in LEVELS:
        yield f"{indent}{'truth':>{len(times)}}  {true_caption(script, caption.span, caption.level)}"
    below = tree.below(caption)
    is_lowest = bool(below) and below[0].level == tree.levels[0]
    shown = below[:SHOWN_CLIPS] if is_lowest else below
    for child in shown:
        yield from _branch(tree, child, script)
    if len(shown) < len(below):
        yield f"{indent}    ... and {len(below) - len(shown)} more"

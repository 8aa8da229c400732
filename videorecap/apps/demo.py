"""``videorecap demo``: render a video that no training run has seen, caption it, show both trees."""

from __future__ import annotations

import argparse
from pathlib import Path

from videorecap.apps.caption import Progress
from videorecap.apps.cli import EXIT_OK, FORMAT_NAMES
from videorecap.build import load_system
from videorecap.jobs import Job
from videorecap.outputs.times import clock
from videorecap.sim.script import Script, sample_script
from videorecap.sim.splits import seed_of
from videorecap.sim.video import write_video
from videorecap.sim.words import clip_caption, segment_caption, summary_caption
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
            job.run_to_files(directory, path.stem, FORMAT_NAMES, on_item=progress.show)
        tree = job.finished(directory / f"{path.stem}.json")
    assert tree is not None, "the job has just written it"
    print(beside_truth(tree, script))
    page = (directory / f"{path.stem}.html").resolve()
    print(f"\nNow open {page} in a browser: search, click a time, watch.")
    return EXIT_OK


def beside_truth(tree: CaptionTree, script: Script) -> str:
    """The caption tree with the true caption under each, as text."""
    lines = []
    if tree.summary is not None:
        lines += [f"SUMMARY  {tree.summary.text}", f"  truth  {summary_caption(script)}"]
    for segment in tree.at("segment"):
        lines += ["", f"{clock(segment.span.start)} to {clock(segment.span.end)}  {segment.text}"]
        lines += [f"  truth  {segment_caption(script, segment.span)}"]
        clips = tree.below(segment)
        lines += [_clip_lines(clip, script) for clip in clips[:SHOWN_CLIPS]]
        if len(clips) > SHOWN_CLIPS:
            lines.append(f"    ... and {len(clips) - SHOWN_CLIPS} more clips")
    return "\n".join(lines)


def _clip_lines(clip: Caption, script: Script) -> str:
    return f"    {clock(clip.span.start)}  {clip.text:60}  truth: {clip_caption(script, clip.span)}"

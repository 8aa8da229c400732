"""``videorecap sim``: data sets of the simulated world, and ways to look at it."""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from tqdm import tqdm

from videorecap.apps.cli import EXIT_OK
from videorecap.data.annotations import read_annotations
from videorecap.data.make import make
from videorecap.data.plan import MEAN_SECONDS, DataPlan
from videorecap.errors import DataError
from videorecap.outputs.files import write_aside
from videorecap.outputs.times import clock
from videorecap.sim.script import Script
from videorecap.sim.sheet import contact_sheet
from videorecap.sim.words import clip_caption, summary_caption
from videorecap.sim.writer import sample_script


def run_make(options: argparse.Namespace) -> int:
    """Run ``videorecap sim make``."""
    mean = MEAN_SECONDS if options.minutes is None else 60 * options.minutes
    total = mean * options.videos if options.hours is None else 3600 * options.hours
    plan = DataPlan(
        split=options.split,
        num_videos=options.videos,
        total_seconds=round(total),
        seed=options.seed,
        size=options.size,
        frame_rate=options.frame_rate,
        has_files=options.has_files,
        num_questions=options.questions,
        num_spans=options.spans,
    )
    form = "{desc} {percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} s [{elapsed}<{remaining}]"
    with tqdm(total=plan.total_seconds, desc=str(options.output_dir), bar_format=form, delay=0.5) as bar:
        files = make(
            plan, options.output_dir, layouts=options.to, workers=options.workers, advance=bar.update
        )
    hours = plan.total_seconds / 3600
    print(f"{plan.num_videos} videos, {hours:.2f} hours, split {plan.split} -> {', '.join(map(str, files))}")
    return EXIT_OK


def run_sheet(options: argparse.Namespace) -> int:
    """Run ``videorecap sim sheet``."""
    if options.data is None:
        scripts = [_script(options)]
    else:
        scripts = list(islice(_scripts_of(options.data), options.videos))
    if not scripts:
        raise DataError(f"{options.data}: holds no videos")
    png = io.BytesIO()
    contact_sheet(scripts, options.frames).save(png, "png")
    write_aside(options.output, png.getvalue())
    print(options.output)
    return EXIT_OK


def run_script(options: argparse.Namespace) -> int:
    """Run ``videorecap sim script``."""
    script = _script(options)
    print(json.dumps(asdict(script), indent=2) if options.json else "\n".join(_told(script)))
    return EXIT_OK


def _script(options: argparse.Namespace) -> Script:
    return sample_script(options.seed, 60 * options.minutes)


def _scripts_of(folder: Path) -> Iterator[Script]:
    """The scripts of a data set's simulated videos."""
    for video in read_annotations(folder):
        if video.seed is None or video.duration_seconds is None:
            raise DataError(f"{folder}: {video.video} is no simulated video, for it has no seed")
        yield sample_script(video.seed, video.duration_seconds)


def _told(script: Script) -> Iterator[str]:
    """A script as lines: goal and summary, then activities, their steps, and the events of each."""
    yield f"Seed {script.seed}, {clock(script.duration_seconds)}, {script.daytime}: {script.goal}"
    yield summary_caption(script, script.span)
    episode = step = -1
    for event in script.events:
        if event.episode != episode:
            episode = event.episode
            yield ""
            yield f"{clock(event.span.start)}  {script.episodes[episode].activity}, {event.place}"
        if event.step != step:
            step = event.step
            main = script.steps[step]
            what = " ".join(filter(None, (main.action, main.object)))
            yield f"    {clock(event.span.start)}  {what}{_aside(main.role)}"
        yield f"        {event.span.start:8.2f} s  {clip_caption(script, event.span)}{_aside(event.role)}"


def _aside(role: str) -> str:
    return "" if role == "step" else f" ({role})"

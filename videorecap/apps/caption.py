"""``videorecap caption``: many files, and one bad one among them stops no other."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tqdm import tqdm

from videorecap.apps.cli import EXIT_FAILED, EXIT_GAPS, EXIT_OK
from videorecap.build import System, load_system
from videorecap.errors import VideoRecapError
from videorecap.hierarchy import select_levels
from videorecap.jobs import Job
from videorecap.outputs.formats import suffixes
from videorecap.outputs.naming import Names
from videorecap.outputs.times import clock
from videorecap.types import Caption, Gap
from videorecap.video.reader import VideoReader


def caption_all(options: argparse.Namespace) -> int:
    """Caption every input; the exit code tells the worst that happened.

    A fault of one input costs one line and the exit code; a fault of the options stops at once.
    """
    system = load_system(options.model, device=options.device, official=options.official)
    _, shown = select_levels(system.hierarchy, options.levels or system.hierarchy.names)
    names = Names(options.output_dir, options.videos, suffixes(options.output_format, shown))
    codes = [_caption_one(path, system, names, options) for path in options.videos]
    for code in (EXIT_FAILED, EXIT_GAPS):
        if code in codes:
            return code
    return EXIT_OK


def _caption_one(path: Path, system: System, names: Names, options: argparse.Namespace) -> int:
    try:
        with VideoReader(path) as reader:
            stem = names.stem(path, reader.info.sha256)
            job = Job(reader, system, options.levels, options.batch_size)
            job.warn_of_domain()
            with Progress(job, is_verbose=options.verbose) as progress:
                tree, files = job.run_to_files(
                    options.output_dir, stem, options.output_format, on_item=progress.show
                )
    except VideoRecapError as error:
        if options.debug:
            raise
        print(f"videorecap: {error}", file=sys.stderr)
        return EXIT_FAILED
    for gap in tree.gaps:
        between = f"{clock(gap.span.start)} to {clock(gap.span.end)}"
        print(f"{path}: no {gap.level} for {between}: {gap.reason}", file=sys.stderr)
    print(f"{path} -> {', '.join(map(str, files))}")
    return EXIT_GAPS if tree.gaps else EXIT_OK


class Progress:
    """A bar of the video's time, with elapsed and remaining time and the speed against real time."""

    def __init__(self, job: Job, *, is_verbose: bool) -> None:
        self._is_verbose = is_verbose
        self._base = job.system.hierarchy.base.name
        form = "{desc} {percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} s [{elapsed}<{remaining}{postfix}]"
        self._bar = tqdm(total=job.reader.info.duration_seconds, desc=job.reader.path.name, bar_format=form)

    def show(self, item: Caption | Gap) -> None:
        """Take note of what was written, or could not be."""
        if isinstance(item, Caption) and self._is_verbose:
            self._bar.write(f"{clock(item.span.start)}  {item.level:8} {item.text}")
        done = item.span.end - self._bar.n
        if item.level == self._base and done > 0:
            self._bar.update(done)
            elapsed = self._bar.format_dict["elapsed"]
            if elapsed:
                self._bar.set_postfix_str(f"{self._bar.n / elapsed:.1f}x real time", refresh=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()

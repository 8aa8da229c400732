"""``videorecap caption``: many files, and one bad one among them stops no other."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tqdm import tqdm

from videorecap.apps.cli import EXIT_FAILED, EXIT_GAPS, EXIT_OK
from videorecap.apps.heap import settle_heap
from videorecap.build import System, load_system
from videorecap.defaults import STILL_TOLERANCE
from videorecap.errors import VideoRecapError
from videorecap.hierarchy import select_levels
from videorecap.jobs import Job
from videorecap.outputs.formats import suffixes
from videorecap.outputs.naming import Names
from videorecap.outputs.times import clock
from videorecap.recording import Recording, record_together
from videorecap.still import StillScenes
from videorecap.token_cache import TokenCache
from videorecap.types import Caption, Gap
from videorecap.video.hardware import open_hardware
from videorecap.video.reader import VideoReader

SEVERITY: Final = (EXIT_OK, EXIT_GAPS, EXIT_FAILED)  # the exit code is the worst of all inputs'


def caption_all(options: argparse.Namespace) -> int:
    """Caption every input; the exit code tells the worst that happened.

    A fault of one input costs one line and the exit code; a fault of the options stops at once.
    """
    system = load_system(
        options.model, device=options.device, official=options.official, precision=options.precision
    )
    settle_heap(system)
    hierarchy, shown = select_levels(system.hierarchy, options.levels or system.hierarchy.names)
    names = Names(options.output_dir, options.videos, suffixes(options.output_format, shown))
    # videos that share batches differ from those that do not in the last digits of their log-probabilities
    groups = [options.videos] if options.at_once > 1 else [[path] for path in options.videos]
    with closing(_Desk(system, names, options)) as desk:
        for group in groups:
            _caption(group, system.with_levels(hierarchy), desk, options)
    return max(desk.codes, key=SEVERITY.index, default=EXIT_OK)


def _caption(paths: Sequence[Path], system: System, desk: _Desk, options: argparse.Namespace) -> None:
    """Caption videos together; a captioner that fails ends those that are open."""
    together = record_together(
        desk.recordings(paths), system, batch_size=options.batch_size, at_once=options.at_once
    )
    try:
        with closing(together):
            for recording in together:
                desk.write(recording)
    except VideoRecapError as error:
        desk.fail_open(error)


class _Desk:
    """Opens the inputs of a command, writes what is said of them, and tells what became of each."""

    def __init__(self, system: System, names: Names, options: argparse.Namespace) -> None:
        self.codes: list[int] = []
        self._system = system
        self._names = names
        self._options = options
        self._cache = None if options.cache is None else TokenCache(options.cache, system)
        tolerance = options.still_tolerance or (STILL_TOLERANCE if options.reuse_still else None)
        self._still = None if tolerance is None else StillScenes(system, tolerance)
        self._hardware = None if options.hwaccel is None else open_hardware(options.hwaccel)
        self._open: dict[Recording, ExitStack] = {}

    def recordings(self, paths: Sequence[Path]) -> Iterator[Recording]:
        """Those of the inputs that can be read and are not finished; those that are get their files again."""
        for path in paths:
            try:
                with ExitStack() as stack:
                    recording = self._recording(path, stack)
                    self._open[recording] = stack.pop_all()
            except VideoRecapError as error:
                self._fail(error)
                continue
            if recording.course is None:
                self.write(recording)
            else:
                yield recording

    def _recording(self, path: Path, stack: ExitStack) -> Recording:
        options = self._options
        reader = stack.enter_context(VideoReader(path, self._hardware))
        job = Job(reader, self._system, options.levels, options.batch_size, self._cache, self._still)
        stem = self._names.stem(path, reader.info.sha256)
        job.warn_of_domain()
        progress = stack.enter_context(Progress(job, is_verbose=options.verbose))
        recording = Recording(job, options.output_dir, stem, options.output_format, on_item=progress.show)
        return stack.enter_context(closing(recording))

    def write(self, recording: Recording) -> None:
        """Write the files of a video whose course is over."""
        try:
            with self._open.pop(recording):
                tree, files = recording.write()
        except VideoRecapError as error:
            self._fail(error)
            return
        path = recording.job.reader.path
        for gap in tree.gaps:
            between = f"{clock(gap.span.start)} to {clock(gap.span.end)}"
            print(f"{path}: no {gap.level} for {between}: {gap.reason}", file=sys.stderr)
        if tree.still is not None:
            counts = f"{tree.still.num_reused} of {tree.still.num_clips} clips"
            print(f"{path}: {counts} reused the features of one before them", file=sys.stderr)
        print(f"{path} -> {', '.join(map(str, files))}")
        self.codes.append(EXIT_GAPS if tree.gaps else EXIT_OK)

    def fail_open(self, error: VideoRecapError) -> None:
        """Give up the videos that are open."""
        names = ", ".join(str(recording.job.reader.path) for recording in self._open)
        self.close()
        self._fail(type(error)(f"{names}: {error}") if names else error)

    def close(self) -> None:
        """Close what is open."""
        while self._open:
            _, stack = self._open.popitem()
            stack.close()

    def _fail(self, error: VideoRecapError) -> None:
        if self._options.debug:
            raise error
        print(f"videorecap: {error}", file=sys.stderr)
        self.codes.append(EXIT_FAILED)


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

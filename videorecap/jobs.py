"""One video from file to captions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from videorecap.build import System, load_system
from videorecap.defaults import BATCH_SIZE, MODEL, STILL_TOLERANCE
from videorecap.describe import AnyClip
from videorecap.errors import ConfigError, OutputError
from videorecap.hierarchy import select_levels
from videorecap.memory import JournalMemory
from videorecap.outputs.journal import JSON
from videorecap.outputs.json_tree import tree_from_json
from videorecap.pipeline import Course, recap
from videorecap.precision import Precision
from videorecap.records import ViewedClip
from videorecap.sim.mark import is_simulated
from videorecap.still import StillScenes
from videorecap.token_cache import TokenCache
from videorecap.types import Caption, CaptionTree, Gap, Reuse
from videorecap.video.clips import Clip, read_clips
from videorecap.video.reader import VideoReader

log = logging.getLogger(__name__)

OnItem: TypeAlias = Callable[[Caption | Gap], object]


def caption_video(
    path: str | Path,
    model: str | Path | System = MODEL,
    *,
    device: str = "auto",
    levels: Sequence[str] | str | None = None,
    batch_size: int = BATCH_SIZE,
    official: bool = False,
    cache: str | Path | None = None,
    precision: str = Precision.FP32,
    still: bool = False,
    still_tolerance: float = STILL_TOLERANCE,
) -> CaptionTree:
    """Caption a video file at every level.

    Args:
        path: any file that FFmpeg reads.
        model: a system that ships in the package, a directory, a name on the hub, or a loaded system.
        device: "auto" (a GPU when there is one), "cpu" or "cuda".
        levels: names of the levels to write, with another window if wanted: ``["clip", "segment=60"]``, or
            "clip,segment=60"; None is all of them.
        batch_size: clips that are encoded together.
        official: copy the authors' code where ours departs from it.
        cache: folder in which to keep what the encoder sees, so that another run on the same video, with
            other levels or another captioner, neither decodes nor encodes it.
        precision: "fp32", "bf16", "int8", or "auto", as of ``build.lowered``.
        still: encode a scene that stands still once: a clip that does not change reuses the features of one
            before it.
        still_tolerance: the largest change of a small part of the picture that is none, in levels of 0..255.

    A loaded system is taken as it is: device, precision, and whether it is official, were told when it was
    loaded.

    Raises:
        VideoError: if the file cannot be read as a video.
        CheckpointError: if there is no such model.
        ConfigError: if the options do not fit the model.
    """
    if isinstance(model, System):
        if device != "auto" or (official and not model.is_official) or precision != Precision.FP32:
            raise ConfigError(
                "a loaded system is used as it is; give device=, official= and precision= to load_system"
            )
        system = model
    else:
        system = load_system(model, device=device, official=official, precision=precision)
    with VideoReader(path) as reader:
        tokens = None if cache is None else TokenCache(Path(cache), system)
        scenes = StillScenes(system, still_tolerance) if still else None
        job = Job(reader, system, levels, batch_size, tokens, scenes)
        job.warn_of_domain()
        return job.run()


@dataclass(frozen=True)
class Job:
    """One video, one system, and which levels are wanted.

    Attributes:
        reader: of the video file.
        system: with all of its levels.
        levels: as in ``caption_video``; None is all of them.
        batch_size: clips that are encoded together.
        cache: of what the system's encoder saw, so that a video is decoded once; None keeps nothing.
        still: finds clips that reuse the features of one before them; None has every clip encoded.
    """

    reader: VideoReader
    system: System
    levels: Sequence[str] | str | None = None
    batch_size: int = BATCH_SIZE
    cache: TokenCache | None = None
    still: StillScenes | None = None

    def __post_init__(self) -> None:
        if self.batch_size < 1:
            raise ConfigError(f"batch_size must be at least 1, got {self.batch_size}")

    def warn_of_domain(self) -> None:
        """Say so, in one line of the log, if the system knows less than what it is about to see."""
        domain = self.system.config.domain
        if domain and not is_simulated(self.reader.metadata):
            log.warning("%s: %s", self.reader.path, domain)

    def run(self) -> CaptionTree:
        """Caption the video.

        Raises:
            VideoRecapError: if it cannot be read to its end.
        """
        items: list[Caption | Gap] = []
        courses, (system, _) = [self.course(items.append)], self.chosen
        with closing(recap(courses, system, batch_size=self.batch_size)) as over:
            (course,) = over
        if course.failure is not None:
            raise course.failure
        return self.tree(items, course)

    def course(self, on_item: OnItem, memory: JournalMemory | None = None) -> Course:
        """The video under way, continuing from what the memory of an interrupted run holds."""
        system, _ = self.chosen
        skip = memory.num_clips if memory else 0
        clips: Iterator[AnyClip]
        if self.cache is None:
            clips = self._clips(skip)
        else:
            window_seconds = system.hierarchy.base.window_seconds
            clips = self.cache.clips(self.reader, window_seconds, self._clips, skip, self.still)
        return Course(clips, system, on_item=on_item, memory=memory, stop=self.reader.close)

    def _clips(self, skip: int) -> Iterator[Clip | ViewedClip]:
        """The clips of the video after so many, and of which each is a view."""
        return self._read(skip) if self.still is None else self.still.clips(self._read, skip)

    def _read(self, skip: int) -> Iterator[Clip]:
        """The clips of the video after so many."""
        system, _ = self.chosen
        return read_clips(
            self.reader,
            window_seconds=system.hierarchy.base.window_seconds,
            num_frames=system.num_frames,
            skip=skip,
            official=system.is_official,
        )

    def tree(self, items: Sequence[Caption | Gap], course: Course) -> CaptionTree:
        """What was said of the video, on the levels that are shown, once its course is over."""
        system, shown = self.chosen
        still = None
        if self.still is not None:
            still = Reuse(
                tolerance=self.still.tolerance, num_clips=course.num_clips, num_reused=course.num_reused
            )
        return CaptionTree(
            video=self.reader.info,
            system=system.info,
            levels=shown,
            captions=tuple(one for one in items if isinstance(one, Caption) and one.level in shown),
            gaps=tuple(one for one in items if isinstance(one, Gap) and one.level in shown),
            still=still,
        )

    def finished(self, path: Path) -> CaptionTree | None:
        """The tree that an earlier run of this same job left, or None."""
        tree = self.stored(path)
        system, shown = self.chosen
        if tree is None or tree.system != system.info or set(tree.levels) != set(shown):
            return None
        if (tree.still and tree.still.tolerance) != (self.still and self.still.tolerance):
            return None
        return replace(tree, levels=shown, video=self.reader.info)

    def stored(self, path: Path) -> CaptionTree | None:
        """The tree that any earlier run left of this video, or None."""
        if not path.is_file():
            return None
        try:
            tree = tree_from_json(path.read_bytes(), source=str(path))
        except OutputError:
            return None
        return tree if tree.video.sha256 == self.reader.info.sha256 else None

    def header(self) -> dict[str, JSON]:
        """What makes two runs the same job."""
        system, shown = self.chosen
        return {
            "schema_version": 1,
            "video": {"sha256": self.reader.info.sha256},
            "system": asdict(system.info),
            "levels": list(shown),
            "batch_size": self.batch_size,
            "device": system.device.type,
            **({} if self.still is None else {"still": self.still.tolerance}),
            **({} if self.reader.hardware is None else {"hwaccel": self.reader.hardware}),
        }

    @cached_property
    def chosen(self) -> tuple[System, tuple[str, ...]]:
        """The system on the levels that are needed, and the names of those that are shown."""
        if self.levels is None:
            return self.system, self.system.hierarchy.names
        hierarchy, shown = select_levels(self.system.hierarchy, self.levels)
        return self.system.with_levels(hierarchy), shown

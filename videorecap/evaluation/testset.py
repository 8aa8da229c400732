"""The videos that are scored, and by which protocol."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from videorecap.data.annotations import VideoAnnotations
from videorecap.data.files import VideoFiles
from videorecap.data.lengths import with_lengths
from videorecap.data.readers.detect import read_any
from videorecap.errors import DataError
from videorecap.evaluation.answers import samples_at
from videorecap.evaluation.protocol import AUTHORS, PROTOCOLS, WORLD, Protocol
from videorecap.sim.script import Script
from videorecap.sim.writer import sample_script
from videorecap.training.samples import Sample


@dataclass(frozen=True)
class TestSet:
    """Videos with references.

    Attributes:
        folder: of the data set.
        videos: by id; their lengths are known.
        scripts: what happens in them, if all are simulated.
        protocol: of their scores.
    """

    __test__ = False  # pytest, it is no test

    folder: Path
    videos: Mapping[str, VideoAnnotations]
    scripts: Mapping[str, Script] | None
    protocol: Protocol

    def samples(self, level: str) -> list[Sample]:
        """The spans of a level that are scored, along the data."""
        videos = self.videos.values()
        along = [sample for video in videos for sample in samples_at(video, level, self.protocol.clips)]
        return self.protocol.chosen(level, along)

    @property
    def world(self) -> str:
        """What the videos are of: "simulated" or "real"."""
        return "real" if self.scripts is None else "simulated"


def read_test_set(
    folder: Path, *, protocol: str | None = None, split: str | None = None, num_videos: int | None = None
) -> TestSet:
    """The videos of one split.

    Args:
        folder: of the data set, in any layout that is known.
        protocol: name of a preset; by default "world" for simulated videos, "authors" for all others.
        split: by default the protocol's.
        num_videos: the first so many of it; None for all.

    Raises:
        DataError: if it has none, or a video has neither a length nor a file.
    """
    listed = list(read_any(folder))
    is_simulated = all(video.seed is not None for video in listed)
    named = PROTOCOLS[protocol] if protocol else (WORLD if is_simulated else AUTHORS)
    chosen = replace(named, split=split) if split else named
    found = [video for video in listed if video.split == chosen.split][:num_videos]
    if not found:
        have = ", ".join(sorted({str(video.split) for video in listed})) or "none"
        raise DataError(f"{folder}: has no videos of split {chosen.split!r}, but of {have}; see --split")
    videos = with_lengths({video.video: video for video in found}, VideoFiles(folder))
    return TestSet(folder, videos, _scripts(videos), chosen)


def _scripts(videos: Mapping[str, VideoAnnotations]) -> dict[str, Script] | None:
    """What happens in simulated videos; None if one is not."""
    scripts = {
        name: sample_script(video.seed, video.duration_seconds)
        for name, video in videos.items()
        if video.seed is not None and video.duration_seconds is not None
    }
    return scripts if len(scripts) == len(videos) else None

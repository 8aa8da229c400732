"""Handing over between stages: a trained captioner writes what the next level reads in training.

Source: Video ReCap, section S1: captions of every 4 seconds after the first stage, descriptions of every
3 minutes after the second.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

import torch

from videorecap.build import System
from videorecap.captioners.base import CaptionRequest, written_of
from videorecap.data.annotations import Annotation, VideoAnnotations, read_annotations, write_annotations
from videorecap.data.frames import file_stem
from videorecap.data.workers import Advance
from videorecap.describe import ROW_BATCHES
from videorecap.errors import DataError
from videorecap.hierarchy import Level, Visual, windows
from videorecap.outputs.files import link
from videorecap.training.inputs import Inputs, Told
from videorecap.training.recipe import Labels
from videorecap.training.samples import Sample

VIDEOS_AT_ONCE: Final = 16  # whose windows of an upper level are captioned together
T = TypeVar("T")


class Handover:
    """Captions of one level of every training video, on disk: a file for each video.

    Args:
        folder: of the level; made when something is written.
        level: that is captioned.
        batch_size: clips that are encoded together; ``ROW_BATCHES`` times as many are captioned together.
    """

    def __init__(self, folder: Path, level: Level, *, batch_size: int) -> None:
        self.folder = folder
        self.level = level
        self.batch_size = batch_size

    def write(
        self, system: System, inputs: Inputs, videos: Sequence[VideoAnnotations], advance: Advance
    ) -> None:
        """Caption every window of the videos, unless they have their files.

        Args:
            system: whose captioner of the level writes.
            inputs: what windows see and read.
            videos: in the same order each time.
            advance: told how many videos have been done since the call before.
        """
        for group in _groups(videos, VIDEOS_AT_ONCE):
            if not self.is_whole(group):
                self._write_group(system, inputs, group)
            advance(len(group))

    def _write_group(self, system: System, inputs: Inputs, group: Sequence[VideoAnnotations]) -> None:
        """Caption videos together, those that have a file again, so that a restart writes the same."""
        samples = [sample for video in group for sample in self._windows(video)]
        texts = list(zip(samples, self._captions(system, inputs, samples), strict=True))
        for video in group:
            told = tuple(
                Annotation(level=self.level.name, span=sample.span, texts=(text,))
                for sample, text in texts
                if sample.video == video.video and text is not None
            )
            record = VideoAnnotations(
                video=video.video, duration_seconds=video.duration_seconds, predicted=told
            )
            write_annotations(self._path(video), [record])

    def is_whole(self, videos: Iterable[VideoAnnotations]) -> bool:
        """Whether every one of the videos has its file."""
        return all(self._path(video).is_file() for video in videos)

    def copy(self, videos: Iterable[VideoAnnotations], folder: Path) -> None:
        """Give another folder the files of the videos.

        Raises:
            OutputError: if a file cannot be written.
        """
        for video in videos:
            link(self._path(video), folder / self._path(video).name)

    def take(self, videos: Iterable[VideoAnnotations], folder: Path) -> None:
        """Take the files of the videos from another folder.

        Raises:
            OutputError: if a file cannot be written.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for video in videos:
            link(folder / self._path(video).name, self._path(video))

    def read(self, videos: Iterable[VideoAnnotations]) -> dict[str, Told]:
        """The captions of each video.

        Raises:
            DataError: if a file is missing or damaged.
        """
        return {video.video: self._read(video) for video in videos}

    def _read(self, video: VideoAnnotations) -> Told:
        (record,) = read_annotations(self._path(video))
        if record.video != video.video:
            raise DataError(f"{self._path(video)}: holds captions of {record.video!r}, not {video.video!r}")
        return tuple((item.span, item.caption) for item in record.predicted)

    def _path(self, video: VideoAnnotations) -> Path:
        digest = hashlib.sha256(video.video.encode("utf-8", "backslashreplace")).hexdigest()[:8]
        return self.folder / f"{file_stem(video.video, digest)}.jsonl"

    def _windows(self, video: VideoAnnotations) -> list[Sample]:
        assert video.duration_seconds is not None, "its clips are known"
        return [
            Sample(video.video, self.level.name, span, (), Labels.PSEUDO)
            for span in windows(video.duration_seconds, self.level.window_seconds)
        ]

    @torch.inference_mode()
    def _captions(self, system: System, inputs: Inputs, samples: Sequence[Sample]) -> list[str | None]:
        """What is written of each window; None where there is nothing to write from."""
        captioner = system.captioners[self.level.captioner]
        is_shown: list[bool] = []

        def asked() -> Iterator[list[CaptionRequest]]:
            for batch in _groups(samples, self.batch_size):
                requests = requests_of(system, inputs, batch)
                is_shown.extend(request is not None for request in requests)
                if given := [request for request in requests if request is not None]:
                    yield given

        rows = ROW_BATCHES * self.batch_size
        texts = [one.text for one in written_of(captioner, self.level, asked(), num_rows=rows)]
        following = iter(texts)
        return [next(following) if shown else None for shown in is_shown]


def requests_of(system: System, inputs: Inputs, samples: Sequence[Sample]) -> list[CaptionRequest | None]:
    """What is asked for windows of one level. None for a window that shows nothing.

    Args:
        system: whose encoder sees the clips whose tokens are not kept.
        inputs: with features for the levels above the lowest.
        samples: of one level.
    """
    level = inputs.hierarchy.level(samples[0].level)
    if level is not inputs.hierarchy.base:
        requests = [inputs.request(sample) for sample in samples]
        return [None if level.sees is not None and item.features is None else item for item in requests]
    seen = [sample for sample in samples if not inputs.is_lost(sample)]
    tokens = iter(_tokens(system, inputs, seen))
    made: list[CaptionRequest | None] = []
    for sample in samples:
        request = CaptionRequest(level=level, span=sample.span)
        if sample in seen:
            dense = next(tokens)
            made.append(replace(request, features=dense if level.sees is Visual.DENSE else dense[:1]))
        else:
            made.append(None)
    return made


def _tokens(system: System, inputs: Inputs, clips: Sequence[Sample]) -> Iterable[torch.Tensor]:
    """Spacetime tokens of clips, kept or new; of none, nothing."""
    if inputs.keeps_tokens or not clips:
        return [inputs.tokens(clip) for clip in clips]
    pixels = torch.stack([inputs.pixels(clip) for clip in clips]).float()
    return system.encode(system.preprocess.normalise(pixels))


def _groups(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Consecutive groups; the last may be smaller."""
    rest = iter(items)
    while group := list(islice(rest, size)):
        yield group

"""A system's captions of annotated videos, made as ``videorecap caption`` makes them, and kept on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import torch

from videorecap.build import System
from videorecap.captioners.base import CaptionRequest
from videorecap.data.annotations import (
    Annotation,
    VideoAnnotations,
    read_annotations,
    to_json,
    write_annotations,
)
from videorecap.data.clip_stores import ClipStore
from videorecap.data.frames import DIGEST_LENGTH, clip_windows, file_stem
from videorecap.data.workers import Advance
from videorecap.defaults import BATCH_SIZE
from videorecap.evaluation.answers import Answer, as_record, from_record, samples_at
from videorecap.hierarchy import Level, select_levels, windows
from videorecap.pipeline import ClipRecord, climb, describe
from videorecap.training.recipe import ClipSpans
from videorecap.training.samples import Sample
from videorecap.types import Caption, Span


@dataclass(frozen=True)
class Predictor:
    """Captions the spans of videos that are scored.

    Attributes:
        system: who captions.
        frames: the clips, prepared here where they are missing.
        folder: of the captions, a file for each video; one that is there is not made again.
        levels: names of those that are scored.
        clips: which clips are scored.
        workers: processes that render or decode.
        batch_size: clips that are captioned together.
    """

    system: System
    frames: ClipStore
    folder: Path
    levels: tuple[str, ...]
    clips: ClipSpans
    workers: int = 1
    batch_size: int = BATCH_SIZE

    def predict(
        self, videos: Sequence[VideoAnnotations], advance: Advance = lambda _: None
    ) -> Iterator[dict[str, list[Answer]]]:
        """The answers of each video, by level.

        Args:
            videos: of the data set, whose lengths are known.
            advance: told of every video that is done.

        Raises:
            DataError: if the file of a video is missing.
        """
        self.prepare([video for video in videos if not self._path(video).is_file()])
        for video in videos:
            record = self._record(video)
            advance(1)
            yield {level: from_record(record, level) for level in self.levels}

    def answers(
        self, videos: Sequence[VideoAnnotations], advance: Advance = lambda _: None
    ) -> dict[str, list[Answer]]:
        """The answers of all videos, by level; as ``predict``."""
        given: dict[str, list[Answer]] = {level: [] for level in self.levels}
        for of_video in self.predict(videos, advance):
            for level, items in of_video.items():
                given[level] += items
        return given

    def prepare(self, videos: Sequence[VideoAnnotations]) -> None:
        """Render or decode the windows of videos, several videos at a time."""
        self.frames.prepare(videos, clip_windows, workers=self.workers)

    def captions(self, video: VideoAnnotations, advance: Advance = lambda _: None) -> tuple[Annotation, ...]:
        """Captions of every window of a video, of all levels.

        Args:
            video: whose length is known.
            advance: told when it is done.

        Raises:
            DataError: if its file is missing.
        """
        assert video.duration_seconds is not None, "its length is known"
        asked = tuple(
            Annotation(level=name, span=span, texts=("",))
            for name in self.levels
            for span in windows(video.duration_seconds, self.system.hierarchy.level(name).window_seconds)
        )
        record = self._record(replace(video, captions=asked))
        advance(1)
        return record.predicted

    def _record(self, video: VideoAnnotations) -> VideoAnnotations:
        """What was said of a video, which is captioned unless it was before."""
        path = self._path(video)
        if not path.is_file():
            write_annotations(path, [as_record(video, self._answers(video))])
        (record,) = read_annotations(path)
        return record

    def _path(self, video: VideoAnnotations) -> Path:
        """Another system's captions, or of other annotations, are in another file."""
        wanted = (self.system.digest, self.levels, self.clips, to_json(video))
        digest = hashlib.sha256(repr(wanted).encode("utf-8", "backslashreplace")).hexdigest()
        return self.folder / f"{file_stem(video.video, digest[:DIGEST_LENGTH])}.jsonl"

    @torch.inference_mode()
    def _answers(self, video: VideoAnnotations) -> list[Answer]:
        asked = [sample for level in self.levels for sample in samples_at(video, level, self.clips)]
        hierarchy, _ = select_levels(self.system.hierarchy, self.levels)
        records = list(self._described(video, clip_windows(video)))
        told = [
            item for item in climb(records, hierarchy, self.system.captioners) if isinstance(item, Caption)
        ]
        said = {(item.level, item.span): item.text for item in told}
        missing = [sample for sample in asked if (sample.level, sample.span) not in said]
        for level in hierarchy.levels:
            others = [sample for sample in missing if sample.level == level.name]
            if level is hierarchy.base:
                said |= self._clips(video, [sample.span for sample in others])
            else:
                said |= self._spans(level, others, records, told)
        return [Answer(sample, said.get((sample.level, sample.span))) for sample in asked]

    def _described(self, video: VideoAnnotations, spans: Sequence[Span]) -> Iterator[ClipRecord]:
        """Clips of a video, captioned."""
        self.frames.prepare([video], lambda _: spans, workers=self.workers)
        clips = self.frames.clips(video, spans)
        return chain.from_iterable(describe(clips, self.system, batch_size=self.batch_size))

    def _clips(self, video: VideoAnnotations, spans: Sequence[Span]) -> dict[tuple[str, Span], str]:
        """Captions of clips that are no windows."""
        ordered = sorted(set(spans))
        found = (record.caption for record in self._described(video, ordered)) if ordered else ()
        return {(item.level, item.span): item.text for item in found if item is not None}

    def _spans(
        self, level: Level, samples: Sequence[Sample], records: Sequence[ClipRecord], told: Sequence[Caption]
    ) -> dict[tuple[str, Span], str]:
        """Captions of spans that are no windows, from the windows' clips and captions inside."""
        asked = {sample.span: request_for(level, sample.span, records, told) for sample in samples}
        spans = [span for span, request in asked.items() if request is not None]
        said: dict[tuple[str, Span], str] = {}
        for first in range(0, len(spans), self.batch_size):
            batch = spans[first : first + self.batch_size]
            requests = [request for span in batch if (request := asked[span]) is not None]
            written = self.system.captioners[level.captioner].write(requests)
            found = zip(batch, written, strict=True)
            said |= {(level.name, span): one.text for span, one in found if one.failure is None}
        return said


def request_for(
    level: Level, span: Span, records: Iterable[ClipRecord], told: Iterable[Caption]
) -> CaptionRequest | None:
    """What is asked for any span of an upper level; None where nothing is known of it."""
    seen = [one.feature for one in records if one.feature is not None and one.span.middle in span]
    features = torch.stack(seen) if seen and level.sees is not None else None
    texts = tuple(item.text for item in told if item.level == level.reads and item.span.middle in span)
    if features is None and (level.sees is not None or not texts):
        return None
    return CaptionRequest(level=level, span=span, features=features, texts=texts)

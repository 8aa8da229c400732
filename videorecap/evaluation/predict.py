"""A system's captions of annotated videos, made as ``videorecap caption`` makes them, and kept on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

import videorecap
from videorecap.build import System
from videorecap.captioners.prompted import templates
from videorecap.data.annotations import Annotation, VideoAnnotations, read_annotations, write_annotations
from videorecap.data.clip_stores import ClipStore
from videorecap.data.frames import DIGEST_LENGTH, clip_windows, file_stem
from videorecap.data.workers import Advance
from videorecap.defaults import BATCH_SIZE
from videorecap.describe import describe
from videorecap.evaluation.answers import Answer
from videorecap.evaluation.telling import Key, Telling, needed, windows_of
from videorecap.records import ClipRecord
from videorecap.training.samples import Sample
from videorecap.types import Gap, Span


@dataclass(frozen=True, slots=True)
class Predicted:
    """What was said of videos.

    Attributes:
        answers: of the samples, by level.
        captions: of the windows, by video.
        gaps: what could not be captioned, of all that was asked for and what it reads; the next run tries
            it again.
    """

    answers: Mapping[str, Sequence[Answer]]
    captions: Mapping[str, tuple[Annotation, ...]]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True)
class Predictor:
    """Captions spans of videos.

    What was said of a video is kept in a file that is named after all that decides it, so that no span is
    captioned twice, by whatever it is asked for. What failed is not kept.

    Attributes:
        system: who captions.
        frames: the clips, prepared here where they are missing.
        folder: of the captions, a file for each video.
        workers: processes that render or decode.
        batch_size: clips that are captioned together.
    """

    system: System
    frames: ClipStore
    folder: Path
    workers: int = 1
    batch_size: int = BATCH_SIZE

    def predict(
        self,
        videos: Sequence[VideoAnnotations],
        *,
        samples: Mapping[str, Sequence[Sample]] | None = None,
        windows: Sequence[str] = (),
        advance: Advance = lambda _: None,
    ) -> Predicted:
        """Caption samples, and every window of levels; what was captioned before is taken as it is.

        Args:
            videos: of the data set, whose lengths are known.
            samples: of these videos, by level.
            windows: names of levels.
            advance: told of every video that is done.

        Raises:
            DataError: if the file of a video is missing.
        """
        wanted = samples or {}
        whole = {
            video.video: [(name, span) for name in windows for span in self._windows(video)[name]]
            for video in videos
        }
        asked = {name: list(keys) for name, keys in whole.items()}
        for one in chain.from_iterable(wanted.values()):
            asked[one.video].append((one.level, one.span))
        told = dict(self._told(videos, asked, advance))
        return Predicted(
            answers={
                level: [Answer(one, told[one.video].texts.get((level, one.span))) for one in of_level]
                for level, of_level in wanted.items()
            },
            captions={name: _annotations(told[name].texts, keys) for name, keys in whole.items()},
            gaps=tuple(
                Gap(level=level, span=span, reason=why)
                for one in told.values()
                for (level, span), why in one.reasons.items()
            ),
        )

    def _told(
        self, videos: Sequence[VideoAnnotations], asked: Mapping[str, Sequence[Key]], advance: Advance
    ) -> Iterator[tuple[str, Telling]]:
        """What is said of each video; the frames of all are prepared first, several videos at a time."""
        begun = {video.video: self._begin(video, asked[video.video]) for video in videos}
        whole = [video for video in videos if begun[video.video].sees_windows]
        self.frames.prepare(whole, clip_windows, workers=self.workers)
        self.frames.prepare(videos, lambda one: begun[one.video].other_clips, workers=self.workers)
        for video in videos:
            begun[video.video].tell()
            self._keep(video, begun[video.video].texts)
            yield video.video, begun[video.video]
            advance(1)

    def _begin(self, video: VideoAnnotations, asked: Sequence[Key]) -> Telling:
        """What is to be said of a video, and what was."""
        windows = self._windows(video)
        kept = self._kept(video)
        return Telling(
            system=self.system,
            windows=windows,
            describe=partial(self._described, video),
            batch_size=self.batch_size,
            spans=needed(self.system.hierarchy, windows, asked),
            texts={(one.level, one.span): one.caption for one in (kept.predicted if kept else ())},
        )

    def _keep(self, video: VideoAnnotations, texts: Mapping[Key, str]) -> None:
        """Write what was said of a video, if that is new."""
        levels = self.system.hierarchy.names
        ordered = sorted(texts, key=lambda key: (levels.index(key[0]), key[1]))
        record = replace(video, predicted=_annotations(texts, ordered))
        if record != self._kept(video):
            write_annotations(self._path(video), [record])

    def _described(self, video: VideoAnnotations, spans: Sequence[Span]) -> Iterator[ClipRecord]:
        """Clips of a video, captioned: windows, or others."""
        windows, wanted = clip_windows(video), set(spans)
        stored_as = windows if wanted <= set(windows) else tuple(spans)
        self.frames.prepare([video], lambda _: stored_as, workers=self.workers)
        clips = (clip for clip in self.frames.clips(video, stored_as) if clip.span in wanted)
        return describe(clips, self.system, batch_size=self.batch_size)

    def _windows(self, video: VideoAnnotations) -> dict[str, list[Span]]:
        """The windows of each level."""
        clips = clip_windows(video)
        return {level.name: windows_of(level, clips) for level in self.system.hierarchy.levels}

    def _kept(self, video: VideoAnnotations) -> VideoAnnotations | None:
        """What was said of a video before."""
        path = self._path(video)
        return next(read_annotations(path), None) if path.is_file() else None

    def _path(self, video: VideoAnnotations) -> Path:
        """Named after the system, its prompts, the frames that it sees, and this release."""
        frames = self.frames.name(video, clip_windows(video))
        prompts = templates() if self.system.config.prompted else {}
        decided = (self.system.digest, frames, sorted(prompts.items()), videorecap.__version__)
        digest = hashlib.sha256(repr(decided).encode("utf-8", "backslashreplace")).hexdigest()
        return self.folder / f"{file_stem(video.video, digest[:DIGEST_LENGTH])}.jsonl"


def _annotations(texts: Mapping[Key, str], keys: Sequence[Key]) -> tuple[Annotation, ...]:
    """Those of spans that are there, in order."""
    return tuple(
        Annotation(level=name, span=span, texts=(texts[name, span],))
        for name, span in keys
        if (name, span) in texts
    )

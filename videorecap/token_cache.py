"""What the encoder saw of a video, kept on disk: another level, prompt or captioner then decodes nothing.

A file holds a few clips with their spacetime tokens, as they are: captions are the same with a cache and
without. A clip of the paper's size takes 2.4 MB.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final, TypeAlias

import torch

import videorecap
from videorecap.build import System
from videorecap.errors import CheckpointError, OutputError
from videorecap.models.checkpoints import load_tensors, save_tensors
from videorecap.records import ClipToKeep, EncodedClip, ViewedClip
from videorecap.still import StillScenes
from videorecap.types import Gap, Span
from videorecap.video.clips import Clip, clip_spans
from videorecap.video.reader import VideoReader

log = logging.getLogger(__name__)

FILE_CLIPS: Final = 16
DIGEST_LENGTH: Final = 16
TOKENS, CLIPS = "tokens", "clips"
ReadAfter: TypeAlias = Callable[[int], Iterator[Clip | ViewedClip]]
"""The clips of a video after so many."""


class TokenCache:
    """The tokens of videos by one encoder.

    Args:
        folder: of the tokens of all videos and encoders.
        system: whose encoder sees, with the weights that it has now.

    Raises:
        ConfigError: if the system has no video encoder.
    """

    def __init__(self, folder: Path, system: System) -> None:
        self._folder = folder
        self._facts = [videorecap.__version__, system.encoder_digest(), system.is_official]
        self._is_official = system.is_official

    def clips(
        self,
        reader: VideoReader,
        window_seconds: float,
        read: ReadAfter,
        skip: int = 0,
        still: StillScenes | None = None,
    ) -> Iterator[EncodedClip | ClipToKeep]:
        """The clips of a video: from the start those that are kept, then the others, to be kept.

        Args:
            reader: of the video.
            window_seconds: length of a clip.
            read: the clips after so many.
            skip: so many at the start are left out.
            still: who found the clips whose features are reused; with it, others are kept than without.
        """
        facts = [*self._facts, window_seconds, *([] if still is None else [still.tolerance])]
        facts += [] if reader.hardware is None else [reader.hardware]
        key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
        folder = self._folder / f"{reader.info.sha256[:DIGEST_LENGTH]}-{key[:DIGEST_LENGTH]}"
        spans = clip_spans(reader, window_seconds=window_seconds, official=self._is_official)
        return _VideoTokens(folder, len(spans)).clips(read, skip)


@dataclass(frozen=True)
class _VideoTokens:
    """Those of one video.

    Attributes:
        folder: of its files.
        num_clips: of the whole video.
    """

    folder: Path
    num_clips: int

    def clips(self, read: ReadAfter, skip: int) -> Iterator[EncodedClip | ClipToKeep]:
        """As of ``TokenCache``."""
        for first in range(skip - skip % FILE_CLIPS, self.num_clips, FILE_CLIPS):
            known = self._load(first)
            if known is None:
                yield from self._read(read, max(first, skip))
                return
            yield from known[max(0, skip - first) :]

    def _read(self, read: ReadAfter, first: int) -> Iterator[ClipToKeep]:
        """The clips from a number on; those of a file that lacks none are kept."""
        begun: dict[int, EncodedClip] = {}
        numbers = count(first)

        def keep(clip: EncodedClip) -> None:
            number = next(numbers)
            begun[number] = clip
            if (number + 1) % FILE_CLIPS == 0 or number + 1 == self.num_clips:
                start = number - number % FILE_CLIPS
                if start in begun:
                    self._save(start, list(begun.values()))
                begun.clear()

        return (ClipToKeep(clip, keep) for clip in read(first))

    def _save(self, first: int, clips: Sequence[EncodedClip]) -> None:
        seen = [clip.tokens.cpu() for clip in clips if clip.tokens is not None]
        facts = [
            {
                "span": [clip.span.start, clip.span.end],
                "gaps": [[gap.level, gap.span.start, gap.span.end, gap.reason] for gap in clip.gaps],
                "is_lost": clip.tokens is None,
                **({"is_reused": True} if clip.is_reused else {}),
            }
            for clip in clips
        ]
        told = torch.frombuffer(bytearray(json.dumps(facts).encode()), dtype=torch.uint8)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot write {self.folder}: {error.strerror or error}") from error
        save_tensors({TOKENS: torch.stack(seen) if seen else torch.empty(0), CLIPS: told}, self._path(first))

    def _load(self, first: int) -> list[EncodedClip] | None:
        """The clips of a file; None if there is no good one."""
        path = self._path(first)
        if not path.is_file():
            return None
        try:
            tensors = load_tensors(path)
            rows = iter(tensors[TOKENS])
            return [
                EncodedClip(
                    Span(*clip["span"]),
                    tuple(
                        Gap(level=level, span=Span(start, end), reason=reason)
                        for level, start, end, reason in clip["gaps"]
                    ),
                    None if clip["is_lost"] else next(rows),
                    clip.get("is_reused", False),
                )
                for clip in json.loads(bytes(tensors[CLIPS].tolist()))
            ]
        except (CheckpointError, ValueError, KeyError, TypeError, RuntimeError) as error:
            log.warning("%s: is damaged (%s), and made again", path, error)
            return None

    def _path(self, first: int) -> Path:
        return self.folder / f"{first:07}.safetensors"

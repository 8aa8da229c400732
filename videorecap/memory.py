"""What an interrupted run remembers: captioned clips with their features, and captions of upper levels.

Clips are written down in waves, a line of the journal each, after which nothing is under way: a run that was
killed at any moment continues with the same batches, and so with the same bytes, as one that was not.
"""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from videorecap.captioners.base import Written
from videorecap.errors import OutputError
from videorecap.hierarchy import Level
from videorecap.outputs.journal import Journal
from videorecap.records import ClipRecord
from videorecap.types import Caption, Gap, Span


class JournalMemory:
    """The memory of a run, kept in a journal on disk.

    Raises:
        OutputError: if the journal holds something else.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._clips: deque[ClipRecord] = deque()
        self._captions: dict[tuple[str, Span], Written] = {}
        for record in journal.records():
            try:
                self._take_in(record)
            except (KeyError, TypeError, ValueError) as error:
                raise OutputError(
                    f"{journal.path}: not a record of captions ({error!r}); remove it"
                ) from None

    def _take_in(self, record: dict[str, Any]) -> None:
        if "clips" in record:
            self._clips.extend(_clip_from_json(clip) for clip in record["clips"])
        else:
            key = (record["level"], Span(record["start"], record["end"]))
            self._captions[key] = Written(record["text"], record["mean_logprob"])

    @property
    def num_clips(self) -> int:
        """Clips that were captioned before."""
        return len(self._clips)

    def clips(self) -> Iterator[ClipRecord]:
        """Clips that were captioned before; each is handed out once, and let go."""
        while self._clips:
            yield self._clips.popleft()

    def add_clips(self, wave: Sequence[ClipRecord]) -> None:
        """Write a wave of clips down, as one line."""
        self._journal.append({"clips": [_clip_to_json(record) for record in wave]})

    def recall(self, level: Level, span: Span) -> Written | None:
        """What was written about a window before."""
        return self._captions.get((level.name, span))

    def add_caption(self, caption: Caption) -> None:
        """Write a caption of an upper level down."""
        self._journal.append(
            {
                "level": caption.level,
                "start": caption.span.start,
                "end": caption.span.end,
                "text": caption.text,
                "mean_logprob": caption.mean_logprob,
            }
        )


def _clip_to_json(record: ClipRecord) -> dict[str, Any]:
    caption = record.caption
    gaps = [{"start": gap.span.start, "end": gap.span.end, "reason": gap.reason} for gap in record.gaps]
    return {
        "level": caption.level if caption else (record.gaps[0].level if record.gaps else None),
        "start": record.span.start,
        "end": record.span.end,
        "text": caption.text if caption else None,
        "mean_logprob": caption.mean_logprob if caption else None,
        "gaps": gaps,
        "feature": _pack(record.feature),
        **({"is_reused": True} if record.is_reused else {}),
    }


def _clip_from_json(clip: dict[str, Any]) -> ClipRecord:
    span, level = Span(clip["start"], clip["end"]), clip["level"]
    caption = None
    if clip["text"] is not None:
        caption = Caption(level=level, span=span, text=clip["text"], mean_logprob=clip["mean_logprob"])
    gaps = [
        Gap(level=level, span=Span(gap["start"], gap["end"]), reason=gap["reason"]) for gap in clip["gaps"]
    ]
    return ClipRecord(span, caption, tuple(gaps), _unpack(clip["feature"]), clip.get("is_reused", False))


def _pack(feature: Tensor | None) -> str | None:
    """float32 bytes as text, exactly."""
    if feature is None:
        return None
    return base64.b64encode(feature.to(torch.float32).numpy().astype("<f4").tobytes()).decode("ascii")


def _unpack(text: str | None) -> Tensor | None:
    if text is None:
        return None
    values = np.frombuffer(base64.b64decode(text), dtype="<f4").astype(np.float32)
    return torch.from_numpy(values)

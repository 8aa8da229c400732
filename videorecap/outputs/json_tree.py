"""A caption tree as JSON and back: the format that everything else can be made from again."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from videorecap.errors import OutputError
from videorecap.types import Caption, CaptionTree, Gap, Reuse, Span, SystemInfo, VideoInfo

SCHEMA_VERSION: Final = 1
SECONDS_DECIMALS = 6
LOGPROB_DECIMALS = 4
MAX_FAULTS_SHOWN = 3


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class _Video(_Part):
    path: str
    sha256: str
    duration_seconds: float
    width: int
    height: int
    frame_rate: float


class _System(_Part):
    name: str
    digest: str


class _Caption(_Part):
    level: str
    start: float
    end: float
    text: str
    mean_logprob: float | None
    final: bool


class _Gap(_Part):
    level: str
    start: float
    end: float
    reason: str


class _Still(_Part):
    tolerance: float
    num_clips: int
    num_reused: int


class _Document(_Part):
    schema_version: Literal[1]
    video: _Video
    system: _System
    still: _Still | None = None
    captions: list[_Caption]
    gaps: list[_Gap]


def tree_to_json(tree: CaptionTree) -> str:
    """The tree as JSON text, one line for each caption and gap; equal trees give equal text.

    Times are in seconds with 6 decimals, mean log-probabilities have 4 and are null if not finite.
    """
    video = asdict(tree.video)
    for name in ("duration_seconds", "frame_rate"):
        video[name] = round(float(video[name]), SECONDS_DECIMALS)
    head = _Document(
        schema_version=SCHEMA_VERSION,
        video=_Video(**video),
        system=_System(**asdict(tree.system)),
        still=None if tree.still is None else _Still(**asdict(tree.still)),
        captions=[],  # they follow, one at a time
        gaps=[],
    )
    without = {"captions", "gaps", *(["still"] if tree.still is None else [])}
    values = {name: _dump(value) for name, value in head.model_dump(exclude=without).items()}
    values["captions"] = _lines(_caption(caption) for caption in tree.captions)
    values["gaps"] = _lines(_Gap(level=gap.level, **_times(gap.span), reason=gap.reason) for gap in tree.gaps)
    fields = (f"  {_dump(name)}: {value}" for name, value in values.items())
    return "{\n" + ",\n".join(fields) + "\n}\n"


def tree_from_json(text: str | bytes, source: str) -> CaptionTree:
    """Read a tree back, checking every field.

    The levels are those that occur, in the order of the captions and of the gaps.

    Args:
        text: the JSON.
        source: where it came from, for the error.

    Raises:
        OutputError: in one line, if it is no JSON, has another schema version, or a field is unknown,
            missing or wrong.
    """
    try:
        document = _Document.model_validate(json.loads(text))
        captions = [
            Caption(
                level=item.level,
                span=Span(item.start, item.end),
                text=item.text,
                mean_logprob=item.mean_logprob,
                final=item.final,
            )
            for item in document.captions
        ]
        gaps = [Gap(level=i.level, span=Span(i.start, i.end), reason=i.reason) for i in document.gaps]
    except ValidationError as error:
        raise OutputError(f"{source}: {_faults(error)}") from None
    except (ValueError, RecursionError) as error:
        raise OutputError(f"{source} holds no caption tree: {error}") from None
    return CaptionTree(
        video=VideoInfo(**document.video.model_dump()),
        system=SystemInfo(**document.system.model_dump()),
        levels=_levels(captions, gaps),
        captions=tuple(captions),
        gaps=tuple(gaps),
        still=None if document.still is None else Reuse(**document.still.model_dump()),
    )


def _caption(caption: Caption) -> _Caption:
    return _Caption(
        level=caption.level,
        **_times(caption.span),
        text=caption.text,
        mean_logprob=_logprob(caption.mean_logprob),
        final=caption.final,
    )


def _times(span: Span) -> dict[str, float]:
    start, end = (round(float(time), SECONDS_DECIMALS) for time in (span.start, span.end))
    if end <= start:  # shorter than a microsecond; an empty span could not be read back
        end = round(start + 10**-SECONDS_DECIMALS, SECONDS_DECIMALS)
    return {"start": start, "end": end}


def _logprob(value: float | None) -> float | None:
    return round(value, LOGPROB_DECIMALS) if value is not None and math.isfinite(value) else None


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _lines(items: Iterable[_Part]) -> str:
    """A list with one line for each item."""
    lines = [f"    {_dump(item.model_dump())}" for item in items]
    return "[\n" + ",\n".join(lines) + "\n  ]" if lines else "[]"


def _faults(error: ValidationError) -> str:
    """The first few faults in one line: where, what is wrong, and what came."""
    faults = error.errors()
    shown = []
    for fault in faults[:MAX_FAULTS_SHOWN]:
        where = ".".join(map(str, fault["loc"])) or "the document"
        came = "" if fault["type"] == "missing" else f", got {fault['input']!r:.40}"
        shown.append(f"{where}: {fault['msg'].lower()}{came}")
    if len(faults) > len(shown):
        shown.append(f"and {len(faults) - len(shown)} more")
    return "; ".join(shown)


def _levels(captions: Sequence[Caption], gaps: Sequence[Gap]) -> tuple[str, ...]:
    """The levels, lowest first: the orders in which captions and gaps name them, merged.

    Where neither order tells (a level that has gaps only, say), the level with the shorter spans is lower.
    """
    items: list[Any] = [*captions, *gaps]
    longest: dict[str, float] = {}
    for item in items:
        longest[item.level] = max(longest.get(item.level, 0.0), item.span.duration)
    left = list(dict.fromkeys(caption.level for caption in captions))
    right = list(dict.fromkeys(gap.level for gap in gaps))
    merged: list[str] = []
    while left and right:
        first, second = left[0], right[0]
        takes_right = first in right[1:] and second not in left
        if first not in right and second not in left:
            takes_right = longest[second] < longest[first]
        merged.append(second if takes_right else first)
        left = [name for name in left if name != merged[-1]]
        right = [name for name in right if name != merged[-1]]
    return (*merged, *left, *right)

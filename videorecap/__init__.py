"""Hierarchical captions of long videos: clips, segments and a summary from one recursion.

>>> import videorecap
>>> tree = videorecap.caption_video("day.mp4")  # doctest: +SKIP
>>> tree.summary.text  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from videorecap.errors import VideoRecapError
from videorecap.types import Caption, CaptionTree, Gap, Span, VideoInfo

if TYPE_CHECKING:
    from videorecap.build import System, load_system
    from videorecap.jobs import caption_video

__version__ = "0.1.0"
__all__ = [
    "Caption",
    "CaptionTree",
    "Gap",
    "Span",
    "System",
    "VideoInfo",
    "VideoRecapError",
    "caption_video",
    "load_system",
]

_LAZY = {"System": "videorecap.build", "load_system": "videorecap.build", "caption_video": "videorecap.jobs"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Import what needs torch only when it is asked for."""
    if name in _LAZY:
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

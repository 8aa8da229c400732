"""Times and facts as people read them."""

from __future__ import annotations

from pathlib import PurePath

from videorecap.types import Span, VideoInfo

EN_DASH = "–"


def clock(seconds: float) -> str:
    """``m:ss``, or ``h:mm:ss`` from one hour on; parts of a second are dropped."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def clock_range(span: Span) -> str:
    """Both ends of a span as clock times."""
    return f"{clock(span.start)} {EN_DASH} {clock(span.end)}"


def timestamp(milliseconds: int, point: str) -> str:
    """``HH:MM:SS`` and milliseconds after ``point``; more than two digits of hours from 100 hours on."""
    seconds, millisecond = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}{point}{millisecond:03}"


def video_name(video: VideoInfo) -> str:
    """The file name of a video, or its path where that has none."""
    return PurePath(video.path).name or video.path or "video"


def video_facts(video: VideoInfo) -> tuple[str, str, str]:
    """How long a video is, its frame size in pixels, and its frame rate with at most two decimals."""
    return (
        clock(video.duration_seconds),
        f"{video.width} × {video.height}",
        f"{round(video.frame_rate, 2):g} fps",
    )

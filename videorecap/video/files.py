"""Opening a file as a video, or saying in one line why it cannot be."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import av
from av.codec.hwaccel import HWAccel
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Disposition
from av.video.stream import VideoStream

from videorecap.errors import VideoError

CHUNK_BYTES: Final = 1 << 20
NO_VIDEO: Final = frozenset({"tty"})  # FFmpeg would draw a text file as a picture of a terminal


def open_video(path: Path, hardware: HWAccel | None = None) -> tuple[InputContainer, VideoStream]:
    """Open a file and choose its video stream; cover art does not count.

    Args:
        path: of the file.
        hardware: that decodes it; None decodes in software.

    Raises:
        VideoError: if the file is missing, a directory, empty, no media, or has no video stream.
    """
    try:
        _check_file(path)
    except OSError as error:
        raise VideoError(f"{path}: cannot be read ({error.strerror}); give the path of a video") from error
    try:
        # the protocol is named, so that no part of the path is taken for one
        container = av.open(f"file:{path}", hwaccel=hardware)
    except (FFmpegError, OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).splitlines()[0]
        raise VideoError(f"{path}: not a video that FFmpeg can read ({reason}); give a video file") from error
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams or container.format.name in NO_VIDEO:
        kinds = ", ".join(sorted({stream.type for stream in container.streams} - {"video"})) or "text"
        container.close()
        raise VideoError(f"{path}: holds no video stream, only {kinds}; give a video file")
    streams = [s for s in streams if getattr(s, "codec_context", None) is not None]
    if not streams:
        container.close()
        raise VideoError(f"{path}: its video is in a codec that FFmpeg does not know; re-encode the file")
    best = container.streams.best("video")
    return container, best if isinstance(best, VideoStream) and best in streams else streams[0]


def _check_file(path: Path) -> None:
    if not path.exists():
        raise VideoError(f"{path}: no such file; give the path of a video")
    if path.is_dir():
        raise VideoError(
            f"{path}: is a directory; give a video file in it, or a folder of chunks 0.mp4, 300.mp4, ..."
        )
    if path.is_file() and path.stat().st_size == 0:
        raise VideoError(f"{path}: is empty (0 bytes); give a video file")


def file_digest(path: str | Path) -> str:
    """The sha256 of a file's bytes, in hex, read a piece at a time.

    Raises:
        VideoError: if the file cannot be read.
    """
    digest = hashlib.sha256()
    try:
        with Path(path).open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise VideoError(f"{path}: cannot be read ({error.strerror})") from error
    return digest.hexdigest()

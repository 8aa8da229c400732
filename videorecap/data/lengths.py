"""How long the videos of a data set are, where its annotations do not tell."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from videorecap.data.annotations import VideoAnnotations
from videorecap.data.files import VideoFiles
from videorecap.errors import DataError, VideoError
from videorecap.video.chunks import read_headers
from videorecap.video.reader import VideoReader

log = logging.getLogger(__name__)


def with_lengths(videos: Mapping[str, VideoAnnotations], files: VideoFiles) -> dict[str, VideoAnnotations]:
    """Videos whose length, if the annotations do not tell it, is that of their file; others are left out.

    Args:
        videos: by id.
        files: where the files are.

    Raises:
        DataError: if a video has neither a length nor a file.
    """
    known = {}
    for name, video in videos.items():
        path = files.find(video) if video.duration_seconds is None else None
        if video.duration_seconds is not None:
            known[name] = video
        elif path is None:
            raise DataError(
                f"video {name!r} has no length, nor a file that has: {files.expected(video)} is missing"
            )
        else:
            try:
                known[name] = replace(video, duration_seconds=_length_of(path))
            except VideoError as error:
                log.warning("left out: %s", error)
    return known


def _length_of(path: Path) -> float:
    """What the header of a file says, or else what is in it."""
    seconds = read_headers(path).seconds
    if seconds is not None:
        return seconds
    with VideoReader(path) as reader:
        return reader.index.duration_seconds

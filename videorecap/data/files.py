"""The video files of a data set: where they are, and whether they are as long as the annotations say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from videorecap.data.annotations import VideoAnnotations
from videorecap.data.findings import ERROR, WARNING, Finding
from videorecap.errors import VideoError
from videorecap.video.chunks import read_headers

VIDEOS: Final = "videos"
SUFFIXES: Final = (".mp4", ".mkv", ".webm", ".mov", ".avi")
TOLERANCE_SECONDS: Final = 1.0  # a file's header counts its sound too, which may be a little longer


class VideoFiles:
    """Looks for the file of each video.

    A file is where ``path`` says, or called as the video's id; it may be a folder of 5-minute chunks. A
    simulated video, one with a seed, needs no file. If there is no folder with videos at all, none is needed.

    Args:
        folder: of the data set.
        videos_folder: of the files; by default "videos" in ``folder``.
    """

    def __init__(self, folder: Path, videos_folder: Path | None = None) -> None:
        self._folder = folder
        self._videos = videos_folder or folder / VIDEOS
        self._is_needed = videos_folder is not None or self._videos.is_dir()
        self._unchecked = 0

    def find(self, video: VideoAnnotations) -> Path | None:
        """The file or the folder of chunks of a video; None if it is not there."""
        if video.path is not None:
            named = self._folder / video.path
            return named if _exists(named) else None
        stems = (self._videos / f"{video.video}{suffix}" for suffix in SUFFIXES)
        return next((path for path in stems if _exists(path)), None)

    def expected(self, video: VideoAnnotations) -> str:
        """Where a video's file should be, for messages."""
        return video.path or f"{self._videos / video.video}{SUFFIXES[0]}"

    def check(self, video: VideoAnnotations) -> Iterator[Finding]:
        """Tell if a video's file is missing, no video, or of another length."""
        outside = [name for name in (video.video, video.path or "") if not _is_inside(name)]
        if outside:
            yield Finding(ERROR, video.video, f"its file {outside[0]!r:.80} would be outside the data set")
            return
        path = self.find(video)
        if path is None:
            if video.path is not None or (self._is_needed and video.seed is None):
                yield Finding(ERROR, video.video, f"its file {self.expected(video)} is missing")
            elif video.seed is None:
                self._unchecked += 1
            return
        try:
            declared = read_headers(path)
        except VideoError as error:
            yield Finding(ERROR, video.video, str(error))
            return
        if declared.holes:
            holes = ", ".join(f"{hole.start:.1f}-{hole.end:.1f}" for hole in declared.holes)
            yield Finding(ERROR, video.video, f"its chunks in {path.name} lack {holes} s")
        seconds, annotated = declared.seconds, video.duration_seconds
        if seconds is not None and annotated is not None and abs(seconds - annotated) > TOLERANCE_SECONDS:
            what = f"lasts {seconds:.1f} s as {path.name}, but {annotated:.1f} s by its annotations"
            yield Finding(ERROR, video.video, what)

    def findings(self) -> Iterator[Finding]:
        """Tell how many videos have no file to look at."""
        if self._unchecked:
            what = f"is not there, so the files of {self._unchecked} videos were not looked at"
            yield Finding(WARNING, str(self._videos), what)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long for a file, or a folder that may not be read
        return False


def _is_inside(relative: str) -> bool:
    path = Path(relative)
    return not path.is_absolute() and ".." not in path.parts

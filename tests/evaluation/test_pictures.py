"""Frames beside captions: rendered, of a file, and of a file that lacks some."""

import io
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from videorecap.data.annotations import VideoAnnotations
from videorecap.evaluation.pictures import Pictures
from videorecap.sim.splits import seed_of
from videorecap.sim.writer import sample_script
from videorecap.types import Span

SCRIPT = sample_script(seed_of("test", 7), 50.5)  # of the short video


def pixels(jpeg: bytes) -> NDArray[np.float64]:
    """A frame, so small that fine grain is gone."""
    return np.asarray(Image.open(io.BytesIO(jpeg)).resize((24, 18), Image.Resampling.BOX), np.float64)


@pytest.mark.parametrize("start", [0, 20, 46])
def test_frames_of_a_file_are_those_of_their_time(start: int, short_video: Path) -> None:
    video = VideoAnnotations(video="day", duration_seconds=50.5, path=short_video.name)
    pictures = Pictures(short_video.parent, {"day": video}, None)
    (read,) = map(pixels, pictures.of("day", Span(start, start + 4), 1))
    rendered = Pictures(short_video.parent, {"day": video}, {"day": SCRIPT})
    starts = [max(start + offset, 0) for offset in (-12, -8, -4, 4, 8, 12, 0)]
    others = [pixels(rendered.of("day", Span(one, one + 4), 1)[0]) for one in starts]
    distances = [np.abs(read - other).mean() for other in others]
    assert starts[int(np.argmin(distances))] == start


def test_what_cannot_be_read_has_no_frames(short_video: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.mp4").write_bytes(short_video.read_bytes()[:3000])
    (tmp_path / "text.mp4").write_text("no video")
    names = ("cut.mp4", "text.mp4", "none.mp4")
    videos = {name: VideoAnnotations(video=name, duration_seconds=50.0, path=name) for name in names}
    pictures = Pictures(tmp_path, videos, None)
    assert [pictures.of(name, Span(8, 12), 3) for name in names] == [[], [], []]

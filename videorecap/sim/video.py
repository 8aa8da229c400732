"""Simulated videos as files."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Final

import av

from videorecap.defaults import FRAME_RATE, FRAME_SIZE
from videorecap.errors import ConfigError, OutputError
from videorecap.sim.mark import MARK
from videorecap.sim.render import frame
from videorecap.sim.script import Script

# the "mbtree" of x264 gives other bytes from run to run
SETTINGS: Final = {"crf": "23", "preset": "veryfast", "x264-params": "mbtree=0"}


def write_video(
    script: Script,
    path: str | Path,
    *,
    size: tuple[int, int] = FRAME_SIZE,
    frame_rate: int = FRAME_RATE,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Render a script to an mp4 file (h264), frame by frame; the file appears when it is complete.

    Args:
        script: what happens.
        path: the file to write.
        size: width and height in pixels, both even.
        frame_rate: frames per second.
        progress: called after each frame with the number written and the number in all.

    Returns:
        The number of frames.

    Raises:
        ConfigError: if the size is odd or the frame rate is not positive.
        OutputError: if the file cannot be written.
    """
    if size[0] % 2 or size[1] % 2 or frame_rate < 1:
        raise ConfigError(f"a video needs even sides and a frame rate >= 1, got {size} at {frame_rate}")
    path = Path(path)
    partial = path.with_name(path.name + ".part")
    try:
        total = _encode(script, partial, size, frame_rate, progress)
        partial.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        partial.unlink(missing_ok=True)
    return total


def _encode(
    script: Script,
    path: Path,
    size: tuple[int, int],
    frame_rate: int,
    progress: Callable[[int, int], None] | None,
) -> int:
    """Write all frames to ``path``, whatever its suffix, and give their number."""
    total = max(1, round(script.duration_seconds * frame_rate))
    with av.open(str(path), "w", format="mp4") as container:
        container.metadata["comment"] = MARK
        stream = container.add_stream("libx264", rate=frame_rate, options=SETTINGS)
        stream.codec_context.thread_count = 1  # another number of threads gives other bytes
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for number in range(total):
            picture = av.VideoFrame.from_ndarray(frame(script, number / frame_rate, size), format="rgb24")
            picture.pts = number
            picture.time_base = Fraction(1, frame_rate)
            container.mux(stream.encode(picture))
            if progress is not None:
                progress(number + 1, total)
        container.mux(stream.encode())
    return total

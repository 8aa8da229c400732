"""Videos to measure on: H.264, as long as wanted, of the simulated world.

So that an hour takes no hour to make, only the beginning is drawn; a longer video is its packets again and
again, each with its own time. A decoder has as much to do as with footage that never repeats.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from videorecap.sim.mark import MARK
from videorecap.sim.render import frame
from videorecap.sim.splits import seed_of
from videorecap.sim.video import write_video
from videorecap.sim.writer import sample_script

HD: Final = (1280, 720)
HD_RATE: Final = 30
HD_GOPS: Final = (30, 250)  # frames from one keyframe to the next
HD_MINUTES: Final = 1.0  # that are drawn
SIM_MINUTES: Final = 10.0  # likewise
SIM_SIZE: Final = (480, 360)
SIM_RATE: Final = 15
DRAWN_EVERY: Final = 3  # frames; those between move on with the camera
MARGIN: Final = 16  # drawn pixels by which the camera shakes, each way
GRAIN: Final = 4.0  # deviation of a sensor's noise, of 255; it brings the bits of a second to a camera's
NUM_GRAINS: Final = 7
X264: Final = {"crf": "23", "preset": "veryfast", "sc_threshold": "0"}


@dataclass(frozen=True, slots=True)
class Studio:
    """Makes videos, and keeps them.

    Attributes:
        folder: of the videos; those that are there are not made again.
        seed: number of the simulated day.
    """

    folder: Path
    seed: int = 0

    def hd(self, minutes: float, gop: int, *, drawn_minutes: float = HD_MINUTES) -> Path:
        """A video of 1280 x 720 pixels, 30 frames a second, with a keyframe every ``gop`` frames."""
        drawn = min(minutes, drawn_minutes)
        piece = self.folder / f"hd-{drawn:g}-minutes-gop-{gop}-seed-{self.seed}.mp4"
        if not piece.exists():
            frames = _shaken(self.seed, 60 * drawn)
            partial = piece.with_suffix(".part")
            _encode(frames, partial, round(60 * drawn * HD_RATE), gop)
            partial.replace(piece)
        return self._long(piece, minutes, drawn)

    def simulated(
        self, minutes: float, *, size: tuple[int, int] = SIM_SIZE, frame_rate: int = SIM_RATE, number: int = 0
    ) -> Path:
        """A video as ``videorecap sim make`` writes it, of one of the simulated days."""
        drawn = min(minutes, SIM_MINUTES)
        name = f"sim-{drawn:g}-minutes-{size[0]}x{size[1]}-{frame_rate}-hz-seed-{self.seed}-{number}.mp4"
        piece = self.folder / name
        if not piece.exists():
            script = sample_script(seed_of("test", self.seed + number), 60 * drawn)
            write_video(script, piece, size=size, frame_rate=frame_rate)
        return self._long(piece, minutes, drawn)

    def _long(self, piece: Path, minutes: float, drawn: float) -> Path:
        if minutes <= drawn:
            return piece
        path = piece.with_name(f"{minutes:g}-minutes-of-{piece.name}")
        if not path.exists():
            partial = path.with_suffix(".part")
            repeat(piece, partial, seconds=60 * minutes)
            partial.replace(path)
        return path


def repeat(piece: Path, path: Path, *, seconds: float) -> None:
    """Write a video that is another one's packets over and over, until it lasts so many seconds."""
    with av.open(str(path), "w", format="mp4") as target, av.open(str(piece)) as source:
        target.metadata.update(source.metadata)
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        assert stream.time_base is not None and stream.duration is not None
        for turn in count():
            start = turn * stream.duration
            if start * stream.time_base >= seconds:
                return
            source.seek(0, stream=stream)
            for packet in source.demux(stream):
                if packet.pts is None or packet.dts is None:  # the end
                    continue
                if (start + packet.pts) * stream.time_base >= seconds:
                    continue
                packet.pts, packet.dts = start + packet.pts, start + packet.dts
                packet.stream = copy
                target.mux(packet)


def _shaken(seed: int, seconds: float) -> Iterator[NDArray[np.uint8]]:
    """Pictures of half the size at 30 a second, as from a camera on a head: no two are alike."""
    script = sample_script(seed_of("test", seed), seconds)
    width, height = (side // 2 for side in HD)
    for number in count():
        if number % DRAWN_EVERY == 0:
            wide = frame(script, number / HD_RATE, (width + 2 * MARGIN, height + 2 * MARGIN))
        left = round(MARGIN * (1 + np.sin(number / 17)))
        top = round(MARGIN * (1 + np.sin(number / 23)))
        yield np.ascontiguousarray(wide[top : top + height, left : left + width])


def _encode(frames: Iterator[NDArray[np.uint8]], path: Path, num_frames: int, gop: int) -> None:
    with av.open(str(path), "w", format="mp4") as container:
        container.metadata["comment"] = MARK
        stream = container.add_stream("libx264", rate=HD_RATE, options={**X264, "keyint_min": str(gop)})
        stream.codec_context.gop_size = gop
        stream.width, stream.height = HD
        stream.pix_fmt = "yuv420p"
        grain = np.random.default_rng(0).normal(0, GRAIN, (NUM_GRAINS, HD[1], HD[0])).round().astype(np.int16)
        for number in range(num_frames):
            small = av.VideoFrame.from_ndarray(next(frames), format="rgb24")
            planes = small.reformat(*HD, format="yuv420p", interpolation="BICUBIC").to_ndarray()
            light = planes[: HD[1]]
            light[:] = (light + grain[number % NUM_GRAINS]).clip(16, 235)
            picture = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, HD_RATE)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())

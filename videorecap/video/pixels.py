"""One decoded picture to RGB, turned the way it is displayed."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import cast

import av
import numpy as np
from av.sidedata.sidedata import SideDataContainer, Type
from numpy.typing import NDArray

from videorecap.video.hardware import planar


@dataclass(frozen=True, slots=True)
class Orientation:
    """How to turn a picture as coded into the picture as displayed: first mirrored, then turned.

    Attributes:
        quarter_turns: counter-clockwise turns by 90 degrees.
        is_mirrored: left and right change places before the turns.
    """

    quarter_turns: int = 0
    is_mirrored: bool = False

    @property
    def swaps_sides(self) -> bool:
        """Whether width and height change places."""
        return self.quarter_turns % 2 == 1

    def apply(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Turn pixels [H, W, 3]."""
        mirrored = pixels[:, ::-1] if self.is_mirrored else pixels
        return np.ascontiguousarray(np.rot90(mirrored, self.quarter_turns))


def orientation_of(frame: av.VideoFrame) -> Orientation:
    """How ``frame`` asks to be displayed, to the nearest quarter turn.

    Source: the display matrix of ISO/IEC 14496-12, rows (a b u) (c d v) (x y w), maps a point (p, q) of the
    picture, q downwards, to (a p + c q, b p + d q).
    """
    try:
        matrix = bytes(cast(SideDataContainer, frame.side_data)[Type.DISPLAYMATRIX])
    except KeyError:
        return Orientation()
    a, b, _, c, d = struct.unpack("=5i", matrix[:20])
    is_mirrored = a * d - b * c < 0
    if is_mirrored:
        a, b = -a, -b
    angle = np.degrees(np.arctan2(-b, a)) if (a or b) else 0.0
    return Orientation(round(float(angle) / 90) % 4, is_mirrored)


def to_rgb(frame: av.VideoFrame, width: int, height: int, orientation: Orientation) -> NDArray[np.uint8]:
    """Pixels uint8 [H, W, 3] of a frame, as displayed.

    Args:
        frame: as decoded; its own matrix and range of colours are honoured.
        width: of the stream as coded; a frame of another size is scaled to it.
        height: likewise.
        orientation: of the stream.
    """
    pixels = planar(frame).to_ndarray(format="rgb24", width=width, height=height)
    return orientation.apply(np.asarray(pixels, dtype=np.uint8))

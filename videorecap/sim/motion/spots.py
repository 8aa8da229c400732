"""Where on each kind of object hands and tools do something to it: lids, screws, switches, knots.

Points are from the middle of an object's base, in object heights, y upwards, as in its drawing.
"""

from __future__ import annotations

from typing import Final

from videorecap.sim.pose import Point

Way = tuple[Point, Point]  # from where to where

LIFTED: Final[Way] = ((0.2, 0.9), (0.2, 1.36))  # a lid with its hinge at the back
LIDS: Final[dict[str, Way]] = {  # where the lid is held, closed and open
    "pot": ((0.0, 1.0), (0.55, 1.38)),
    "jar": ((0.2, 0.9), (0.62, 1.22)),
    "packet": ((0.2, 0.95), (-0.5, 1.25)),
    "bin": ((0.25, 0.92), (-0.4, 1.45)),
    "cabinet": ((0.36, 0.5), (-0.75, 0.5)),
    "suitcase": ((0.48, 0.5), (-0.75, 0.5)),
    "drawer": ((0.0, 0.45), (0.0, 0.1)),
    "book": ((0.36, 0.5), (-0.9, 0.6)),
    "folder": ((0.5, 0.5), (-1.0, 0.6)),
    "letter": ((0.0, 0.5), (0.0, 1.3)),
    "laptop": ((0.35, 0.34), (0.45, 1.0)),
    "box": ((0.2, 0.85), (0.85, 1.05)),
    "parcel": ((0.2, 0.85), (0.95, 0.95)),
    "can": ((0.05, 0.95), (0.1, 1.5)),
    "umbrella": ((0.05, 0.3), (0.05, 0.6)),
    "camera": ((0.15, 0.5), (-0.5, 0.5)),
}
FRONT_SCREW: Final[Way] = ((0.3, 0.6), (0.2, 0.5))
SCREWS: Final[dict[str, Way]] = {  # the head of the screw, loose and tight
    "birdhouse": ((0.48, 1.05), (0.27, 0.7)),
    "chair": ((0.3, 0.5), (0.24, 0.36)),
    "stool": ((0.45, 0.84), (0.25, 0.72)),
    "cabinet": ((-0.21, 0.86), (-0.36, 0.78)),
    "drawer": ((0.76, 0.73), (0.58, 0.71)),
    "radio": ((0.68, 0.57), (0.58, 0.59)),
    "clock": ((0.42, 0.76), (0.0, 0.46)),
    "fan": ((0.28, 0.96), (0.0, 0.94)),
    "wheel": ((0.23, 0.3), (0.0, 0.5)),
    "skateboard": ((0.85, 1.17), (0.8, 0.65)),
    "tap": ((0.33, 0.2), (0.06, 0.08)),
}
FRONT_SWITCH: Final[Point] = (0.25, 0.34)
SWITCHES: Final[dict[str, Point]] = {
    "kettle": (0.35, 0.06),
    "blender": (0.0, 0.2),
    "lamp": (0.03, 0.3),
    "radio": (0.3, 0.25),
    "fan": (0.0, 0.19),
    "phone": (0.1, 0.3),
    "printer": (0.6, 0.52),
    "candle": (0.02, 0.82),
    "camera": (-0.35, 0.97),
    "tap": (-0.18, 0.92),
}
FRONT_KNOT: Final[Point] = (0.0, 0.6)
KNOTS: Final[dict[str, Point]] = {
    "apron": (0.0, 0.48),
    "shoe": (-0.12, 0.82),
    "boot": (0.0, 0.8),
    "bag": (0.0, 0.73),
    "parcel": (0.0, 0.42),
    "rope": (0.0, 0.35),
}

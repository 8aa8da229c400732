"""Drawings of the tools that hands use.

Units are ``HAND_SIZE`` frame heights; the origin is the palm of a right hand that points up, y upwards. No
tool has one of the colours that objects come in: none tells which object it is used on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from videorecap.sim.pen import Pen, Point, Rgb, darker, lighter, smooth

STEEL: Final[Rgb] = (190, 197, 206)
IRON: Final[Rgb] = (104, 108, 118)
GRIP: Final[Rgb] = (72, 56, 50)
RUBBER: Final[Rgb] = (62, 66, 74)
WOOD: Final[Rgb] = (188, 140, 92)
BEIGE: Final[Rgb] = (222, 206, 172)
TIN: Final[Rgb] = (128, 158, 166)
FOAM: Final[Rgb] = (240, 247, 252)


@dataclass(frozen=True, slots=True)
class Tool:
    """How a tool is drawn, and where its working end is."""

    draw: Callable[[Pen], None]
    tip: Point


def _handle(pen: Pen, low: Point, high: Point, colour: Rgb, width: float) -> None:
    """A round handle with a light along it."""
    pen.stroke([low, high], darker(colour, 0.45), width)
    pen.stroke([low, high], colour, width - 0.013)
    shift = width * 0.16
    ends = [(low[0] - shift, low[1]), (high[0] - shift, high[1])]
    pen.stroke(ends, lighter(colour, 0.35), width * 0.14)


def _knife(pen: Pen) -> None:
    pen.polygon(
        smooth([(0.0, 0.05), (-0.05, 0.06), (-0.1, 0.17), (-0.125, 0.29), (-0.075, 0.27), (-0.02, 0.13)]),
        STEEL,
    )
    pen.polygon([(-0.052, 0.07), (-0.1, 0.18), (-0.118, 0.275), (-0.085, 0.19)], lighter(STEEL, 0.6), edge=0)
    _handle(pen, (0.022, -0.06), (-0.022, 0.07), GRIP, 0.044)


def _saw(pen: Pen) -> None:
    teeth: list[Point] = []
    for step in range(13):
        x, y = -0.045 - 0.0135 * step, 0.06 + 0.021 * step
        teeth += [(x, y), (x - 0.018, y + 0.004)]
    pen.polygon([(0.03, 0.075), *teeth, (-0.19, 0.345)], STEEL)
    pen.stroke([(0.0, 0.11), (-0.16, 0.3)], lighter(STEEL, 0.5), 0.012)
    pen.polygon(smooth([(0.05, -0.06), (-0.02, -0.06), (-0.06, 0.07), (0.04, 0.1), (0.075, 0.0)]), WOOD)


def _peeler(pen: Pen) -> None:
    for x in (-0.095, 0.03):
        pen.stroke([(-0.02, 0.08), (x, 0.12), (x, 0.19)], darker(IRON, 0.3), 0.024)
        pen.stroke([(-0.02, 0.08), (x, 0.12), (x, 0.19)], lighter(IRON, 0.25), 0.013)
    pen.block((-0.105, 0.165), (0.04, 0.198), STEEL, radius=0.008)
    pen.stroke([(-0.085, 0.18), (0.02, 0.18)], darker(STEEL, 0.6), 0.007)
    _handle(pen, (0.012, -0.07), (-0.018, 0.085), RUBBER, 0.042)


def _cloth(pen: Pen) -> None:
    folds = [
        (-0.15, 0.02),
        (-0.17, 0.12),
        (-0.08, 0.17),
        (0.01, 0.15),
        (0.1, 0.18),
        (0.15, 0.09),
        (0.11, 0.0),
    ]
    pen.polygon(smooth([*folds, (0.0, -0.04), (-0.09, -0.02)]), BEIGE)
    for x in (-0.1, -0.02, 0.06):
        pen.stroke(
            smooth([(x, 0.15), (x + 0.015, 0.08), (x + 0.03, 0.0)], is_closed=False), (172, 140, 120), 0.012
        )
    pen.stroke(smooth([(-0.15, 0.09), (-0.03, 0.115), (0.12, 0.1)], is_closed=False), (172, 140, 120), 0.012)


def _spoon(pen: Pen) -> None:
    _handle(pen, (0.06, 0.1), (-0.18, 0.0), WOOD, 0.032)
    pen.oval((-0.215, -0.015), (0.055, 0.038), lighter(WOOD, 0.2))
    pen.oval((-0.22, -0.012), (0.036, 0.022), darker(WOOD, 0.12), edge=0)


def _jug(pen: Pen) -> None:
    pen.arc((0.01, 0.05), (0.08, 0.09), (0, 360), darker(TIN, 0.4), 0.028)
    pen.polygon([(-0.2, 0.02), (0.0, -0.03), (0.03, 0.13), (-0.16, 0.19)], TIN)
    pen.polygon([(-0.19, 0.05), (-0.18, 0.11), (-0.26, 0.14), (-0.25, 0.11)], darker(TIN, 0.15))
    pen.polygon(
        [(-0.15, 0.16), (0.02, 0.11), (0.026, 0.125), (-0.155, 0.185)], lighter(TIN, 0.65), edge=0.004
    )
    pen.stroke([(-0.16, 0.05), (-0.14, 0.13)], lighter(TIN, 0.45), 0.018)


def _watering_can(pen: Pen) -> None:
    pen.arc((0.0, 0.06), (0.1, 0.11), (0, 360), darker(IRON, 0.25), 0.028)
    pen.polygon([(-0.15, 0.03), (-0.13, 0.075), (-0.31, 0.2), (-0.33, 0.175)], IRON)
    pen.polygon([(-0.3, 0.225), (-0.37, 0.125), (-0.395, 0.14), (-0.325, 0.245)], lighter(IRON, 0.2))
    pen.polygon([(-0.18, -0.02), (0.03, -0.07), (0.06, 0.11), (-0.14, 0.15)], lighter(IRON, 0.15))
    pen.polygon([(-0.14, 0.15), (0.06, 0.11), (0.05, 0.08), (-0.145, 0.12)], darker(IRON, 0.3), edge=0.004)
    pen.stroke([(-0.15, 0.0), (-0.125, 0.1)], lighter(IRON, 0.5), 0.016)


def _trowel(pen: Pen) -> None:
    pen.stroke([(-0.02, 0.06), (-0.05, 0.13)], darker(STEEL, 0.4), 0.024)
    blade = [(-0.005, 0.14), (-0.085, 0.115), (-0.125, 0.2), (-0.12, 0.29), (-0.05, 0.235)]
    pen.polygon(smooth(blade), lighter(IRON, 0.3))
    pen.stroke([(-0.05, 0.15), (-0.1, 0.25)], darker(IRON, 0.25), 0.012)
    _handle(pen, (0.03, -0.08), (-0.025, 0.08), WOOD, 0.046)


def _scissors(pen: Pen) -> None:
    pen.polygon([(-0.04, 0.085), (-0.115, 0.24), (-0.105, 0.25), (-0.008, 0.1)], STEEL)
    pen.polygon([(-0.045, 0.095), (-0.045, 0.265), (-0.03, 0.27), (-0.005, 0.09)], lighter(STEEL, 0.3))
    pen.oval((-0.025, 0.102), (0.012, 0.012), IRON, edge=0.004)
    for x, y in ((0.05, -0.01), (-0.05, 0.015)):
        pen.arc((x, y), (0.036, 0.05), (0, 360), RUBBER, 0.02)


def _hammer(pen: Pen) -> None:
    _handle(pen, (0.012, -0.08), (-0.03, 0.24), WOOD, 0.038)
    pen.polygon([(-0.13, 0.2), (0.03, 0.22), (0.1, 0.27), (0.03, 0.29), (-0.13, 0.28)], IRON)
    pen.block((-0.155, 0.188), (-0.11, 0.292), lighter(IRON, 0.25), radius=0.012)
    pen.stroke([(-0.1, 0.265), (0.02, 0.272)], lighter(IRON, 0.5), 0.01)


def _drill(pen: Pen) -> None:
    pen.block((-0.03, -0.13), (0.075, -0.07), darker(RUBBER, 0.2), radius=0.012)
    pen.polygon([(0.0, -0.09), (0.055, -0.09), (0.05, 0.09), (-0.02, 0.09)], RUBBER)
    body = [(0.085, 0.055), (0.09, 0.13), (-0.05, 0.195), (-0.085, 0.135)]
    pen.polygon(smooth(body, steps=3), lighter(IRON, 0.12))
    pen.polygon([(-0.055, 0.19), (-0.083, 0.138), (-0.125, 0.168), (-0.105, 0.205)], darker(IRON, 0.25))
    pen.stroke([(-0.115, 0.187), (-0.2, 0.232)], darker(STEEL, 0.35), 0.02)
    pen.stroke([(-0.115, 0.187), (-0.2, 0.232)], lighter(STEEL, 0.3), 0.008)
    for x in (0.02, 0.045):
        pen.stroke([(x, 0.1), (x + 0.012, 0.13)], darker(IRON, 0.5), 0.008)


def _sandpaper(pen: Pen) -> None:
    pen.polygon([(-0.14, 0.055), (0.1, 0.03), (0.115, 0.1), (-0.13, 0.13)], (158, 120, 92))
    pen.polygon([(-0.13, 0.085), (0.105, 0.06), (0.115, 0.1), (-0.13, 0.13)], lighter(WOOD, 0.25))
    for step in range(9):
        pen.oval((-0.115 + 0.026 * step, 0.062 + 0.008 * (step % 2)), (0.004, 0.004), (116, 84, 64), edge=0)


def _brush(pen: Pen) -> None:
    _handle(pen, (0.022, -0.08), (-0.035, 0.14), WOOD, 0.032)
    pen.polygon([(-0.08, 0.13), (0.005, 0.155), (-0.01, 0.198), (-0.09, 0.17)], STEEL)
    pen.polygon(smooth([(-0.09, 0.17), (-0.01, 0.198), (-0.03, 0.27), (-0.1, 0.255)], steps=3), (92, 76, 64))
    for x in (-0.03, -0.05, -0.07):
        pen.stroke([(x, 0.19), (x - 0.015, 0.25)], (124, 104, 86), 0.007)


def _glue(pen: Pen) -> None:
    pen.polygon([(-0.05, 0.1), (0.0, 0.12), (-0.06, 0.2), (-0.085, 0.19)], (198, 120, 110))
    pen.stroke([(-0.07, 0.19), (-0.085, 0.22)], (150, 82, 76), 0.016)
    tube = [(0.06, -0.12), (-0.015, -0.14), (-0.06, 0.09), (-0.04, 0.115), (0.0, 0.13), (0.025, 0.12)]
    pen.polygon(tube, (226, 220, 208))
    pen.block((-0.02, 0.075), (0.015, 0.1), TIN, edge=0)


def _ruler(pen: Pen) -> None:
    pen.block((-0.36, 0.065), (0.09, 0.125), (226, 196, 138), radius=0.006)
    for step in range(21):
        x = -0.35 + 0.021 * step
        pen.stroke([(x, 0.068), (x, 0.068 + (0.03 if step % 5 == 0 else 0.016))], (74, 58, 44), 0.005)


def _iron(pen: Pen) -> None:
    sole = [(-0.035, 0.26), (-0.1, 0.14), (-0.105, -0.06), (0.075, -0.08), (0.085, 0.12)]
    pen.polygon(smooth(sole, steps=5), STEEL)
    body = [(-0.03, 0.215), (-0.078, 0.12), (-0.08, -0.04), (0.05, -0.055), (0.06, 0.11)]
    pen.polygon(smooth(body, steps=5), (98, 112, 132))
    pen.stroke([(-0.055, 0.13), (-0.03, 0.185)], (160, 172, 190), 0.014)
    pen.oval((-0.012, 0.135), (0.022, 0.022), BEIGE, edge=0.005)
    _handle(pen, (0.01, -0.1), (-0.01, 0.075), RUBBER, 0.05)


def _needle(pen: Pen) -> None:
    thread = [(0.0, 0.06), (0.06, 0.1), (0.1, 0.04), (0.15, 0.06), (0.16, -0.02)]
    pen.stroke(smooth(thread, is_closed=False), (126, 96, 110), 0.009)
    pen.stroke([(0.0, 0.05), (-0.115, 0.17)], darker(STEEL, 0.45), 0.017)
    pen.stroke([(0.0, 0.05), (-0.11, 0.165)], lighter(STEEL, 0.5), 0.008)


def _pen(pen: Pen) -> None:
    _handle(pen, (0.065, -0.07), (-0.095, 0.125), (70, 76, 92), 0.036)
    pen.polygon([(-0.11, 0.117), (-0.082, 0.14), (-0.122, 0.158)], (206, 194, 170), edge=0.004)
    pen.stroke([(0.078, -0.085), (0.05, -0.05)], (190, 168, 112), 0.038)


def _scanner(pen: Pen) -> None:
    pen.polygon([(0.0, -0.11), (0.055, -0.11), (0.045, 0.09), (-0.025, 0.09)], RUBBER)
    head = [(0.07, 0.06), (0.075, 0.15), (-0.06, 0.215), (-0.12, 0.17), (-0.06, 0.09)]
    pen.polygon(smooth(head, steps=3), (86, 92, 104))
    pen.polygon([(-0.06, 0.225), (-0.13, 0.17), (-0.112, 0.158), (-0.045, 0.21)], (214, 110, 104))
    pen.stroke([(0.02, 0.13), (-0.04, 0.165)], (150, 158, 170), 0.014)


def _sponge(pen: Pen) -> None:
    pen.block((-0.1, 0.05), (0.1, 0.165), (224, 200, 146), radius=0.03)
    pen.block((-0.1, 0.135), (0.1, 0.178), (118, 138, 128), radius=0.02)
    for x, y in ((-0.07, 0.09), (-0.03, 0.115), (0.03, 0.1), (0.07, 0.12), (0.06, 0.075)):
        pen.oval((x, y), (0.009, 0.007), (184, 158, 108), edge=0)
    for x, y, radius in ((-0.12, 0.19, 0.035), (-0.05, 0.22, 0.045), (0.04, 0.21, 0.035), (0.12, 0.18, 0.04)):
        pen.oval((x, y), (radius, radius), FOAM, edge=0.004)


def _screwdriver(pen: Pen) -> None:
    pen.stroke([(-0.02, 0.08), (-0.065, 0.27)], darker(STEEL, 0.45), 0.022)
    pen.stroke([(-0.02, 0.08), (-0.065, 0.268)], lighter(STEEL, 0.2), 0.01)
    pen.polygon([(-0.078, 0.262), (-0.052, 0.268), (-0.06, 0.295), (-0.078, 0.29)], STEEL, edge=0.004)
    _handle(pen, (0.03, -0.11), (-0.022, 0.09), (158, 132, 96), 0.054)
    for shift in (-0.012, 0.012):
        pen.stroke([(0.03 + shift, -0.1), (-0.018 + shift, 0.085)], RUBBER, 0.008)


TOOLS: Final[dict[str, Tool]] = {
    "knife": Tool(_knife, (-0.1, 0.2)),
    "saw": Tool(_saw, (-0.13, 0.19)),
    "peeler": Tool(_peeler, (-0.035, 0.185)),
    "cloth": Tool(_cloth, (0.0, 0.1)),
    "spoon": Tool(_spoon, (-0.215, -0.02)),
    "jug": Tool(_jug, (-0.255, 0.125)),
    "watering can": Tool(_watering_can, (-0.36, 0.185)),
    "trowel": Tool(_trowel, (-0.12, 0.28)),
    "scissors": Tool(_scissors, (-0.065, 0.25)),
    "hammer": Tool(_hammer, (-0.135, 0.24)),
    "drill": Tool(_drill, (-0.2, 0.232)),
    "sandpaper": Tool(_sandpaper, (-0.02, 0.08)),
    "brush": Tool(_brush, (-0.065, 0.25)),
    "glue": Tool(_glue, (-0.085, 0.22)),
    "ruler": Tool(_ruler, (-0.35, 0.09)),
    "iron": Tool(_iron, (-0.03, 0.12)),
    "needle": Tool(_needle, (-0.115, 0.17)),
    "pen": Tool(_pen, (-0.122, 0.158)),
    "scanner": Tool(_scanner, (-0.09, 0.19)),
    "sponge": Tool(_sponge, (0.0, 0.12)),
    "screwdriver": Tool(_screwdriver, (-0.068, 0.285)),
}

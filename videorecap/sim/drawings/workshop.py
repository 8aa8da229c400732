"""What lies in a workshop or a garage."""

from __future__ import annotations

import math
from typing import Final

from videorecap.sim.drawings.base import (
    RUBBER,
    STEEL,
    Drawing,
    round_points,
    screw,
    turned,
)
from videorecap.sim.look import Look
from videorecap.sim.pen import Pen, Rgb, darker, lighter, smooth


def _plank(pen: Pen, colour: Rgb, _look: Look) -> None:
    pen.polygon([(-2.0, 0.3), (-1.85, 0.98), (2.05, 0.98), (2.0, 0.3)], lighter(colour, 0.15), edge=0.05)
    pen.block((-2.0, 0.0), (2.0, 0.34), darker(colour, 0.18), edge=0.05)
    for y, start, end in ((0.5, -1.6, 0.2), (0.66, -0.6, 1.5), (0.82, -1.5, -0.4)):
        pen.stroke([(start, y), (end, y)], darker(colour, 0.2), 0.04)
    pen.oval((0.9, 0.54), (0.16, 0.07), darker(colour, 0.3), edge=0)
    for x in (-1.7, 1.75):
        pen.oval((x, 0.64), (0.09, 0.09), darker(colour, 0.6), edge=0)


def _pipe(pen: Pen, colour: Rgb, _look: Look) -> None:
    pen.block((-2.0, 0.2), (2.0, 0.8), colour, edge=0.05)
    pen.block((-1.96, 0.58), (2.0, 0.7), lighter(colour, 0.55), edge=0)
    pen.block((-1.96, 0.24), (2.0, 0.38), darker(colour, 0.3), edge=0)
    for x in (-1.9, 0.3):
        pen.block((x - 0.2, 0.04), (x + 0.2, 0.96), darker(colour, 0.12), radius=0.08, edge=0.05)
        pen.block((x - 0.16, 0.64), (x + 0.16, 0.8), lighter(colour, 0.5), edge=0)
    pen.oval((2.0, 0.5), (0.16, 0.4), lighter(colour, 0.35), edge=0.05)
    pen.oval((2.0, 0.5), (0.09, 0.27), (38, 34, 40), edge=0)


def _toolbox(pen: Pen, colour: Rgb, look: Look) -> None:
    back, top = 0.6 + 0.12 * look.open, 0.76 + 0.5 * look.open
    pen.stroke([(-0.28, top), (-0.24, top + 0.2), (0.24, top + 0.2), (0.28, top)], RUBBER, 0.09)
    pen.polygon([(-0.8, back), (0.8, back), (0.7, top), (-0.7, top)], darker(colour, 0.12 + 0.2 * look.open))
    if look.open > 0:
        pen.polygon([(-0.8, 0.58), (0.8, 0.58), (0.74, back + 0.02), (-0.74, back + 0.02)], (44, 40, 46))
        rise = 0.65 + 0.09 * look.open
        pen.stroke([(-0.5, 0.58), (-0.36, rise)], lighter(STEEL, 0.3), 0.07)
        pen.block((0.1, 0.58), (0.42, rise - 0.03), (196, 150, 60), radius=0.03)
    pen.block((-0.8, 0.0), (0.8, 0.6), colour, radius=0.04)
    pen.stroke([(-0.74, 0.3), (0.74, 0.3)], darker(colour, 0.25), 0.03)
    pen.block((-0.74, 0.06), (-0.66, 0.5), lighter(colour, 0.45), radius=0.04, edge=0)
    for x in (-0.45, 0.45):
        y = 0.42 - 0.14 * look.open
        pen.block((x - 0.09, y), (x + 0.09, y + 0.2), STEEL, radius=0.02)


def _wheel(pen: Pen, colour: Rgb, look: Look) -> None:
    middle = (0.0, 0.5)
    loose = 1 - look.screwed
    for index in range(10):
        angle = index * math.pi / 5
        far = (0.4 * math.cos(angle), 0.5 + 0.4 * math.sin(angle))
        pen.stroke([middle, far], darker(STEEL, 0.55), 0.06)
        pen.stroke([middle, far], lighter(STEEL, 0.3), 0.028)
    pen.arc(middle, (0.5, 0.5), (0, 360), darker(RUBBER, 0.5), 0.16)
    pen.arc(middle, (0.48, 0.48), (0, 360), RUBBER, 0.1)
    pen.arc(middle, (0.46, 0.46), (200, 260), lighter(RUBBER, 0.4), 0.03)
    pen.arc(middle, (0.4, 0.4), (0, 360), darker(colour, 0.45), 0.11)
    pen.arc(middle, (0.39, 0.39), (0, 360), colour, 0.085)
    pen.oval(middle, (0.12, 0.12), darker(STEEL, 0.4))
    cap = (0.22 * loose, 0.5 - 0.22 * loose)
    pen.polygon(turned(round_points((0, 0), (0.17, 0.17 - 0.06 * loose)), cap, 0.8 * loose), colour)
    pen.polygon(
        turned(round_points((0, 0), (0.1, 0.1 - 0.035 * loose)), cap, 0.8 * loose),
        lighter(colour, 0.4),
        edge=0,
    )
    screw(pen, cap, look.screwed, radians=0.6)


def _helmet(pen: Pen, colour: Rgb, _look: Look) -> None:
    pen.stroke(
        smooth([(-0.42, 0.3), (-0.3, 0.06), (0.0, 0.03), (0.24, 0.08), (0.36, 0.3)], is_closed=False),
        RUBBER,
        0.06,
    )
    pen.block((-0.1, 0.0), (0.08, 0.1), STEEL, radius=0.02)
    dome = [(-0.6, 0.3), (-0.6, 0.56), (-0.44, 0.84), (-0.1, 0.99), (0.28, 0.94), (0.52, 0.7), (0.62, 0.38)]
    pen.polygon(smooth([*dome, (0.46, 0.3), (0.0, 0.26), (-0.4, 0.24)]), colour)
    for vent in (
        [(-0.4, 0.6), (-0.26, 0.82), (-0.14, 0.86), (-0.26, 0.6)],
        [(-0.06, 0.6), (-0.02, 0.88), (0.14, 0.88), (0.12, 0.6)],
        [(0.3, 0.58), (0.28, 0.82), (0.42, 0.72), (0.46, 0.54)],
    ):
        pen.polygon(smooth(vent), darker(colour, 0.6), edge=0.012)
    pen.stroke(smooth([(-0.58, 0.42), (0.0, 0.46), (0.6, 0.44)], is_closed=False), lighter(colour, 0.6), 0.06)
    pen.polygon(smooth([(0.4, 0.38), (0.66, 0.36), (0.66, 0.28), (0.44, 0.26)]), darker(colour, 0.4))


DRAWINGS: Final[dict[str, Drawing]] = {
    "plank": _plank,
    "pipe": _pipe,
    "toolbox": _toolbox,
    "wheel": _wheel,
    "helmet": _helmet,
}

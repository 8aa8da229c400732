"""Handles, hooks, frames and strings: lines with an outline and a bright side."""

from __future__ import annotations

from collections.abc import Sequence

from videorecap.sim.pen import Pen, Point, Rgb, darker, lighter


def tube(pen: Pen, points: Sequence[Point], colour: Rgb, width: float, shine: float = 0.35) -> None:
    """A round bar along a line, ``width`` thick without its outline; ``shine`` 0 leaves it flat."""
    pen.stroke(points, darker(colour, 0.45), width + 2 * pen.outline)
    pen.stroke(points, colour, width)
    if shine:
        lit = [(x - 0.16 * width, y + 0.16 * width) for x, y in points]
        pen.stroke(lit, lighter(colour, shine), 0.26 * width)

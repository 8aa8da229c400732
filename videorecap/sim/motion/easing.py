"""Curves of movement: from 0 to 1 and back, without jerks."""

from __future__ import annotations

import math

from videorecap.sim.pose import Point


def smooth(value: float) -> float:
    """Ease in and out: 0 below 0, 1 above 1."""
    value = min(1.0, max(0.0, value))
    return value * value * (3 - 2 * value)


def ramp(value: float, start: float, end: float) -> float:
    """Ease from 0 at ``start`` to 1 at ``end``."""
    return smooth((value - start) / (end - start))


def there_and_back(value: float, start: float, there: float, leave: float, end: float) -> float:
    """Ease from 0 at ``start`` to 1 at ``there``, stay, and ease from 1 at ``leave`` to 0 at ``end``."""
    return ramp(value, start, there) - ramp(value, leave, end)


def between(first: Point, second: Point, amount: float) -> Point:
    """Point on the straight line from one to the other."""
    return (first[0] + (second[0] - first[0]) * amount, first[1] + (second[1] - first[1]) * amount)


def wave(seconds: float, hertz: float, offset: float = 0.0) -> float:
    """A sine from -1 to 1; ``offset`` in turns."""
    return math.sin(2 * math.pi * (hertz * seconds + offset))


def ratchet(turns: float, share: float) -> float:
    """From 0 slowly to 1 over ``share`` of each turn, and quickly back: not the same when run backwards."""
    part = turns % 1.0
    return smooth(part / share) if part < share else 1 - smooth((part - share) / (1 - share))


def turned(point: Point, degrees: float) -> Point:
    """A point (y upwards) turned about the origin, positive to the left."""
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    return point[0] * cos - point[1] * sin, point[0] * sin + point[1] * cos

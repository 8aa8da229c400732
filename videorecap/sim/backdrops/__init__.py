"""Walls and surfaces of the places, drawn once per size as endless strips that repeat every ``TILE``."""

from videorecap.sim.backdrops.room import HORIZON, PAD, SKIES, TILE
from videorecap.sim.backdrops.strips import surface_strip, wall_strip

__all__ = ["HORIZON", "PAD", "SKIES", "TILE", "surface_strip", "wall_strip"]

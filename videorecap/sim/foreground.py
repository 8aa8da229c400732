"""What is in use: the object, its container, water that runs, and C's hands."""

from __future__ import annotations

import math
from typing import Final

from PIL import ImageDraw

from videorecap.sim.clutter import draw_hook
from videorecap.sim.hands import SKINS, SLEEVES, direction_of, hand_sprite
from videorecap.sim.motion import between
from videorecap.sim.motion.easing import turned
from videorecap.sim.onlooker import Onlooker, beside
from videorecap.sim.pose import HAND_SIZE, TABLE, Hand, Point, Pose
from videorecap.sim.scene import Spot, replay
from videorecap.sim.script import Event, Script
from videorecap.sim.stage import Stage, lift_of
from videorecap.sim.surroundings import draw_container
from videorecap.sim.tools import TOOLS
from videorecap.sim.world import KINDS

WATER: Final = ((120, 178, 226), (206, 232, 248))  # its body and its light
WATER_WIDTH: Final = 0.026


def draw_in_use(
    stage: Stage, script: Script, event: Event, pose: Pose, onlooker: Onlooker | None, seconds: float
) -> None:
    """The object of an event, and what it goes into or comes out of."""
    spot, slot = replay(script).spots.get(event.visit), replay(script).stops[event.visit].slot
    if spot is None or event.item is None:
        return
    at = stage.spot(slot, pose.at)
    if onlooker is not None and pose.guest.reach > 0:
        there = beside(stage, onlooker, pose.at)
        at = between(at, there, pose.guest.reach)
    if spot.has_hook:
        draw_hook(stage, slot)
    if pose.is_behind:
        _draw_object(stage, spot, pose, at)
    if spot.container is not None:
        draw_container(stage, slot, *spot.container)
    if not pose.is_behind:
        _draw_object(stage, spot, pose, at)
    if pose.stream > 0:
        _draw_water(stage, spot, pose, at, seconds)


def draw_hands(stage: Stage, seed: int, pose: Pose) -> None:
    """Both hands of C, with tools."""
    dress = (seed % len(SKINS), seed // len(SKINS) % len(SLEEVES))
    for side, hand in ((-1, pose.left), (1, pose.right)):
        direction = direction_of(hand.angle)
        sprite = hand_sprite(side, direction, hand.is_gripping, hand.tool, dress, stage.unit)
        stage.paste(sprite, stage.fixed(hand.at))


def _draw_object(stage: Stage, spot: Spot, pose: Pose, at: Point) -> None:
    """The object as the pose has it, its base at ``at``, in pixels."""
    lift = lift_of(pose.at, pose.scale)
    stage.draw(spot.item.kind, spot.item.colour, pose.look, at, pose.scale, lift=lift, turn=pose.turn)


def _draw_water(stage: Stage, spot: Spot, pose: Pose, at: Point, seconds: float) -> None:
    """A stream from the tool into the object, or from the object's mouth onto the surface."""
    kind, unit = KINDS[spot.item.kind], stage.unit
    high = kind.height * pose.scale * unit
    if pose.right.tool is None:
        rim = turned((-0.25 * kind.aspect * high, 0.44 * high), pose.turn)
        start = (at[0] + rim[0], at[1] - high / 2 - rim[1])
        end = (start[0] - 0.02 * unit, (TABLE + 0.07) * unit)
    else:
        start = stage.fixed(_tip(pose.right))
        end = (start[0] - 0.015 * unit, at[1] - 0.9 * high)
    wobble = 0.006 * math.sin(23 * seconds) * unit
    middle = (start[0] * 0.6 + end[0] * 0.4 - 0.006 * unit + wobble, (start[1] + end[1]) / 2)
    draw = ImageDraw.Draw(stage.canvas)
    for colour, width in zip(WATER, (WATER_WIDTH, 0.4 * WATER_WIDTH), strict=True):
        pixels = max(1, round(width * pose.stream * unit))
        draw.line([start, middle, end], fill=colour, width=pixels, joint="curve")


def _tip(hand: Hand) -> Point:
    """Where the working end of a right hand's tool is."""
    assert hand.tool is not None, "only tools have a working end"
    tip = TOOLS[hand.tool].tip
    x, y = turned((tip[0] * HAND_SIZE, tip[1] * HAND_SIZE), hand.angle)
    return hand.at[0] + x, hand.at[1] - y

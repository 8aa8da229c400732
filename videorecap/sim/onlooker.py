"""Somebody else in the picture: who is there at a moment, what they do and hold."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from videorecap.sim.camera import SPACING
from videorecap.sim.look import look_of
from videorecap.sim.motion import resting
from videorecap.sim.people import Figure, arm_sprites, body_sprite, figure_of
from videorecap.sim.pose import GUEST, GuestPose, Point
from videorecap.sim.scene import replay
from videorecap.sim.script import Item, Script
from videorecap.sim.stage import Stage, lift_of
from videorecap.sim.state import State
from videorecap.sim.world import KINDS

HALF_WIDTH: Final = 0.22  # of somebody with both arms, in frame heights
LAG: Final = 0.1  # how far they stay behind when C looks along the surface, in frame heights
STEP_RISE: Final = 0.012  # when walking
STEPS: Final = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Onlooker:
    """Who is there, what they do, and what they hold while C does something else."""

    figure: Figure
    pose: GuestPose
    holds: tuple[Item, State] | None


def onlooker_at(script: Script, index: int, seconds: float, pose: GuestPose) -> Onlooker | None:
    """Who is there at a moment of an event, or None."""
    guest = script.guest_at(seconds)
    if guest is None or guest.place != script.events[index].place:
        return None
    holds = replay(script).in_hand[index]
    if holds is not None:
        pose = replace(pose, reach=1.0)
    return Onlooker(figure=figure_of(guest.person, guest.colour, script.seed), pose=pose, holds=holds)


def draw_body(stage: Stage, onlooker: Onlooker) -> None:
    """Body and head; the surface is drawn over them."""
    sprite = body_sprite(onlooker.figure, onlooker.pose.talk, stage.unit)
    stage.paste(sprite, beside(stage, onlooker, GUEST))


def draw_arms(stage: Stage, onlooker: Onlooker) -> None:
    """Both arms, and what they hold."""
    reaching, waving = arm_sprites(onlooker.figure, onlooker.pose, stage.unit)
    at = beside(stage, onlooker, GUEST)
    stage.paste(waving, at)
    if onlooker.holds is not None:
        item, state = onlooker.holds
        kind = KINDS[item.kind]
        base, scale = resting("given", kind)
        look, place = look_of(state, kind), beside(stage, onlooker, base)
        stage.draw(kind.name, item.colour, look, place, scale, lift=lift_of(base, scale))
    stage.paste(reaching, at)


def beside(stage: Stage, onlooker: Onlooker, point: Point) -> Point:
    """Pixels of a point that moves with somebody, who follows C or goes away to the right."""
    away = onlooker.pose.away
    gone = stage.canvas.width / 2 / stage.unit - GUEST[0] + HALF_WIDTH + LAG
    lag = LAG * math.sin(2 * math.pi * stage.view.camera / SPACING)
    rise = STEP_RISE * abs(math.sin(math.pi * STEPS * away))
    x, y = stage.fixed((point[0] + away * gone - lag, point[1] - rise), share=0.7)
    return round(x), round(y)

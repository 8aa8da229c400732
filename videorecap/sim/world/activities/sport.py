"""Sport, and keeping its places clean. A star marks the action that a step is for."""

from __future__ import annotations

from typing import Final

from videorecap.sim.world.scenarios import Activity, activity, again, step

SPORT: Final[tuple[Activity, ...]] = (
    activity(
        "training with weights",
        "trains with weights|works out with weights",
        "gym|garage",
        step("dumbbell|kettlebell", "pick up, *exercise, put down"),
        step("ball|rope", "pick up, *exercise, put down"),
        step("bottle", "pick up, *drink, put down"),
        first=(step("mat", "*unfold"), step("glove", "*put on")),
        last=(again("mat", "wipe, *fold"),),
    ),
    activity(
        "playing ball games",
        "plays ball games|practises ball games",
        "gym|street",
        step("ball", "pick up, *exercise, put down"),
        step("ball|racket", "*receive, pick up, exercise, put down"),
        step("racket", "pick up, *shake, exercise, put down"),
        step("ball", "*push, pull, give"),
        first=(step("shoe", "*tie"),),
    ),
    activity(
        "clearing up the gym",
        "clears up the gym|puts the gym in order",
        "gym",
        step("mat", "*wipe, fold, push"),
        step("rope", "untie, *tie, hang up"),
        step("ball|racket|rope", "*put in", into="crate"),
        step("dumbbell|kettlebell|helmet", "*wipe, push"),
        last=(again("crate", "*push"),),
    ),
    activity(
        "cleaning the bathroom",
        "cleans the bathroom|gets the bathroom clean",
        "bathroom",
        step("mirror|tap|bin", "*wipe"),
        step("soap|mug|bucket", "pick up, *wash, put down"),
        step("towel", "*take down, fold"),
        step("bin", "open, pick up, *empty, put down, close"),
        again("tap", "*turn on, turn off"),
        first=(step("glove", "*put on"), step("bucket", "*fill")),
        last=(step("towel", "*hang up"),),
    ),
)

"""In the garden and in the street. A star marks the action that a step is for."""

from __future__ import annotations

from typing import Final

from videorecap.sim.world.scenarios import Activity, activity, again, step

OUTSIDE: Final[tuple[Activity, ...]] = (
    activity(
        "planting flowers",
        "plants flowers|puts in new flowers",
        "garden|street",
        again("planter", "*dig"),
        step("flower", "pick up, *inspect, put down, water"),
        step("packet", "*open, pick up, shake, put down"),
        first=(step("planter", "pull, *dig"),),
        last=(again("planter", "*water, push"),),
    ),
    activity(
        "trimming the bushes",
        "trims the bushes|cuts back the bushes",
        "garden|street",
        step("bush", "*trim, water"),
        step("bush|flower", "*trim"),
        first=(step("glove", "*put on"),),
        last=(step("bin", "*open, close"), step("glove", "*take off")),
    ),
    activity(
        "playing music",
        "plays music|makes music",
        "street|garden",
        again("guitar", "pick up, *play, put down"),
        step("hat", "*receive, push"),
        step("radio", "*turn on, turn off"),
        first=(step("guitar", "*take out, pick up, play, put down", into="suitcase"),),
        last=(again("guitar", "*wipe, put in", into="suitcase"),),
    ),
    activity(
        "taking photographs",
        "takes photographs|takes pictures",
        "street|garden",
        again("camera", "open, *turn on, pick up, inspect, put down, turn off, close"),
        step("flower|bush|guitar|skateboard", "pull, *measure, push"),
        step("umbrella", "*open, close"),
        first=(step("camera", "*take out", into="bag"),),
        last=(again("camera", "*put in", into="bag"),),
    ),
    activity(
        "painting signs",
        "paints signs|puts paint on signs",
        "street|workshop",
        step("sign", "sand, *paint"),
        step("sign", "measure, *write, paint"),
        step("plank", "*paint"),
        first=(step("apron", "*put on"), step("bucket", "*fill")),
        last=(step("apron", "*take off, hang up"),),
    ),
    activity(
        "painting pictures",
        "paints pictures|works on paintings",
        "garden|workshop",
        step("canvas", "write, *paint"),
        step("vase|apple|lemon|flower", "pick up, *inspect, put down"),
        again("jar", "*stir"),
        first=(step("jar", "*open, fill"), step("apron", "*put on")),
        last=(step("canvas", "*paint, hang up"),),
    ),
)

"""Building and repairing. A star marks the action that a step is for."""

from __future__ import annotations

from typing import Final

from videorecap.sim.world.scenarios import Activity, activity, again, step

TOOLS: Final[tuple[Activity, ...]] = (
    activity(
        "repairing furniture",
        "repairs furniture|mends furniture",
        "workshop|garage",
        step("chair|stool|drawer", "unscrew, glue, *screw"),
        step("chair|stool", "*sand, paint"),
        step("chair|drawer|cabinet", "*hammer"),
        first=(step("toolbox", "*open"),),
        last=(again("toolbox", "*close"),),
    ),
    activity(
        "building a birdhouse",
        "builds a birdhouse|puts a birdhouse together",
        "workshop|garden",
        step("plank", "measure, *saw"),
        step("plank", "*hammer"),
        again("birdhouse", "drill, *screw"),
        first=(step("birdhouse", "pick up, *inspect, put down, unscrew"),),
        last=(again("birdhouse", "*paint, hang up"),),
    ),
    activity(
        "building a cabinet",
        "builds a cabinet|puts a cabinet together",
        "workshop|garage",
        step("plank|pipe", "measure, *saw"),
        step("plank", "*drill, glue"),
        again("drawer", "*sand"),
        again("cabinet", "unscrew, *screw"),
        first=(step("cabinet", "*unscrew, open"), step("drawer", "*measure")),
        last=(again("cabinet", "close, *paint"),),
    ),
    activity(
        "repairing appliances",
        "repairs appliances|fixes appliances",
        "workshop|office",
        step("radio|fan|clock", "unscrew, *wipe, screw"),
        step("lamp|radio|fan", "plug in, *turn on, turn off, unplug"),
        step("radio|clock", "*glue, wipe"),
        first=(step("toolbox", "*open"),),
        last=(again("toolbox", "*close"),),
    ),
    activity(
        "changing wheels",
        "changes wheels|swaps wheels",
        "garage|street",
        step("wheel", "*unscrew, push"),
        step("wheel", "pull, *screw"),
        step("skateboard", "unscrew, *wipe, screw"),
        step("wheel", "*wipe"),
        first=(step("glove", "*put on"),),
        last=(step("toolbox", "*close"),),
    ),
    activity(
        "tidying the tools",
        "tidies the tools|puts the tools in order",
        "workshop|garage",
        step("key|glove|pipe|rope", "*put in", into="toolbox"),
        step("helmet|glove|apron", "*hang up"),
        step("drawer", "*open, close"),
        step("toolbox|bucket|pipe", "*wipe"),
        last=(again("toolbox", "*close, push"),),
    ),
    activity(
        "repairing the plumbing",
        "repairs the plumbing|fixes the plumbing",
        "bathroom|kitchen",
        step("pipe", "measure, *saw, sand"),
        again("tap", "unscrew, *screw"),
        step("pipe", "*glue"),
        again("tap", "*turn on, turn off"),
        first=(step("tap", "*turn off, unscrew"), step("bucket", "*pull")),
        last=(step("bucket", "pick up, *empty, put down"),),
    ),
)

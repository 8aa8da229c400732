"""In the office and in the shop. A star marks the action that a step is for."""

from __future__ import annotations

from typing import Final

from videorecap.sim.world.scenarios import Activity, activity, again, step

GOODS: Final = "bottle|mug|book|shirt|candle|vase|can|hat|folder"

WORK: Final[tuple[Activity, ...]] = (
    activity(
        "answering letters",
        "answers letters|replies to letters",
        "office|shop",
        step("letter", "*open, write, close"),
        step("letter|folder", "pick up, *inspect, put down"),
        step("parcel|letter", "open, *write, close"),
        first=(step("lamp", "*turn on"),),
        last=(step("lamp", "*turn off"),),
    ),
    activity(
        "studying books",
        "studies books|works through books",
        "office|garden",
        step("book", "*open, write, close"),
        step("book|folder", "pick up, *inspect, put down, push"),
        step("laptop", "open, *type, close"),
        first=(step("mug", "*fill, pick up, drink, put down"),),
    ),
    activity(
        "setting up computers",
        "sets up computers|gets computers running",
        "office|shop",
        step("laptop", "*plug in, open, type, close"),
        step("printer", "plug in, *turn on, open, close"),
        step("keyboard", "*plug in, type, wipe"),
        step("phone|printer", "plug in, *turn on"),
        first=(step("box", "*open"),),
        last=(step("phone|printer|laptop", "*unplug"),),
    ),
    activity(
        "hanging posters",
        "hangs posters|puts posters up",
        "office|gym|shop",
        step("poster", "*unfold, hang up"),
        step("poster", "measure, *glue, hang up"),
        step("poster", "*take down, fold"),
        step("clock|mirror", "*hang up"),
        first=(step("poster", "*take out, unfold", into="box"),),
    ),
    activity(
        "packing boxes",
        "packs boxes|gets boxes ready",
        "shop|garage",
        step(GOODS, "*put in", into="box"),
        again("box", "*close, write"),
        step("parcel", "*tie, scan"),
        step(GOODS, "pick up, *inspect, put down, put in", into="crate"),
        first=(step("box", "*open"),),
        last=(again("box", "*close, push"),),
    ),
    activity(
        "labelling jars",
        "labels jars|puts labels on jars",
        "shop|kitchen",
        step("jar", "*open, fill, close"),
        step("jar|bottle|can", "glue, *write"),
        step("jar|bottle", "pick up, *shake, put down, put in", into="crate"),
        first=(step("bag", "*untie"),),
        last=(step("jar", "*scan"),),
    ),
    activity(
        "serving customers",
        "serves customers|waits on customers",
        "shop|street",
        step(GOODS, "*scan, give"),
        step("parcel|bag|book", "*receive, scan"),
        step(GOODS, "put in, *take out, give", into="bag"),
        step("bag", "*tie, give"),
    ),
    activity(
        "decorating a window",
        "decorates a window|dresses a window",
        "shop|street",
        step("vase|candle|lamp|clock", "*wipe, push"),
        step("candle|lamp", "*turn on, push"),
        step("dress|hat|scarf|shirt", "*hang up"),
        step("vase", "*fill, pull"),
        first=(step("sign", "*wipe"),),
        last=(step("sign", "*hang up"),),
    ),
)

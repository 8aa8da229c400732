"""With clothes. A star marks the action that a step is for."""

from __future__ import annotations

from typing import Final

from videorecap.sim.world.scenarios import Activity, activity, again, step

GARMENTS: Final = "shirt|towel|trousers|sock|jacket|dress"

CLOTHES: Final[tuple[Activity, ...]] = (
    activity(
        "folding the laundry",
        "folds the laundry|folds the clothes",
        "laundry room|bathroom",
        step(GARMENTS, "*fold, put in", into="basket"),
        step("towel|blanket|scarf", "take down, *fold"),
        step("sock|shirt|dress", "unfold, *fold"),
    ),
    activity(
        "washing clothes by hand",
        "washes clothes by hand|cleans clothes by hand",
        "laundry room|bathroom",
        step(GARMENTS, "take out, pick up, *wash, put down", into="basket"),
        step("scarf|glove|hat|sock", "pick up, *wash, shake, put down"),
        step("shirt|towel|apron|dress", "*hang up"),
        first=(step("bucket", "*fill"),),
        last=(again("bucket", "pick up, *empty, put down"),),
    ),
    activity(
        "ironing clothes",
        "irons clothes|presses clothes",
        "laundry room|shop",
        step("shirt|trousers|dress|apron", "unfold, *iron, fold"),
        step("jacket|dress|shirt", "*iron, hang up"),
        step("scarf|towel|trousers", "*iron"),
    ),
    activity(
        "mending clothes",
        "mends clothes|repairs clothes",
        "laundry room|workshop",
        step("shirt|trousers|jacket|sock", "pick up, inspect, put down, *sew"),
        step("dress|jacket|hat", "measure, *sew"),
        step("cushion|blanket", "*trim, sew"),
        first=(step("lamp", "plug in, *turn on"),),
        last=(step("lamp", "*turn off, unplug"),),
    ),
    activity(
        "polishing shoes",
        "polishes shoes|shines shoes",
        "laundry room|garage",
        step("shoe|boot", "untie, *wipe, tie"),
        step("shoe|boot", "pick up, *inspect, put down, glue"),
        step("boot|shoe|helmet", "*wipe"),
        first=(step("can", "*open"),),
        last=(step("can", "*close"),),
    ),
    activity(
        "packing a suitcase",
        "packs a suitcase|fills a suitcase",
        "laundry room|office",
        step(GARMENTS, "fold, *put in", into="suitcase"),
        step("hat|book|camera|shoe", "*put in", into="suitcase"),
        step("soap|phone|key|umbrella", "pick up, *inspect, put down, put in", into="suitcase"),
        last=(again("suitcase", "*close"),),
    ),
    activity(
        "getting dressed",
        "gets dressed|puts clothes on",
        "bathroom|laundry room",
        step("jacket|scarf|hat|glove", "*put on"),
        step("shoe|boot", "*untie, tie"),
        step("hat|scarf|jacket", "*take off, hang up"),
        step("mirror", "*wipe, push"),
        first=(step("mirror", "*wipe"),),
        last=(step("umbrella", "open, *close"),),
    ),
)

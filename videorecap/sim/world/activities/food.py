"""Cooking and eating. A star marks the action that a step is for."""

from __future__ import annotations

from typing import Final

from videorecap.sim.world.scenarios import Activity, activity, again, step

VEGETABLES: Final = "tomato|carrot|pepper|cucumber|onion"
ROOTS: Final = "carrot|potato|onion|apple"

FOOD: Final[tuple[Activity, ...]] = (
    activity(
        "making a salad",
        "makes a salad|prepares a salad",
        "kitchen|garden",
        step(VEGETABLES, "pick up, *wash, put down, cut"),
        step(ROOTS, "*peel, cut"),
        again("bowl", "*stir"),
        first=(step("bowl", "pick up, *wash, put down"),),
        last=(again("bowl", "*stir, push"),),
    ),
    activity(
        "washing the dishes",
        "washes the dishes|does the dishes",
        "kitchen|garden",
        step("plate|mug|bowl|glass|pan|pot", "pick up, *wash, put down"),
        step("plate|glass|mug|jar", "*wipe, push"),
        first=(step("tap", "*turn on, turn off"),),
    ),
    activity(
        "cooking a soup",
        "cooks a soup|makes a soup",
        "kitchen",
        step(ROOTS, "*peel, cut"),
        again("pot", "open, *stir, close"),
        step(VEGETABLES, "*cut"),
        first=(step("pot", "open, *fill, close"),),
        last=(step("bowl", "*fill"),),
    ),
    activity(
        "baking bread",
        "bakes bread|makes bread",
        "kitchen",
        step("dough", "*knead, cut"),
        again("bowl", "*stir"),
        step("loaf", "*cut"),
        first=(step("bowl", "*fill"),),
        last=(step("loaf", "*put in", into="basket"),),
    ),
    activity(
        "making drinks",
        "makes drinks|prepares drinks",
        "kitchen|office|garden",
        step("mug|glass|bottle", "*fill, push"),
        step("lemon|apple", "*cut"),
        again("blender", "*turn on, turn off"),
        again("kettle", "*turn on, turn off"),
        first=(step("kettle", "*fill, plug in, turn on"), step("blender", "*plug in")),
        last=(again("kettle", "*unplug"), step("mug", "pick up, *drink, put down")),
    ),
    activity(
        "setting the table",
        "sets the table|lays the table",
        "kitchen|garden",
        step("plate|bowl|glass", "*take out, push", into="basket"),
        step("candle", "*turn on"),
        step("vase", "*fill, push"),
        step("glass|mug", "*wipe"),
        first=(step("towel", "*unfold"),),
    ),
    activity(
        "packing a picnic",
        "packs a picnic|gets a picnic ready",
        "kitchen|garden",
        step("loaf|apple|bottle|plate", "*put in", into="basket"),
        step("lunchbox", "open, *wipe, close"),
        step("blanket", "*fold, put in", into="basket"),
        last=(again("basket", "pick up, *inspect, put down"),),
    ),
)

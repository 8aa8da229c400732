"""Colours, and the kinds of object that there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

COLOURS: Final[dict[str, tuple[int, int, int]]] = {
    "red": (205, 45, 48),
    "orange": (240, 132, 32),
    "yellow": (246, 207, 55),
    "green": (70, 158, 74),
    "blue": (48, 104, 204),
    "purple": (136, 74, 176),
    "white": (240, 238, 232),
    "black": (52, 52, 60),
}
ANY_COLOUR: Final = tuple(COLOURS)
FRUIT: Final = ("red", "orange", "yellow", "green", "purple", "white")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of object.

    Attributes:
        name: the noun.
        height: of the object on the surface, in frame heights.
        aspect: width divided by height.
        has: what can change about it, besides where it is and how clean: names of ``State`` attributes.
        colours: names that it comes in.
    """

    name: str
    height: float
    aspect: float
    has: tuple[str, ...] = ()
    colours: tuple[str, ...] = ANY_COLOUR


def _table(*kinds: Kind) -> dict[str, Kind]:
    return {kind.name: kind for kind in kinds}


def _kind(name: str, height: float, aspect: float, *has: str, colours: tuple[str, ...] = ANY_COLOUR) -> Kind:
    return Kind(name=name, height=height, aspect=aspect, has=has, colours=colours)


KINDS: Final[dict[str, Kind]] = _table(
    # food
    _kind("tomato", 0.28, 1.1, "cut", colours=FRUIT),
    _kind("carrot", 0.38, 0.5, "cut", "peeled", colours=FRUIT),
    _kind("pepper", 0.32, 0.85, "cut", colours=FRUIT),
    _kind("cucumber", 0.16, 3.0, "cut", "peeled", colours=FRUIT),
    _kind("potato", 0.20, 1.45, "cut", "peeled", colours=FRUIT),
    _kind("onion", 0.27, 0.95, "cut", "peeled", colours=FRUIT),
    _kind("apple", 0.27, 1.0, "cut", "peeled", colours=FRUIT),
    _kind("lemon", 0.19, 1.5, "cut", colours=FRUIT),
    _kind("loaf", 0.22, 1.9, "cut"),
    _kind("dough", 0.15, 2.4, "cut"),
    # kitchen
    _kind("mug", 0.28, 0.95, "full"),
    _kind("plate", 0.24, 1.9),
    _kind("bowl", 0.23, 1.85, "full"),
    _kind("pot", 0.30, 1.35, "open", "full"),
    _kind("pan", 0.16, 2.9),
    _kind("kettle", 0.34, 1.15, "on", "plugged", "full"),
    _kind("glass", 0.30, 0.62, "full"),
    _kind("bottle", 0.46, 0.38, "full"),
    _kind("jar", 0.33, 0.72, "open", "full"),
    _kind("lunchbox", 0.20, 1.8, "open"),
    _kind("blender", 0.46, 0.55, "on", "plugged", "full"),
    # garden
    _kind("flower", 0.46, 0.62),
    _kind("bush", 0.42, 0.95),
    _kind("planter", 0.26, 1.9),
    _kind("bucket", 0.34, 0.95, "full"),
    _kind("packet", 0.28, 0.8, "open"),
    _kind("basket", 0.34, 1.25),
    _kind("birdhouse", 0.42, 0.8, "screwed"),
    # workshop and garage
    _kind("plank", 0.13, 4.2, "cut"),
    _kind("pipe", 0.12, 4.4, "cut"),
    _kind("toolbox", 0.26, 1.7, "open"),
    _kind("chair", 0.46, 0.7, "screwed"),
    _kind("stool", 0.36, 0.9, "screwed"),
    _kind("cabinet", 0.44, 0.85, "open", "screwed"),
    _kind("drawer", 0.24, 1.7, "open", "screwed"),
    _kind("lamp", 0.46, 0.62, "on", "plugged"),
    _kind("radio", 0.26, 1.5, "on", "plugged", "screwed"),
    _kind("clock", 0.32, 1.0, "screwed"),
    _kind("fan", 0.44, 0.72, "on", "plugged", "screwed"),
    _kind("wheel", 0.42, 1.0, "screwed"),
    _kind("helmet", 0.28, 1.3),
    # clothes
    _kind("shirt", 0.36, 1.2, "folded"),
    _kind("towel", 0.34, 1.3, "folded"),
    _kind("trousers", 0.42, 0.75, "folded"),
    _kind("sock", 0.34, 0.8, "folded"),
    _kind("jacket", 0.40, 1.1, "folded"),
    _kind("dress", 0.44, 0.85, "folded"),
    _kind("scarf", 0.20, 2.6, "folded"),
    _kind("blanket", 0.26, 2.2, "folded"),
    _kind("apron", 0.42, 0.8, "folded", "tied"),
    _kind("hat", 0.22, 1.7),
    _kind("glove", 0.30, 0.8),
    _kind("shoe", 0.19, 2.1, "tied"),
    _kind("boot", 0.38, 0.85, "tied"),
    _kind("cushion", 0.27, 1.3),
    # office
    _kind("book", 0.32, 0.78, "open"),
    _kind("letter", 0.24, 1.5, "open"),
    _kind("folder", 0.30, 1.2, "open"),
    _kind("laptop", 0.32, 1.35, "open", "plugged"),
    _kind("keyboard", 0.14, 3.2, "plugged"),
    _kind("phone", 0.25, 0.55, "on", "plugged"),
    _kind("printer", 0.30, 1.5, "on", "open", "plugged"),
    _kind("poster", 0.40, 0.78, "folded"),
    # shop
    _kind("box", 0.29, 1.2, "open"),
    _kind("bag", 0.40, 0.85, "tied"),
    _kind("crate", 0.24, 1.8),
    _kind("parcel", 0.25, 1.35, "open", "tied"),
    _kind("can", 0.28, 0.7, "open"),
    _kind("candle", 0.32, 0.42, "on"),
    _kind("vase", 0.42, 0.55, "full"),
    _kind("umbrella", 0.44, 0.95, "open"),
    # sport and street
    _kind("dumbbell", 0.15, 2.6),
    _kind("kettlebell", 0.28, 0.85),
    _kind("ball", 0.30, 1.0),
    _kind("mat", 0.13, 4.0, "folded"),
    _kind("rope", 0.20, 1.7, "tied"),
    _kind("racket", 0.46, 0.5),
    _kind("skateboard", 0.15, 3.2, "screwed"),
    _kind("guitar", 0.50, 0.5),
    _kind("camera", 0.24, 1.35, "on", "open"),
    _kind("suitcase", 0.38, 0.95, "open"),
    _kind("sign", 0.40, 0.85),
    _kind("canvas", 0.40, 0.9),
    # home
    _kind("mirror", 0.42, 0.72),
    _kind("tap", 0.34, 0.8, "on", "screwed"),
    _kind("soap", 0.13, 1.7),
    _kind("bin", 0.36, 0.8, "open", "full"),
    _kind("key", 0.12, 2.1),
)

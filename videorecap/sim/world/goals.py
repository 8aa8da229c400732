"""What whole days are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a whole video is about; ``name`` follows "C spends the morning"."""

    name: str
    activities: tuple[str, ...]


DAYTIMES: Final = ("morning", "afternoon", "evening")
GOALS: Final[dict[str, Goal]] = {
    name: Goal(name=name, activities=activities)
    for name, activities in {
        "getting ready for guests": (
            "making a salad",
            "cooking a soup",
            "baking bread",
            "setting the table",
            "making drinks",
        ),
        "cleaning the house": (
            "washing the dishes",
            "cleaning the bathroom",
            "folding the laundry",
            "washing clothes by hand",
            "ironing clothes",
        ),
        "working through papers": (
            "answering letters",
            "studying books",
            "setting up computers",
            "hanging posters",
            "making drinks",
        ),
        "caring for the garden": (
            "planting flowers",
            "trimming the bushes",
            "building a birdhouse",
            "painting signs",
        ),
        "running a small shop": (
            "packing boxes",
            "labelling jars",
            "serving customers",
            "decorating a window",
            "answering letters",
        ),
        "making things by hand": (
            "building a birdhouse",
            "building a cabinet",
            "mending clothes",
            "painting pictures",
            "baking bread",
        ),
        "repairing what is broken": (
            "repairing furniture",
            "repairing appliances",
            "repairing the plumbing",
            "changing wheels",
            "mending clothes",
        ),
        "keeping fit": (
            "training with weights",
            "playing ball games",
            "clearing up the gym",
            "washing clothes by hand",
        ),
        "preparing a journey": (
            "packing a suitcase",
            "packing a picnic",
            "getting dressed",
            "polishing shoes",
            "folding the laundry",
        ),
        "entertaining people outside": (
            "playing music",
            "taking photographs",
            "painting signs",
            "painting pictures",
            "packing a picnic",
        ),
        "putting everything in order": (
            "tidying the tools",
            "clearing up the gym",
            "packing boxes",
            "washing the dishes",
            "hanging posters",
        ),
    }.items()
}

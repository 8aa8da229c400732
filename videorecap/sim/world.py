"""The tables of the simulated world: places, kinds of object, colours, actions, activities, goals.

Everything else in ``sim`` reads these tables; adding a row here adds it to scripts, pictures, words and
facts. Only the drawing of a new kind or place needs code (``drawings.py``, ``backdrops.py``).
"""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of object.

    Attributes:
        name: the noun.
        height: of the object on the table, in frame heights.
        aspect: width divided by height.
        colours: names that it comes in.
        can_open: it has a lid, flap or cover, and starts closed.
        can_fold: it is cloth, and starts unfolded.
    """

    name: str
    height: float
    aspect: float
    colours: tuple[str, ...] = ANY_COLOUR
    can_open: bool = False
    can_fold: bool = False


KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(name="tomato", height=0.28, aspect=1.1, colours=("red", "yellow", "green", "orange")),
        Kind(name="carrot", height=0.38, aspect=0.5, colours=("orange", "purple", "yellow", "white")),
        Kind(name="pepper", height=0.32, aspect=0.85, colours=("red", "yellow", "green", "orange")),
        Kind(name="cucumber", height=0.16, aspect=3.0, colours=("green", "yellow", "white")),
        Kind(name="mug", height=0.28, aspect=0.95),
        Kind(name="plate", height=0.24, aspect=1.9),
        Kind(name="bowl", height=0.23, aspect=1.85),
        Kind(name="pot", height=0.30, aspect=1.35, can_open=True),
        Kind(name="bottle", height=0.46, aspect=0.38),
        Kind(name="jar", height=0.33, aspect=0.72, can_open=True),
        Kind(name="flower", height=0.46, aspect=0.62),
        Kind(name="basket", height=0.34, aspect=1.25),
        Kind(name="chair", height=0.46, aspect=0.7),
        Kind(name="birdhouse", height=0.42, aspect=0.8),
        Kind(name="plank", height=0.13, aspect=4.2),
        Kind(name="toolbox", height=0.26, aspect=1.7, can_open=True),
        Kind(name="shirt", height=0.36, aspect=1.2, can_fold=True),
        Kind(name="towel", height=0.34, aspect=1.3, can_fold=True),
        Kind(name="trousers", height=0.42, aspect=0.75, can_fold=True),
        Kind(name="sock", height=0.34, aspect=0.8, can_fold=True),
        Kind(name="book", height=0.32, aspect=0.78, can_open=True),
        Kind(name="letter", height=0.24, aspect=1.5, can_open=True),
        Kind(name="box", height=0.29, aspect=1.2, can_open=True),
        Kind(name="bag", height=0.40, aspect=0.85),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where things happen; ``surface`` is what objects lie on there."""

    name: str
    surface: str


PLACES: Final[dict[str, Place]] = {
    place.name: place
    for place in (
        Place(name="kitchen", surface="counter"),
        Place(name="garden", surface="bench"),
        Place(name="workshop", surface="workbench"),
        Place(name="laundry room", surface="table"),
        Place(name="office", surface="desk"),
        Place(name="shop", surface="shelf"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An atomic action on one object.

    Attributes:
        name: its key, an infinitive.
        verbs: what C does, in the present tense, with paraphrases.
        heard: more verbs that mean it, which captions of this world do not say but others may.
        tool: what the hand holds while doing it, or None.
        seconds: shortest and longest duration.
        needs: attributes of the object that must hold before.
        makes: attributes of the object that hold afterwards.
        opposite: the action whose pictures are these in reverse.
        has_object: False for what C does with no object.
    """

    name: str
    verbs: tuple[str, ...]
    heard: tuple[str, ...] = ()
    tool: str | None = None
    seconds: tuple[float, float] = (4.0, 9.0)
    needs: tuple[tuple[str, bool], ...] = (("held", False),)
    makes: tuple[tuple[str, bool], ...] = ()
    opposite: str | None = None
    has_object: bool = True


BRIEF: Final = (3.0, 5.0)


def _pair(
    names: tuple[str, str], verbs: tuple[tuple[str, ...], tuple[str, ...]], attribute: str
) -> tuple[Action, Action]:
    """Two opposite actions: the first makes ``attribute`` true, the second false."""
    free = () if attribute == "held" else (("held", False),)
    first, second = (
        Action(
            name=names[side],
            verbs=verbs[side],
            seconds=BRIEF,
            needs=(*free, (attribute, bool(side))),
            makes=((attribute, not side),),
            opposite=names[1 - side],
        )
        for side in (0, 1)
    )
    return first, second


ACTIONS: Final[dict[str, Action]] = {
    action.name: action
    for action in (
        *_pair(("pick up", "put down"), (("picks up", "lifts"), ("puts down", "sets down")), "held"),
        *_pair(("open", "close"), (("opens",), ("closes", "shuts")), "open"),
        *_pair(("fold", "unfold"), (("folds",), ("unfolds", "spreads out")), "folded"),
        Action(
            name="cut",
            verbs=("cuts", "slices"),
            tool="knife",
            needs=(("held", False), ("cut", False)),
            makes=(("cut", True),),
        ),
        Action(name="wash", verbs=("washes", "cleans"), tool="sponge", needs=(("held", True),)),
        Action(
            name="stir",
            verbs=("stirs in", "mixes in"),
            heard=("stirs", "mixes"),
            tool="spoon",
            needs=(("held", False), ("open", True)),
        ),
        Action(
            name="fill",
            verbs=("pours water into", "adds water to"),
            heard=("fills", "waters"),
            tool="jug",
            needs=(("held", False), ("open", True)),
        ),
        Action(name="hammer", verbs=("hammers", "hits"), tool="hammer"),
        Action(name="paint", verbs=("paints",), tool="brush"),
        Action(name="write", verbs=("writes on", "marks"), tool="pen"),
        Action(name="look", verbs=("looks around", "looks about"), seconds=(3.0, 4.0), has_object=False),
        Action(name="walk", verbs=("walks to", "goes to"), seconds=(3.5, 5.0), has_object=False),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A few actions, in this order, on one object of one of these kinds.

    ``again`` means the object of that kind already used in this activity, when there is one; otherwise the
    object is a fresh one. An action whose needs do not hold is left out.
    """

    kinds: tuple[str, ...]
    actions: tuple[str, ...]
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Steps towards something, in one place.

    Attributes:
        name: the key, a gerund phrase ("making a salad").
        phrases: what C does, in the present tense, with paraphrases.
        place: name of the place.
        first: steps at the start, in order.
        rounds: steps that repeat, in order, with a fresh object each time, until time is nearly over.
        last: steps at the end, in order.
    """

    name: str
    phrases: tuple[str, ...]
    place: str
    first: tuple[Step, ...] = ()
    rounds: tuple[Step, ...]
    last: tuple[Step, ...] = ()


VEGETABLES: Final = ("tomato", "carrot", "pepper", "cucumber")
CLOTHES: Final = ("shirt", "towel", "trousers", "sock")
MOVE: Final = ("pick up", "put down")


def _step(kinds: tuple[str, ...] | str, *actions: str) -> Step:
    return Step(kinds=(kinds,) if isinstance(kinds, str) else kinds, actions=actions)


def _again(kind: str, *actions: str) -> Step:
    return Step(kinds=(kind,), actions=actions, again=True)


ACTIVITIES: Final[dict[str, Activity]] = {
    activity.name: activity
    for activity in (
        Activity(
            name="making a salad",
            phrases=("makes a salad", "prepares a salad"),
            place="kitchen",
            first=(_step("bowl", *MOVE),),
            rounds=(_step(VEGETABLES, "pick up", "wash", "put down", "cut"), _again("bowl", "stir")),
            last=(_again("bowl", "stir", "pick up", "put down"),),
        ),
        Activity(
            name="washing the dishes",
            phrases=("washes the dishes", "does the dishes"),
            place="kitchen",
            rounds=(_step(("plate", "mug", "bowl"), "pick up", "wash", "put down"),),
        ),
        Activity(
            name="cooking a soup",
            phrases=("cooks a soup", "makes a soup"),
            place="kitchen",
            first=(_step("pot", "open", "fill"),),
            rounds=(_step(VEGETABLES, "cut", *MOVE), _again("pot", "open", "stir", "close")),
            last=(_step("bowl", "fill"),),
        ),
        Activity(
            name="planting flowers",
            phrases=("plants flowers", "puts in new flowers"),
            place="garden",
            first=(_step("basket", *MOVE),),
            rounds=(_step("flower", "pick up", "put down", "fill"),),
        ),
        Activity(
            name="packing a picnic",
            phrases=("packs a picnic", "prepares a picnic"),
            place="garden",
            first=(_step("basket", *MOVE),),
            rounds=(
                _step(("bottle", "plate", "mug"), *MOVE),
                _step("jar", "open", "close"),
                _step("towel", "unfold", "fold"),
            ),
            last=(_again("basket", *MOVE),),
        ),
        Activity(
            name="repairing a chair",
            phrases=("repairs a chair", "mends a chair"),
            place="workshop",
            first=(_step("toolbox", "open"),),
            rounds=(_again("chair", "hammer", *MOVE), _step("plank", "pick up", "put down", "hammer")),
            last=(_again("chair", "paint"), _again("toolbox", "close")),
        ),
        Activity(
            name="building a birdhouse",
            phrases=("builds a birdhouse", "makes a birdhouse"),
            place="workshop",
            first=(_step("toolbox", "open", "close"),),
            rounds=(_step("plank", "hammer", "paint"), _again("birdhouse", "hammer", *MOVE)),
            last=(_again("birdhouse", "paint", *MOVE),),
        ),
        Activity(
            name="folding the laundry",
            phrases=("folds the laundry", "folds the clothes"),
            place="laundry room",
            first=(_step("basket", *MOVE),),
            rounds=(_step(CLOTHES, "unfold", "fold"), _step(CLOTHES, *MOVE, "fold")),
        ),
        Activity(
            name="washing clothes by hand",
            phrases=("washes clothes by hand", "cleans clothes by hand"),
            place="laundry room",
            first=(_step("bowl", "fill"),),
            rounds=(_step(CLOTHES, "unfold", "pick up", "wash", "put down"),),
        ),
        Activity(
            name="answering letters",
            phrases=("answers letters", "replies to letters"),
            place="office",
            rounds=(_step("letter", "open", "write", "close"), _step("letter", *MOVE)),
            last=(_step("mug", *MOVE),),
        ),
        Activity(
            name="studying books",
            phrases=("studies books", "works through books"),
            place="office",
            first=(_step("mug", "fill"),),
            rounds=(_step("book", *MOVE, "open"), _step("book", "open", "write", "close")),
        ),
        Activity(
            name="packing boxes",
            phrases=("packs boxes", "gets boxes ready"),
            place="shop",
            rounds=(
                _step("box", "open"),
                _step(("bottle", "mug", "book", "shirt"), *MOVE),
                _step("box", "open", "close", "write"),
            ),
            last=(_step("bag", *MOVE),),
        ),
        Activity(
            name="labelling jars",
            phrases=("labels jars", "puts labels on jars"),
            place="shop",
            first=(_step("bag", *MOVE),),
            rounds=(_step("jar", "open", "fill", "close"), _step("jar", "pick up", "put down", "write")),
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a whole video is about; ``phrase`` follows "C spends the morning"."""

    name: str
    activities: tuple[str, ...]


GOALS: Final[dict[str, Goal]] = {
    goal.name: goal
    for goal in (
        Goal(
            name="tidying the house",
            activities=(
                "washing the dishes",
                "folding the laundry",
                "washing clothes by hand",
                "packing boxes",
            ),
        ),
        Goal(
            name="getting ready for guests",
            activities=("making a salad", "cooking a soup", "planting flowers", "washing the dishes"),
        ),
        Goal(
            name="working at home",
            activities=("answering letters", "studying books", "cooking a soup", "repairing a chair"),
        ),
        Goal(
            name="enjoying the garden",
            activities=("planting flowers", "packing a picnic", "building a birdhouse", "making a salad"),
        ),
        Goal(
            name="running a small shop",
            activities=("packing boxes", "labelling jars", "answering letters", "repairing a chair"),
        ),
        Goal(
            name="making things by hand",
            activities=(
                "building a birdhouse",
                "repairing a chair",
                "washing clothes by hand",
                "labelling jars",
            ),
        ),
    )
}

DAYTIMES: Final = ("morning", "afternoon", "evening")

"""Atomic actions: what they need, what they make true, and how they are said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, TypedDict, Unpack

Value = bool | str
BRIEF: Final = (3.0, 5.0)  # seconds
LONGER: Final = (4.0, 9.0)
HERE: Final = ("where", "table")
HELD: Final = ("where", "held")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An atomic action on at most one object.

    Attributes:
        name: its key, an infinitive.
        verbs: what is done, in the present tense, with paraphrases; the object follows.
        gerund: the same as in "cutting"; the object follows.
        heard: more verbs that mean it, which captions of this world do not say but others may.
        tail: what may follow the object: a preposition for ``Event.target``, or "".
        tool: what the right hand holds while doing it, or None.
        seconds: shortest and longest duration.
        needs: attributes of the object's ``State`` that must hold before.
        makes: attributes that hold afterwards.
        opposite: the action whose pictures are these in reverse.
        actor: who does it: "C", or "other" for somebody else.
        has_object: False for what is done with no object.
        with_other: what else takes part: "container", "person" or None.
    """

    name: str
    verbs: tuple[str, ...]
    gerund: str
    heard: tuple[str, ...] = ()
    tail: str = ""
    tool: str | None = None
    seconds: tuple[float, float] = LONGER
    needs: tuple[tuple[str, Value], ...] = (HERE,)
    makes: tuple[tuple[str, Value], ...] = ()
    opposite: str | None = None
    actor: str = "C"
    has_object: bool = True
    with_other: str | None = None


def _pair(
    attribute: str,
    first: tuple[str, str, str],
    second: tuple[str, str, str],
    *,
    change: tuple[Value, Value] = (False, True),
    tails: tuple[str, str] = ("", ""),
    tool: str | None = None,
    with_other: str | None = None,
) -> tuple[Action, Action]:
    """Two opposites; each is (name, verbs separated by "/", gerund); the first changes ``attribute``."""
    free = () if attribute == "where" else (HERE,)
    made = []
    for side, (name, verbs, gerund) in enumerate((first, second)):
        made.append(
            Action(
                name=name,
                verbs=tuple(verbs.split("/")),
                gerund=gerund,
                tail=tails[side],
                tool=tool,
                seconds=BRIEF,
                needs=(*free, (attribute, change[side])),
                makes=((attribute, change[1 - side]),),
                opposite=(second, first)[side][0],
                with_other=with_other,
            )
        )
    return made[0], made[1]


def _moved(
    where: str,
    first: tuple[str, str, str],
    second: tuple[str, str, str],
    *,
    tails: tuple[str, str] = ("", ""),
    with_other: str | None = None,
) -> tuple[Action, Action]:
    """Two opposites that take an object from the surface to ``where`` and back."""
    return _pair("where", first, second, change=("table", where), tails=tails, with_other=with_other)


class _Rest(TypedDict, total=False):
    """The rarer attributes of an action."""

    heard: tuple[str, ...]
    seconds: tuple[float, float]
    needs: tuple[tuple[str, Value], ...]
    makes: tuple[tuple[str, Value], ...]
    opposite: str
    actor: str
    has_object: bool
    with_other: str


def _does(name: str, verbs: str, gerund: str, tool: str | None = None, **rest: Unpack[_Rest]) -> Action:
    """An action by itself; its verbs are separated by "/"."""
    return Action(name=name, verbs=tuple(verbs.split("/")), gerund=gerund, tool=tool, **rest)


def _alone(name: str, verbs: str, gerund: str, with_other: str | None = None) -> Action:
    """Something that C does with no object."""
    action = _does(name, verbs, gerund, needs=(), seconds=BRIEF, has_object=False)
    return replace(action, with_other=with_other)


def _theirs(name: str, verbs: str, gerund: str, opposite: str | None = None) -> Action:
    """Something that somebody else does."""
    return replace(_alone(name, verbs, gerund, "person"), actor="other", opposite=opposite)


_ALL: Final[tuple[Action, ...]] = (
    # opposites, which look alike in a single picture
    *_moved(
        "held",
        ("pick up", "picks up/lifts", "picking up"),
        ("put down", "puts down/sets down", "putting down"),
        tails=("from", "on"),
    ),
    *_moved(
        "worn", ("put on", "puts on/dons", "putting on"), ("take off", "takes off/removes", "taking off")
    ),
    *_moved(
        "inside",
        ("put in", "puts/places", "putting away"),
        ("take out", "takes/gets", "taking out"),
        tails=("into", "out of"),
        with_other="container",
    ),
    *_moved(
        "hung",
        ("hang up", "hangs up/hangs", "hanging up"),
        ("take down", "takes down/unhooks", "taking down"),
    ),
    *_moved(
        "far",
        ("push", "pushes away/slides away", "pushing away"),
        ("pull", "pulls closer/draws closer", "pulling closer"),
    ),
    *_moved(
        "given",
        ("give", "gives/hands", "giving away"),
        ("receive", "accepts/receives", "receiving"),
        tails=("to", "from"),
        with_other="person",
    ),
    *_pair("open", ("open", "opens", "opening"), ("close", "closes/shuts", "closing")),
    *_pair("folded", ("fold", "folds/folds up", "folding"), ("unfold", "unfolds/spreads out", "unfolding")),
    *_pair(
        "on",
        ("turn on", "turns on/switches on", "turning on"),
        ("turn off", "turns off/switches off", "turning off"),
    ),
    *_pair(
        "plugged",
        ("plug in", "plugs in/connects", "plugging in"),
        ("unplug", "unplugs/disconnects", "unplugging"),
    ),
    *_pair(
        "screwed",
        ("screw", "tightens the screw of/screws together", "screwing together"),
        ("unscrew", "loosens the screw of/unscrews", "unscrewing"),
        tool="screwdriver",
    ),
    *_pair("tied", ("tie", "ties/ties up", "tying"), ("untie", "unties/undoes", "untying")),
    # with a tool, on the surface
    _does("cut", "cuts/slices", "cutting", "knife", needs=(HERE, ("cut", False)), makes=(("cut", True),)),
    _does("saw", "saws/saws through", "sawing", "saw", needs=(HERE, ("cut", False)), makes=(("cut", True),)),
    _does(
        "peel", "peels/skins", "peeling", "peeler", needs=(HERE, ("peeled", False)), makes=(("peeled", True),)
    ),
    _does(
        "wipe", "wipes/polishes", "wiping", "cloth", needs=(HERE, ("dirty", True)), makes=(("dirty", False),)
    ),
    _does(
        "stir",
        "stirs in/mixes in",
        "stirring in",
        "spoon",
        heard=("stirs", "mixes"),
        needs=(HERE, ("open", True)),
    ),
    _does(
        "fill",
        "pours water into/adds water to",
        "filling",
        "jug",
        heard=("fills",),
        needs=(HERE, ("open", True), ("full", False)),
        makes=(("full", True),),
    ),
    _does("water", "waters/sprinkles water on", "watering", "watering can"),
    _does("dig", "digs in/loosens the soil of", "digging in", "trowel", heard=("digs",)),
    _does("trim", "trims/clips", "trimming", "scissors"),
    _does("hammer", "hammers/hits", "hammering", "hammer"),
    _does("drill", "drills/drills into", "drilling", "drill"),
    _does("sand", "sands/smooths", "sanding", "sandpaper"),
    _does("paint", "paints/paints over", "painting", "brush"),
    _does("glue", "glues/puts glue on", "gluing", "glue"),
    _does("measure", "measures/takes the measure of", "measuring", "ruler"),
    _does("iron", "irons/presses", "ironing", "iron", needs=(HERE, ("folded", False))),
    _does("sew", "sews/stitches", "sewing", "needle"),
    _does("write", "writes on/marks", "writing on", "pen"),
    _does("scan", "scans/reads the code of", "scanning", "scanner"),
    # with bare hands
    _does("type", "types on/taps on", "typing on", needs=(HERE, ("open", True))),
    _does("knead", "kneads/presses and turns", "kneading"),
    _does("inspect", "looks closely at/examines", "examining", needs=(HELD,)),
    _does(
        "wash", "washes/cleans", "washing", "sponge", needs=(HELD, ("dirty", True)), makes=(("dirty", False),)
    ),
    _does("shake", "shakes/rattles", "shaking", needs=(HELD,)),
    _does("drink", "drinks from/sips from", "drinking from", needs=(HELD, ("full", True)), seconds=BRIEF),
    _does(
        "empty",
        "empties/pours out",
        "emptying",
        needs=(HELD, ("full", True), ("open", True)),
        makes=(("full", False),),
        seconds=BRIEF,
    ),
    _does("exercise", "exercises with/trains with", "exercising with", needs=(HELD,)),
    _does("play", "plays/strums", "playing", needs=(HELD,)),
    _does(
        "drop",
        "drops/lets fall",
        "dropping",
        needs=(HELD,),
        makes=(("where", "table"), ("dirty", True)),
        seconds=(2.5, 4.0),
    ),
    # with no object
    _alone("look", "looks around/looks about", "looking around"),
    _alone("walk", "walks to/goes to", "walking to"),
    _alone("talk", "talks to/speaks to", "talking to", "person"),
    # what somebody else does
    _theirs("enter", "walks in/comes in", "coming in", opposite="leave"),
    _theirs("leave", "walks out/goes away", "going away", opposite="enter"),
    _theirs("wave", "waves at C/greets C", "greeting C"),
)
ACTIONS: Final[dict[str, Action]] = {action.name: action for action in _ALL}

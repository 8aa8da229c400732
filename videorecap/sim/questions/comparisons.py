"""What takes more time than what, and how parts of a video differ."""

from __future__ import annotations

from typing import Final

from videorecap.sim.questions.digest import Digest, first_of, ranked
from videorecap.sim.questions.template import Claim, Template, plain
from videorecap.sim.world import ACTIONS
from videorecap.types import Span

END_SECONDS: Final = 180.0  # of the first and of the last minutes of a video


def _most(digest: Digest) -> Claim | None:
    return plain(ranked(digest.seconds(digest.whole), 2))


def _ends(digest: Digest) -> Claim | None:
    """What takes most of the first minutes and of the last, where that differs."""
    duration = digest.script.duration_seconds
    if duration < 2 * END_SECONDS:
        return None
    first = first_of(digest.seconds(Span(0.0, END_SECONDS)))
    last = first_of(digest.seconds(Span(duration - END_SECONDS, duration)))
    return None if first is None or last is None or first == last else plain((first, last))


def _halves(digest: Digest) -> Claim | None:
    """What takes most of the first half and of the second, where that differs."""
    middle = digest.script.duration_seconds / 2
    first = first_of(digest.seconds(Span(0.0, middle)))
    second = first_of(digest.seconds(Span(middle, digest.script.duration_seconds)))
    return None if first is None or second is None or first == second else plain((first, second))


def _actions(digest: Digest) -> Claim | None:
    """The two actions whose steps take the most time, each with the object it is mostly done to."""
    found = ranked(digest.action_seconds, 2)
    if found is None:
        return None
    parts = tuple(f"{ACTIONS[action].gerund} the {digest.object_of(action)}" for action in found)
    return Claim(key=found, parts=parts)


def _objects(digest: Digest) -> Claim | None:
    return plain(ranked(digest.object_seconds, 2))


MOST: Final = Template(
    topic="comparison",
    prompts=(
        "Which two activities does C give the most time to, the longer one first?",
        "Comparing how long C's activities take in all, which one comes first and which one second?",
        "What does C spend the greatest part of the video on, and what the next greatest?",
        "How do the two main activities of the video compare in the time that they take?",
    ),
    forms=(
        "{0} takes the most time in all, and {1} comes second",
        "C gives more time to {0} than to {1}, and less to anything else",
        "most of the time goes into {0}, the next most into {1}",
    ),
    claim=_most,
)
HALVES: Final = Template(
    topic="comparison",
    prompts=(
        "How does the first half of the video differ from the second half?",
        "Comparing the two halves of the video, what is C mostly doing in each of them?",
        "What changes in C's main activity between the first and the last half of the video?",
        "What sets the earlier part of the video apart from the later part?",
    ),
    forms=(
        "the first half is mostly about {0}, the second half mostly about {1}",
        "C is mainly {0} at first, and mainly {1} in the second half",
        "at first {0} takes more time than anything else, later {1} does",
    ),
    claim=_halves,
)
ENDS: Final = Template(
    topic="comparison",
    prompts=(
        "How do the first three minutes of the video differ from the last three?",
        "Comparing the opening minutes with the closing minutes, what is C mostly doing in each?",
        "From which main activity in its first minutes has the video moved on to which in its last?",
        "What sets the last few minutes of the video apart from the first few?",
    ),
    forms=(
        "the first minutes are mostly about {0}, the last ones mostly about {1}",
        "C is mainly {0} in the opening minutes, and mainly {1} in the closing ones",
        "first {0} takes more time than anything else, at last {1} does",
    ),
    claim=_ends,
)
ACTIONS_MOST: Final = Template(
    topic="comparison",
    prompts=(
        "Which two kinds of step take up most of C's work, the greater one first?",
        "Comparing the steps that make up C's work, which sort takes most time, and which comes next?",
        "What do C's hands do for longest in the video, and what for the second longest time?",
        "Looking at single steps only, which two does C put the most time into?",
    ),
    forms=(
        "steps such as {0} take most time, followed by steps such as {1}",
        "most is spent on the likes of {0}, and next most on the likes of {1}",
        "first in time come steps like {0}, second those like {1}",
    ),
    claim=_actions,
)
OBJECTS: Final = Template(
    topic="comparison",
    prompts=(
        "Which two kinds of object is C's work mostly about, the more important one first?",
        "Comparing the objects in the video, which kind does C handle for longest, and which comes next?",
        "Which sort of thing does C spend most time on, and which the next most?",
        "What are the two main objects of the video, in order of the time that C gives them?",
    ),
    forms=(
        "the {0} in the first place, and the {1} in the second",
        "C handles the {0} more than anything else, and after that the {1}",
        "most of the time goes to the {0}, and the next most to the {1}",
    ),
    claim=_objects,
)

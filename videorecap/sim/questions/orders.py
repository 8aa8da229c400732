"""What comes when, and where."""

from __future__ import annotations

from typing import Final

from videorecap.sim.questions.digest import Digest, first_of
from videorecap.sim.questions.template import Claim, Template, plain
from videorecap.sim.script import Episode

SLACK_SECONDS: Final = 8.0  # around a moment, in which the activity must not change
MAX_IN_ORDER: Final = 5  # activities, for the first three of them to stand for the whole


def _anchors(digest: Digest) -> tuple[Episode, ...] | None:
    """What C does at the start, in the middle and at the end."""
    duration = digest.script.duration_seconds
    times = (SLACK_SECONDS, duration / 2, duration - SLACK_SECONDS)
    episodes = [digest.episode_at(time, SLACK_SECONDS) for time in times]
    found = tuple(episode for episode in episodes if episode is not None)
    return found if len(found) == len(times) else None


def _moments(digest: Digest) -> Claim | None:
    found = _anchors(digest)
    if found is None or len({episode.activity for episode in found}) < 2:
        return None
    return plain(tuple(episode.activity for episode in found))


def _beginnings(digest: Digest) -> Claim | None:
    names = digest.activities
    return plain(names[:3]) if 3 <= len(names) <= MAX_IN_ORDER else None


def _route(digest: Digest) -> Claim | None:
    """Where C is first, last, and most of the time."""
    most = first_of(digest.place_seconds)
    found = _anchors(digest)
    if most is None or found is None:
        return None
    return plain((found[0].place, most, found[-1].place))


MOMENTS: Final = Template(
    topic="order",
    prompts=(
        "Which sequence describes how the video proceeds from its beginning by its middle to its end?",
        "How does what C does change from the start of the video to half way through, and on to the end?",
        "Which of these accounts of the beginning, the middle and the end of the video is right?",
        "In what order does the video show C's activities, seen at its start, half way and at its close?",
    ),
    forms=(
        "C starts with {0}, is {1} half way through, and ends with {2}",
        "at the beginning C is {0}, in the middle {1}, and in the end {2}",
        "the video opens with {0}, has {1} in its middle, and closes with {2}",
    ),
    claim=_moments,
)
BEGINNINGS: Final = Template(
    topic="order",
    prompts=(
        "In which order does C take up the first three different activities?",
        "Which sequence gives the first three different activities in the order in which C begins them?",
        "How do the first three kinds of work follow each other in the video?",
        "Setting repetitions aside, which three activities does C begin one after the other?",
    ),
    forms=(
        "C begins with {0}, goes on to {1}, and then turns to {2}",
        "first comes {0}, next {1}, and after that {2}",
        "{0} is followed by {1}, and that by {2}",
    ),
    claim=_beginnings,
)
ROUTE: Final = Template(
    topic="places",
    prompts=(
        "Where does C's work begin, where does most of it happen, and where does it end?",
        "Which account of the places in the video is right, from first to last?",
        "Where does the video take place at its start, for most of the time, and at last?",
        "At which places is C at the beginning, during the greater part of the video, and at the end?",
    ),
    forms=(
        "it begins in the {0}, takes place mostly in the {1}, and ends in the {2}",
        "C is in the {0} at first, in the {1} for most of the time, and in the {2} at last",
        "the first place is the {0}, the main one the {1}, and the last one the {2}",
    ),
    claim=_route,
)

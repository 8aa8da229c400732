"""What it is all for, and which part of it matters most."""

from __future__ import annotations

from typing import Final

from videorecap.sim.questions.digest import MARGIN, Digest, first_of
from videorecap.sim.questions.template import Claim, Template
from videorecap.sim.world import ACTIONS, GOALS

GOAL_SHARE: Final = 0.5  # of the video that must serve a goal for it to be clear
SERVING_SHARE: Final = 0.08  # of the video, for an activity to be named as serving the goal
STEP_FORMS: Final = (
    "the key step is {0}, and the like, as part of {1}",
    "{0}, along with the same done to other things, which is what {1} mainly takes",
    "the activity is {1}, and most of it is made up of steps such as {0}",
)


def _share(digest: Digest, goal: str) -> float:
    """Share of a script that activities of a goal take."""
    seconds = digest.seconds(digest.whole)
    served = sum(seconds.get(name, 0.0) for name in GOALS[goal].activities)
    return served / digest.script.duration_seconds


def _goal(digest: Digest) -> Claim | None:
    """The goal, and the two activities that serve it for longest."""
    goal = digest.script.goal
    seconds = digest.seconds(digest.whole)
    least = SERVING_SHARE * digest.script.duration_seconds
    serving = [name for name in GOALS[goal].activities if seconds.get(name, 0.0) >= least]
    if _share(digest, goal) < GOAL_SHARE or len(serving) < 2:
        return None
    first, second = sorted(serving, key=lambda name: -seconds[name])[:2]
    return Claim(key=(goal,), parts=(goal, first, second))


def _is_other_goal(digest: Digest, claim: Claim, own: Claim) -> bool:
    return MARGIN * _share(digest, claim.key[0]) <= _share(digest, own.key[0])


def _key_step(digest: Digest, activity: str | None) -> Claim | None:
    """Within an activity, the action whose steps take the most time."""
    action = None if activity is None else first_of(digest.action_seconds_in(activity))
    if action is None or activity is None:
        return None
    done = f"{ACTIONS[action].gerund} the {digest.object_of(action, activity)}"
    return Claim(key=(action, activity), parts=(done, activity))


def _step(digest: Digest) -> Claim | None:
    return _key_step(digest, digest.longest)


def _last_step(digest: Digest) -> Claim | None:
    return _key_step(digest, digest.activities_at_ends[1])


def _first_step(digest: Digest) -> Claim | None:
    return _key_step(digest, digest.activities_at_ends[0])


def _repeated(digest: Digest) -> Claim | None:
    """The action whose steps take the most time in all."""
    action = first_of(digest.action_seconds)
    if action is None:
        return None
    return Claim(key=(action,), parts=(ACTIONS[action].gerund, digest.object_of(action)))


GOAL: Final = Template(
    topic="goal",
    prompts=(
        "Taking into account everything C does in the video, what is C's primary goal?",
        "What is the overarching purpose behind the different things that C does?",
        "If the whole video had to be summed up in one sentence, what is C trying to achieve?",
        "What do the activities in the video, taken together, show C to be after?",
        "Considering all of the video, which aim explains best what C spends the time on?",
    ),
    forms=(
        "C is {0}, which takes above all {1} and {2}",
        "C's aim is {0}, and most of the time for it goes into {1} and {2}",
        "C spends the time {0}, chiefly by {1} and {2}",
        "the point of it all is {0}",
        "C is busy {0} from beginning to end, apart from a few interruptions",
    ),
    claim=_goal,
    is_denied=_is_other_goal,
)
STEP: Final = Template(
    topic="important",
    prompts=(
        "Which step is the most important one, in that the longest part of C's work consists mainly of it?",
        "What is the key step of the activity that C gives the most time to?",
        "Of all steps that C takes, which one carries the main activity of the video?",
        "Which step could least be left out, given how much of the main activity it makes up?",
        "What is at the heart of the activity that fills most of the video?",
    ),
    forms=STEP_FORMS,
    claim=_step,
)
FIRST_STEP: Final = Template(
    topic="important",
    prompts=(
        "What is the most important step of the activity that the video begins with?",
        "Which step carries the first thing that C works on, judging by the time that it takes?",
        "Without which step would C's first activity come to nothing, as it consists mainly of it?",
    ),
    forms=STEP_FORMS,
    claim=_first_step,
)
LAST_STEP: Final = Template(
    topic="important",
    prompts=(
        "What is the most important step of the activity that the video ends with?",
        "Which step carries the last thing that C works on, judging by the time that it takes?",
        "Without which step would C's last activity come to nothing, as it consists mainly of it?",
    ),
    forms=STEP_FORMS,
    claim=_last_step,
)
REPEATED: Final = Template(
    topic="important",
    prompts=(
        "Which kind of step matters most in the video, in that C puts more time into it than into any other?",
        "Judging by the time that goes into it, which step is at the centre of everything C does?",
        "Which step comes up again and again, so that the video could not do without it?",
        "What is the single most important thing that C's hands do throughout the video?",
    ),
    forms=(
        "{0} one thing after the other, such as the {1}",
        "it is {0} things, among them the {1}, that matters most",
        "above all it is {0} things like the {1}",
    ),
    claim=_repeated,
)

"""What keeps C from the work, what goes wrong, and who comes."""

from __future__ import annotations

from typing import Final

from videorecap.sim.questions.digest import MARGIN, Digest
from videorecap.sim.questions.template import Claim, Template, plain
from videorecap.sim.script import Guest


def _longest_break(digest: Digest) -> Claim | None:
    """Why the work stands still for longest, and what C is doing then."""
    if not digest.breaks:
        return None
    longest, *others = sorted(digest.breaks, key=lambda item: -item.seconds)
    if others and longest.seconds < MARGIN * others[0].seconds:
        return None
    return plain((longest.cause, longest.activity))


def _first_break(digest: Digest) -> Claim | None:
    """Why the work stands still for the first time, and what C is doing then."""
    return plain((digest.breaks[0].cause, digest.breaks[0].activity)) if digest.breaks else None


def _mishap(digest: Digest) -> Claim | None:
    """The first thing that goes wrong."""
    if not digest.mishaps:
        return None
    return plain((digest.mishaps[0].text, digest.mishaps[0].activity))


def _does_not_happen(digest: Digest, claim: Claim, own: Claim) -> bool:
    return all((item.text, item.activity) != claim.key for item in digest.mishaps)


def _longest_visit(digest: Digest) -> Claim | None:
    """Who stays for longest, and what C is doing when they come in."""
    guests = digest.script.guests
    if not guests:
        return None
    longest, *others = sorted(guests, key=lambda guest: -guest.span.duration)
    if others and longest.span.duration < MARGIN * others[0].span.duration:
        return None
    return plain((_look(longest), digest.activity_at(longest.span.start)))


def _visitors(digest: Digest) -> Claim | None:
    """The first and the last of those who come in."""
    guests = digest.script.guests
    return plain((_look(guests[0]), _look(guests[-1]))) if len(guests) > 1 else None


def _look(guest: Guest) -> str:
    return f"{guest.person} in {guest.colour}"


BREAK: Final = Template(
    topic="cause",
    prompts=(
        "Why does C's work stand still for longer than at any other time?",
        "What makes C stop for the longest time, and what is left waiting?",
        "What is the reason for the longest interruption of what C is doing?",
        "Which event keeps C from the work for longest?",
    ),
    forms=(
        "{0} while C is {1}",
        "C has to interrupt {1}, because {0}",
        "C is {1} when {0}, and it is a while until work goes on",
    ),
    claim=_longest_break,
)
FIRST_BREAK: Final = Template(
    topic="cause",
    prompts=(
        "Why does C's work stand still for the first time?",
        "What is the first thing that makes C stop, and what is left waiting?",
        "What is the reason for the first interruption of what C is doing?",
        "Which event is the first to keep C from the work?",
    ),
    forms=BREAK.forms,
    claim=_first_break,
)
MISHAP: Final = Template(
    topic="cause",
    prompts=(
        "What is the first thing to go wrong, so that C has to do something over again?",
        "Why does C, for the first time, have to put something right before going on?",
        "Which mishap is the first to cost C additional effort?",
        "What causes the first detour in C's work that is C's own fault?",
    ),
    forms=(
        "while {1}, C {0}",
        "C {0}, and this happens while C is {1}",
        "C {0}, which delays {1}",
    ),
    claim=_mishap,
    is_denied=_does_not_happen,
)
VISIT: Final = Template(
    topic="people",
    prompts=(
        "Of the people who come in, who stays for longest, and what does the visit fall into?",
        "Who keeps C company for longer than anybody else, and what is C doing at their arrival?",
        "Which visitor is around for longest, and during which activity do they turn up?",
        "Whose visit lasts longest, and what is C busy with when it begins?",
    ),
    forms=(
        "a {0}, who comes in while C is {1}",
        "a {0} stays for longest, having come in on C {1}",
        "C is {1} when the longest visitor, a {0}, arrives",
    ),
    claim=_longest_visit,
)
VISITORS: Final = Template(
    topic="people",
    prompts=(
        "Who are the first and the last of the people who come in?",
        "Several people come in during the video: who opens the series, and who closes it?",
        "Which visitor comes in before all others, and which one after all others?",
        "Of all who come in, who is first and who is last?",
    ),
    forms=(
        "first a {0}, and last a {1}",
        "a {0} comes in before anybody else, and a {1} after everybody else",
        "the first is a {0}, the last a {1}",
    ),
    claim=_visitors,
)

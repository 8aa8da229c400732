"""Captions of seconds, in the style of narrations: "C picks up the red mug from the counter"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from videorecap.sim.facts import facts_of_event, main_event
from videorecap.sim.script import Event, Script
from videorecap.sim.words.phrases import (
    Choice,
    Telling,
    another,
    instrument,
    listed,
    named,
    pronoun,
    with_object,
)
from videorecap.sim.world import ACTIONS
from videorecap.types import Span

Tails = tuple[str, ...]
OTHER_SHARE: Final = 0.35  # of a window, for another event to be told after the main one
WHOLE: Final = 0.5  # of an event inside the window, likewise
# what may follow the object, each repeated as often as it is chosen
TAILS: Final[tuple[Tails, ...]] = (
    *[()] * 2,
    *[("target",)] * 4,
    *[("tool",)] * 4,
    ("place",),
    ("target", "place"),
    ("tool", "place"),
)
SPLIT: Final = (False, False, True)
LONGER: Final = (False, False, False, True)
DONE_FROM_TOOL: Final = ("fill",)  # other actions are done with it
WITHOUT_PLACE: Final = ("enter", "leave")


@dataclass(frozen=True, slots=True)
class _Others:
    """What else happens in the window: the event just before the main one, and those after it."""

    before: Event | None
    after: tuple[Event, ...]


def told_clip(script: Script, span: Span) -> Telling:
    """The one telling of a window, chosen by seed and span."""
    event = main_event(script, span)
    choice = Choice(script.seed, f"{span.start:.3f} {span.end:.3f} clip")
    verb, tails = choice.of(ACTIONS[event.action].verbs), _tails(event)
    if choice.of(LONGER):
        return _tell(event, verb, choice.of((tails[0], tails[-1])), others=_others(script, span, event))
    return _tell(event, verb, choice.of(tails), is_split=choice.of(SPLIT))


def tellings_of_clip(script: Script, span: Span) -> Iterator[Telling]:
    """Every telling of a window's main event; some come twice."""
    event = main_event(script, span)
    others, tails = _others(script, span, event), _tails(event)
    for verb in ACTIONS[event.action].verbs:
        for tail in dict.fromkeys(tails):
            yield _tell(event, verb, tail)
            yield _tell(event, verb, tail, is_split=True)
        yield _tell(event, verb, tails[0], others=others)
        yield _tell(event, verb, tails[-1], others=others)


def _tails(event: Event) -> list[Tails]:
    """What may follow the object, as often as it should be chosen, with what must follow it."""
    action = ACTIONS[event.action]
    has = {
        "target": event.target is not None,
        "tool": action.tool is not None,
        "place": event.action not in WITHOUT_PLACE,
    }
    must = "place" if event.action == "walk" else "target" if action.with_other else None
    must_follow = (must,) if must is not None and has[must] else ()
    return [
        tuple(dict.fromkeys((*must_follow, *tails))) for tails in TAILS if all(has[name] for name in tails)
    ]


def _tell(
    event: Event, verb: str, tails: Tails, *, is_split: bool = False, others: _Others | None = None
) -> Telling:
    """One sentence about an event, and then perhaps what else happens."""
    words = verb.split()
    tool = ACTIONS[event.action].tool
    told = tuple(
        name
        for name in tails
        if name != "tool" or tool is None or not any(word.startswith(tool) for word in words)
    )
    doubled = words[-1] == "in" and "place" in told  # "plugs the lamp in in the office"
    text = f"{named(event.actor)} {_predicate(event, verb, told, is_split=is_split and not doubled)}"
    untold = {name: None for name in ("target", "tool", "place") if name not in told}
    facts = replace(facts_of_event(event), **untold)  # type: ignore[arg-type]
    if others is not None:
        text += _besides(event, others)
    return Telling(text[0].upper() + text[1:], facts)


def _predicate(
    event: Event, verb: str, tails: Tails, *, is_split: bool = False, noun: str | None = None
) -> str:
    """Verb, object and what follows; ``noun`` stands for the object where it has been named already."""
    text = verb
    if event.object is not None:
        noun = noun or f"the {event.colour} {event.object}"
        text = with_object(event.action, verb, noun, is_split=is_split)
    return text + "".join(_tail(event, name) for name in tails)


def _tail(event: Event, name: str) -> str:
    action = ACTIONS[event.action]
    if name == "target":
        return f" {action.tail} the {event.target}" if action.tail else f" the {event.target}"
    if name == "tool":
        preposition = "from" if event.action in DONE_FROM_TOOL else "with"
        return f" {preposition} {instrument(action.tool or '')}"
    return f" the {event.place}" if event.action in ("walk", "look") else f" in the {event.place}"


def _others(script: Script, span: Span, event: Event) -> _Others:
    """The neighbours of the main event that take much of the window, or lie in it for the most part."""
    told = [
        other
        for other in script.events_in(span)
        if other.span.overlap(span) >= min(OTHER_SHARE * span.duration, WHOLE * other.span.duration)
    ]
    before = [other for other in told if other.span.start < event.span.start]
    after = [other for other in told if other.span.start > event.span.start]
    return _Others(before[-1] if before else None, tuple(after))


def _besides(event: Event, others: _Others) -> str:
    """What happens before and after: " after picking it up and then opens the red jar"."""
    text, told, subject = "", [event], event.actor
    if others.before is not None:
        text += f" after {_neighbour(others.before, told, subject, is_gerund=True)}"
        told.append(others.before)
        subject = subject if others.before.actor == subject else ""  # it would not be clear whose
    clauses = []
    for other in others.after:
        clauses.append(_neighbour(other, told, subject))
        told.append(other)
        subject = other.actor
    return f"{text} and then {listed(clauses)}" if clauses else text


def _neighbour(other: Event, told: Sequence[Event], subject: str, *, is_gerund: bool = False) -> str:
    """Another event after those told; without its subject if that is still the same one."""
    action, must_follow, noun = ACTIONS[other.action], _tails(other)[0], _noun(other, told)
    if other.actor != subject:
        return f"{named(other.actor)} {_predicate(other, action.verbs[0], must_follow, noun=noun)}"
    if not is_gerund:
        return _predicate(other, action.verbs[0], must_follow, noun=noun)
    return _predicate(other, action.gerund, () if other.object is not None else must_follow, noun=noun)


def _noun(other: Event, told: Sequence[Event]) -> str | None:
    """What stands for the object of an event after those told, if that is not its name."""
    things = [each for each in told if each.object is not None]
    alike = [each for each in things if (each.object, each.colour) == (other.object, other.colour)]
    if other.object is None or not alike:
        return None
    if alike[-1] is things[-1] and alike[-1].item == other.item:
        return pronoun(other.object)
    if any(each.item == other.item for each in alike):
        return None
    return another(other.colour, other.object)

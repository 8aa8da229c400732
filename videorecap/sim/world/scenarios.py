"""Activities: what is done in a place towards something, step by step."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A few actions, in this order, on one object of one of these kinds.

    An action whose needs do not hold is left out.

    Attributes:
        kinds: one of these is chosen.
        actions: what is done with it.
        main: the action that the step is for; one of ``actions``.
        again: use the object of that kind already used in this activity, when there is one; otherwise the
            object is a fresh one.
        container: kind of the container that the object goes into or comes out of, or None.
    """

    kinds: tuple[str, ...]
    actions: tuple[str, ...]
    main: str
    again: bool = False
    container: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Steps towards something.

    Attributes:
        name: the key, a gerund phrase ("making a salad").
        phrases: what C does, in the present tense, with paraphrases.
        places: where it may happen.
        first: steps at the start, in order.
        rounds: steps that repeat, in order, with a fresh object each time, until time is nearly over.
        last: steps at the end, in order.
    """

    name: str
    phrases: tuple[str, ...]
    places: tuple[str, ...]
    first: tuple[Step, ...] = ()
    rounds: tuple[Step, ...]
    last: tuple[Step, ...] = ()


def step(kinds: str, actions: str, *, into: str | None = None, is_again: bool = False) -> Step:
    """A step from its kinds, separated by "|", and its actions, by commas; a star marks the main one."""
    names = [name.strip() for name in actions.split(",")]
    main = next((name[1:] for name in names if name.startswith("*")), names[0])
    return Step(
        kinds=tuple(kinds.split("|")),
        actions=tuple(name.removeprefix("*") for name in names),
        main=main,
        again=is_again,
        container=into,
    )


def again(kind: str, actions: str, *, into: str | None = None) -> Step:
    """A step on the object of that kind that is already in use."""
    return step(kind, actions, into=into, is_again=True)


def activity(
    name: str,
    phrases: str,
    places: str,
    *rounds: Step,
    first: tuple[Step, ...] = (),
    last: tuple[Step, ...] = (),
) -> Activity:
    """An activity; phrases and places are separated by "|"."""
    return Activity(
        name=name,
        phrases=tuple(phrases.split("|")),
        places=tuple(places.split("|")),
        first=first,
        rounds=rounds,
        last=last,
    )

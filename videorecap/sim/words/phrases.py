"""The small grammar that captions are put together with: nouns, verbs with particles, lists, choices."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from videorecap.sim.facts import Facts
from videorecap.sim.world import ACTIONS, PEOPLE, Action

WITHOUT_ARTICLE: Final = ("scissors", "sandpaper", "glue")  # tools that are no "a ..."
PLURALS: Final = ("trousers",)  # kinds that are "them", not "it"
PRONOUNS: Final = ("it", "them")
LATE: Final = ("closer", "fall")  # last words of verbs that always follow the object
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Telling:
    """One caption, and exactly the facts that it tells."""

    text: str
    facts: Facts


class Choice:
    """Choices that are the same on any machine, from words that name what is chosen for."""

    def __init__(self, *names: object) -> None:
        self._number = zlib.crc32(" ".join(map(str, names)).encode())

    def of(self, options: Sequence[T]) -> T:
        """One of the options."""
        self._number, index = divmod(self._number, len(options))
        return options[index]


def article(noun: str) -> str:
    """A noun with "a" or "an"."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def instrument(tool: str) -> str:
    """A tool as what something is done with: "a knife", "scissors"."""
    return tool if tool in WITHOUT_ARTICLE else article(tool)


def pronoun(kind: str) -> str:
    """What stands for an object already named."""
    return PRONOUNS[kind in PLURALS]


def another(colour: str | None, kind: str) -> str:
    """An object that looks like the one already named."""
    return f"{'other' if kind in PLURALS else 'another'} {colour} {kind}"


def listed(parts: Sequence[str], last: str = " and ") -> str:
    """Parts separated by commas, the last one by ``last``."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + last + parts[-1]


def named(actor: str) -> str:
    """An actor inside a sentence: "C", "the man"."""
    return f"the {actor}" if actor in PEOPLE else actor


def particle_of(action: Action, verb: str) -> str | None:
    """The last word of a verb if the object may stand before it ("turns the lamp on"), else None."""
    if " " not in verb:
        return None
    last = verb.rsplit(" ", 1)[1]
    return last if last in LATE or (action.opposite is not None and last != "of") else None


def with_object(action: str, verb: str, noun: str, *, is_split: bool = False) -> str:
    """A verb or gerund of an action with its object, which stands before the particle on request.

    A pronoun always does, and any object of a verb that ends in one of ``LATE``.
    """
    particle = particle_of(ACTIONS[action], verb)
    if particle is not None and (is_split or particle in LATE or noun in PRONOUNS):
        return f"{verb.removesuffix(particle)}{noun} {particle}"
    return f"{verb} {noun}"

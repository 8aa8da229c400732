"""The way back from any text, true or generated, to facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Final, Generic, TypeVar

from videorecap.sim.facts import Facts, Pair, check_level
from videorecap.sim.told import WITH_PEOPLE
from videorecap.sim.words.phrases import particle_of
from videorecap.sim.words.segment import INCIDENTS, incident_text
from videorecap.sim.world import ACTIONS, ACTIVITIES, COLOURS, GOALS, KINDS, PEOPLE, PLACES

T = TypeVar("T")
CUT: Final = "_"  # stands for what has been understood
END_OF_CLAUSE: Final = re.compile(r"\b(?:after|before|while|then)\b")


class _Lexicon(Generic[T]):
    """Phrases and what they stand for; where several fit, the longest counts."""

    def __init__(self, phrases: Mapping[str, T], before: Iterable[str] = ()) -> None:
        """Phrases; one of the words ``before`` must stand before them, if there are any."""
        self._phrases = {phrase.lower(): meaning for phrase, meaning in phrases.items()}
        self._before = tuple(before)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        found = "|".join(map(re.escape, sorted(self._phrases, key=len, reverse=True)))
        before = f"(?:{'|'.join(self._before)}) (?:(?:the|an?) )?" if self._before else ""
        return re.compile(rf"\b{before}({found})\b")

    def first(self, text: str) -> T | None:
        """What the first phrase stands for, or None."""
        match = self._pattern.search(text)
        return None if match is None else self._phrases[match[1]]

    def split(self, text: str) -> tuple[T | None, str, str]:
        """What the first phrase stands for, the text before it, and the text after it."""
        match = self._pattern.search(text)
        if match is None:
            return None, text, ""
        return self._phrases[match[1]], text[: match.start()], text[match.end() :]

    def take(self, text: str) -> tuple[tuple[T, ...], str]:
        """What all phrases stand for, in order, and the text without them."""
        found = tuple(self._phrases[phrase] for phrase in self._pattern.findall(text))
        return found, self._pattern.sub(CUT, text)


def _names(names: Iterable[str]) -> dict[str, str]:
    return {name: name for name in names}


def _incidents() -> dict[str, Pair]:
    """Every wording of what may come between, whole or only its beginning."""
    whole = {
        incident_text((action, name), wording): (action, name)
        for action, wordings in INCIDENTS.items()
        for wording in range(len(wordings))
        for name in (PEOPLE if action in WITH_PEOPLE else KINDS)
    }
    return {phrase.split(" and ")[0]: pair for phrase, pair in whole.items()} | whole


def _with_particles() -> re.Pattern[str]:
    """Verbs whose object stands before their last word: "turns the red lamp on"."""
    verbs = [
        (verb, particle)
        for action in ACTIONS.values()
        for verb in (*action.verbs, action.gerund)
        if (particle := particle_of(action, verb)) is not None
    ]
    heads = "|".join(dict.fromkeys(verb.removesuffix(f" {particle}") for verb, particle in verbs))
    particles = "|".join(dict.fromkeys(particle for _, particle in verbs))
    noun = "|".join(("the", "an?", "it", "them", "and", *COLOURS, *KINDS))
    return re.compile(rf"\b({heads})((?: (?:{noun}))+) ({particles})\b(?! (?:the|an?)\b)")


ACTION: Final = _Lexicon(
    {verb: each.name for each in ACTIONS.values() for verb in (*each.verbs, *each.heard)}
)
ACTIVITY: Final = _Lexicon(
    {phrase: each.name for each in ACTIVITIES.values() for phrase in (each.name, *each.phrases)}
)
INCIDENT: Final = _Lexicon(_incidents())
GOAL: Final = _Lexicon(_names(GOALS))
PLACE: Final = _Lexicon(_names(PLACES))
PERSON: Final = _Lexicon(_names(PEOPLE))
ACTOR: Final = _Lexicon(_names((*PEOPLE, "C")))
COLOUR: Final = _Lexicon(_names(COLOURS))
THING: Final = _Lexicon(
    {f"{colour} {kind}": (kind, colour) for kind in KINDS for colour in COLOURS}
    | {kind: (kind, None) for kind in KINDS}
)
TOOL: Final = _Lexicon(
    _names(each.tool for each in ACTIONS.values() if each.tool is not None), ("with", "from", "using")
)
TARGET: Final = _Lexicon(
    _names((*(place.surface for place in PLACES.values()), *KINDS, *PEOPLE)),
    ("into", "out of", "from", "on", "to"),
)
IN_CONTAINERS: Final = tuple(each.name for each in ACTIONS.values() if each.with_other == "container")
GERUNDS: Final = {each.gerund: each.name for each in ACTIONS.values()}
STEP: Final = _Lexicon(_names((CUT, *GERUNDS, *KINDS)))
PARTICLES: Final = _with_particles()
WHOLE_VERBS: Final = frozenset(verb for each in ACTIONS.values() for verb in (*each.verbs, each.gerund))


def parse_facts(text: str, level: str) -> Facts:
    """Facts from a caption; what it does not say in known words is None or empty.

    Of a clip caption, the first clause counts: "C cuts the red apple after picking it up" is about cutting.

    Args:
        text: the caption.
        level: "clip", "segment" or "summary".

    Raises:
        ConfigError: if there is no such level.
    """
    check_level(level)
    plain = " ".join(re.findall(r"[a-z]+", text.lower()))
    if level == "clip":
        clauses = (part.strip() for part in END_OF_CLAUSE.split(plain))
        return _of_clause(_joined(next(filter(None, clauses), "")))
    goals, rest = GOAL.take(plain)
    places, people = PLACE.take(rest)[0], PERSON.take(rest)[0]
    activities, rest = ACTIVITY.take(rest)
    told = Facts(
        places=tuple(dict.fromkeys(places)), activities=activities, people=tuple(dict.fromkeys(people))
    )
    if level == "summary":
        return replace(told, goal=goals[0] if goals else None)
    incidents, rest = INCIDENT.take(rest)
    return replace(told, incidents=incidents, steps=tuple(_steps(_joined(rest))))


def _of_clause(clause: str) -> Facts:
    """Facts from a single clause about one event."""
    action, subject, rest = ACTION.split(clause)
    if action is None:
        rest = clause
    tool, before, after = TOOL.split(rest)
    rest = f"{before} {after}"
    place = PLACE.first(rest)
    target, before, _ = TARGET.split(rest)
    if action is not None and target is None:
        target = PERSON.first(rest)
    if action in IN_CONTAINERS and f" {ACTIONS[action].tail} " not in rest:
        action = None  # "takes" alone may mean anything
    kind, colour = THING.first(before) or (None, COLOUR.first(before))
    actors = ACTOR.take(subject)[0]
    return Facts(
        actor=actors[-1] if actors else None,
        action=action,
        object=kind,
        colour=colour,
        place=place,
        target=target,
        tool=tool,
    )


def _joined(text: str) -> str:
    """The text with verbs in one piece: "turns on the red lamp"."""

    def join(match: re.Match[str]) -> str:
        verb = f"{match[1]} {match[3]}"
        return f"{verb}{match[2]}" if verb in WHOLE_VERBS else match[0]

    return PARTICLES.sub(join, text)


def _steps(text: str) -> Iterator[Pair]:
    """Gerunds with the kinds of object that follow them: "washing the mug", "opening and wiping the box"."""
    actions: list[str] = []
    is_named = False
    for word in STEP.take(text)[0]:
        if word in GERUNDS:
            actions = [GERUNDS[word]] if is_named else [*actions, GERUNDS[word]]
            is_named = False
        elif word == CUT:
            actions, is_named = [], False
        else:
            yield from ((action, word) for action in actions)
            is_named = True

"""Questions about a script, whose wrong options are the answers of other scripts."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Final

from videorecap.defaults import NUM_QUESTIONS
from videorecap.sim.questions.causes import BREAK, FIRST_BREAK, MISHAP, VISIT, VISITORS
from videorecap.sim.questions.comparisons import ACTIONS_MOST, ENDS, HALVES, MOST, OBJECTS
from videorecap.sim.questions.digest import Digest
from videorecap.sim.questions.goals import FIRST_STEP, GOAL, LAST_STEP, REPEATED, STEP
from videorecap.sim.questions.orders import BEGINNINGS, MOMENTS, ROUTE
from videorecap.sim.questions.template import Claim, Template, sentence
from videorecap.sim.script import Script
from videorecap.sim.splits import SEEDS, split_of
from videorecap.sim.writer import sample_script

NUM_OPTIONS: Final = 5
MIN_SECONDS: Final = 180.0  # of a video, for questions about all of it to mean something
NUM_PEERS: Final = 12  # other scripts to choose the wrong options from
MANY: Final = 4  # topics that a choice of scripts must allow, for no other to be tried
GOAL_CHANCE: Final = 0.55  # of asking for the goal; otherwise all options come from videos of one goal
MAX_TRIES: Final = 3000  # seeds looked at for scripts of one goal
NO_SPLIT: Final = range(2_000_000_000, 2_100_000_000)  # seeds of other scripts, for a seed of no split
TEMPLATES: Final = (
    GOAL,
    STEP,
    FIRST_STEP,
    LAST_STEP,
    REPEATED,
    MOMENTS,
    BEGINNINGS,
    ROUTE,
    BREAK,
    FIRST_BREAK,
    MISHAP,
    VISIT,
    VISITORS,
    MOST,
    HALVES,
    ENDS,
    ACTIONS_MOST,
    OBJECTS,
)
RARER: Final = ("people", "places")  # topics that are only asked about where the others are exhausted
TOPICS: Final = tuple(dict.fromkeys(template.topic for template in TEMPLATES))


@dataclass(frozen=True, slots=True)
class SimQuestion:
    """A question about a whole script.

    Attributes:
        topic: one of ``TOPICS``.
        text: the question.
        options: five answers.
        answer: index of the right one.
    """

    topic: str
    text: str
    options: tuple[str, ...]
    answer: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A script that may give an option, and its answer to each template."""

    digest: Digest
    claims: tuple[Claim | None, ...]


def questions(script: Script, number: int = NUM_QUESTIONS) -> tuple[SimQuestion, ...]:
    """Questions about a script, always the same ones.

    Args:
        script: of three minutes or more; there are no questions about a shorter one.
        number: of questions at most; there are fewer where fewer have a clear answer.
    """
    if script.duration_seconds < MIN_SECONDS:
        return ()
    rng = random.Random(f"questions {script.seed} {script.duration_seconds:.3f}")
    asks_goal = rng.random() < GOAL_CHANCE
    peers = islice(_peers(script, rng, one_goal=not asks_goal), NUM_PEERS)
    five, ranks = _five(_candidate(script), map(_candidate, peers))
    return tuple(_ask(TEMPLATES[rank], rank, five, rng) for rank in _varied(ranks, rng)[:number])


def _candidate(script: Script) -> _Candidate:
    digest = Digest(script)
    return _Candidate(digest, tuple(template.claim(digest) for template in TEMPLATES))


def _peers(script: Script, rng: random.Random, *, one_goal: bool) -> Iterator[Script]:
    """Other scripts of the same split and duration; on request only those with the same goal."""
    split = split_of(script.seed)
    seeds = NO_SPLIT if split is None else SEEDS[split]
    for _ in range(MAX_TRIES):
        seed = rng.choice(seeds)
        if seed == script.seed or (one_goal and sample_script(seed, 1.0).goal != script.goal):
            continue
        peer = sample_script(seed, script.duration_seconds)
        if not one_goal or peer.goal == script.goal:
            yield peer


def _five(own: _Candidate, peers: Iterable[_Candidate]) -> tuple[list[_Candidate], list[int]]:
    """The script with four others, and the templates that all five answer, each in its own way.

    Peers are taken one by one until some five of them allow questions on enough topics.
    """
    met = [own]
    apart: dict[tuple[int, int], frozenset[int]] = {}
    wanted = min(MANY, _num_topics(rank for rank, claim in enumerate(own.claims) if claim is not None))
    best: tuple[int, ...] = ()
    most = frozenset[int]()
    for newest, peer in enumerate(peers, start=1):
        apart |= {(index, newest): _told_apart(one, peer) for index, one in enumerate(met)}
        met.append(peer)
        for others in combinations(range(1, newest), NUM_OPTIONS - 2):
            five = (0, *others, newest)
            ranks = frozenset.intersection(*(apart[pair] for pair in combinations(five, 2)))
            if _num_topics(ranks) > _num_topics(most):
                best, most = five, ranks
        if _num_topics(most) >= wanted:
            break
    return [met[index] for index in best], sorted(most)


def _num_topics(ranks: Iterable[int]) -> int:
    return len({TEMPLATES[rank].topic for rank in ranks})


def _told_apart(one: _Candidate, other: _Candidate) -> frozenset[int]:
    """The templates that two scripts answer, each with what is clearly false of the other."""
    return frozenset(
        rank
        for rank, (template, a, b) in enumerate(zip(TEMPLATES, one.claims, other.claims, strict=True))
        if a is not None
        and b is not None
        and template.is_denied(one.digest, b, a)
        and template.is_denied(other.digest, a, b)
    )


def _varied(ranks: Sequence[int], rng: random.Random) -> list[int]:
    """Templates in random order, those of topics not yet asked about first, and the goal before all."""
    left = rng.sample(list(ranks), len(ranks))
    order: list[int] = []
    while left:
        asked = [TEMPLATES[rank].topic for rank in order]
        rank = min(left, key=lambda rank: _urgency(TEMPLATES[rank].topic, asked))
        left.remove(rank)
        order.append(rank)
    return order


def _urgency(topic: str, asked: Sequence[str]) -> tuple[bool, int, bool]:
    """What comes first when topics are sorted by it."""
    return topic != GOAL.topic, asked.count(topic), topic in RARER


def _ask(template: Template, rank: int, five: Sequence[_Candidate], rng: random.Random) -> SimQuestion:
    """One question; the options are put in random order."""
    text, form = rng.choice(template.prompts), rng.choice(template.forms)
    order = rng.sample(range(NUM_OPTIONS), NUM_OPTIONS)
    options = [sentence(form, claim) for one in five if (claim := one.claims[rank]) is not None]
    return SimQuestion(
        topic=template.topic,
        text=text,
        options=tuple(options[index] for index in order),
        answer=order.index(0),
    )

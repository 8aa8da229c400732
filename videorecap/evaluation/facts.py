"""What captions of simulated videos say that is true: shares, each a sum of items over a sum of counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from videorecap.evaluation.answers import Answer
from videorecap.sim.facts import Facts, facts_of
from videorecap.sim.parse import parse_facts
from videorecap.sim.script import Script
from videorecap.sim.told import MAX_ACTIVITIES
from videorecap.types import Span

Column: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """A share, such as of the facts said those that are true.

    Attributes:
        items: what counts for it, float [answers].
        counts: out of how much, float [answers].
    """

    items: Column
    counts: Column

    @property
    def value(self) -> float:
        """Over all answers; 0 where nothing is counted."""
        total = float(self.counts.sum())
        return float(self.items.sum()) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    """What an answer says, and what is true of its span."""

    said: Facts
    truth: Facts
    main_activity: str


Count: TypeAlias = Callable[[Judged], tuple[float, float]]
"""What one answer adds to a share's items and counts."""


def judge(answers: Iterable[Answer], scripts: Mapping[str, Script], level: str) -> list[Judged]:
    """Read answers back into facts; one without a caption says nothing, but should.

    Args:
        answers: of one level.
        scripts: of the simulated videos, by id.
        level: "clip", "segment" or "summary".
    """
    judged = []
    for answer in answers:
        script, span = scripts[answer.sample.video], answer.sample.span
        said = Facts() if answer.text is None else parse_facts(answer.text, level)
        judged.append(Judged(said, facts_of(script, span, level), main_activity(script, span)))
    return judged


def shares(judged: Sequence[Judged], level: str) -> dict[str, Share]:
    """Every share that a level is scored by."""
    found = {}
    for name, count in SHARES[level].items():
        rows = np.array([count(one) for one in judged], dtype=np.float64).reshape(-1, 2)
        found[name] = Share(rows[:, 0], rows[:, 1])
    return found


def main_activity(script: Script, span: Span) -> str:
    """The activity that takes most of a window."""
    seconds: Counter[str] = Counter()
    for episode in script.episodes:
        seconds[episode.activity] += round(1000 * episode.span.overlap(span))
    return seconds.most_common(1)[0][0]


def _precision(one: Judged) -> tuple[float, float]:
    said = one.said.statements()
    return len(said & one.truth.statements()), len(said)


def _recall(one: Judged) -> tuple[float, float]:
    wanted = one.truth.core().statements()
    return len(one.said.statements() & wanted), len(wanted)


def _same(name: str) -> Count:
    """Whether a clip's caption tells a field as it is."""

    def count(one: Judged) -> tuple[float, float]:
        is_told = one.said.action is not None and getattr(one.said, name) == getattr(one.truth, name)
        return float(is_told), 1.0

    return count


def _main_activity(one: Judged) -> tuple[float, float]:
    """Whether the activity that takes most of a segment is named, among no more than a true caption names."""
    is_named = one.main_activity in one.said.activities
    return float(is_named and len(one.said.activities) <= MAX_ACTIVITIES), 1.0


def _all_activities(one: Judged) -> tuple[float, float]:
    return float(one.said.activities == one.truth.activities), 1.0


def _told_activities(one: Judged) -> tuple[float, float]:
    wanted = set(one.truth.activities)
    return len(wanted & set(one.said.activities)), len(wanted)


def _true_activities(one: Judged) -> tuple[float, float]:
    said = set(one.said.activities)
    return len(said & set(one.truth.activities)), len(said)


def _order(one: Judged) -> tuple[float, float]:
    """Of pairs of activities that are told and true, those told in the order of time."""
    places = {name: place for place, name in reversed(list(enumerate(one.truth.activities)))}
    told = [places[name] for name in dict.fromkeys(one.said.activities) if name in places]
    pairs = list(combinations(told, 2))
    return sum(first < second for first, second in pairs), len(pairs)


def _goal(one: Judged) -> tuple[float, float]:
    is_told = one.truth.goal is not None
    return float(is_told and one.said.goal == one.truth.goal), float(is_told)


CLIP_FIELDS: Final = ("actor", "action", "object", "colour")
PRECISION: Final = "facts precision"
RECALL: Final = "facts recall"
SHARES: Final[Mapping[str, Mapping[str, Count]]] = {
    "clip": {
        PRECISION: _precision,
        RECALL: _recall,
        **{name: _same(name) for name in CLIP_FIELDS},
    },
    "segment": {
        PRECISION: _precision,
        RECALL: _recall,
        "main activity": _main_activity,
        "all activities": _all_activities,
        "order": _order,
    },
    "summary": {
        PRECISION: _precision,
        RECALL: _recall,
        "activities recall": _told_activities,
        "activities precision": _true_activities,
        "order": _order,
        "goal": _goal,
    },
}

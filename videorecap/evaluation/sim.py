"""How often captions of simulated videos name what is true, beside chance."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from videorecap.sim.facts import LEVELS, Facts, facts_of
from videorecap.sim.parse import parse_facts
from videorecap.sim.script import Script
from videorecap.sim.told import MAX_ACTIVITIES
from videorecap.types import CaptionTree, Span

Answer = str | tuple[str, ...] | None


@dataclass
class Tally:
    """Answers to one question, over many windows.

    Attributes:
        truths: how often each answer was the true one.
        num_right: how often the true answer was given.
        num_named: how many answers were given in all; naming several at once is easier.
    """

    truths: Counter[Answer] = field(default_factory=Counter)
    num_right: int = 0
    num_named: int = 0

    def add(self, truth: Answer, *, is_right: bool, num_named: int = 1) -> None:
        """Count one question and its answers."""
        self.truths[truth] += 1
        self.num_right += is_right
        self.num_named += num_named

    @property
    def total(self) -> int:
        """Windows asked about."""
        return self.truths.total()

    @property
    def accuracy(self) -> float:
        """Right answers over windows; 0 where there is none."""
        return self.num_right / self.total if self.total else 0.0

    @property
    def chance(self) -> float:
        """What the best constant answer gets, if it may name as many as were named on average."""
        if not self.total:
            return 0.0
        constant = self.truths.most_common(max(1, math.ceil(self.num_named / self.total)))
        return sum(count for _, count in constant) / self.total


@dataclass
class FactCount:
    """Single facts over many captions: how many are said, are true, and should have been said.

    Attributes:
        num_said: facts that captions say.
        num_true: those of them that are true.
        num_wanted: facts that captions should say.
        num_told: those of them that they say.
    """

    num_said: int = 0
    num_true: int = 0
    num_wanted: int = 0
    num_told: int = 0

    def add(self, said: Facts, truth: Facts) -> None:
        """Count one caption; a place, surface or tool in a clip may be said but need not."""
        statements, wanted = said.statements(), truth.core().statements()
        self.num_said += len(statements)
        self.num_true += len(statements & truth.statements())
        self.num_wanted += len(wanted)
        self.num_told += len(statements & wanted)

    @property
    def precision(self) -> float:
        """True facts over facts said; 0 where none is said."""
        return self.num_true / self.num_said if self.num_said else 0.0

    @property
    def recall(self) -> float:
        """Facts told over facts that should be told; 0 where there is none."""
        return self.num_told / self.num_wanted if self.num_wanted else 0.0


def count_facts(pairs: Iterable[tuple[CaptionTree, Script]]) -> dict[str, FactCount]:
    """Precision and recall of single facts at each level, over simulated videos.

    A window without a caption says nothing, but should.
    """
    counts: dict[str, FactCount] = {}
    for tree, script in pairs:
        for level in LEVELS:
            for span, said in _said(tree, level):
                counts.setdefault(level, FactCount()).add(said, facts_of(script, span, level))
    return counts


def score(pairs: Iterable[tuple[CaptionTree, Script]]) -> dict[str, Tally]:
    """Questions about clips and segments, each with its tally, over simulated videos.

    A window without a caption counts as a wrong answer.

    - "actor", "action", "object", "colour": of a clip, those of the event that takes most of it.
    - "activity": the activity that takes most of a segment is among those named, which may be no more than
      a true description names.
    - "activities": all activities of a segment are named, in order, and no other.
    - "summary activities": each activity of the whole video that the summary should tell is told, counted
      one by one.
    - "summary precision": each activity that the summary tells is one that it should.
    """
    tallies: dict[str, Tally] = {}

    def add(question: str, truth: Answer, *, is_right: bool, num_named: int = 1) -> None:
        tallies.setdefault(question, Tally()).add(truth, is_right=is_right, num_named=num_named)

    for tree, script in pairs:
        for span, said in _said(tree, "clip"):
            truth = facts_of(script, span, "clip")
            for name in ("actor", "action", "object", "colour"):
                answer: Answer = getattr(truth, name)
                add(name, answer, is_right=said.action is not None and getattr(said, name) == answer)
        for span, said in _said(tree, "segment"):
            main = main_activity(script, span)
            is_right = main in said.activities and len(said.activities) <= MAX_ACTIVITIES
            add("activity", main, is_right=is_right, num_named=len(said.activities))
            told = facts_of(script, span, "segment").activities
            add("activities", told, is_right=said.activities == told)
        for span, said in _said(tree, "summary"):
            wanted = facts_of(script, span, "summary").activities
            for name in dict.fromkeys(wanted):
                add("summary activities", name, is_right=name in said.activities)
            for name in dict.fromkeys(said.activities):
                add("summary precision", name, is_right=name in wanted)
    return tallies


def main_activity(script: Script, span: Span) -> str:
    """The activity that takes most of a window."""
    seconds: Counter[str] = Counter()
    for episode in script.episodes:
        seconds[episode.activity] += round(1000 * episode.span.overlap(span))
    return seconds.most_common(1)[0][0]


def _said(tree: CaptionTree, level: str) -> Iterable[tuple[Span, Facts]]:
    """Every window of a level, and the facts its caption says."""
    if level not in tree.levels:
        return
    for caption in tree.at(level):
        yield caption.span, parse_facts(caption.text, level)
    captioned = {caption.span for caption in tree.at(level)}
    for gap in tree.gaps:
        if gap.level == level and gap.span not in captioned:
            yield gap.span, Facts()

"""How often captions of simulated videos name what is true, beside chance."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from videorecap.sim.facts import MAX_ACTIVITIES, Facts, facts_of, parse_facts
from videorecap.sim.script import Script
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


def score(pairs: Iterable[tuple[CaptionTree, Script]]) -> dict[str, Tally]:
    """Questions about clips and segments, each with its tally, over simulated videos.

    A window without a caption counts as a wrong answer.

    - "action", "object", "colour": of a clip, those of the event that takes most of it.
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
            for name in ("action", "object", "colour"):
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
    for episode in script.activities:
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

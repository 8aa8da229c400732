"""How often captions of simulated videos name the right action, object and activity, beside chance.

Chance is what the best constant answer would get: the share of the most frequent truth.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from videorecap.sim.facts import parse_facts, true_facts
from videorecap.sim.script import Script
from videorecap.types import CaptionTree


@dataclass
class Tally:
    """Answers to one question, over many windows.

    ``truths`` counts each true answer, ``num_right`` how often it was given.
    """

    truths: Counter[str] = field(default_factory=Counter)
    num_right: int = 0

    def add(self, truth: str, answer: str | None) -> None:
        """Count one answer."""
        self.truths[truth] += 1
        self.num_right += answer == truth

    @property
    def total(self) -> int:
        """Windows asked about."""
        return self.truths.total()

    @property
    def accuracy(self) -> float:
        """Share of right answers; 0 if there was no question."""
        return self.num_right / self.total if self.total else 0.0

    @property
    def chance(self) -> float:
        """Share that the best constant answer gets right."""
        return self.truths.most_common(1)[0][1] / self.total if self.total else 0.0

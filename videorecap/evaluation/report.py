"""The figures of one system at one level, each with its interval, and what they may be compared with."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final, TypeAlias

import numpy as np

from videorecap.errors import DataError
from videorecap.evaluation.answers import Answer
from videorecap.evaluation.facts import PRECISION, RECALL, judge, shares
from videorecap.evaluation.metrics import compute
from videorecap.evaluation.protocol import Protocol, fingerprint
from videorecap.evaluation.statistics import Bootstrap, Draws, Interval, interval, ratio
from videorecap.sim.script import Script

F1: Final = "facts F1"
REPEATED: Final = 3  # words of a run that counts as repeated when it comes again
Decoding: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and where it would lie on other videos, in 95 % of all cases, or None if nobody can tell."""

    value: float
    interval: Interval | None


@dataclass(frozen=True, kw_only=True)
class Report:
    """Scores of one level.

    Attributes:
        level: of the captions.
        fingerprint: of everything that makes figures comparable.
        protocol: its name.
        num_items: captions that are scored.
        num_videos: of which they are.
        num_missing: of the items, those without a caption; they are scored as empty.
        figures: by metric, share or measure, in the range that its definition has.
        draws: of each figure, for differences between systems.
    """

    level: str
    fingerprint: str
    protocol: str
    num_items: int
    num_videos: int
    num_missing: int
    figures: Mapping[str, Figure]
    draws: Mapping[str, Draws] = field(repr=False, compare=False)

    def as_json(self) -> dict[str, object]:
        """All but the draws."""
        figures = {name: asdict(figure) for name, figure in self.figures.items()}
        return {**{name: value for name, value in vars(self).items() if name != "draws"}, "figures": figures}


def report(
    answers: Sequence[Answer],
    level: str,
    protocol: Protocol,
    *,
    decoding: Decoding,
    scripts: Mapping[str, Script] | None = None,
    seed: int = 0,
) -> Report:
    """Score the captions of one level.

    Args:
        answers: those that are scored, as the protocol chooses them, in the order of the data.
        level: "clip", "segment" or "summary".
        protocol: how.
        decoding: how the captions were chosen, as configuration says; part of the fingerprint.
        scripts: of simulated videos, by id: then facts are counted as well.
        seed: of the bootstrap.

    Raises:
        DataError: if there are none.
        MetricError: if a metric stops in the middle.
    """
    if not answers:
        raise DataError(f"the data has no captions of level {level!r} to compare with")
    groups = [answer.sample.video for answer in answers]
    drawn = Bootstrap(groups, seed=seed)
    figures: dict[str, tuple[float, Draws]] = {}
    items = protocol.items((answer.text or "", answer.sample.texts) for answer in answers)
    for metric, score in compute(protocol.metrics, items).items():
        # of METEOR and BLEU, which are no means of items, the mean's draws, moved to their value
        shift = score.value - float(score.items.mean())
        figures[metric] = (score.value, drawn.means(score.items) + shift)
    if scripts is not None:
        figures |= _facts(answers, scripts, level, drawn)
    figures |= _forms(answers, drawn)
    return Report(
        level=level,
        fingerprint=fingerprint(
            protocol,
            level,
            decoding=decoding,
            references=_digest(answers, protocol),
            counts_facts=scripts is not None,
        ),
        protocol=protocol.name,
        num_items=len(answers),
        num_videos=len(set(groups)),
        num_missing=sum(answer.text is None for answer in answers),
        figures={name: Figure(value, interval(draws)) for name, (value, draws) in figures.items()},
        draws={name: draws for name, (_, draws) in figures.items()},
    )


def _facts(
    answers: Sequence[Answer], scripts: Mapping[str, Script], level: str, drawn: Bootstrap
) -> dict[str, tuple[float, Draws]]:
    """Shares of facts of which something is counted, and the F1 of their precision and recall.

    In draws where nothing is said there is no precision, but an F1, which is 0.
    """
    found = shares(judge(answers, scripts, level), level)
    counted = {name: one for name, one in found.items() if one.counts.any() or name in (PRECISION, RECALL)}
    figures = {name: (one.value, drawn.ratios(one.items, one.counts)) for name, one in counted.items()}
    (precision, _), (recall, recalls) = figures[PRECISION], figures[RECALL]
    precisions = ratio(drawn.sums(found[PRECISION].items), drawn.sums(found[PRECISION].counts))
    f1 = float(ratio(2 * precision * recall, precision + recall))
    return {**figures, F1: (f1, ratio(2 * precisions * recalls, precisions + recalls))}


def _forms(answers: Sequence[Answer], drawn: Bootstrap) -> dict[str, tuple[float, Draws]]:
    """How long captions are, in words, and how often they repeat themselves, or one another."""
    said = [(answer.text or "").lower().split() for answer in answers]
    lengths = np.array([len(words) for words in said], dtype=np.float64)
    repeats = np.array([_repeats(words) for words in said], dtype=np.float64)
    named = [(answer.sample.video, tuple(words)) for answer, words in zip(answers, said, strict=True)]
    times = Counter(one for one in named if one[1])
    again = np.array([times[one] > 1 for one in named], dtype=np.float64)
    columns = {"words": lengths, "repetition": repeats, "said again": again}
    return {name: (float(column.mean()), drawn.means(column)) for name, column in columns.items()}


def _repeats(words: Sequence[str]) -> float:
    """Share of the runs of three words that came before in the same caption."""
    runs = [tuple(words[first : first + REPEATED]) for first in range(len(words) - REPEATED + 1)]
    return 1 - len(set(runs)) / len(runs) if runs else 0.0


def _digest(answers: Iterable[Answer], protocol: Protocol) -> str:
    """Of what was to be said, as far as it is read, and of which spans."""
    digest = hashlib.sha256()
    for answer in answers:
        digest.update(json.dumps([answer.sample.id, *protocol.read(answer.sample.texts)]).encode())
    return digest.hexdigest()

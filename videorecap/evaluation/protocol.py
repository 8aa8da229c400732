"""How captions are compared with references, as data; figures of different protocols never stand together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Final, TypeVar

import videorecap
from videorecap.errors import ConfigError
from videorecap.evaluation.metrics import Item, Metric, versions
from videorecap.evaluation.tokens import Tokenizer, split
from videorecap.training.recipe import ClipSpans

FINGERPRINT_LENGTH: Final = 12  # hex digits

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """A way to score.

    Attributes:
        name: of the preset that it is, or a name of your own.
        metrics: in the order in which they are printed.
        tokenizer: splits texts into words, for metrics that do not split by themselves.
        lower_case: whether capitals count for nothing.
        max_references: most references of an item that are read, the first ones; None for all.
        every: by level, which items are scored: the first, and every n-th after it; all where not named.
        clips: which clips are scored, the annotated ones or the windows that videos are captioned in.
        split: of the data set.
    """

    name: str
    metrics: tuple[Metric, ...]
    tokenizer: Tokenizer = Tokenizer.SPACES
    lower_case: bool = True
    max_references: int | None = None
    every: Mapping[str, int] = field(default_factory=dict)
    clips: ClipSpans = ClipSpans.ANNOTATED
    split: str = "val"

    def __post_init__(self) -> None:
        if not self.metrics:
            raise ConfigError(f"protocol {self.name!r} needs a metric; there are {', '.join(Metric)}")
        if self.max_references is not None and self.max_references < 1:
            raise ConfigError(f"max_references is at least 1, or None for all; got {self.max_references}")

    def chosen(self, level: str, along: Sequence[T]) -> list[T]:
        """Those that are scored, of all spans of a level along the data."""
        return list(along[:: self.every.get(level, 1)])

    def read(self, references: Sequence[str]) -> tuple[str, ...]:
        """Those references of an item that count."""
        return tuple(references[: self.max_references])

    def items(self, pairs: Iterable[tuple[str, tuple[str, ...]]]) -> list[Item]:
        """Captions and their references as metrics read them: stripped, lowered, split."""
        listed = [(text, self.read(references)) for text, references in pairs]
        words = iter(
            split([self._plain(text) for one, many in listed for text in (one, *many)], self.tokenizer)
        )
        return [Item(next(words), tuple(next(words) for _ in references)) for _, references in listed]

    def _plain(self, text: str) -> str:
        return text.strip().lower() if self.lower_case else text.strip()


AUTHORS: Final = Protocol(
    name="authors",
    metrics=(Metric.CIDER, Metric.ROUGE_LSUM, Metric.METEOR),
    max_references=1,
    every={"clip": 100},
)
"""The protocol of the paper's figures.

Source: the authors' evaluation script: nlg-eval's CIDEr and METEOR, rouge_score's rougeLsum (printed as
ROUGE-L), in lower case, one reference, every 100th clip of the validation set, greedy decoding.
"""

COCO: Final = Protocol(
    name="coco",
    metrics=(
        Metric.CIDER_D,
        Metric.ROUGE_L,
        Metric.METEOR,
        Metric.BLEU_1,
        Metric.BLEU_2,
        Metric.BLEU_3,
        Metric.BLEU_4,
    ),
    tokenizer=Tokenizer.PTB,
)
"""COCO's caption evaluation: all references, without punctuation."""

WORLD: Final = replace(
    AUTHORS,
    name="world",
    metrics=tuple(Metric),
    max_references=None,
    every={},
    clips=ClipSpans.WINDOWS,
    split="test",
)
"""Of the simulated world: every metric, all references, all windows of videos that nothing learns from."""

PROTOCOLS: Final[Mapping[str, Protocol]] = {one.name: one for one in (AUTHORS, COCO, WORLD)}


def fingerprint(
    protocol: Protocol,
    level: str,
    *,
    decoding: Mapping[str, object],
    references: str,
    counts_facts: bool = False,
) -> str:
    """What a figure is comparable under: two figures with different ones are not.

    Args:
        protocol: whose name alone changes nothing, nor does what it says of other levels.
        level: of the captions.
        decoding: how captions were chosen, as configuration says.
        references: digest of what was to be said, so of the data and of which items are scored.
        counts_facts: whether captions are read back into facts, which this release does in its own way.

    Returns:
        12 hex digits.
    """
    facts = {"videorecap": videorecap.__version__} if counts_facts else {}
    stated = asdict(protocol) | {
        "every": protocol.every.get(level, 1),
        "versions": {**versions(protocol.metrics), **facts},
        "decoding": dict(decoding),
        "references": references,
    }
    del stated["name"]
    canonical = json.dumps(stated, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:FINGERPRINT_LENGTH]

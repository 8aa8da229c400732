"""Caption metrics, each computed by the package that the field takes its figures from."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pycocoevalcap.bleu.bleu import Bleu  # type: ignore[import-untyped]
from pycocoevalcap.cider.cider import Cider  # type: ignore[import-untyped]
from pycocoevalcap.rouge.rouge import Rouge  # type: ignore[import-untyped]
from rouge_score.rouge_scorer import RougeScorer  # type: ignore[import-untyped]

from videorecap.errors import DataError
from videorecap.evaluation.meteor import JAVA, Meteor

MAX_ORDER: Final = 4  # of BLEU's n-grams


class Metric(StrEnum):
    """What captions are scored by.

    CIDEr as the coco-caption package, and nlg-eval after it, compute it is CIDEr-D: counts are clipped, and
    other lengths cost. Both names are kept, since papers print both; for the same words they are one figure.
    """

    CIDER = "CIDEr"
    CIDER_D = "CIDEr-D"
    METEOR = "METEOR"
    ROUGE_L = "ROUGE-L"  # coco-caption's, which weighs recall more
    ROUGE_LSUM = "rougeLsum"  # the rouge_score package's, F1 over lines
    BLEU_1 = "BLEU-1"
    BLEU_2 = "BLEU-2"
    BLEU_3 = "BLEU-3"
    BLEU_4 = "BLEU-4"


@dataclass(frozen=True, slots=True)
class Item:
    """A caption and what it should say, both as their metric wants them.

    Attributes:
        prediction: may be empty, where nothing was written.
        references: at least one.
    """

    prediction: str
    references: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.references:
            raise DataError(f"an item needs at least one reference, got none for {self.prediction!r}")


@dataclass(frozen=True, eq=False)
class Score:
    """A figure, in the metric's own range, which is 0 to 1, and for CIDEr 0 to 10.

    Attributes:
        value: of all items; of METEOR and BLEU that is not the mean of the items' own.
        items: of each alone, float [items]; of CIDEr with the document frequencies of all.
    """

    value: float
    items: NDArray[np.float64]


Texts: TypeAlias = dict[int, list[str]]


def compute(metrics: Collection[Metric], items: Sequence[Item]) -> dict[Metric, Score]:
    """Each metric of a set of captions; those that this machine cannot compute are not in the result.

    Args:
        metrics: which.
        items: whose texts are split into words at spaces, except by rougeLsum and METEOR, which split
            by themselves.

    Raises:
        DataError: if there are no items.
        MetricError: if a metric stops in the middle.
    """
    if not items:
        raise DataError("captions to score are needed, got none")
    missing = unavailable(metrics)
    wanted = [metric for metric in metrics if metric not in missing]
    references: Texts = {number: list(item.references) for number, item in enumerate(items)}
    predictions: Texts = {number: [item.prediction] for number, item in enumerate(items)}
    found: dict[Metric, Score] = {}
    for family in dict.fromkeys(_FAMILIES[metric] for metric in wanted):
        found.update(family(references, predictions))
    return {metric: found[metric] for metric in wanted}


def unavailable(metrics: Collection[Metric]) -> dict[Metric, str]:
    """Those that this machine cannot compute, and why, in one line."""
    if Metric.METEOR in metrics and shutil.which(JAVA) is None:
        return {Metric.METEOR: f"METEOR is left out: it needs Java, and there is no {JAVA!r} on the path"}
    return {}


def versions(metrics: Iterable[Metric]) -> dict[str, str]:
    """Of the packages that compute them."""
    packages = {"rouge_score" if metric == Metric.ROUGE_LSUM else "pycocoevalcap" for metric in metrics}
    return {package: version(package) for package in sorted(packages)}


def _cider(references: Texts, predictions: Texts) -> dict[Metric, Score]:
    score = _score(Cider().compute_score(references, predictions))
    return {Metric.CIDER: score, Metric.CIDER_D: score}


def _rouge_l(references: Texts, predictions: Texts) -> dict[Metric, Score]:
    return {Metric.ROUGE_L: _score(Rouge().compute_score(references, predictions))}


def _bleu(references: Texts, predictions: Texts) -> dict[Metric, Score]:
    orders = (Metric.BLEU_1, Metric.BLEU_2, Metric.BLEU_3, Metric.BLEU_4)
    values, items = Bleu(MAX_ORDER).compute_score(references, predictions, verbose=0)
    return {order: _score(pair) for order, pair in zip(orders, zip(values, items, strict=True), strict=True)}


def _rouge_lsum(references: Texts, predictions: Texts) -> dict[Metric, Score]:
    scorer = RougeScorer([Metric.ROUGE_LSUM])
    items = np.array(
        [
            scorer.score_multi(listed, predictions[number][0])[Metric.ROUGE_LSUM].fmeasure
            for number, listed in references.items()
        ]
    )
    return {Metric.ROUGE_LSUM: Score(float(items.mean()), items)}


def _meteor(references: Texts, predictions: Texts) -> dict[Metric, Score]:
    with Meteor() as process:
        counted = [
            process.statistics(predictions[number][0], listed) for number, listed in references.items()
        ]
        return {Metric.METEOR: _score(process.scores(counted))}


def _score(found: tuple[Any, Any]) -> Score:
    value, items = found
    return Score(float(value), np.asarray(items, dtype=np.float64))


_FAMILIES: Final[Mapping[Metric, Callable[[Texts, Texts], dict[Metric, Score]]]] = {
    Metric.CIDER: _cider,
    Metric.CIDER_D: _cider,
    Metric.METEOR: _meteor,
    Metric.ROUGE_L: _rouge_l,
    Metric.ROUGE_LSUM: _rouge_lsum,
    Metric.BLEU_1: _bleu,
    Metric.BLEU_2: _bleu,
    Metric.BLEU_3: _bleu,
    Metric.BLEU_4: _bleu,
}

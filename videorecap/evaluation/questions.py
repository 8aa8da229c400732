"""Multiple choice: scoring, and readers that see only the questions.

What those readers get beyond chance is what the questions give away about themselves, without the video.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from videorecap.errors import DataError

WORD: Final = re.compile(r"[a-z0-9']+")
NUM_NEIGHBOURS: Final = 25
SMOOTHING: Final = 1.0  # added to each count
NUM_STEPS: Final = 300  # of fitting weights
LEARNING_RATE: Final = 0.3
WEIGHT_DECAY: Final = 2e-3
Vector: TypeAlias = NDArray[np.float64]


class MultipleChoice(Protocol):
    """What is needed of a question; of ``sim.questions`` and of ``data.annotations`` both have it."""

    @property
    def text(self) -> str:
        """The question."""

    @property
    def options(self) -> tuple[str, ...]:
        """The answers to choose from."""

    @property
    def answer(self) -> int | None:
        """Index of the right option, or None if it is not known."""

    @property
    def topic(self) -> str | None:
        """Kind of question, or None."""


Reader: TypeAlias = Callable[[MultipleChoice], int]
"""Picks an option: its index."""


def accuracy(questions: Sequence[MultipleChoice], answers: Sequence[int]) -> float:
    """Share of the questions answered rightly.

    Args:
        questions: at least one, each with its answer.
        answers: index of an option for each of them.

    Raises:
        DataError: if there are no questions, one has no answer, or the numbers differ.
    """
    if not questions or len(questions) != len(answers):
        raise DataError(f"one answer a question is needed, got {len(answers)} for {len(questions)}")
    right = (right_option(question) == answer for question, answer in zip(questions, answers, strict=True))
    return sum(right) / len(questions)


def right_option(question: MultipleChoice) -> int:
    """Index of the right option.

    Raises:
        DataError: if it is not known.
    """
    if question.answer is None:
        raise DataError(f"this question has no public answer: {question.text!r}")
    return question.answer


def readers(training: Sequence[MultipleChoice]) -> dict[str, Reader]:
    """Every reader that sees only the questions.

    Args:
        training: questions with answers, for those that learn; no others are shown to them.

    Raises:
        DataError: if there are none, or one has no answer.
    """
    if not training:
        raise DataError("readers learn from questions with answers, got none")
    return {
        "prior": naive_bayes(training),
        "weights": learned_weights(training),
        "nearest neighbour": nearest_neighbour(training),
        "longest": lambda question: _best([len(option) for option in question.options]),
        "shortest": lambda question: _best([-len(option) for option in question.options]),
        "most typical": lambda question: _best(typicality(question.options)),
        "odd one out": lambda question: _best([-shared for shared in typicality(question.options)]),
        "question words": lambda question: _best(
            [overlap(question.text, option) for option in question.options]
        ),
    }


def naive_bayes(training: Iterable[MultipleChoice]) -> Reader:
    """Picks the option whose words and pairs of words make it most likely to be right, given the topic."""
    rights, wrongs = Counter[str](), Counter[str]()
    num_rights = num_wrongs = 0
    for question in training:
        right = right_option(question)
        num_rights, num_wrongs = num_rights + 1, num_wrongs + len(question.options) - 1
        for index, option in enumerate(question.options):
            (rights if index == right else wrongs).update(_features(question, option))
    ratio = num_wrongs / num_rights

    def odds(feature: str) -> float:
        return math.log((rights[feature] + SMOOTHING) / (wrongs[feature] + SMOOTHING * ratio) * ratio)

    def answer(question: MultipleChoice) -> int:
        return _best([sum(map(odds, _features(question, option))) for option in question.options])

    return answer


def learned_weights(training: Sequence[MultipleChoice]) -> Reader:
    """Picks by weights of words, typicality and length, fitted so that right options win."""
    names = sorted({name for one in training for option in one.options for name in _tagged(one, option)})
    index = {name: place for place, name in enumerate(names)}
    inputs = np.stack([_option_vectors(question, index) for question in training])
    rights = np.array([right_option(question) for question in training])
    weights = np.zeros(inputs.shape[-1], dtype=np.float32)
    for _ in range(NUM_STEPS):
        scores = inputs @ weights
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        shares[np.arange(len(rights)), rights] -= 1
        slope = np.tensordot(shares, inputs, axes=2) / len(rights)
        weights -= LEARNING_RATE * (slope + WEIGHT_DECAY * weights)
    return lambda question: _best((_option_vectors(question, index) @ weights).tolist())


def nearest_neighbour(training: Sequence[MultipleChoice]) -> Reader:
    """Picks the option most like the right answers of the training questions most like this one."""
    texts = [" ".join((question.text, *question.options)) for question in training]
    rarity = _rarity([text for one in training for text in (one.text, *one.options)])
    asked = np.stack([_tf_idf(text, rarity) for text in texts])
    told = np.stack([_tf_idf(one.options[right_option(one)], rarity) for one in training])

    def answer(question: MultipleChoice) -> int:
        likeness = asked @ _tf_idf(" ".join((question.text, *question.options)), rarity)
        nearest = np.argsort(-likeness, kind="stable")[:NUM_NEIGHBOURS]
        likes = [told[nearest] @ _tf_idf(option, rarity) for option in question.options]
        return _best([float(like @ likeness[nearest]) for like in likes])

    return answer


def typicality(options: Sequence[str]) -> list[float]:
    """For each option, the mean share of its words that another option has too."""
    return [
        sum(overlap(other, option) for place, other in enumerate(options) if place != index)
        / max(1, len(options) - 1)
        for index, option in enumerate(options)
    ]


def overlap(text: str, option: str) -> float:
    """Share of an option's different words that a text has."""
    said = set(words(option))
    return len(said & set(words(text))) / max(1, len(said))


def words(text: str) -> list[str]:
    """Lower-case words of a text."""
    return WORD.findall(text.lower())


def _best(scores: Sequence[float]) -> int:
    """Index of the greatest; the first of equals."""
    return max(range(len(scores)), key=lambda index: scores[index])


def _features(question: MultipleChoice, option: str) -> list[str]:
    """Words and pairs of words of an option, with and without the topic."""
    said = words(option)
    names = dict.fromkeys([*said, *(f"{a} {b}" for a, b in pairwise(said))])
    return [*names, *(f"{question.topic}: {name}" for name in names)]


def _tagged(question: MultipleChoice, option: str) -> list[str]:
    """Different words of an option, with and without the topic."""
    said = dict.fromkeys(words(option))
    return [*said, *(f"{question.topic}: {word}" for word in said)]


def _option_vectors(question: MultipleChoice, index: Mapping[str, int]) -> NDArray[np.float32]:
    """What weights are fitted to: number of options x number of features."""
    vectors = np.zeros((len(question.options), len(index) + 2), dtype=np.float32)
    for row, option in enumerate(question.options):
        vectors[row, [index[name] for name in _tagged(question, option) if name in index]] = 1
        vectors[row, -1] = len(option) / 100
    vectors[:, -2] = typicality(question.options)
    return vectors


def _rarity(texts: Sequence[str]) -> dict[str, tuple[int, float]]:
    """Index and inverse document frequency of each word."""
    found = Counter(word for text in texts for word in set(words(text)))
    return {
        word: (place, math.log(len(texts) / count))
        for place, (word, count) in enumerate(sorted(found.items()))
    }


def _tf_idf(text: str, rarity: Mapping[str, tuple[int, float]]) -> Vector:
    """Words of a text weighted by rarity, as a vector of length 1 (or 0 where no word is known)."""
    vector = np.zeros(len(rarity))
    for word in words(text):
        if word in rarity:
            place, weight = rarity[word]
            vector[place] += weight
    return vector / (np.linalg.norm(vector) or 1.0)

"""Question answering over captions, scored: EgoSchema's protocol, on any questions with options.

Source: Video ReCap, section 6.2 and Table 3.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from videorecap.data.annotations import Annotation, Question, VideoAnnotations
from videorecap.data.workers import Advance
from videorecap.errors import DataError
from videorecap.evaluation.report import Figure
from videorecap.evaluation.statistics import Bootstrap, Draws, interval
from videorecap.outputs.files import write_aside
from videorecap.qa import Choice, Reading, check_options

Chooser: TypeAlias = Callable[[Question, Sequence[Annotation], Reading], Choice]
"""Picks an option from the captions of a level, or of all."""
SAME_ID: Final = "two questions have the same id, which a submission cannot tell apart"
UNPARSED: int = 0  # what a submission says where no option was named; the server wants one for each


@dataclass(frozen=True, slots=True)
class Answered:
    """A question of a video, and what was chosen."""

    video: str
    question: Question
    choice: Choice

    @property
    def is_right(self) -> bool:
        """Whether the right option was chosen; one that is not public never is."""
        return self.choice.option is not None and self.choice.option == self.question.answer


@dataclass(frozen=True, kw_only=True)
class QaReport:
    """How many questions were answered rightly.

    Attributes:
        num_questions: with a public answer.
        num_unparsed: of these, those of which no option was chosen; they count as wrong.
        accuracy: share of right ones, with its interval over videos.
        chance: of guessing.
        topics: accuracy and number of questions by topic.
        draws: of the accuracy, for differences.
    """

    num_questions: int
    num_unparsed: int
    accuracy: Figure
    chance: float
    topics: Mapping[str, tuple[float, int]]
    draws: Draws

    def as_json(self) -> dict[str, object]:
        """All but the draws."""
        return {
            "questions": self.num_questions,
            "unparsed": self.num_unparsed,
            "accuracy": self.accuracy.value,
            "interval": (over := self.accuracy.interval) and [over.low, over.high],
            "chance": self.chance,
            "topics": {name: {"accuracy": value, "questions": n} for name, (value, n) in self.topics.items()},
        }


def check_questions(videos: Iterable[VideoAnnotations], *, is_submitted: bool = False) -> None:
    """See that questions can be answered.

    Args:
        videos: with questions.
        is_submitted: whether the answers will be told apart by the questions' ids alone.

    Raises:
        DataError: if a question has no options to choose from, or more than letters, or two have an id.
    """
    seen: set[str] = set()
    for question in (one for video in videos for one in video.questions):
        check_options(question)
        if is_submitted and question.id in seen:
            raise DataError(SAME_ID)
        seen.add(question.id)


def answer_all(
    videos: Sequence[VideoAnnotations],
    captions: Mapping[str, Sequence[Annotation]],
    reading: Reading,
    choose: Chooser,
    advance: Advance = lambda _: None,
) -> list[Answered]:
    """Answer every question of the videos.

    Args:
        videos: with questions.
        captions: by video, of every level there is.
        reading: which of them are read.
        choose: who answers.
        advance: told of every question that is answered.

    Raises:
        DataError: if a question has no options to choose from, or more than letters.
    """
    check_questions(videos)
    answered = []
    for video in videos:
        for question in video.questions:
            choice = choose(question, captions.get(video.video, ()), reading)
            answered.append(Answered(video.video, question, choice))
            advance(1)
    return answered


def qa_report(answered: Sequence[Answered], *, seed: int = 0) -> QaReport:
    """Score the answers that are public.

    Raises:
        DataError: if none is.
    """
    known = [one for one in answered if one.question.answer is not None]
    if not known:
        raise DataError("none of the questions has a public answer; write a submission instead")
    right = np.array([one.is_right for one in known], dtype=np.float64)
    draws = Bootstrap([one.video for one in known], seed=seed).means(right)
    by_topic: dict[str, list[bool]] = defaultdict(list)
    for one in known:
        by_topic[one.question.topic or "any"].append(one.is_right)
    return QaReport(
        num_questions=len(known),
        num_unparsed=sum(one.choice.option is None for one in known),
        accuracy=Figure(float(right.mean()), interval(draws)),
        chance=float(np.mean([1 / len(one.question.options) for one in known])),
        topics={name: (sum(rights) / len(rights), len(rights)) for name, rights in sorted(by_topic.items())},
        draws=draws,
    )


def write_submission(answered: Sequence[Answered], path: Path) -> int:
    """Write ``{q_uid: option}``, as the public server takes it.

    Returns:
        How many have option 0 because none was chosen; the server wants an option for each.

    Raises:
        DataError: if two questions have the same id.
        OutputError: if it cannot be written.
    """
    options = {
        one.question.id: UNPARSED if one.choice.option is None else one.choice.option for one in answered
    }
    if len(options) < len(answered):
        raise DataError(SAME_ID)
    write_aside(path, json.dumps(options, indent=2) + "\n", make_folder=True)
    return sum(one.choice.option is None for one in answered)

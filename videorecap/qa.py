"""Multiple-choice questions about a video, answered by a language model that reads its captions.

Source: Video ReCap, section 6.2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from string import Template, ascii_uppercase
from typing import Final

from videorecap.data.annotations import Annotation, Question
from videorecap.data.levels import CLIP, SEGMENT, SUMMARY
from videorecap.errors import DataError
from videorecap.llm import LlmClient, LlmError

PROMPT_FILE: Final = "qa_prompt.txt"
LETTERS: Final = ascii_uppercase  # that name options
HEADS: Final = {
    SUMMARY: "Summary of the whole video",
    SEGMENT: "Steps, with the time at which each begins",
    CLIP: "Actions, with the time of each",
}
SAID: Final = re.compile(
    r"\b(?i:answer|option|choice)\b(?:\s+is)?\s*[:=]?\s*[\"'*(\[]*"
    r"([AC]\b(?!\s+(?!(?:or|and|because|since|as)\b)[a-z])"  # not of "A man", "C cooks"
    r"|[BD-Z]\b|[a-z](?=[)\]]))"
)
ALONE: Final = re.compile(r"^[\s\"'*(\[]*([A-Z])(?:[)\].:\"*]|'(?!s\b)|[ \t]*(?:\n|$))")


class Reading(StrEnum):
    """Which captions the language model reads."""

    NONE = "none"
    CLIPS = "clips"
    ALL = "all"


LEVELS: Final = {
    Reading.NONE: (),
    Reading.CLIPS: (CLIP,),
    Reading.ALL: (SUMMARY, SEGMENT, CLIP),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a language model chose.

    Attributes:
        option: index of the option; None if its words name none, or it did not answer.
        words: what it said; or why it said nothing.
    """

    option: int | None
    words: str


def choose(question: Question, captions: Sequence[Annotation], reading: Reading, client: LlmClient) -> Choice:
    """Ask a language model; nothing is guessed where it names no option.

    Args:
        question: with 2 to 26 options.
        captions: of the video, of every level there is.
        reading: which of them are shown.
        client: who answers.
    """
    try:
        words = client.complete(prompt(question, captions, reading))
    except LlmError as error:
        return Choice(None, str(error))
    return Choice(parse_choice(words, question.options), words)


def check_options(question: Question) -> None:
    """See that there is something to choose, and that letters name it.

    Raises:
        DataError: if there is not.
    """
    if not 2 <= len(question.options) <= len(LETTERS):
        raise DataError(
            f"question {question.id!r} has {len(question.options)} options; 2 to {len(LETTERS)} are needed"
        )


def prompt(question: Question, captions: Sequence[Annotation], reading: Reading) -> str:
    """What a language model is told: the captions, highest level first, then the question.

    Args:
        question: that is asked.
        captions: of the video.
        reading: which of them are shown.

    Raises:
        DataError: if letters do not name its options, or there is nothing to choose.
    """
    check_options(question)
    shown = [_block(level, captions) for level in LEVELS[reading]]
    told = "\n\n".join(block for block in shown if block) or "(nothing is known of the video)"
    options = "\n".join(f"{LETTERS[n]}. {text}" for n, text in enumerate(question.options))
    template = files("videorecap").joinpath(PROMPT_FILE).read_text(encoding="utf-8")
    last = LETTERS[len(question.options) - 1]
    return Template(template).substitute(captions=told, question=question.text, options=options, last=last)


def _block(level: str, captions: Sequence[Annotation]) -> str:
    """Captions of a level, one in a line; the same caption again and again is told once."""
    lines: list[str] = []
    before = None
    for item in sorted((item for item in captions if item.level == level), key=lambda item: item.span):
        if item.caption != before:
            lines.append(item.caption if level == SUMMARY else f"{item.span.start:.0f} s: {item.caption}")
        before = item.caption
    return f"{HEADS[level]}:\n" + "\n".join(lines) if lines else ""


def parse_choice(words: str, options: Sequence[str]) -> int | None:
    """Index of the option that an answer names: by its letter, or in full; None if it names none, or two."""
    letters = LETTERS[: len(options)]
    first = ALONE.match(words.strip())
    named = [match.upper() for match in SAID.findall(words)]
    found = {letter for letter in ([first[1]] if first else []) + named if letter in letters}
    if not found:
        text = words.lower()
        found = {letters[n] for n, option in enumerate(options) if option.lower().strip(" .") in text}
    return letters.index(found.pop()) if len(found) == 1 else None

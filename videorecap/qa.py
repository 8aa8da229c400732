"""Multiple-choice questions about a video, answered by a language model that reads its captions.

Source: Video ReCap, section 6.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from string import Template, ascii_uppercase
from typing import Final

from videorecap.data.annotations import Annotation, Question
from videorecap.data.levels import CLIP, SEGMENT, SUMMARY
from videorecap.errors import DataError
from videorecap.llm import CutError, LlmClient, LlmError

PROMPT_FILE: Final = "qa_prompt.txt"
LETTERS: Final = ascii_uppercase  # that name options
HEADS: Final = {
    SUMMARY: "Summary of the whole video",
    SEGMENT: "Steps, with the time at which each begins",
    CLIP: "Actions, with the time of each",
}
LETTER: Final = (
    r"[\"'(\[]*([AC]\b(?!\s+(?!(?:or|and|because|since|as|is)\b)[a-z])"  # not of "A man", "C cooks"
    r"|[BD-Z]\b|[a-z](?=\s*(?:[.,;)\]\"']|$)))[\"')\]]*"
)
CALLED: Final = r"(?i:answer|option|choice)\b"
SAID: Final = re.compile(rf"\b{CALLED}(?:\s+is)?\s*[:=]?\s*{LETTER}")
ALONE: Final = re.compile(r"^[\s\"'(\[]*([A-Z])(?:[)\].:\"]+|'(?!s\b)|[ \t]*(?:\n|$))|^\s*([a-z])[.)]?\s*$")
ALSO: Final = re.compile(rf"\s*(?:,|/|&|\bor\b|\band\b)\s*(?:{CALLED}\s*)?{LETTER}")
REJECTED: Final = re.compile(
    rf"(?i:\bnot|n't|\bneither|\bnor|\bexcludes?|\beliminates?|\brul(?:e|es|ed|ing) out)\s+(?:the\s+)?"
    rf"(?:{CALLED}\s*)?{LETTER}"
    rf"|{LETTER}\s+(?:is|are|was|seems|looks)(?:\s+\w+)?(?:\s+not|n't|\s+(?:wrong|incorrect|false|unlikely))\b"
)
WITHDRAWN: Final = re.compile(r"(?i)\b(?:wait|actually|correction|on second thoughts?)\b")
MARKUP: Final = re.compile(r"\\(?:boxed|text\w*|mathrm|mathbf)|[*_`${}\\]")


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

    An answer that is cut may have named its option before; so much of it as there is is read.

    Args:
        question: with 2 to 26 options.
        captions: of the video, of every level there is.
        reading: which of them are shown.
        client: who answers.
    """
    try:
        words = client.complete(prompt(question, captions, reading))
    except CutError as error:
        return Choice(parse_choice(error.text, question.options), error.text or str(error))
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
    """Index of the option that an answer names: by its letter, or in full.

    Args:
        words: the answer; Markdown and LaTeX around a letter count for nothing.
        options: of the question.

    Returns:
        None if it names none, or several, or takes back what it says.
    """
    told = MARKUP.sub("", words).strip()
    if WITHDRAWN.search(told):
        return None
    letters = LETTERS[: len(options)]
    rejected = {_letter(match) for match in REJECTED.finditer(told)}
    named = set(_named(told))
    if named or rejected:
        found = {letters.index(letter) for letter in named - rejected if letter in letters}
    else:
        found = _quoted(told.lower(), [option.lower().strip(" .") for option in options])
    return found.pop() if len(found) == 1 else None


def _named(words: str) -> Iterator[str]:
    """The letters that stand for options, with those that stand beside them in a list."""
    for match in (*ALONE.finditer(words), *SAID.finditer(words)):
        also: re.Match[str] | None = match
        while also is not None:
            yield _letter(also)
            also = ALSO.match(words, also.end())


def _letter(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group is not None).upper()


def _quoted(words: str, options: Sequence[str]) -> set[int]:
    """The options that an answer has in full; one of a single word must be all of it.

    One that is a part of another that is there is not meant.
    """
    there = {
        number: option
        for number, option in enumerate(options)
        if option and (words.strip(" .!\"'") == option or (" " in option and _has(words, option)))
    }
    return {
        number
        for number, option in there.items()
        if not any(option != other and _has(other, option) for other in there.values())
    }


def _has(words: str, phrase: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", words) is not None

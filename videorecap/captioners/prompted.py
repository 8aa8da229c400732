"""A language model that is told in words what to write: the zero-shot systems of the paper.

Source: Video ReCap, section 5 (LaViLa + GPT3.5, BLIP2 + GPT3.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template

from videorecap.captioners.base import CaptionRequest, Written
from videorecap.errors import ConfigError
from videorecap.llm import LlmClient, LlmError

PROMPTED_LEVELS = ("segment", "summary")


@dataclass(frozen=True)
class PromptedCaptioner:
    """Writes from the captions below alone; a request that is not answered fails by itself.

    Attributes:
        client: who is asked.
    """

    client: LlmClient

    def write(self, requests: Sequence[CaptionRequest]) -> list[Written]:
        """Ask once for each request."""
        return [self._write(request) for request in requests]

    def _write(self, request: CaptionRequest) -> Written:
        try:
            words = self.client.complete(prompt(request))
        except LlmError as error:
            return Written("", failure=str(error))
        text = " ".join(words.split()).strip('"')
        return Written(text) if text else Written("", failure=f"{self.client.name} wrote nothing")


def prompt(request: CaptionRequest) -> str:
    """What a language model is told: captions in order, neighbours that repeat once.

    Raises:
        ConfigError: if there are no words for the level.
    """
    name = request.level.name
    if name not in PROMPTED_LEVELS:
        raise ConfigError(f"a language model is prompted for {', '.join(PROMPTED_LEVELS)}, not for {name!r}")
    lines = [text for n, text in enumerate(request.texts) if n == 0 or text != request.texts[n - 1]]
    return Template(templates()[name]).substitute(captions="\n".join(lines))


@cache
def templates() -> dict[str, str]:
    """The words in which captions are asked for, by level; other words make other captions."""
    folder = files("videorecap.captioners").joinpath("prompts")
    return {name: folder.joinpath(f"{name}.txt").read_text(encoding="utf-8") for name in PROMPTED_LEVELS}

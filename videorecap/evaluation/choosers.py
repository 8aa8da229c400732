"""Who answers questions, by what the command line says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from videorecap.build import pick_device
from videorecap.evaluation.egoschema import Chooser
from videorecap.evaluation.embedding import ModelEmbedder, WordEmbedder, most_alike
from videorecap.llm import open_client
from videorecap.qa import choose

Asker: TypeAlias = Callable[[Sequence[str]], Chooser]
"""Who answers, once the captions and questions are known; words that are rare in them count more."""
WORDS: Final = "words"
EMBEDDING: Final = "embedding"


def is_language_model(by: str) -> bool:
    """Whether questions are asked of a language model."""
    return by.partition(":")[0] not in (WORDS, EMBEDDING)


def open_asker(by: str, *, url: str | None = None, record: Path | None = None, device: str = "auto") -> Asker:
    """A language model, or the option most like the captions.

    Args:
        by: "server:NAME", "local:DIR" or "record" for a language model; "words", or "embedding:DIR" with an
            encoder of ``transformers``, for likeness.
        url: of a server.
        record: of a language model's answers.
        device: of a model that is loaded here.

    Raises:
        ConfigError: if it is none of these, an encoder cannot be loaded, or a server's key is missing.
        LlmError: if a language model cannot be loaded.
    """
    kind, _, name = by.partition(":")
    if kind == WORDS and not name:
        return lambda texts: partial(most_alike, embedder=WordEmbedder(texts))
    where = str(pick_device(device))
    if kind == EMBEDDING and name:
        chooser = partial(most_alike, embedder=ModelEmbedder(name, device=where))
        return lambda _: chooser
    client = open_client(by, url=url, record=record, device=where)
    return lambda _: partial(choose, client=client)


def open_chooser(
    by: str, texts: Sequence[str], *, url: str | None = None, record: Path | None = None, device: str = "auto"
) -> Chooser:
    """As ``open_asker``, where captions and questions are known already."""
    return open_asker(by, url=url, record=record, device=device)(texts)

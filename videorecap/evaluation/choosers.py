"""Who answers questions, by what the command line says."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from videorecap.evaluation.egoschema import Chooser
from videorecap.evaluation.embedding import ModelEmbedder, WordEmbedder, most_alike
from videorecap.llm import open_client
from videorecap.qa import choose


def open_chooser(
    by: str, texts: Sequence[str], *, url: str | None = None, record: Path | None = None
) -> Chooser:
    """A language model, or the option most like the captions.

    Args:
        by: "server:NAME", "local:DIR" or "record" for a language model; "words", or "embedding:DIR" with an
            encoder of ``transformers``, for likeness.
        texts: captions and questions; words that are rare in them count more.
        url: of a server.
        record: of a language model's answers.

    Raises:
        ConfigError: if it is none of these, or an encoder cannot be loaded.
        LlmError: if a language model cannot be loaded.
    """
    kind, _, name = by.partition(":")
    if kind == "words" and not name:
        return partial(most_alike, embedder=WordEmbedder(texts))
    if kind == "embedding" and name:
        return partial(most_alike, embedder=ModelEmbedder(name))
    return partial(choose, client=open_client(by, url=url, record=record))

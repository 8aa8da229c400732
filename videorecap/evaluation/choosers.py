"""Who answers questions, by what the command line says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from videorecap.errors import ConfigError
from videorecap.evaluation.egoschema import Chooser
from videorecap.evaluation.embedding import ModelEmbedder, WordEmbedder, most_alike
from videorecap.llm import ServerClient, open_client
from videorecap.qa import choose

ChooserFor: TypeAlias = Callable[[Sequence[str]], Chooser]
"""Of captions and questions, whose rare words count more where words are counted."""
WORDS: Final = "words"
EMBEDDING: Final = "embedding"
SERVER: Final = "server"
KINDS: Final = frozenset({WORDS, EMBEDDING, SERVER, "local", "record"})


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
    return open_choosers(by, url=url, record=record)(texts)


def open_choosers(by: str, *, url: str | None = None, record: Path | None = None) -> ChooserFor:
    """As ``open_chooser``, for several sets of texts: a model is loaded once."""
    kind, _, name = by.partition(":")
    if kind == WORDS and not name:
        return lambda texts: partial(most_alike, embedder=WordEmbedder(texts))
    if kind == EMBEDDING and name:
        chooser: Chooser = partial(most_alike, embedder=ModelEmbedder(name))
    elif kind in (WORDS, EMBEDDING) or kind not in KINDS:
        known = f"{WORDS}, {EMBEDDING}:DIR, {SERVER}:NAME, local:DIR, or record with its file"
        raise ConfigError(f"nobody answers as {by!r}; there is {known}")
    else:
        chooser = partial(choose, client=open_client(by, url=url, record=record))
    return lambda _: chooser


def require_chooser(by: str, *, url: str | None = None, record: Path | None = None) -> None:
    """See, before the work whose end it is, that a chooser can be opened, and a server asked.

    A server is not called where there is a record, which may have all its answers.

    Raises:
        ConfigError: if it is no chooser, or has no key.
        LlmError: if a language model cannot be loaded, or its server does not answer or refuses the key.
    """
    kind, _, name = by.partition(":")
    if kind == SERVER and name and (record is None or not record.exists()):
        ServerClient(model=name, url=url).require_ready()
    open_choosers(by, url=url, record=record)


def reads_questions(by: str) -> bool:
    """Whether this chooser can answer where there are no captions: a likeness to nothing chooses nothing."""
    return by.partition(":")[0] not in (WORDS, EMBEDDING)

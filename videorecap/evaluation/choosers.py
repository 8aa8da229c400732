"""Who answers questions, by what the command line says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from videorecap.build import pick_device
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
LIKENESSES: Final = frozenset({WORDS, EMBEDDING})
KINDS: Final = LIKENESSES | {SERVER, "local", "record"}


def is_language_model(by: str) -> bool:
    """Whether questions are asked of a language model, which can answer where there are no captions.

    A likeness to nothing chooses nothing.
    """
    return by.partition(":")[0] not in LIKENESSES


def is_server(by: str) -> bool:
    """Whether a language model is asked over the network."""
    return by.partition(":")[0] == SERVER


def open_choosers(
    by: str, *, url: str | None = None, record: Path | None = None, device: str = "auto"
) -> ChooserFor:
    """A language model, or the option most like the captions.

    Args:
        by: "server:NAME", "local:DIR" or "record" for a language model; "words", or "embedding:DIR" with an
            encoder of ``transformers``, for likeness.
        url: of a server.
        record: of a language model's answers.
        device: of a model that is loaded here, which is done once.

    Raises:
        ConfigError: if it is none of these, an encoder cannot be loaded, or a server's key is missing.
        LlmError: if a language model cannot be loaded.
    """
    kind, _, name = by.partition(":")
    if kind == WORDS and not name:
        return lambda texts: partial(most_alike, embedder=WordEmbedder(texts))
    where = str(pick_device(device))
    if kind == EMBEDDING and name:
        chooser: Chooser = partial(most_alike, embedder=ModelEmbedder(name, device=where))
    elif kind in LIKENESSES or kind not in KINDS:
        known = f"{WORDS}, {EMBEDDING}:DIR, {SERVER}:NAME, local:DIR, or record with its file"
        raise ConfigError(f"nobody answers as {by!r}; there is {known}")
    else:
        chooser = partial(choose, client=open_client(by, url=url, record=record, device=where))
    return lambda _: chooser


def require_chooser(by: str, *, url: str | None = None, record: Path | None = None) -> None:
    """See, before the work whose end it is, that a chooser can be opened, and a server asked.

    A server is not called where there is a record, which may have all its answers.

    Raises:
        ConfigError: if it is no chooser, or has no key.
        LlmError: if a language model cannot be loaded, or its server does not answer or refuses the key.
    """
    name = by.partition(":")[2]
    if is_server(by) and name and (record is None or not record.exists()):
        ServerClient(model=name, url=url).require_ready()
    open_choosers(by, url=url, record=record)

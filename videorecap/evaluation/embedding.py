"""Answering without a language model: the option that is most like what the captions say."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from videorecap.data.annotations import Annotation, Question
from videorecap.errors import ConfigError
from videorecap.evaluation.questions import words
from videorecap.llm import writable
from videorecap.qa import LEVELS, Choice, Reading, check_options

Vectors = NDArray[np.float64]
BATCH: Final = 64


class Embedder(Protocol):
    """Texts to vectors of length 1."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Float [texts, width]."""
        ...


class WordEmbedder:
    """Words weighted by how rare they are among the texts that it was shown.

    Args:
        texts: of the kind that will be embedded.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        found = Counter(word for text in texts for word in set(words(text)))
        self._places = {word: place for place, word in enumerate(sorted(found))}
        self._rarity = np.array([math.log(len(texts) / found[word]) for word in self._places])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Of unknown words alone, a zero vector."""
        vectors = np.zeros((len(texts), len(self._places)))
        for row, text in enumerate(texts):
            for word in words(text):
                if word in self._places:
                    vectors[row, self._places[word]] += self._rarity[self._places[word]]
        return _unit(vectors)


class ModelEmbedder:
    """Mean of a ``transformers`` encoder's last states, as sentence-transformers' MiniLM models have it.

    Args:
        source: directory, or name on the hub.
        device: where it computes.

    Raises:
        ConfigError: if it cannot be loaded.
    """

    def __init__(self, source: str, *, device: str = "cpu") -> None:
        from transformers import AutoModel, AutoTokenizer

        try:
            self._model = AutoModel.from_pretrained(source).eval().to(device)
            self._tokenizer = AutoTokenizer.from_pretrained(source)
        except (OSError, ValueError) as error:
            raise ConfigError(f"{source}: no text encoder ({' '.join(str(error).split())[:160]})") from None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """In batches."""
        import torch

        rows = []
        for first in range(0, len(texts), BATCH):
            whole = [writable(text) for text in texts[first : first + BATCH]]
            batch = self._tokenizer(whole, padding=True, truncation=True, return_tensors="pt")
            batch = batch.to(self._model.device)
            with torch.inference_mode():
                states = self._model(**batch).last_hidden_state
            mask = batch["attention_mask"][..., None].to(states.dtype)
            rows.append(((states * mask).sum(1) / mask.sum(1)).double().cpu().numpy())
        return _unit(np.concatenate(rows))


def most_alike(
    question: Question, captions: Sequence[Annotation], reading: Reading, embedder: Embedder
) -> Choice:
    """The option that is most like the captions that are read, by the mean over levels of the best match.

    An option is compared together with its question, and from each likeness the question's own is taken
    off, so that what all options share counts for nothing.

    Args:
        question: that is asked.
        captions: of the video.
        reading: which of them are read; with none, no option is chosen.
        embedder: of texts.

    Raises:
        DataError: if the question has no options to choose from.
    """
    check_options(question)
    levels = [[item.caption for item in captions if item.level == level] for level in LEVELS[reading]]
    read = [texts for texts in levels if texts]
    if not read:
        return Choice(None, "there is no caption to compare with")
    asked = embedder.embed([question.text, *(f"{question.text} {option}" for option in question.options)])
    scores = np.zeros(len(question.options))
    for texts in read:
        alike = embedder.embed(texts) @ asked.T
        scores += (alike[:, 1:] - alike[:, :1]).max(axis=0) / len(read)
    if (scores == scores.max()).sum() > 1:
        return Choice(None, "no option is more like the captions than every other")
    return Choice(int(scores.argmax()), f"likeness {scores.max():.3f}")


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.where(lengths == 0, 1.0, lengths)
    return unit

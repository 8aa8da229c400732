"""Tokenizers, and how captions of the level below become one text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from videorecap.errors import CheckpointError
from videorecap.hierarchy import Joining

TOKENIZER_FILE = "tokenizer.json"
END_OF_TEXT = "<|endoftext|>"  # GPT-2's name for the token that starts and ends a text


def join(texts: Sequence[str], joining: Joining) -> str:
    """One text from the captions of the level below.

    ``GLUED`` puts them one after the other with nothing between, ``SENTENCES`` strips the dots and spaces
    of each and ends it with ". ". Both are what the released models were trained on.
    """
    if joining is Joining.GLUED:
        return "".join(texts)
    return "".join(text.strip(".").strip() + ". " for text in texts).strip()


def load_tokenizer(path: Path) -> Tokenizer:
    """Read a byte-level BPE from ``tokenizer.json``, or from GPT-2's ``vocab.json`` and ``merges.txt``.

    Args:
        path: one of those files' directory, or a ``tokenizer.json`` itself.

    Raises:
        CheckpointError: if neither is there, or the files do not hold a tokenizer.
    """
    file = path / TOKENIZER_FILE if path.is_dir() else path
    try:
        if file.is_file():
            return Tokenizer.from_file(str(file))
        vocab, merges = (file.with_name(name) for name in ("vocab.json", "merges.txt"))
        if vocab.is_file() and merges.is_file():
            tokenizer = byte_level(models.BPE.from_file(str(vocab), str(merges)))
            tokenizer.add_special_tokens([END_OF_TEXT])
            return tokenizer
    except Exception as error:  # noqa: BLE001 - the library raises bare Exception for any fault of a file
        raise CheckpointError(f"{file}: not a tokenizer ({error})") from None
    raise CheckpointError(f"{path}: no {TOKENIZER_FILE}, nor vocab.json with merges.txt; give --tokenizer")


def fetch_tokenizer(name: str) -> Tokenizer:
    """The tokenizer of a model on the hub.

    Args:
        name: "owner/name".

    Raises:
        CheckpointError: if the hub does not give it.
    """
    try:
        return Tokenizer.from_pretrained(name)
    except Exception as error:  # noqa: BLE001 - the library raises bare Exception for any fault of the hub
        raise CheckpointError(
            f"tokenizer {name!r}: no such directory, and the hub did not give it ({type(error).__name__}); "
            "give --tokenizer with a directory that has tokenizer.json, or vocab.json and merges.txt"
        ) from None


def byte_level(model: models.BPE) -> Tokenizer:
    """A tokenizer that splits and decodes as GPT-2 does."""
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """Train a byte-level BPE whose last token is the end of text.

    Args:
        texts: the corpus.
        vocab_size: most tokens, the end of text included; fewer where the corpus has fewer merges.
    """
    tokenizer = byte_level(models.BPE())
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size - 1, initial_alphabet=sorted(alphabet), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([END_OF_TEXT])
    return tokenizer

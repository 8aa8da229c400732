"""How texts are split into words before n-grams of them are counted."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

import pycocoevalcap.tokenizer  # type: ignore[import-untyped]

from videorecap.errors import ConfigError

JAR: Final = "stanford-corenlp-3.4.1.jar"
PUNCTUATION: Final = frozenset(
    ("''", "'", "``", "`", "-LRB-", "-RRB-", "-LCB-", "-RCB-", ".", "?", "!", ",", ":", "-", "--", "...", ";")
)


class Tokenizer(StrEnum):
    """Who splits."""

    SPACES = "spaces"  # nlg-eval, and so the paper's authors: "table." and "table" differ
    PTB = "ptb"  # coco-caption: Stanford's tokenizer in lower case, without punctuation


def split(texts: Sequence[str], tokenizer: Tokenizer) -> list[str]:
    """Each text with spaces between its words; a text that is split at spaces anyway stays as it is.

    Raises:
        ConfigError: if Stanford's tokenizer is asked for and there is no Java.
    """
    if tokenizer == Tokenizer.SPACES:
        return list(texts)
    return _penn_treebank([" ".join(text.split()) for text in texts])


def _penn_treebank(lines: Sequence[str]) -> list[str]:
    if shutil.which("java") is None:
        raise ConfigError(
            f"tokenizer {Tokenizer.PTB} needs Java, and there is no 'java' on the path; "
            f"{Tokenizer.SPACES} does without"
        )
    jar = Path(pycocoevalcap.tokenizer.__path__[0]) / JAR
    command = ["java", "-Dfile.encoding=UTF-8", "-cp", str(jar), "edu.stanford.nlp.process.PTBTokenizer"]
    run = subprocess.run(
        [*command, "-preserveLines", "-lowerCase"],
        input="\n".join(lines).encode(),
        capture_output=True,
        check=True,
    )
    split_lines = run.stdout.decode().split("\n")[: len(lines)]
    return [" ".join(word for word in line.split() if word not in PUNCTUATION) for line in split_lines]

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
from videorecap.evaluation.meteor import JAVA, MetricError

JAR: Final = "stanford-corenlp-3.4.1.jar"
PUNCTUATION: Final = frozenset(
    ("''", "'", "``", "`", "-LRB-", "-RRB-", "-LCB-", "-RCB-", ".", "?", "!", ",", ":", "-", "--", "...", ";")
)


class Tokenizer(StrEnum):
    """Who splits."""

    SPACES = "spaces"  # nlg-eval, and so the paper's authors: "table." and "table" differ
    PTB = "ptb"  # coco-caption: Stanford's tokenizer in lower case, without punctuation


def require_tokenizer(tokenizer: Tokenizer) -> None:
    """See that this machine can split.

    Raises:
        ConfigError: if Stanford's tokenizer is asked for and there is no Java.
    """
    if tokenizer is Tokenizer.PTB and shutil.which(JAVA) is None:
        raise ConfigError(
            f"tokenizer {Tokenizer.PTB} needs Java, and there is no {JAVA!r} on the path; "
            f"{Tokenizer.SPACES} does without"
        )


def split(texts: Sequence[str], tokenizer: Tokenizer) -> list[str]:
    """Each text with spaces between its words; a text that is split at spaces anyway stays as it is.

    Raises:
        ConfigError: if Stanford's tokenizer is asked for and there is no Java.
        MetricError: if it stops in the middle.
    """
    if tokenizer == Tokenizer.SPACES:
        return list(texts)
    require_tokenizer(tokenizer)
    return _penn_treebank([" ".join(text.split()) for text in texts]) if texts else []


def _penn_treebank(lines: Sequence[str]) -> list[str]:
    jar = Path(pycocoevalcap.tokenizer.__path__[0]) / JAR
    command = [JAVA, "-Dfile.encoding=UTF-8", "-cp", str(jar), "edu.stanford.nlp.process.PTBTokenizer"]
    run = subprocess.run(
        [*command, "-preserveLines", "-lowerCase"],
        input="\n".join(lines).encode("utf-8", "backslashreplace"),
        capture_output=True,
        check=False,
    )
    found = run.stdout.decode("utf-8", "backslashreplace").split("\n")
    if run.returncode or len(found) != len(lines):
        told = f"{len(found)} of {len(lines)} texts, status {run.returncode}"
        raise MetricError(f"Stanford's tokenizer stopped in the middle ({told})")
    return [" ".join(word for word in line.split() if word not in PUNCTUATION) for line in found]

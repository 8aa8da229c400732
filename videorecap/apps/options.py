"""How values on the command line are read."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from videorecap.errors import ConfigError

EXTRAS: Final = {
    "train": ("training", {"accelerate", "transformers"}),
    "eval": ("scoring", {"pycocoevalcap", "rouge_score"}),
    "llm": ("asking a language model", {"openai", "transformers"}),
}  # what each is for, and the packages it brings


def parse_list(text: str) -> tuple[str, ...]:
    """Items of a comma-separated list, without spaces around them."""
    return tuple(item.strip() for item in text.split(",") if item.strip())


def parse_count(text: str) -> int:
    """A whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return int(text)


def parse_number(text: str) -> int:
    """A whole number of at least 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 0")
    return int(text)


def parse_size(text: str) -> tuple[int, int]:
    """Width and height in pixels, as in 480x360."""
    width, _, height = text.partition("x")
    return parse_count(width), parse_count(height)


def parse_amount(text: str) -> float:
    """A number above 0."""
    try:
        amount = float(text)
    except ValueError:
        amount = 0.0
    if not 0 < amount < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return amount


@contextmanager
def with_packages_of(extra: str) -> Iterator[None]:
    """Import what needs an extra of this package, which not every installation has.

    Raises:
        ConfigError: naming the package that is missing.
    """
    purpose, packages = EXTRAS[extra]
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in packages:
            raise
        raise ConfigError(
            f"{purpose} needs {error.name}, which is not installed: pip install 'videorecap[{extra}]'"
        ) from None

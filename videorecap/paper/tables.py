"""The rows of the paper's tables that are trained: which recipe makes each, and what the table scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from videorecap.errors import ConfigError
from videorecap.paper.recipes import recipe
from videorecap.training.recipe import Recipe

CLIP: Final = ("clip",)
UPPER: Final = ("segment", "summary")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes:
        label: what the paper calls it.
        recipe: name of the recipe that trains it.
        levels: whose captions the table scores.
    """

    label: str
    recipe: str
    levels: tuple[str, ...] = UPPER


TABLES: Final[Mapping[str, tuple[Row, ...]]] = {
    "2a": (
        Row("LaViLa", "lavila", CLIP),
        Row("Video ReCap", "recap", CLIP),
        Row("Video ReCap-U", "recap-u-pseudo", CLIP),
    ),
    "2b": (
        Row("LaViLa", "lavila"),
        Row("Video ReCap, human captions", "recap"),
        Row("Video ReCap, with pseudo annotations", "recap-pseudo"),
        Row("Video ReCap-U, with pseudo annotations", "recap-u-pseudo"),
    ),
    "4": (Row("without recursive inputs", "no-recursion"), Row("with recursive inputs", "recap")),
    "5": (
        Row("Init -> Segment", "init-segment", ("segment",)),
        Row("Caption -> Segment", "recap", ("segment",)),
        Row("Init -> Video", "init-summary", ("summary",)),
        Row("Caption -> Video", "clip-summary", ("summary",)),
        Row("Caption -> Segment -> Video", "recap", ("summary",)),
    ),
    "6b": (Row("without pseudo annotations", "recap"), Row("with pseudo annotations", "recap-pseudo")),
    "7": (Row("Video", "video-only"), Row("Text", "text-only"), Row("Video + Text", "recap")),
    "S1": (
        Row("trainable cross-attention without LM alignment", "resampler", CLIP + UPPER),
        Row("LM alignment without trainable cross-attention", "prefix", CLIP + UPPER),
        Row("both", "recap", CLIP + UPPER),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Teacher:
    """A language model that Table 6a fine-tunes on true clip captions, to write the captions above them.

    Attributes:
        model: its name on the Hugging Face hub.
        num_segments: descriptions that the best of them writes as pseudo annotations.
        num_videos: summaries, likewise.
    """

    model: str
    num_segments: int = 100_000
    num_videos: int = 15_000


TEACHERS: Final[Mapping[str, Teacher]] = {
    "GPT2": Teacher(model="gpt2"),
    "GPT2-L": Teacher(model="gpt2-large"),
    "FLAN-T5-S": Teacher(model="google/flan-t5-small"),
    "FLAN-T5-L": Teacher(model="google/flan-t5-large"),
}
"""Rows of Table 6a; the last one's captions are the pseudo annotations of Tables 2b and 6b."""


def table(number: str, size: str) -> tuple[Recipe, ...]:
    """The recipes of a table's rows, in their order; one that makes two rows comes once.

    Args:
        number: "2a", "2b", "4", "5", "6b", "7" or "S1".
        size: "tiny", "small" or "base".

    Raises:
        ConfigError: if there is no such table or size.
    """
    if number not in TABLES:
        raise ConfigError(f"no table {number!r} is trained by recipes; there is {', '.join(TABLES)}")
    return tuple(recipe(name, size) for name in dict.fromkeys(row.recipe for row in TABLES[number]))

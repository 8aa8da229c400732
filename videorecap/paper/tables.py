"""The paper's tables: which recipe makes each row, what the paper prints of it, and what it claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from videorecap.config import BLIP2

LEVELS: Final = ("clip", "segment", "summary")
TRUTH: Final = "truth"  # of clip captions


@dataclass(frozen=True, slots=True)
class Printed:
    """Figures as the paper prints them, times 100."""

    cider: float
    rouge_l: float
    meteor: float


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes:
        label: what the paper calls it.
        recipe: name of the recipe that trains it; None of what is not trained.
        printed: the paper's figures, by level; these are the levels that the table scores.
        reader: what the paper calls the language model that is fine-tuned to read clip captions: those of
            the recipe's system, or true ones where there is no recipe. None where a system writes all.
        prompted: what the paper calls the language model that is told in words to write from clip captions:
            those of the recipe's system, or a BLIP2's where there is no recipe.
        needs: what it takes that nobody can train here, and how it is given; None where there is nothing.
    """

    label: str
    recipe: str | None
    printed: Mapping[str, Printed]
    reader: str | None = None
    prompted: str | None = None
    needs: str | None = None

    @property
    def key(self) -> str:
        """What its measurements are called; rows that are made alike have the same."""
        captioner = self.recipe or (BLIP2 if self.reader is None else TRUTH)
        above = self.reader or self.prompted
        return captioner if above is None else f"{captioner}+{above}"

    @property
    def is_trained(self) -> bool:
        """Whether another seed makes another measurement."""
        return self.recipe is not None or self.reader is not None

    @property
    def levels(self) -> tuple[str, ...]:
        """Whose captions the table scores, lowest first."""
        return tuple(level for level in LEVELS if level in self.printed)


@dataclass(frozen=True, slots=True)
class Claim:
    """A difference that the paper tells: one row is better than another.

    Attributes:
        better: label of a row.
        worse: of another one of the table.
        levels: where.
    """

    better: str
    worse: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows, and what the paper says of them."""

    rows: tuple[Row, ...]
    claims: tuple[Claim, ...]

    def row(self, label: str) -> Row:
        """The row that is called so."""
        (found,) = (row for row in self.rows if row.label == label)
        return found


def _clip(*figures: float) -> dict[str, Printed]:
    return {"clip": Printed(*figures)}


def _segment(*figures: float) -> dict[str, Printed]:
    return {"segment": Printed(*figures)}


def _summary(*figures: float) -> dict[str, Printed]:
    return {"summary": Printed(*figures)}


RECAP_CLIP: Final = _clip(98.35, 48.77, 28.28)
RECAP_SEGMENT: Final = _segment(41.74, 39.04, 18.21)
RECAP_SUMMARY: Final = _summary(28.06, 32.27, 14.26)
RECAP_UPPER: Final = RECAP_SEGMENT | RECAP_SUMMARY
VIDEO_ONLY: Final = _segment(40.17, 38.65, 17.59) | _summary(25.64, 29.61, 13.57)
PSEUDO: Final = _segment(46.88, 39.73, 18.55) | _summary(29.34, 32.64, 14.45)
UPPER: Final = ("segment", "summary")
GPT_35: Final = "GPT3.5"

TABLES: Final[Mapping[str, Table]] = {
    "2a": Table(
        (
            Row("BLIP2", None, _clip(8.1, 7.4, 12.7), needs="--blip2"),
            Row("LaViLa", "lavila", _clip(88.56, 47.64, 28.03)),
            Row("Video ReCap", "recap", RECAP_CLIP),
            Row("Video ReCap-U", "recap-u-pseudo", _clip(92.67, 47.90, 28.08)),
        ),
        (
            Claim("LaViLa", "BLIP2", ("clip",)),
            Claim("Video ReCap", "LaViLa", ("clip",)),
            Claim("Video ReCap-U", "LaViLa", ("clip",)),
            Claim("Video ReCap", "Video ReCap-U", ("clip",)),
        ),
    ),
    "2b": Table(
        (
            Row(
                "BLIP2 + GPT3.5",
                None,
                _segment(5.68, 16.87, 13.47) | _summary(11.13, 22.41, 12.10),
                prompted=GPT_35,
                needs="--blip2 and --llm",
            ),
            Row(
                "LaViLa + GPT3.5",
                "lavila",
                _segment(5.79, 19.77, 13.45) | _summary(12.16, 24.49, 12.48),
                prompted=GPT_35,
                needs="--llm",
            ),
            Row(
                "LaViLa + GPT2",
                "lavila",
                _segment(38.22, 38.10, 16.58) | _summary(17.98, 29.48, 12.81),
                reader="GPT2",
            ),
            Row(
                "LaViLa + FLAN-T5",
                "lavila",
                _segment(39.13, 38.77, 16.88) | _summary(20.12, 30.06, 13.17),
                reader="FLAN-T5",
            ),
            Row("LaViLa", "lavila", _segment(24.63, 33.31, 15.30) | _summary(6.54, 23.97, 10.95)),
            Row("Video ReCap, human captions", "recap", RECAP_UPPER),
            Row("Video ReCap, with pseudo annotations", "recap-pseudo", PSEUDO),
            Row(
                "Video ReCap-U, with pseudo annotations",
                "recap-u-pseudo",
                _segment(45.60, 39.33, 18.17) | _summary(31.06, 33.32, 14.16),
            ),
        ),
        (
            *(
                Claim(finetuned, prompted, UPPER)
                for finetuned in ("LaViLa + GPT2", "LaViLa + FLAN-T5")
                for prompted in ("BLIP2 + GPT3.5", "LaViLa + GPT3.5")
            ),
            Claim("Video ReCap, human captions", "LaViLa", UPPER),
            Claim("Video ReCap, human captions", "LaViLa + GPT2", UPPER),
            Claim("Video ReCap, human captions", "LaViLa + FLAN-T5", UPPER),
            Claim("LaViLa + FLAN-T5", "LaViLa", UPPER),
            Claim("Video ReCap, with pseudo annotations", "Video ReCap, human captions", UPPER),
            Claim("Video ReCap-U, with pseudo annotations", "LaViLa", UPPER),
            Claim(
                "Video ReCap, with pseudo annotations", "Video ReCap-U, with pseudo annotations", ("segment",)
            ),
            Claim(
                "Video ReCap-U, with pseudo annotations", "Video ReCap, with pseudo annotations", ("summary",)
            ),
        ),
    ),
    "4": Table(
        (
            Row("without recursive inputs", "no-recursion", VIDEO_ONLY),
            Row("with recursive inputs", "recap", RECAP_UPPER),
        ),
        (Claim("with recursive inputs", "without recursive inputs", UPPER),),
    ),
    "5": Table(
        (
            Row("Init -> Segment", "init-segment", _segment(36.81, 38.70, 17.17)),
            Row("Caption -> Segment", "recap", RECAP_SEGMENT),
            Row("Init -> Video", "init-summary", _summary(8.62, 26.33, 11.24)),
            Row("Caption -> Video", "clip-summary", _summary(24.84, 30.74, 13.25)),
            Row("Caption -> Segment -> Video", "recap", RECAP_SUMMARY),
        ),
        (
            Claim("Caption -> Segment", "Init -> Segment", ("segment",)),
            Claim("Caption -> Video", "Init -> Video", ("summary",)),
            Claim("Caption -> Segment -> Video", "Init -> Video", ("summary",)),
            Claim("Caption -> Segment -> Video", "Caption -> Video", ("summary",)),
        ),
    ),
    "6a": Table(
        (
            Row("GPT2", None, _segment(96.47, 46.96, 23.13) | _summary(40.06, 33.06, 14.76), reader="GPT2"),
            Row(
                "GPT2-L",
                None,
                _segment(104.30, 47.68, 23.15) | _summary(43.18, 33.86, 15.00),
                reader="GPT2-L",
            ),
            Row(
                "FLAN-T5-S",
                None,
                _segment(95.61, 46.16, 22.30) | _summary(43.27, 34.19, 14.69),
                reader="FLAN-T5-S",
            ),
            Row(
                "FLAN-T5-L",
                None,
                _segment(125.67, 50.61, 26.06) | _summary(52.08, 36.99, 19.93),
                reader="FLAN-T5-L",
            ),
        ),
        tuple(Claim("FLAN-T5-L", other, UPPER) for other in ("GPT2", "GPT2-L", "FLAN-T5-S")),
    ),
    "6b": Table(
        (
            Row("without pseudo annotations", "recap", RECAP_UPPER),
            Row("with pseudo annotations", "recap-pseudo", PSEUDO),
        ),
        (Claim("with pseudo annotations", "without pseudo annotations", UPPER),),
    ),
    "7": Table(
        (
            Row("Video", "video-only", VIDEO_ONLY),
            Row("Text", "text-only", _segment(40.10, 38.02, 17.41) | _summary(23.23, 29.17, 13.31)),
            Row("Video + Text", "recap", RECAP_UPPER),
        ),
        (
            Claim("Video + Text", "Video", UPPER),
            Claim("Video + Text", "Text", UPPER),
        ),
    ),
    "S1": Table(
        (
            Row(
                "trainable cross-attention without LM alignment",
                "resampler",
                _clip(92.56, 47.64, 28.03) | _segment(39.41, 38.62, 17.71) | _summary(23.04, 28.33, 13.72),
            ),
            Row(
                "LM alignment without trainable cross-attention",
                "prefix",
                _clip(73.88, 43.17, 21.67) | _segment(32.16, 31.67, 13.33) | _summary(12.16, 21.06, 8.22),
            ),
            Row("both", "recap", RECAP_CLIP | RECAP_UPPER),
        ),
        (
            Claim("both", "trainable cross-attention without LM alignment", LEVELS),
            Claim("both", "LM alignment without trainable cross-attention", LEVELS),
        ),
    ),
}
"""The tables whose rows caption videos, with the paper's figures.

Source: Video ReCap, Tables 2, 4, 5, 6b, 7 and S1. The paper prints another CIDEr for a clip captioner with a
resampler in Table 2a (88.56) than in Table S1 (92.56); both are kept.
"""


TEACHERS: Final[Mapping[str, str]] = {
    "GPT2": "gpt2",
    "GPT2-L": "gpt2-large",
    "FLAN-T5-S": "google/flan-t5-small",
    "FLAN-T5-L": "google/flan-t5-large",
}
"""Rows of Table 6a, each with its language model's name on the Hugging Face hub: fine-tuned on true clip
captions, they write the captions above them."""
BEST_TEACHER: Final = "FLAN-T5-L"  # whose captions are the pseudo annotations of Tables 2b and 6b
PSEUDO_SEGMENTS: Final = 100_000  # that it describes
PSEUDO_SUMMARIES: Final = 15_000  # that it writes

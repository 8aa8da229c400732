"""What a teacher reads and learns: clip captions of a span as one text, and a human's words for the span."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar, cast

import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from videorecap.captioners.text import join
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.levels import SEGMENT, SUMMARY
from videorecap.data.pseudo_plan import FEWEST_CAPTIONS, captions_in, labelable
from videorecap.errors import ConfigError, DataError
from videorecap.hierarchy import Joining
from videorecap.training.samples import Order, Sample

T = TypeVar("T")

TEXT: Final = "text"  # the objective: tokens of the human's words
IGNORED: Final = -100  # a target that is none
PROMPTS: Final[dict[str, str]] = {SEGMENT: "describe: ", SUMMARY: "summarize: "}
ANSWER: Final = "\n\n"  # stands between what a causal model reads and what it writes
NUM_QUANTILES: Final = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class TeacherSample(Sample):
    """One human description and the clip captions under it.

    Attributes:
        captions: of the clips inside, in order.
    """

    captions: tuple[str, ...]


def samples_of(
    videos: Iterable[VideoAnnotations],
    forbidden: frozenset[str] = frozenset(),
    *,
    fewest_captions: int = FEWEST_CAPTIONS,
) -> dict[str, tuple[TeacherSample, ...]]:
    """The descriptions and summaries of training videos that have clip captions inside, by level.

    Args:
        videos: of a data set.
        forbidden: ids of videos, or of those they were cut from, that are kept for evaluation.
        fewest_captions: inside a span, those that repeat counted once.

    Raises:
        DataError: if a level has none.
    """
    found: dict[str, list[TeacherSample]] = {level: [] for level in PROMPTS}
    for video in labelable(videos, forbidden):
        for item in video.captions:
            captions = captions_in(video, item.span) if item.level in PROMPTS else ()
            if item.level in PROMPTS and len(captions) >= fewest_captions:
                sample = TeacherSample(
                    video=video.video, level=item.level, span=item.span, captions=captions, texts=item.texts
                )
                found[item.level].append(sample)
    for level, samples in found.items():
        if not samples:
            raise DataError(
                f"no {level} of a training video has {fewest_captions} clip captions inside; "
                "a teacher learns from annotations of all levels"
            )
    return {level: tuple(samples) for level, samples in found.items()}


def length_quantiles(samples: Sequence[TeacherSample]) -> tuple[float, ...]:
    """How long the spans of samples are, in seconds: quantiles, shortest and longest too."""
    lengths = sorted(sample.span.duration for sample in samples)
    last = len(lengths) - 1
    return tuple(lengths[round(index * last / (NUM_QUANTILES - 1))] for index in range(NUM_QUANTILES))


def thinned(captions: Sequence[str], lengths: Sequence[int], room: int) -> Sequence[str]:
    """As many captions as fit, evenly spaced, the first and the last among them; at least one.

    Args:
        captions: in order.
        lengths: of each, in tokens.
        room: for all together, in tokens.
    """
    few, many = 1, len(captions)
    while few < many:
        middle = (few + many + 1) // 2
        fits = sum(_spaced(lengths, middle)) <= room
        few, many = (middle, many) if fits else (few, middle - 1)
    return _spaced(captions, few)


def _spaced(items: Sequence[T], count: int) -> Sequence[T]:
    if count == 1:
        return items[:1]
    last = len(items) - 1
    return [items[round(index * last / (count - 1))] for index in range(count)]


@dataclass(frozen=True, kw_only=True)
class Coder:
    """Texts as a model's tokens.

    Attributes:
        tokenizer: of the model.
        prompts: what stands before the captions, by level.
        answer: what stands between them and the description, or None where a decoder of its own writes.
        max_input_tokens: of prompt, captions and answer; captions are thinned out to fit.
        max_new_tokens: of a description, its end included.
    """

    tokenizer: PreTrainedTokenizerBase
    prompts: Mapping[str, str]
    answer: str | None
    max_input_tokens: int
    max_new_tokens: int
    _lengths: dict[str, int] = field(default_factory=dict, init=False, repr=False)

    def prompt(self, level: str, captions: Sequence[str]) -> list[int]:
        """What the model reads, as tokens; no more than ``max_input_tokens``.

        Captions that do not fit are thinned out evenly over the span; of a single one that is too long, the
        end is cut.

        Raises:
            ConfigError: if the level has no prompt.
        """
        if level not in self.prompts:
            raise ConfigError(f"the teacher writes {', '.join(self.prompts)}, not {level!r}")
        end = [self.end] if self.answer is None else self._tokens(self.answer)
        room = self.max_input_tokens - len(end)
        start = self.prompts[level]
        lengths = [self._length(caption) for caption in captions]
        free = room - len(self._tokens(start))
        while True:
            chosen = thinned(captions, lengths, free)
            tokens = self._tokens(start + join(chosen, Joining.SENTENCES))
            if len(tokens) <= room or len(chosen) == 1:
                return tokens[:room] + end
            free -= len(tokens) - room  # together they may be longer than one by one

    def target(self, text: str) -> list[int]:
        """What the model shall write, as tokens, its end included."""
        return [*self._tokens(text)[: self.max_new_tokens - 1], self.end]

    def text(self, tokens: Sequence[int]) -> str:
        """The text that generated tokens stand for."""
        decoded = self.tokenizer.decode(list(tokens), skip_special_tokens=True)
        return str(decoded).strip()

    @property
    def end(self) -> int:
        """The token that ends a text."""
        return int(self.tokenizer.eos_token_id)

    @property
    def padding(self) -> int:
        """The token that fills up; the end's, where the tokenizer has no other."""
        pad = self.tokenizer.pad_token_id
        return self.end if pad is None else int(pad)

    def _length(self, caption: str) -> int:
        """Tokens of a caption among others; captions repeat, so each is counted once."""
        known = self._lengths.get(caption)
        if known is None:
            known = self._lengths[caption] = len(self._tokens(join([caption] * 2, Joining.SENTENCES))) // 2
        return known

    def _tokens(self, text: str) -> list[int]:
        return list(self.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])


@dataclass(frozen=True, eq=False, kw_only=True)
class TeacherBatch:
    """Part of a step's samples, all of one level.

    Attributes:
        name: of the level.
        samples: identities.
        counts: real tokens to write.
        input_ids: [B, L], filled up on the right.
        attention_mask: [B, L], 1 at real tokens.
        labels: what is to be written, ``IGNORED`` elsewhere: [B, N], or [B, L] for a causal model, whose
            inputs hold it too.
    """

    name: str
    samples: tuple[str, ...]
    counts: Mapping[str, int]
    input_ids: Tensor
    attention_mask: Tensor
    labels: Tensor


class TeacherBatches:
    """The samples of a whole training, a pure function of seed and step; levels take turns, a step each.

    Args:
        samples: by level.
        coder: of the model.
        batch_size: samples of one step.
        seed: of the order, and of which reference is learnt.
    """

    def __init__(
        self, samples: Mapping[str, Sequence[TeacherSample]], coder: Coder, batch_size: int, seed: int
    ) -> None:
        self._order = Order(pools=samples, batch_size=batch_size, seed=f"teacher/{seed}")
        self._coder = coder

    def __call__(self, step: int, part: int, num_parts: int) -> TeacherBatch:
        """Part ``part`` of the ``num_parts`` of a step."""
        drawn = self._order.at(step, part, num_parts)
        samples = [cast(TeacherSample, sample) for _, sample in drawn]
        texts = [self._order.chance(step, position).choice(sample.texts) for position, sample in drawn]
        return self._batch(samples[0].level, samples, texts)

    def _batch(self, level: str, samples: Sequence[TeacherSample], texts: Sequence[str]) -> TeacherBatch:
        prompts = [self._coder.prompt(level, sample.captions) for sample in samples]
        targets = [self._coder.target(text) for text in texts]
        if self._coder.answer is None:
            inputs, labels = prompts, targets
        else:
            pairs = list(zip(prompts, targets, strict=True))
            inputs = [prompt + target for prompt, target in pairs]
            labels = [[IGNORED] * len(prompt) + target for prompt, target in pairs]
        return TeacherBatch(
            name=level,
            samples=tuple(sample.id for sample in samples),
            counts={TEXT: sum(map(len, targets))},
            input_ids=padded(inputs, self._coder.padding),
            attention_mask=padded([[1] * len(each) for each in inputs], 0),
            labels=padded(labels, IGNORED),
        )


def padded(rows: Sequence[Sequence[int]], value: int, *, left: bool = False) -> Tensor:
    """Rows of tokens as one tensor [B, L], filled up on the right, or on the left."""
    length = max(map(len, rows))
    fill = [[value] * (length - len(row)) for row in rows]
    return torch.tensor(
        [[*more, *row] if left else [*row, *more] for row, more in zip(rows, fill, strict=True)]
    )

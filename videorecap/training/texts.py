"""Pre-training on the data's captions as mere text: the decoder's next tokens, the alignment's hidden ones.

It stands in for GPT-2 and DistilBERT, which the paper starts from, where they are not given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from videorecap.captioners.recap import RecapCaptioner
from videorecap.errors import ConfigError
from videorecap.models.alignment import LmAlignment
from videorecap.training.language import next_token_sum
from videorecap.training.masked import HiddenText, MaskedPrediction, hide
from videorecap.training.recipe import Objective
from videorecap.training.samples import Order
from videorecap.training.tasks import MODEL


@dataclass(frozen=True, eq=False, kw_only=True)
class TextBatch:
    """Part of a step's texts.

    Attributes:
        name: of the level whose captions they are.
        samples: identities.
        counts: tokens that are foretold.
        texts: with start and end tokens for the language model, as token ids.
        hidden: the same for masked prediction.
    """

    name: str
    samples: tuple[str, ...]
    counts: Mapping[str, int]
    texts: tuple[tuple[int, ...], ...] = ()
    hidden: tuple[HiddenText, ...] = ()


@dataclass(frozen=True, eq=False)
class TextDrawing:
    """The batches of a stage that learns from texts; ``training.batch.Batches``.

    Attributes:
        objective: ``LANGUAGE`` or ``MASKED``.
        order: which texts when.
        captioner: whose tokenizer is used.
    """

    objective: Objective
    order: Order
    captioner: RecapCaptioner

    def __call__(self, step: int, part: int, num_parts: int) -> TextBatch:
        """Part of the texts of a step."""
        drawn = self.order.at(step, part, num_parts)
        chances = [self.order.chance(step, position) for position, _ in drawn]
        texts = [chance.choice(sample.texts) for chance, (_, sample) in zip(chances, drawn, strict=True)]
        ids = [self.captioner.encode(text) for text in texts]
        name, samples = drawn[0][1].level, tuple(sample.id for _, sample in drawn)
        if self.objective is Objective.LANGUAGE:
            most = self.captioner.model.decoder.position_embedding.num_embeddings - 1  # one is the start's
            rows = tuple(tuple(row[:most]) for row in ids)
            count = sum(len(row) + 1 for row in rows)
            return TextBatch(name=name, samples=samples, counts={self.objective: count}, texts=rows)
        size = self.captioner.tokenizer.get_vocab_size()
        hidden = tuple(hide(row, size, chance) for row, chance in zip(ids, chances, strict=True))
        count = sum(text.count for text in hidden)
        return TextBatch(name=name, samples=samples, counts={self.objective: count}, hidden=hidden)


class LanguageTask(nn.Module):
    """A captioner's decoder as a plain language model."""

    def __init__(self, captioner: RecapCaptioner) -> None:
        super().__init__()
        self.model = captioner.model
        self._captioner = captioner

    def forward(self, batch: TextBatch) -> dict[str, Tensor]:
        """The sum over all tokens."""
        tokens, mask = self._captioner.padded([self._captioner.framed(row) for row in batch.texts])
        return {Objective.LANGUAGE: next_token_sum(self.model.decoder, tokens, mask)}

    def trained(self) -> dict[str, nn.Parameter]:
        """What learns: the decoder without its gated layers."""
        return {f"{MODEL}decoder.{name}": p for name, p in self.model.decoder.language_parameters()}

    def weights(self) -> dict[str, Tensor]:
        """What it hands over."""
        return dict(self.trained())


class MaskedTask(nn.Module):
    """The language model of a captioner's alignment; where there are two, they are given the same weights.

    Raises:
        ConfigError: if no alignment is a language model.
    """

    def __init__(self, captioner: RecapCaptioner) -> None:
        super().__init__()
        both = (captioner.model.text_alignment, captioner.model.video_alignment)
        alignments = [alignment for alignment in both if isinstance(alignment, LmAlignment)]
        if not alignments:
            raise ConfigError("masked prediction is for an alignment that is a language model; there is none")
        size = captioner.tokenizer.get_vocab_size()
        self.masked = MaskedPrediction(alignments[0], size, captioner.max_text_tokens)

    def forward(self, batch: TextBatch) -> dict[str, Tensor]:
        """The sum over hidden tokens."""
        total: Tensor = self.masked(batch.hidden)
        return {Objective.MASKED: total}

    def trained(self) -> dict[str, nn.Parameter]:
        """What learns: the language model, and the tables and head around it."""
        return {f"masked.{name}": parameter for name, parameter in self.masked.trainable_parameters()}

    def weights(self) -> dict[str, Tensor]:
        """What it hands over: both alignments start from one language model."""
        return {
            f"{MODEL}{branch}.{name}": parameter
            for branch in ("video_alignment", "text_alignment")
            for name, parameter in self.masked.alignment.language_parameters()
        }

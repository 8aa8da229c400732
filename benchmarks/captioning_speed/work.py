"""What the stages of a run have to do at least: floating-point operations, and bytes to and from memory.

Operations are counted by torch on networks without weights, for one row of a batch at two lengths: they are
in proportion to the rows, and on a straight line with the length. Bytes are those of the weights that a call
reads, once, and of what goes in, comes out or is kept between tokens; what may stay in a processor's cache is
not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final, cast

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from videorecap.config import SystemConfig
from videorecap.models.recap import RecapModel
from videorecap.networks import SystemModules, build_modules

BYTES_OF_WEIGHT: Final = {"fp32": 4, "bf16": 2, "int8": 1}  # of encoder and alignments
BYTES_OF_NUMBER: Final = {"fp32": 4, "bf16": 2, "int8": 4}  # of the decoder's weights too
META: Final = "meta"


class Part(StrEnum):
    """Which network works."""

    ENCODER = "encoder"
    VIDEO = "video alignment"
    TEXT = "text alignment"
    STEP = "next tokens"


@dataclass(frozen=True, slots=True)
class Call:
    """A piece of work.

    Attributes:
        part: who does it.
        captioner: whose part it is; empty for the encoder.
        rows: of the batch.
        length: what is read of each row: features or tokens of an alignment, or tokens of a caption so far,
            with the new one.
        read: embeddings that the new tokens read.
    """

    part: Part
    captioner: str
    rows: int
    length: int = 1
    read: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """The least that has to be done."""

    flops: float = 0.0
    bytes: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.flops + other.flops, self.bytes + other.bytes)

    def times(self, number: float) -> Cost:
        """So many of it."""
        return Cost(self.flops * number, self.bytes * number)


class Costs:
    """Costs of the calls of one system.

    Args:
        config: of the system.
        precision: of its numbers.
    """

    def __init__(self, config: SystemConfig, precision: str) -> None:
        self._config = config
        self._weight, self._number = BYTES_OF_WEIGHT[precision], BYTES_OF_NUMBER[precision]
        self._lines: dict[tuple[Part, str, int], tuple[float, float]] = {}

    def of(self, call: Call) -> Cost:
        """The cost of one call."""
        key = (call.part, call.captioner, call.read)
        if key not in self._lines:
            one, two = (self._flops(call, length) for length in (1, 2))
            self._lines[key] = (one, two - one)
        one, more = self._lines[key]
        return Cost(call.rows * (one + more * (call.length - 1)), self._bytes(call))

    def total(self, calls: Iterable[tuple[Call, int]]) -> Cost:
        """The cost of calls, each so many times."""
        return sum((self.of(call).times(number) for call, number in calls), Cost())

    @cached_property
    def _modules(self) -> SystemModules:
        with torch.device(META):
            return build_modules(self._config).eval().requires_grad_(False)

    def _model(self, call: Call) -> RecapModel:
        return cast(RecapModel, self._modules.captioners[call.captioner])

    def _flops(self, call: Call, length: int) -> float:
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            if call.part is Part.ENCODER:
                assert self._modules.encoder is not None
                self._modules.encoder(self._pixels())
            elif call.part is Part.STEP:
                decoder = self._model(call).decoder
                cache = decoder.start(_empty(call.read, self._query_width(call)), length)
                before = counter.get_total_flops()
                cache.lengths = [length - 1]
                decoder.step(torch.zeros(1, 1, dtype=torch.long, device=META), cache)
                return float(counter.get_total_flops() - before)
            else:
                alignment, queries = self._alignment(call)
                alignment(queries[None], _empty(length, self._context_width(call)))
            return float(counter.get_total_flops())

    def _bytes(self, call: Call) -> float:
        """Weights, what goes in, what comes out, and what is kept."""
        if call.part is Part.ENCODER:
            assert self._modules.encoder is not None
            config = self._config.encoder
            assert config is not None
            patches = (config.image_size // config.patch_size) ** 2 * config.num_frames
            numbers = call.rows * (self._pixels().numel() + (1 + patches) * config.width)
            return self._weight * _size(self._modules.encoder) + self._number * numbers
        width = self._query_width(call)
        if call.part in {Part.VIDEO, Part.TEXT}:
            alignment, queries = self._alignment(call)
            numbers = call.rows * (2 * queries.numel() + call.length * self._context_width(call))
            return self._weight * _size(alignment) + self._number * numbers
        decoder = self._model(call).decoder
        kept = 2 * self._config.captioners[call.captioner].decoder.width * len(decoder.blocks) * call.length
        logits = decoder.token_embedding.num_embeddings
        return self._number * (_size(decoder) + call.rows * (call.read * width + kept + logits))

    def _pixels(self) -> Tensor:
        config = self._config.encoder
        assert config is not None
        return torch.empty(1, 3, config.num_frames, config.image_size, config.image_size, device=META)

    def _alignment(self, call: Call) -> tuple[nn.Module, Tensor]:
        model = self._model(call)
        alignment, queries = model.video_alignment, model.video_queries
        if call.part is Part.TEXT:
            alignment, queries = model.text_alignment, model.text_queries
        assert alignment is not None and queries is not None
        return alignment, queries

    def _query_width(self, call: Call) -> int:
        return self._config.captioners[call.captioner].decoder.query_width

    def _context_width(self, call: Call) -> int:
        captioner = self._config.captioners[call.captioner]
        config = captioner.text_alignment if call.part is Part.TEXT else captioner.video_alignment
        assert config is not None
        return config.context_width


def _empty(rows: int, width: int) -> Tensor:
    return torch.empty(1, rows, width, device=META)


def _size(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())

"""Sizes of the authors' models, from the shapes in a file and from what the shapes do not tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from math import isqrt
from typing import Final

from torch import Tensor

from videorecap.config import (
    AlignmentConfig,
    AlignmentKind,
    DecoderConfig,
    TextTowerConfig,
    VideoEncoderConfig,
)
from videorecap.errors import CheckpointError
from videorecap.models.hints import Hints

# Number of heads by width, for the models that the authors used.
ENCODER_HEADS: Final = {768: 12, 1024: 16}
ALIGNMENT_HEADS: Final = {768: 12}
DECODER_HEADS: Final = {768: 12, 1024: 16, 1280: 20, 1600: 25}
TEXT_TOWER_HEADS: Final = {512: 8, 768: 12}


class Shapes:
    """Sizes read off the tensors whose names match a pattern.

    The majority decides, so that one odd tensor is found out by the strict comparison that follows, and does
    not bend everything else.
    """

    def __init__(self, state: Mapping[str, Tensor], prefix: str) -> None:
        self._shapes = {
            key.removeprefix(prefix): tuple(tensor.shape)
            for key, tensor in state.items()
            if key.startswith(prefix)
        }

    def has(self, pattern: str) -> bool:
        """Whether any name matches the whole pattern."""
        return any(re.fullmatch(pattern, key) for key in self._shapes)

    def size(self, pattern: str, axis: int) -> int:
        """Length of one axis; 1 where no such tensor is, which then counts as missing."""
        sizes = [
            shape[axis]
            for key, shape in self._shapes.items()
            if re.fullmatch(pattern, key) and -len(shape) <= axis < len(shape)
        ]
        return Counter(sizes).most_common(1)[0][0] if sizes else 1

    def indices(self, pattern: str) -> list[int]:
        """The numbers, in order, that the pattern's group takes among the names."""
        matches = (re.fullmatch(pattern, key) for key in self._shapes)
        return sorted({int(match[1]) for match in matches if match})

    def count(self, pattern: str) -> int:
        """How many layers: the largest number that the pattern's group takes, plus 1."""
        return max(self.indices(pattern), default=-1) + 1


def encoder_sizes(shapes: Shapes, hints: Hints) -> VideoEncoderConfig:
    """Configuration of a TimeSformer."""
    width = shapes.size(r"blocks\.\d+\.norm\d\.weight", 0)
    patch = shapes.size(r"patch_embed\.proj\.weight", -1)
    return VideoEncoderConfig(
        image_size=patch * isqrt(shapes.size("pos_embed", 1) - 1 or 1),
        patch_size=patch,
        num_frames=shapes.size("temporal_embed", 1),
        width=width,
        num_layers=shapes.count(r"blocks\.(\d+)\.norm1\.weight"),
        num_heads=_heads("encoder", width, hints.encoder_heads, ENCODER_HEADS),
        mlp_width=shapes.size(r"blocks\.\d+\.mlp\.fc1\.weight", 0),
        has_time_gates=shapes.has(r"blocks\.\d+\.alpha_timeattn"),
    )


def lm_sizes(shapes: Shapes, hints: Hints) -> AlignmentConfig:
    """Configuration of a language-model alignment."""
    layer = r"bert\.encoder\.layer\."
    width = shapes.size(rf"{layer}\d+\.attention\.self\.query\.weight", 0)
    num_layers = shapes.count(rf"{layer}(\d+)\.attention\.self\.query\.weight")
    return AlignmentConfig(
        kind=AlignmentKind.LM,
        width=width,
        context_width=shapes.size(rf"{layer}\d+\.crossattention\.self\.key\.weight", 1),
        num_heads=_heads("alignment", width, hints.alignment_heads, ALIGNMENT_HEADS),
        num_layers=num_layers,
        cross_every=_period(
            shapes.indices(rf"{layer}(\d+)\.crossattention\.self\.query\.weight"), num_layers
        ),
        mlp_width=shapes.size(rf"{layer}\d+\.intermediate_query\.dense\.weight", 0),
    )


def resampler_sizes(shapes: Shapes, pool: str) -> AlignmentConfig:
    """Configuration of a resampler; its shapes tell all."""
    head_width = shapes.size(rf"{pool}\.to_kv\.weight", 0) // 2 or 1
    return AlignmentConfig(
        kind=AlignmentKind.RESAMPLER,
        width=shapes.size(rf"{pool}\.to_q\.weight", 1),
        context_width=shapes.size(rf"{pool}\.to_kv\.weight", 1),
        num_heads=shapes.size(rf"{pool}\.to_q\.weight", 0) // head_width,
        head_width=head_width,
    )


def decoder_width(shapes: Shapes) -> int:
    """Width of a GPT-2."""
    return shapes.size(r"transformer\.h\.\d+\.ln_1\.weight", 0)


def decoder_sizes(shapes: Shapes, hints: Hints, *, has_trainable_norms: bool) -> DecoderConfig:
    """Configuration of a gated GPT-2, or of a plain one."""
    block = r"transformer\.h\."
    width = decoder_width(shapes)
    num_layers = shapes.count(rf"{block}(\d+)\.ln_1\.weight")
    vocab_size = shapes.size(r"transformer\.wte\.weight|lm_head\.weight", 0)
    return DecoderConfig(
        width=width,
        num_layers=num_layers,
        num_heads=_heads("decoder", width, hints.decoder_heads, DECODER_HEADS),
        num_positions=shapes.size(r"transformer\.wpe\.weight", 0),
        vocab_size=vocab_size,
        end_token=vocab_size - 1 if hints.end_token is None else hints.end_token,
        query_width=shapes.size(rf"{block}\d+\.crossattention\.c_attn\.weight", 0),
        cross_every=_period(shapes.indices(rf"{block}(\d+)\.crossattention\.c_attn\.weight"), num_layers),
        has_trainable_norms=has_trainable_norms,
    )


def text_tower_sizes(shapes: Shapes, hints: Hints, *, has_unit_norm: bool) -> TextTowerConfig:
    """Configuration of a dual encoder's text half."""
    block = r"transformer\.resblocks\."
    width = shapes.size(rf"{block}\d+\.ln_\d\.weight", 0)
    return TextTowerConfig(
        width=width,
        num_layers=shapes.count(rf"{block}(\d+)\.ln_1\.weight"),
        num_heads=_heads("text", width, hints.text_tower_heads, TEXT_TOWER_HEADS),
        mlp_width=shapes.size(rf"{block}\d+\.mlp\.c_fc\.weight", 0),
        num_positions=shapes.size("positional_embedding", 0),
        vocab_size=shapes.size(r"token_embedding\.weight", 0),
        embed_width=shapes.size("text_projection|image_projection", 1),
        has_unit_norm=has_unit_norm,
    )


def _period(layers: list[int], num_layers: int) -> int:
    """How far apart the layers with cross-attention are: the most common distance."""
    steps = [later - earlier for earlier, later in pairwise(layers)]
    return Counter(steps).most_common(1)[0][0] if steps else max(num_layers, 1)


def _heads(part: str, width: int, hint: int | None, usual: Mapping[int, int]) -> int:
    if hint is not None:
        return hint
    if width not in usual:
        raise CheckpointError(
            f"the weights do not tell how many attention heads the {part} of width {width} has; "
            f"give --{part}-heads, or --language-models with a configuration that tells"
        )
    return usual[width]

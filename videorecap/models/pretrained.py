"""Pretrained weights of the model hub into our parts, as the start of a training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isqrt
from typing import cast

import torch
from torch import Tensor, nn

from videorecap.config import AlignmentConfig, DecoderConfig, VideoEncoderConfig
from videorecap.models import layouts
from videorecap.models.alignment import AlignmentLayer, LmAlignment
from videorecap.models.checkpoints import fill
from videorecap.models.convert import take
from videorecap.models.layouts import Entry
from videorecap.models.text_decoder import TextDecoder
from videorecap.models.video_encoder import SpaceTimeBlock, TimeSformer

GPT2_PREFIX = "transformer."
DISTILBERT_PREFIX = "distilbert."
CLIP_PREFIX = "visual."


def load_gpt2(decoder: TextDecoder, state: Mapping[str, Tensor]) -> None:
    """Give a decoder the weights of a plain GPT-2; its gated layers or prefix projection stay as they are.

    Args:
        decoder: of the same size.
        state: tensors of Hugging Face's GPT-2, with or without its language-model head.

    Raises:
        CheckpointError: naming every key that is unknown, missing or of another shape.
    """
    if not any(key.startswith(GPT2_PREFIX) for key in state):
        state = {f"{GPT2_PREFIX}{key}": tensor for key, tensor in state.items()}
    config = DecoderConfig(
        width=decoder.token_embedding.embedding_dim,
        num_layers=len(decoder.blocks),
        num_heads=1,
        num_positions=decoder.position_embedding.num_embeddings,
        vocab_size=decoder.token_embedding.num_embeddings,
        end_token=0,
    )
    _load(decoder, state, layouts.decoder_entries(config, has_gates=False), "the GPT-2 given")


def load_distilbert(alignment: LmAlignment, state: Mapping[str, Tensor]) -> None:
    """Give an alignment the weights of a DistilBERT; its cross-attention stays as it is.

    Source: Video ReCap, section S1: a pretrained DistilBERT with cross-attention added to each layer.

    Args:
        alignment: with as many layers.
        state: tensors of Hugging Face's DistilBERT, with or without a head.

    Raises:
        CheckpointError: naming every key that is unknown, missing or of another shape.
    """
    state = {key.removeprefix(DISTILBERT_PREFIX): tensor for key, tensor in state.items()}
    layer = cast("AlignmentLayer", alignment.layers[0])
    config = AlignmentConfig(
        width=layer.mlp.inner.in_features,
        num_heads=1,
        num_layers=len(alignment.layers),
        mlp_width=layer.mlp.inner.out_features,
    )
    _load(alignment, state, layouts.distilbert_entries(config), "the DistilBERT given")


def load_clip(encoder: TimeSformer, state: Mapping[str, Tensor]) -> None:
    """Give a video encoder the weights of a CLIP image encoder, with attention over time that adds nothing.

    Source: LaViLa's initialisation: queries, keys and values of the time attention zero, its output layer
    ones.

    Args:
        encoder: of the same size.
        state: tensors of OpenAI's CLIP; those of its text half are left out.

    Raises:
        CheckpointError: naming every key that is unknown, missing or of another shape.
    """
    if any(key.startswith(CLIP_PREFIX) for key in state):
        visual = (key for key in state if key.startswith(CLIP_PREFIX))
        state = {key.removeprefix(CLIP_PREFIX): state[key] for key in visual}
    blocks = cast("list[SpaceTimeBlock]", list(encoder.blocks))
    patch = encoder.patch_embedding.kernel_size[0]
    config = VideoEncoderConfig(
        image_size=patch * isqrt(len(encoder.positions) - 1),
        patch_size=patch,
        width=encoder.positions.shape[1],
        num_layers=len(blocks),
        num_heads=1,
        mlp_width=blocks[0].mlp.inner.out_features,
    )
    _load(encoder, state, layouts.clip_entries(config), "the CLIP given")
    with torch.no_grad():
        encoder.frame_positions.zero_()
        for block in blocks:
            block.time_attention.qkv.weight.zero_()
            block.time_attention.qkv.bias.zero_()
            block.time_attention.out.weight.fill_(1.0)
            block.time_attention.out.bias.zero_()


def _load(module: nn.Module, state: Mapping[str, Tensor], entries: Iterable[Entry], source: str) -> None:
    """Fill what the entries name; every other parameter of the module is its own addition."""
    known = list(entries)
    added = {name for name, _ in module.named_parameters()} - {entry.ours for entry in known}
    fill(module, take(state, known, source=source), source=source, fresh=added)

"""Pretrained weights of the model hub into our parts, as the start of a training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from typing import Final, cast

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from torch import Tensor, nn

from videorecap.config import AlignmentConfig, DecoderConfig, VideoEncoderConfig
from videorecap.errors import CheckpointError
from videorecap.models import layouts
from videorecap.models.alignment import AlignmentLayer, LmAlignment
from videorecap.models.checkpoints import fill, load_tensors
from videorecap.models.convert import take
from videorecap.models.hints import MODEL_FILE, Hints, hub_name, is_local, read_hints
from videorecap.models.layouts import Entry
from videorecap.models.safe_load import read_official
from videorecap.models.text_decoder import TextDecoder
from videorecap.models.video_encoder import SpaceTimeBlock, TimeSformer

GPT2_PREFIX = "transformer."
DISTILBERT_PREFIX = "distilbert."
CLIP_PREFIX = "visual."
CLIP_KEY = "conv1.weight"  # no other encoder here has it
TIMESFORMER_PREFIXES = ("vision_model.", "visual.")  # in Video ReCap, in LaViLa
SAFETENSORS_SUFFIX: Final = ".safetensors"
STATE_FILES: Final = ("model.safetensors", "pytorch_model.bin")  # the first that is there is read
TOKENIZER_FILES: Final = ("tokenizer.json", "vocab.json", "merges.txt")


@dataclass(frozen=True, kw_only=True)
class LanguageModel:
    """A language model in the layout of transformers.

    Attributes:
        directory: where it is; its tokenizer may be there as well.
        hints: its numbers of heads.
        state: its tensors.
    """

    directory: Path
    hints: Hints
    state: dict[str, Tensor]


def read_language_model(name: str) -> LanguageModel:
    """Read a language model that transformers has saved.

    Args:
        name: a directory with ``config.json`` and ``model.safetensors`` or ``pytorch_model.bin``, or the
            name of such a model on the hub.

    Raises:
        CheckpointError: if there is none, or its files cannot be read.
    """
    directory = Path(name) if is_local(name) else _fetch(hub_name(name))
    files = [directory / file for file in STATE_FILES if (directory / file).is_file()]
    if not files:
        raise CheckpointError(f"{name}: neither {' nor '.join(STATE_FILES)} is there")
    return LanguageModel(directory=directory, hints=read_hints(directory), state=read_tensors(files[0]))


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Tensors by name, of a safetensors file or of one that ``torch.save`` wrote.

    Raises:
        CheckpointError: if the file cannot be read, or holds anything that could run.
    """
    return load_tensors(path) if path.suffix == SAFETENSORS_SUFFIX else read_official(path).state


def _fetch(name: str) -> Path:
    """The files of a model on the hub, in the hub's local cache; of its weights one kind only."""
    try:
        for weights in STATE_FILES:
            directory = Path(snapshot_download(name, allow_patterns=[MODEL_FILE, weights, *TOKENIZER_FILES]))
            if (directory / weights).is_file():
                break
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise CheckpointError(f"{name}: no such directory, and the hub did not give it: {reason}") from None
    return directory


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
        state = _under(CLIP_PREFIX, state)
    _load(encoder, state, layouts.clip_entries(_sizes(encoder)), "the CLIP given")
    with torch.no_grad():
        encoder.frame_positions.zero_()
        for block in _blocks(encoder):
            block.time_attention.qkv.weight.zero_()
            block.time_attention.qkv.bias.zero_()
            block.time_attention.out.weight.fill_(1.0)
            block.time_attention.out.bias.zero_()


def is_clip(state: Mapping[str, Tensor]) -> bool:
    """Whether tensors are those of a CLIP image encoder, with or without the text half."""
    return any(f"{prefix}{CLIP_KEY}" in state for prefix in ("", CLIP_PREFIX))


def load_timesformer(encoder: TimeSformer, state: Mapping[str, Tensor]) -> None:
    """Give a video encoder the weights of LaViLa's or Video ReCap's.

    Args:
        encoder: of the same size.
        state: tensors of one of the authors' files; those of other parts are left out.

    Raises:
        CheckpointError: if there is no video encoder; or naming every key that is unknown, missing or of
            another shape.
    """
    prefixes = [prefix for prefix in TIMESFORMER_PREFIXES if _under(prefix, state)]
    if not prefixes:
        raise CheckpointError("the file given has no video encoder, of LaViLa, Video ReCap or CLIP")
    entries = layouts.encoder_entries(_sizes(encoder))
    _load(encoder, _under(prefixes[0], state), entries, "the video encoder given")


def _under(prefix: str, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What lies under a prefix, without it."""
    return {key.removeprefix(prefix): tensor for key, tensor in state.items() if key.startswith(prefix)}


def _sizes(encoder: TimeSformer) -> VideoEncoderConfig:
    """Sizes that decide on the shapes of an encoder's weights."""
    blocks = _blocks(encoder)
    patch = encoder.patch_embedding.kernel_size[0]
    return VideoEncoderConfig(
        image_size=patch * isqrt(len(encoder.positions) - 1),
        patch_size=patch,
        num_frames=len(encoder.frame_positions),
        width=encoder.positions.shape[1],
        num_layers=len(blocks),
        num_heads=1,
        mlp_width=blocks[0].mlp.inner.out_features,
        has_time_gates=blocks[0].time_gate is not None,
    )


def _blocks(encoder: TimeSformer) -> list[SpaceTimeBlock]:
    return cast("list[SpaceTimeBlock]", list(encoder.blocks))


def _load(module: nn.Module, state: Mapping[str, Tensor], entries: Iterable[Entry], source: str) -> None:
    """Fill what the entries name; every other parameter of the module is its own addition."""
    known = list(entries)
    added = {name for name, _ in module.named_parameters()} - {entry.ours for entry in known}
    fill(module, take(state, known, source=source), source=source, fresh=added)

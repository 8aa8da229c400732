"""The authors' checkpoint files to a configuration and weights of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from videorecap.config import PreprocessConfig, SystemConfig, paper_levels
from videorecap.errors import CheckpointError
from videorecap.models.checkpoints import compare
from videorecap.models.hints import MODEL_FILE, Hints, hub_name, read_hints
from videorecap.models.layouts import Entry
from videorecap.models.pieces import piece_of
from videorecap.models.safe_load import OfficialCheckpoint, read_official
from videorecap.models.stages import decoder_name, local_language_model

TOKENIZER_FILES: Final = ("tokenizer.json", "vocab.json")


@dataclass(frozen=True, kw_only=True)
class Converted:
    """A converted system, or a part of one.

    Attributes:
        config: what it is made of.
        weights: by the names of the system's parameters; views of the file's tensors where possible.
        tokenizer: a local directory with the decoder's tokenizer, if the file's options name one.
        decoder_name: of the decoder's language model on the hub; None where there is no decoder.
    """

    config: SystemConfig
    weights: dict[str, Tensor]
    tokenizer: Path | None = None
    decoder_name: str | None = None


def convert(paths: Sequence[Path], *, name: str, hints: Hints | None = None) -> Converted:
    """Convert files of Video ReCap and LaViLa, several of them into one system.

    Clip, segment and video files together make the three captioners of the paper; a unified file makes one
    captioner for all levels; any file alone makes as much of a system as it holds. A dual encoder brings
    the encoder and the text tower.

    Args:
        paths: the files.
        name: of the system.
        hints: what the weights do not tell.

    Raises:
        CheckpointError: if a file cannot be read, is of no known layout, has unknown or missing tensors
            (all are named), or does not go with the others.
    """
    if not paths:
        raise CheckpointError("nothing to convert: give at least one checkpoint file")
    merged = _convert_file(read_official(paths[0]), name, hints or Hints())
    for path in paths[1:]:
        merged = _merge(merged, _convert_file(read_official(path), name, hints or Hints()), path)
    return merged


def take(state: Mapping[str, Tensor], entries: Iterable[Entry], *, source: str) -> dict[str, Tensor]:
    """Official tensors as ours: renamed, turned, in fp32; what has no use is checked and left out.

    Args:
        state: tensors by official name.
        entries: everything that may be there.
        source: the file, for the error.

    Raises:
        CheckpointError: naming every key that is unknown, missing, of another shape, or unequal to the key
            that it must equal.
    """
    known = {entry.official: entry for entry in entries}
    here = {key: known[key] for key in known if key in state}
    misshapen = {
        key: (tuple(state[key].shape), entry.shape)
        for key, entry in here.items()
        if entry.shape is not None and tuple(state[key].shape) != entry.shape
    }
    compare(
        source,
        unknown=state.keys() - known.keys(),
        missing=[key for key, entry in known.items() if not entry.is_optional and key not in state],
        misshapen=misshapen,
        wrong=[fault for entry in here.values() if (fault := _fault(state, entry))],
    )
    return {entry.ours: _turned(state[key], entry) for key, entry in here.items() if entry.ours is not None}


def _fault(state: Mapping[str, Tensor], entry: Entry) -> str | None:
    tensor = state[entry.official]
    if entry.is_zero and bool(tensor.any()):
        return f"{entry.official} is not zero"
    original = None if entry.same_as is None else state.get(entry.same_as)
    if original is not None and not torch.equal(tensor, original):
        return f"{entry.official} differs from {entry.same_as}"
    return None


def _turned(tensor: Tensor, entry: Entry) -> Tensor:
    if entry.our_shape is not None:
        tensor = tensor.reshape(entry.our_shape)
    return (tensor.T if entry.is_transposed else tensor).float()


def _convert_file(checkpoint: OfficialCheckpoint, name: str, hints: Hints) -> Converted:
    local = local_language_model(checkpoint)
    if local is not None and (local / MODEL_FILE).is_file():
        hints = hints.or_else(read_hints(local))
    piece = piece_of(checkpoint, hints)
    weights = take(checkpoint.state, piece.entries, source=str(checkpoint.path))  # names every fault at once
    has_tokenizer = local is not None and any((local / file).is_file() for file in TOKENIZER_FILES)
    preprocess = PreprocessConfig()
    if piece.encoder is not None:
        preprocess = replace(preprocess, image_size=piece.encoder.image_size)
    return Converted(
        config=SystemConfig(
            name=name,
            preprocess=preprocess,
            encoder=piece.encoder,
            text_tower=piece.text_tower,
            captioners=piece.captioners,
            levels=piece.levels,
        ),
        weights=weights,
        tokenizer=local if has_tokenizer else None,
        decoder_name=hub_name(decoder_name(checkpoint)) if piece.captioners else None,
    )


def _merge(first: Converted, second: Converted, path: Path) -> Converted:
    """One system from two, where nothing may be told twice and differently."""
    one, two = first.config, second.config
    levels = {level.name: level for level in (*one.levels, *two.levels)}
    if len(levels) < len(one.levels) + len(two.levels):
        raise CheckpointError(
            f"{path}: serves a level that another file serves already; give one file for each level"
        )
    if one.encoder is not None and two.encoder is not None and one.encoder != two.encoder:
        raise CheckpointError(f"{path}: its video encoder has another size than that of another file")
    for name, ours in first.weights.items():
        theirs = second.weights.get(name)
        if theirs is not None and not torch.equal(ours, theirs):
            raise CheckpointError(f"{path}: {name} differs from that of another file")
    config = replace(
        one,
        preprocess=two.preprocess if one.encoder is None else one.preprocess,
        encoder=one.encoder or two.encoder,
        text_tower=one.text_tower or two.text_tower,
        captioners={**one.captioners, **two.captioners},
        levels=tuple(levels[level.name] for level in paper_levels() if level.name in levels),
    )
    return Converted(
        config=config,
        weights={**first.weights, **second.weights},
        tokenizer=first.tokenizer or second.tokenizer,
        decoder_name=first.decoder_name or second.decoder_name,
    )

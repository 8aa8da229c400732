"""What a file is for, by its options: its stage and levels, and the language model it came from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from videorecap.config import CaptionerConfig, paper_levels
from videorecap.errors import CheckpointError
from videorecap.hierarchy import Level, Sampling
from videorecap.models.hints import Hints
from videorecap.models.options import Options
from videorecap.models.safe_load import OfficialCheckpoint

CLIP = "clip"
UNIFIED = "recap"  # the captioner of a file that serves every level
STAGE_OF_DATASET: Final = {
    "clip_caption": CLIP,
    "segment_description": "segment",
    "video_summary": "summary",
}
STAGE_OF_NAME: Final = {CLIP: CLIP, "segment": "segment", "summary": "summary", "video": "summary"}
UNIFIED_SUMMARY_TOKENS: Final = 100  # what the authors evaluate their unified model with
# What the authors' code takes where a file's options do not say.
DEFAULT_NUM_FEATURES: Final = 40
DEFAULT_MAX_TOKENS: Final = 77
LEAST_TOKENS: Final = 2  # the start token and one more
DEFAULT_DECODER: Final = "gpt2"
RECURSIVE: Final = "recur"  # the hier_type of a unified model that reads the captions below


def stage_of(checkpoint: OfficialCheckpoint, hints: Hints) -> str:
    """The level that a file of Video ReCap is for, or the unified model's name.

    Raises:
        CheckpointError: if neither the file nor the hint tells.
    """
    state, args = checkpoint.state, checkpoint.args
    if any(key.startswith("vision_model.") for key in state):
        has_text = any(key.startswith(("text_queries", "text_mapper.")) for key in state)
        return UNIFIED if has_text or args.get("unify_type") else CLIP
    stage = STAGE_OF_DATASET.get(str(args.get("dataset"))) or STAGE_OF_NAME.get(str(hints.level))
    if stage is None:
        given = "" if hints.level is None else f", and the level given is {hints.level!r}"
        raise CheckpointError(
            f"{checkpoint.path}: cannot tell which level this model is for; its options name dataset "
            f"{args.get('dataset')!r}, not one of {', '.join(STAGE_OF_DATASET)}{given}; "
            f"give --level with one of {', '.join(STAGE_OF_NAME)}"
        )
    return stage


def levels_of(stage: str, captioner: CaptionerConfig, checkpoint: OfficialCheckpoint) -> tuple[Level, ...]:
    """The paper's levels that a file serves, as its options have them.

    Raises:
        CheckpointError: if an option cannot be understood.
    """
    options = options_of(checkpoint)
    sampling = _sampling(options)
    num_features = options.number("num_video_feat", DEFAULT_NUM_FEATURES, least=1)
    max_tokens = options.number("max_gen_tokens", DEFAULT_MAX_TOKENS, least=LEAST_TOKENS)
    can_read = captioner.text_alignment is not None and _reads_text(stage, options)
    chosen = []
    for level in paper_levels((stage, stage, stage)):
        if stage not in (level.name, UNIFIED):
            continue
        is_base = level.name == CLIP
        is_unified_summary = stage == UNIFIED and level.name == "summary"
        most = UNIFIED_SUMMARY_TOKENS if is_unified_summary else max_tokens
        chosen.append(
            replace(
                level,
                reads=level.reads if can_read else None,
                sees=level.sees if captioner.video_alignment is not None else None,
                max_tokens=tokens_that_fit(most, captioner),
                num_features=level.num_features if is_base else num_features,
                sampling=level.sampling if is_base else sampling,
            )
        )
    return tuple(chosen)


def tokens_that_fit(max_tokens: int, captioner: CaptionerConfig) -> int:
    """As many tokens as the decoder has positions for; 2 if their table is missing, which is found later."""
    return max(LEAST_TOKENS, min(max_tokens, captioner.decoder.num_positions))


def _reads_text(stage: str, options: Options) -> bool:
    """Whether the run gave the model the captions below; each of the authors' scripts has its own option."""
    if stage == UNIFIED:
        return not options.is_none("hier_type") and options.text("hier_type", RECURSIVE) == RECURSIVE
    return not options.is_none("text_feature_type")


def _sampling(options: Options) -> Sampling:
    name = options.text("video_sampling_type", Sampling.MASKING.value)
    if name == "random":  # in training; the authors evaluate such a model with
        return Sampling.UNIFORM
    known = {item.value: item for item in Sampling}
    if name not in known:
        raise CheckpointError(f"{options.path}: its options name an unknown video_sampling_type {name!r}")
    return known[name]


def options_of(checkpoint: OfficialCheckpoint) -> Options:
    """The options of a file's training run."""
    return Options(checkpoint.path, checkpoint.args)


def decoder_name(checkpoint: OfficialCheckpoint) -> str:
    """The language model that the decoder was made from, as the file's options name it."""
    return options_of(checkpoint).text("decoder_name", DEFAULT_DECODER) or DEFAULT_DECODER


def local_language_model(checkpoint: OfficialCheckpoint) -> Path | None:
    """The directory that a file's options name as the decoder, if it is one on this machine."""
    path = Path(decoder_name(checkpoint))
    return path if path.is_dir() else None

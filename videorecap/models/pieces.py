"""What one of the authors' files holds, recognised by its keys: configuration, levels, expected tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeVar

from torch import Tensor

from videorecap.config import (
    AlignmentConfig,
    CaptionerConfig,
    TextTowerConfig,
    VideoEncoderConfig,
    paper_levels,
)
from videorecap.errors import CheckpointError
from videorecap.hierarchy import Level, Sampling
from videorecap.models import layouts, sizes
from videorecap.models.layouts import Entry
from videorecap.models.safe_load import OfficialCheckpoint
from videorecap.models.sizes import Hints, Shapes

ENCODER = "encoder."  # names of a system's parts, as its modules have them
TEXT_TOWER = "text_tower."
CLIP = "clip"
UNIFIED = "recap"  # the captioner of a file that serves every level
STAGE_OF_DATASET: Final = {
    "clip_caption": CLIP,
    "segment_description": "segment",
    "video_summary": "summary",
}
UNIFIED_SUMMARY_TOKENS: Final = 100  # what the authors evaluate their unified model with
DEFAULT_NUM_FEATURES: Final = 40  # of a file whose options do not say
VIDEO_MAPPER: Final = "video_mapper."
Value = TypeVar("Value", int, str, bool)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """The part of a system that one file holds.

    Attributes:
        entries: every tensor that the file may have; our names are those of a system's parameters.
        encoder: its video encoder.
        text_tower: the text half of a dual encoder.
        captioners: at most one.
        levels: those that it serves.
    """

    entries: list[Entry]
    encoder: VideoEncoderConfig | None = None
    text_tower: TextTowerConfig | None = None
    captioners: dict[str, CaptionerConfig] = field(default_factory=dict)
    levels: tuple[Level, ...] = ()


def piece_of(checkpoint: OfficialCheckpoint, hints: Hints) -> Piece:
    """Recognise a file.

    Raises:
        CheckpointError: if it is of no known layout, or does not tell which level it is for.
    """
    state = checkpoint.state
    if "img_queries" in state or _has(state, "img_attn_pool."):
        return _narrator(state, hints)
    if _has(state, "text_decoder."):
        return _recap(checkpoint, hints)
    if _has(state, "transformer.resblocks."):
        return _dual_encoder(state, hints)
    some = ", ".join(list(state)[:3])
    raise CheckpointError(
        f"{checkpoint.path}: not Video ReCap, nor a dual encoder or narrator of LaViLa; it holds {some}"
    )


def _recap(checkpoint: OfficialCheckpoint, hints: Hints) -> Piece:
    """A stage of Video ReCap, or the unified model."""
    state, args = checkpoint.state, checkpoint.args
    encoder = _encoder(state, "vision_model.", hints)
    stage = STAGE_OF_DATASET.get(str(args.get("dataset")))
    if encoder is not None:
        has_text = "text_queries" in state or _has(state, "text_mapper.")
        stage = UNIFIED if has_text or args.get("unify_type") else CLIP
    if stage is None:
        raise CheckpointError(
            f"{checkpoint.path}: cannot tell which level this model is for; its options name dataset "
            f"{args.get('dataset')!r}, expected one of {', '.join(STAGE_OF_DATASET)}"
        )
    captioner, entries = _captioner(checkpoint, hints)
    if encoder is not None:
        entries += layouts.moved(layouts.encoder_entries(encoder), "vision_model.", ENCODER)
    return Piece(
        entries=_placed(entries, stage),
        encoder=encoder,
        captioners={stage: captioner},
        levels=_levels(stage, captioner, checkpoint),
    )


def _captioner(checkpoint: OfficialCheckpoint, hints: Hints) -> tuple[CaptionerConfig, list[Entry]]:
    state = checkpoint.state
    decoder = sizes.decoder_sizes(Shapes(state, "text_decoder."), hints, has_trainable_norms=True)
    entries = list(layouts.moved(layouts.decoder_entries(decoder), "text_decoder.", "decoder."))
    is_shared = _option(checkpoint.args, "share_mapper", False)
    alignments: dict[str, AlignmentConfig | None] = {"video": None, "text": None}
    num_queries = {"video": 0, "text": 0}
    for kind in alignments:
        mapper, queries = f"{kind}_mapper.", f"{kind}_queries"
        if not _has(state, mapper) and queries not in state:
            continue
        num_queries[kind] = Shapes(state, "").size(queries, 0)
        entries.append(Entry(queries, queries, (num_queries[kind], decoder.query_width)))
        if is_shared and kind == "text" and alignments["video"] is not None:
            alignments["text"] = alignments["video"]
            originals = [entry for entry in entries if entry.official.startswith(VIDEO_MAPPER)]
            entries += layouts.copies(originals, VIDEO_MAPPER, mapper)
        else:
            alignments[kind], part = _alignment(checkpoint, mapper, f"{kind}_alignment.", hints)
            entries += part
    captioner = CaptionerConfig(
        video_alignment=alignments["video"],
        text_alignment=alignments["text"],
        is_alignment_shared=is_shared and None not in alignments.values(),
        num_video_queries=num_queries["video"],
        num_text_queries=num_queries["text"],
        max_text_tokens=min(CaptionerConfig.max_text_tokens, decoder.num_positions),
        decoder=decoder,
    )
    return captioner, entries


def _alignment(
    checkpoint: OfficialCheckpoint, mapper: str, ours: str, hints: Hints
) -> tuple[AlignmentConfig, list[Entry]]:
    shapes = Shapes(checkpoint.state, mapper)
    if shapes.has(r"attn_pool\..*"):
        config = sizes.resampler_sizes(shapes, "attn_pool")
        return config, list(layouts.moved(layouts.resampler_entries(config), mapper, ours))
    if not shapes.has(r"mapper\.bert\..*"):
        raise CheckpointError(
            f"{checkpoint.path}: no alignment of a known kind, qformer or perciever, under {mapper}*"
        )
    config = sizes.lm_sizes(Shapes(checkpoint.state, f"{mapper}mapper."), hints)
    return config, list(layouts.moved(layouts.lm_entries(config), f"{mapper}mapper.", ours))


def _narrator(state: Mapping[str, Tensor], hints: Hints) -> Piece:
    """LaViLa's narrator: a clip captioner with a resampler, whose embeddings are as wide as its decoder."""
    pool = "img_attn_pool"
    alignment = sizes.resampler_sizes(Shapes(state, ""), pool)
    decoder = sizes.decoder_sizes(Shapes(state, "text_decoder."), hints, has_trainable_norms=False)
    num_queries = Shapes(state, "").size("img_queries", 0)
    encoder = sizes.encoder_sizes(Shapes(state, "visual."), hints)
    captioner = CaptionerConfig(
        video_alignment=alignment,
        text_alignment=None,
        num_video_queries=num_queries,
        num_text_queries=0,
        max_text_tokens=min(CaptionerConfig.max_text_tokens, decoder.num_positions),
        decoder=decoder,
    )
    entries = [
        Entry("img_queries", "video_queries", (num_queries, decoder.query_width)),
        *layouts.moved(layouts.resampler_entries(alignment, pool), "", "video_alignment."),
        *layouts.moved(layouts.decoder_entries(decoder), "text_decoder.", "decoder."),
        *layouts.moved(layouts.encoder_entries(encoder), "visual.", ENCODER),
    ]
    return Piece(
        entries=_placed(entries, CLIP),
        encoder=encoder,
        captioners={CLIP: captioner},
        levels=paper_levels()[:1],
    )


def _dual_encoder(state: Mapping[str, Tensor], hints: Hints) -> Piece:
    encoder = sizes.encoder_sizes(Shapes(state, "visual."), hints)
    tower = sizes.text_tower_sizes(Shapes(state, ""), hints)
    entries = [
        *layouts.moved(layouts.encoder_entries(encoder), "visual.", ENCODER),
        *layouts.moved(layouts.text_tower_entries(tower, encoder.width), "", TEXT_TOWER),
    ]
    return Piece(entries=entries, encoder=encoder, text_tower=tower)


def _encoder(state: Mapping[str, Tensor], prefix: str, hints: Hints) -> VideoEncoderConfig | None:
    return sizes.encoder_sizes(Shapes(state, prefix), hints) if _has(state, prefix) else None


def _has(state: Mapping[str, Tensor], prefix: str) -> bool:
    return any(key.startswith(prefix) for key in state)


def _placed(entries: Iterable[Entry], captioner: str) -> list[Entry]:
    """Entries with our names as a system has them; the encoder's are so already."""
    return [
        entry
        if entry.ours is None or entry.ours.startswith(ENCODER)
        else replace(entry, ours=f"captioners.{captioner}.{entry.ours}")
        for entry in entries
    ]


def _levels(stage: str, captioner: CaptionerConfig, checkpoint: OfficialCheckpoint) -> tuple[Level, ...]:
    """The paper's levels that a file serves, as its options have them."""
    args = checkpoint.args
    sampling = _option(args, "video_sampling_type", Sampling.MASKING.value)
    if sampling == "random":  # in training; the authors evaluate such a model with
        sampling = Sampling.UNIFORM.value
    known = {item.value: item for item in Sampling}
    if sampling not in known:
        raise CheckpointError(
            f"{checkpoint.path}: its options name an unknown video_sampling_type {sampling!r}"
        )
    chosen = []
    for level in paper_levels((stage, stage, stage)):
        if stage not in (level.name, UNIFIED):
            continue
        is_base = level.name == CLIP
        is_unified_summary = stage == UNIFIED and level.name == "summary"
        num_features = _option(args, "num_video_feat", DEFAULT_NUM_FEATURES)
        max_tokens = _option(args, "max_gen_tokens", level.max_tokens)
        chosen.append(
            replace(
                level,
                reads=level.reads if captioner.text_alignment is not None else None,
                sees=level.sees if captioner.video_alignment is not None else None,
                max_tokens=UNIFIED_SUMMARY_TOKENS if is_unified_summary else max_tokens,
                num_features=level.num_features if is_base else num_features,
                sampling=level.sampling if is_base else known[sampling],
            )
        )
    return tuple(chosen)


def _option(args: Mapping[str, object], name: str, default: Value) -> Value:
    """One of the file's options; the default where it is absent or of another type."""
    value = args.get(name)
    return value if isinstance(value, type(default)) else default


def local_language_model(checkpoint: OfficialCheckpoint) -> Path | None:
    """The directory that a file's options name as the decoder, if it is one on this machine."""
    name = checkpoint.args.get("decoder_name")
    return Path(name) if isinstance(name, str) and name and Path(name).is_dir() else None

"""What one of the authors' files holds, recognised by its keys: configuration, levels, expected tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from torch import Tensor

from videorecap.config import (
    AlignmentConfig,
    CaptionerConfig,
    DecoderConfig,
    TextTowerConfig,
    VideoEncoderConfig,
    paper_levels,
)
from videorecap.errors import CheckpointError
from videorecap.hierarchy import Level
from videorecap.models import layouts, sizes, stages
from videorecap.models.hints import Hints, fetch_decoder_hints
from videorecap.models.layouts import Entry
from videorecap.models.safe_load import OfficialCheckpoint
from videorecap.models.sizes import Shapes
from videorecap.models.stages import CLIP

ENCODER = "encoder."  # names of a system's parts, as its modules have them
TEXT_TOWER = "text_tower."
VIDEO_MAPPER: Final = "video_mapper."


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
        return _narrator(checkpoint, hints)
    if _has(state, "text_decoder."):
        return _recap(checkpoint, hints)
    if _has(state, "transformer.resblocks."):
        return _dual_encoder(checkpoint, hints)
    some = ", ".join(list(state)[:3])
    raise CheckpointError(
        f"{checkpoint.path}: not Video ReCap, nor a dual encoder or narrator of LaViLa; it holds {some}"
    )


def _recap(checkpoint: OfficialCheckpoint, hints: Hints) -> Piece:
    """A stage of Video ReCap, or the unified model."""
    encoder = _encoder(checkpoint.state, "vision_model.", hints)
    stage = stages.stage_of(checkpoint, hints)
    captioner, entries = _captioner(checkpoint, hints)
    if encoder is not None:
        entries += layouts.moved(layouts.encoder_entries(encoder), "vision_model.", ENCODER)
    return Piece(
        entries=_placed(entries, stage),
        encoder=encoder,
        captioners={stage: captioner},
        levels=stages.levels_of(stage, captioner, checkpoint),
    )


def _captioner(checkpoint: OfficialCheckpoint, hints: Hints) -> tuple[CaptionerConfig, list[Entry]]:
    state = checkpoint.state
    decoder = _decoder(checkpoint, hints, has_trainable_norms=True)
    entries = list(layouts.moved(layouts.decoder_entries(decoder), "text_decoder.", "decoder."))
    is_shared = stages.options_of(checkpoint).flag("share_mapper", default=False)
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


def _narrator(checkpoint: OfficialCheckpoint, hints: Hints) -> Piece:
    """LaViLa's narrator: a clip captioner with a resampler, whose embeddings are as wide as its decoder."""
    state, pool = checkpoint.state, "img_attn_pool"
    encoder = sizes.encoder_sizes(Shapes(state, "visual."), hints)
    alignment = sizes.resampler_sizes(Shapes(state, ""), pool)
    decoder = _decoder(checkpoint, hints, has_trainable_norms=False)
    num_queries = Shapes(state, "").size("img_queries", 0)
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
        levels=tuple(
            replace(level, max_tokens=stages.tokens_that_fit(level.max_tokens, captioner))
            for level in paper_levels()[:1]
        ),
    )


def _dual_encoder(checkpoint: OfficialCheckpoint, hints: Hints) -> Piece:
    state = checkpoint.state
    has_unit_norm = stages.options_of(checkpoint).flag("norm_embed", default=True)
    encoder = sizes.encoder_sizes(Shapes(state, "visual."), hints)
    tower = sizes.text_tower_sizes(Shapes(state, ""), hints, has_unit_norm=has_unit_norm)
    entries = [
        *layouts.moved(layouts.encoder_entries(encoder), "visual.", ENCODER),
        *layouts.moved(layouts.text_tower_entries(tower, encoder.width), "", TEXT_TOWER),
    ]
    return Piece(entries=entries, encoder=encoder, text_tower=tower)


def _decoder(checkpoint: OfficialCheckpoint, hints: Hints, *, has_trainable_norms: bool) -> DecoderConfig:
    """Sizes of the decoder; the hub is asked for its heads where nothing here tells."""
    shapes = Shapes(checkpoint.state, "text_decoder.")
    width = sizes.decoder_width(shapes)
    if hints.decoder_heads is None and width not in sizes.DECODER_HEADS:
        hints = hints.or_else(fetch_decoder_hints(stages.decoder_name(checkpoint), width))
    return sizes.decoder_sizes(shapes, hints, has_trainable_norms=has_trainable_norms)


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

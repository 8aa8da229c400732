"""How large the parts of a system are: the paper's, one for a GPU and one for two processor cores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from videorecap.config import (
    AlignmentConfig,
    AlignmentKind,
    DecoderConfig,
    PreprocessConfig,
    TextTowerConfig,
    VideoEncoderConfig,
    paper_levels,
)
from videorecap.hierarchy import Joining, Level
from videorecap.models.stages import UNIFIED, UNIFIED_SUMMARY_TOKENS

SHARED: Final = (UNIFIED, UNIFIED, UNIFIED)  # one captioner on all levels
PATCH_SIZE: Final = 16  # pixels
MLP_RATIO: Final = 4


class Size(StrEnum):
    """Which sizes there are."""

    TINY = "tiny"  # the simulated world, two processor cores
    SMALL = "small"  # the simulated world, one GPU
    BASE = "base"  # the paper's


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the systems of one size are built of; defaults are the paper's.

    Attributes:
        preprocess: pixels to the encoder's input.
        encoder: of video.
        text_tower: of contrastive pre-training, where there is such a stage.
        alignment: language model with cross-attention, for what is seen and for what is read.
        resampler: in its place, for Table S1.
        decoder: of captions.
        num_video_queries: by captioner.
        num_text_queries: of every captioner that reads.
        max_text_tokens: most tokens that are read.
        levels: where each has a captioner of its own.
        unified_levels: where all share one.
        domain: what follows a system's name in the line on what it knows, when that is less than any video.
    """

    preprocess: PreprocessConfig = field(default_factory=PreprocessConfig)
    encoder: VideoEncoderConfig = field(default_factory=VideoEncoderConfig)
    text_tower: TextTowerConfig | None = None
    alignment: AlignmentConfig = field(default_factory=AlignmentConfig)
    resampler: AlignmentConfig
    decoder: DecoderConfig = field(default_factory=DecoderConfig)
    num_video_queries: Mapping[str, int]
    num_text_queries: int = 256
    max_text_tokens: int = 512
    levels: tuple[Level, ...]
    unified_levels: tuple[Level, ...]
    domain: str | None = None


def _base() -> Parts:
    """The paper's sizes.

    Source: Video ReCap, sections 3.5 and S1. Where the paper is silent, the authors' scripts: numbers of
    queries and of CLS features, most tokens of a caption; their resampler has 8 heads.
    """
    clip, segment, summary = paper_levels()
    *lower, unified_summary = paper_levels(SHARED)
    return Parts(
        resampler=AlignmentConfig(kind=AlignmentKind.RESAMPLER, num_heads=8),
        num_video_queries={"clip": 256, "segment": 32, "summary": 256, UNIFIED: 256},
        levels=(clip, replace(segment, num_features=80), replace(summary, num_features=1024)),
        unified_levels=(*lower, replace(unified_summary, max_tokens=UNIFIED_SUMMARY_TOKENS)),
    )


def _simulated(
    *,
    image_size: int,
    width: int,
    num_heads: int,
    encoder_layers: int,
    alignment_layers: int,
    decoder_layers: int,
    num_queries: tuple[int, int],
    max_text_tokens: int,
    vocab_size: int,
    text_tower: TextTowerConfig,
) -> Parts:
    """Parts of one width for the simulated world, without dropout: its videos do not run out.

    Queries are numbered as those for what is seen, and for what is read.
    """
    num_video_queries, num_text_queries = num_queries
    encoder = VideoEncoderConfig(
        image_size=image_size,
        patch_size=PATCH_SIZE,
        width=width,
        num_layers=encoder_layers,
        num_heads=num_heads,
        mlp_width=MLP_RATIO * width,
    )
    alignment = AlignmentConfig(
        width=width,
        context_width=width,
        num_heads=num_heads,
        num_layers=alignment_layers,
        mlp_width=MLP_RATIO * width,
        dropout=0.0,
    )
    decoder = DecoderConfig(
        width=width,
        num_layers=decoder_layers,
        num_heads=num_heads,
        num_positions=max_text_tokens,
        vocab_size=vocab_size,
        end_token=vocab_size - 1,
        query_width=width,
        dropout=0.0,
    )
    levels = _simulated_levels(paper_levels())
    return Parts(
        preprocess=PreprocessConfig(image_size=image_size, antialias=True),
        encoder=encoder,
        text_tower=replace(text_tower, vocab_size=vocab_size),
        alignment=alignment,
        resampler=replace(alignment, kind=AlignmentKind.RESAMPLER, head_width=width // num_heads),
        decoder=decoder,
        num_video_queries=dict.fromkeys([*(level.captioner for level in levels), UNIFIED], num_video_queries),
        num_text_queries=num_text_queries,
        max_text_tokens=max_text_tokens,
        levels=levels,
        unified_levels=_simulated_levels(paper_levels(SHARED)),
        domain="knows only the simulated world and will describe anything else in its words; "
        "use --model with a converted checkpoint for real footage (see `videorecap models`)",
    )


def _simulated_levels(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    """Captions as long as the simulated world's, read as sentences."""
    clip, segment, summary = levels
    return (
        replace(clip, max_tokens=40),
        replace(segment, max_tokens=80, joins=Joining.SENTENCES),
        replace(summary, max_tokens=200),
    )


PARTS: Final[Mapping[Size, Parts]] = {
    Size.TINY: _simulated(
        image_size=96,
        width=160,
        num_heads=5,
        encoder_layers=4,
        alignment_layers=2,
        decoder_layers=2,
        num_queries=(24, 32),
        max_text_tokens=640,
        vocab_size=1024,
        text_tower=TextTowerConfig(
            width=96, num_layers=2, num_heads=3, mlp_width=384, num_positions=48, embed_width=96
        ),
    ),
    Size.SMALL: _simulated(
        image_size=128,
        width=320,
        num_heads=5,
        encoder_layers=6,
        alignment_layers=3,
        decoder_layers=4,
        num_queries=(64, 64),
        max_text_tokens=1024,
        vocab_size=2048,
        text_tower=TextTowerConfig(
            width=192, num_layers=4, num_heads=3, mlp_width=768, num_positions=48, embed_width=192
        ),
    ),
    Size.BASE: _base(),
}

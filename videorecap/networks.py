"""Configuration to networks, with fresh weights: the only file that names the class of every one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Final, TypeAlias

from torch import nn

from videorecap.config import (
    AlignmentConfig,
    AlignmentKind,
    CaptionerConfig,
    SystemConfig,
    TextTowerConfig,
    VideoEncoderConfig,
)
from videorecap.errors import ConfigError
from videorecap.models.alignment import LmAlignment, Resampler
from videorecap.models.dual_encoder import TextTower
from videorecap.models.recap import RecapModel
from videorecap.models.text_decoder import TextDecoder
from videorecap.models.video_encoder import TimeSformer

ALIGNMENT: Final = "alignment"  # of either branch
Begin: TypeAlias = Callable[[str], object]
"""Told the name of a part before it is constructed."""


class SystemModules(nn.Module):
    """Every network of a system: ``encoder``, ``text_tower``, ``captioners``. Any may be absent."""

    def __init__(
        self, encoder: TimeSformer | None, text_tower: TextTower | None, captioners: dict[str, RecapModel]
    ) -> None:
        super().__init__()
        self.encoder = encoder
        self.text_tower = text_tower
        self.captioners = nn.ModuleDict(captioners)


def build_modules(config: SystemConfig, begin: Begin = lambda _: None) -> SystemModules:
    """Construct a system's networks, with fresh weights.

    Args:
        config: their sizes.
        begin: called with the name of each part before it is constructed; both alignments of a captioner
            have one name.
    """
    encoder = text_tower = None
    if config.encoder is not None:
        begin("encoder")
        encoder = build_encoder(config.encoder)
    if config.text_tower is not None:
        begin("text_tower")
        text_tower = build_text_tower(config.text_tower, config.encoder)
    captioners = {
        name: build_captioner(captioner, begin, prefix=f"{name}.")
        for name, captioner in config.captioners.items()
    }
    return SystemModules(encoder, text_tower, captioners)


def build_encoder(config: VideoEncoderConfig) -> TimeSformer:
    """Construct the video encoder."""
    return TimeSformer(**asdict(config))


def build_text_tower(config: TextTowerConfig, encoder: VideoEncoderConfig | None) -> TextTower:
    """Construct the text half of a dual encoder.

    Raises:
        ConfigError: if there is no video half.
    """
    if encoder is None:
        raise ConfigError("a text tower needs an encoder to be compared with")
    return TextTower(**asdict(config), video_width=encoder.width)


def build_captioner(
    config: CaptionerConfig, begin: Begin = lambda _: None, *, prefix: str = ""
) -> RecapModel:
    """Construct one captioner's networks; ``begin`` as of ``build_modules``, with a prefix of its names."""
    begin(prefix + ALIGNMENT)
    video = build_alignment(config.video_alignment)
    begin(prefix + ALIGNMENT)
    text = video if config.is_alignment_shared else build_alignment(config.text_alignment)
    numbers = asdict(config.decoder)
    del numbers["end_token"]
    begin(prefix + "decoder")
    decoder = TextDecoder(**numbers)
    begin(prefix + "queries")
    return RecapModel(
        decoder=decoder,
        video_alignment=video,
        text_alignment=text,
        num_video_queries=config.num_video_queries,
        num_text_queries=config.num_text_queries,
        width=config.decoder.query_width,
    )


def build_alignment(config: AlignmentConfig | None) -> LmAlignment | Resampler | None:
    """Construct an alignment, or nothing for nothing."""
    if config is None:
        return None
    if config.kind is AlignmentKind.RESAMPLER:
        return Resampler(config.width, config.context_width, config.num_heads, config.head_width)
    return LmAlignment(
        width=config.width,
        context_width=config.context_width,
        num_heads=config.num_heads,
        num_layers=config.num_layers,
        cross_every=config.cross_every,
        mlp_width=config.mlp_width,
        dropout=config.dropout,
    )

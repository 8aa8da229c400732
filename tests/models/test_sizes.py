"""Full size is the default, and has the trainable parameters that the paper counts."""

import pytest
import torch

from videorecap.config import (
    AlignmentConfig,
    AlignmentKind,
    CaptionerConfig,
    DecoderConfig,
    Fusion,
    VideoEncoderConfig,
)
from videorecap.networks import build_captioner, build_encoder

PAPER = AlignmentConfig(num_layers=6, cross_every=1)
RELEASED = AlignmentConfig(num_layers=12, cross_every=2)
RESAMPLER = AlignmentConfig(kind=AlignmentKind.RESAMPLER)


def num_trainable(config):
    with torch.device("meta"):
        model = build_captioner(config)
    names = [name for name, _ in model.trainable_parameters()]
    assert len(names) == len(set(names))
    assert set(names) <= {name for name, _ in model.named_parameters()}
    return sum(parameter.numel() for _, parameter in model.trainable_parameters())


@pytest.mark.parametrize("layout", [PAPER, RELEASED])
@pytest.mark.parametrize(
    ("has_text", "num_video_queries", "expected"),
    [(True, 256, 113_851_416), (False, 256, 99_471_384), (True, 32, 113_679_384)],
)
def test_recap(layout, has_text, num_video_queries, expected):
    text = layout if has_text else None
    config = CaptionerConfig(video_alignment=layout, text_alignment=text, num_video_queries=num_video_queries)
    assert num_trainable(config) == expected


def test_narrator():
    config = CaptionerConfig(
        video_alignment=RESAMPLER,
        text_alignment=None,
        decoder=DecoderConfig(has_trainable_norms=False),
    )
    assert num_trainable(config) == 86_531_352


def test_shared_alignment_counts_once():
    own = num_trainable(CaptionerConfig())
    shared = num_trainable(CaptionerConfig(is_alignment_shared=True))
    assert own - shared == 14_183_424


def test_prefix_trains_no_cross_attention():
    prefix = DecoderConfig(fusion=Fusion.PREFIX, has_trainable_norms=False)
    config = CaptionerConfig(video_alignment=RESAMPLER, text_alignment=None, decoder=prefix)
    resampler_and_queries = 1_476_864
    assert num_trainable(config) == resampler_and_queries + 768 * 768 + 768


def test_encoder():
    with torch.device("meta"):
        encoder = build_encoder(VideoEncoderConfig())
    assert sum(parameter.numel() for parameter in encoder.parameters()) == 114_169_344
    assert not list(encoder.trainable_parameters())

"""The yardstick of speed is slow, and says the same words."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from videorecap.build import load_system
from videorecap.hierarchy import Hierarchy
from videorecap.jobs import caption_video
from videorecap.types import Caption

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("max_tokens", [6, 40])
def test_the_slow_path_writes_what_the_engine_writes(
    max_tokens: int, short_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(BENCHMARKS), *sys.path])
    from captioning_speed.slow_path import slow_captions  # type: ignore[import-not-found]

    shipped = load_system("sim-tiny", device="cpu")
    levels = (replace(level, max_tokens=max_tokens) for level in shipped.hierarchy.levels)
    system = shipped.with_levels(Hierarchy(tuple(levels)))
    tree = caption_video(short_video, system, batch_size=3)
    spans = [clip.span for clip in tree.at("clip")]
    with torch.inference_mode():
        slow = list(slow_captions(short_video, spans, system, batch_size=4))
    assert all(isinstance(one, Caption) for one in slow)
    assert {(one.level, one.span, one.text) for one in slow} == {
        (one.level, one.span, one.text) for one in tree.captions
    }
    assert len({one.text for one in slow if one.level == "clip"}) > 3, "all alike would tell nothing"

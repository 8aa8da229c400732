"""What many tests share: the numeric fixtures, a tiny untrained system, a short simulated video."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from videorecap.build import System
from videorecap.captioners.text import END_OF_TEXT, train_tokenizer
from videorecap.config import (
    AlignmentConfig,
    CaptionerConfig,
    DecoderConfig,
    PreprocessConfig,
    SystemConfig,
    VideoEncoderConfig,
    paper_levels,
)
from videorecap.hierarchy import Level
from videorecap.networks import build_modules
from videorecap.sim.splits import seed_of
from videorecap.sim.video import write_video
from videorecap.sim.writer import sample_script

torch.set_num_threads(1)  # tests run two at a time
os.environ["OMP_NUM_THREADS"] = "1"  # of commands that they start


@pytest.fixture(scope="session")
def fixtures_dir() -> Path:
    """Numbers computed by the authors' code; another folder of the same layout may be given."""
    return Path(os.environ.get("VIDEORECAP_FIXTURES", Path(__file__).parent / "fixtures"))


def tiny_levels() -> tuple[Level, ...]:
    """The paper's levels, all by one captioner, segments of 12 seconds, short captions."""
    clip, segment, summary = paper_levels(("recap", "recap", "recap"))
    return (
        replace(clip, max_tokens=12),
        replace(segment, max_tokens=12, window_seconds=12.0),
        replace(summary, max_tokens=12),
    )


def make_tiny_system(seed: int = 0, scale: float = 6.0) -> System:
    """An untrained unified system, quick to caption; at a large scale of weights its inputs matter."""
    torch.manual_seed(seed)
    tokenizer = train_tokenizer(["C picks up the red mug and puts it down on the table"], 300)
    alignment = AlignmentConfig(width=16, context_width=16, num_heads=2, num_layers=1, mlp_width=32)
    decoder = DecoderConfig(
        width=16,
        num_layers=1,
        num_heads=2,
        num_positions=600,
        vocab_size=tokenizer.get_vocab_size(),
        end_token=tokenizer.token_to_id(END_OF_TEXT),
        query_width=16,
    )
    config = SystemConfig(
        name="tiny",
        preprocess=PreprocessConfig(image_size=32),
        encoder=VideoEncoderConfig(
            image_size=32, patch_size=16, width=16, num_layers=1, num_heads=2, mlp_width=32
        ),
        captioners={
            "recap": CaptionerConfig(
                video_alignment=alignment,
                text_alignment=alignment,
                num_video_queries=4,
                num_text_queries=4,
                decoder=decoder,
            )
        },
        levels=tiny_levels(),
    )
    modules = build_modules(config)
    with torch.no_grad():  # untrained, but not silent: gates open, and inputs matter
        for name, parameter in modules.named_parameters():
            if name.endswith("_gate"):
                parameter.fill_(1.0)
            elif parameter.ndim > 1:
                parameter.mul_(scale)
    return System(config=config, modules=modules.eval(), tokenizer=tokenizer, device=torch.device("cpu"))


@pytest.fixture(scope="session")
def tiny_system() -> System:
    return make_tiny_system()


@pytest.fixture(scope="session")
def tiny_system_dir(tiny_system: System, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("system") / "tiny"
    tiny_system.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def short_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """50 seconds of the simulated world as a small mp4."""
    path = tmp_path_factory.mktemp("video") / "day.mp4"
    write_video(sample_script(seed_of("test", 7), 50.5), path, size=(64, 48), frame_rate=6)
    return path

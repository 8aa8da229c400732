"""The recipe of ``sim-tiny``, the checkpoint that ships.

Run ``python -m videorecap.training.sim_tiny -o DIR``.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn

from videorecap.build import System, build_modules, load_system
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
from videorecap.hierarchy import Joining
from videorecap.models.text_decoder import GatedLayers
from videorecap.sim.splits import seed_of
from videorecap.sim.words import references
from videorecap.training.curriculum import Curriculum, Stages
from videorecap.training.loop import Schedule
from videorecap.training.rendered import RenderedVideo, RenderPlan, render_all

log = logging.getLogger(__name__)

WIDTH, HEADS, MLP_WIDTH = 160, 5, 640
IMAGE_SIZE = 96
MAX_TEXT_TOKENS = 640
VOCAB_SIZE = 1024
FRAME_POSITION_STD = 0.3  # large enough for the order of frames to be seen from the start
OPEN_GATE = 0.5  # with nothing pretrained to protect, gates need not start shut
DOMAIN = (
    "sim-tiny knows only the simulated world and will describe anything else in its words; "
    "use --model with a converted checkpoint for real footage (see `videorecap models`)"
)
VIDEO_MINUTES = (3.0, 6.0, 9.0, 12.0)


def make_config(vocab_size: int, end_token: int) -> SystemConfig:
    """The small Video ReCap-U: one captioner on all three levels."""
    alignment = AlignmentConfig(
        width=WIDTH,
        context_width=WIDTH,
        num_heads=HEADS,
        num_layers=2,
        mlp_width=MLP_WIDTH,
        dropout=0.0,
    )
    decoder = DecoderConfig(
        width=WIDTH,
        num_layers=2,
        num_heads=HEADS,
        num_positions=MAX_TEXT_TOKENS,
        vocab_size=vocab_size,
        end_token=end_token,
        query_width=WIDTH,
        dropout=0.0,
    )
    captioner = CaptionerConfig(
        video_alignment=alignment,
        text_alignment=alignment,
        num_video_queries=24,
        num_text_queries=32,
        max_text_tokens=MAX_TEXT_TOKENS,
        decoder=decoder,
    )
    encoder = VideoEncoderConfig(
        image_size=IMAGE_SIZE, patch_size=16, width=WIDTH, num_layers=4, num_heads=HEADS, mlp_width=MLP_WIDTH
    )
    clip, segment, summary = paper_levels(("recap", "recap", "recap"))
    levels = (
        replace(clip, max_tokens=40),
        replace(segment, max_tokens=80, joins=Joining.SENTENCES),
        replace(summary, max_tokens=200),
    )
    return SystemConfig(
        name="sim-tiny",
        preprocess=PreprocessConfig(image_size=IMAGE_SIZE, antialias=True),
        encoder=encoder,
        captioners={"recap": captioner},
        levels=levels,
        domain=DOMAIN,
    )


def make_tokenizer(videos: Sequence[RenderedVideo]) -> Tokenizer:
    """A vocabulary for the words of the world."""
    texts = [
        text
        for video in videos
        for spans, level in ((video.spans, "clip"), (video.spans[:1], "summary"))
        for span in spans
        for text in references(video.script, span, level)
    ]
    return train_tokenizer(texts, VOCAB_SIZE)


def make_system(tokenizer: Tokenizer, seed: int) -> System:
    """An untrained system."""
    torch.manual_seed(seed)
    end_token = tokenizer.token_to_id(END_OF_TEXT)
    assert end_token is not None, "train_tokenizer has put it in"
    config = make_config(tokenizer.get_vocab_size(), end_token)
    modules = build_modules(config)
    for module in modules.modules():
        if isinstance(module, GatedLayers):
            nn.init.constant_(module.attention_gate, OPEN_GATE)
            nn.init.constant_(module.mlp_gate, OPEN_GATE)
    return System(config=config, modules=modules, tokenizer=tokenizer, device=torch.device("cpu"))


def start_encoder(system: System, name: str) -> None:
    """Give the encoder the weights of a trained system's; its sense of order in time starts afresh.

    Raises:
        CheckpointError: if there is no such system.
    """
    trained = load_system(name, device="cpu").modules.encoder
    assert trained is not None, f"{name} sees video"
    assert system.modules.encoder is not None
    system.modules.encoder.load_state_dict(trained.state_dict())
    nn.init.normal_(system.modules.encoder.frame_positions, std=FRAME_POSITION_STD)


def plan_videos(count: int, directory: Path) -> list[RenderPlan]:
    """Videos of the training split, of a few lengths in turn."""
    return [
        RenderPlan(
            seed=seed_of("train", number),
            duration_seconds=60 * VIDEO_MINUTES[number % len(VIDEO_MINUTES)] + number % 7,
            image_size=IMAGE_SIZE,
            num_frames=4,
            path=directory / f"train-{number:05}.npy",
        )
        for number in range(count)
    ]


def main() -> None:
    """Train, and write the system after every stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output-dir", type=Path, required=True)
    parser.add_argument("--videos", type=int, default=200)
    parser.add_argument(
        "--steps", type=int, nargs=3, default=(5000, 1600, 1500), metavar=("CLIP", "SEGMENT", "SUMMARY")
    )
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--encoder", metavar="SYSTEM", help="start from the encoder of a trained system")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--fp32", action="store_true", help="where the processor has no bfloat16")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")

    frames = options.output_dir / "frames"
    frames.mkdir(parents=True, exist_ok=True)
    log.info("rendering %d videos", options.videos)
    videos = render_all(plan_videos(options.videos, frames), options.workers)
    tokenizer = make_tokenizer(videos)
    system = make_system(tokenizer, options.seed)
    if options.encoder:
        start_encoder(system, options.encoder)
    clip, segment, summary = options.steps
    stages = Stages(
        clip=Schedule(num_steps=clip, learning_rate=options.learning_rate),
        segment=Schedule(num_steps=segment, learning_rate=options.learning_rate / 2),
        summary=Schedule(num_steps=summary, learning_rate=options.learning_rate / 2),
    )
    curriculum = Curriculum(system, videos, seed=options.seed, autocast=not options.fp32)
    curriculum.run(
        stages,
        after_stage=lambda name: system.save_pretrained(
            options.output_dir / f"after-{name}", dtype=torch.float16
        ),
    )


if __name__ == "__main__":
    main()

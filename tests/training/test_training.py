"""The loop, the samples and the curriculum, at the smallest size."""

import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.conftest import make_tiny_system
from videorecap.errors import VideoRecapError
from videorecap.sim.facts import facts_of
from videorecap.sim.parse import parse_facts
from videorecap.sim.splits import seed_of
from videorecap.sim.video import write_video
from videorecap.sim.words import references
from videorecap.training.curriculum import Curriculum, Stages
from videorecap.training.loop import Schedule, train
from videorecap.training.rendered import RENDER_SIZE, RenderedVideo, RenderPlan, render_all
from videorecap.training.samples import augment, draw_clips, draw_segment
from videorecap.video.clips import read_clips
from videorecap.video.preprocess import Preprocess
from videorecap.video.reader import VideoReader

SIZE = 32


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> list[RenderedVideo]:
    folder = tmp_path_factory.mktemp("rendered")
    plans = [
        RenderPlan(
            seed=seed_of("train", n),
            duration_seconds=40.5,
            image_size=SIZE,
            num_frames=4,
            path=folder / f"{n}.npy",
        )
        for n in range(2)
    ]
    return render_all(plans, workers=1)


def test_the_rate_warms_up_and_falls_along_a_cosine() -> None:
    schedule = Schedule(num_steps=110, learning_rate=1.0, warmup_steps=10)
    rates = [schedule.rate(step) for step in range(110)]
    assert rates[:10] == pytest.approx([n / 10 for n in range(1, 11)])
    assert all(later <= earlier for earlier, later in pairwise(rates[9:]))
    assert rates[60] == pytest.approx(0.05 + 0.95 * 0.5)
    assert rates[-1] == pytest.approx(0.05, abs=0.01)


def test_losses_take_turns_and_fall() -> None:
    x = torch.nn.Parameter(torch.tensor([3.0, -2.0]))
    turns: list[str] = []

    def loss(name: str, index: int) -> torch.Tensor:
        turns.append(name)
        return (x[index] - 1) ** 2

    schedule = Schedule(num_steps=400, learning_rate=0.1, warmup_steps=5, weight_decay=0.0)
    train({"a": lambda: loss("a", 0), "b": lambda: loss("b", 1)}, [x], schedule)
    assert turns == ["a", "b"] * 200
    assert x.tolist() == pytest.approx([1.0, 1.0], abs=0.05)


def test_a_loss_that_is_not_finite_stops_the_run() -> None:
    x = torch.nn.Parameter(torch.tensor(0.0))
    with pytest.raises(VideoRecapError, match="the clip loss is nan"):
        train({"clip": lambda: x / 0 - x / 0}, [x], Schedule(num_steps=5, learning_rate=0.1))


def test_training_frames_are_those_that_a_file_gives(videos: list[RenderedVideo], tmp_path: Path) -> None:
    path = tmp_path / "same.mp4"
    write_video(videos[0].script, path, size=(320, 240), frame_rate=30)
    preprocess = Preprocess(image_size=SIZE, mean=(0, 0, 0), std=(1, 1, 1), antialias=True)
    with VideoReader(path) as reader:
        clips = list(read_clips(reader, num_frames=4))
    assert tuple(clip.span for clip in clips) == videos[0].spans
    for clip, frames in zip(clips, videos[0].frames, strict=True):
        assert clip.frames is not None
        from_file = preprocess.fit(clip.frames).permute(1, 2, 3, 0).numpy()
        assert np.abs(from_file - frames).mean() < 4, "levels of 255: compression and scaling only"
    assert RENDER_SIZE[0] * 3 == RENDER_SIZE[1] * 4


def test_samples_tell_the_truth_about_their_window(videos: list[RenderedVideo]) -> None:
    clip, segment, _ = make_tiny_system().hierarchy.levels
    pixels, samples = draw_clips(videos, clip, 20, random.Random(0))
    assert pixels.shape == (20, 3, 4, SIZE, SIZE)
    scripts = [video.script for video in videos]
    for sample in samples:
        span = sample.request.span
        assert any(sample.target in references(script, span, "clip") for script in scripts)
        said = parse_facts(sample.target, "clip")
        assert (said.action, said.object) == (sample.event.action, sample.event.object)
    track = Curriculum(make_tiny_system(), videos, seed=0, autocast=False).track(videos[0])
    for seed in range(10):
        sample = draw_segment(videos[0], track, segment, random.Random(seed))
        first = videos[0].spans.index(
            next(s for s in videos[0].spans if s.start == sample.request.span.start)
        )
        assert sample.request.features is not None
        assert torch.equal(sample.request.features[0], track.features[first])
        assert sample.request.texts[0] == track.clips[first]
        truth = facts_of(videos[0].script, sample.request.span, "segment")
        assert parse_facts(sample.target, "segment").activities == truth.activities


def test_augmentation_varies_clips_and_keeps_their_frames_together(videos: list[RenderedVideo]) -> None:
    still = (
        torch.from_numpy(videos[0].frames[:1].copy())
        .permute(0, 4, 1, 2, 3)[:, :, :1]
        .expand(2, -1, 4, -1, -1)
    )
    varied = augment(still, torch.Generator().manual_seed(0))
    assert varied.shape == still.shape
    assert (varied[0] - varied[1]).abs().mean() > 3
    noise = 4 * 2**0.5  # frames of one clip differ by noise alone
    assert (varied[:, :, 0] - varied[:, :, 1]).std() < 1.2 * noise
    again = augment(still, torch.Generator().manual_seed(0))
    assert torch.equal(again, varied)


def test_the_curriculum_hands_over_and_freezes_the_encoder(videos: list[RenderedVideo]) -> None:
    system = make_tiny_system()
    curriculum = Curriculum(system, videos, seed=0, autocast=False)
    few = Schedule(num_steps=6, learning_rate=1e-3, warmup_steps=1)
    encoders: dict[str, torch.Tensor] = {}
    started = curriculum.encoder.positions.detach().clone()

    def note(stage: str) -> None:
        encoders[stage] = curriculum.encoder.positions.detach().clone()

    sizes = {"clip": 2, "segment": 2, "summary": 2}
    curriculum.run(Stages(clip=few, segment=few, summary=few, batch_sizes=sizes), after_stage=note)
    assert list(encoders) == ["clip", "segment", "summary"]
    assert not torch.equal(encoders["clip"], started)
    assert torch.equal(encoders["clip"], encoders["summary"])
    assert [len(track.clips) for track in curriculum.tracks] == [10, 10]
    assert [span.start for span, _ in curriculum.tracks[0].segments] == [0, 12, 24, 36]
    assert not system.modules.training


@pytest.mark.slow
def test_clips_are_learned_from_what_they_show(videos: list[RenderedVideo]) -> None:
    few = [replace(videos[0], spans=videos[0].spans[:3], frames=videos[0].frames[:3])]
    curriculum = Curriculum(make_tiny_system(scale=1.0), few, seed=0, autocast=False)
    curriculum.system.modules.requires_grad_(True).train()
    schedule = Schedule(num_steps=400, learning_rate=5e-3, warmup_steps=20, weight_decay=0.0)
    everything = [*curriculum.system.modules.parameters(), *curriculum.naming.parameters()]
    train({"clip": lambda: curriculum.clip_loss(6)}, everything, schedule)
    curriculum.encoder.requires_grad_(False)  # from here on the loss is that of captions alone

    def loss(video: RenderedVideo) -> float:
        curriculum.videos = [video]
        with torch.inference_mode():
            return sum(curriculum.clip_loss(6).item() for _ in range(10)) / 10

    mixed = replace(few[0], frames=few[0].frames[[2, 0, 1]])  # each clip's pixels with another's caption
    assert loss(few[0]) < 0.8 * loss(mixed)

"""Simulated videos rendered once: the sampled frames of every clip, as small as the encoder wants them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.lib.format import open_memmap

from videorecap.errors import VideoRecapError
from videorecap.hierarchy import windows
from videorecap.sim.render import frame
from videorecap.sim.script import Script
from videorecap.sim.writer import sample_script
from videorecap.types import Span
from videorecap.video.preprocess import Preprocess
from videorecap.video.sampling import sample_times

RENDER_SIZE = (224, 168)  # pixels, 4:3; fitted to the encoder's square as a real file's frames are


@dataclass(frozen=True, slots=True)
class RenderedVideo:
    """One simulated video.

    Attributes:
        script: its truth.
        spans: its clips.
        frames: uint8 [clips, T, S, S, 3], mapped from disk.
    """

    script: Script
    spans: tuple[Span, ...]
    frames: np.ndarray


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """What to render of one video."""

    seed: int
    duration_seconds: float
    image_size: int
    num_frames: int
    path: Path


def render_all(plans: Sequence[RenderPlan], workers: int) -> list[RenderedVideo]:
    """Render videos in parallel; those on disk already are only opened."""
    missing = [plan for plan in plans if not plan.path.is_file()]
    with ProcessPoolExecutor(workers) as pool:
        for _ in pool.map(render, missing):
            pass
    return [open_rendered(plan) for plan in plans]


def render(plan: RenderPlan) -> None:
    """Render the sampled frames of every clip of one video to a file."""
    torch.set_num_threads(1)
    preprocess = Preprocess(image_size=plan.image_size, mean=(0, 0, 0), std=(1, 1, 1), antialias=True)
    script = sample_script(plan.seed, plan.duration_seconds)
    spans = list(windows(plan.duration_seconds))
    aside = plan.path.with_suffix(".partial")
    shape = (len(spans), plan.num_frames, plan.image_size, plan.image_size, 3)
    stored = open_memmap(aside, mode="w+", dtype=np.uint8, shape=shape)
    for number, span in enumerate(spans):
        times = sample_times(span, plan.num_frames)
        pixels = np.stack([frame(script, seconds, RENDER_SIZE) for seconds in times])
        square = preprocess.fit(pixels).round().clamp(0, 255).to(torch.uint8)
        stored[number] = square.permute(1, 2, 3, 0).numpy()
    stored.flush()
    aside.rename(plan.path)


def open_rendered(plan: RenderPlan) -> RenderedVideo:
    """Open what ``render`` wrote.

    Raises:
        VideoRecapError: if it was rendered by another plan.
    """
    script = sample_script(plan.seed, plan.duration_seconds)
    spans = tuple(windows(plan.duration_seconds))
    frames = np.load(plan.path, mmap_mode="r")
    wanted = (len(spans), plan.num_frames, plan.image_size, plan.image_size, 3)
    if frames.shape != wanted:
        raise VideoRecapError(f"{plan.path}: holds frames of shape {frames.shape}, not {wanted}; remove it")
    return RenderedVideo(script, spans, frames)

"""What samples see, of more videos than files may be open; and captions handed over as the run computes."""

import os
import resource
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.conftest import make_tiny_system
from tests.training.micro import order_run, unified_recipe
from videorecap.captioners.base import CaptionRequest, Written
from videorecap.captioners.recap import RecapCaptioner
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.features import FeatureStore
from videorecap.data.frames import FrameStore, clip_windows
from videorecap.hierarchy import Level
from videorecap.sim.splits import seed_of
from videorecap.training import inputs as inputs_module
from videorecap.training.devices import make_accelerator
from videorecap.training.inputs import Inputs
from videorecap.training.plan import Precision
from videorecap.training.preparation import Preparation
from videorecap.training.progress import Silence
from videorecap.training.run import Data
from videorecap.training.samples import Sample
from videorecap.types import Span

VIDEOS = {
    name: VideoAnnotations(video=name, duration_seconds=4.0, seed=seed_of("train", number))
    for number, name in enumerate("abcdefghij")
}
SPARE = 6  # files that may be opened beside those that are


def spans(_: VideoAnnotations) -> tuple[Span, ...]:
    return Span(0.0, 1.0), Span(5.0, 6.0)  # the second is past the end


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[FrameStore, FeatureStore]:
    folder, system = tmp_path_factory.mktemp("stores"), make_tiny_system()
    frames = FrameStore(folder / "frames", folder, image_size=32, num_frames=4, antialias=False)
    features = FeatureStore(folder / "features", frames, system)
    for clips in (spans, clip_windows):
        frames.prepare(list(VIDEOS.values()), clips)
        features.prepare(list(VIDEOS.values()), clips, dense=lambda _: [0])
    return frames, features


def test_more_videos_are_seen_than_files_may_be_open(
    stores: tuple[FrameStore, FeatureStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs_module, "OPEN_VIDEOS", 2)
    frames, features = stores
    hierarchy = make_tiny_system().hierarchy
    base, segment, _ = (level.name for level in hierarchy.levels)
    inputs = Inputs(
        VIDEOS,
        hierarchy,
        frames,
        features,
        clips=spans,
        stores_clips=True,
        told={base: dict.fromkeys(VIDEOS, ())},
    )
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = [os.dup(0) for _ in range(SPARE)]  # the numbers that may be used, others between them or not
    for number in free:
        os.close(number)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(free) + 1, before[1]))
    try:
        for video in [*VIDEOS, *VIDEOS]:
            first, second = (Sample(video, base, span, ()) for span in spans(VIDEOS[video]))
            assert inputs.pixels(first).any()
            assert not inputs.is_lost(first)
            assert inputs.is_lost(second)
            assert inputs.request(first).features is not None
            assert inputs.request(replace(first, level=segment, span=Span(0.0, 4.0))).features is not None
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def write_precision(_: RecapCaptioner, requests: Sequence[CaptionRequest]) -> list[Written]:
    """Captions that say in what precision they are written."""
    is_reduced = torch.is_autocast_enabled("cpu")
    return [Written(str(torch.get_autocast_dtype("cpu")) if is_reduced else "whole") for _ in requests]


def stream_precision(
    captioner: RecapCaptioner, _: Level, batches: Iterable[Sequence[CaptionRequest]], *, num_rows: int
) -> Iterator[Written]:
    """The same, one batch after the other."""
    assert num_rows > 1
    for batch in batches:
        yield from write_precision(captioner, batch)


@pytest.mark.parametrize(("precision", "told"), [("fp32", "whole"), ("bf16", "torch.bfloat16")])
def test_captions_are_handed_over_in_the_precision_of_the_run(
    stores: tuple[FrameStore, FeatureStore],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    precision: Precision,
    told: str,
) -> None:
    monkeypatch.setattr(RecapCaptioner, "stream", stream_precision)
    frames, _ = stores
    system = make_tiny_system()
    clip = system.hierarchy.base
    run = order_run(unified_recipe(), tmp_path, tmp_path)
    data = Data(videos=VIDEOS, held_out={}, pseudo={}, digest="")
    preparation = Preparation(run, data, make_accelerator(precision, cpu=True), Silence())
    written = preparation.told(clip, system, Inputs(VIDEOS, system.hierarchy, frames))
    assert written == {video: ((Span(0.0, 4.0), told),) for video in VIDEOS}

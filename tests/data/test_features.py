"""Features on disk: those of a direct encoding, whatever else is prepared, and only of the same encoder."""

import resource
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from tests.conftest import make_tiny_system
from tests.video.video_zoo import drop_packets, write_video
from videorecap.build import System
from videorecap.config import PreprocessConfig
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.features import FeatureStore, VideoFeatures
from videorecap.data.frames import FrameStore, clip_windows
from videorecap.errors import ConfigError, DataError, VideoRecapError

RATE = 10
VIDEO = VideoAnnotations(video="a", duration_seconds=26.0, path="a.mp4")
SPANS = clip_windows(VIDEO)
HOLED = replace(VIDEO, video="holed", path="holed.mp4")  # without seconds 7 to 17 of the same file
BATCH = 3  # of 7 clips


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> FrameStore:
    folder = tmp_path_factory.mktemp("frames")
    times = {"g": str(RATE), "bf": "0"}
    write_video(
        folder / "a.mp4",
        count=26 * RATE,
        rate=RATE,
        size=(32, 32),
        options=times,
        container={"movflags": "faststart"},
    )
    drop_packets(folder / "a.mp4", folder / "holed.mp4", 7.0, 17.0)
    store = FrameStore(folder / "cache", folder, image_size=32, num_frames=4, antialias=False)
    store.prepare([VIDEO, HOLED], clip_windows)
    return store


def store(
    folder: Path, frames: FrameStore, system: System, *, batch_size: int = BATCH, autocast: bool = False
) -> FeatureStore:
    return FeatureStore(folder, frames, system, batch_size=batch_size, autocast=autocast)


def made(
    folder: Path,
    frames: FrameStore,
    system: System,
    *,
    video: VideoAnnotations = VIDEO,
    dense: Iterable[int] = (),
) -> VideoFeatures:
    """Prepared in a folder, and opened."""
    features = store(folder, frames, system)
    features.prepare([video], clip_windows, dense=lambda _: list(dense))
    return features.open(video, SPANS)


def tokens_of(frames: FrameStore, system: System, number: int, video: VideoAnnotations = VIDEO) -> Tensor:
    """A clip's tokens, encoded alone."""
    clip = np.array(frames.open(video, SPANS).frames[number])
    return system.encode(system.preprocess(clip)[None])[0]


def test_features_are_what_the_encoder_makes_of_each_clip(
    frames: FrameStore, tiny_system: System, tmp_path: Path
) -> None:
    features = made(tmp_path, frames, tiny_system, dense=[1, 5])
    assert features.spans == SPANS
    assert not features.lost
    for number, row in enumerate(features.cls):
        torch.testing.assert_close(row, tokens_of(frames, tiny_system, number)[0], rtol=1e-4, atol=1e-5)
    for number in (1, 5):
        expected = tokens_of(frames, tiny_system, number)
        torch.testing.assert_close(features.dense(number).float(), expected, rtol=2e-3, atol=1e-3)
    assert (features.cls[0] - features.cls[3]).abs().max() > 0.1, "clips differ"


def test_features_do_not_depend_on_what_else_is_prepared(
    frames: FrameStore, tiny_system: System, tmp_path: Path
) -> None:
    alone = made(tmp_path / "alone", frames, tiny_system)
    with_dense = made(tmp_path / "dense", frames, tiny_system, dense=[6, 2])
    together = store(tmp_path / "together", frames, tiny_system)
    together.prepare([HOLED, VIDEO], clip_windows, dense=lambda _: range(7))
    opened = together.open(VIDEO, SPANS)
    assert torch.equal(opened.cls, alone.cls)
    assert torch.equal(with_dense.cls, alone.cls)
    assert torch.equal(opened.dense(2), with_dense.dense(2))


def test_dense_tokens_asked_for_later_are_added(
    frames: FrameStore, tiny_system: System, tmp_path: Path
) -> None:
    early = made(tmp_path, frames, tiny_system, dense=[4])
    with pytest.raises(DataError, match="clip 2 has no dense tokens here: they were not asked for"):
        early.dense(2)
    with pytest.raises(DataError, match="wanted of clip 7; there are 7"):
        made(tmp_path, frames, tiny_system, dense=[7])
    late = made(tmp_path, frames, tiny_system, dense=[2])
    assert set(late.rows) == {2, 4}
    assert torch.equal(late.dense(4), early.dense(4)), "what was opened before stays readable"
    (path,) = tmp_path.glob("*.safetensors")
    before = path.stat().st_mtime_ns
    assert set(made(tmp_path, frames, tiny_system, dense=[4, 2]).rows) == {2, 4}
    assert set(made(tmp_path, frames, tiny_system).rows) == {2, 4}
    assert path.stat().st_mtime_ns == before, "nothing was missing"


def test_lost_clips_have_no_features(frames: FrameStore, tiny_system: System, tmp_path: Path) -> None:
    assert set(frames.open(HOLED, SPANS).lost) == {2, 3}
    features = made(tmp_path, frames, tiny_system, video=HOLED, dense=range(7))
    assert set(features.lost) == {2, 3}
    assert features.cls.isnan().all(1).nonzero()[:, 0].tolist() == [2, 3]
    for number in (0, 1, 4, 5, 6):
        row, dense = features.cls[number], features.dense(number)
        torch.testing.assert_close(row, dense[0].float(), rtol=2e-3, atol=1e-3)
        torch.testing.assert_close(
            row, tokens_of(frames, tiny_system, number, HOLED)[0], rtol=1e-4, atol=1e-5
        )
    with pytest.raises(DataError, match="clip 3 has no dense tokens here: the file lacks data"):
        features.dense(3)
    (path,) = tmp_path.glob("*.safetensors")
    before = path.stat().st_mtime_ns
    made(tmp_path, frames, tiny_system, video=HOLED, dense=range(7))
    assert path.stat().st_mtime_ns == before, "lost clips are not tried again"


def test_another_encoder_is_not_taken_for_the_same(frames: FrameStore, tmp_path: Path) -> None:
    system = make_tiny_system()
    features = store(tmp_path, frames, system)
    features.prepare([VIDEO], clip_windows)
    trained = make_tiny_system()
    with torch.no_grad():
        trained.modules.encoder.positions[3, 0] += 1e-6
    config = replace(system.config, preprocess=PreprocessConfig(image_size=32, mean=(1.0, 2.0, 3.0)))
    others = [
        store(tmp_path, frames, trained),
        store(tmp_path, frames, replace(system, config=config)),
        store(tmp_path, frames, system, batch_size=2),
        store(tmp_path, frames, system, autocast=True),
    ]
    for other in others:
        with pytest.raises(DataError, match="prepare them first"):
            other.open(VIDEO, SPANS)
    captioners = make_tiny_system(seed=0)
    with torch.no_grad():
        captioners.modules.captioners["recap"].video_queries.add_(1.0)
    assert captioners.encoder_digest() == system.encoder_digest(), "only the encoder counts"
    assert torch.equal(
        store(tmp_path, frames, captioners).open(VIDEO, SPANS).cls, features.open(VIDEO, SPANS).cls
    )


def test_files_are_plain_safetensors_of_the_size_that_was_told(
    frames: FrameStore, tiny_system: System, tmp_path: Path
) -> None:
    features = made(tmp_path, frames, tiny_system, dense=[0, 6])
    (path,) = tmp_path.glob("*.safetensors")
    tensors = load_file(path)
    assert tensors.keys() == {"cls", "dense"}
    assert torch.equal(tensors["cls"], features.cls)
    assert torch.equal(tensors["dense"][1], features.dense(6))
    told = store(tmp_path, frames, tiny_system).estimate_bytes(num_clips=7, num_dense=2)
    assert told == sum(tensor.nbytes for tensor in tensors.values())
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match="is damaged"):
        store(tmp_path, frames, tiny_system).open(VIDEO, SPANS)


def test_a_stopped_run_leaves_no_file_and_all_is_told(
    frames: FrameStore, tiny_system: System, tmp_path: Path
) -> None:
    features = store(tmp_path, frames, tiny_system)

    def stop(clips: float) -> None:
        if clips == 1:  # the last batch
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        features.prepare([VIDEO], clip_windows, advance=stop)
    assert list(tmp_path.glob("*.safetensors*")) == []
    told: list[float] = []
    features.prepare([VIDEO, HOLED], clip_windows, advance=told.append)
    assert sum(told) == 14
    features.prepare([VIDEO, HOLED], clip_windows, advance=told.append)
    assert sum(told) == 28


def test_runs_encode_different_videos_at_the_same_time(
    frames: FrameStore, tiny_system: System, tmp_path: Path
) -> None:
    inner = Thread(
        target=store(tmp_path, frames, tiny_system).prepare, args=([HOLED], clip_windows), daemon=True
    )

    def start(clips: float) -> None:
        if clips and inner.ident is None:
            inner.start()
            inner.join(20)
            assert not inner.is_alive(), "it waits for this one"

    store(tmp_path, frames, tiny_system).prepare([VIDEO], clip_windows, advance=start)
    assert set(store(tmp_path, frames, tiny_system).open(HOLED, SPANS).lost) == {2, 3}


def test_two_runs_at_once_encode_a_video_once(
    frames: FrameStore, tiny_system: System, tmp_path: Path
) -> None:
    told: list[float] = []
    features = store(tmp_path, frames, tiny_system)
    other = Thread(target=features.prepare, args=([VIDEO], clip_windows), kwargs={"advance": told.append})

    def start(clips: float) -> None:
        if clips and other.ident is None:
            other.start()
            while not told:  # it has begun to wait
                time.sleep(0.01)

    store(tmp_path, frames, tiny_system).prepare([VIDEO], clip_windows, advance=start)
    other.join()
    assert [clips for clips in told if clips] == [7], "the second found what the first had made"
    assert [path.suffix for path in tmp_path.iterdir()] == [".safetensors"], "no lock is left"


def test_too_many_open_files_are_told_as_that(
    frames: FrameStore, tiny_system: System, tmp_path: Path
) -> None:
    made(tmp_path, frames, tiny_system)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        with pytest.raises(VideoRecapError, match=r"Too many open files; .*\(ulimit -n\)$"):
            store(tmp_path, frames, tiny_system).open(VIDEO, SPANS)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_reduced_precision_is_close(frames: FrameStore, tiny_system: System, tmp_path: Path) -> None:
    reduced = store(tmp_path, frames, tiny_system, autocast=True)
    reduced.prepare([VIDEO], clip_windows)
    exact = made(tmp_path, frames, tiny_system).cls
    found = reduced.open(VIDEO, SPANS).cls
    assert not torch.equal(found, exact)
    assert torch.nn.functional.cosine_similarity(found, exact).min() > 0.98


def test_features_that_are_not_finite_are_refused(frames: FrameStore, tmp_path: Path) -> None:
    system = make_tiny_system()
    with torch.no_grad():
        system.modules.encoder.norm.weight[0] = torch.inf
    with pytest.raises(VideoRecapError, match="not finite"):
        made(tmp_path, frames, system)
    assert list(tmp_path.glob("*.safetensors*")) == []


def test_frames_for_another_encoder_are_refused(
    frames: FrameStore, tiny_system: System, tmp_path: Path
) -> None:
    other = FrameStore(tmp_path, tmp_path, image_size=48, num_frames=4, antialias=False)
    with pytest.raises(ConfigError, match=r"\(32, 4, False\), .* holds \(48, 4, False\)"):
        store(tmp_path, other, tiny_system)
    blind = replace(tiny_system, config=replace(tiny_system.config, encoder=None))
    with pytest.raises(ConfigError, match="no video encoder"):
        store(tmp_path, frames, blind)

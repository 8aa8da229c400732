"""What was seen is not decoded again, and says the same."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from videorecap.build import System
from videorecap.errors import ConfigError
from videorecap.jobs import caption_video
from videorecap.sim.video import write_video
from videorecap.sim.writer import sample_script
from videorecap.token_cache import FILE_CLIPS
from videorecap.video.reader import DecodedFrame


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of two files of clips and a half."""
    path = tmp_path_factory.mktemp("video") / "day.mp4"
    write_video(sample_script(3, 4.0 * FILE_CLIPS * 2.5), path, size=(64, 48), frame_rate=4)
    return path


def forbid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither decode nor encode."""

    def refuse(*_: object) -> Iterator[DecodedFrame]:
        raise AssertionError("it is known")

    monkeypatch.setattr("videorecap.jobs.read_clips", lambda *_, **__: refuse())
    monkeypatch.setattr(System, "encode", refuse)


def test_a_video_that_was_seen_is_not_decoded_again(
    video: Path, tiny_system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = caption_video(video, tiny_system)
    first = caption_video(video, tiny_system, cache=tmp_path)
    assert len(list(tmp_path.rglob("*.safetensors"))) == 3
    forbid(monkeypatch)
    again = caption_video(video, tiny_system, cache=tmp_path)
    assert plain == first == again
    other = caption_video(video, tiny_system, levels="segment=24", cache=tmp_path)
    assert len(other.captions) == 7
    with pytest.raises(AssertionError, match="it is known"):
        caption_video(video, tiny_system, levels="clip=2", cache=tmp_path)


def test_another_captioner_sees_with_the_same_encoder(
    video: Path, tiny_system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caption_video(video, tiny_system, cache=tmp_path)
    clip, *upper = tiny_system.hierarchy.levels
    brief = replace(tiny_system.config, levels=(replace(clip, max_tokens=3), *upper), name="brief")
    forbid(monkeypatch)
    tree = caption_video(video, replace(tiny_system, config=brief), cache=tmp_path)
    assert tree.system.name == "brief"
    assert tree.at("clip")


@pytest.mark.parametrize("harm", ["gone", "cut", "empty"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_is_missing_is_seen_again(
    harm: str, number: int, video: Path, tiny_system: System, tmp_path: Path
) -> None:
    whole = caption_video(video, tiny_system, cache=tmp_path)
    path = sorted(tmp_path.rglob("*.safetensors"))[number]
    content = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) // 2 if harm == "cut" else 0])
    assert caption_video(video, tiny_system, cache=tmp_path) == whole
    assert path.read_bytes() == content


def test_other_weights_of_the_encoder_see_for_themselves(
    video: Path, tiny_system: System, tmp_path: Path
) -> None:
    caption_video(video, tiny_system, levels="clip", cache=tmp_path)
    encoder = tiny_system.modules.encoder
    assert encoder is not None
    before = encoder.norm.weight.detach().clone()
    with torch.no_grad():
        encoder.norm.weight.mul_(1.5)
    try:
        caption_video(video, tiny_system, levels="clip", cache=tmp_path)
    finally:
        encoder.norm.weight.data.copy_(before)
    assert len(list(tmp_path.iterdir())) == 2


def test_what_is_lost_is_remembered_as_lost(
    tiny_system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "hole.mp4"
    write_video(sample_script(3, 40.0), path, size=(64, 48), frame_rate=6)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + len(data) // 6] = bytes(len(data) // 6)
    path.write_bytes(data)
    tree = caption_video(path, tiny_system, cache=tmp_path / "cache")
    assert tree.gaps
    forbid(monkeypatch)
    assert caption_video(path, tiny_system, cache=tmp_path / "cache") == tree


def test_there_is_nothing_to_keep_of_a_system_without_an_encoder(tiny_system: System) -> None:
    config = replace(tiny_system.config, encoder=None)
    with pytest.raises(ConfigError, match="no video encoder"):
        replace(tiny_system, config=config).encoder_digest()

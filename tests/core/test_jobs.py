"""One video from file to files, interrupted anywhere."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import videorecap
from videorecap.build import System
from videorecap.captioners.base import CaptionRequest
from videorecap.captioners.recap import RecapCaptioner
from videorecap.describe import describe, wave_size
from videorecap.errors import ConfigError
from videorecap.hierarchy import Hierarchy, select_levels
from videorecap.jobs import Job, caption_video
from videorecap.outputs import formats
from videorecap.outputs.formats import FORMATS
from videorecap.outputs.journal import Journal
from videorecap.recording import record
from videorecap.sim.video import write_video
from videorecap.sim.writer import sample_script
from videorecap.types import Caption, Gap
from videorecap.video.clips import read_clips
from videorecap.video.reader import VideoReader


def test_a_file_becomes_a_tree_of_three_levels(tiny_system: System, short_video: Path) -> None:
    tree = caption_video(short_video, tiny_system, batch_size=4)
    assert [len(tree.at(level)) for level in ("clip", "segment", "summary")] == [13, 5, 1]
    assert tree.at("clip")[-1].span.end == pytest.approx(50.5, abs=0.2)
    assert [len(tree.below(segment)) for segment in tree.at("segment")] == [3, 3, 3, 3, 1]
    assert tree.below(tree.summary) == tree.at("segment")
    assert tree.system == tiny_system.info
    assert all(caption.mean_logprob is not None and caption.mean_logprob < 0 for caption in tree.captions)


def test_captions_do_not_depend_on_the_batch(tiny_system: System, short_video: Path) -> None:
    texts = {
        size: [caption.text for caption in caption_video(short_video, tiny_system, batch_size=size).captions]
        for size in (1, 5, 64)
    }
    assert texts[1] == texts[5] == texts[64]


def test_levels_can_be_chosen_and_windows_changed(tiny_system: System, short_video: Path) -> None:
    tree = caption_video(short_video, tiny_system, levels=["segment=24"])
    assert tree.levels == ("segment",)
    assert [caption.span.start for caption in tree.captions] == [0, 24, 48]


BATCH = 1
NUM_CLIPS, NUM_WINDOWS = 13, 6  # of the short video: clips, and windows above them


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def run(system: System, video: Path, folder: Path, seen: list[Caption | Gap] | None = None) -> None:
    with VideoReader(video) as reader:
        job = Job(reader, system, batch_size=BATCH)
        record(job, folder, "day", list(FORMATS), on_item=(lambda _: None) if seen is None else seen.append)


class Killed(BaseException):
    """Stops a run in the middle, as nothing that is caught would."""


@pytest.mark.slow
@pytest.mark.parametrize("items", [1, 2, 3, 5, 9, 14, 16])
def test_an_interrupted_run_continues_to_the_same_bytes(
    items: int, tiny_system: System, short_video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tiny_system, short_video, tmp_path / "whole")
    seen: list[Caption | Gap] = []

    def stop(item: Caption | Gap) -> None:
        seen.append(item)
        if len(seen) == items:
            raise Killed

    with pytest.raises(Killed), VideoReader(short_video) as reader:
        record(
            Job(reader, tiny_system, batch_size=BATCH), tmp_path / "cut", "day", list(FORMATS), on_item=stop
        )
    lines = (tmp_path / "cut" / "day.partial.jsonl").read_text().splitlines()
    kept = [json.loads(line) for line in lines[1:]]
    num_clips = sum(len(one.get("clips", ())) for one in kept)
    assert num_clips in ({0, wave_size(BATCH)} if items < NUM_CLIPS else {wave_size(BATCH), NUM_CLIPS})
    encoded: list[torch.Tensor] = []
    encode = System.encode
    monkeypatch.setattr(System, "encode", lambda self, x: encoded.extend(x) or encode(self, x))
    written: list[CaptionRequest] = []
    write = RecapCaptioner.write
    monkeypatch.setattr(
        RecapCaptioner, "write", lambda self, requests: written.extend(requests) or write(self, requests)
    )
    run(tiny_system, short_video, tmp_path / "cut")
    assert files_of(tmp_path / "cut") == files_of(tmp_path / "whole")
    assert len(encoded) == NUM_CLIPS - num_clips, "what is kept is not looked at again"
    assert len(written) == NUM_WINDOWS - sum("level" in one for one in kept), "nor is a window written again"


def test_a_finished_job_is_not_done_again(tiny_system: System, short_video: Path, tmp_path: Path) -> None:
    run(tiny_system, short_video, tmp_path)
    before = files_of(tmp_path)
    (tmp_path / "day.md").unlink()
    seen: list[Caption | Gap] = []
    run(tiny_system, short_video, tmp_path, seen)
    assert seen == []
    assert files_of(tmp_path) == before


@pytest.mark.slow
@pytest.mark.parametrize("last", [0, 1, 7, 9])
def test_a_run_killed_while_it_writes_leaves_nothing_behind(
    last: int, tiny_system: System, short_video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(tiny_system, short_video, tmp_path / "whole")
    written: list[Path] = []
    write = formats.write_aside

    def stop(path: Path, data: str | bytes) -> None:
        if len(written) == last:
            raise Killed
        written.append(path)
        write(path, data)

    monkeypatch.setattr(formats, "write_aside", stop)
    if last == 9:  # all is written, the journal is still there
        monkeypatch.setattr(formats, "write_aside", write)
        monkeypatch.setattr(Journal, "remove", lambda _: (_ for _ in ()).throw(Killed))
    with pytest.raises(Killed):
        run(tiny_system, short_video, tmp_path / "cut")
    monkeypatch.undo()
    run(tiny_system, short_video, tmp_path / "cut")
    assert files_of(tmp_path / "cut") == files_of(tmp_path / "whole")


def test_other_levels_take_the_place_of_the_old_ones(
    tiny_system: System, short_video: Path, tmp_path: Path
) -> None:
    run(tiny_system, short_video, tmp_path)
    with VideoReader(short_video) as reader:
        record(Job(reader, tiny_system, levels="clip"), tmp_path, "day", ["srt"])
    names = {path.name for path in tmp_path.iterdir()}
    assert "day.clip.srt" in names
    assert not {"day.segment.srt", "day.summary.srt", "day.segment.vtt"} & names


def test_what_is_kept_of_a_clip_does_not_hold_its_tokens(tiny_system: System, short_video: Path) -> None:
    with VideoReader(short_video) as reader:
        clips = read_clips(reader, num_frames=tiny_system.num_frames)
        records = list(describe(clips, tiny_system, batch_size=3))
    for one in records:
        assert one.feature is not None
        assert one.feature.untyped_storage().nbytes() == one.feature.numel() * 4


def test_a_base_level_may_have_any_name(tiny_system: System, tmp_path: Path) -> None:
    path = tmp_path / "hole.mp4"
    write_video(sample_script(3, 20.0), path, size=(64, 48), frame_rate=6)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + len(data) // 6] = bytes(len(data) // 6)
    path.write_bytes(data)
    clip, segment, summary = tiny_system.hierarchy.levels
    levels = (replace(clip, name="moment"), replace(segment, reads="moment"), summary)
    renamed = tiny_system.with_levels(Hierarchy(levels))
    spans = [gap.span for gap in caption_video(path, tiny_system).gaps if gap.level == "clip"]
    assert spans
    assert [gap.span for gap in caption_video(path, renamed).gaps if gap.level == "moment"] == spans


def test_wrong_options_are_refused(tiny_system: System, short_video: Path) -> None:
    with pytest.raises(ConfigError, match="batch_size must be at least 1"):
        caption_video(short_video, tiny_system, batch_size=0)
    with pytest.raises(ConfigError, match="loaded system is used as it is"):
        caption_video(short_video, tiny_system, official=True)


def test_fewer_levels_are_no_finished_job_of_all(
    tiny_system: System, short_video: Path, tmp_path: Path
) -> None:
    with VideoReader(short_video) as reader:
        record(Job(reader, tiny_system, levels=["clip"]), tmp_path, "day", ["json"])
        assert Job(reader, tiny_system, levels=["clip"]).finished(tmp_path / "day.json")
        assert Job(reader, tiny_system).finished(tmp_path / "day.json") is None


@pytest.mark.slow
@pytest.mark.parametrize("lines", [1, 2, 4, 6])
def test_kill_9_and_the_same_command_give_the_same_bytes(
    lines: int, tiny_system_dir: Path, short_video: Path, tmp_path: Path
) -> None:
    def command(folder: Path) -> list[str]:
        options = ["--model", str(tiny_system_dir), "--batch-size", str(BATCH), "--device", "cpu"]
        return [
            sys.executable,
            "-m",
            "videorecap.apps.cli",
            "caption",
            str(short_video),
            "-o",
            str(folder),
            *options,
        ]

    subprocess.run(command(tmp_path / "whole"), check=True, capture_output=True)
    cut = tmp_path / "cut"
    journal = cut / "day.partial.jsonl"
    process = subprocess.Popen(command(cut), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and (not journal.exists() or journal.read_bytes().count(b"\n") < lines):
        time.sleep(0.001)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    subprocess.run(command(cut), check=True, capture_output=True)
    assert files_of(cut) == files_of(tmp_path / "whole")


def test_the_package_offers_its_parts_by_name() -> None:
    assert videorecap.caption_video is caption_video
    assert set(videorecap.__all__) <= {*dir(videorecap), "System", "caption_video", "load_system"}
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = videorecap.nothing


def test_official_mode_needs_windows_of_whole_clips(tiny_system: System, short_video: Path) -> None:
    official = replace(tiny_system, is_official=True)
    assert caption_video(short_video, official, levels="segment=24").captions
    with pytest.raises(ConfigError, match="windows of whole clips of 4 s, got 50 s"):
        caption_video(short_video, official, levels="segment=50")


def test_other_levels_of_a_system_are_made_once(tiny_system: System) -> None:
    hierarchy, _ = select_levels(tiny_system.hierarchy, "clip")
    assert tiny_system.with_levels(hierarchy) is tiny_system.with_levels(hierarchy)
    assert tiny_system.with_levels(hierarchy).digest != tiny_system.digest

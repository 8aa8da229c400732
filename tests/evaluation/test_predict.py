"""A system's captions of annotated videos: of any spans, kept by video, and what failed tried again."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from tests.conftest import make_tiny_system
from videorecap.build import System
from videorecap.captioners import prompted
from videorecap.captioners.base import CaptionRequest, Written
from videorecap.captioners.prompted import PromptedCaptioner
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.frames import FrameStore
from videorecap.evaluation.answers import samples_at
from videorecap.evaluation.predict import Predicted, Predictor
from videorecap.evaluation.telling import windows_of
from videorecap.hierarchy import windows
from videorecap.llm import LlmError
from videorecap.paper.systems import PROMPTED, zero_shot
from videorecap.pipeline import Course, recap
from videorecap.training.recipe import ClipSpans
from videorecap.training.samples import Sample
from videorecap.types import Caption, Gap, Span
from videorecap.video.clips import Clip

LEVELS = ("clip", "segment", "summary")


@pytest.fixture(scope="module")
def frames(data: Path, tmp_path_factory: pytest.TempPathFactory) -> FrameStore:
    """Rendered once for all tests."""
    folder = tmp_path_factory.mktemp("frames")
    return FrameStore(folder, data, image_size=32, num_frames=4, antialias=True)


def asked_of(
    videos: Sequence[VideoAnnotations],
    levels: Sequence[str] = LEVELS,
    clips: ClipSpans = ClipSpans.WINDOWS,
) -> dict[str, list[Sample]]:
    return {level: [one for video in videos for one in samples_at(video, level, clips)] for level in levels}


def said(given: Predicted) -> dict[str, str | None]:
    return {one.sample.id: one.text for items in given.answers.values() for one in items}


def stamps(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.iterdir()}


class Counted:
    """A captioner that remembers what it was asked."""

    def __init__(self, inner) -> None:
        self.inner = inner
        self.spans: list[tuple[str, Span]] = []

    def write(self, requests):
        self.spans += [(one.level.name, one.span) for one in requests]
        return self.inner.write(requests)


def counted(system: System) -> tuple[System, Counted]:
    """A system that remembers what it captioned."""
    same = replace(system)
    (inner,) = set(same.captioners.values())
    writer = Counted(inner)
    vars(same)["captioners"] = dict.fromkeys(same.captioners, writer)
    return same, writer


def test_every_span_is_answered_and_none_twice(
    tiny_system: System, frames: FrameStore, videos: list[VideoAnnotations], tmp_path: Path
) -> None:
    asked = asked_of(videos)
    predictor = Predictor(tiny_system, frames, tmp_path / "said")
    given = predictor.predict(videos, samples=asked, windows=LEVELS)
    assert given.gaps == ()
    assert {level: [one.sample for one in items] for level, items in given.answers.items()} == asked
    assert all(text is not None for text in said(given).values())
    written = stamps(tmp_path / "said")
    system, writer = counted(tiny_system)
    again = Predictor(system, frames, tmp_path / "said")
    assert again.predict(videos, samples=asked).answers == given.answers
    assert again.predict(videos, windows=LEVELS).captions == given.captions
    assert writer.spans == []
    assert stamps(tmp_path / "said") == written
    for video in videos:
        for level in tiny_system.hierarchy.levels:
            spans = [item.span for item in given.captions[video.video] if item.level == level.name]
            assert spans == list(windows(video.duration_seconds, level.window_seconds))


@pytest.mark.parametrize("seconds", [12.0, 10.0])
def test_windows_are_captioned_as_the_caption_command_does(
    seconds: float, tiny_system: System, frames: FrameStore, videos: list[VideoAnnotations], tmp_path: Path
) -> None:
    """Even where a window is not of whole clips."""
    levels = [
        replace(level, window_seconds=seconds) if level.name == "segment" else level
        for level in tiny_system.hierarchy.levels
    ]
    system = replace(tiny_system, config=replace(tiny_system.config, levels=tuple(levels)))
    video = videos[0]
    captions = Predictor(system, frames, tmp_path).predict([video], windows=LEVELS).captions
    spans = list(windows(video.duration_seconds))
    stored = frames.open(video, spans)
    clips = (Clip(span, pixels.copy()) for span, pixels in zip(spans, stored.frames, strict=True))
    items: list[Caption | Gap] = []
    (course,) = recap([Course(clips, system, on_item=items.append)], system, batch_size=4)
    assert course.failure is None
    wanted = [item for item in items if isinstance(item, Caption)]
    found = {(item.level, item.span): item.caption for item in captions[video.video]}
    assert found == {(item.level, item.span): item.text for item in wanted}


def test_clips_that_nobody_reads_are_not_captioned(
    tiny_system: System, frames: FrameStore, videos: list[VideoAnnotations], tmp_path: Path
) -> None:
    clips = asked_of(videos, ["clip"], ClipSpans.ANNOTATED)["clip"][::3]
    system, writer = counted(tiny_system)
    Predictor(system, frames, tmp_path / "clips").predict(videos, samples={"clip": clips})
    assert sorted(writer.spans) == sorted({("clip", one.span) for one in clips})
    (first, *_) = asked_of(videos, ["segment"])["segment"]
    writer.spans.clear()
    Predictor(system, frames, tmp_path / "segment").predict(videos, samples={"segment": [first]})
    read = [span for span in windows(videos[0].duration_seconds) if span.middle in first.span]
    assert writer.spans == [*(("clip", span) for span in read), ("segment", first.span)]


def test_what_is_said_of_other_spans_follows_from_what_is_inside(
    tiny_system: System, frames: FrameStore, videos: list[VideoAnnotations], tmp_path: Path
) -> None:
    """A window is captioned alike whether it is asked for as a window, or as any other span."""
    (whole,) = asked_of(videos[:1], ["summary"])["summary"]
    same = replace(whole, level="segment")  # longer than the system's windows of 12 s
    given = Predictor(tiny_system, frames, tmp_path).predict(videos[:1], samples={"segment": [same]})
    levels = [
        replace(level, window_seconds=float("inf")) if level.name == "segment" else level
        for level in tiny_system.hierarchy.levels
    ]
    system = replace(tiny_system, config=replace(tiny_system.config, levels=tuple(levels)))
    assert windows_of(levels[1], list(windows(same.span.end))) == [same.span]
    window = Predictor(system, frames, tmp_path).predict(videos[:1], samples={"segment": [same]})
    assert said(given) == said(window) != {same.id: ""}


class Moody:
    """A model that answers what it is asked, unless told to fail."""

    name = "moody"

    def __init__(self) -> None:
        self.fails = 0

    def complete(self, prompt: str) -> str:
        if self.fails > 0:
            self.fails -= 1
            raise LlmError("the server is gone")
        return f"said of {sum(map(ord, prompt))}"


class Writer(PromptedCaptioner):
    """Remembers what it was asked, and what of that it answered."""

    asked: ClassVar[list[CaptionRequest]] = []
    answered: ClassVar[list[CaptionRequest]] = []

    def write(self, requests: Sequence[CaptionRequest]) -> list[Written]:
        written = super().write(requests)
        self.asked.extend(requests)
        self.answered.extend(one for one, text in zip(requests, written, strict=True) if text.failure is None)
        return written


@pytest.fixture
def moody(tiny_system: System) -> tuple[System, Moody, Writer]:
    """A system above whose clips a model writes."""
    system = replace(tiny_system, config=zero_shot(tiny_system.config, "server:m", url="http://127.0.0.1:9"))
    model = Moody()
    writer = Writer(model)
    writer.asked.clear()
    writer.answered.clear()
    vars(system)["captioners"] = {**tiny_system.captioners, PROMPTED: writer}
    return system, model, writer


def test_what_failed_is_asked_again_and_nothing_else(
    moody: tuple[System, Moody, Writer],
    frames: FrameStore,
    videos: list[VideoAnnotations],
    tmp_path: Path,
) -> None:
    system, model, writer = moody
    asked = asked_of(videos)
    whole = Predictor(system, frames, tmp_path / "whole").predict(videos, samples=asked)
    everything = list(writer.asked)
    writer.asked.clear()
    writer.answered.clear()
    model.fails = 3
    broken = Predictor(system, frames, tmp_path / "broken")
    given = broken.predict(videos, samples=asked)
    assert len(given.gaps) == 3
    assert {gap.reason for gap in given.gaps} == {"the server is gone"}
    assert any(text is None for text in said(given).values())
    before = list(writer.answered)
    writer.asked.clear()
    assert broken.predict(videos, samples=asked) == whole, "as if it had never failed"
    assert writer.asked
    assert not [one for one in writer.asked if one in before], "what was answered is not asked twice"
    assert all(one in before or one in writer.asked for one in everything)
    writer.asked.clear()
    assert broken.predict(videos, samples=asked) == whole
    assert writer.asked == []


def test_a_dead_model_costs_no_captions_of_clips(
    moody: tuple[System, Moody, Writer], frames: FrameStore, videos: list[VideoAnnotations], tmp_path: Path
) -> None:
    system, model, _ = moody
    model.fails = 10**6
    given = Predictor(system, frames, tmp_path).predict(videos, samples=asked_of(videos))
    assert all(one.text is not None for one in given.answers["clip"])
    assert all(one.text is None for level in ("segment", "summary") for one in given.answers[level])
    assert {gap.level for gap in given.gaps} == {"segment", "summary"}
    model.fails = 0
    vars(system)["captioners"] = {PROMPTED: system.captioners[PROMPTED]}  # nobody who captions clips
    again = Predictor(system, frames, tmp_path).predict(videos, samples=asked_of(videos))
    assert again.gaps == ()
    assert again.answers["clip"] == given.answers["clip"]


def test_other_frames_systems_prompts_and_releases_have_other_files(
    moody: tuple[System, Moody, Writer],
    data: Path,
    frames: FrameStore,
    videos: list[VideoAnnotations],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    system, *_ = moody
    asked = asked_of(videos[:1], ["summary"])

    def files(frames: FrameStore = frames, system: System = system) -> set[Path]:
        folder = tmp_path / "said"
        Predictor(system, frames, folder).predict(videos[:1], samples=asked)
        return set(folder.iterdir())

    assert len(files()) == len(files()) == 1
    other = FrameStore(tmp_path / "frames", data, image_size=32, num_frames=4, antialias=False)
    assert len(files(other)) == 2
    assert len(files(system=make_tiny_system(scale=3.0))) == 3
    words = {level: f"Tell: $captions ({level})" for level in prompted.PROMPTED_LEVELS}
    monkeypatch.setattr("videorecap.evaluation.predict.templates", lambda: words)
    assert len(files()) == 4
    monkeypatch.setattr("videorecap.__version__", "9.9")
    assert len(files()) == 5

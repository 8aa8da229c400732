"""Accuracy of a system on held-out simulated videos, read back from real mp4 files, beside chance and others.

    python benchmarks/sim_accuracy.py --videos 20 --model sim-tiny
    python benchmarks/sim_accuracy.py --model RUN/system --data SIM --cache RUN/cache --teacher TEACHER

Chance is what the best constant answer would get. Facts are counted one by one: precise are those said that
are true, recalled those told that should be. With ``--data``, training videos, also the nearest neighbour:
the caption of the training window nearest in CLS features. With ``--teacher`` also a language model that
sees nothing, and reads the system's clip captions. With ``-o FILE`` the figures are also written as JSON.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

import torch
from provenance import provenance
from tqdm import tqdm

from videorecap.build import System, load_system
from videorecap.captioners.base import Captioner, CaptionRequest, Written
from videorecap.climb import climb
from videorecap.data.annotations import VideoAnnotations, read_annotations
from videorecap.data.features import FeatureStore
from videorecap.data.frames import FrameStore, clip_windows
from videorecap.defaults import BATCH_SIZE
from videorecap.describe import describe
from videorecap.evaluation.answers import Answer, from_tree
from videorecap.evaluation.chance import chance
from videorecap.evaluation.facts import PRECISION, RECALL, judge, shares
from videorecap.evaluation.neighbours import NearestNeighbour, Remembered
from videorecap.hierarchy import Hierarchy, Level
from videorecap.precision import has_bf16
from videorecap.records import ClipRecord
from videorecap.sim.script import Script
from videorecap.sim.splits import seed_of
from videorecap.sim.video import write_video
from videorecap.sim.writer import sample_script
from videorecap.training.recipe import ClipSpans, Stage
from videorecap.training.samples import found_samples
from videorecap.training.teacher import Decoding, TextTeacher, load_teacher
from videorecap.types import Caption, CaptionTree, Gap
from videorecap.video.clips import read_clips
from videorecap.video.reader import VideoReader

LENGTHS_MINUTES = (3.0, 5.0, 7.0, 9.0)  # in turn
BATCH = BATCH_SIZE  # as training encodes
Given: TypeAlias = dict[str, list[Answer]]  # by level
Row: TypeAlias = dict[str, float]
QUESTIONS: Final = {
    "clip": {"actor": "actor", "action": "action", "object": "object", "colour": "colour"},
    "segment": {"activity": "main activity", "activities": "all activities"},
    "summary": {"summary activities": "activities recall", "summary precision": "activities precision"},
}
"""By level, what each share that has a chance is called here."""


@dataclass(frozen=True)
class Rival:
    """Another way to caption: who writes, on which levels."""

    hierarchy: Hierarchy
    captioners: Mapping[str, Captioner]
    writes_clips: bool


class Reader:
    """A language model that sees nothing and reads clip captions, as a captioner."""

    def __init__(self, teacher: TextTeacher) -> None:
        self._teacher = teacher

    def write(self, requests: Sequence[CaptionRequest]) -> list[Written]:
        """Describe windows of one level from the clip captions inside."""
        level, texts = requests[0].level.name, [request.texts for request in requests]
        return [Written(text) for text in self._teacher.write(level, texts, Decoding())]


def neighbour(system: System, data: Path, cache: Path) -> Rival:
    """The nearest neighbour among the training videos of a folder."""
    frames = FrameStore.of(system.config, cache / "frames", data)
    # those that training kept, if it was on this machine
    autocast = has_bf16(system.device)
    features = FeatureStore(cache / "features", frames, system, batch_size=BATCH, autocast=autocast)
    videos = [video for video in read_annotations(data) if video.split == "train"]
    with tqdm(desc="training clips") as bar:
        frames.prepare(videos, clip_windows, workers=2)
        features.prepare(videos, clip_windows, advance=bar.update)
    remembered = {
        level.name: _remembered(level, system, features, videos) for level in system.hierarchy.levels
    }
    return Rival(
        system.hierarchy, dict.fromkeys(system.captioners, NearestNeighbour(remembered)), writes_clips=True
    )


def _remembered(
    level: Level, system: System, features: FeatureStore, videos: Sequence[VideoAnnotations]
) -> Remembered:
    """Mean features and captions of all training windows of a level."""
    is_base = level is system.hierarchy.base
    stage = Stage(
        name="all",
        trains=level.captioner,
        data={level.name: None},
        clips=ClipSpans.WINDOWS,
        steps=1,
        batch_size=1,
    )
    rows, texts = [], []
    for video in videos:
        seen = features.open(video, clip_windows(video))
        for sample in found_samples({video.video: video}, {}, stage, level.name, is_base=is_base):
            spans = enumerate(seen.spans)
            inside = [n for n, span in spans if span.middle in sample.span and n not in seen.lost]
            if inside:
                rows.append(seen.cls[inside].mean(0))
                texts.append(sample.texts[0])
    return Remembered(torch.stack(rows), texts)


def reader(system: System, directory: Path) -> Rival:
    """A teacher in place of the captioners above the clips."""
    base = system.hierarchy.base
    levels = [replace(level, sees=None, reads=base.name) for level in system.hierarchy.levels[1:]]
    writer = Reader(load_teacher(directory))
    return Rival(
        Hierarchy((base, *levels)), {level.captioner: writer for level in levels}, writes_clips=False
    )


def trees(system: System, rivals: Mapping[str, Rival], path: Path) -> Iterator[tuple[str, CaptionTree]]:
    """The captions of a file by the system and by each rival; it is decoded and encoded once."""
    with VideoReader(path) as video:
        clips = read_clips(video, num_frames=system.num_frames)
        records = list(describe(clips, system, batch_size=BATCH))
        own = Rival(system.hierarchy, system.captioners, writes_clips=False)
        for name, rival in {"system": own, **rivals}.items():
            told = _told(records, rival) if rival.writes_clips else records
            items = list(climb(told, rival.hierarchy, dict(rival.captioners)))
            yield (
                name,
                CaptionTree(
                    video=video.info,
                    system=system.info,
                    levels=rival.hierarchy.names,
                    captions=tuple(item for item in items if isinstance(item, Caption)),
                    gaps=tuple(item for item in items if isinstance(item, Gap)),
                ),
            )


def _told(records: Sequence[ClipRecord], rival: Rival) -> list[ClipRecord]:
    """The same clips, captioned by a rival."""
    base = rival.hierarchy.base
    writer, told = rival.captioners[base.captioner], []
    for record in records:
        if record.caption is None or record.feature is None:
            told.append(record)
            continue
        request = CaptionRequest(level=base, span=record.span, features=record.feature[None])
        text = writer.write([request])[0].text
        told.append(replace(record, caption=replace(record.caption, text=text, mean_logprob=None)))
    return told


def captioned(
    system: System, rivals: Mapping[str, Rival], split: str, count: int
) -> tuple[dict[str, Given], dict[str, Script]]:
    """Render, write, read and caption videos of a split, one after the other; what happens in them by id."""
    given: dict[str, Given] = {name: {level: [] for level in QUESTIONS} for name in ("system", *rivals)}
    scripts: dict[str, Script] = {}
    with tempfile.TemporaryDirectory() as folder:
        for number in tqdm(range(count), desc=f"{split} videos"):
            minutes = LENGTHS_MINUTES[number % len(LENGTHS_MINUTES)]
            script = scripts[str(number)] = sample_script(seed_of(split, number), 60 * minutes + number)
            path = Path(folder) / f"{number}.mp4"
            write_video(script, path)
            for name, tree in trees(system, rivals, path):
                for level in QUESTIONS:
                    given[name][level] += from_tree(tree, str(number), level)
            path.unlink()
    return given, scripts


def report(given: Given, scripts: Mapping[str, Script]) -> dict[str, Row]:
    """The figures of one way to caption."""
    judged = {level: judge(answers, scripts, level) for level, answers in given.items()}
    counted = {level: shares(of_level, level) for level, of_level in judged.items()}
    figures = {
        question: {
            "right": counted[level][share].value,
            "chance": chance(judged[level], level, share),
            "of": int(counted[level][share].counts.sum()),
        }
        for level, questions in QUESTIONS.items()
        for question, share in questions.items()
    }
    facts = {
        f"facts of {level}": {
            "precision": of_level[PRECISION].value,
            "recall": of_level[RECALL].value,
            "of": int(of_level[RECALL].counts.sum()),
        }
        for level, of_level in counted.items()
    }
    return {**figures, **facts}


def show(figures: Mapping[str, Mapping[str, Row]]) -> None:
    """A row for each question, a column for each way to caption."""
    names = list(figures)
    print(f"{'right':20} {'chance':>8} " + " ".join(f"{name:>12}" for name in names) + f" {'of':>6}")
    for question, own in figures["system"].items():
        if "right" in own:
            row = " ".join(f"{figures[name][question]['right']:12.1%}" for name in names)
            print(f"{question:20} {own['chance']:8.1%} {row} {own['of']:6.0f}")
    print(f"\n{'precision / recall':29} " + " ".join(f"{name:>12}" for name in names) + f" {'of':>6}")
    for question, own in figures["system"].items():
        if "precision" in own:
            cells = [figures[name][question] for name in names]
            row = " ".join(f"{cell['precision']:6.1%}{cell['recall']:6.1%}" for cell in cells)
            print(f"{question:29} {row} {own['of']:6.0f}")


def main() -> None:
    """Score, print a table, and keep it if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="sim-tiny")
    parser.add_argument("--videos", type=int, default=20)
    parser.add_argument("--split", default="test", choices=("val", "test"))
    parser.add_argument("--data", type=Path, help="training videos, for the nearest neighbour")
    parser.add_argument("--cache", type=Path, help="of their frames and features (default: DATA/cache)")
    parser.add_argument("--teacher", type=Path, help="directory of a language model that reads clip captions")
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    system = load_system(options.model)
    rivals: dict[str, Rival] = {}
    if options.data:
        rivals["neighbour"] = neighbour(system, options.data, options.cache or options.data / "cache")
    if options.teacher:
        rivals["text only"] = reader(system, options.teacher)
    given, scripts = captioned(system, rivals, options.split, options.videos)
    figures = {name: report(of_one, scripts) for name, of_one in given.items()}
    show(figures)
    if options.output:
        told = {
            **provenance(),
            "system": {"name": system.config.name, "digest": system.digest},
            "split": options.split,
            "videos": options.videos,
            "figures": figures,
        }
        options.output.write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()

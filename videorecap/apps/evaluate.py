"""``videorecap evaluate``: captions of a data set, their scores, and a page to look at both."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from tqdm import tqdm

import videorecap
from videorecap.apps.cli import EXIT_OK
from videorecap.apps.cli_evaluate import LEVELS
from videorecap.build import System, load_system
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.files import VideoFiles
from videorecap.data.frames import FrameStore
from videorecap.data.lengths import with_lengths
from videorecap.data.readers.detect import read_any
from videorecap.errors import ConfigError, DataError
from videorecap.evaluation.answers import Answer, answers, read_said, samples_at
from videorecap.evaluation.metrics import unavailable
from videorecap.evaluation.page import report_page
from videorecap.evaluation.predict import Predictor
from videorecap.evaluation.protocol import AUTHORS, PROTOCOLS, WORLD, Protocol
from videorecap.evaluation.report import Decoding, Report, report
from videorecap.evaluation.table import table
from videorecap.outputs.files import write_aside
from videorecap.sim.script import Script
from videorecap.sim.writer import sample_script

SCHEMA_VERSION = 1
Answers = dict[str, list[Answer]]


def evaluate(options: argparse.Namespace) -> int:
    """Score a system, or a file of predictions."""
    if (options.system is None) == (options.predictions is None):
        raise ConfigError("what to score is needed: a SYSTEM, or --predictions FILE, and not both")
    if unknown := set(options.level) - set(LEVELS):
        raise ConfigError(f"no level {sorted(unknown)[0]!r}; there are {', '.join(LEVELS)}")
    listed = list(read_any(options.data))
    protocol = _protocol(options, listed)
    videos = _chosen(listed, protocol.split, options)
    for line in unavailable(protocol.metrics).values():
        print(f"videorecap: {line}", file=sys.stderr)
    scripts = _scripts(videos)
    given, decoding, name = (_predicted if options.system else _read)(options, videos, protocol)
    reports = {
        level: report(items, level, protocol, decoding=decoding, scripts=scripts)
        for level, items in given.items()
    }
    _write(options.output, name, decoding, protocol, reports)
    page = options.output.with_suffix(".html")
    write_aside(page, report_page(name, reports, given, scripts))
    print(table(reports))
    print(f"{options.output}, {page}")
    return EXIT_OK


def _protocol(options: argparse.Namespace, videos: Sequence[VideoAnnotations]) -> Protocol:
    is_simulated = all(video.seed is not None for video in videos)
    named = PROTOCOLS[options.protocol] if options.protocol else (WORLD if is_simulated else AUTHORS)
    return replace(named, split=options.split) if options.split else named


def _chosen(
    listed: Sequence[VideoAnnotations], split: str, options: argparse.Namespace
) -> dict[str, VideoAnnotations]:
    """The videos of the split, by id."""
    found = [video for video in listed if video.split == split][: options.videos]
    if not found:
        have = ", ".join(sorted({str(video.split) for video in listed})) or "none"
        raise DataError(f"{options.data}: has no videos of split {split!r}, but of {have}; see --split")
    return with_lengths({video.video: video for video in found}, VideoFiles(options.data))


def _scripts(videos: Mapping[str, VideoAnnotations]) -> dict[str, Script] | None:
    """What happens in simulated videos; None if one is not."""
    scripts = {
        name: sample_script(video.seed, video.duration_seconds)
        for name, video in videos.items()
        if video.seed is not None and video.duration_seconds is not None
    }
    return scripts if len(scripts) == len(videos) else None


def _predicted(
    options: argparse.Namespace, videos: Mapping[str, VideoAnnotations], protocol: Protocol
) -> tuple[Answers, Decoding, str]:
    """Answers of a system."""
    system = load_system(options.system, device=options.device)
    encoder = system.config.encoder
    if encoder is None:
        raise ConfigError(f"system {system.config.name!r} has no video encoder, so it captions no video")
    frames = FrameStore(
        (options.cache or options.output.with_suffix(".cache")) / "frames",
        options.data,
        image_size=encoder.image_size,
        num_frames=encoder.num_frames,
        antialias=system.config.preprocess.antialias,
    )
    predictor = Predictor(
        system,
        frames,
        options.output.with_suffix(".predictions"),
        levels=tuple(name for name in system.hierarchy.names if name in options.level),
        clips=protocol.clips,
        workers=options.workers,
        batch_size=options.batch_size,
    )
    given: Answers = {level: [] for level in predictor.levels}
    with tqdm(desc="videos", total=len(videos), disable=None) as bar:
        for of_video in predictor.predict(list(videos.values()), bar.update):
            for level, items in of_video.items():
                given[level] += items
    return given, _decoding(system), f"{system.config.name} {system.digest[:12]}"


def _decoding(system: System) -> Decoding:
    strategy = {"name": type(system.strategy).__name__, **asdict(system.strategy)}
    return {"strategy": strategy, "max_tokens": {one.name: one.max_tokens for one in system.hierarchy.levels}}


def _read(
    options: argparse.Namespace, videos: Mapping[str, VideoAnnotations], protocol: Protocol
) -> tuple[Answers, Decoding, str]:
    """Answers of a file."""
    given: Answers = {}
    for level in options.level:
        samples = [one for video in videos.values() for one in samples_at(video, level, protocol.clips)]
        found = answers(samples, read_said(options.predictions, samples)) if samples else []
        if any(answer.text is not None for answer in found):
            given[level] = found
    if not given:
        raise DataError(
            f"{options.predictions}: has no caption of {', '.join(options.level)} of these videos"
        )
    return given, {"strategy": "of a file"}, options.predictions.name


def _write(
    path: Path, name: str, decoding: Decoding, protocol: Protocol, reports: Mapping[str, Report]
) -> None:
    told = {
        "schema_version": SCHEMA_VERSION,
        "videorecap": videorecap.__version__,
        "scored": name,
        "protocol": asdict(protocol),
        "decoding": decoding,
        "levels": [one.as_json() for one in reports.values()],
    }
    write_aside(path, json.dumps(told, indent=2) + "\n", make_folder=True)

"""``videorecap evaluate``: captions of a data set, their scores, and a page to look at both."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from tqdm import tqdm

import videorecap
from videorecap.apps.cli import EXIT_OK
from videorecap.apps.cli_evaluate import LEVELS
from videorecap.build import load_system
from videorecap.data.clip_stores import open_clips
from videorecap.errors import ConfigError, DataError
from videorecap.evaluation.answers import Answer, answers, read_said, samples_at
from videorecap.evaluation.metrics import unavailable
from videorecap.evaluation.page import report_page
from videorecap.evaluation.predict import Predictor
from videorecap.evaluation.protocol import Protocol
from videorecap.evaluation.report import Decoding, Report, report
from videorecap.evaluation.table import table
from videorecap.evaluation.testset import TestSet, read_test_set
from videorecap.outputs.files import write_aside
from videorecap.paper.systems import zero_shot

SCHEMA_VERSION = 1
Answers = dict[str, list[Answer]]


def evaluate(options: argparse.Namespace) -> int:
    """Score a system, or a file of predictions."""
    if (options.system is None) == (options.predictions is None):
        raise ConfigError("what to score is needed: a SYSTEM, or --predictions FILE, and not both")
    if unknown := set(options.level) - set(LEVELS):
        raise ConfigError(f"no level {sorted(unknown)[0]!r}; there are {', '.join(LEVELS)}")
    test = read_test_set(
        options.data, protocol=options.protocol, split=options.split, num_videos=options.videos
    )
    for line in unavailable(test.protocol.metrics).values():
        print(f"videorecap: {line}", file=sys.stderr)
    given, decoding, name = (_predicted if options.system else _read)(options, test)
    reports = {
        level: report(items, level, test.protocol, decoding=decoding, scripts=test.scripts)
        for level, items in given.items()
    }
    _write(options.output, name, decoding, test.protocol, reports)
    page = options.output.with_suffix(".html")
    write_aside(page, report_page(name, reports, given, test.scripts))
    print(table(reports))
    print(f"{options.output}, {page}")
    return EXIT_OK


def _predicted(options: argparse.Namespace, test: TestSet) -> tuple[Answers, Decoding, str]:
    """Answers of a system."""
    system = load_system(options.system, device=options.device)
    if options.upper is not None:
        record = str(options.record) if options.record is not None else None
        config = zero_shot(system.config, options.upper, url=options.url, record=record)
        system = replace(system, config=config)
    if missing := set(options.level) - set(system.hierarchy.names):
        have = ", ".join(system.hierarchy.names)
        raise ConfigError(f"system {system.config.name!r} captions {have}, not {min(missing)}; see --level")
    videos, clips = list(test.videos.values()), test.protocol.clips
    told = [name for name in options.level if any(samples_at(video, name, clips) for video in videos)]
    if not told:
        raise DataError(f"{options.data}: has no captions of {', '.join(options.level)} to compare with")
    cache = options.cache or options.output.with_suffix(".cache")
    predictor = Predictor(
        system,
        open_clips(system.config, cache / "frames", options.data),
        options.output.with_suffix(".predictions"),
        levels=tuple(name for name in system.hierarchy.names if name in told),
        clips=clips,
        workers=options.workers,
        batch_size=options.batch_size,
    )
    with tqdm(desc="videos", total=len(test.videos), disable=None) as bar:
        given = predictor.answers(videos, bar.update)
    return given, system.decoding, f"{system.config.name} {system.digest[:12]}"


def _read(options: argparse.Namespace, test: TestSet) -> tuple[Answers, Decoding, str]:
    """Answers of a file."""
    given: Answers = {}
    for level in options.level:
        samples = [
            one for video in test.videos.values() for one in samples_at(video, level, test.protocol.clips)
        ]
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

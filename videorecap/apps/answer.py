"""``videorecap answer``: questions about videos, from their captions."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tqdm import tqdm

from videorecap.apps.checks import require_other_suffix, require_outputs, tell_gaps, tell_references
from videorecap.apps.cli import EXIT_GAPS, EXIT_OK
from videorecap.apps.cli_evaluate import CACHE, PREDICTIONS
from videorecap.build import load_system
from videorecap.data.annotations import Annotation, VideoAnnotations
from videorecap.data.clip_stores import open_clips
from videorecap.data.files import VideoFiles
from videorecap.data.lengths import with_lengths
from videorecap.data.readers.detect import read_any
from videorecap.errors import ConfigError, DataError
from videorecap.evaluation.choosers import is_language_model, open_choosers
from videorecap.evaluation.egoschema import (
    Answered,
    QaReport,
    answer_all,
    check_questions,
    qa_report,
    write_submission,
)
from videorecap.evaluation.predict import Predictor
from videorecap.evaluation.said import read_captions
from videorecap.evaluation.table import shown
from videorecap.outputs.files import write_aside
from videorecap.outputs.origin import origin
from videorecap.qa import LEVELS, Reading

SCHEMA_VERSION = 1
Captions = Mapping[str, Sequence[Annotation]]


def answer(options: argparse.Namespace) -> int:
    """Answer every question of a data set."""
    reading = Reading(options.read)
    _check(options, reading)
    videos = _videos(options)
    check_questions(videos, is_submitted=options.submission is not None)
    require_other_suffix(options.output, (PREDICTIONS, CACHE))
    require_outputs({"-o": options.output, "--submission": options.submission, "--record": options.record})
    choosers = open_choosers(options.by, url=options.url, record=options.record, device=options.device)
    captions, has_all = _captions(options, videos, reading)
    chooser = choosers(_texts(videos, captions))
    number = sum(len(video.questions) for video in videos)
    with tqdm(desc="questions", total=number, disable=None) as bar:
        answered = answer_all(videos, captions, reading, chooser, bar.update)
    report = qa_report(answered) if any(one.question.answer is not None for one in answered) else None
    _write(options, answered, report)
    _tell(options, answered, report)
    is_whole = has_all and all(one.choice.option is not None for one in answered)
    return EXIT_OK if is_whole else EXIT_GAPS


def _check(options: argparse.Namespace, reading: Reading) -> None:
    """Refuse options that do not go together.

    Raises:
        ConfigError: naming them.
    """
    if reading is Reading.NONE:
        _check_without_captions(options)
    elif (options.system is None) == (options.predictions is None):
        raise ConfigError(
            "captions are needed: a SYSTEM that writes them, or --predictions FILE, and not both"
        )
    if not is_language_model(options.by) and (options.url or options.record):
        given = "--url" if options.url else "--record"
        raise ConfigError(f"{given} is of a language model, and --by {options.by} asks none")


def _check_without_captions(options: argparse.Namespace) -> None:
    """Refuse captions that would not be read, and who needs some.

    Raises:
        ConfigError: naming them.
    """
    if options.system is not None or options.predictions is not None:
        given = "SYSTEM" if options.predictions is None else "--predictions"
        raise ConfigError(f"--read none reads no captions; leave {given} out, or read clips or all")
    if not is_language_model(options.by):
        raise ConfigError(f"--by {options.by} compares with captions, and --read none reads none of them")


def _videos(options: argparse.Namespace) -> list[VideoAnnotations]:
    """Those with questions."""
    found = [video for video in read_any(options.data) if options.split in (None, video.split)]
    asked = [video for video in found if video.questions][: options.videos]
    if not asked:
        where = f" in split {options.split!r}" if options.split else ""
        raise DataError(f"{options.data}: has no questions{where}")
    return asked


def _captions(
    options: argparse.Namespace, videos: Sequence[VideoAnnotations], reading: Reading
) -> tuple[Captions, bool]:
    """What is known of the videos, and whether that is all that is asked for; what is not is told."""
    if reading is Reading.NONE:
        return {}, True
    if options.predictions is not None:
        return _read(options.predictions, videos, reading)
    known = with_lengths({video.video: video for video in videos}, VideoFiles(options.data))
    system = load_system(options.system, device=options.device)
    cache = options.cache or options.output.with_suffix(CACHE)
    predictor = Predictor(
        system,
        open_clips(system.config, cache / "frames", options.data),
        options.output.with_suffix(PREDICTIONS),
        workers=options.workers,
        batch_size=options.batch_size,
    )
    with tqdm(desc="captions", total=len(known), disable=None) as bar:
        names = system.hierarchy.names
        told = predictor.predict(list(known.values()), windows=names, advance=bar.update)
    tell_gaps(told.gaps)
    return told.captions, not told.gaps


def _read(path: Path, videos: Sequence[VideoAnnotations], reading: Reading) -> tuple[Captions, bool]:
    """Captions of a file, and whether all videos have some that are read."""
    found = read_captions(path)
    if found.may_be_references:
        tell_references(path)
    levels = LEVELS[reading]
    without = [
        video.video
        for video in videos
        if not any(item.level in levels for item in found.captions.get(video.video, ()))
    ]
    if without:
        told = f"has no caption of {len(without)} of {len(videos)} videos with questions"
        print(f"videorecap: {path}: {told}; the first: {without[0]}", file=sys.stderr)
    return found.captions, not without


def _texts(videos: Sequence[VideoAnnotations], captions: Captions) -> list[str]:
    """Captions and questions."""
    told = [item.caption for items in captions.values() for item in items]
    asked = [text for video in videos for one in video.questions for text in (one.text, *one.options)]
    return [*told, *asked]


def _write(options: argparse.Namespace, answered: Sequence[Answered], report: QaReport | None) -> None:
    told = {
        "schema_version": SCHEMA_VERSION,
        **origin(options.arguments),
        "by": options.by,
        "read": options.read,
        "score": None if report is None else report.as_json(),
        "answers": [
            {
                "video": one.video,
                "question": one.question.id,
                "option": one.choice.option,
                "right": one.question.answer,
                "words": one.choice.words,
            }
            for one in answered
        ],
    }
    write_aside(options.output, json.dumps(told, indent=2) + "\n", make_folder=True)


def _tell(options: argparse.Namespace, answered: Sequence[Answered], report: QaReport | None) -> None:
    unparsed = [one for one in answered if one.choice.option is None]
    if unparsed:
        first = unparsed[0]
        what = f"{len(unparsed)} of {len(answered)} questions have no answer"
        print(f"{what}; the first: {first.choice.words[:160]!r}")
    if report is not None:
        over = shown(report.accuracy.interval, times=1, form=".1%")
        right = f"right: {report.accuracy.value:.1%} ({over}) of {report.num_questions}"
        print(f"{right}; chance {report.chance:.1%}")
        for name, (value, number) in report.topics.items():
            print(f"  {name:12} {value:6.1%} of {number}")
    if options.submission is not None:
        filled = write_submission(answered, options.submission)
        print(
            f"{options.submission}" + (f"; option 0 stands for {filled} without an answer" if filled else "")
        )

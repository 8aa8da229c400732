"""``videorecap answer``: questions about videos, from their captions."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence

from tqdm import tqdm

import videorecap
from videorecap.apps.cli import EXIT_GAPS, EXIT_OK
from videorecap.build import load_system
from videorecap.data.annotations import Annotation, VideoAnnotations
from videorecap.data.clip_stores import open_clips
from videorecap.data.files import VideoFiles
from videorecap.data.lengths import with_lengths
from videorecap.data.readers.detect import read_any
from videorecap.errors import ConfigError, DataError
from videorecap.evaluation.choosers import open_chooser
from videorecap.evaluation.egoschema import (
    Answered,
    Chooser,
    QaReport,
    answer_all,
    qa_report,
    write_submission,
)
from videorecap.evaluation.predict import Predictor
from videorecap.outputs.files import write_aside
from videorecap.qa import Reading
from videorecap.training.recipe import ClipSpans

SCHEMA_VERSION = 1
Captions = Mapping[str, Sequence[Annotation]]


def answer(options: argparse.Namespace) -> int:
    """Answer every question of a data set."""
    reading = Reading(options.read)
    if reading is not Reading.NONE and (options.system is None) == (options.predictions is None):
        raise ConfigError(
            "captions are needed: a SYSTEM that writes them, or --predictions FILE, and not both"
        )
    videos = _videos(options)
    captions = _captions(options, videos) if reading is not Reading.NONE else {}
    answered = answer_all(tqdm(videos, disable=None), captions, reading, _chooser(options, videos, captions))
    report = qa_report(answered) if any(one.question.answer is not None for one in answered) else None
    _write(options, answered, report)
    _tell(options, answered, report)
    return EXIT_GAPS if any(one.choice.option is None for one in answered) else EXIT_OK


def _videos(options: argparse.Namespace) -> list[VideoAnnotations]:
    """Those with questions."""
    found = [video for video in read_any(options.data) if options.split in (None, video.split)]
    asked = [video for video in found if video.questions][: options.videos]
    if not asked:
        where = f" in split {options.split!r}" if options.split else ""
        raise DataError(f"{options.data}: has no questions{where}")
    return asked


def _captions(options: argparse.Namespace, videos: Sequence[VideoAnnotations]) -> Captions:
    if options.predictions is not None:
        return {video.video: video.predicted or video.captions for video in read_any(options.predictions)}
    known = with_lengths({video.video: video for video in videos}, VideoFiles(options.data))
    system = load_system(options.system, device=options.device)
    cache = options.cache or options.output.with_suffix(".cache")
    predictor = Predictor(
        system,
        open_clips(system.config, cache / "frames", options.data),
        options.output.with_suffix(".predictions"),
        levels=system.hierarchy.names,
        clips=ClipSpans.WINDOWS,
        workers=options.workers,
        batch_size=options.batch_size,
    )
    with tqdm(desc="captions", total=len(known), disable=None) as bar:
        return {video.video: predictor.captions(video, bar.update) for video in known.values()}


def _chooser(options: argparse.Namespace, videos: Sequence[VideoAnnotations], captions: Captions) -> Chooser:
    told = [item.caption for items in captions.values() for item in items]
    asked = [text for video in videos for one in video.questions for text in (one.text, *one.options)]
    return open_chooser(options.by, [*told, *asked], url=options.url, record=options.record)


def _write(options: argparse.Namespace, answered: Sequence[Answered], report: QaReport | None) -> None:
    told = {
        "schema_version": SCHEMA_VERSION,
        "videorecap": videorecap.__version__,
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
        low, high = report.accuracy.interval.low, report.accuracy.interval.high
        print(
            f"right: {report.accuracy.value:.1%} ({low:.1%} to {high:.1%}) of {report.num_questions}; "
            f"chance {report.chance:.1%}"
        )
        for name, (value, number) in report.topics.items():
            print(f"  {name:12} {value:6.1%} of {number}")
    if options.submission is not None:
        filled = write_submission(answered, options.submission)
        print(
            f"{options.submission}" + (f"; option 0 stands for {filled} without an answer" if filled else "")
        )

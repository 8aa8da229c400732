"""``videorecap reproduce``: trains what is missing of a table, scores it, writes ours beside the paper's."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import videorecap
from videorecap.apps.cli import EXIT_OK
from videorecap.apps.train import Progress, precision_of
from videorecap.data.make import make
from videorecap.data.plan import DataPlan
from videorecap.evaluation.choosers import open_chooser
from videorecap.evaluation.egoschema import QaReport, answer_all, qa_report
from videorecap.evaluation.report import Report
from videorecap.evaluation.testset import TestSet, read_test_set
from videorecap.outputs.files import write_aside
from videorecap.paper.experiments import Laboratory
from videorecap.paper.findings import CLAIMED, Finding, Runs, findings
from videorecap.paper.pages import claims_table, plot, table_page
from videorecap.paper.table3 import ROWS, table3_page
from videorecap.paper.tables import TABLES, Row
from videorecap.paper.zero_shot import Published

TRAIN_SECONDS = 210  # of each simulated video that is learned from
TEST_SECONDS = 360  # of each that is scored
NUM_QUESTIONS = 8  # about each of these
TABLE_3 = "table3"
NUM_SPANS = 4  # other segments of each video that are described
PARTS = {"table2": ("2a", "2b"), "table6": ("6a", "6b")}


def reproduce(options: argparse.Namespace) -> int:
    """Make tables again."""
    train, test = _train_data(options), _test_data(options)
    named = [name for name in options.tables if name != TABLE_3]
    numbers = [number for name in named for number in PARTS.get(name, (name[5:],))]
    laboratory = Laboratory(
        size=options.size,
        train=train,
        test=test,
        output=options.output_dir,
        pseudo=options.pseudo,
        precision=precision_of(options.precision),
        workers=options.workers,
    )
    if TABLE_3 in options.tables:
        print(_table3(laboratory, options))
    runs = _runs(laboratory, numbers, options)
    told = []
    for number in numbers:
        found = findings(TABLES[number], runs)
        _write(options, number, runs, found, laboratory)
        told += found
    if told:
        print("\n".join(claims_table(told)))
    return EXIT_OK


def _runs(laboratory: Laboratory, numbers: Sequence[str], options: argparse.Namespace) -> Mapping[str, Runs]:
    """Reports by level and recipe, of every row that can be trained."""
    progress = Progress(is_shown=True)
    rows = {row.key: row for number in numbers for row in TABLES[number].rows}
    published = _published(options)
    runs: dict[str, dict[str, list[Report]]] = {}
    for key, row in rows.items():
        if missing := _missing(row, laboratory) or published.lacks(row):
            progress.note(f"{key}: left out; it needs {missing}")
            continue
        for seed in range(options.seeds if row.is_trained else 1):
            for level, one in _measured(row, laboratory, published, seed, progress).items():
                runs.setdefault(level, {}).setdefault(key, []).append(one)
    return runs


def _missing(row: Row, laboratory: Laboratory) -> str | None:
    """What a row needs that is not given."""
    if row.reader is not None and row.reader not in laboratory.models:
        return f"{row.reader}, which there is none of at size {laboratory.size}"
    return None


def _measured(
    row: Row, laboratory: Laboratory, published: Published, seed: int, progress: Progress
) -> dict[str, Report]:
    if row.needs is not None:
        return laboratory.zero_shot(row, published, seed, progress)
    if row.reader is not None:
        return laboratory.read(row.reader, row.recipe, seed, progress)
    assert row.recipe is not None, "it has a key"
    return laboratory.run(row.recipe, seed, progress)


def _table3(laboratory: Laboratory, options: argparse.Namespace) -> str:
    """Questions over the captions of each row's system."""
    progress, reports = Progress(is_shown=True), dict[str, list[QaReport]]()
    videos = [video for video in laboratory.test.videos.values() if video.questions]
    asked = [text for video in videos for one in video.questions for text in (one.text, *one.options)]
    for row in ROWS:
        if row.reading is None:
            continue
        for seed in range(options.seeds if row.recipe is not None else 1):
            captions = laboratory.captions(row.recipe, seed, progress) if row.recipe is not None else {}
            told = [item.caption for items in captions.values() for item in items]
            chooser = open_chooser(options.by, [*asked, *told], url=options.url, record=options.record)
            found = qa_report(answer_all(videos, captions, row.reading, chooser))
            reports.setdefault(row.label, []).append(found)
    page = table3_page(reports, options.by, _note(options, laboratory))
    write_aside(options.output_dir / "table3.md", page + "\n")
    told_json = {label: [one.as_json() for one in many] for label, many in reports.items()}
    write_aside(options.output_dir / "table3.json", json.dumps(told_json, indent=2) + "\n")
    return page


def _train_data(options: argparse.Namespace) -> Path:
    if options.data is not None:
        data: Path = options.data
        return data
    plan = _plan("train", options.train_videos, TRAIN_SECONDS, num_spans=NUM_SPANS)
    return _made(plan, options.output_dir / "data" / "train")


def _test_data(options: argparse.Namespace) -> TestSet:
    if options.test is not None or options.data is not None:
        return read_test_set(options.test or options.data)
    plan = _plan("test", options.test_videos, TEST_SECONDS, num_questions=NUM_QUESTIONS)
    return read_test_set(_made(plan, options.output_dir / "data" / "test"))


def _plan(
    split: str, num_videos: int, seconds: int, *, num_spans: int = 0, num_questions: int = 0
) -> DataPlan:
    return DataPlan(
        split=split,
        num_videos=num_videos,
        total_seconds=num_videos * seconds,
        seed=0,
        size=(384, 288),
        frame_rate=30,
        has_files=False,
        num_questions=num_questions,
        num_spans=num_spans,
    )


def _made(plan: DataPlan, folder: Path) -> Path:
    """The folder of a simulated data set, which is made unless it is there.

    Raises:
        DataError: if it holds another one.
    """
    make(plan, folder)
    return folder


def _write(
    options: argparse.Namespace,
    number: str,
    runs: Mapping[str, Runs],
    found: Sequence[Finding],
    laboratory: Laboratory,
) -> None:
    stem = options.output_dir / f"table{number}"
    note = _note(options, laboratory)
    write_aside(stem.with_suffix(".md"), table_page(number, TABLES[number], runs, found, note) + "\n")
    write_aside(stem.with_suffix(".png"), plot(TABLES[number], runs))
    told = {
        "videorecap": videorecap.__version__,
        "size": options.size,
        "protocol": asdict(laboratory.test.protocol),
        "metric": CLAIMED,
        "runs": {
            level: {name: [one.as_json() for one in reports] for name, reports in of_level.items()}
            for level, of_level in runs.items()
        },
        "findings": [{**asdict(one), "verdict": one.verdict} for one in found],
    }
    write_aside(stem.with_suffix(".json"), json.dumps(told, indent=2) + "\n")


def _note(options: argparse.Namespace, laboratory: Laboratory) -> str:
    world = "simulated" if laboratory.test.scripts is not None else "real"
    return (
        f"Size {options.size}, trained on `{laboratory.train.name}` and scored on "
        f"{len(laboratory.test.videos)} {world} videos by protocol "
        f"{laboratory.test.protocol.name}; intervals are 95 % of a bootstrap over "
        "videos, and over trainings where there are several. All figures are times 100. The paper's are of "
        f"Ego4D-HCap, so that only differences are compared with ours. {_published(options).told}"
    ).rstrip()


def _published(options: argparse.Namespace) -> Published:
    return Published(blip2=options.blip2, llm=options.llm, url=options.url)

"""What the tables are made on: the data that is given, or simulated videos."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from videorecap.data.make import make
from videorecap.data.plan import DataPlan
from videorecap.defaults import FRAME_RATE, FRAME_SIZE
from videorecap.evaluation.testset import TestSet, read_test_set

TRAIN_SECONDS: Final = 360  # of each simulated video that is learned from
TEST_SECONDS: Final = 300  # of each that is scored
NUM_QUESTIONS: Final = 8  # about each of these
NUM_SPANS: Final = 24  # other segments of each video, and parts of it, that are described


def train_data(options: argparse.Namespace) -> Path:
    """The folder of what is learned from.

    Raises:
        DataError: if the folder of simulated videos holds another data set.
    """
    if options.data is not None:
        data: Path = options.data
        return data
    plan = _plan("train", options.train_videos, TRAIN_SECONDS, num_spans=NUM_SPANS)
    return _made(plan, options.output_dir / "data" / "train")


def test_data(options: argparse.Namespace) -> TestSet:
    """What is scored.

    Raises:
        DataError: likewise, or if it has no videos of the split that is scored.
    """
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
        size=FRAME_SIZE,
        frame_rate=FRAME_RATE,
        has_files=False,
        num_questions=num_questions,
        num_spans=num_spans,
    )


def _made(plan: DataPlan, folder: Path) -> Path:
    """The folder of a simulated data set, which is made unless it is there."""
    make(plan, folder)
    return folder

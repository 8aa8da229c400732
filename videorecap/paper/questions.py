"""Table 3's rows asked: each system's captions, read by whoever answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from videorecap.data.annotations import VideoAnnotations
from videorecap.errors import DataError
from videorecap.evaluation.choosers import ChooserFor, is_language_model
from videorecap.evaluation.egoschema import QaReport, answer_all, qa_report
from videorecap.paper.experiments import Laboratory
from videorecap.paper.results import RunRecord
from videorecap.paper.table3 import QUESTIONS, ROWS, fingerprint
from videorecap.training.progress import Progress
from videorecap.types import Gap

NEEDS_CAPTIONS: Final = "cannot answer: compares options with captions, and there are none to read"


@dataclass(frozen=True)
class Asked:
    """What was measured.

    Attributes:
        reports: by row, one for each training.
        records: what captioned, by recipe.
        left_out: why a row was not measured, by label.
        fingerprint: of the questions, and of who answered.
        gaps: what could not be captioned.
    """

    reports: dict[str, list[QaReport]]
    records: dict[str, list[RunRecord]]
    left_out: dict[str, str]
    fingerprint: str
    gaps: tuple[Gap, ...]

    def as_json(self) -> dict[str, Any]:
        """All but what captioned."""
        runs = {label: [one.as_json() for one in many] for label, many in self.reports.items()}
        return {
            "fingerprints": {QUESTIONS: self.fingerprint},
            "left_out": self.left_out,
            "runs": {QUESTIONS: runs},
        }


def asked_videos(laboratory: Laboratory) -> list[VideoAnnotations]:
    """The videos that are scored and have questions with a public answer.

    Raises:
        DataError: if there are none.
    """
    videos = [
        video
        for video in laboratory.test.videos.values()
        if any(one.answer is not None for one in video.questions)
    ]
    if not videos:
        raise DataError(f"{laboratory.test.folder}: has no questions with answers, which Table 3 scores")
    return videos


def ask(
    laboratory: Laboratory,
    by: str,
    open_choosers: Callable[[], ChooserFor],
    num_seeds: int,
    progress: Progress,
) -> Asked:
    """Train what is missing, and answer the questions of each row that can be measured.

    Args:
        laboratory: of the systems and videos.
        by: who answers, as the command line says.
        open_choosers: called when all captions are there, so that no model waits for them in memory.
        num_seeds: trainings of each system.
        progress: told of what is done.

    Raises:
        VideoRecapError: if a training fails, or the chooser cannot be opened.
    """
    videos = asked_videos(laboratory)
    recipes = dict.fromkeys(row.recipe for row in ROWS if row.recipe is not None)
    captions = {
        (recipe, seed): laboratory.captions(recipe, seed, progress)
        for recipe in recipes
        for seed in range(num_seeds)
    }
    chooser_for = open_choosers()
    gaps = tuple(gap for told in captions.values() for gap in told.gaps)
    asked = Asked({}, {}, {}, fingerprint(videos, by), gaps)
    for row in ROWS:
        if row.reading is None:
            continue
        if row.recipe is None and not is_language_model(by):
            asked.left_out[row.label] = NEEDS_CAPTIONS
            continue
        for seed in range(num_seeds if row.recipe is not None else 1):
            told = captions[row.recipe, seed].captions if row.recipe is not None else {}
            texts = [item.caption for items in told.values() for item in items]
            chooser = chooser_for([*_texts(videos), *texts])
            found = qa_report(answer_all(videos, told, row.reading, chooser))
            asked.reports.setdefault(row.label, []).append(found)
    for recipe, seed in captions:
        asked.records.setdefault(recipe, []).append(laboratory.record(recipe, seed))
    return asked


def _texts(videos: Sequence[VideoAnnotations]) -> list[str]:
    return [text for video in videos for one in video.questions for text in (one.text, *one.options)]

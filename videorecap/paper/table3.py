"""Table 3: questions about long videos, from captions of other levels.

Source: Video ReCap, Table 3 and section 6.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from videorecap.evaluation.egoschema import QaReport
from videorecap.evaluation.statistics import Difference, difference, interval, over_trainings
from videorecap.paper.findings import Verdict
from videorecap.paper.pages import markdown
from videorecap.qa import Reading


@dataclass(frozen=True, slots=True)
class QaRow:
    """A row.

    Attributes:
        label: what the paper calls it.
        printed: the paper's accuracy on EgoSchema, in percent.
        recipe: of the system that captions; None where nothing is captioned.
        reading: which captions are read; None of a model that does not read captions.
    """

    label: str
    printed: float
    recipe: str | None = None
    reading: Reading | None = None


QUESTION_ONLY: Final = "GPT3.5, question"
LAVILA: Final = "LaViLa + GPT3.5, captions"
CLIPS: Final = "Video ReCap + GPT3.5, captions"
HIERARCHY: Final = "Video ReCap + GPT3.5, hierarchical captions"
ROWS: Final = (
    QaRow("Random", 20.0),
    QaRow(QUESTION_ONLY, 19.57, reading=Reading.NONE),
    QaRow("FrozenBiLM", 26.9),
    QaRow("VIOLET", 19.9),
    QaRow("mPLUG-Owl", 31.1),
    QaRow("InternVideo", 32.1),
    QaRow("EgoVLP", 34.86),
    QaRow("EgoVLPv2", 34.12),
    QaRow(LAVILA, 44.27, "lavila", Reading.CLIPS),
    QaRow(CLIPS, 46.03, "recap", Reading.CLIPS),
    QaRow(HIERARCHY, 50.23, "recap", Reading.ALL),
)
CLAIMS: Final = ((HIERARCHY, CLIPS), (HIERARCHY, LAVILA), (CLIPS, LAVILA))


def table3_page(reports: Mapping[str, Sequence[QaReport]], by: str, note: str) -> str:
    """The table as Markdown.

    Args:
        reports: by row, one for each training.
        by: who answered.
        note: how the figures were made.
    """
    rows = [(row.label, f"{row.printed:.2f}", *_cells(reports.get(row.label, ()))) for row in ROWS]
    claims = [_claim(better, worse, reports) for better, worse in CLAIMS]
    head = ("row", "the paper, EgoSchema", "ours", "seeds", "questions", "without an answer")
    said = ("the paper says", "paper's difference", "ours (95 %)", "verdict")
    lines = ["# Table 3", "", f"{note} Answered by: {by}.", "", *markdown(head, rows), ""]
    return "\n".join([*lines, "## What the paper claims", "", *markdown(said, claims), ""])


def compare(worse: Sequence[QaReport], better: Sequence[QaReport]) -> Difference | None:
    """Of mean accuracies over trainings; None where one is missing."""
    if not worse or not better:
        return None
    value = np.mean([one.accuracy.value for one in better]) - np.mean([one.accuracy.value for one in worse])
    sides = [[one.draws for one in side] for side in (worse, better)]
    draws = [over_trainings(side, seed=seed) for seed, side in enumerate(sides)]
    return difference(float(value), *draws)


def _cells(reports: Sequence[QaReport]) -> tuple[str, ...]:
    if not reports:
        return ("not measured", "", "", "")
    value = np.mean([one.accuracy.value for one in reports])
    over = interval(over_trainings([one.draws for one in reports], seed=0))
    shown = f"**{100 * value:.1f}** ({100 * over.low:.1f} to {100 * over.high:.1f})"
    unparsed = sum(one.num_unparsed for one in reports)
    return (shown, str(len(reports)), str(reports[0].num_questions), str(unparsed))


def _claim(better: str, worse: str, reports: Mapping[str, Sequence[QaReport]]) -> tuple[str, ...]:
    printed = {row.label: row.printed for row in ROWS}
    says, theirs = f"{better} > {worse}", f"{printed[better] - printed[worse]:+.2f}"
    found = compare(reports.get(worse, ()), reports.get(better, ()))
    if found is None:
        return (says, theirs, "", Verdict.MISSING)
    low, high = 100 * found.interval.low, 100 * found.interval.high
    verdict = {1: Verdict.HOLDS, -1: Verdict.FAILS, 0: Verdict.UNKNOWN}[found.sign]
    return (says, theirs, f"{100 * found.value:+.1f} ({low:+.1f} to {high:+.1f})", verdict)

"""Table 3: questions about long videos, from captions of other levels.

Source: Video ReCap, Table 3 and section 6.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from videorecap.data.annotations import VideoAnnotations
from videorecap.evaluation.egoschema import QaReport
from videorecap.evaluation.report import Figure
from videorecap.paper.findings import Finding, Trainings, compare, mean_figure
from videorecap.paper.pages import SCALE, claims_table, cost_section, figure_cell, markdown
from videorecap.paper.plots import Bar, Panel
from videorecap.paper.results import DIGEST_LENGTH, RunRecord
from videorecap.paper.tables import Claim
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


NUMBER: Final = "3"
QUESTIONS: Final = "questions"  # what stands for a level here
ACCURACY: Final = "accuracy"
RANDOM: Final = "Random"
QUESTION_ONLY: Final = "GPT3.5, question"
LAVILA: Final = "LaViLa + GPT3.5, captions"
CLIPS: Final = "Video ReCap + GPT3.5, captions"
HIERARCHY: Final = "Video ReCap + GPT3.5, hierarchical captions"
RELEASED: Final = "needs released weights"
ROWS: Final = (
    QaRow(RANDOM, 20.0),
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
BY_LABEL: Final = {row.label: row for row in ROWS}
CLAIMS: Final = tuple(
    Claim(better, worse, (QUESTIONS,)) for better, worse in ((HIERARCHY, CLIPS), (HIERARCHY, LAVILA))
)
Reports = Mapping[str, Sequence[QaReport]]
"""By row, one for each training, of the same questions each time."""


def table3_page(
    reports: Reports,
    found: Sequence[Finding],
    records: Mapping[str, Sequence[RunRecord]],
    left_out: Mapping[str, str],
    note: str,
) -> str:
    """The table as Markdown.

    Args:
        reports: what was measured.
        found: what became of the claims.
        records: what captioned, by recipe, one for each training.
        left_out: why a row was not measured, by label.
        note: whose questions these are, who answered, and how the figures were made.
    """
    head = ("row", "the paper, EgoSchema", "ours", "seeds", QUESTIONS, "without an answer")
    rows = [(row.label, f"{row.printed:.2f}", *_cells(row, reports, left_out)) for row in ROWS]
    lines = [f"# Table {NUMBER}", "", f"{note} {SCALE}", "", *markdown(head, rows), ""]
    lines += ["## What the paper claims", "", *claims_table(found), ""]
    return "\n".join([*lines, *cost_section(records)])


def table3_findings(reports: Reports) -> list[Finding]:
    """Every claim of the table."""
    return [_finding(claim, reports) for claim in CLAIMS]


def table3_panel(reports: Reports) -> Panel:
    """Accuracy of the rows that are random, or read captions."""
    rows = [row for row in ROWS if row.reading is not None or row.label == RANDOM]
    return Panel(QUESTIONS, tuple(Bar(row.label, row.printed, _figure(row, reports)) for row in rows))


def fingerprint(videos: Iterable[VideoAnnotations], by: str) -> str:
    """What accuracies are comparable under: the questions, and who answers them."""
    digest = hashlib.sha256(by.encode("utf-8", "backslashreplace"))
    for video in videos:
        digest.update(repr([(video.video, question) for question in video.questions]).encode())
    return digest.hexdigest()[:DIGEST_LENGTH]


def _finding(claim: Claim, reports: Reports) -> Finding:
    rows = BY_LABEL[claim.worse], BY_LABEL[claim.better]
    worse, better = (_trainings(reports.get(row.label, ())) for row in rows)
    measured = compare(worse, better)
    printed = rows[1].printed - rows[0].printed
    return Finding(claim, QUESTIONS, ACCURACY, printed, measured, min(len(worse), len(better)))


def _trainings(reports: Sequence[QaReport]) -> Trainings:
    return [(one.accuracy.value, one.draws) for one in reports]


def _figure(row: QaRow, reports: Reports) -> Figure | None:
    """Ours; of guessing the expected share, which has no interval."""
    if row.label == RANDOM:
        chances = [one.chance for many in reports.values() for one in many]
        return Figure(chances[0], None) if chances else None
    found = reports.get(row.label)
    return mean_figure(_trainings(found)) if found else None


def _cells(row: QaRow, reports: Reports, left_out: Mapping[str, str]) -> tuple[str, ...]:
    found, ours = reports.get(row.label, ()), _figure(row, reports)
    if ours is None:
        why = "not measured" if row.reading is not None else RELEASED
        return (left_out.get(row.label, why), "", "", "")
    if not found:
        return (f"{100 * ours.value:.1f}", "", "", "")
    unparsed = sum(one.num_unparsed for one in found)
    return (figure_cell(ours), str(len(found)), str(found[0].num_questions), str(unparsed))

"""Table 3 on answers that are made up."""

import numpy as np
import pytest

from videorecap.data.annotations import Question
from videorecap.evaluation.egoschema import Answered, QaReport, qa_report
from videorecap.paper.findings import Verdict
from videorecap.paper.table3 import (
    CLIPS,
    HIERARCHY,
    LAVILA,
    QUESTION_ONLY,
    RANDOM,
    table3_findings,
    table3_page,
    table3_panel,
)
from videorecap.qa import Choice

NUM_VIDEOS, NUM_QUESTIONS = 30, 4


def answers(share: float, seed: int) -> QaReport:
    """Of the same questions each time, so many rightly."""
    is_right = np.random.default_rng(seed).random(NUM_VIDEOS * NUM_QUESTIONS) < share
    return qa_report(
        [
            Answered(
                f"v{number // NUM_QUESTIONS}",
                Question(id=f"q{number}", text="What?", options=tuple("abcde"), answer=1),
                Choice(1 if right else 2, ""),
            )
            for number, right in enumerate(is_right)
        ]
    )


def test_claims_about_questions_are_findings_as_of_other_tables() -> None:
    reports = {
        LAVILA: [answers(0.3, seed) for seed in (1, 2, 3)],
        CLIPS: [answers(0.3, seed) for seed in (4, 5, 6)],
        HIERARCHY: [answers(0.8, seed) for seed in (7, 8, 9)],
    }
    found = {(one.claim.better, one.claim.worse): one for one in table3_findings(reports)}
    assert found[HIERARCHY, CLIPS].verdict is Verdict.HOLDS
    assert found[HIERARCHY, LAVILA].verdict is Verdict.HOLDS
    assert [round(one.printed or 0, 2) for one in found.values()] == [4.2, 5.96]
    assert {one.num_seeds for one in found.values()} == {3}


def test_what_one_training_wrote_is_compared_within_it() -> None:
    clips = [answers(share, seed=1) for share in (0.1, 0.4, 0.7)]
    better = [answers(share + 0.1, seed=1) for share in (0.1, 0.4, 0.7)]
    within, across = table3_findings({CLIPS: clips, LAVILA: clips[::-1], HIERARCHY: better})
    assert within.measured and across.measured
    assert within.measured.value == pytest.approx(across.measured.value)
    assert within.verdict is Verdict.HOLDS
    assert across.verdict is Verdict.UNKNOWN, "trainings differ more than what is read"


def test_the_page_says_what_was_not_answered() -> None:
    reports = {CLIPS: [answers(0.5, 1)]}
    page = table3_page(reports, table3_findings(reports), {}, {QUESTION_ONLY: "cannot answer"}, "Made up.")
    assert f"| {QUESTION_ONLY} | 19.57 | cannot answer |" in page
    assert f"| {LAVILA} | 44.27 | not measured |" in page
    assert f"| {RANDOM} | 20.00 | 20.0 |" in page
    assert page.count(Verdict.MISSING) == 1 + 1 + 2  # two rows, two claims
    bars = {bar.label: bar.ours for bar in table3_panel(reports).bars}
    assert bars[QUESTION_ONLY] is None
    assert bars[CLIPS] is not None
    assert bars[CLIPS].value == pytest.approx(0.5, abs=0.1)

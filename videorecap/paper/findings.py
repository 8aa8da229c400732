"""Our figures beside the paper's: whether what it claims holds in what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final, TypeAlias

import numpy as np

from videorecap.errors import DataError
from videorecap.evaluation.report import Figure, Report
from videorecap.evaluation.statistics import (
    Difference,
    Draws,
    Interval,
    difference,
    interval,
    over_trainings,
)
from videorecap.paper.tables import Claim, Row, Table

Runs: TypeAlias = Mapping[str, Sequence[Report]]
"""Reports of one level by the keys of rows, one for each training."""
Trainings: TypeAlias = Sequence[tuple[float, Draws]]
"""One figure of each training of a row, and its draws."""
CLAIMED: Final = "CIDEr"  # what the paper's differences are told in


class Verdict(StrEnum):
    """Whether a difference that is claimed was found."""

    HOLDS = "holds"
    FAILS = "does not hold"
    UNKNOWN = "cannot be told"
    MISSING = "not measured"


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim at one level, and what was measured.

    Attributes:
        claim: of the paper.
        level: of the captions; or what else was scored.
        metric: in which the difference is.
        printed: the paper's difference, times 100; None of a metric that it does not print.
        measured: ours, in the metric's own range; None if a row was not measured.
        num_seeds: trainings of each row, the fewer of the two.
    """

    claim: Claim
    level: str
    metric: str
    printed: float | None
    measured: Difference | None
    num_seeds: int

    @property
    def verdict(self) -> Verdict:
        """By the sign of the difference, where its interval leaves out zero."""
        if self.measured is None:
            return Verdict.MISSING
        return {1: Verdict.HOLDS, -1: Verdict.FAILS, 0: Verdict.UNKNOWN}[self.measured.sign]

    def as_json(self) -> dict[str, Any]:
        """What ``finding_of`` reads back, and the verdict."""
        return {**asdict(self), "verdict": self.verdict}


def finding_of(told: Mapping[str, Any]) -> Finding:
    """A finding as it was written.

    Raises:
        KeyError: if a part is missing, or
        TypeError: if one is unknown.
    """
    parts = {name: value for name, value in told.items() if name != "verdict"}
    claim, measured = parts["claim"], parts["measured"]
    if measured is not None:
        over = measured["interval"]
        measured = Difference(**{**measured, "interval": over and Interval(**over)})
    levels = tuple(claim["levels"])
    return Finding(**{**parts, "claim": Claim(**{**claim, "levels": levels}), "measured": measured})


def mean_figure(trainings: Trainings) -> Figure:
    """The mean over trainings; its interval is over videos, and over trainings where there are several.

    Args:
        trainings: of one row, on the same videos.
    """
    values, draws = zip(*trainings, strict=True)
    return Figure(float(np.mean(values)), interval(over_trainings(values, draws)))


def compare(worse: Trainings, better: Trainings) -> Difference | None:
    """Of the means over trainings, on the same videos; None where a row was not measured.

    Trainings of one seed see samples in the same order, and have in common what their recipes have in
    common, so that they are compared with each other.

    Args:
        worse: what is taken off; one alone is taken off all.
        better: the other row, likewise; otherwise as many as of the first, in the same order of seeds.
    """
    if not worse or not better:
        return None
    number = max(len(worse), len(better))
    lower, upper = ([*side] * number if len(side) == 1 else side for side in (worse, better))
    pairs = zip(lower, upper, strict=True)
    values, draws = zip(*((high - low, above - below) for (low, below), (high, above) in pairs), strict=True)
    return difference(float(np.mean(values)), over_trainings(values, draws))


def figure(reports: Sequence[Report], metric: str) -> Figure:
    """The mean over trainings, as ``mean_figure``.

    Args:
        reports: of one recipe at one level, one for each training.
        metric: that all of them have.

    Raises:
        DataError: if they may not stand in one table.
    """
    require_comparable(reports)
    return mean_figure(_trainings(reports, metric))


def findings(made: Table, runs: Mapping[str, Runs], metric: str = CLAIMED) -> list[Finding]:
    """Every claim of a table, at each of its levels.

    Args:
        made: the table.
        runs: what was measured, by level.
        metric: in which.

    Raises:
        DataError: if reports may not stand in one table.
    """
    return [
        _finding(made, claim, level, runs.get(level, {}), metric)
        for claim in made.claims
        for level in claim.levels
    ]


def _finding(made: Table, claim: Claim, level: str, runs: Runs, metric: str) -> Finding:
    rows = made.row(claim.worse), made.row(claim.better)
    worse, better = (_reports_of(row, runs) for row in rows)
    printed = None
    if metric == CLAIMED:
        printed = rows[1].printed[level].cider - rows[0].printed[level].cider
    require_comparable([*worse, *better])
    measured = compare(_trainings(worse, metric), _trainings(better, metric))
    return Finding(claim, level, metric, printed, measured, min(len(worse), len(better)))


def _reports_of(row: Row, runs: Runs) -> Sequence[Report]:
    return runs.get(row.key, ())


def _trainings(reports: Sequence[Report], metric: str) -> Trainings:
    return [(one.figures[metric].value, one.draws[metric]) for one in reports]


def require_comparable(reports: Sequence[Report]) -> None:
    """Refuse figures of different protocols.

    Raises:
        DataError: naming the fingerprints.
    """
    found = sorted({one.fingerprint for one in reports})
    if len(found) > 1:
        raise DataError(f"figures scored in different ways cannot stand in one table: {', '.join(found)}")

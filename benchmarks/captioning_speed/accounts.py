"""Accounts of a run: the seconds of every stage beside what the machine would need at best."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from captioning_speed.peaks import Peak
from captioning_speed.stage_clock import Thread
from captioning_speed.work import Call, Cost, Costs, Part


@dataclass(frozen=True, slots=True)
class Row:
    """A stage of a run.

    Attributes:
        thread: whose time it takes.
        stage: its name.
        seconds: that it took.
        flops: operations that it did.
        bytes: that it moved, at least.
        least_seconds: that the machine would need for them at its best; None where nothing is known of that.
    """

    thread: str
    stage: str
    seconds: float
    flops: float = 0.0
    bytes: float = 0.0
    least_seconds: float | None = None

    @property
    def share(self) -> float | None:
        """Of what is possible."""
        return None if self.least_seconds is None else self.least_seconds / self.seconds

    def told(self) -> dict[str, Any]:
        """For json."""
        return {**asdict(self), "share_of_possible": self.share}


def rows_of(
    result: Mapping[str, Any],
    costs: Costs,
    precision: str,
    peaks: Mapping[str, Peak],
    least: Mapping[str, float],
) -> list[Row]:
    """The accounts of a run, in the order of threads and of their longest stages.

    Args:
        result: of the run: its "stages" and "calls".
        costs: of its system.
        precision: of the system's numbers; an int8 system decodes in fp32.
        peaks: of the machine, by precision.
        least: seconds that other stages need at best.
    """
    work: dict[str, Cost] = defaultdict(Cost)
    bound = dict(least)
    for stage, call, number in result["calls"]:
        known = Call(**{**call, "part": Part(call["part"])})
        cost = costs.of(known).times(number)
        peak = peaks["fp32" if precision == "int8" and known.part is Part.STEP else precision]
        work[stage] += cost
        bound[stage] = bound.get(stage, 0.0) + peak.least_seconds(cost.flops, cost.bytes)
    return [
        Row(thread, stage, seconds, work[stage].flops, work[stage].bytes, bound.get(stage))
        for thread in Thread
        for stage, seconds in sorted(result["stages"][thread].items(), key=lambda item: -item[1])
    ]


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Lines of the accounts; a thread's stages add up to its time."""
    yield f"{'':24}{'seconds':>9}{'GFLOP':>10}{'GB':>8}{'GFLOP/s':>9}{'of possible':>13}"
    for thread in Thread:
        own = [row for row in rows if row.thread == thread]
        if own:
            yield f"thread of {thread:14}{sum(row.seconds for row in own):9.2f}"
        for row in own:
            worked = f"{row.flops / 1e9:10.1f}{row.bytes / 1e9:8.1f}{row.flops / 1e9 / row.seconds:9.1f}"
            share = "" if row.share is None else f"{row.share:13.0%}"
            yield f"  {row.stage:22}{row.seconds:9.2f}{worked if row.flops else ' ' * 27}{share}"


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The power of the size that the seconds grow with: the slope of a line through their logarithms."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])


def identical(one: Sequence[Sequence[Any]], other: Sequence[Sequence[Any]]) -> float:
    """The share of captions of the same windows that are the same words; of all windows that either has."""
    texts, others = ({tuple(caption[:3]): caption[3] for caption in said} for said in (one, other))
    windows = texts.keys() | others.keys()
    return sum(texts.get(window) == others.get(window) for window in windows) / len(windows)

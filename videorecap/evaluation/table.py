"""Figures as plain text, as papers print them."""

from __future__ import annotations

from collections.abc import Mapping

from videorecap.evaluation.report import Figure, Report
from videorecap.evaluation.statistics import Interval

PLAIN = frozenset({"words"})  # figures that are no shares; all others are printed times 100
UNKNOWN = "interval unknown"  # of too few videos


def table(reports: Mapping[str, Report]) -> str:
    """A line for each figure, a block for each level."""
    return "\n\n".join("\n".join(_block(one)) for one in reports.values())


def cell(name: str, figure: Figure) -> tuple[str, str]:
    """A figure, and its interval."""
    times = 1 if name in PLAIN else 100
    return f"{times * figure.value:.2f}", shown(figure.interval, times=times, form=".2f")


def shown(interval: Interval | None, *, times: float = 100, form: str = ".1f") -> str:
    """An interval in words.

    Args:
        interval: None where none can be told.
        times: what its ends are multiplied with.
        form: of each end, as ``format`` takes it.
    """
    if interval is None:
        return UNKNOWN
    return f"{times * interval.low:{form}} to {times * interval.high:{form}}"


def _block(one: Report) -> list[str]:
    missing = f", {one.num_missing} without a caption" if one.num_missing else ""
    head = f"{one.level}: {one.num_items} captions of {one.num_videos} videos{missing}"
    lines = [f"{head}; protocol {one.protocol}, {one.fingerprint}"]
    width = max(map(len, one.figures))
    for name, figure in one.figures.items():
        value, interval = cell(name, figure)
        lines.append(f"  {name:{width}}  {value:>7}  ({interval})")
    return lines

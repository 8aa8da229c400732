"""A table as Markdown and as a plot: ours beside the paper's, and what became of each claim."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from videorecap.errors import ConfigError
from videorecap.evaluation.report import F1, Figure, Report
from videorecap.paper.findings import CLAIMED, Finding, Runs, figure
from videorecap.paper.tables import Printed, Row, Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METRICS: Final[Mapping[str, str]] = {"CIDEr": "cider", "rougeLsum": "rouge_l", "METEOR": "meteor"}
"""What the paper prints, by the name of ours."""
OURS: Final = "#2f6f9f"
THEIRS: Final = "#c4622d"
DOTS_PER_INCH: Final = 110


def table_page(
    number: str, made: Table, runs: Mapping[str, Runs], found: Sequence[Finding], note: str
) -> str:
    """A table as Markdown.

    Args:
        number: of the table.
        made: its rows and claims.
        runs: what was measured, by level.
        found: what became of the claims.
        note: how the figures were made.
    """
    lines = [f"# Table {number}", "", note, ""]
    for level in _levels(made):
        lines += [f"## {level.capitalize()}", "", *_rows(made, level, runs.get(level, {})), ""]
    lines += ["## What the paper claims", "", *claims_table(found), ""]
    return "\n".join(lines)


def claims_table(found: Sequence[Finding]) -> list[str]:
    """A row for each claim, in Markdown."""
    head = ("level", "the paper says", "metric", "paper's difference", "ours (95 %)", "p", "seeds", "verdict")
    return markdown(head, [_claim_row(one) for one in found])


def plot(made: Table, runs: Mapping[str, Runs]) -> bytes:
    """CIDEr of every row beside the paper's, a picture for each level, as PNG.

    Raises:
        ConfigError: if matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure as Canvas
    except ImportError as error:
        raise ConfigError("plots need matplotlib: pip install 'videorecap[plots]'") from error
    levels = _levels(made)
    canvas = Canvas(figsize=(5.2 * len(levels), 1.2 + 0.55 * len(made.rows)), layout="constrained")
    for axes, level in zip(canvas.subplots(1, len(levels), squeeze=False)[0], levels, strict=True):
        _draw(axes, [row for row in made.rows if level in row.levels], level, runs.get(level, {}))
    file = io.BytesIO()
    canvas.savefig(file, format="png", dpi=DOTS_PER_INCH)
    return file.getvalue()


def _draw(axes: Axes, rows: Sequence[Row], level: str, runs: Runs) -> None:
    """Bars: the paper's figures, and ours with their intervals."""
    for place, row in enumerate(rows):
        axes.barh(place - 0.2, row.printed[level].cider, height=0.38, color=THEIRS)
        if ours := _measured(row, runs, CLAIMED):
            value, low, high = 100 * ours.value, 100 * ours.interval.low, 100 * ours.interval.high
            reach = [[max(0.0, value - low)], [max(0.0, high - value)]]
            axes.barh(place + 0.2, value, height=0.38, color=OURS, xerr=reach)
    axes.barh([], [], color=THEIRS, label="the paper, Ego4D-HCap")
    axes.barh([], [], color=OURS, label="ours, simulated world")
    axes.set_yticks(range(len(rows)), [row.label for row in rows])
    axes.invert_yaxis()
    axes.set_xlabel("CIDEr x 100")
    axes.set_title(level)
    axes.legend(fontsize=7)


def _levels(made: Table) -> list[str]:
    return list(dict.fromkeys(level for row in made.rows for level in row.levels))


def _rows(made: Table, level: str, runs: Runs) -> list[str]:
    """What the paper prints and what was measured, in Markdown."""
    rows = [row for row in made.rows if level in row.levels]
    head = (
        "row",
        *(f"{name}: paper" for name in METRICS),
        *(f"{name}: ours" for name in METRICS),
        F1,
        "seeds",
    )
    return markdown(head, [_cells(row, level, runs) for row in rows])


def _cells(row: Row, level: str, runs: Runs) -> tuple[str, ...]:
    printed = [f"{_printed(row.printed[level], name):.2f}" for name in METRICS]
    if row.needs is not None and row.key not in runs:
        return (row.label, *printed, f"needs {row.needs}", *[""] * (len(METRICS) + 1))
    ours = [_measured(row, runs, name) for name in (*METRICS, F1)]
    number = len(runs.get(row.key, ()))
    return (row.label, *printed, *map(_shown, ours), str(number) if number else "")


def _printed(figures: Printed, metric: str) -> float:
    return float(getattr(figures, METRICS[metric]))


def _measured(row: Row, runs: Runs, metric: str) -> Figure | None:
    reports: Sequence[Report] = runs.get(row.key, ())
    if not reports or any(metric not in one.figures for one in reports):
        return None
    return figure(reports, metric)


def _shown(ours: Figure | None) -> str:
    if ours is None:
        return "not measured"
    low, high = 100 * ours.interval.low, 100 * ours.interval.high
    return f"**{100 * ours.value:.1f}** ({low:.1f} to {high:.1f})"


def _claim_row(one: Finding) -> tuple[str, ...]:
    says = f"{one.claim.better} > {one.claim.worse}"
    printed = "" if one.printed is None else f"{one.printed:+.2f}"
    if one.measured is None:
        return (one.level, says, one.metric, printed, "", "", "", one.verdict)
    low, high = 100 * one.measured.interval.low, 100 * one.measured.interval.high
    ours = f"{100 * one.measured.value:+.1f} ({low:+.1f} to {high:+.1f})"
    seeds = str(one.num_seeds)
    return (one.level, says, one.metric, printed, ours, f"{one.measured.p_value:.3f}", seeds, one.verdict)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table."""

    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    def lines() -> Iterator[str]:
        yield line(head)
        yield line(["---"] * len(head))
        yield from map(line, rows)

    return list(lines())

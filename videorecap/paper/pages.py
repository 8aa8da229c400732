"""A table as Markdown: ours beside the paper's, what became of each claim, and what it took."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from videorecap.evaluation.report import F1, Figure, Report
from videorecap.evaluation.statistics import MIN_GROUPS
from videorecap.evaluation.table import shown
from videorecap.paper.findings import CLAIMED, Finding, Runs, figure
from videorecap.paper.plots import Bar, Panel
from videorecap.paper.results import COST_HEAD, Result, RunRecord, cost_row
from videorecap.paper.tables import Printed, Row, Table

METRICS: Final[Mapping[str, str]] = {"CIDEr": "cider", "rougeLsum": "rouge_l", "METEOR": "meteor"}
"""What the paper prints, by the name of ours."""
SCALE: Final = (
    "All figures are times 100; intervals are 95 % of a bootstrap over videos, and over trainings where "
    f"there are several; they are unknown where fewer than {MIN_GROUPS} videos count."
)
SMALLEST: Final = 0.001  # p that is told
COST_NOTE: Final = (
    "Learning is by the clock, a mean over trainings; what is shared was learned once, in a run of another "
    "row. A teacher's training, where one wrote pseudo annotations, is not in it."
)


def table_page(made: Result) -> str:
    """A table as Markdown."""
    lines = [f"# Table {made.number}", "", f"{made.note} {SCALE}", ""]
    for level in _levels(made.table):
        lines += [f"## {level.capitalize()}", "", *_rows(made, level), ""]
    lines += ["## What the paper claims", "", *claims_table(made.found), ""]
    lines += cost_section(made.records)
    return "\n".join(lines)


def claims_table(found: Sequence[Finding]) -> list[str]:
    """A row for each claim, in Markdown."""
    head = ("level", "the paper says", "metric", "paper's difference", "ours (95 %)", "p", "seeds", "verdict")
    return markdown(head, [_claim_row(one) for one in found])


def cost_section(records: Mapping[str, Sequence[RunRecord]]) -> list[str]:
    """What rows took, by key, in Markdown; nothing where none was trained."""
    rows = [cost_row(key, many) for key, many in records.items() if many]
    return ["## Cost", "", COST_NOTE, "", *markdown(COST_HEAD, rows), ""] if rows else []


def panels(made: Result) -> list[Panel]:
    """CIDEr of every row, a panel for each level."""
    return [
        Panel(
            title=level,
            bars=tuple(
                Bar(row.label, row.printed[level].cider, _measured(row, made.runs.get(level, {}), CLAIMED))
                for row in made.table.rows
                if level in row.levels
            ),
        )
        for level in _levels(made.table)
    ]


def figure_cell(ours: Figure) -> str:
    """A figure and its interval, times 100."""
    return f"**{100 * ours.value:.1f}** ({shown(ours.interval)})"


def _levels(made: Table) -> list[str]:
    return list(dict.fromkeys(level for row in made.rows for level in row.levels))


def _rows(made: Result, level: str) -> list[str]:
    """What the paper prints and what was measured, in Markdown."""
    rows = [row for row in made.table.rows if level in row.levels]
    head = (
        "row",
        *(f"{name}: paper" for name in METRICS),
        *(f"{name}: ours" for name in METRICS),
        F1,
        "seeds",
    )
    runs = made.runs.get(level, {})
    lacking = {key: f"not measured: {why}" for key, why in made.silent.get(level, {}).items()}
    lacking |= {key: f"needs {what}" for key, what in made.left_out.items()}
    return markdown(head, [_cells(row, level, runs, lacking) for row in rows])


def _cells(row: Row, level: str, runs: Runs, lacking: Mapping[str, str]) -> tuple[str, ...]:
    printed = [f"{_printed(row.printed[level], name):.2f}" for name in METRICS]
    if (why := lacking.get(row.key)) is not None:
        return (row.label, *printed, _in_cell(why), *[""] * (len(METRICS) + 1))
    ours = [_measured(row, runs, name) for name in (*METRICS, F1)]
    number = len(runs.get(row.key, ()))
    cells = ("not measured" if one is None else figure_cell(one) for one in ours)
    return (_named(row, runs), *printed, *cells, str(number) if number else "")


def _named(row: Row, runs: Runs) -> str:
    """A row's label, and how many captions it lacks, which count as empty."""
    reports = runs.get(row.key, ())
    missing, every = sum(one.num_missing for one in reports), sum(one.num_items for one in reports)
    return f"{row.label}, {missing} of {every} without a caption" if missing else row.label


def _in_cell(text: str) -> str:
    """A text on one line, that ends no cell."""
    return " ".join(text.split()).replace("|", "\\|")


def _printed(figures: Printed, metric: str) -> float:
    return float(getattr(figures, METRICS[metric]))


def _measured(row: Row, runs: Runs, metric: str) -> Figure | None:
    reports: Sequence[Report] = runs.get(row.key, ())
    if not reports or any(metric not in one.figures for one in reports):
        return None
    return figure(reports, metric)


def _claim_row(one: Finding) -> tuple[str, ...]:
    says = f"{one.claim.better} > {one.claim.worse}"
    printed = "" if one.printed is None else f"{one.printed:+.2f}"
    if one.measured is None:
        return (one.level, says, one.metric, printed, "", "", "", one.verdict)
    ours = f"{100 * one.measured.value:+.1f} ({shown(one.measured.interval, form='+.1f')})"
    seeds = str(one.num_seeds)
    return (one.level, says, one.metric, printed, ours, _p(one.measured.p_value), seeds, one.verdict)


def _p(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3f}" if value >= SMALLEST else f"< {SMALLEST}"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table."""

    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cells)} |"

    def lines() -> Iterator[str]:
        yield line(head)
        yield line(["---"] * len(head))
        yield from map(line, rows)

    return list(lines())

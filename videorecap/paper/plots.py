"""Ours beside the paper's, as bars. Plots need matplotlib, which the extra "plots" installs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from videorecap.data.plots import OURS, THEIRS, empty_figure, png
from videorecap.evaluation.report import Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Patch

LABEL_WIDTH: Final = 28  # letters of a line
PANEL_WIDTH, ROW_HEIGHT, FRAME_HEIGHT = 5.4, 0.62, 1.7  # inches
THICK: Final = 0.38  # of a bar, in rows
SMALL: Final = 8  # points


@dataclass(frozen=True, slots=True)
class Bar:
    """A row.

    Attributes:
        label: of the row.
        printed: by the paper, times 100.
        ours: None where it was not measured.
    """

    label: str
    printed: float
    ours: Figure | None


@dataclass(frozen=True, slots=True)
class Panel:
    """The rows of one level."""

    title: str
    bars: tuple[Bar, ...]


def draw(panels: Sequence[Panel], metric: str, *, theirs: str, ours: str) -> bytes:
    """Bars with intervals, a picture for each panel side by side, as PNG.

    Args:
        panels: with a bar at least.
        metric: what is drawn, times 100.
        theirs: what the paper's figures are of.
        ours: what ours are of.

    Raises:
        DataError: if matplotlib is not installed.
    """
    rows = max(len(panel.bars) for panel in panels)
    figure = empty_figure(PANEL_WIDTH * len(panels), FRAME_HEIGHT + ROW_HEIGHT * rows)
    for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        _draw(axes, panel.bars)
        axes.set_xlabel(f"{metric} x 100")
        axes.set_title(panel.title)
    handles = [_handle(THEIRS, f"the paper, {theirs}"), _handle(OURS, f"ours, {ours}")]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, fontsize=SMALL)
    return png(figure)


def _handle(color: str, name: str) -> Patch:
    from matplotlib.patches import Patch

    return Patch(color=color, label=name)


def _draw(axes: Axes, bars: Sequence[Bar]) -> None:
    """The paper's figures, and ours with their intervals."""
    for place, bar in enumerate(bars):
        axes.barh(place - THICK / 2, bar.printed, height=THICK, color=THEIRS)
        if bar.ours is None:
            axes.text(0, place + THICK / 2, " not measured", va="center", fontsize=SMALL, color="0.4")
            continue
        value, over = 100 * bar.ours.value, bar.ours.interval
        axes.barh(place + THICK / 2, value, height=THICK, color=OURS)
        if over is not None:
            ends = [100 * over.low, 100 * over.high]
            axes.plot(ends, [place + THICK / 2] * 2, color="black", linewidth=1.2, marker="|", markersize=5)
    labels = [textwrap.fill(bar.label, LABEL_WIDTH) for bar in bars]
    axes.set_yticks(range(len(bars)), labels, fontsize=SMALL)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlim(left=0)

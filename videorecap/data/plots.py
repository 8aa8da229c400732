"""Figures 5 and 6 of the paper for any data set. They need matplotlib, which the extra "plots" installs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

from videorecap.data.stats import PAPER, DataStats
from videorecap.errors import DataError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SHOWN_SCENARIOS: Final = 50
DOTS_PER_INCH: Final = 110
OURS: Final = "#2f6f9f"
THEIRS: Final = "#c4622d"


def scenario_figure(stats: DataStats) -> bytes:
    """Figure 5: in how many videos each of the 50 most common scenarios occurs, as PNG.

    Raises:
        DataError: if matplotlib is not installed.
    """
    found = sorted(stats.scenarios.items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN_SCENARIOS]
    figure = empty_figure(max(6.0, 0.24 * len(found)), 4.2)
    axes = figure.subplots()
    axes.bar(range(len(found)), [videos for _, videos in found], color=OURS)
    axes.set_xticks(range(len(found)), [name for name, _ in found], rotation=90, fontsize=7)
    axes.set_ylabel("videos")
    axes.set_title(f"Scenarios: {len(found)} of {len(stats.scenarios)}, the most common first")
    return png(figure)


def length_figure(stats: DataStats) -> bytes:
    """Figure 6: how many words captions have at each level of the paper, as PNG.

    Raises:
        DataError: if matplotlib is not installed.
    """
    figure = empty_figure(11.0, 3.4)
    for axes, (name, paper) in zip(figure.subplots(1, len(PAPER)), PAPER.items(), strict=True):
        level = stats.levels[name]
        axes.bar(list(level.words), list(level.words.values()), width=1.0, color=OURS)
        axes.axvline(paper.mean_words, color=THEIRS, label=f"paper's mean {paper.mean_words:g}")
        if level.samples:
            axes.axvline(level.mean_words, color="black", label=f"our mean {level.mean_words:.2f}")
        axes.margins(y=0.3)  # room for the legend
        axes.set_title(name)
        axes.set_xlabel("words")
        axes.legend(fontsize=7)
    return png(figure)


def empty_figure(width: float, height: float) -> Figure:
    """An empty figure, its size in inches, that needs no display.

    Raises:
        DataError: if matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise DataError('figures need matplotlib: pip install "videorecap[plots]"') from error
    return Figure(figsize=(width, height), dpi=DOTS_PER_INCH, layout="constrained")


def png(figure: Figure) -> bytes:
    """A figure as a file; equal figures are equal bytes."""
    buffer = io.BytesIO()
    metadata: dict[str, Any] = {"Software": None}
    figure.savefig(buffer, format="png", metadata=metadata)
    return buffer.getvalue()

"""The figures of the benchmark of speed as one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

SHOWN: Final = 0.02  # of a run's time; stages that take less are one
COLOURS: Final = "tab20"


def plot(figures: Mapping[str, Any], path: Path) -> None:
    """Draw what there is: where the seconds of runs go, and how near stages are to what is possible.

    Args:
        figures: of parts, by their names.
        path: of the picture; none is written if nothing can be drawn.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    runs = _runs(figures)
    alone = _alone(figures)
    panels = [panel for panel in (runs, alone) if panel]
    if not panels:
        return
    heights = [1.2 + 0.45 * len(panel) for panel in panels]
    figure, axes = plt.subplots(
        len(panels), 1, figsize=(11, sum(heights)), squeeze=False, gridspec_kw={"height_ratios": heights}
    )
    for axis, panel in zip(axes[:, 0], panels, strict=True):
        if panel is runs:
            _draw_runs(axis, runs)
        else:
            _draw_shares(axis, alone)
    figure.tight_layout()
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _runs(figures: Mapping[str, Any]) -> list[tuple[str, dict[str, float]]]:
    """Of runs from file to files: name, and milliseconds of stages for a second of video."""
    found: list[tuple[str, dict[str, float]]] = []
    for name, part in figures.items():
        if not name.startswith("versus"):
            continue
        for precision, run in part.items():
            if isinstance(run, dict) and "stages" in run:
                scale = 1000 / run["video_seconds"]
                bars = {
                    row["stage"]: row["seconds"] * scale
                    for row in run["stages"]
                    if row["thread"] == "captioning"
                }
                told = f"{name.removeprefix('versus, ')}, {precision}\n"
                told += f"{run['times_real_time']:.2f}x real time, {run['times_slow_path']:.1f}x slow path"
                found.append((told, _large(bars)))
    return found


def _large(bars: Mapping[str, float]) -> dict[str, float]:
    """The stages that can be seen, longest first, and what is left as one."""
    least = SHOWN * sum(bars.values())
    shown = {stage: long for stage, long in sorted(bars.items(), key=lambda item: -item[1]) if long >= least}
    rest = shown.pop("the rest", 0.0) + sum(long for long in bars.values() if long < least)
    return {**shown, "the rest": rest}


def _alone(figures: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Shares of what is possible: of reading, and of stages with the machine to themselves."""
    shares = [
        (name, 1 / part["times_bare_decode"]) for name, part in figures.items() if name.startswith("reading")
    ]
    for name, part in figures.items():
        if name.startswith(("stages", "frames")):
            kind = name.partition(", ")[2]
            shares += [
                (f"{kind}: {row['stage']}", row["share_of_possible"])
                for row in part["stages"]
                if row["share_of_possible"] is not None
            ]
    return shares


def _draw_runs(axis: Any, runs: Sequence[tuple[str, Mapping[str, float]]]) -> None:  # noqa: ANN401 - matplotlib's
    from matplotlib import colormaps

    stages = list(dict.fromkeys(stage for _, bars in runs for stage in bars))
    names = [name for name, _ in runs]
    left = [0.0] * len(runs)
    for number, stage in enumerate(stages):
        wide = [bars.get(stage, 0.0) for _, bars in runs]
        axis.barh(names, wide, left=left, label=stage, color=colormaps[COLOURS](number))
        left = [start + width for start, width in zip(left, wide, strict=True)]
    axis.invert_yaxis()
    axis.set_xlabel("milliseconds of the captioning thread for a second of video")
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)


def _draw_shares(axis: Any, shares: Sequence[tuple[str, float]]) -> None:  # noqa: ANN401 - matplotlib's
    bars = axis.barh([name for name, _ in shares], [share for _, share in shares], color="tab:blue")
    axis.bar_label(bars, [f"{share:.0%}" for _, share in shares], padding=3)
    axis.invert_yaxis()
    axis.set_xlim(0, max(1.1, *(1.1 * share for _, share in shares)) if shares else 1)
    axis.set_xlabel(
        "share of what this machine can do (products, memory, bare decode), measured in the same run"
    )

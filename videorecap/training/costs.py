"""What a run took: a file for each stage, and all of it as a table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from videorecap.errors import DataError
from videorecap.outputs.files import write_aside
from videorecap.training.logs import Cost
from videorecap.training.run import SYSTEM_FOLDER, Run

COST_FILE: Final = "cost.json"


def costs(run: Run, expected_seconds: Mapping[str, float] | None = None) -> str:
    """What the stages of a run took, as plain text: a table, and what is on disk.

    Args:
        run: as it was ordered.
        expected_seconds: what learning was estimated to take, by stage.

    Raises:
        DataError: if a file of costs is damaged.
    """
    told = expected_seconds or {}
    paths = {stage.name: run.folder_of(stage) / COST_FILE for stage in run.stages()}
    taken = {name: read_cost(path) for name, path in paths.items() if path.is_file()}
    own = [cost for cost in taken.values() if not cost.is_shared]
    header = (
        "stage",
        "preparing",
        "learning",
        "expected",
        "waiting",
        "steps",
        "samples/s",
        "memory",
        "of a GPU",
    )
    rows = [_cost_row(name, cost, told.get(name)) for name, cost in taken.items()]
    total = format_seconds(sum(cost.seconds for cost in own))
    folders = {
        "frames": run.cache / "frames",
        "features": run.cache / "features",
        "stages": run.output / "stages",
        "captions handed over": run.output / "handovers",
        "system": run.output / SYSTEM_FOLDER,
    }
    used = ", ".join(f"{name} {format_bytes(_used(folder))}" for name, folder in folders.items())
    preparing = format_seconds(sum(cost.preparing_seconds for cost in own))
    lines = aligned([header, *rows, ("all", preparing, total, *[""] * (len(header) - 3))])
    return "\n".join([*lines, f"disk: {used}"])


def _cost_row(name: str, cost: Cost, expected_seconds: float | None) -> tuple[str, ...]:
    return (
        f"{name} (another run's)" if cost.is_shared else name,
        format_seconds(cost.preparing_seconds),
        format_seconds(cost.seconds),
        "" if expected_seconds is None else format_seconds(expected_seconds),
        format_seconds(cost.waiting_seconds),
        str(cost.steps),
        f"{cost.samples / max(cost.seconds, 1e-9):.1f}",
        format_bytes(cost.peak_memory_bytes),
        "" if cost.peak_cuda_bytes is None else format_bytes(cost.peak_cuda_bytes),
    )


def costs_in(output: Path) -> dict[str, Cost]:
    """What each stage took that a run's folder holds, by name.

    Raises:
        DataError: if a file of costs is damaged.
    """
    return {path.parent.name: read_cost(path) for path in sorted(output.glob(f"stages/*/{COST_FILE}"))}


def write_cost(cost: Cost, path: Path) -> None:
    """Keep what a stage took."""
    write_aside(path, json.dumps(asdict(cost), indent=2) + "\n")


def read_cost(path: Path) -> Cost:
    """What a stage took.

    Raises:
        DataError: if the file is damaged, or not there.
    """
    try:
        return Cost(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"{path}: is damaged ({error}); remove it") from None


def _used(folder: Path) -> int:
    """Bytes of the files in a folder, and in those inside."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines, the first column to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def format_seconds(seconds: float) -> str:
    """A time for people: "0", "0.4 s", "12 s", "3 min 20 s", "5 h 12 min"."""
    if seconds == 0:
        return "0"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{rest} s"
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def format_bytes(number: int) -> str:
    """A size for people: "0", "340 MB", "1.2 GB"."""
    if number == 0:
        return "0"
    size, units = float(number), iter(("B", "kB", "MB", "GB", "TB"))
    unit = next(units)
    while size >= 999.5 and unit != "TB":
        size, unit = size / 1000, next(units)
    return f"{size:.3g} {unit}"

"""Figures that nobody measured, for tables and what is told of them."""

from dataclasses import replace

import numpy as np

from videorecap.evaluation.report import Figure, Report
from videorecap.evaluation.statistics import Bootstrap, interval
from videorecap.paper.findings import findings
from videorecap.paper.results import Result, RunRecord
from videorecap.paper.tables import TABLES
from videorecap.training.logs import Cost

NUM_VIDEOS = 50
COST = Cost(
    seconds=100, waiting_seconds=0, steps=5, samples=50, peak_memory_bytes=2 * 10**9, peak_cuda_bytes=None
)


def made_up(
    mean: float, *, seed: int = 0, spread: float = 0.02, level: str = "segment", num_videos: int = NUM_VIDEOS
) -> Report:
    """A report of items around a mean, on the same videos each time."""
    items = np.random.default_rng(seed).normal(mean, spread, num_videos)
    names = ("CIDEr", "rougeLsum", "METEOR", "facts F1")
    draws = Bootstrap(range(num_videos)).means(items)
    return Report(
        level=level,
        fingerprint=f"of {level}",
        protocol="world",
        num_items=num_videos,
        num_videos=num_videos,
        num_missing=0,
        figures=dict.fromkeys(names, Figure(float(items.mean()), interval(draws))),
        draws=dict.fromkeys(names, draws),
    )


def made_table(number: str, left_out: dict[str, str] | None = None) -> Result:
    """A table whose rows were all measured, but those left out, and of which the first stage is shared."""
    table = TABLES[number]
    needed = {row.key: row.needs for row in table.rows if row.needs is not None} | (left_out or {})
    keys = {row.key for row in table.rows} - set(needed)
    runs = {
        level: {
            row.key: [made_up(0.5, level=level)]
            for row in table.rows
            if row.key in keys and level in row.levels
        }
        for level in ("clip", "segment", "summary")
    }
    record = RunRecord(0, {"system": "c0ffee"}, {"clip": replace(COST, is_shared=True), "segment": COST})
    return Result(
        number=number,
        table=table,
        runs=runs,
        found=findings(table, runs),
        records={key: [record] for key in sorted(keys)},
        left_out=needed,
        note="Made up.",
    )

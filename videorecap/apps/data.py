"""``videorecap data``: annotations checked, counted, and turned into other layouts."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from videorecap.apps.cli import EXIT_FAILED, EXIT_OK
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.check import check
from videorecap.data.exports import check_target, export
from videorecap.data.findings import ERROR, WARNING
from videorecap.data.plots import length_figure, scenario_figure
from videorecap.data.readers.detect import read_any
from videorecap.data.readers.egoschema import read_ids
from videorecap.data.stats import measure, summary, table
from videorecap.data.stats_page import stats_page
from videorecap.errors import DataError
from videorecap.outputs.files import write_aside


def run_check(options: argparse.Namespace) -> int:
    """Run ``videorecap data check``: print what is found; exit code 1 if any of it is an error."""
    forbidden = frozenset[str]() if options.egoschema is None else read_ids(options.egoschema)
    counts: Counter[str] = Counter()
    for finding in check(*options.data, videos_folder=options.videos, forbidden=forbidden):
        counts[finding.severity] += 1
        line = f"{finding.severity}: {finding.where}: {finding.what}"
        print(line if line.isprintable() else repr(line)[1:-1])  # an id may have line breaks
    print(f"{', '.join(map(str, options.data))}: {counts[ERROR]} errors, {counts[WARNING]} warnings")
    return EXIT_FAILED if counts[ERROR] else EXIT_OK


def run_convert(options: argparse.Namespace) -> int:
    """Run ``videorecap data convert``: exit code 1 if anything had to be left out."""
    faults: list[DataError] = []
    check_target(options.source, options.output_dir, options.to)
    videos = read_any(options.source, faults.append if options.lenient else None)
    for path in export(_in_split(videos, options.split), options.output_dir, options.to):
        print(path)
    for fault in faults:
        print(f"left out: {fault}", file=sys.stderr)
    return EXIT_FAILED if faults else EXIT_OK


def run_stats(options: argparse.Namespace) -> int:
    """Run ``videorecap data stats``: print Table 1; with an output folder also draw Figures 5 and 6."""
    stats = measure(read_any(options.data))
    print(f"{options.data}: {summary(stats)}")
    print(_aligned(table(stats)))
    if options.output_dir is not None:
        figures = {"lengths.png": length_figure(stats)}
        if stats.scenarios:
            figures["scenarios.png"] = scenario_figure(stats)
        for path in _write_stats(options.output_dir, stats_page(str(options.data), stats, figures), figures):
            print(path)
    return EXIT_OK


def _in_split(videos: Iterator[VideoAnnotations], split: str | None) -> Iterator[VideoAnnotations]:
    for video in videos:
        yield video if split is None else replace(video, split=split)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines of text, the first column to the left and the others to the right."""
    first, *others = zip(*rows, strict=True)
    columns = [[text.ljust(max(map(len, first))) for text in first]]
    columns += [[text.rjust(max(map(len, column))) for text in column] for column in others]
    return "\n".join("  ".join(row).rstrip() for row in zip(*columns, strict=True))


def _write_stats(directory: Path, page: str, figures: dict[str, bytes]) -> list[Path]:
    contents: dict[str, str | bytes] = {**figures, "stats.html": page}
    for name, content in contents.items():
        write_aside(directory / name, content, make_folder=True)
    return [directory / name for name in contents]

"""Making a data set of simulated videos: a plan, then video after video, then their annotations.

Everything follows from the plan, which is written first. A run killed at any moment continues with what is
missing, and ends with the same bytes as one that was not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import videorecap
from videorecap.data.annotations import FILE_NAME, VideoAnnotations, read_annotations, write_annotations
from videorecap.data.exports import LAYOUTS, export
from videorecap.data.files import VIDEOS
from videorecap.data.plan import DataPlan, VideoPlan
from videorecap.data.records import shown
from videorecap.data.simulated import annotate
from videorecap.data.sources import load_plain
from videorecap.data.workers import Advance, in_order
from videorecap.errors import DataError, OutputError, VideoRecapError
from videorecap.outputs.files import written_aside
from videorecap.sim.script import Script
from videorecap.sim.video import write_video
from videorecap.sim.writer import sample_script

SCHEMA_VERSION: Final = 1
PLAN_NAME: Final = "dataset.json"


@dataclass(frozen=True, slots=True)
class _Task:
    """One video to make in a data set's folder."""

    video: VideoPlan
    plan: DataPlan
    folder: Path

    @property
    def path(self) -> str | None:
        """Of its file, relative to the folder; None if it has none."""
        return f"{VIDEOS}/{self.video.id}.mp4" if self.plan.has_files else None

    @property
    def is_done(self) -> bool:
        return self.path is None or (self.folder / self.path).is_file()


def make(
    plan: DataPlan,
    folder: Path,
    *,
    layouts: Sequence[str] = (),
    workers: int = 1,
    advance: Advance = lambda _: None,
) -> list[Path]:
    """Make a data set, or what is missing of it.

    Args:
        plan: what is to be made.
        folder: where; made if needed.
        layouts: keys of ``LAYOUTS`` to write the annotations in besides, each in a folder of its name.
        workers: number of processes.
        advance: told how many seconds of video have been made since the call before.

    Returns:
        The files of annotations.

    Raises:
        ConfigError: if the plan cannot be carried out.
        DataError: if the folder holds something else, or a video fails.
        OutputError: if a file of annotations cannot be written.
        VideoRecapError: if a worker process dies.
    """
    if unknown := [layout for layout in layouts if layout not in LAYOUTS]:
        raise DataError(f"no layout {unknown[0]!r}; there is {', '.join(LAYOUTS)}")
    tasks = [_Task(video, plan, folder) for video in plan.videos()]
    _settle(plan, folder)
    path = folder / FILE_NAME
    if path.is_file() and all(task.is_done for task in tasks):
        advance(plan.total_seconds)
    else:
        with closing(in_order(_make_one, tasks, workers, advance)) as videos:
            write_annotations(path, videos)
    written, faults = [path], []
    for layout in layouts:
        try:
            written += export(read_annotations(path), folder / layout, layout)
        except DataError as error:  # as of a layout of questions, where videos are too short for any
            faults.append(str(error))
    if faults:
        raise DataError("; ".join(faults))
    return written


def _settle(plan: DataPlan, folder: Path) -> None:
    """Write the plan down, or see that the folder was made by the same one."""
    path = folder / PLAN_NAME
    written = {"schema_version": SCHEMA_VERSION, "videorecap": videorecap.__version__, **asdict(plan)}
    text = json.dumps(written, indent=2) + "\n"
    if path.exists():
        _check_same(load_plain(path), json.loads(text), folder)
    elif (folder / FILE_NAME).exists() or (folder / VIDEOS).exists():
        raise DataError(f"{folder} holds a data set that was not made here; give another folder")
    else:
        with written_aside(path, make_folder=True) as file:
            file.write(text.encode())


def _check_same(found: object, wanted: dict[str, object], folder: Path) -> None:
    """Raise unless both plans are one, naming the first difference."""
    if found == wanted:
        return
    known = found if isinstance(found, dict) else {}
    name = next((name for name in wanted if known.get(name) != wanted[name]), PLAN_NAME)
    raise DataError(
        f"{folder} holds a data set with {name} {shown(known.get(name))}, not {shown(wanted.get(name))}; "
        "continue it with its own options, or give another folder"
    )


def _make_one(task: _Task, advance: Advance) -> VideoAnnotations:
    """Make the file of a video, unless it is there, and annotate it."""
    video = task.video
    try:
        script = sample_script(video.seed, float(video.seconds))
        if task.is_done:
            advance(video.seconds)
        else:
            _write(script, task, advance)
        return annotate(
            script,
            video.id,
            path=task.path,
            num_questions=task.plan.num_questions,
            num_spans=task.plan.num_spans,
        )
    except VideoRecapError as error:
        raise DataError(f"{video.id} (seed {video.seed}, {video.seconds} s): {error}") from error
    except Exception as error:
        error.add_note(f"This was video {video.id}: seed {video.seed}, {video.seconds} s.")
        raise


def _write(script: Script, task: _Task, advance: Advance) -> None:
    assert task.path is not None, "only a video with a file is written"
    path, plan = task.folder / task.path, task.plan
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {path.parent}: {error.strerror or error}") from error
    seconds = task.video.seconds

    def frame_written(number: int, total: int) -> None:  # whole seconds add up without rounding
        advance(number * seconds // total - (number - 1) * seconds // total)

    write_video(script, path, size=plan.size, frame_rate=plan.frame_rate, progress=frame_written)

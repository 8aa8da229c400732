"""``videorecap teacher``: a language model fine-tuned on captions, and the labels it writes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm
from transformers.utils import logging as transformers_logging

from videorecap.apps.cli import EXIT_FAILED, EXIT_OK
from videorecap.data.pseudo_plan import Target, labelable, plan_segments, plan_summaries
from videorecap.data.readers.egoschema import read_ids
from videorecap.errors import ConfigError, DataError
from videorecap.training.costs import COST_FILE, format_bytes, format_seconds, read_cost
from videorecap.training.devices import make_accelerator
from videorecap.training.logs import RunLog
from videorecap.training.plan import LoopConfig
from videorecap.training.run import read_videos
from videorecap.training.teacher import Decoding, TextTeacher, load_teacher
from videorecap.training.teacher_data import samples_of
from videorecap.training.teacher_fit import TRAINING_FOLDER, TeacherRecipe, fit_teacher, teacher_recipe
from videorecap.training.teacher_labels import write_labels


def run_train(options: argparse.Namespace) -> int:
    """Run ``videorecap teacher train``: print what it learns from, its losses, and what it cost."""
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    accelerator = make_accelerator(options.precision)
    is_quiet = not accelerator.is_main_process
    recipe = recipe_of(options)
    samples = samples_of(read_videos(options.data), forbidden_ids(options))
    counted = ", ".join(f"{len(each)} of level {level}" for level, each in samples.items())
    if not is_quiet:
        print(f"{recipe.model} learns from {counted} in {recipe.steps} steps of {recipe.batch_size}")
    with tqdm(total=recipe.steps, desc="steps", unit="", disable=is_quiet) as bar:

        def show(step: int, losses: dict[str, float]) -> None:
            bar.update(step - bar.n)
            bar.set_postfix({name: f"{loss:.3f}" for name, loss in losses.items()})

        teacher = fit_teacher(
            recipe,
            samples,
            options.output_dir,
            accelerator=accelerator,
            loop=LoopConfig(accumulate=options.accumulate),
            log=RunLog(options.output_dir / TRAINING_FOLDER),
            on_losses=show,
        )
    if not is_quiet:
        print(f"{options.output_dir}: a teacher, {teacher.digest[:12]}{_cost_of(options.output_dir)}")
    return EXIT_OK


def _cost_of(teacher: Path) -> str:
    """What it took to train a teacher, if that was kept."""
    path = teacher / TRAINING_FOLDER / COST_FILE
    if not path.is_file():
        return ""
    cost = read_cost(path)
    return f"; it took {format_seconds(cost.seconds)} and {format_bytes(cost.peak_memory_bytes)} of memory"


def recipe_of(options: argparse.Namespace) -> TeacherRecipe:
    """The recipe that options of the command line mean."""
    return teacher_recipe(
        options.model,
        steps=options.steps,
        batch_size=options.batch_size,
        seed=options.seed,
        learning_rate=options.learning_rate,
        max_input_tokens=options.max_input_tokens,
    )


def forbidden_ids(options: argparse.Namespace) -> frozenset[str]:
    """Ids of videos that are kept for evaluation."""
    return frozenset() if options.egoschema is None else read_ids(options.egoschema)


def run_label(options: argparse.Namespace) -> int:
    """Run ``videorecap teacher label``: exit code 1 if the teacher found no words for a span."""
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    teacher = load_teacher(options.teacher)
    teacher.model.to(make_accelerator("fp32").device)
    plan = plan_of(options, teacher)
    decoding = Decoding(num_beams=options.beams, batch_size=options.batch_size)
    with tqdm(total=len(plan), desc=options.output.name, unit="") as bar:
        count = write_labels(
            teacher, plan, options.output, decoding=decoding, seed=options.seed, on_texts=bar.update
        )
    print(f"{options.output}: {count.num_written} labels")
    if count.num_empty:
        print(f"left out: {count.num_empty} spans for which the teacher found no words", file=sys.stderr)
    return EXIT_FAILED if count.num_empty else EXIT_OK


def plan_of(options: argparse.Namespace, teacher: TextTeacher) -> Sequence[Target]:
    """The spans to label; says so where there are fewer than asked for."""
    wanted = {"segments": options.segments or 0, "summaries": options.summaries or 0}
    if not any(wanted.values()):
        raise ConfigError("nothing to label: give --segments N, --summaries N or both")
    videos = list(labelable(read_videos(options.data), forbidden_ids(options)))
    lengths = teacher.card.segment_seconds
    segments = plan_segments(videos, wanted["segments"], lengths, options.seed)
    summaries = plan_summaries(videos, wanted["summaries"], options.seed, again=options.again)
    for name, found in (("segments", segments), ("summaries", summaries)):
        if len(found) < wanted[name]:
            print(f"{options.data}: room for {len(found)} {name} of {wanted[name]}", file=sys.stderr)
    if not segments and not summaries:
        raise DataError(f"{options.data}: no training video with clip captions has a span left to label")
    return (*segments, *summaries)

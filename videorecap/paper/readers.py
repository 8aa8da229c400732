"""Systems that only read above the clips: a language model fine-tuned on clip captions, true or predicted.

Source: Video ReCap, Table 2b (LaViLa + GPT2, LaViLa + FLAN-T5), and Table 6a, whose clip captions are true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from transformers import AutoConfig

from videorecap.data.annotations import Annotation, VideoAnnotations
from videorecap.data.files import VideoFiles
from videorecap.data.frames import DIGEST_LENGTH
from videorecap.data.lengths import with_lengths
from videorecap.data.levels import CLIP, SEGMENT, SUMMARY
from videorecap.data.pseudo import read_pseudo
from videorecap.data.pseudo_plan import Target, captions_in, plan_segments, plan_summaries
from videorecap.evaluation.answers import Answer, samples_at
from videorecap.models.generation import Greedy
from videorecap.paper.tables import BEST_TEACHER, PSEUDO_SEGMENTS, PSEUDO_SUMMARIES, TEACHERS
from videorecap.training.devices import make_accelerator
from videorecap.training.plan import LoopConfig, Precision
from videorecap.training.progress import Progress
from videorecap.training.recipe import ClipSpans
from videorecap.training.run import read_videos
from videorecap.training.samples import split_videos
from videorecap.training.teacher import Decoding, TextTeacher
from videorecap.training.teacher_data import samples_of
from videorecap.training.teacher_fit import fit_teacher, teacher_recipe
from videorecap.training.teacher_labels import plan_digest, write_labels
from videorecap.training.teacher_tiny import TINY_PREFIX

GREEDY: Final = Decoding(num_beams=1, no_repeat_ngram=0)  # as systems write
DECODING: Final = {"strategy": Greedy.__name__}
BATCH_SIZE: Final = 32


@dataclass(frozen=True, slots=True)
class Budget:
    """How a language model is fine-tuned at a size.

    Attributes:
        models: by what the paper calls them.
        steps: optimizer steps.
        max_input_tokens: of the captions that are read; None is the model's own.
        num_segments: that a teacher describes.
        num_summaries: that it writes.
    """

    models: Mapping[str, str]
    steps: int
    max_input_tokens: int | None = None
    num_segments: int = PSEUDO_SEGMENTS
    num_summaries: int = PSEUDO_SUMMARIES


TINY: Final = Budget(
    {"GPT2": "tiny-gpt2", "FLAN-T5": "tiny-t5", BEST_TEACHER: "tiny-t5"},
    steps=1000,
    max_input_tokens=224,
    num_segments=1500,
    num_summaries=100,
)
PAPER: Final = Budget(
    {**TEACHERS, "FLAN-T5": "google/flan-t5-base"},
    steps=10_000,
)
BUDGETS: Final[Mapping[str, Budget]] = {"tiny": TINY, "small": PAPER, "base": PAPER}
"""By size. The paper prints FLAN-T5-XL in Table 2b, and as many parameters as FLAN-T5-base has."""


@cache
def is_available(model: str) -> bool:
    """Whether a model can be had: one of our own, of a directory, or of the hub or its cache."""
    if model.startswith(TINY_PREFIX):
        return True
    try:
        AutoConfig.from_pretrained(model)
    except (OSError, ValueError):
        return False
    return True


def stand_ins(size: str, names: Iterable[str]) -> str:
    """Which models stand for the paper's language models, in a sentence; nothing where none does.

    Args:
        size: of the systems.
        names: as the paper calls them; those of which there is none at this size are left out.
    """
    models = BUDGETS[size].models if size in BUDGETS else {}
    given = {name: models[name] for name in dict.fromkeys(names) if name in models}
    if not given:
        return ""
    told = ", ".join(f"{name} is `{model}`" for name, model in given.items())
    is_own = all(model.startswith(TINY_PREFIX) for model in given.values())
    starts = "small ones of our own that start from nothing" if is_own else "as they are on the hub"
    return f"Of language models that are fine-tuned, {told}: {starts}."


def training_videos(folder: Path) -> list[VideoAnnotations]:
    """The videos that trainings on a data set learn from; their lengths are known.

    Raises:
        DataError: if there is none, or one has neither a length nor a file.
    """
    chosen, _ = split_videos(read_videos(folder), 0)
    return list(with_lengths(chosen, VideoFiles(folder)).values())


def retold(video: VideoAnnotations, told: Iterable[Annotation]) -> VideoAnnotations:
    """A video whose clip captions are those that a system wrote; the captions above stay."""
    upper = (item for item in video.captions if item.level != CLIP)
    return replace(video, captions=(*(item for item in told if item.level == CLIP), *upper))


def fit_reader(
    model: str,
    videos: Sequence[VideoAnnotations],
    directory: Path,
    *,
    budget: Budget,
    seed: int,
    precision: Precision,
    progress: Progress,
) -> TextTeacher:
    """Fine-tune a language model on the clip captions of videos, unless that is done.

    Args:
        model: name or directory.
        videos: of the training split, as ``retold`` makes them.
        directory: where it shall be.
        budget: of its size.
        seed: of everything that is drawn.
        precision: of the training.
        progress: told of each step.

    Raises:
        CheckpointError: if the model to start from cannot be had.
        DataError: if a level has no samples.
    """
    recipe = teacher_recipe(
        model,
        steps=budget.steps,
        batch_size=BATCH_SIZE,
        seed=seed,
        max_input_tokens=budget.max_input_tokens,
    )
    progress.begin(f"{model} learns to read", budget.steps)
    return fit_teacher(
        recipe,
        samples_of(videos, fewest_captions=1),  # an early system says the same of every clip
        directory,
        accelerator=make_accelerator(precision),
        loop=LoopConfig(),
        on_losses=lambda _, __: progress.advance(1),
    )


def read(
    reader: TextTeacher, videos: Sequence[VideoAnnotations], folder: Path, progress: Progress
) -> dict[str, list[Answer]]:
    """What a language model says of every annotated segment and video, by level.

    What it said is kept in a file that is named after all that it reads, and is not asked again.

    Args:
        reader: that is fine-tuned.
        videos: whose clip captions it reads, as ``retold`` makes them.
        folder: of the file; made if needed.
        progress: told of each text.

    Raises:
        ConfigError: if the file was made by another reader.
        DataError: if it is damaged.
        OutputError: if it cannot be written.
    """
    asked = [
        (sample, captions_in(video, sample.span))
        for level in (SEGMENT, SUMMARY)
        for video in videos
        for sample in samples_at(video, level, ClipSpans.ANNOTATED)
    ]
    plan = [
        Target(video=one.video, level=one.level, span=one.span, captions=captions)
        for one, captions in asked
        if captions
    ]
    path = folder / f"{plan_digest(plan)[:DIGEST_LENGTH]}.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    progress.begin("what it says of the test videos", len(plan))
    write_labels(reader, plan, path, decoding=GREEDY, seed=0, on_texts=progress.advance)
    said = {(target.video, target.level, target.span): "" for target in plan}
    said |= {(video, item.level, item.span): item.caption for video, item in read_pseudo(path)}
    answers = [Answer(one, said.get((one.video, one.level, one.span))) for one, _ in asked]
    return {level: [one for one in answers if one.sample.level == level] for level in (SEGMENT, SUMMARY)}


def label(
    teacher: TextTeacher,
    videos: Sequence[VideoAnnotations],
    path: Path,
    *,
    budget: Budget,
    progress: Progress,
) -> None:
    """Write pseudo annotations of videos, unless they are there.

    Args:
        teacher: who writes.
        videos: of the training split.
        path: of the file.
        budget: says how many.
        progress: told of each.

    Raises:
        ConfigError: if the file is there and was made by other work.
    """
    lengths = teacher.card.segment_seconds
    segments = plan_segments(videos, budget.num_segments, lengths, seed=0)
    summaries = plan_summaries(videos, budget.num_summaries, seed=0, again=True)
    plan = (*segments, *summaries)
    progress.begin("pseudo annotations", len(plan))
    write_labels(teacher, plan, path, decoding=Decoding(), seed=0, on_texts=progress.advance)

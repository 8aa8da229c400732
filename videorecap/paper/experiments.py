"""Training and scoring one row of a table: everything that is there already is taken as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from videorecap.build import System, load_system
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.clip_stores import open_clips
from videorecap.evaluation.answers import Answer
from videorecap.evaluation.predict import Predicted, Predictor
from videorecap.evaluation.report import Decoding, report
from videorecap.evaluation.telling import NOTHING_BELOW
from videorecap.evaluation.testset import TestSet
from videorecap.paper.readers import (
    BUDGETS,
    DECODING,
    fit_reader,
    is_available,
    label,
    read,
    retold,
    training_videos,
)
from videorecap.paper.recipes import recipe
from videorecap.paper.results import READER, RunRecord, Scored
from videorecap.paper.tables import BEST_TEACHER, TRUTH, Row
from videorecap.paper.zero_shot import Published
from videorecap.training.costs import COST_FILE, costs_in, read_cost
from videorecap.training.curriculum import Curriculum
from videorecap.training.devices import make_accelerator
from videorecap.training.plan import Precision
from videorecap.training.progress import Progress
from videorecap.training.recipe import Labels, Recipe
from videorecap.training.run import SYSTEM_FOLDER, Run
from videorecap.training.start import Pretrained
from videorecap.training.teacher import CARD_FILE, TextTeacher, load_teacher
from videorecap.training.teacher_fit import TRAINING_FOLDER
from videorecap.types import Gap

PREDICTIONS_FOLDER: Final = "predictions"  # of a system or a reader: what it says of the test videos
ZERO_SHOT_FOLDER: Final = "zero_shot"  # of the rows for which nothing is trained


@dataclass(frozen=True, kw_only=True)
class Laboratory:
    """What the experiments of a set of tables have in common.

    Attributes:
        size: "tiny", "small" or "base".
        train: folder of the data set that is learned from.
        test: what is scored.
        output: folder of the runs, and of the cache that they share.
        pseudo: a teacher's captions, for the recipes that learn from them; None has a teacher trained.
        pretrained: parts that every system is given.
        precision: of the training.
        workers: processes that render or decode.
    """

    size: str
    train: Path
    test: TestSet
    output: Path
    pseudo: Path | None
    pretrained: Pretrained
    precision: Precision
    workers: int

    def run(self, name: str, seed: int, progress: Progress) -> Scored:
        """Train a recipe, caption the test videos, and score them.

        Raises:
            VideoRecapError: if a training fails.
        """
        system, folder = self._system(name, seed, progress)
        return self._score(system, folder, system.hierarchy.names, progress)

    def zero_shot(self, row: Row, published: Published, seed: int, progress: Progress) -> Scored:
        """Score a row whose captions, or those above its clips, are a published model's.

        Args:
            row: of Table 2.
            published: with all that the row needs.
            seed: of the training, where the row has a recipe.
            progress: told of what is done.

        Raises:
            CheckpointError: if a model cannot be loaded.
            VideoRecapError: if a training fails.
        """
        if row.recipe is None:
            system, folder = published.blip2_system(), self.output / ZERO_SHOT_FOLDER
        else:
            system, folder = self._system(row.recipe, seed, progress)
        if row.prompted is not None:
            system = published.prompting(system, folder)
        return self._score(system, folder, row.levels, progress)

    def captions(self, name: str, seed: int, progress: Progress) -> Predicted:
        """Train a recipe, and caption every window of the test videos.

        Raises:
            VideoRecapError: if a training fails.
        """
        system, folder = self._system(name, seed, progress)
        return self._predicted(system, folder, system.hierarchy.names, progress)

    def read(self, model: str, name: str | None, seed: int, progress: Progress) -> Scored:
        """Fine-tune a language model to read clip captions, and score what it writes.

        Args:
            model: what the paper calls it; one of ``models``.
            name: of the recipe whose clip captions are read; None for true ones.
            seed: of the trainings.
            progress: told of what is done.

        Raises:
            CheckpointError: if the model to start from cannot be had.
            VideoRecapError: if a training fails.
        """
        learned, scored = training_videos(self.train), list(self.test.videos.values())
        gaps: list[Gap] = []
        if name is not None:
            ordered = self._trained(name, seed, progress)
            learned = self._retold(learned, self.train, ordered, gaps, progress)
            scored = self._retold(scored, self.test.folder, ordered, gaps, progress)
        reader = self._reader(model, name, learned, seed, progress)
        folder = self._reader_folder(model, name, seed) / PREDICTIONS_FOLDER
        given = read(reader, scored, folder, progress)
        chosen = {level: self.test.protocol.chosen(level, items) for level, items in given.items()}
        return self._scored(chosen, DECODING, gaps)

    def record(self, name: str | None, seed: int, model: str | None = None) -> RunRecord:
        """What made the figures of a row whose trainings are done.

        Args:
            name: of the recipe; None where only a language model was trained.
            seed: of the trainings.
            model: that reads, as ``read`` takes it; None where the recipe's system writes all.

        Raises:
            DataError: if a file of costs is damaged.
        """
        digests, spent = {}, {}
        if name is not None:
            folder = self._folder(name, seed)
            digests["system"] = load_system(str(folder / SYSTEM_FOLDER)).digest
            spent = costs_in(folder)
        if model is not None:
            directory = self._reader_folder(model, name, seed)
            digests[READER] = load_teacher(directory).digest
            path = directory / TRAINING_FOLDER / COST_FILE
            spent |= {READER: read_cost(path)} if path.is_file() else {}
        return RunRecord(seed, digests, spent)

    def _folder(self, name: str, seed: int) -> Path:
        return self.output / "runs" / f"{name}-{self.size}-{seed}"

    def _reader_folder(self, model: str, name: str | None, seed: int) -> Path:
        return self.output / "readers" / f"{name or TRUTH}-{model}-{self.size}-{seed}"

    def _reader(
        self, model: str, name: str | None, videos: Sequence[VideoAnnotations], seed: int, progress: Progress
    ) -> TextTeacher:
        budget = BUDGETS[self.size]
        return fit_reader(
            budget.models[model],
            videos,
            self._reader_folder(model, name, seed),
            budget=budget,
            seed=seed,
            precision=self.precision,
            progress=progress,
        )

    def _labels(self, progress: Progress) -> Path:
        """A teacher's captions; the teacher is that of Table 6a whose captions the paper takes."""
        if self.pseudo is not None:
            return self.pseudo
        videos = training_videos(self.train)
        teacher = self._reader(BEST_TEACHER, None, videos, 0, progress)
        path = self.output / f"pseudo-{self.size}.jsonl"
        label(teacher, videos, path, budget=BUDGETS[self.size], progress=progress)
        return path

    def fine_tuned(self, row: Row) -> str | None:
        """The language model that is trained for a row, as the paper calls it; None where there is none."""
        if row.reader is not None:
            return row.reader
        if row.recipe is not None and self.pseudo is None and _learns(recipe(row.recipe, self.size)):
            return BEST_TEACHER
        return None

    def lacks(self, row: Row, num_seeds: int) -> str | None:
        """What would have to be had for a row's language model; None where nothing is missing.

        Args:
            row: that is to be measured.
            num_seeds: trainings of it.
        """
        name, models = self.fine_tuned(row), BUDGETS[self.size].models
        if name is None:
            return None
        if name not in models:
            return f"{name}, which there is none of at size {self.size}"
        is_read = row.reader is not None
        seeds = range(num_seeds if is_read else 1)
        folders = [self._reader_folder(name, row.recipe if is_read else None, seed) for seed in seeds]
        is_done = all((folder / CARD_FILE).is_file() for folder in folders)
        return None if is_done or is_available(models[name]) else models[name]

    def _retold(
        self,
        videos: Sequence[VideoAnnotations],
        data: Path,
        ordered: Run,
        gaps: list[Gap],
        progress: Progress,
    ) -> list[VideoAnnotations]:
        """Videos with the clip captions of a system in place of true ones; gaps are added to the others."""
        system = load_system(str(ordered.output / SYSTEM_FOLDER))
        base = system.hierarchy.base.name
        progress.begin("clip captions", len(videos))
        predictor = self._predictor(system, ordered.output, data)
        told = predictor.predict(videos, windows=(base,), advance=progress.advance)
        gaps += told.gaps
        return [retold(video, told.captions[video.video]) for video in videos]

    def _system(self, name: str, seed: int, progress: Progress) -> tuple[System, Path]:
        """What a recipe trains, and the folder of its run."""
        folder = self._trained(name, seed, progress).output
        return load_system(str(folder / SYSTEM_FOLDER)), folder

    def _trained(self, name: str, seed: int, progress: Progress) -> Run:
        ordered = self._ordered(recipe(name, self.size), seed, progress)
        progress.note(f"{name}, seed {seed}")
        Curriculum(ordered, make_accelerator(ordered.precision), progress).run()  # what is done stays
        return ordered

    @cached_property
    def given(self) -> str:
        """The pretrained parts in words, read once."""
        return self.pretrained.told()

    @property
    def _cache(self) -> Path:
        return self.output / "cache"

    def _predictor(self, system: System, folder: Path, data: Path) -> Predictor:
        return Predictor(
            system,
            open_clips(system.config, self._cache / "frames", data),
            folder / PREDICTIONS_FOLDER,
            workers=self.workers,
        )

    def _predicted(
        self, system: System, folder: Path, levels: tuple[str, ...], progress: Progress
    ) -> Predicted:
        """All that tables of scores and of questions read of the test videos, in one go."""
        progress.begin("captions of the test videos", len(self.test.videos))
        return self._predictor(system, folder, self.test.folder).predict(
            list(self.test.videos.values()),
            samples={name: self.test.samples(name) for name in levels},
            windows=levels,
            advance=progress.advance,
        )

    def _ordered(self, made: Recipe, seed: int, progress: Progress) -> Run:
        return Run(
            recipe=made,
            data=self.train,
            output=self._folder(made.name, seed),
            cache=self._cache,
            pretrained=self.pretrained.of(made),
            pseudo=self._labels(progress) if _learns(made) else None,
            seed=seed,
            precision=self.precision,
            workers=self.workers,
        )

    def _score(self, system: System, folder: Path, levels: tuple[str, ...], progress: Progress) -> Scored:
        told = self._predicted(system, folder, levels, progress)
        return self._scored(told.answers, system.decoding, told.gaps)

    def _scored(
        self, given: Mapping[str, Sequence[Answer]], decoding: Decoding, gaps: Sequence[Gap]
    ) -> Scored:
        """The figures of every level of which something was said."""
        protocol, scripts = self.test.protocol, self.test.scripts
        silent = [level for level, items in given.items() if items and all(one.text is None for one in items)]
        return Scored(
            reports={
                level: report(items, level, protocol, decoding=decoding, scripts=scripts)
                for level, items in given.items()
                if level not in silent
            },
            silent={level: _reason(level, gaps) for level in silent},
            gaps=gaps,
        )


def _learns(made: Recipe) -> bool:
    """Whether a recipe learns from a teacher's captions."""
    return any(Labels.PSEUDO in stage.labels for stage in made.stages)


def _reason(level: str, gaps: Sequence[Gap]) -> str:
    """Why nothing was said at a level."""
    return next((gap.reason for gap in gaps if gap.level == level), NOTHING_BELOW)

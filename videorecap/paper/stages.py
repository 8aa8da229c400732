"""The stages of Video ReCap's training at each size, and what variants change in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from videorecap.paper.sizes import PARTS, Size
from videorecap.training.recipe import ClipSpans, Labels, Objective, Optim, Part, Scope, Stage, Start

Stages: TypeAlias = tuple[Stage, ...]

EVERY_LEVEL: Final[dict[str, int | None]] = {"clip": None, "segment": None, "summary": None}


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How a size is trained.

    Attributes:
        stages: of Video ReCap, in order.
        start: how parts begin that nothing pretrained does.
        replayed: by stage, what Video ReCap-U draws in turn: how many samples of each level, None for all.
        features: by level, most CLS features of a captioner of that level alone where a teacher's captions
            are added, if not as without.
    """

    stages: Stages
    start: Start
    replayed: Mapping[str, dict[str, int | None]]
    features: Mapping[str, int]


PAPER: Final = Schedule(
    stages=(
        Stage(name="clip", trains="clip", data={"clip": None}, epochs=5, batch_size=128),
        Stage(
            name="segment",
            trains="segment",
            init_from=("clip",),
            data={"segment": None},
            epochs=10,
            batch_size=32,
            optim=Optim(skipped_epochs=5),
        ),
        Stage(
            name="summary",
            trains="summary",
            init_from=("segment",),
            data={"summary": None},
            epochs=10,
            batch_size=32,
            optim=Optim(skipped_epochs=15),
        ),
    ),
    start=Start(),
    replayed={
        "segment": {"clip": 100_000, "segment": None},
        "summary": {"clip": 20_000, "segment": 20_000, "summary": None},
    },
    features={"segment": 40, "summary": 512},
)
"""The paper's schedule.

Source: Video ReCap, section S1; the authors' code for what it leaves open: every later stage enters the
cosine where the epochs before it ended, and where a teacher's captions are added a captioner of one level
sees fewer features; the unified one sees as many as without.

Departs: the authors' scripts have 256 clips in a batch, and 256 segments and 64 videos where a teacher's
captions are added; the paper's 128, 32 and 32 are kept.
"""

TINY_OPTIM: Final = Optim(
    learning_rate=1e-3,
    first_rate=1e-5,
    final_rate=5e-5,
    warmup_steps=100,
    weight_decay=0.05,
    betas=(0.9, 0.98),
)

UPPER_OPTIM: Final = replace(TINY_OPTIM, learning_rate=TINY_OPTIM.learning_rate / 2)

TINY: Final = Schedule(
    stages=(
        Stage(
            name="encoder",
            objectives={Objective.CONTRAST: 1.0, Objective.NAMING: 6.0},
            trains_encoder=True,
            data={"clip": None},
            clips=ClipSpans.WINDOWS,
            steps=1000,
            batch_size=32,
            optim=TINY_OPTIM,
            stands_in_for=Part.ENCODER,
        ),
        Stage(
            name="language",
            objectives={Objective.LANGUAGE: 1.0},
            trains="clip",
            data=EVERY_LEVEL,
            steps=200,
            batch_size=32,
            optim=TINY_OPTIM,
            stands_in_for=Part.GPT2,
        ),
        Stage(
            name="masked",
            objectives={Objective.MASKED: 1.0},
            trains="segment",
            data=EVERY_LEVEL,
            steps=200,
            batch_size=32,
            optim=TINY_OPTIM,
            stands_in_for=Part.DISTILBERT,
        ),
        Stage(
            name="clip",
            objectives={Objective.CAPTION: 1.0, Objective.NAMING: 3.0},
            trains="clip",
            trains_encoder=True,
            scope=Scope.WHOLE,
            init_from=("language", "masked"),
            data={"clip": None},
            clips=ClipSpans.WINDOWS,
            steps=600,
            batch_size=32,
            optim=TINY_OPTIM,
        ),
        Stage(
            name="segment",
            trains="segment",
            scope=Scope.WHOLE,
            init_from=("masked", "clip"),
            data={"segment": None},
            clips=ClipSpans.WINDOWS,
            steps=600,
            batch_size=16,
            optim=UPPER_OPTIM,
        ),
        Stage(
            name="summary",
            trains="summary",
            scope=Scope.WHOLE,
            init_from=("segment",),
            data={"summary": None},
            clips=ClipSpans.WINDOWS,
            steps=400,
            batch_size=16,
            optim=UPPER_OPTIM,
        ),
    ),
    start=Start(
        gate=0.5,
        frame_position_std=0.3,
        weight_std=PARTS[Size.TINY].decoder.width ** -0.5,
        vocab_size=PARTS[Size.TINY].decoder.vocab_size,
    ),
    replayed={
        "segment": {"clip": 12_000, "segment": None},
        "summary": {"clip": 12_000, "segment": None, "summary": None},
    },
    features={},
)
"""The same curriculum on the simulated world, after stages that stand in for the paper's pretrained parts.

Departs: parts that start from nothing are trained whole, and the encoder learns along with the clip captions;
the paper's are pretrained, and frozen but for the cross-attention.
"""


def with_steps(stages: Stages, steps: Mapping[str, int]) -> Stages:
    """The stages, some of which take another number of steps."""
    return tuple(
        replace(stage, steps=steps[stage.name]) if stage.name in steps else stage for stage in stages
    )


def _small() -> Schedule:
    """As tiny: longer, in batches four times as large, and at half the rate."""
    steps = {
        "encoder": 8000,
        "language": 1000,
        "masked": 1000,
        "clip": 10_000,
        "segment": 4000,
        "summary": 2000,
    }
    optim = replace(
        TINY_OPTIM,
        learning_rate=TINY_OPTIM.learning_rate / 2,
        final_rate=TINY_OPTIM.final_rate / 2,
        warmup_steps=500,
    )
    stages = (
        replace(stage, optim=optim, batch_size=4 * stage.batch_size)
        for stage in with_steps(TINY.stages, steps)
    )
    return replace(
        TINY,
        stages=tuple(stages),
        start=replace(
            TINY.start,
            weight_std=PARTS[Size.SMALL].decoder.width ** -0.5,
            vocab_size=PARTS[Size.SMALL].decoder.vocab_size,
        ),
        replayed={
            "segment": {"clip": 50_000, "segment": None},
            "summary": {"clip": 50_000, "segment": None, "summary": None},
        },
    )


SCHEDULES: Final[Mapping[Size, Schedule]] = {Size.TINY: TINY, Size.SMALL: _small(), Size.BASE: PAPER}


def unified(schedule: Schedule, captioner: str) -> Stages:
    """The stages of a system with one captioner: its later ones draw batches of lower levels in turn.

    Source: Video ReCap, section S1, "Training the Video ReCap-U Model".
    """
    return tuple(
        replace(
            stage,
            trains=stage.trains and captioner,
            data=schedule.replayed.get(stage.name, stage.data),
        )
        for stage in schedule.stages
    )


def starting_as(stages: Stages, name: str, model: str) -> Stages:
    """The stages, where one begins from the same weights, and enters the same schedule, as another does."""
    (other,) = (stage for stage in stages if stage.name == model)
    return tuple(
        replace(stage, init_from=other.init_from, optim=other.optim) if stage.name == name else stage
        for stage in stages
    )


def without(stages: Stages, name: str) -> Stages:
    """The stages without one of them, from which then none starts."""
    return tuple(
        replace(stage, init_from=tuple(start for start in stage.init_from if start != name))
        for stage in stages
        if stage.name != name
    )


def up_to(stages: Stages, level: str) -> Stages:
    """The stages without those of the levels above one, whose captions no stage sees."""
    kept = list(EVERY_LEVEL)[: list(EVERY_LEVEL).index(level) + 1]
    return tuple(
        replace(stage, data={name: number for name, number in stage.data.items() if name in kept})
        for stage in stages
        if stage.name in kept or stage.name not in EVERY_LEVEL
    )


def with_pseudo(stages: Stages, base: str) -> Stages:
    """The stages, where captions above the base level are learned from people and from a teacher."""
    return tuple(
        replace(stage, labels=(Labels.HUMAN, Labels.PSEUDO))
        if Objective.CAPTION in stage.objectives and stage.level != base
        else stage
        for stage in stages
    )

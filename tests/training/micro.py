"""The smallest recipes, and a data set for them: everything that a curriculum does, in seconds."""

from dataclasses import replace
from pathlib import Path

from tests.conftest import make_tiny_system
from videorecap.config import SystemConfig, TextTowerConfig
from videorecap.data.make import make
from videorecap.data.plan import DataPlan
from videorecap.training.plan import LoopConfig
from videorecap.training.recipe import ClipSpans, Objective, Optim, Part, Recipe, Scope, Stage, Start
from videorecap.training.run import Run

OPTIM = Optim(learning_rate=5e-3, final_rate=5e-4, warmup_steps=2)
TOWER = TextTowerConfig(
    width=16, num_layers=1, num_heads=2, mlp_width=32, num_positions=24, vocab_size=300, embed_width=8
)


def make_data(
    folder: Path,
    *,
    split: str = "train",
    num_videos: int = 2,
    seconds: int = 40,
    seed: int = 3,
    num_questions: int = 0,
) -> Path:
    """Simulated videos without files."""
    plan = DataPlan(
        split=split,
        num_videos=num_videos,
        total_seconds=num_videos * seconds,
        seed=seed,
        size=(64, 48),
        frame_rate=2,
        has_files=False,
        num_questions=num_questions,
        num_spans=2,
    )
    make(plan, folder)
    return folder


def unified_config() -> SystemConfig:
    return replace(make_tiny_system().config, text_tower=TOWER)


def separate_config() -> SystemConfig:
    """A captioner for each level; that of clips cannot read, and that of segments has fewer queries."""
    config = unified_config()
    one = config.captioners["recap"]
    captioners = {
        "clip": replace(one, text_alignment=None),
        "segment": replace(one, num_video_queries=2),
        "summary": one,
    }
    levels = tuple(replace(level, captioner=level.name) for level in config.levels)
    return replace(config, captioners=captioners, levels=levels)


def stages(
    clip: str, segment: str, summary: str, *, steps: int = 4, batch_size: int = 3
) -> tuple[Stage, ...]:
    """Every kind of stage; the names are those of the captioners."""

    def stage(name: str, **fields: object) -> Stage:
        given = {"optim": OPTIM, "steps": steps, "batch_size": batch_size, "clips": ClipSpans.WINDOWS}
        return Stage(name=name, **{**given, **fields})

    def captioning(name: str, **fields: object) -> Stage:
        return stage(name, scope=Scope.WHOLE, **fields)

    every = {"clip": None, "segment": None, "summary": None}
    lower = {"clip": 5} if clip == segment else {}
    return (
        stage(
            "encoder",
            objectives={Objective.CONTRAST: 1.0, Objective.NAMING: 1.0},
            trains_encoder=True,
            data={"clip": None},
            stands_in_for=Part.ENCODER,
        ),
        stage("language", objectives={Objective.LANGUAGE: 1.0}, trains=clip, data=every),
        stage("masked", objectives={Objective.MASKED: 1.0}, trains=segment, data=every),
        captioning(
            "clip",
            objectives={Objective.CAPTION: 1.0, Objective.NAMING: 0.5},
            trains=clip,
            trains_encoder=True,
            data={"clip": None},
            init_from=("language", "masked"),
        ),
        captioning("segment", trains=segment, data={**lower, "segment": None}, init_from=("masked", "clip")),
        captioning(
            "summary",
            trains=summary,
            data={**lower, **({"segment": None} if lower else {}), "summary": None},
            init_from=("segment",),
        ),
    )


def unified_recipe() -> Recipe:
    return Recipe(
        name="micro-u",
        system=unified_config(),
        stages=stages("recap", "recap", "recap"),
        start=Start(gate=0.5, frame_position_std=0.3, vocab_size=300),
    )


def separate_recipe() -> Recipe:
    return Recipe(
        name="micro",
        system=separate_config(),
        stages=stages("clip", "segment", "summary"),
        start=Start(gate=0.5, vocab_size=300),
    )


def without_dropout(recipe: Recipe) -> Recipe:
    """The recipe, none of whose losses depends on how a batch is divided."""
    captioners = {
        name: replace(
            captioner,
            decoder=replace(captioner.decoder, dropout=0.0),
            video_alignment=replace(captioner.video_alignment, dropout=0.0),
            text_alignment=captioner.text_alignment and replace(captioner.text_alignment, dropout=0.0),
        )
        for name, captioner in recipe.system.captioners.items()
    }
    return replace(recipe, system=replace(recipe.system, captioners=captioners))


def order_run(recipe: Recipe, data: Path, output: Path, **fields: object) -> Run:
    """A run of a recipe that saves and logs often."""
    loop = LoopConfig(save_every_steps=2, log_every=1)
    return Run(
        **{
            "recipe": recipe,
            "data": data,
            "output": output,
            "cache": output / "cache",
            "loop": loop,
            **fields,
        }
    )

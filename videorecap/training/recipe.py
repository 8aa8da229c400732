"""Recipes as data: which system is trained, in which stages, on what and for how long.

A recipe is a value. A row of an ablation is another recipe with something replaced; a JSON file is one too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import field, replace
from enum import StrEnum
from typing import Final, Literal

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass

from videorecap.config import STRICT, SystemConfig, as_ever
from videorecap.errors import ConfigError
from videorecap.validation import require, validated

SCHEMA_VERSION: Final = 1


class Objective(StrEnum):
    """What a stage minimises."""

    CAPTION = "caption"  # cross-entropy of the true caption's tokens, given what is seen and read
    CONTRAST = "contrast"  # clips and captions in one space (LaViLa's dual encoder)
    NAMING = "naming"  # action, object and colour from the CLS feature; simulated videos only
    LANGUAGE = "language"  # next token of the world's text, by the decoder alone
    MASKED = "masked"  # hidden tokens of the world's text, by the alignment's language model alone


OF_ENCODER: Final = frozenset({Objective.CONTRAST, Objective.NAMING})  # what an encoder learns
OF_TEXTS: Final = frozenset({Objective.LANGUAGE, Objective.MASKED})  # what is learned without a video


class Scope(StrEnum):
    """Which parameters of the captioner a stage changes."""

    DECLARED = "declared"  # those that its modules declare: the paper's, for pretrained parts
    WHOLE = "whole"  # all: for parts that start from nothing


class Labels(StrEnum):
    """Who wrote the captions to learn."""

    HUMAN = "human"
    PSEUDO = "pseudo"  # an LLM teacher


class ClipSpans(StrEnum):
    """Where the samples of clips lie."""

    ANNOTATED = "annotated"  # the spans of the annotations
    WINDOWS = "windows"  # the windows that are captioned later, each with the annotation that fills most


class Part(StrEnum):
    """A pretrained part that may be given, so that no stage need stand in for it."""

    ENCODER = "encoder"
    GPT2 = "gpt2"
    DISTILBERT = "distilbert"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Optim:
    """AdamW and its schedule; defaults are the paper's, and the authors' code's where the paper is silent.

    Attributes:
        learning_rate: at the end of the warm-up.
        first_rate: at its start.
        final_rate: where the cosine ends.
        warmup_epochs: of linear growth; or
        warmup_steps: the same in steps.
        skipped_epochs: the schedule is laid out over this many epochs more and entered after them, without
            warm-up, as the authors' later stages do.
        weight_decay: of matrices; vectors and scalars do not decay.
        betas: of AdamW.
        max_grad_norm: gradients are clipped to this norm.
    """

    learning_rate: float = 3e-5
    first_rate: float = 1e-6
    final_rate: float = 1e-5
    warmup_epochs: float = 1.0
    warmup_steps: int | None = None
    skipped_epochs: float = 0.0
    weight_decay: float = 0.01
    betas: tuple[float, float] = (0.9, 0.999)
    max_grad_norm: float = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.final_rate <= self.learning_rate or not 0 <= self.first_rate <= self.learning_rate:
            raise ConfigError(
                f"rates grow from first_rate to learning_rate and fall to final_rate, which is above 0; got "
                f"{self.first_rate:g}, {self.learning_rate:g}, {self.final_rate:g}"
            )
        require(math.isfinite(self.learning_rate), "learning_rate must be finite")
        for name in ("warmup_epochs", "warmup_steps", "skipped_epochs", "weight_decay"):
            value = getattr(self, name) or 0
            require(0 <= value < math.inf, f"{name} must be 0 or more, got {value:g}")
        require(self.max_grad_norm > 0, f"max_grad_norm must be above 0, got {self.max_grad_norm:g}")
        require(all(0 <= beta < 1 for beta in self.betas), f"betas lie from 0 to below 1, got {self.betas}")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Stage:
    """One training run of one part.

    Attributes:
        name: unique in the recipe.
        objectives: what is minimised, each with its weight.
        trains: key of the captioner that is trained; None where there is none, as in contrastive training.
        trains_encoder: whether the video encoder learns too; otherwise it is frozen and its features are
            computed once.
        scope: which of the captioner's parameters are trained; a stage of mere texts trains its language
            model, whole.
        init_from: earlier stages whose weights are taken, a later one over an earlier one; empty is from
            scratch, or from the pretrained parts given.
        data: levels whose samples are drawn in turn, a batch each; each with the number of samples chosen
            at random, or None for all. The last one is the stage's own: an epoch takes all of its samples.
        labels: who wrote the captions above the clip level; those of clips are people's, as a teacher
            writes none.
        clips: where samples of clips lie.
        epochs: how long, or
        steps: how long in optimizer steps, over all levels.
        batch_size: samples of one optimizer step, over all processes.
        optim: optimizer and schedule.
        stands_in_for: the stage is left out where this pretrained part is given.
    """

    name: str
    objectives: dict[Objective, float] = field(default_factory=lambda: {Objective.CAPTION: 1.0})
    trains: str | None = None
    trains_encoder: bool = False
    scope: Scope = Scope.DECLARED
    init_from: tuple[str, ...] = ()
    data: dict[str, int | None]
    labels: tuple[Labels, ...] = (Labels.HUMAN,)
    clips: ClipSpans = ClipSpans.ANNOTATED
    epochs: float | None = None
    steps: int | None = None
    batch_size: int
    optim: Optim = field(default_factory=Optim)
    stands_in_for: Part | None = None

    def __post_init__(self) -> None:
        require(bool(self.name) and self.name.replace("-", "").isalnum(), f"{self.name!r} is no stage's name")
        require(bool(self.objectives), f"stage {self.name!r} has no objectives")
        require(bool(self.data), f"stage {self.name!r} has no data: name at least one level")
        require(bool(self.labels), f"stage {self.name!r} has no labels: human, pseudo or both")
        require(
            (self.epochs is None) != (self.steps is None),
            f"stage {self.name!r} needs epochs or steps, one of them",
        )
        for name, number in self.data.items():
            require(number is None or number > 0, f"stage {self.name!r} draws {number} samples of {name!r}")
        for name, weight in self.objectives.items():
            what = f"stage {self.name!r}: objective {name} must weigh more than 0, got {weight:g}"
            require(0 < weight < math.inf, what)
        length = self.epochs or self.steps or 0
        require(0 < length < math.inf, f"stage {self.name!r} must last longer than nothing, and end")
        require(self.batch_size > 0, f"stage {self.name!r}: batch_size must be positive")
        require(
            self.trains is not None or self.trains_encoder,
            f"stage {self.name!r} trains nothing: name a captioner",
        )

    @property
    def level(self) -> str:
        """The stage's own level."""
        return list(self.data)[-1]

    def without_encoder(self) -> Stage:
        """The stage, where its captioner alone learns: as the paper's do, whose encoders are pretrained."""
        if self.trains is None or not self.trains_encoder:
            return self
        objectives = {name: weight for name, weight in self.objectives.items() if name not in OF_ENCODER}
        return replace(self, trains_encoder=False, objectives=objectives)

    @property
    def is_of_texts(self) -> bool:
        """Whether it learns from captions as mere text, without a video."""
        return set(self.objectives) <= OF_TEXTS


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Start:
    """How parts that nothing pretrained begins start.

    Attributes:
        gate: of the decoder's gated layers, before its tanh; 0 leaves a pretrained decoder as it is at first.
        frame_position_std: of the encoder's positions in time, or None for the encoder's own.
        weight_std: of linear and embedding weights; narrower layers than the paper's learn sooner from larger
            ones. None leaves the models' own.
        vocab_size: of the tokenizer trained on the data's captions; None takes GPT-2's.
    """

    gate: float = 0.0
    frame_position_std: float | None = None
    weight_std: float | None = None
    vocab_size: int | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Recipe:
    """A system and the stages that train it.

    Attributes:
        name: of the recipe.
        system: what is trained.
        stages: in order.
        start: how parts begin that nothing pretrained does.
        source: the row of the paper's tables that it reproduces, or None.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    name: str
    system: SystemConfig
    stages: tuple[Stage, ...]
    start: Start = field(default_factory=Start)
    source: str | None = None

    def __post_init__(self) -> None:
        require(bool(self.stages), f"recipe {self.name!r} has no stages")
        seen: list[str] = []
        for stage in self.stages:
            for fault in self._faults(stage, seen):
                raise ConfigError(f"recipe {self.name!r}, stage {stage.name!r}: {fault}")
            seen.append(stage.name)

    def _faults(self, stage: Stage, earlier: list[str]) -> Iterator[str]:
        levels = [level.name for level in self.system.levels]
        if stage.name in earlier:
            yield "another stage has that name"
        for name in stage.init_from:
            if name not in earlier:
                yield f"starts from {name!r}; the stages before it: {', '.join(earlier) or 'none'}"
        for name in stage.data:
            if name not in levels:
                yield f"draws samples of level {name!r}; the system has {', '.join(levels)}"
        if stage.trains is not None and stage.trains not in self.system.captioners:
            yield f"trains {stage.trains!r}; the captioners: {', '.join(self.system.captioners)}"
        if stage.trains_encoder and self.system.encoder is None:
            yield "trains an encoder, but the system has none"
        if stage.trains_encoder and list(stage.data) != levels[:1]:
            yield "trains the encoder, so it draws clips only: the levels above see features that stay"
        if Objective.CONTRAST in stage.objectives and self.system.text_tower is None:
            yield "compares clips with captions, but the system has no text tower"
        yield from _idle(stage)

    def stage(self, name: str) -> Stage:
        """The stage called ``name``.

        Raises:
            ConfigError: if there is none.
        """
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise ConfigError(f"no stage {name!r}; there is {', '.join(stage.name for stage in self.stages)}")


RECIPE_ADAPTER: TypeAdapter[Recipe] = TypeAdapter(Recipe)


def to_json(recipe: Recipe) -> str:
    """The recipe as JSON text, stable for equal recipes."""
    tree = RECIPE_ADAPTER.dump_python(recipe, mode="json")
    return json.dumps({**tree, "system": as_ever(tree["system"])}, indent=2) + "\n"


def from_json(text: str | bytes, *, source: str) -> Recipe:
    """Parse and check a recipe.

    Args:
        text: the JSON.
        source: where it came from, for the error.

    Raises:
        ConfigError: naming every field that is unknown, missing or wrong.
    """
    return validated(RECIPE_ADAPTER, text, "recipe", source=source)


def _idle(stage: Stage) -> Iterator[str]:
    """What a stage states that nothing of it would learn."""
    for objective in stage.objectives:
        if objective in OF_ENCODER and not stage.trains_encoder:
            yield f"learns {objective}, which is for an encoder that learns; set trains_encoder"
    texts = OF_TEXTS & set(stage.objectives)
    if texts and (len(stage.objectives) > 1 or stage.trains_encoder):
        yield f"learns {min(texts)} from mere text, so it learns nothing else and has no encoder to train"
    if stage.trains is not None and set(stage.objectives) <= OF_ENCODER:
        yield f"trains {stage.trains!r}, but learns nothing that is a captioner's"
    if stage.trains is None and set(stage.objectives) - OF_ENCODER:
        yield "learns to write, but names no captioner in trains"
    if stage.scope is Scope.WHOLE and (stage.trains is None or stage.is_of_texts):
        yield "has scope whole, which is for stages whose captioner learns captions; leave it out"

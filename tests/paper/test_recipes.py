"""Recipes: the paper's numbers, what every row changes, and that each can run at every size."""

import json
import math
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

from videorecap.config import AlignmentKind, CaptionerConfig
from videorecap.errors import ConfigError
from videorecap.networks import build_captioner, build_encoder, build_text_tower
from videorecap.paper.recipes import RECIPES, recipe
from videorecap.paper.sizes import Size
from videorecap.paper.tables import BEST_TEACHER, TABLES, TEACHERS
from videorecap.training.optim import rate
from videorecap.training.recipe import (
    ClipSpans,
    Labels,
    Objective,
    Optim,
    Recipe,
    Scope,
    Stage,
    from_json,
    to_json,
)

ONLY_TINY = "sim-tiny"
OF_ANY_SIZE = [name for name in RECIPES if name != ONLY_TINY]
ALL = [(name, size) for name in OF_ANY_SIZE for size in Size] + [(ONLY_TINY, Size.TINY)]
SIMULATED = (Size.TINY, Size.SMALL)


def captioning(stages: tuple[Stage, ...]) -> list[Stage]:
    """The stages that learn captions."""
    return [stage for stage in stages if Objective.CAPTION in stage.objectives]


def changes(full: Recipe, other: Recipe) -> set[tuple[str, str]]:
    """Stage and field of every difference between two recipes of the same stages."""
    assert [stage.name for stage in full.stages] == [stage.name for stage in other.stages]
    return {
        (one.name, field.name)
        for one, two in zip(full.stages, other.stages, strict=True)
        for field in fields(Stage)
        if getattr(one, field.name) != getattr(two, field.name)
    }


@pytest.mark.parametrize(("name", "size"), ALL)
def test_a_recipe_is_the_same_after_json(name: str, size: Size) -> None:
    made = recipe(name, size)
    assert made.name == name
    assert from_json(to_json(made), source="test") == made


@pytest.mark.parametrize(("name", "size"), ALL)
def test_what_a_stage_reads_was_learned_before_it(name: str, size: Size) -> None:
    made = recipe(name, size)
    learned: set[str] = set()
    levels = {level.name: level for level in made.system.levels}
    for stage in captioning(made.stages):
        for level in stage.data:
            assert levels[level].captioner == stage.trains
            assert levels[level].reads in {None, *learned}
        learned.add(stage.level)
    assert learned == set(levels), "every level of the system is trained"


@pytest.mark.parametrize("name", OF_ANY_SIZE)
def test_a_stage_follows_those_it_starts_from_on_their_schedule(name: str) -> None:
    """The authors enter the cosine after all the epochs that the weights have seen."""
    ended: dict[str, float] = {}
    for stage in recipe(name, "base").stages:
        before = [ended[start] for start in stage.init_from]
        skipped = max(before, default=0.0)
        assert stage.optim.skipped_epochs == skipped
        ended[stage.name] = skipped + (stage.epochs or 0.0)


@pytest.mark.parametrize("size", SIMULATED)
@pytest.mark.parametrize("name", OF_ANY_SIZE)
def test_the_simulated_world_begins_from_nothing(name: str, size: Size) -> None:
    made = recipe(name, size)
    first = made.stages[0]
    assert first.trains_encoder
    for stage in made.stages:
        assert Objective.CAPTION not in stage.objectives or stage.scope is Scope.WHOLE
        assert stage.clips is ClipSpans.WINDOWS or Objective.CAPTION not in stage.objectives
        assert stage.stands_in_for is None or not stage.epochs
    vocabularies = {captioner.decoder.vocab_size for captioner in made.system.captioners.values()}
    assert vocabularies == {made.start.vocab_size}
    assert made.system.text_tower
    assert made.system.text_tower.vocab_size == made.start.vocab_size


def test_the_papers_stages() -> None:
    clip, segment, summary = recipe("recap", "base").stages
    assert [(stage.epochs, stage.batch_size) for stage in (clip, segment, summary)] == [
        (5, 128),
        (10, 32),
        (10, 32),
    ]
    for stage in (clip, segment, summary):
        assert stage.scope is Scope.DECLARED
        assert not stage.trains_encoder
        assert stage.clips is ClipSpans.ANNOTATED
        assert (stage.optim.learning_rate, stage.optim.weight_decay) == (3e-5, 0.01)
        assert stage.optim.betas == (0.9, 0.999)


def test_later_stages_begin_and_end_at_the_authors_rates(fixtures_dir: Path) -> None:
    expected = json.loads((fixtures_dir / "conventions.json").read_text())["lr_at_resume"]
    _, segment, summary = recipe("recap", "base").stages

    def at(stage: Stage, step: int) -> float:
        return rate(stage.optim, step, num_steps=10_000, steps_per_epoch=1000)

    found = [at(segment, 0), at(segment, 9999), at(summary, 0), at(summary, 9999)]
    assert found == pytest.approx(list(expected.values()), rel=1e-12)


def test_the_unified_model_sees_lower_levels_again() -> None:
    clip, segment, summary = recipe("recap-u", "base").stages
    assert clip == replace(recipe("recap", "base").stages[0], trains="recap")
    assert segment.data == {"clip": 100_000, "segment": None}
    assert summary.data == {"clip": 20_000, "segment": 20_000, "summary": None}
    assert [stage.level for stage in (clip, segment, summary)] == ["clip", "segment", "summary"]


@pytest.mark.parametrize("size", Size)
def test_rows_of_the_curriculum_change_where_one_stage_starts(size: Size) -> None:
    full = recipe("recap", size)
    begun = {stage.name: stage.init_from for stage in full.stages}
    expected = {"init-summary": ("summary", "clip"), "clip-summary": ("summary", "segment")}
    for name, (stage, model) in expected.items():
        made = recipe(name, size)
        assert made.system == full.system
        assert made.stage(stage).init_from == begun[model]
        assert {field for _, field in changes(full, made)} <= {"init_from", "optim"}
        assert {changed for changed, _ in changes(full, made)} == {stage}
    made = recipe("init-segment", size)
    assert made.stage("segment").init_from == begun["clip"]
    assert made.system.hierarchy.names == ("clip", "segment")
    assert "summary" not in {level for stage in made.stages for level in stage.data}


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("name", ["recap", "recap-u"])
def test_a_teacher_changes_the_labels_above_the_clips(name: str, size: Size) -> None:
    full, made = recipe(name, size), recipe(f"{name}-pseudo", size)
    assert changes(full, made) == {("segment", "labels"), ("summary", "labels")}
    assert made.stage("summary").labels == (Labels.HUMAN, Labels.PSEUDO)
    assert made.system.captioners == full.system.captioners


def test_a_teacher_leaves_fewer_features_to_captioners_of_one_level() -> None:
    """As many as the authors' scripts give each system."""
    features = {
        name: [level.num_features for level in recipe(name, "base").system.levels[1:]]
        for name in ("recap", "recap-pseudo", "recap-u", "recap-u-pseudo")
    }
    assert features == {
        "recap": [80, 1024],
        "recap-pseudo": [40, 512],
        "recap-u": [512, 512],
        "recap-u-pseudo": [512, 512],
    }


@pytest.mark.parametrize(
    ("stage", "wrong", "fault"),
    [
        ("clip", {"trains_encoder": False}, "naming, which is for an encoder that learns"),
        ("encoder", {"trains_encoder": False, "trains": "clip"}, "contrast, which is for an encoder"),
        ("language", {"scope": Scope.WHOLE}, "has scope whole"),
        ("masked", {"scope": Scope.WHOLE}, "has scope whole"),
        ("encoder", {"scope": Scope.WHOLE}, "has scope whole"),
        ("language", {"objectives": {Objective.LANGUAGE: 1.0, Objective.CAPTION: 1.0}}, "mere text"),
        ("language", {"objectives": {Objective.LANGUAGE: 1.0, Objective.MASKED: 1.0}}, "mere text"),
        ("clip", {"trains": None}, "names no captioner"),
        ("clip", {"objectives": {Objective.NAMING: 1.0}}, "learns nothing that is a captioner's"),
    ],
)
def test_a_stage_that_would_not_learn_what_it_states_is_refused(
    stage: str, wrong: dict[str, Any], fault: str
) -> None:
    made = recipe("recap", "tiny")
    stages = tuple(replace(each, **wrong) if each.name == stage else each for each in made.stages)
    with pytest.raises(ConfigError, match=f"stage '{stage}': .*{fault}"):
        replace(made, stages=stages)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"data": {"clip": 0}}, "draws 0 samples of 'clip'"),
        ({"data": {"clip": -5}}, "draws -5 samples"),
        ({"objectives": {Objective.CAPTION: -1.0}}, "must weigh more than 0, got -1"),
        ({"objectives": {Objective.CAPTION: math.nan}}, "must weigh more than 0, got nan"),
        ({"steps": None, "epochs": math.inf}, "must last longer than nothing, and end"),
    ],
)
def test_a_stage_of_impossible_numbers_is_refused(wrong: dict[str, Any], fault: str) -> None:
    with pytest.raises(ConfigError, match=f"stage 'clip'.*{fault}"):
        replace(recipe("recap", "tiny").stage("clip"), **wrong)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_grad_norm", 0.0),
        ("betas", (2.0, -1.0)),
        ("warmup_steps", -50),
        ("weight_decay", -0.1),
        ("learning_rate", math.inf),
        ("skipped_epochs", math.nan),
    ],
)
def test_an_optimizer_of_impossible_numbers_is_refused(field: str, value: object) -> None:
    with pytest.raises(ConfigError, match=field):
        Optim(**{field: value})


@pytest.mark.parametrize("size", SIMULATED)
@pytest.mark.parametrize("name", OF_ANY_SIZE)
def test_masked_prediction_comes_where_an_alignment_is_a_language_model(name: str, size: Size) -> None:
    made = recipe(name, size)
    aligned = {
        key
        for key, captioner in made.system.captioners.items()
        for alignment in (captioner.text_alignment, captioner.video_alignment)
        if alignment is not None and alignment.kind is AlignmentKind.LM
    }
    masked = [stage for stage in made.stages if Objective.MASKED in stage.objectives]
    assert bool(masked) == bool(aligned)
    assert {stage.trains for stage in masked} <= aligned


def test_the_shipped_recipe_is_recap_u_for_longer() -> None:
    assert {field for _, field in changes(recipe("recap-u", "tiny"), recipe("sim-tiny", "tiny"))} == {"steps"}
    with pytest.raises(ConfigError, match="sim-tiny is of size tiny, got base"):
        recipe("sim-tiny", "base")


def test_names_that_are_none_are_answered_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match="no recipe 'recapp'; there is recap, recap-u"):
        recipe("recapp", "tiny")
    with pytest.raises(ConfigError, match="no size 'large'; there is tiny, small, base"):
        recipe("recap", "large")


def test_tables_name_every_recipe_of_the_paper_and_score_what_it_trains() -> None:
    rows = [row for made in TABLES.values() for row in made.rows]
    for row in rows:
        is_published = row.prompted is not None or (row.recipe is None and row.reader is None)
        assert is_published == (row.needs is not None)
        if row.recipe is not None:
            assert set(row.levels) <= set(recipe(row.recipe, "base").system.hierarchy.names)
    named = {row.recipe for row in rows if row.recipe is not None}
    assert {name for name, make in RECIPES.items() if recipe(name, "tiny").source} == named


def test_claims_are_what_the_printed_figures_say() -> None:
    for made in TABLES.values():
        for claim in made.claims:
            for level in claim.levels:
                better, worse = (made.row(label).printed[level] for label in (claim.better, claim.worse))
                assert better.cider > worse.cider


def test_teachers_are_four_language_models() -> None:
    assert len(set(TEACHERS.values())) == 4
    assert BEST_TEACHER in TEACHERS


@cache
def built(captioner: CaptionerConfig) -> dict[str, Any]:
    """Shapes of a captioner's weights; equal configurations are built once."""
    with torch.device("meta"):
        return dict(build_captioner(captioner).state_dict())


@pytest.mark.slow
@pytest.mark.parametrize(("name", "size"), ALL)
def test_every_recipe_can_be_built_and_handed_on(name: str, size: Size) -> None:
    """A stage that starts from another finds all the weights that both have in a shape that fits."""
    made = recipe(name, size)
    with torch.device("meta"):
        assert made.system.encoder
        build_encoder(made.system.encoder)
        if made.system.text_tower:
            build_text_tower(made.system.text_tower, made.system.encoder)
    weights = {
        stage.name: built(made.system.captioners[stage.trains]) for stage in made.stages if stage.trains
    }
    for stage in made.stages:
        for start in stage.init_from:
            old, new = weights[start], weights[stage.name]
            shared = [key for key in old if key in new and not key.endswith("_queries")]
            assert any(key.startswith("decoder.") for key in shared)
            assert all(old[key].shape == new[key].shape for key in shared)

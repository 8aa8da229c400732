"""Every row of the paper's tables that is trained, as a recipe of any size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from videorecap.config import SystemConfig
from videorecap.errors import ConfigError
from videorecap.models.stages import UNIFIED
from videorecap.paper import stages as plans
from videorecap.paper import systems
from videorecap.paper.sizes import Size
from videorecap.training.recipe import Recipe


def recap(size: Size) -> Recipe:
    """Video ReCap: a captioner for each level; each stage starts from the one before."""
    source = "Tables 2, 4, 5, 6b, 7 and S1, Video ReCap without pseudo annotations"
    return _recipe("recap", systems.recap(size), size, source)


def recap_pseudo(size: Size) -> Recipe:
    """Video ReCap that also learns from an LLM teacher's captions."""
    full = recap(size)
    fewer = systems.with_features(full.system, plans.SCHEDULES[size].features)
    source = "Tables 2b and 6b, with pseudo annotations"
    return _with_teacher("recap-pseudo", replace(full, system=fewer), size, source)


def recap_u(size: Size) -> Recipe:
    """Video ReCap-U, of people's captions only: one captioner; later stages draw from each level in turn."""
    schedule = plans.SCHEDULES[size]
    return Recipe(
        name="recap-u",
        system=systems.recap_u(size),
        stages=plans.unified(schedule, UNIFIED),
        start=schedule.start,
    )


def recap_u_pseudo(size: Size) -> Recipe:
    """Video ReCap-U that also learns from an LLM teacher's captions."""
    return _with_teacher("recap-u-pseudo", recap_u(size), size, "Table 2, Video ReCap-U")


def no_recursion(size: Size) -> Recipe:
    """Video ReCap that reads at no level."""
    source = "Table 4, without recursive inputs"
    return _recipe("no-recursion", systems.no_recursion(size), size, source)


def video_only(size: Size) -> Recipe:
    """The run of no-recursion, under the name that another table gives it."""
    return replace(no_recursion(size), name="video-only", source="Table 7, Video")


def text_only(size: Size) -> Recipe:
    """Video ReCap that sees the clips, and above them only reads."""
    return _recipe("text-only", systems.text_only(size), size, "Table 7, Text")


def init_segment(size: Size) -> Recipe:
    """Segments learned from the pretrained parts; clip captions are learned only to be read."""
    full = recap(size)
    return replace(
        full,
        name="init-segment",
        system=systems.up_to(full.system, "segment"),
        stages=plans.up_to(plans.starting_as(full.stages, "segment", "clip"), "segment"),
        source="Table 5, Init -> Segment",
    )


def init_summary(size: Size) -> Recipe:
    """Summaries learned from the pretrained parts; the captions below are learned only to be read."""
    full = recap(size)
    return replace(
        full,
        name="init-summary",
        stages=plans.starting_as(full.stages, "summary", "clip"),
        source="Table 5, Init -> Video",
    )


def clip_summary(size: Size) -> Recipe:
    """Summaries learned from the clip stage; segment descriptions are learned only to be read.

    Departs: the paper does not say what its summaries read without a segment stage; here, what they read
    in Video ReCap.
    """
    full = recap(size)
    return replace(
        full,
        name="clip-summary",
        stages=plans.starting_as(full.stages, "summary", "segment"),
        source="Table 5, Caption -> Video",
    )


def resampler(size: Size) -> Recipe:
    """Video ReCap whose alignments are attention pooling in place of language models."""
    source = "Table S1, without LM alignment"
    full = _recipe("resampler", systems.resampler(size), size, source)
    return replace(full, stages=plans.without(full.stages, "masked"))


def prefix(size: Size) -> Recipe:
    """Video ReCap whose decoder takes the embeddings as its first inputs.

    Departs: where nothing is pretrained the decoder learns too, as in every recipe of that size, so that
    only the place where the embeddings enter differs.
    """
    return _recipe("prefix", systems.prefix(size), size, "Table S1, without trainable cross-attention")


def lavila(size: Size) -> Recipe:
    """LaViLa end to end: the same narrator at each level, with a resampler and nothing to read.

    Departs: the paper does not say how its LaViLa was trained above the clips; here, in the same stages.
    """
    full = _recipe("lavila", systems.lavila(size), size, "Table 2, LaViLa end to end")
    return replace(full, stages=plans.without(full.stages, "masked"))


def sim_tiny(size: Size) -> Recipe:
    """Of a checkpoint for the package: Video ReCap-U at size tiny, trained longer.

    Raises:
        ConfigError: if another size is asked for.
    """
    if size is not Size.TINY:
        raise ConfigError(f"sim-tiny is of size {Size.TINY}, got {size}; recap-u is of any size")
    full = recap_u(size)
    longer = {"encoder": 4000, "clip": 2000, "segment": 4000, "summary": 4000}
    return replace(
        full,
        name="sim-tiny",
        system=systems.named(full.system, "sim-tiny"),
        stages=plans.with_steps(full.stages, longer),
    )


RECIPES: Final[Mapping[str, Callable[[Size], Recipe]]] = {
    "recap": recap,
    "recap-u": recap_u,
    "recap-pseudo": recap_pseudo,
    "recap-u-pseudo": recap_u_pseudo,
    "lavila": lavila,
    "no-recursion": no_recursion,
    "video-only": video_only,
    "text-only": text_only,
    "init-segment": init_segment,
    "init-summary": init_summary,
    "clip-summary": clip_summary,
    "resampler": resampler,
    "prefix": prefix,
    "sim-tiny": sim_tiny,
}


def recipe(name: str, size: str) -> Recipe:
    """The recipe of a name at a size.

    Raises:
        ConfigError: if there is no such recipe or size.
    """
    if name not in RECIPES:
        raise ConfigError(f"no recipe {name!r}; there is {', '.join(RECIPES)}")
    if size not in list(Size):
        raise ConfigError(f"no size {size!r}; there is {', '.join(Size)}")
    return RECIPES[name](Size(size))


def _recipe(name: str, system: SystemConfig, size: Size, source: str) -> Recipe:
    """A system trained in the stages of its size."""
    schedule = plans.SCHEDULES[size]
    return Recipe(name=name, system=system, stages=schedule.stages, start=schedule.start, source=source)


def _with_teacher(name: str, full: Recipe, size: Size, source: str) -> Recipe:
    """A recipe with an LLM teacher's captions added."""
    return replace(
        full,
        name=name,
        system=systems.named(full.system, f"{name}-{size}"),
        stages=plans.with_pseudo(full.stages, full.system.hierarchy.base.name),
        source=source,
    )

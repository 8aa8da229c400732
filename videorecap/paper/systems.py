"""The paper's systems as configurations of any size; a variant is another one with something replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

from videorecap.config import (
    AlignmentConfig,
    CaptionerConfig,
    Fusion,
    PromptedConfig,
    SystemConfig,
    paper_levels,
)
from videorecap.hierarchy import Level
from videorecap.models.stages import UNIFIED
from videorecap.paper.sizes import PARTS, Size

PROMPTED = "prompted"


def recap(size: Size) -> SystemConfig:
    """Video ReCap: a captioner for each level, of which the lowest cannot read.

    Source: Video ReCap, section 5, "Video ReCap".

    Departs: the paper counts 339M trained parameters, three times those of a captioner that reads; the
    lowest one of the released three has no branch for text, and all three have 327M.
    """
    levels = PARTS[size].levels
    captioners = {level.captioner: _captioner(size, level.captioner) for level in levels}
    base = levels[0].captioner
    captioners[base] = replace(captioners[base], text_alignment=None)
    return _system(f"recap-{size}", size, captioners, levels)


def recap_u(size: Size) -> SystemConfig:
    """Video ReCap-U: one captioner for all levels."""
    captioners = {UNIFIED: _captioner(size, UNIFIED)}
    return _system(f"recap-u-{size}", size, captioners, PARTS[size].unified_levels)


def no_recursion(size: Size) -> SystemConfig:
    """Video ReCap that sees at every level and reads at none."""
    system = recap(size)
    return replace(
        named(system, f"no-recursion-{size}"),
        captioners={
            name: replace(captioner, text_alignment=None) for name, captioner in system.captioners.items()
        },
        levels=tuple(replace(level, reads=None) for level in system.levels),
    )


def text_only(size: Size) -> SystemConfig:
    """Video ReCap that sees the clips; the levels above them only read."""
    system = recap(size)
    base, *upper = system.levels
    blind = {
        level.captioner: replace(system.captioners[level.captioner], video_alignment=None) for level in upper
    }
    return replace(
        named(system, f"text-only-{size}"),
        captioners={**system.captioners, **blind},
        levels=(base, *(replace(level, sees=None) for level in upper)),
    )


def resampler(size: Size) -> SystemConfig:
    """Video ReCap with attention pooling in place of the language models of its alignments."""
    return replace(
        named(system := recap(size), f"resampler-{size}"),
        captioners={
            name: _with_alignment(captioner, PARTS[size].resampler)
            for name, captioner in system.captioners.items()
        },
    )


def prefix(size: Size) -> SystemConfig:
    """Video ReCap whose decoder takes the embeddings as its first inputs, and is frozen where pretrained."""
    return replace(
        named(system := recap(size), f"prefix-{size}"),
        captioners={
            name: replace(
                captioner,
                decoder=replace(captioner.decoder, fusion=Fusion.PREFIX, has_trainable_norms=False),
            )
            for name, captioner in system.captioners.items()
        },
    )


def lavila(size: Size) -> SystemConfig:
    """LaViLa end to end: the same narrator three times, with a resampler and nothing to read.

    Source: Video ReCap, Table 2; the narrator's resampler has as many heads as its decoder, and the
    decoder's own norms stay frozen.
    """
    system, parts = no_recursion(size), PARTS[size]
    narrator = replace(
        _with_alignment(
            system.captioners[system.levels[0].captioner],
            replace(parts.resampler, num_heads=parts.decoder.num_heads),
        ),
        decoder=replace(parts.decoder, has_trainable_norms=False),
    )
    return replace(named(system, f"lavila-{size}"), captioners=dict.fromkeys(system.captioners, narrator))


def zero_shot(
    system: SystemConfig, model: str, *, url: str | None = None, record: str | None = None
) -> SystemConfig:
    """A system's clip captions, read by a language model that is prompted for the levels above.

    Source: Video ReCap, Table 2b, BLIP2 + GPT3.5 and LaViLa + GPT3.5.

    Args:
        system: whose lowest level is kept; where it has no other, the levels above are the paper's.
        model: as ``PromptedConfig`` has it.
        url: of the server.
        record: of the answers.
    """
    base = system.hierarchy.base
    upper = [
        replace(level, captioner=PROMPTED, sees=None, reads=level.reads or below.name)
        for below, level in pairwise((base, *(system.levels[1:] or paper_levels()[1:])))
    ]
    return replace(
        named(system, f"{system.name}+{model}"),
        captioners={name: item for name, item in system.captioners.items() if name == base.captioner},
        prompted={PROMPTED: PromptedConfig(model=model, url=url, record=record)},
        levels=(base, *upper),
    )


def named(system: SystemConfig, name: str) -> SystemConfig:
    """The system under another name."""
    domain = system.domain and system.domain.replace(system.name, name)
    return replace(system, name=name, domain=domain)


def with_features(system: SystemConfig, features: Mapping[str, int]) -> SystemConfig:
    """The system with other most numbers of CLS features, by level; levels not named keep theirs."""
    levels = tuple(
        replace(level, num_features=features.get(level.name, level.num_features)) for level in system.levels
    )
    return replace(system, levels=levels)


def up_to(system: SystemConfig, name: str) -> SystemConfig:
    """The system without the levels above one, and without the captioners that only they have.

    Raises:
        ConfigError: if there is no such level.
    """
    last = system.levels.index(system.hierarchy.level(name))
    kept = system.levels[: last + 1]
    used = {level.captioner for level in kept}
    return replace(
        system,
        captioners={name: item for name, item in system.captioners.items() if name in used},
        levels=kept,
    )


def _system(
    name: str, size: Size, captioners: Mapping[str, CaptionerConfig], levels: tuple[Level, ...]
) -> SystemConfig:
    parts = PARTS[size]
    return SystemConfig(
        name=name,
        preprocess=parts.preprocess,
        encoder=parts.encoder,
        text_tower=parts.text_tower,
        captioners=dict(captioners),
        levels=levels,
        domain=parts.domain and f"{name} {parts.domain}",
    )


def _captioner(size: Size, name: str) -> CaptionerConfig:
    """One captioner that sees and reads."""
    parts = PARTS[size]
    return CaptionerConfig(
        video_alignment=parts.alignment,
        text_alignment=parts.alignment,
        num_video_queries=parts.num_video_queries[name],
        num_text_queries=parts.num_text_queries,
        max_text_tokens=parts.max_text_tokens,
        decoder=parts.decoder,
    )


def _with_alignment(captioner: CaptionerConfig, alignment: AlignmentConfig) -> CaptionerConfig:
    """The captioner with another module in each branch it has."""
    return replace(
        captioner,
        video_alignment=captioner.video_alignment and alignment,
        text_alignment=captioner.text_alignment and alignment,
    )

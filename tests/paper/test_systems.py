"""The paper's systems: what they train, what each variant changes, and that nothing in them is dead."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch

from videorecap.build import SHIPPED, read_config
from videorecap.captioners.text import train_tokenizer
from videorecap.config import CaptionerConfig, SystemConfig
from videorecap.jobs import caption_video
from videorecap.models.recap import RecapModel
from videorecap.networks import build_captioner, build_encoder
from videorecap.paper import systems
from videorecap.paper.sizes import Size
from videorecap.paper.stages import SCHEDULES
from videorecap.training.start import fresh

MILLION = 10**6
ALL = (
    systems.recap,
    systems.recap_u,
    systems.no_recursion,
    systems.text_only,
    systems.resampler,
    systems.prefix,
    systems.lavila,
)


def trained(system: SystemConfig) -> dict[str, int]:
    """Trained parameters of each captioner."""
    with torch.device("meta"):
        models = {name: build_captioner(captioner) for name, captioner in system.captioners.items()}
    return {
        name: sum(parameter.numel() for _, parameter in model.trainable_parameters())
        for name, model in models.items()
    }


def test_video_recap_trains_what_the_released_models_do() -> None:
    counts = trained(systems.recap(Size.BASE))
    assert counts == {"clip": 99_471_384, "segment": 113_679_384, "summary": 113_851_416}
    assert round(sum(counts.values()) / MILLION, 1) == 327.0
    assert 3 * (counts["summary"] // MILLION) == 339, "the paper counts three times the largest"


def test_video_recap_u_trains_113_million() -> None:
    counts = trained(systems.recap_u(Size.BASE))
    assert counts == {"recap": 113_851_416}


def test_lavila_trains_258_million() -> None:
    counts = trained(systems.lavila(Size.BASE))
    assert sum(count // MILLION for count in counts.values()) == 258


def test_tiny_has_the_architecture_that_ships() -> None:
    shipped = read_config(SHIPPED / "sim-tiny")
    tiny = systems.named(systems.recap_u(Size.TINY), "sim-tiny")
    captioner = shipped.captioners["recap"]
    own = tiny.captioners["recap"]
    vocab_size, end_token = captioner.decoder.vocab_size, captioner.decoder.end_token
    own = replace(own, decoder=replace(own.decoder, vocab_size=vocab_size, end_token=end_token))
    assert replace(tiny, text_tower=None, captioners={"recap": own}) == replace(shipped, text_tower=None)


def test_small_has_about_30_million_parameters() -> None:
    system = systems.recap_u(Size.SMALL)
    assert system.encoder
    with torch.device("meta"):
        modules = [build_encoder(system.encoder), build_captioner(system.captioners["recap"])]
    total = sum(parameter.numel() for module in modules for parameter in module.parameters())
    assert 25 * MILLION < total < 35 * MILLION


@pytest.mark.parametrize("size", Size)
@pytest.mark.parametrize("make", ALL)
def test_the_name_tells_system_and_size_and_levels_form_a_hierarchy(
    make: Callable[[Size], SystemConfig], size: Size
) -> None:
    system = make(size)
    assert system.name == f"{make.__name__.replace('_', '-')}-{size}"
    assert system.hierarchy.names == ("clip", "segment", "summary")
    assert (system.domain is None) is (size is Size.BASE), "what is simulated says so"
    assert system.domain is None or system.domain.startswith(f"{system.name} knows only")


@pytest.mark.parametrize("size", Size)
def test_variants_change_what_their_row_says_and_no_more(size: Size) -> None:
    full = systems.recap(size)
    blind, deaf = systems.no_recursion(size), systems.text_only(size)
    assert [replace(level, reads=None) for level in full.levels] == list(blind.levels)
    assert [full.levels[0], *(replace(level, sees=None) for level in full.levels[1:])] == list(deaf.levels)
    for variant in (systems.resampler(size), systems.prefix(size)):
        assert variant.levels == full.levels
        assert variant.encoder == full.encoder
    for name, captioner in full.captioners.items():
        pooled, prefixed = (variant(size).captioners[name] for variant in (systems.resampler, systems.prefix))
        assert pooled.decoder == captioner.decoder
        assert replace(prefixed, decoder=captioner.decoder) == captioner


@cache
def model_of(captioner: CaptionerConfig) -> RecapModel:
    """A model of a captioner, made once for equal configurations; gates are open, so that all is reached."""
    torch.manual_seed(0)
    model = build_captioner(captioner)
    for name, parameter in model.named_parameters():
        if name.endswith("_gate"):
            torch.nn.init.constant_(parameter, 0.5)
    return model


@pytest.mark.parametrize("make", ALL)
def test_every_trained_parameter_is_reached_by_some_level(make: Callable[[Size], SystemConfig]) -> None:
    system = make(Size.TINY)
    for key, captioner in system.captioners.items():
        model = model_of(captioner)
        model.zero_grad()
        for level in system.levels:
            if level.captioner == key:
                width = captioner.decoder.query_width
                z = model.embeddings(
                    torch.randn(1, 6, width) if level.sees else None,
                    text_ids=torch.tensor([[5, 6, 7, 8]]) if level.reads else None,
                )
                loss = model.loss(z, torch.tensor([[1, 2, 3, 4]]))
                assert torch.isfinite(loss)
                loss.backward()  # type: ignore[no-untyped-call]
        dead = [
            name
            for name, parameter in model.trainable_parameters()
            if parameter.grad is None or not parameter.grad.any()
        ]
        assert dead == [], key


@pytest.mark.slow
@pytest.mark.parametrize("make", ALL)
def test_every_system_captions_a_video_at_every_level(
    make: Callable[[Size], SystemConfig], short_video: Path
) -> None:
    config = make(Size.TINY)
    config = replace(config, levels=tuple(replace(level, max_tokens=5) for level in config.levels))
    tokenizer = train_tokenizer(["C picks up the red mug and puts it down on the table"], 300)
    system = fresh(config, SCHEDULES[Size.TINY].start, tokenizer, seed=0)
    for name, captioner in system.modules.eval().captioners.items():
        assert isinstance(captioner, RecapModel)
        end = system.config.captioners[name].decoder.end_token
        with torch.no_grad():  # an untrained captioner that ends at once has nothing to hand up
            captioner.decoder.token_embedding.weight[end] = 0.0
    tree = caption_video(short_video, system)
    assert {caption.level for caption in tree.captions} == {"clip", "segment", "summary"}
    assert tree.gaps == ()

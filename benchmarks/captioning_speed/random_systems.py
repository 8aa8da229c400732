"""Systems with random weights, for measurements where words need no sense: of the paper's size, or tiny.

Their captions are as long as they are let: the end token's embedding is zero, and with it, as embeddings are
tied, its logit. Of all other tokens some logit is positive, so the end is never the likeliest. Start and end
are one token: a caption begins at its position's embedding alone. So captions that may have ``n + 1``
tokens, the start included, have ``n``, in whatever way they are written. And lest each token be followed by
itself, as is likeliest where embeddings are tied, the decoder's last norm turns the sign of about every other
feature.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import torch
from tokenizers import Regex, Tokenizer, models, pre_tokenizers
from torch import nn

from videorecap.build import System, load_system, pick_device
from videorecap.captioners.text import END_OF_TEXT
from videorecap.config import (
    AlignmentConfig,
    CaptionerConfig,
    DecoderConfig,
    PreprocessConfig,
    SystemConfig,
    VideoEncoderConfig,
    paper_levels,
)
from videorecap.hierarchy import Hierarchy
from videorecap.models.text_decoder import TextDecoder
from videorecap.networks import SystemModules, build_modules
from videorecap.paper.sizes import Size
from videorecap.paper.systems import recap, recap_u

COMPARED: Final = ("qkv.weight", "query.weight", "key.weight", "key_value.weight")  # in attention
SHARPNESS: Final = 2.0


def tiny() -> SystemConfig:
    """A system that captions at once; its segments are of 12 seconds."""
    captioner, width = "recap", 16
    clip, segment, summary = paper_levels((captioner, captioner, captioner))
    alignment = AlignmentConfig(width=width, context_width=width, num_heads=2, num_layers=1, mlp_width=32)
    decoder = DecoderConfig(
        width=width, num_layers=1, num_heads=2, vocab_size=300, end_token=299, query_width=width
    )
    return SystemConfig(
        name="random-tiny",
        preprocess=PreprocessConfig(image_size=32),
        encoder=VideoEncoderConfig(image_size=32, width=width, num_layers=1, num_heads=2, mlp_width=32),
        captioners={
            captioner: CaptionerConfig(
                video_alignment=alignment,
                text_alignment=alignment,
                num_video_queries=4,
                num_text_queries=4,
                decoder=decoder,
            )
        },
        levels=(clip, replace(segment, window_seconds=12.0), summary),
    )


RANDOM: Final[Mapping[str, Callable[[], SystemConfig]]] = {
    "paper": lambda: recap(Size.BASE),
    "paper-u": lambda: recap_u(Size.BASE),
    "random-tiny": tiny,
}


def open_system(name: str, *, device: str, seed: int, num_tokens: int | None) -> System:
    """A system in single precision.

    Args:
        name: a key of ``RANDOM``, or whatever ``load_system`` takes.
        device: as there.
        seed: of random weights.
        num_tokens: of each caption, of every level, where weights are random; at most so many where they are
            not; None leaves what the system says.
    """
    if name in RANDOM:
        system = random_system(RANDOM[name](), device=pick_device(device), seed=seed)
    else:
        system = load_system(name, device=device)
    if num_tokens is None:
        return system
    levels = (replace(level, max_tokens=num_tokens + 1) for level in system.hierarchy.levels)
    return system.with_levels(Hierarchy(tuple(levels)))


def random_system(config: SystemConfig, *, device: torch.device, seed: int) -> System:
    """A system with random weights, which never ends a caption by itself."""
    with torch.device("meta"):  # torch's own drawing takes longer than all the rest
        modules = build_modules(config)
    modules.to_empty(device="cpu").eval().requires_grad_(False)
    generator = torch.Generator().manual_seed(seed)
    draw_weights(modules, generator)
    for name, captioner in config.captioners.items():
        decoder = modules.captioners[name].get_submodule("decoder")
        assert isinstance(decoder, TextDecoder)
        decoder.token_embedding.weight[captioner.decoder.end_token] = 0.0
        decoder.norm.weight.bernoulli_(generator=generator).mul_(2).sub_(1)
    decoders = [captioner.decoder for captioner in config.captioners.values()]
    return System(
        config=config,
        modules=modules.to(device),
        tokenizer=numbered_words(decoders[0].vocab_size, decoders[0].end_token),
        device=device,
    )


def draw_weights(modules: SystemModules, generator: torch.Generator) -> None:
    """Weights at which inputs matter: layers keep the size of what they are given, and gates are open.

    What attention compares is larger, so that it chooses and does not only average: other clips get other
    captions. It is not so large that the last digits of numbers matter, as they would at 3.
    """
    for module in modules.modules():
        for name, own in module.named_parameters(recurse=False):
            if isinstance(module, nn.LayerNorm) or name == "bias":
                own.fill_(float(name == "weight"))
            elif name.endswith("_gate"):
                own.fill_(1.0)
            elif isinstance(module, nn.Linear | nn.Conv2d):
                own.normal_(std=own[0].numel() ** -0.5, generator=generator)
            else:  # embeddings, positions, class token, queries
                own.normal_(generator=generator)
    for name, own in modules.named_parameters():
        if name.endswith(COMPARED):
            own.mul_(SHARPNESS)


def numbered_words(num_tokens: int, end_token: int) -> Tokenizer:
    """A word for each token, which is read as that token again, also where no space is between two."""
    words = {f"w{number}": number for number in range(num_tokens) if number != end_token}
    tokenizer = Tokenizer(models.WordLevel({**words, END_OF_TEXT: end_token}, unk_token=END_OF_TEXT))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"w\d+"), "removed", invert=True)
    tokenizer.add_special_tokens([END_OF_TEXT])
    return tokenizer

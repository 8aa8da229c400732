"""``videorecap convert``: the authors' checkpoints, and LaViLa's, to a system."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from tokenizers import Tokenizer

from videorecap.build import System, build_modules
from videorecap.captioners.text import fetch_tokenizer, load_tokenizer
from videorecap.config import SystemConfig
from videorecap.errors import CheckpointError
from videorecap.models.checkpoints import fill
from videorecap.models.convert import convert
from videorecap.models.sizes import Hints, read_hints

GPT2 = "openai-community/gpt2"  # its tokenizer is that of every size of GPT-2


def convert_files(options: argparse.Namespace) -> str:
    """Convert the files, write the system, and say in a few lines what it is.

    Raises:
        CheckpointError: if a file does not fit, or there is no tokenizer.
    """
    directory: Path = options.output_dir
    converted = convert(
        options.checkpoints, name=options.name or directory.resolve().name, hints=hints_of(options)
    )
    tokenizer = _tokenizer(options.tokenizer, converted.tokenizer, converted.config)
    modules = build_modules(converted.config)
    fill(modules, converted.weights, source=", ".join(map(str, options.checkpoints)))
    System(
        config=converted.config, modules=modules, tokenizer=tokenizer, device=torch.device("cpu")
    ).save_pretrained(directory)
    return describe(converted.config, directory)


def hints_of(options: argparse.Namespace) -> Hints:
    """What the command line tells of sizes that weights do not."""
    given = Hints(
        encoder_heads=options.encoder_heads,
        alignment_heads=options.alignment_heads,
        decoder_heads=options.decoder_heads,
        text_tower_heads=options.text_heads,
    )
    return given.or_else(read_hints(options.language_models)) if options.language_models else given


def describe(config: SystemConfig, directory: Path) -> str:
    """What a converted system holds, and what it still needs to caption a video."""
    parts = ["a video encoder"] if config.encoder else []
    parts += ["a text tower"] if config.text_tower else []
    parts += [f"captioner {name!r}" for name in config.captioners]
    levels = {level.name for level in config.levels}
    missing = [level.reads for level in config.levels if level.reads and level.reads not in levels]
    lines = [f"{directory}: {', '.join(parts)}; levels: {', '.join(sorted(levels)) or 'none'}"]
    if missing:
        lines.append(f"To caption a video it also needs the level {missing[0]!r}: convert that file along.")
    elif levels and config.encoder is None:
        lines.append("To caption a video it also needs a video encoder: convert the clip file along.")
    elif levels:
        lines.append(f"Use it: videorecap caption VIDEO --model {directory}")
    return "\n".join(lines)


def _tokenizer(wanted: str | None, local: Path | None, config: SystemConfig) -> Tokenizer | None:
    """The decoder's tokenizer: as wanted, or beside the checkpoint's language model, or GPT-2's."""
    if not config.captioners:
        return None
    if wanted is None and local is not None:
        tokenizer = load_tokenizer(local)
    elif wanted is not None and Path(wanted).exists():
        tokenizer = load_tokenizer(Path(wanted))
    else:
        tokenizer = fetch_tokenizer(wanted or GPT2)
    for name, captioner in config.captioners.items():
        have, need = tokenizer.get_vocab_size(), captioner.decoder.vocab_size
        if have != need:
            raise CheckpointError(
                f"captioner {name!r} has {need} tokens, the tokenizer {have}; give --tokenizer"
            )
    return tokenizer

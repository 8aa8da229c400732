"""``videorecap convert``: the authors' checkpoints, and LaViLa's, to a system."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from tokenizers import Tokenizer

from videorecap.build import System
from videorecap.captioners.text import fetch_tokenizer, load_tokenizer
from videorecap.config import SystemConfig, paper_levels
from videorecap.errors import CheckpointError, OutputError
from videorecap.models.checkpoints import fill
from videorecap.models.convert import Converted, convert
from videorecap.models.hints import Hints, find_hints, hub_name, is_local
from videorecap.networks import build_modules


def convert_files(options: argparse.Namespace) -> str:
    """Convert the files, write the system, and say in a few lines what it is.

    Raises:
        CheckpointError: if a file does not fit, or there is no tokenizer.
        OutputError: if there can be no such directory.
    """
    directory: Path = options.output_dir
    _make_directory(directory)  # like what else is given, tried before gigabytes are read
    wanted = None if options.tokenizer is None else _given_tokenizer(options.tokenizer)
    converted = convert(
        options.checkpoints, name=options.name or directory.resolve().name, hints=hints_of(options)
    )
    tokenizer = wanted or _decoder_tokenizer(converted)
    _check_tokenizer(tokenizer, converted.config)
    with torch.device("meta"):  # no weights are drawn only to be replaced
        modules = build_modules(converted.config)
    fill(modules, converted.weights, source=", ".join(map(str, options.checkpoints)))
    System(
        config=converted.config, modules=modules, tokenizer=tokenizer, device=torch.device("cpu")
    ).save_pretrained(directory)
    return describe(converted.config, directory)


def hints_of(options: argparse.Namespace) -> Hints:
    """What the command line tells that the files may not."""
    given = Hints(
        encoder_heads=options.encoder_heads,
        alignment_heads=options.alignment_heads,
        decoder_heads=options.decoder_heads,
        text_tower_heads=options.text_heads,
        level=options.level,
    )
    return given.or_else(find_hints(options.language_models)) if options.language_models else given


def describe(config: SystemConfig, directory: Path) -> str:
    """What a converted system holds, and all that it still needs to caption a video."""
    parts = ["a video encoder"] if config.encoder else []
    parts += ["a text tower"] if config.text_tower else []
    parts += [f"captioner {name!r}" for name in config.captioners]
    levels = [level.name for level in config.levels]
    missing = [f"the level {name!r}" for name in _missing_levels(config)]
    missing += [] if config.encoder else ["a video encoder (the clip file has one)"]
    lines = [f"{directory}: {', '.join(parts)}; levels: {', '.join(levels) or 'none'}"]
    if not levels:
        lines.append(
            "It has no captioner; convert it along with the files of Video ReCap to caption a video."
        )
    elif missing:
        lines.append(f"To caption a video it also needs {', '.join(missing)}: convert those files along.")
    else:
        lines.append(f"Use it: videorecap caption VIDEO --model {directory}")
    return "\n".join(lines)


def _missing_levels(config: SystemConfig) -> list[str]:
    """Levels that are read, by those there are or by those missing themselves; lowest first."""
    here = {level.name: level for level in config.levels}
    missing: list[str] = []
    for paper in reversed(paper_levels()):
        level = here.get(paper.name, paper if paper.name in missing else None)
        if level is not None and level.reads is not None and level.reads not in here:
            missing.insert(0, level.reads)
    return missing


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{directory}: cannot be a directory ({error.strerror}); give -o another") from None


def _given_tokenizer(wanted: str) -> Tokenizer:
    """A tokenizer of a file or directory here, or else of a model on the hub."""
    return load_tokenizer(Path(wanted)) if is_local(wanted) else fetch_tokenizer(hub_name(wanted))


def _decoder_tokenizer(converted: Converted) -> Tokenizer | None:
    """The tokenizer beside the checkpoint's language model, or else that of its decoder on the hub."""
    if converted.tokenizer is not None:
        return load_tokenizer(converted.tokenizer)
    return None if converted.decoder_name is None else fetch_tokenizer(converted.decoder_name)


def _check_tokenizer(tokenizer: Tokenizer | None, config: SystemConfig) -> None:
    for name, captioner in config.captioners.items():
        have, need = tokenizer.get_vocab_size() if tokenizer else 0, captioner.decoder.vocab_size
        if have != need:
            raise CheckpointError(
                f"captioner {name!r} has {need} tokens, the tokenizer {have}; give --tokenizer"
            )

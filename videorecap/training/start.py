"""How the parts of a system begin: drawn afresh, or pretrained where such parts are given."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import nn

from videorecap.build import System, load_system
from videorecap.captioners.text import END_OF_TEXT, fetch_tokenizer, load_tokenizer, train_tokenizer
from videorecap.config import (
    AlignmentKind,
    CaptionerConfig,
    PreprocessConfig,
    SystemConfig,
    VideoEncoderConfig,
)
from videorecap.errors import CheckpointError, ConfigError
from videorecap.models.alignment import LmAlignment
from videorecap.models.checkpoints import digest_tensors, fill
from videorecap.models.hints import hub_name, is_local
from videorecap.models.pretrained import (
    LanguageModel,
    is_clip,
    load_clip,
    load_distilbert,
    load_gpt2,
    load_timesformer,
    read_language_model,
    read_tensors,
)
from videorecap.models.recap import RecapModel
from videorecap.models.text_decoder import GatedLayers
from videorecap.models.video_encoder import TimeSformer
from videorecap.networks import ALIGNMENT, SystemModules, build_modules
from videorecap.training.plan import seed_of
from videorecap.training.recipe import Part, Recipe, Start

DEFAULT_GPT2 = "gpt2"  # whose tokenizer is used where nothing else is given


@dataclass(frozen=True, slots=True, kw_only=True)
class Pretrained:
    """Parts given; None begins afresh.

    Attributes:
        encoder: one of our systems (name, directory, hub name), whose encoder is taken; or a file of LaViLa,
            Video ReCap or CLIP.
        gpt2: directory in transformers' layout, or hub name; for every decoder.
        distilbert: likewise; for every language-model alignment.
        system: one of our systems, of the same sizes, to train further: all of these parts at once.

    Raises:
        ConfigError: if a part is given besides a whole system.
    """

    encoder: str | None = None
    gpt2: str | None = None
    distilbert: str | None = None
    system: str | None = None

    def __post_init__(self) -> None:
        if self.system is not None and (self.encoder or self.gpt2 or self.distilbert):
            raise ConfigError(
                f"{self.system} is a whole system, which brings every part; leave --encoder, --gpt2 and "
                "--distilbert out, or --from"
            )

    @property
    def parts(self) -> tuple[Part, ...]:
        """Those that need not be learned from nothing."""
        if self.system is not None:
            return tuple(Part)
        return tuple(part for part, name in self._named().items() if name is not None)

    def digests(self) -> dict[str, str]:
        """sha256 of each part that is given, whatever it is called.

        Raises:
            CheckpointError: if one cannot be read.
        """
        found: dict[str, str] = {}
        if self.system is not None:
            found["system"] = load_system(self.system, device="cpu").digest
        if self.encoder is not None:
            found[Part.ENCODER] = _digest_of_encoder(self.encoder)
        for part, name in ((Part.GPT2, self.gpt2), (Part.DISTILBERT, self.distilbert)):
            if name is not None:
                digest = hashlib.sha256()
                digest_tensors(digest, read_language_model(name).state)
                found[part] = digest.hexdigest()
        return found

    def told(self) -> str:
        """In words: "encoder sim-tiny (0a1b2c3d)"; as ``digests``."""
        names = {"system": self.system, **{str(part): name for part, name in self._named().items()}}
        parts = [f"{part} {names[part]} ({digest[:8]})" for part, digest in self.digests().items()]
        return ", ".join(parts) or "nothing"

    def of(self, recipe: Recipe) -> Pretrained:
        """What of it a recipe has a place for: a resampler is no language model."""
        captioners = recipe.system.captioners.values()
        alignments = [part for one in captioners for part in (one.video_alignment, one.text_alignment)]
        has_place = any(part is not None and part.kind is AlignmentKind.LM for part in alignments)
        return self if has_place else replace(self, distilbert=None)

    def _named(self) -> dict[Part, str | None]:
        return {Part.ENCODER: self.encoder, Part.GPT2: self.gpt2, Part.DISTILBERT: self.distilbert}


def make_tokenizer(start: Start, pretrained: Pretrained, texts: Iterable[str]) -> Tokenizer:
    """The tokenizer that a recipe trains on its data's captions, or else GPT-2's.

    Args:
        start: says whether one is trained.
        pretrained: whose GPT-2 brings the tokenizer, if none is trained.
        texts: the captions; not read if none is trained.

    Raises:
        CheckpointError: if there is no such tokenizer.
        ConfigError: if a tokenizer is to be trained for a GPT-2 that has one.
    """
    if pretrained.system is not None:
        return _tokenizer_of_system(pretrained.system)
    if start.vocab_size is None:
        return _tokenizer_of(pretrained.gpt2 or DEFAULT_GPT2)
    if pretrained.gpt2 is not None:
        raise ConfigError(
            f"the recipe trains a tokenizer of {start.vocab_size} tokens, and {pretrained.gpt2} has its own; "
            "leave --gpt2 out, or set the recipe's start.vocab_size to null"
        )
    return train_tokenizer(texts, start.vocab_size)


def fresh(config: SystemConfig, start: Start, tokenizer: Tokenizer, seed: int) -> System:
    """An untrained system, the same for the same seed, on the CPU.

    Each part begins by itself: two systems that differ in others have equal ones. The two alignments of a
    captioner begin alike, as from one pretrained language model.

    Args:
        config: sizes; those of the vocabulary are replaced where the recipe trains its tokenizer.
        start: how gates and positions in time begin.
        tokenizer: of all decoders, and of the text tower.
        seed: of the weights; torch's own random state is left as it is.

    Raises:
        CheckpointError: if the decoders are for another vocabulary.
    """
    config = _with_vocabulary(config, tokenizer, is_trained=start.vocab_size is not None)
    with torch.random.fork_rng(devices=[]):
        modules = build_modules(config, begin=lambda name: torch.manual_seed(seed_of(seed, name)))
        for name, part in _parts(modules):
            torch.manual_seed(seed_of(seed, name, "weights"))
            _begin(part, start)
    return System(config=config, modules=modules, tokenizer=tokenizer, device=torch.device("cpu"))


def _parts(modules: SystemModules) -> Iterator[tuple[str, nn.Module]]:
    """What begins by itself; a shared alignment comes once."""
    for name in ("encoder", "text_tower"):
        if (part := getattr(modules, name)) is not None:
            yield name, part
    for captioner, model in modules.captioners.items():
        for child, part in model.named_children():
            yield f"{captioner}.{ALIGNMENT if child.endswith(ALIGNMENT) else child}", part


def _begin(part: nn.Module, start: Start) -> None:
    """Weights, gates and positions as a recipe has them."""
    for module in part.modules():
        if start.weight_std is not None and isinstance(module, nn.Linear | nn.Embedding):
            nn.init.normal_(module.weight, std=start.weight_std)
        if isinstance(module, GatedLayers):
            nn.init.constant_(module.attention_gate, start.gate)
            nn.init.constant_(module.mlp_gate, start.gate)
    if start.frame_position_std is not None and isinstance(part, TimeSformer):
        nn.init.normal_(part.frame_positions, std=start.frame_position_std)


def apply(system: System, pretrained: Pretrained) -> tuple[Part, ...]:
    """Give a fresh system the pretrained parts, in place.

    Returns:
        The parts given.

    Raises:
        CheckpointError: if one cannot be read, is of another size than the system's, or has no place in it.
    """
    if pretrained.encoder is not None:
        _give_encoder(system, pretrained.encoder)
    if pretrained.gpt2 is not None:
        _give_gpt2(system, pretrained.gpt2)
    if pretrained.distilbert is not None:
        _give_distilbert(system, pretrained.distilbert)
    if pretrained.system is not None:
        _give_system(system, pretrained.system)
    return pretrained.parts


def _tokenizer_of(name: str) -> Tokenizer:
    try:
        return load_tokenizer(Path(name)) if is_local(name) else fetch_tokenizer(hub_name(name))
    except CheckpointError:
        raise CheckpointError(
            f"{name} brings no tokenizer, from here or from the hub; give --gpt2 with a directory that has "
            "tokenizer.json, or vocab.json and merges.txt"
        ) from None


def _tokenizer_of_system(name: str) -> Tokenizer:
    tokenizer = load_system(name, device="cpu").tokenizer
    if tokenizer is None:
        raise CheckpointError(f"system {name} has no tokenizer, so it writes no captions to learn better")
    return tokenizer


def _with_vocabulary(config: SystemConfig, tokenizer: Tokenizer, *, is_trained: bool) -> SystemConfig:
    size, end = tokenizer.get_vocab_size(), tokenizer.token_to_id(END_OF_TEXT)
    if end is None:
        raise CheckpointError(f"the tokenizer has no {END_OF_TEXT}, which starts and ends captions")
    captioners = {}
    for name, captioner in config.captioners.items():
        decoder = captioner.decoder
        if not is_trained and (decoder.vocab_size, decoder.end_token) != (size, end):
            raise CheckpointError(
                f"captioner {name!r} is for {decoder.vocab_size} tokens of which {decoder.end_token} ends a "
                f"text; the tokenizer has {size}, and {end} ends a text"
            )
        captioners[name] = replace(captioner, decoder=replace(decoder, vocab_size=size, end_token=end))
    tower = None if config.text_tower is None else replace(config.text_tower, vocab_size=size)
    return replace(config, captioners=captioners, text_tower=tower)


def _give_encoder(system: System, name: str) -> None:
    encoder, config = system.modules.encoder, system.config.encoder
    if encoder is None or config is None:
        raise CheckpointError(f"{name} is for a video encoder, and system {system.config.name!r} has none")
    if Path(name).is_file():
        state = read_tensors(Path(name))
        (load_clip if is_clip(state) else load_timesformer)(encoder, state)
        return
    trained = _encoder_of(name, config, system.config.preprocess)
    fill(encoder, dict(trained.named_parameters()), source=name)


def _digest_of_encoder(name: str) -> str:
    if not Path(name).is_file():
        return load_system(name, device="cpu").encoder_digest()
    with Path(name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _give_system(system: System, name: str) -> None:
    """The encoder and every captioner of a system; a text tower, which captions nothing, begins afresh."""
    if system.config.encoder is not None:
        _give_encoder(system, name)
    trained = load_system(name, device="cpu")
    for captioner, config in system.config.captioners.items():
        if captioner not in trained.config.captioners:
            have = ", ".join(trained.config.captioners) or "none"
            raise CheckpointError(f"system {name} has no captioner {captioner!r}; it has {have}")
        what = f"captioner {captioner!r} of {name}"
        _check_equal(what, asdict(trained.config.captioners[captioner]), asdict(config))
        weights = dict(trained.modules.captioners[captioner].named_parameters())
        fill(system.modules.captioners[captioner], weights, source=what)


def _check_equal(what: str, found: Mapping[str, object], wanted: Mapping[str, object]) -> None:
    unequal = [f"{key} is {value}, not {wanted[key]}" for key, value in found.items() if value != wanted[key]]
    if unequal:
        raise CheckpointError(f"the {what} is of another size: {', '.join(unequal)}")


def _encoder_of(name: str, config: VideoEncoderConfig, preprocess: PreprocessConfig) -> TimeSformer:
    """The encoder of a system of ours, which must be as configured."""
    trained = load_system(name, device="cpu")
    if trained.config.encoder is None or trained.modules.encoder is None:
        raise CheckpointError(f"system {name} has no video encoder")
    _check_equal(f"encoder of {name}", asdict(trained.config.encoder), asdict(config))
    if trained.config.preprocess != preprocess:
        raise CheckpointError(
            f"the encoder of {name} saw frames prepared otherwise: {trained.config.preprocess}, "
            f"not {preprocess}"
        )
    return trained.modules.encoder


def _give_gpt2(system: System, name: str) -> None:
    given = read_language_model(name)
    for model, config in _models(system):
        _check_heads("decoder", given, given.hints.decoder_heads, config.decoder.num_heads)
        load_gpt2(model.decoder, given.state)


def _give_distilbert(system: System, name: str) -> None:
    given = read_language_model(name)
    is_used = False
    for model, config in _models(system):
        parts = (
            (model.video_alignment, config.video_alignment),
            (model.text_alignment, config.text_alignment),
        )
        for alignment, sizes in parts:
            if isinstance(alignment, LmAlignment) and sizes is not None:
                _check_heads("alignment", given, given.hints.alignment_heads, sizes.num_heads)
                load_distilbert(alignment, given.state)
                is_used = True
    if not is_used:
        raise CheckpointError(
            f"{name} is for language-model alignments, and system {system.config.name!r} has none"
        )


def _models(system: System) -> Iterable[tuple[RecapModel, CaptionerConfig]]:
    for name, config in system.config.captioners.items():
        model = system.modules.captioners[name]
        assert isinstance(model, RecapModel)
        yield model, config


def _check_heads(part: str, given: LanguageModel, found: int | None, wanted: int) -> None:
    """Weights of any number of heads have the same shapes."""
    if found is not None and found != wanted:
        raise CheckpointError(f"{given.directory} has {found} attention heads, the {part} {wanted}")

"""Configuration to systems, with captioners of every kind. Loading and saving of systems.

A system on disk is a directory in the Hugging Face hub's conventions: ``config.json``,
``model.safetensors``, ``tokenizer.json``.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import torch
from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from tokenizers import Tokenizer
from torch import Tensor

from videorecap.captioners.base import Captioner
from videorecap.captioners.image import ImageCaptioner, load_image_captioner
from videorecap.captioners.prompted import PromptedCaptioner
from videorecap.captioners.recap import RecapCaptioner
from videorecap.captioners.text import TOKENIZER_FILE, load_tokenizer
from videorecap.config import (
    BLIP2,
    SystemConfig,
    blip2,
    from_json,
    to_json,
)
from videorecap.errors import CheckpointError, ConfigError, OutputError
from videorecap.hierarchy import Hierarchy
from videorecap.llm import open_client
from videorecap.models.checkpoints import digest_tensors, load_weights, save_weights
from videorecap.models.dual_encoder import DualEncoder
from videorecap.models.generation import Greedy, Strategy
from videorecap.models.recap import RecapModel
from videorecap.networks import SystemModules, build_modules
from videorecap.outputs.files import write_aside
from videorecap.precision import AUTO, Precision, lower, pick_precision
from videorecap.types import SystemInfo
from videorecap.video.preprocess import Preprocess

NEAR_BYTES: Final = 24 << 20  # activations of more than this are slower: they leave a processor's caches

CONFIG_FILE = "config.json"
WEIGHTS_FILE = "model.safetensors"
SHIPPED = Path(__file__).parent / "systems"  # checkpoints inside the package


@dataclass(frozen=True, eq=False)
class System:
    """A system that is ready to caption.

    Attributes:
        config: what it is made of.
        modules: its networks, in evaluation mode on ``device``.
        tokenizer: of its decoders; None where it has none.
        device: where the networks are.
        is_official: copy what the authors' code does where ours departs from it.
        strategy: how captioners choose tokens: greedily, drawn, or by beam search.
        image: captioners of pictures, on ``device``, by the keys that levels name.
        precision: in which numbers the networks compute.
    """

    config: SystemConfig
    modules: SystemModules
    tokenizer: Tokenizer | None
    device: torch.device
    is_official: bool = False
    strategy: Strategy = field(default_factory=Greedy)
    image: Mapping[str, ImageCaptioner] = field(default_factory=dict)
    precision: Precision = Precision.FP32

    @property
    def hierarchy(self) -> Hierarchy:
        """The levels, checked to form a recursion."""
        return self.config.hierarchy

    @cached_property
    def captioners(self) -> dict[str, Captioner]:
        """One captioner for each key that levels name.

        Raises:
            CheckpointError: if there is no tokenizer.
        """
        built: dict[str, Captioner] = {name: self.image[name] for name in self.config.image}
        for name, config in self.config.captioners.items():
            if self.tokenizer is None:
                have = f"system {self.config.name!r} has no {TOKENIZER_FILE}"
                raise CheckpointError(f"{have}, so it cannot write")
            model = self.modules.captioners[name]
            assert isinstance(model, RecapModel)
            built[name] = RecapCaptioner(
                model=model,
                tokenizer=self.tokenizer,
                end_token=config.decoder.end_token,
                max_text_tokens=config.max_text_tokens,
                strategy=self.strategy,
                is_official=self.is_official,
            )
        for name, prompted in self.config.prompted.items():
            record = Path(prompted.record) if prompted.record is not None else None
            client = open_client(prompted.model, url=prompted.url, record=record, device=str(self.device))
            built[name] = PromptedCaptioner(client)
        return built

    @property
    def num_frames(self) -> int:
        """Frames that are read of a clip; ``ConfigError`` if nothing is seen of it."""
        return self.config.num_frames

    @property
    def dual_encoder(self) -> DualEncoder:
        """Videos and sentences in one space.

        Raises:
            ConfigError: if the system has no text tower.
        """
        if self.modules.encoder is None or self.modules.text_tower is None:
            raise ConfigError(f"system {self.config.name!r} has no dual encoder; convert LaViLa's")
        return DualEncoder(self.modules.encoder, self.modules.text_tower)

    @property
    def decoding(self) -> dict[str, object]:
        """How tokens are chosen, as plain values."""
        values = {one.name: _plain(getattr(self.strategy, one.name)) for one in fields(self.strategy)}
        return {"strategy": type(self.strategy).__name__, **values}

    @cached_property
    def preprocess(self) -> Preprocess:
        """Frames to the encoder's input."""
        return Preprocess(**asdict(self.config.preprocess))

    @cached_property
    def digest(self) -> str:
        """sha256 over configuration, weights and tokenizer: equal exactly when the systems are equal."""
        digest = hashlib.sha256(
            f"{to_json(self.config)} official={self.is_official} {self.strategy}".encode()
        )
        digest_tensors(digest, self.modules.state_dict())
        for captioner in self.image.values():
            digest_tensors(digest, captioner.model.state_dict())
        if self.tokenizer is not None:
            digest.update(self.tokenizer.to_str().encode())
        return digest.hexdigest()

    def encoder_digest(self) -> str:
        """sha256 of all that decides features: the encoder's weights as they are, and the preprocessing.

        Raises:
            ConfigError: if the system has no video encoder.
        """
        config, encoder = self.config, self.modules.encoder
        if encoder is None or config.encoder is None:
            raise ConfigError(
                f"system {config.name!r} has no video encoder, so there are no features of videos"
            )
        digest = hashlib.sha256(json.dumps([asdict(config.encoder), asdict(config.preprocess)]).encode())
        digest_tensors(digest, encoder.state_dict())
        return digest.hexdigest()

    @property
    def info(self) -> SystemInfo:
        """Name and digest."""
        return SystemInfo(name=self.config.name, digest=self.digest)

    @torch.inference_mode()
    def encode(self, frames: Tensor) -> Tensor:
        """Spacetime tokens [B, tokens, width] of preprocessed frames [B, 3, T, S, S].

        Raises:
            ConfigError: if the system has no video encoder.
        """
        if self.modules.encoder is None:
            raise ConfigError(f"system {self.config.name!r} has no video encoder")
        encoder = self.modules.encoder
        dtype = encoder.cls_token.dtype
        if self.device.type == "cuda":
            if frames.device.type == "cpu":
                frames = frames.pin_memory()  # are copied while the processor goes on
            tokens: Tensor = encoder(frames.to(self.device, non_blocking=True).to(dtype))
            return tokens
        at_once = max(1, NEAR_BYTES // encoder.mlp_bytes_per_clip)
        return torch.cat([encoder(some.to(self.device, dtype)) for some in torch.split(frames, at_once)])

    def with_levels(self, hierarchy: Hierarchy) -> System:
        """The same system on other levels; the same one each time, so that its digest is taken once."""
        if hierarchy not in self._on_levels:
            config = replace(self.config, levels=hierarchy.levels)
            self._on_levels[hierarchy] = replace(self, config=config)
        return self._on_levels[hierarchy]

    @cached_property
    def _on_levels(self) -> dict[Hierarchy, System]:
        return {}

    def save_pretrained(self, directory: str | Path, *, dtype: torch.dtype | None = None) -> None:
        """Write the system as a directory that ``load_system`` reads.

        Args:
            directory: made when it is not there.
            dtype: store the weights in this type; None keeps theirs.

        Raises:
            ConfigError: if the networks have lost digits.
            OutputError: if it cannot be written.
        """
        if self.precision is not Precision.FP32:
            raise ConfigError(
                f"system {self.config.name!r} computes in {self.precision}; load it in fp32 to save it"
            )
        target = Path(directory)
        try:
            target.mkdir(parents=True, exist_ok=True)
            (target / TOKENIZER_FILE).unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"cannot write a system to {target}: {error.strerror}") from error
        save_weights(self.modules, target / WEIGHTS_FILE, dtype=dtype)
        if self.tokenizer is not None:
            write_aside(target / TOKENIZER_FILE, self.tokenizer.to_str(pretty=False))
        write_aside(target / CONFIG_FILE, to_json(self.config))

    @classmethod
    def from_pretrained(cls, name: str | Path, *, device: str = "auto", official: bool = False) -> System:
        """As ``load_system``."""
        return load_system(name, device=device, official=official)

    def push_to_hub(self, repo_id: str, *, private: bool = False, token: str | None = None) -> str:
        """Upload the system to the Hugging Face hub, and return the address of the commit.

        Args:
            repo_id: "owner/name"; made when it is not there.
            private: for a new repository.
            token: of the hub; None uses the one stored by ``hf auth login``.
        """
        import tempfile

        api = HfApi(token=token)
        with tempfile.TemporaryDirectory() as folder:
            self.save_pretrained(folder)
            api.create_repo(repo_id, private=private, exist_ok=True)
            return str(api.upload_folder(repo_id=repo_id, folder_path=folder))


def _plain(value: object) -> object:
    """A generator as its seed."""
    return value.initial_seed() if isinstance(value, torch.Generator) else value


def load_system(
    name: str | Path,
    *,
    device: str = "auto",
    official: bool = False,
    strategy: Strategy | None = None,
    precision: str = Precision.FP32,
) -> System:
    """Load a system by its directory, the name of one that ships in the package, or its name on the hub.

    Args:
        name: "sim-tiny", "path/to/directory" or "owner/name"; or "blip2:MODEL" for clip captions of a BLIP2.
        device: "auto" (a GPU when there is one), "cpu", "cuda", "cuda:1", ...
        official: copy the authors' code where ours departs from it: the caption's lost last token, frame
            numbers in place of times, the shared border row of segments.
        strategy: how captions are written; None is greedily.
        precision: as ``lowered`` takes it.

    Raises:
        CheckpointError: if there is no such system, or its files do not fit each other.
        ConfigError: if its configuration cannot work, or the device has no such precision.
    """
    kind, _, model = str(name).partition(":")
    directory = None if kind == BLIP2 and model else find_system(name)
    config = blip2(model) if directory is None else read_config(directory)
    with torch.device("meta"):  # no weights are drawn only to be replaced
        modules = build_modules(config)
    tokenizer = None
    if directory is not None:
        if modules.state_dict():
            load_weights(modules, directory / WEIGHTS_FILE)
        if (directory / TOKENIZER_FILE).is_file():
            tokenizer = load_tokenizer(directory / TOKENIZER_FILE)
    where = pick_device(device)
    chosen = _chosen_precision(precision, config, where)
    modules = lower(modules.eval().requires_grad_(False), chosen)
    return System(
        config=config,
        modules=modules.to(where),
        tokenizer=tokenizer,
        device=where,
        is_official=official,
        strategy=strategy or Greedy(),
        image={
            key: load_image_captioner(image.model, prompt=image.prompt, device=where)
            for key, image in config.image.items()
        },
        precision=chosen,
    )


def lowered(system: System, precision: str) -> System:
    """A copy of a system that computes in fewer bits.

    Args:
        system: in fp32.
        precision: "fp32"; "bf16", everything but the choice of words; "int8", the linear layers of encoder
            and alignments, on the CPU; or "auto", bf16 where the device has it, and else fp32.

    Raises:
        ConfigError: if there is no such precision, or not on the system's device; if the system captions
            pictures, or has lost digits already.
    """
    chosen = _chosen_precision(precision, system.config, system.device)
    if system.precision is not Precision.FP32:
        raise ConfigError(f"system {system.config.name!r} computes in {system.precision} already")
    return replace(system, modules=lower(copy.deepcopy(system.modules), chosen), precision=chosen)


def _chosen_precision(name: str, config: SystemConfig, device: torch.device) -> Precision:
    """The precision that is asked for; captioners of pictures keep their own."""
    chosen = pick_precision(name, device)
    if config.image and chosen is not Precision.FP32:
        raise ConfigError(f"system {config.name!r} captions pictures, which is done in fp32; got {name}")
    return chosen


def read_config(directory: Path) -> SystemConfig:
    """The configuration of a system's directory.

    Raises:
        CheckpointError: if there is no ``config.json``.
        ConfigError: if it cannot work.
    """
    path = directory / CONFIG_FILE
    if not path.is_file():
        raise CheckpointError(
            f"{directory}: no {CONFIG_FILE} there; `videorecap convert` makes such a directory"
        )
    return from_json(path.read_bytes(), source=str(path))


def shipped_systems() -> tuple[str, ...]:
    """Names of the systems inside the package."""
    return tuple(sorted(path.parent.name for path in SHIPPED.glob(f"*/{CONFIG_FILE}")))


def find_system(name: str | Path) -> Path:
    """The directory of a system; one on the hub is fetched into the hub's cache.

    Raises:
        CheckpointError: if there is none.
    """
    path = Path(name)
    if path.is_dir():
        return path
    if str(name) in shipped_systems():
        return SHIPPED / str(name)
    if str(name).count("/") != 1:
        have = ", ".join(shipped_systems()) or "none"
        raise CheckpointError(
            f"no system {str(name)!r}: give a directory, a hub name owner/name, or one of: {have}"
        )
    try:
        files = [CONFIG_FILE, WEIGHTS_FILE, TOKENIZER_FILE]
        return Path(snapshot_download(str(name), allow_patterns=files))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CheckpointError(f"{name}: no such directory, and the hub did not give it: {first}") from None


def pick_device(name: str) -> torch.device:
    """The torch device for "auto", "cpu", "cuda", "cuda:1", ...

    Raises:
        ConfigError: if torch does not know it, or it is not on this machine.
    """
    if name == AUTO:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or device.type not in {"cpu", "cuda"}:
        raise ConfigError(f"unknown device {name!r}; use auto, cpu or cuda")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ConfigError(f"no {name} here ({torch.cuda.device_count()} GPUs found); use --device cpu")
    return device

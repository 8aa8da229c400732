"""A frozen dataclass for each part, read from and written to versioned JSON; all validation happens here.

Defaults are the full size of the paper: TimeSformer-Base, DistilBERT-wide alignment, GPT-2 small. Config
stops at ``build.py``; the parts themselves take plain numbers.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, field, replace
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from videorecap.hierarchy import CLIP_SECONDS, Hierarchy, Joining, Level, Visual
from videorecap.validation import require, validated

SCHEMA_VERSION: Final = 1
BLIP2: Final = "blip2"  # of the system that is made of nothing else
STRICT = ConfigDict(extra="forbid")


class AlignmentKind(StrEnum):
    """Which module turns features into a fixed number of embeddings."""

    LM = "lm"  # a language model with cross-attention (the paper's)
    RESAMPLER = "resampler"  # attention pooling (LaViLa's; Table S1)


class Fusion(StrEnum):
    """How the decoder takes the embeddings in (Table S1, "trainable CA")."""

    CROSS_ATTENTION = "cross_attention"
    PREFIX = "prefix"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class PreprocessConfig:
    """Pixels to the encoder's input. Mean and std are of 0..255 RGB.

    The red mean is 108.327, not CLIP's 122.771: an oddity that the released weights were trained with.
    """

    image_size: int = 224
    mean: tuple[float, float, float] = (108.3272985, 116.7460125, 104.09373615)
    std: tuple[float, float, float] = (68.5005327, 66.6321579, 70.32316305)
    antialias: bool = False

    def __post_init__(self) -> None:
        require(self.image_size > 0 and min(self.std) > 0, "image_size and std must be positive")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class VideoEncoderConfig:
    """The TimeSformer; defaults are the Base size of the released models."""

    image_size: int = 224
    patch_size: int = 16
    num_frames: int = 4
    width: int = 768
    num_layers: int = 12
    num_heads: int = 12
    mlp_width: int = 3072
    has_time_gates: bool = False  # LaViLa's "timesformer_gated_xattn"

    def __post_init__(self) -> None:
        require(
            self.image_size % self.patch_size == 0,
            f"image_size {self.image_size} is no multiple of patch_size {self.patch_size}",
        )
        require(
            self.width % self.num_heads == 0,
            f"width {self.width} is no multiple of num_heads {self.num_heads}",
        )


@dataclass(frozen=True, kw_only=True, config=STRICT)
class TextTowerConfig:
    """The text half of LaViLa's dual encoder, with the projections of both halves."""

    width: int = 512
    num_layers: int = 12
    num_heads: int = 8
    mlp_width: int = 2048
    num_positions: int = 77
    vocab_size: int = 49408
    embed_width: int = 256
    has_unit_norm: bool = True  # embeddings have length 1; LaViLa's "norm_embed"

    def __post_init__(self) -> None:
        require(
            self.width % self.num_heads == 0,
            f"width {self.width} is no multiple of num_heads {self.num_heads}",
        )


@dataclass(frozen=True, kw_only=True, config=STRICT)
class AlignmentConfig:
    """Video or text features to embeddings.

    The paper describes 6 DistilBERT layers with cross-attention in each (``num_layers=6, cross_every=1``);
    the released checkpoints hold 12 layers with cross-attention in every second one. Both have the same
    trainable parameters. ``head_width`` is read by the resampler only, ``num_layers``, ``cross_every`` and
    ``mlp_width`` by the language model only.
    """

    kind: AlignmentKind = AlignmentKind.LM
    width: int = 768
    context_width: int = 768
    num_heads: int = 12
    num_layers: int = 6
    cross_every: int = 1
    mlp_width: int = 3072
    head_width: int = 64
    dropout: float = 0.1

    def __post_init__(self) -> None:
        if self.kind is AlignmentKind.LM:
            require(
                self.width % self.num_heads == 0,
                f"width {self.width} is no multiple of num_heads {self.num_heads}",
            )
            require(self.cross_every >= 1, f"cross_every must be at least 1, got {self.cross_every}")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class DecoderConfig:
    """The gated GPT-2; defaults are GPT-2 small."""

    width: int = 768
    num_layers: int = 12
    num_heads: int = 12
    num_positions: int = 1024
    vocab_size: int = 50257
    end_token: int = 50256  # starts and ends a caption
    query_width: int = 768
    cross_every: int = 1
    fusion: Fusion = Fusion.CROSS_ATTENTION
    has_trainable_norms: bool = True  # the authors also train GPT-2's ln_1 and ln_2; LaViLa does not
    dropout: float = 0.1

    def __post_init__(self) -> None:
        require(
            self.width % self.num_heads == 0,
            f"width {self.width} is no multiple of num_heads {self.num_heads}",
        )
        require(self.cross_every >= 1, f"cross_every must be at least 1, got {self.cross_every}")
        require(
            0 <= self.end_token < self.vocab_size,
            f"end_token {self.end_token} is not in a vocabulary of {self.vocab_size}",
        )


@dataclass(frozen=True, kw_only=True, config=STRICT)
class CaptionerConfig:
    """One writer: alignments, their queries, and a decoder. No text alignment means it cannot read."""

    video_alignment: AlignmentConfig | None = field(default_factory=AlignmentConfig)
    text_alignment: AlignmentConfig | None = field(default_factory=AlignmentConfig)
    is_alignment_shared: bool = False
    num_video_queries: int = 256
    num_text_queries: int = 256
    max_text_tokens: int = 512
    decoder: DecoderConfig = field(default_factory=DecoderConfig)

    def __post_init__(self) -> None:
        require(
            self.video_alignment is not None or self.text_alignment is not None,
            "a captioner needs a video or a text alignment",
        )
        if self.is_alignment_shared:
            require(
                self.video_alignment == self.text_alignment,
                "a shared alignment needs equal video and text alignments",
            )
        require(
            self.text_alignment is None or self.text_alignment.context_width == self.decoder.width,
            "a text alignment reads the decoder's own embeddings: its context_width must be the decoder's "
            "width",
        )
        for part in (self.video_alignment, self.text_alignment):
            require(
                part is None or part.width == self.decoder.query_width,
                "alignments must be as wide as the decoder's query_width",
            )


@dataclass(frozen=True, kw_only=True, config=STRICT)
class PromptedConfig:
    """A writer that is a language model, told in words what to write from the captions below.

    Attributes:
        model: "server:NAME" behind OpenAI's protocol, or "local:DIR" of ``transformers``.
        url: of the server, up to "/v1"; None is OpenAI's.
        record: file of its answers, from which they are taken again; None keeps none.
    """

    model: str
    url: str | None = None
    record: str | None = None


@dataclass(frozen=True, kw_only=True, config=STRICT)
class ImageCaptionerConfig:
    """A writer that is a BLIP2 of ``transformers``, shown the middle frame of a clip.

    Attributes:
        model: its directory, or its name on the hub.
        prompt: words that its caption goes on from, or a question; None shows it the picture alone.
    """

    model: str
    prompt: str | None = None

    def __post_init__(self) -> None:
        require(bool(self.model), "an image captioner needs the directory or the hub name of its model")


def _window_from_json(value: object) -> object:
    """JSON has no infinity: null stands for the whole video."""
    if isinstance(value, Mapping) and value.get("window_seconds", 0) is None:
        return {**value, "window_seconds": math.inf}
    return value


LevelConfig = Annotated[Level, BeforeValidator(_window_from_json)]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SystemConfig:
    """A whole system: how pixels are read, who encodes, who writes, on which levels.

    ``levels`` of a partial system (one converted stage, say) may read a level that is not there; such a
    system loads, and says what is missing when it is asked to caption a video.
    """

    schema_version: Literal[1] = SCHEMA_VERSION
    name: str
    preprocess: PreprocessConfig = field(default_factory=PreprocessConfig)
    encoder: VideoEncoderConfig | None = field(default_factory=VideoEncoderConfig)
    text_tower: TextTowerConfig | None = None
    captioners: dict[str, CaptionerConfig] = field(default_factory=dict)
    prompted: dict[str, PromptedConfig] = field(default_factory=dict)
    image: dict[str, ImageCaptionerConfig] = field(default_factory=dict)
    levels: tuple[LevelConfig, ...] = ()
    domain: str | None = None  # one line on what it knows, when that is less than any video

    def __post_init__(self) -> None:
        names = [*self.captioners, *self.prompted, *self.image]
        for level in self.levels:
            require(
                level.captioner in names,
                f"level {level.name!r} names captioner {level.captioner!r}; "
                f"there is {', '.join(names) or 'none'}",
            )
            if level.captioner in self.captioners:
                self._check_inputs(level, self.captioners[level.captioner])
            elif level.captioner in self.image:
                self._check_picture(level)
            else:
                require(
                    level.sees is None and level.reads is not None,
                    f"level {level.name!r}: captioner {level.captioner!r} is a language model, which reads "
                    "and does not see",
                )

        blind = [level.name for level in self.levels[1:] if level.sees is not None]
        require(
            not (self.image and blind and self.encoder is None),
            f"level {''.join(blind[:1])!r} sees, but the system has no video encoder",
        )

    def _check_picture(self, level: Level) -> None:
        """A level is one that an image captioner can write."""
        require(
            level is self.levels[0] and level.sees is Visual.FRAME and level.reads is None,
            f"level {level.name!r}: captioner {level.captioner!r} captions pictures, which only the lowest "
            f"level can; it must see {Visual.FRAME.value!r} and read nothing",
        )

    def _check_inputs(self, level: Level, captioner: CaptionerConfig) -> None:
        """A level's captioner can take what the level gives it."""
        video, who = captioner.video_alignment, f"captioner {level.captioner!r}"
        require(
            level.sees is not Visual.FRAME,
            f"level {level.name!r} sees {Visual.FRAME.value!r}, but {who} takes features",
        )
        require(
            level.reads is None or captioner.text_alignment is not None,
            f"level {level.name!r} reads, but {who} has no text alignment",
        )
        require(
            level.sees is None or video is not None,
            f"level {level.name!r} sees, but {who} has no video alignment",
        )
        require(
            level.sees is None
            or video is None
            or self.encoder is None
            or video.context_width == self.encoder.width,
            f"{who} takes features {video.context_width if video else 0} wide, "
            f"the encoder's are {self.encoder.width if self.encoder else 0}",
        )
        require(
            level.max_tokens <= captioner.decoder.num_positions,
            f"level {level.name!r} wants {level.max_tokens} tokens, "
            f"{who} has positions for {captioner.decoder.num_positions}",
        )

    @property
    def sees_frames(self) -> bool:
        """Whether clips are captioned from pictures as they are in the video."""
        return bool(self.levels) and self.levels[0].sees is Visual.FRAME

    @property
    def num_frames(self) -> int:
        """Frames that are read of a clip; ``ConfigError`` if nothing is seen of it."""
        if self.encoder is not None:
            return self.encoder.num_frames
        require(self.sees_frames, f"system {self.name!r} has no video encoder, so it cannot see a video")
        return 1

    @property
    def hierarchy(self) -> Hierarchy:
        """The levels, checked to form a recursion that starts at the bottom."""
        return Hierarchy(self.levels)


SYSTEM_ADAPTER: TypeAdapter[SystemConfig] = TypeAdapter(SystemConfig)


def to_json(config: SystemConfig) -> str:
    """The configuration as JSON text, stable for equal configurations."""
    tree = asdict(config)
    for level in tree["levels"]:
        if math.isinf(level["window_seconds"]):
            level["window_seconds"] = None
    return json.dumps(as_ever(tree), indent=2) + "\n"


def as_ever(tree: dict[str, Any]) -> dict[str, Any]:
    """Systems without image captioners are written as before there were any: runs are known by that."""
    return {name: value for name, value in tree.items() if value or name != "image"}


def from_json(text: str | bytes, *, source: str) -> SystemConfig:
    """Parse and check a configuration.

    Args:
        text: the JSON.
        source: where it came from, for the error.

    Raises:
        ConfigError: naming every field that is unknown, missing or wrong.
    """
    return validated(SYSTEM_ADAPTER, text, "config", source=source)


def paper_levels(captioners: tuple[str, str, str] = ("clip", "segment", "summary")) -> tuple[Level, ...]:
    """The paper's hierarchy: 4-second clips, 3-minute segments, the whole video."""
    clip, segment, summary = captioners
    return (
        Level(name="clip", captioner=clip, window_seconds=CLIP_SECONDS, sees=Visual.DENSE),
        Level(name="segment", captioner=segment, window_seconds=180.0, reads="clip", joins=Joining.GLUED),
        Level(name="summary", captioner=summary, reads="segment", max_tokens=120),
    )


def blip2(model: str) -> SystemConfig:
    """A system whose clips a BLIP2 captions (a directory, or a name on the hub), with no level above them.

    Source: Video ReCap, Table 2a, "BLIP2".
    """
    return SystemConfig(
        name=f"{BLIP2}:{model}",
        encoder=None,
        image={BLIP2: ImageCaptionerConfig(model=model)},
        levels=(replace(paper_levels()[0], captioner=BLIP2, sees=Visual.FRAME),),
    )

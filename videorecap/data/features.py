"""What a frozen video encoder makes of clips, computed once and kept on disk as safetensors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from torch import Tensor

from videorecap.build import System
from videorecap.data.annotations import VideoAnnotations
from videorecap.data.frames import DIGEST_LENGTH, ChooseSpans, ClipFrames, FrameStore, unreadable
from videorecap.data.locks import alone
from videorecap.data.workers import Advance
from videorecap.defaults import BATCH_SIZE
from videorecap.errors import ConfigError, DataError, VideoRecapError
from videorecap.outputs.files import written_aside
from videorecap.types import Span

SCHEMA_VERSION: Final = 1
CLS: Final = "cls"
DENSE: Final = "dense"
ALIGNMENT: Final = 8  # bytes; the tensors of a file begin at a multiple
ChooseNumbers: TypeAlias = Callable[[VideoAnnotations], Collection[int]]
"""Numbers of those clips of a video whose dense tokens are wanted."""


@dataclass(frozen=True)
class VideoFeatures:
    """Features of one video's clips.

    Attributes:
        spans: of the clips.
        cls: float32 [clips, width], one CLS feature each; NaN where a clip is lost.
        lost: numbers of the clips of which nothing could be read, each with the reason.
        rows: where the dense tokens of clips are, by the numbers of the clips.
        file: holds them; None where there are none.
    """

    spans: tuple[Span, ...]
    cls: Tensor
    lost: Mapping[int, str]
    rows: Mapping[int, int]
    file: Any  # safetensors has no type for it

    def dense(self, number: int) -> Tensor:
        """All spacetime tokens of a clip, float16 [tokens, width]; only they are read from disk.

        Raises:
            DataError: if they were not asked for when the features were prepared, or the clip is lost.
        """
        if number not in self.rows:
            reason = self.lost.get(number, "they were not asked for")
            raise DataError(f"clip {number} has no dense tokens here: {reason}")
        tokens: Tensor = self.file.get_slice(DENSE)[self.rows[number]]
        return tokens


class FeatureStore:
    """Features in a folder, a file for each video; its name holds digests of the frames and of the encoder.

    A video is encoded in batches of its own clips, always the same ones, so that no number depends on what
    else is prepared. Features from another kind of device, equal but for rounding, are taken as they are.

    Args:
        folder: of the store; made when something is written.
        frames: where the clips are.
        system: whose encoder it is, with the weights that it has now.
        batch_size: clips that are encoded together; another size gives other files.
        autocast: whether to compute in bfloat16 where that is safe; likewise.

    Raises:
        ConfigError: if the system has no video encoder, or it takes other frames than the store holds.
    """

    def __init__(
        self,
        folder: Path,
        frames: FrameStore,
        system: System,
        *,
        batch_size: int = BATCH_SIZE,
        autocast: bool = False,
    ) -> None:
        self.folder = folder
        self._frames = frames
        self._system = system
        self._batch_size = batch_size
        self._autocast = autocast
        fields = [SCHEMA_VERSION, system.encoder_digest(), batch_size, autocast]
        self._key = hashlib.sha256(json.dumps(fields).encode()).hexdigest()[:DIGEST_LENGTH]
        encoder = system.config.encoder
        assert encoder is not None, "its digest was taken"
        self._width = encoder.width
        self._tokens = 1 + encoder.num_frames * (encoder.image_size // encoder.patch_size) ** 2
        wants = (encoder.image_size, encoder.num_frames, system.config.preprocess.antialias)
        holds = (frames.image_size, frames.num_frames, frames.antialias)
        if wants != holds:
            raise ConfigError(
                f"system {system.config.name!r} takes frames of (side, number, antialias) {wants}, "
                f"{frames.folder} holds {holds}"
            )

    def prepare(
        self,
        videos: Sequence[VideoAnnotations],
        spans: ChooseSpans,
        *,
        dense: ChooseNumbers = lambda _: (),
        advance: Advance = lambda _: None,
    ) -> None:
        """Encode what is missing.

        Args:
            videos: whose frames are prepared.
            spans: which of their clips.
            dense: which of these clips' dense tokens are kept; those that are kept already stay.
            advance: told how many clips have been done since the call before, those that were there included.

        Raises:
            DataError: if frames are not there.
            OutputError: if a file cannot be written.
            VideoRecapError: if features are not finite.
        """
        for video in videos:
            chosen = tuple(spans(video))
            if not chosen:
                continue
            path, wanted = self._path(video, chosen), set(dense(video))
            if _kept(path, wanted) is None:
                advance(len(chosen))
                continue
            with alone(path, lambda: advance(0)):
                kept = _kept(path, wanted)  # another run may have been faster
                if kept is None:
                    advance(len(chosen))
                else:
                    self._encode(path, self._frames.open(video, chosen), kept, advance)

    def open(self, video: VideoAnnotations, spans: Sequence[Span]) -> VideoFeatures:
        """Features of clips that were prepared.

        Raises:
            DataError: if they were not, or the file is damaged.
            VideoRecapError: if the file cannot be read, or too many are open.
        """
        if not spans:
            return VideoFeatures((), torch.empty(0, self._width), {}, {}, None)
        return _read(self._path(video, spans))

    def estimate_bytes(self, num_clips: int, num_dense: int = 0) -> int:
        """What the features of so many clips take on disk.

        Args:
            num_clips: with a CLS feature.
            num_dense: with dense tokens too.
        """
        per_cls, per_token = (self._width * kind.itemsize for kind in (torch.float32, torch.float16))
        return num_clips * per_cls + num_dense * self._tokens * per_token

    def _path(self, video: VideoAnnotations, spans: Sequence[Span]) -> Path:
        return self.folder / f"{self._frames.name(video, spans)}-{self._key}.safetensors"

    def _encode(self, path: Path, frames: ClipFrames, wanted: set[int], advance: Advance) -> None:
        """Write the features of one video, with the dense tokens of wanted clips."""
        numbers = range(len(frames.spans))
        if unknown := wanted.difference(numbers):
            raise DataError(
                f"{path.name}: dense tokens are wanted of clip {min(unknown)}; there are {len(numbers)}"
            )
        readable = [number for number in numbers if number not in frames.lost]
        kept = sorted(wanted.intersection(readable))
        cls = torch.full((len(frames.spans), self._width), torch.nan)
        header = _header(frames, kept, cls.shape, (len(kept), self._tokens, self._width))
        advance(len(frames.lost))
        with written_aside(path) as file:
            file.write(header + _bytes(cls))
            for start in range(0, len(readable), self._batch_size):
                batch = readable[start : start + self._batch_size]
                tokens = self._tokens_of(frames.frames[batch])
                cls[batch] = tokens[:, 0]
                is_wanted = [number in wanted for number in batch]
                file.write(_bytes(tokens[is_wanted].to(torch.float16)))
                advance(len(batch))
            file.seek(len(header))
            file.write(_bytes(cls))

    def _tokens_of(self, frames: NDArray[np.uint8]) -> Tensor:
        """Tokens float32 [clips, tokens, width] of clips [clips, T, S, S, 3]."""
        system = self._system
        pixels = system.preprocess.normalise(torch.from_numpy(frames).permute(0, 4, 1, 2, 3).float())
        with torch.autocast(system.device.type, torch.bfloat16, enabled=self._autocast):
            tokens = system.encode(pixels).float().cpu()
        if not tokens.to(torch.float16).isfinite().all():
            raise VideoRecapError(
                f"the video encoder of {system.config.name!r} gives features that are not finite, or too "
                "large for float16; look at its weights, or encode without bfloat16"
            )
        return tokens


def _kept(path: Path, wanted: set[int]) -> set[int] | None:
    """Those clips whose dense tokens shall be in a new file; None if the old one has what is wanted."""
    if not path.is_file():
        return wanted
    stored = _read(path)
    if wanted <= stored.rows.keys() | stored.lost.keys():
        return None
    return wanted | stored.rows.keys()


def _bytes(tensor: Tensor) -> bytes:
    return tensor.contiguous().numpy().tobytes()


def _header(frames: ClipFrames, kept: Sequence[int], cls: Sequence[int], dense: Sequence[int]) -> bytes:
    """How a file begins whose tensors are written piece by piece, first the CLS features.

    Source: the format of safetensors: 8 bytes with the length of a JSON object, the object, the tensors.
    """
    cls_end = prod(cls) * torch.float32.itemsize
    end = cls_end + prod(dense) * torch.float16.itemsize
    spans = [(span.start, span.end) for span in frames.spans]
    metadata = {"schema_version": SCHEMA_VERSION, "spans": spans, "lost": frames.lost, "kept": kept}
    fields = {
        "__metadata__": {name: json.dumps(value) for name, value in metadata.items()},
        CLS: {"dtype": "F32", "shape": cls, "data_offsets": (0, cls_end)},
        DENSE: {"dtype": "F16", "shape": dense, "data_offsets": (cls_end, end)},
    }
    content = json.dumps(fields).encode()
    content += b" " * (-len(content) % ALIGNMENT)
    return len(content).to_bytes(8, "little") + content


def _read(path: Path) -> VideoFeatures:
    try:
        with path.open("rb"):  # says why a file cannot be opened, which safetensors does not
            pass
        file: Any = safe_open(path, "pt")
        metadata = {name: json.loads(value) for name, value in file.metadata().items()}
        if metadata["schema_version"] != SCHEMA_VERSION:
            raise DataError(f"{path}: schema_version is {metadata['schema_version']!r:.20}; remove it")
        return VideoFeatures(
            spans=tuple(Span(*times) for times in metadata["spans"]),
            cls=file.get_tensor(CLS),
            lost={int(number): reason for number, reason in metadata["lost"].items()},
            rows={number: row for row, number in enumerate(metadata["kept"])},
            file=file,
        )
    except FileNotFoundError:
        raise DataError(f"features {path.name} are not in {path.parent}; prepare them first") from None
    except (OSError, RuntimeError) as error:
        raise unreadable(path, error) from None
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path}: is damaged ({error}); remove it") from None

"""The yardstick of the benchmark of speed: captioning as plainly as the authors' demo does it.

Every clip is decoded and encoded twice, for its tokens and again for its CLS feature; attention and the
encoder's activation are written out as their formulas are; nothing is kept between the tokens of a caption:
for each, the whole of it is read again, and keys and values are made of all embeddings. All of it in single
precision.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import av
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from videorecap.build import System
from videorecap.captioners.base import CaptionRequest, Written
from videorecap.captioners.recap import RecapCaptioner
from videorecap.climb import climb
from videorecap.models.layers import Mlp, quick_gelu
from videorecap.models.text_decoder import CrossAttention, TextDecoder
from videorecap.records import ClipRecord
from videorecap.types import Caption, Gap, Span
from videorecap.video.sampling import sample_times


def slow_captions(
    path: Path, spans: Sequence[Span], system: System, *, batch_size: int
) -> Iterator[Caption | Gap]:
    """Caption clips of a video, and all levels above them.

    Args:
        path: of the video.
        spans: of consecutive clips.
        system: in single precision.
        batch_size: clips that are encoded together.
    """
    captioners = {
        name: SlowCaptioner(one) for name, one in system.captioners.items() if isinstance(one, RecapCaptioner)
    }
    records = _records(path, spans, system, captioners[system.hierarchy.base.captioner], batch_size)
    with written_out(system):
        yield from climb(records, system.hierarchy, dict(captioners))


@dataclass(frozen=True)
class SlowCaptioner:
    """Writes what another captioner would, with nothing kept between tokens."""

    fast: RecapCaptioner

    @torch.inference_mode()
    def write(self, requests: Sequence[CaptionRequest]) -> list[Written]:
        """Caption requests of one level, in order."""
        texts: dict[int, str] = {}
        for numbers in self.fast.grouped(requests):
            batch = [requests[number] for number in numbers]
            ids = whole_prefix(
                self.fast.model.decoder,
                self.fast.embeddings(batch),
                end_token=self.fast.end_token,
                max_tokens=batch[0].level.max_tokens,
            )
            texts |= dict(zip(numbers, map(self.fast.text, ids), strict=True))
        return [Written(texts[number]) for number in range(len(requests))]


def whole_prefix(decoder: TextDecoder, z_BQD: Tensor, *, end_token: int, max_tokens: int) -> list[list[int]]:
    """Greedy decoding that reads the whole caption and all embeddings again for each token."""
    ids_BL = torch.full((len(z_BQD), 1), end_token)
    is_done_B = torch.zeros(len(z_BQD), dtype=torch.bool)
    while ids_BL.shape[1] < max_tokens and not is_done_B.all():
        token_B = decoder(ids_BL, z_BQD)[:, -1].argmax(-1)
        is_done_B |= token_B == end_token
        ids_BL = torch.cat([ids_BL, token_B[:, None]], dim=1)
    rows = (row[1:] for row in ids_BL.tolist())
    return [row[: row.index(end_token)] if end_token in row else row for row in rows]


@contextmanager
def written_out(system: System) -> Iterator[None]:
    """Formulas as they are, in place of what gives the same with less work or memory."""
    mlps = [one for one in system.modules.modules() if isinstance(one, Mlp) and one.activation is quick_gelu]
    with ExitStack() as stack:
        stack.enter_context(patch.object(F, "scaled_dot_product_attention", _attention))
        stack.enter_context(patch.object(CrossAttention, "_read_one", CrossAttention._read))
        for mlp in mlps:
            stack.enter_context(patch.object(mlp, "activation", _quick_gelu))
        yield


def read_clip(path: Path, span: Span, num_frames: int) -> NDArray[np.uint8]:
    """Frames of a clip, uint8 [T, H, W, 3]: the file is opened, sought and decoded for it alone."""
    wanted = list(sample_times(span, num_frames))
    frames: list[NDArray[np.uint8]] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        assert stream.time_base is not None
        container.seek(int(span.start / stream.time_base), stream=stream)
        before = None
        for frame in container.decode(stream):
            assert frame.time is not None
            while len(frames) < num_frames and frame.time > wanted[len(frames)]:
                frames.append((before or frame).to_ndarray(format="rgb24"))
            if len(frames) == num_frames:
                break
            before = frame
        while before is not None and len(frames) < num_frames:  # the video ends first
            frames.append(before.to_ndarray(format="rgb24"))
    return np.stack(frames)


@torch.inference_mode()
def _records(
    path: Path, spans: Sequence[Span], system: System, writer: SlowCaptioner, batch_size: int
) -> Iterator[ClipRecord]:
    base = system.hierarchy.base
    for first in range(0, len(spans), batch_size):
        batch = spans[first : first + batch_size]
        dense = system.encode(_pixels(path, batch, system))
        requests = [
            CaptionRequest(level=base, span=span, features=tokens)
            for span, tokens in zip(batch, dense, strict=True)
        ]
        written = writer.write(requests)
        features = system.encode(_pixels(path, batch, system))[:, 0]
        for span, one, feature in zip(batch, written, features, strict=True):
            yield ClipRecord(span, Caption(level=base.name, span=span, text=one.text), (), feature)


def _pixels(path: Path, spans: Sequence[Span], system: System) -> Tensor:
    return torch.stack([system.preprocess(read_clip(path, span, system.num_frames)) for span in spans])


def _attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
) -> Tensor:
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if is_causal:
        attn_mask = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, -1e4)
    return F.dropout(scores.softmax(-1), dropout_p) @ v


def _quick_gelu(x: Tensor) -> Tensor:
    return x * torch.sigmoid(1.702 * x)

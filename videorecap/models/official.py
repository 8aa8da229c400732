"""Copies of the authors' behaviour where our default departs from it, for equal numbers on their weights.

Each function is named for what it copies. Nothing here is used unless ``official=True`` is asked for.

Letters: B batch, L tokens, V vocabulary, Q embeddings, D width.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from videorecap.models.alignment import Resampler
from videorecap.models.text_decoder import TextDecoder

IGNORED_LABEL = 0  # the authors pad captions with the real token 0, and never learn it


@dataclass(frozen=True, slots=True)
class OfficialCaptions:
    """What the authors' greedy loop returns.

    Attributes:
        ids: [B, L], start token first; finished rows keep running, so tokens after an end token are noise.
        perplexity: [B], exp of the mean entropy of the next-token distribution, or with a target exp of the
            mean cross-entropy.
    """

    ids: Tensor
    perplexity: Tensor


def mask_of(alignment: nn.Module, mask_BK: Tensor | None) -> Tensor | None:
    """The mask that the authors' alignment uses: their resampler ignores the one it is given."""
    return None if isinstance(alignment, Resampler) else mask_BK


def padded_loss(logits_BLV: Tensor, labels_BL: Tensor) -> Tensor:
    """Mean over all positions, where label 0 adds no loss but counts in the mean."""
    loss_BL = F.cross_entropy(
        logits_BLV.transpose(1, 2), labels_BL, ignore_index=IGNORED_LABEL, reduction="none"
    )
    return loss_BL.mean()


def caption_rows(ids: Sequence[Sequence[int]], *, end_token: int, max_tokens: int) -> Tensor:
    """Captions to learn as the authors batch them: a row too long loses its end token.

    Args:
        ids: text tokens of each caption.
        end_token: starts and ends a row.
        max_tokens: rows are as long as the longest caption, or as this many tokens if that is less, plus 2.

    Returns:
        [B, L], padded on the right with ``IGNORED_LABEL``.
    """
    length = min(max(map(len, ids), default=0), max_tokens) + 2
    rows_BL = torch.full((len(ids), length), IGNORED_LABEL)
    for row_L, text in zip(rows_BL, ids, strict=True):
        row = torch.tensor([end_token, *text, end_token])[:length]
        row_L[: len(row)] = row
    return rows_BL


@torch.inference_mode()
def greedy_loop(
    decoder: TextDecoder, z_BQD: Tensor, *, end_token: int, max_tokens: int, stops_early: bool = True
) -> OfficialCaptions:
    """Greedy decoding that throws the last column away when the last row ends.

    Args:
        decoder: in eval mode.
        z_BQD: embeddings.
        end_token: starts and ends a caption.
        max_tokens: most columns, the start token included.
        stops_early: stop once every row has ended.
    """
    ids = torch.full((len(z_BQD), 1), end_token, device=z_BQD.device)
    entropy_B, count_B = torch.zeros_like(z_BQD[:, 0, 0]), torch.zeros_like(z_BQD[:, 0, 0])
    is_done_B = torch.zeros_like(ids[:, 0], dtype=torch.bool)
    cache = decoder.start(z_BQD, max_tokens)
    for _ in range(max_tokens - 1):
        logits_BV = decoder.step(ids[:, -1:], cache)[:, -1]
        entropy_B += torch.where(is_done_B, 0.0, _entropy(logits_BV))
        count_B += (~is_done_B).to(count_B)
        token_B = logits_BV.argmax(-1)
        is_done_B |= token_B == end_token
        if stops_early and bool(is_done_B.all()):
            break
        ids = torch.cat([ids, token_B[:, None]], dim=1)
    return OfficialCaptions(ids, (entropy_B / count_B).exp())


@torch.inference_mode()
def teacher_forcing(
    decoder: TextDecoder, z_BQD: Tensor, target_BL: Tensor, *, pad_token: int = IGNORED_LABEL
) -> OfficialCaptions:
    """The most likely token after each prefix of the target, and the target's perplexity."""
    logits_BLV = decoder(target_BL[:, :-1], z_BQD)
    ids_BL = torch.cat([target_BL[:, :1], logits_BLV.argmax(-1)], dim=1)
    labels_BL = target_BL[:, 1:]
    loss_BL = F.cross_entropy(logits_BLV.transpose(1, 2), labels_BL, ignore_index=pad_token, reduction="none")
    return OfficialCaptions(ids_BL, (loss_BL.sum(1) / (labels_BL != pad_token).sum(1)).exp())


def decode_one(ids: Sequence[int], end_token: int) -> list[int]:
    """Text tokens of a row: up to the end token, or without the last token if there is none."""
    tail = list(ids[1:])
    return tail[: tail.index(end_token)] if end_token in tail else tail[:-1]


def _entropy(logits_BV: Tensor) -> Tensor:
    logprob_BV = logits_BV.log_softmax(-1)
    return -(logprob_BV.exp() * logprob_BV).sum(-1)

"""LaViLa's dual-encoder loss: each clip finds its caption in the batch, and each caption its clip.

Letters: B samples of this process, A samples of all processes, L tokens, E width of the shared space.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import torch
import torch.distributed as dist
from tokenizers import Tokenizer
from torch import Tensor

from videorecap.captioners.text import END_OF_TEXT
from videorecap.errors import CheckpointError

IDENTITY_BYTES = 8  # of a text's digest, as many as an int64 has


def contrast_sum(video_BE: Tensor, text_BE: Tensor, scale: Tensor, identities_B: Tensor) -> Tensor:
    """Symmetric cross-entropy of scaled similarities, summed over this process's samples.

    Captions of equal text are each other's positives, all of the same weight. With several processes each
    compares its samples with those of all, and the sum over processes has one process's value and gradients;
    every process must call it equally often. Micro-batches of accumulated gradients are batches of their own.

    Source: LaViLa, section 3; CLIP's loss where all texts differ.

    Args:
        video_BE: embeddings of clips.
        text_BE: embeddings of their captions.
        scale: of similarities, a scalar; ``TextTower.limited_scale``.
        identities_B: int64, equal for equal texts; ``text_identities``.

    Returns:
        A scalar, the mean of the two directions.
    """
    with torch.autocast(video_BE.device.type, enabled=False):
        both_B2E = torch.stack([video_BE.float(), text_BE.float()], dim=1)
        all_A2E, identities_A = _gathered(both_B2E, identities_B)
        is_same_BA = identities_B[:, None] == identities_A
        target_BA = is_same_BA / is_same_BA.sum(dim=1, keepdim=True)
        to_text_BA = scale.float() * both_B2E[:, 0] @ all_A2E[:, 1].T
        to_video_BA = scale.float() * both_B2E[:, 1] @ all_A2E[:, 0].T
        logprob_BA = to_text_BA.log_softmax(dim=1) + to_video_BA.log_softmax(dim=1)
        return -(target_BA * logprob_BA).sum() / 2


def text_identities(texts: Sequence[str]) -> Tensor:
    """Numbers [B] int64 that are equal for equal texts, on any machine."""
    digests = [hashlib.sha256(text.encode()).digest()[:IDENTITY_BYTES] for text in texts]
    return torch.tensor([int.from_bytes(digest, "big", signed=True) for digest in digests])


def tower_ids(tokenizer: Tokenizer, texts: Sequence[str], num_positions: int) -> Tensor:
    """What a text tower reads: text and end token, [B, L], padded with zeros on the right.

    There is no start token: our tokenizers' is the end token too, and the tower reads at the first of the
    largest ids.

    Args:
        tokenizer: its end of text has the largest id.
        texts: the captions; a longer one is cut and still ends.
        num_positions: of the tower, the most tokens of a row.

    Raises:
        CheckpointError: if the end of text is not the tokenizer's last id.
    """
    end, size = tokenizer.token_to_id(END_OF_TEXT), tokenizer.get_vocab_size()
    if end != size - 1:
        raise CheckpointError(
            f"a text tower reads at the largest id, so {END_OF_TEXT} must be the tokenizer's last id "
            f"({size - 1}), not {end}; train a tokenizer"
        )
    rows = [[*tokenizer.encode(text).ids[: num_positions - 1], end] for text in texts]
    ids_BL = torch.zeros(len(rows), max(map(len, rows), default=0), dtype=torch.long)
    for row_L, row in zip(ids_BL, rows, strict=True):
        row_L[: len(row)] = torch.tensor(row)
    return ids_BL


def _gathered(both_B2E: Tensor, identities_B: Tensor) -> tuple[Tensor, Tensor]:
    """Embeddings and identities of all processes, which may have different numbers of samples."""
    if not (dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1):
        return both_B2E, identities_B
    num_own = torch.tensor([len(both_B2E)], device=both_B2E.device)
    nums = _all_gather(num_own).tolist()
    padding = max(nums) - len(both_B2E)
    padded = torch.cat([both_B2E, both_B2E.new_zeros(padding, *both_B2E.shape[1:])])
    both_A2E: Tensor = _GatherWithGradients.apply(padded)  # type: ignore[no-untyped-call] # torch has no types
    identities_A = _all_gather(torch.cat([identities_B, identities_B.new_zeros(padding)]))
    is_real_A = torch.arange(max(nums)).repeat(len(nums)) < torch.tensor(nums).repeat_interleave(max(nums))
    is_real_A = is_real_A.to(both_B2E.device)
    return both_A2E[is_real_A], identities_A[is_real_A]


def _all_gather(own: Tensor) -> Tensor:
    """Equally long tensors of all processes, one after the other."""
    parts = [torch.empty_like(own) for _ in range(dist.get_world_size())]
    dist.all_gather(parts, own.contiguous())
    return torch.cat(parts)


class _GatherWithGradients(torch.autograd.Function):
    """Tensors of all processes; each gets the gradients that all of them have for its own."""

    @staticmethod
    def forward(ctx: Any, own: Tensor) -> Tensor:  # noqa: ANN401 - torch has no type for it
        ctx.num_own = len(own)
        return _all_gather(own)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:  # noqa: ANN401
        total = gradients[0].contiguous()
        dist.all_reduce(total)
        first = dist.get_rank() * ctx.num_own
        return total[first : first + ctx.num_own]

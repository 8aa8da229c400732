"""Next tokens: the decoder as a plain language model, or of captions where embeddings are given.

Letters: B batch, L tokens, Q embeddings, D width, V vocabulary.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from videorecap.models.text_decoder import TextDecoder


def next_token_sum(
    decoder: TextDecoder, tokens_BL: Tensor, mask_BL: Tensor, z_BQD: Tensor | None = None
) -> Tensor:
    """Cross-entropy of every real token after the first, summed.

    Args:
        decoder: the writer.
        tokens_BL: start token, text, end token, padding of any kind on the right.
        mask_BL: nonzero where a token is real; ``num_next_tokens`` of it is the denominator.
        z_BQD: embeddings to write from; None for the plain language model.

    Returns:
        A scalar.
    """
    logits_BLV = decoder(tokens_BL[:, :-1], z_BQD).float()
    loss_BL = F.cross_entropy(logits_BLV.transpose(1, 2), tokens_BL[:, 1:], reduction="none")
    return loss_BL.masked_fill(~mask_BL[:, 1:].bool(), 0.0).sum()


def num_next_tokens(mask_BL: Tensor) -> int:
    """How many tokens ``next_token_sum`` sums over."""
    return int(mask_BL[:, 1:].bool().sum())

"""What a decoder keeps between the tokens of a caption.

Letters: B batch, h heads, Q embeddings, L tokens, P room for tokens, d head width.
"""

from __future__ import annotations

import torch
from torch import Tensor

KeyValue = tuple[Tensor, Tensor]


class DecoderCache:
    """Keys and values of every layer: those of the embeddings, and those of the tokens so far.

    Attributes:
        cross: per layer, keys and values [B, h, Q, d] of the embeddings; None where a layer reads none.
        length: positions stored so far, a prefix included.
        prefix_length: how many of those are embeddings that stand in front of the tokens.
    """

    def __init__(self, cross: list[KeyValue | None], *, capacity: int, prefix_length: int = 0) -> None:
        self.cross = cross
        self.length = 0
        self.prefix_length = prefix_length
        self._capacity = capacity
        self._tokens: list[KeyValue | None] = [None] * len(cross)

    def append(self, layer: int, k_BhLd: Tensor, v_BhLd: Tensor) -> KeyValue:
        """Store one layer's new keys and values, and give back all of that layer so far."""
        end = self.length + k_BhLd.shape[2]
        stored = self._tokens[layer]
        if stored is None:
            room = (*k_BhLd.shape[:2], self._capacity, k_BhLd.shape[3])
            stored = self._tokens[layer] = (k_BhLd.new_empty(room), v_BhLd.new_empty(room))
        for store_BhPd, new_BhLd in zip(stored, (k_BhLd, v_BhLd), strict=True):
            store_BhPd[:, :, self.length : end] = new_BhLd
        return stored[0][:, :, :end], stored[1][:, :, :end]

    def take(self, rows_N: Tensor) -> None:
        """Keep, drop or repeat rows of the batch."""
        self.cross = [_take(pair, rows_N) for pair in self.cross]
        self.reorder(rows_N)

    def reorder(self, rows_N: Tensor) -> None:
        """Exchange rows that read the same embeddings, as the beams of one caption do."""
        self._tokens = [_take(pair, rows_N) for pair in self._tokens]


def _take(pair: KeyValue | None, rows_N: Tensor) -> KeyValue | None:
    return None if pair is None else (torch.index_select(pair[0], 0, rows_N), pair[1].index_select(0, rows_N))

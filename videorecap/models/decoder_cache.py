"""What a decoder keeps between the tokens of a caption.

Letters: B batch, h heads, Q embeddings, L new tokens, P room for tokens, K tokens so far, d head width.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import torch
from torch import Tensor

from videorecap.errors import ConfigError

KeyValue: TypeAlias = tuple[Tensor, Tensor]


class DecoderCache:
    """The embeddings, and every layer's keys and values of the tokens so far.

    Rows need not be of one age: a caption that has ended gives its row to a new one.

    Args:
        z_BQD: embeddings.
        num_layers: of the decoder.
        capacity: room for tokens, a prefix included.
        prefix_length: how many of them are embeddings.

    Attributes:
        z_BQD: embeddings that the layers read.
        lengths: of each row, positions stored so far, a prefix included.
        prefix_length: how many of those are embeddings that stand in front of the tokens.
    """

    def __init__(self, z_BQD: Tensor, num_layers: int, *, capacity: int, prefix_length: int = 0) -> None:
        self.z_BQD = z_BQD.clone()  # rows will be exchanged in it
        self.lengths = [0] * len(z_BQD)
        self.prefix_length = prefix_length
        self._capacity = capacity
        self._tokens: list[KeyValue | None] = [None] * num_layers
        self._mask: Tensor | None = None

    @property
    def is_even(self) -> bool:
        """Whether all rows are of one age."""
        return len(set(self.lengths)) == 1

    def positions(self, num_new: int, device: torch.device) -> Tensor:
        """Where the next tokens stand in their captions: [B, L], or [L] where all rows are of one age.

        Raises:
            ConfigError: for several new tokens in rows of different age.
        """
        new_L = torch.arange(num_new, device=device) - self.prefix_length
        if self.is_even:
            return new_L + self.lengths[0]
        if num_new > 1:
            raise ConfigError(f"rows of different age take 1 token at a time, got {num_new}")
        return new_L + torch.tensor(self.lengths, device=device)[:, None]

    def append(self, layer: int, k_BhLd: Tensor, v_BhLd: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """Store one layer's new keys and values.

        Returns:
            All keys and values of the layer so far [B, h, K, d], and which of them each new token reads, bool
            [L, K] or [B, 1, 1, K]; None where it reads all.
        """
        if layer == 0:  # what follows is the same in every layer
            self._row_B = torch.arange(len(self.lengths), device=k_BhLd.device)
            self._last_B = torch.tensor(self.lengths, device=k_BhLd.device)
            self._mask = self._readable(k_BhLd.shape[2])
        stored = self._tokens[layer]
        if stored is None:
            room = (*k_BhLd.shape[:2], self._capacity, k_BhLd.shape[3])
            stored = self._tokens[layer] = (k_BhLd.new_zeros(room), v_BhLd.new_zeros(room))
        end = max(self.lengths) + k_BhLd.shape[2]
        for store_BhPd, new_BhLd in zip(stored, (k_BhLd, v_BhLd), strict=True):
            if self.is_even:
                store_BhPd[:, :, self.lengths[0] : end] = new_BhLd
            else:
                store_BhPd[self._row_B, :, self._last_B] = new_BhLd[:, :, 0]
        return stored[0][:, :, :end], stored[1][:, :, :end], self._mask

    def _readable(self, num_new: int) -> Tensor | None:
        num_all, device = max(self.lengths) + num_new, self._last_B.device
        if not self.is_even:
            return (torch.arange(num_all, device=device) <= self._last_B[:, None])[:, None, None]
        if num_new == 1:
            return None
        return torch.ones(num_new, num_all, dtype=torch.bool, device=device).tril(num_all - num_new)

    def advance(self, num_new: int) -> None:
        """Every layer has stored so many new tokens."""
        self.lengths = [length + num_new for length in self.lengths]

    def put(self, rows: Sequence[int], fresh: DecoderCache) -> None:
        """Give rows whose captions have ended to captions that begin.

        Args:
            rows: numbers of the rows.
            fresh: of as many captions, as ``TextDecoder.start`` gives it.
        """
        self.z_BQD[rows] = fresh.z_BQD
        for own, new in zip(self._tokens, fresh._tokens, strict=True):
            if own is None or new is None:  # there is no prefix
                continue
            for own_BhPd, new_BhPd in zip(own, new, strict=True):
                own_BhPd[rows] = new_BhPd
        for row, length in zip(rows, fresh.lengths, strict=True):
            self.lengths[row] = length

    def take(self, rows_N: Tensor) -> None:
        """Keep, drop or repeat rows of the batch."""
        self.z_BQD = self.z_BQD.index_select(0, rows_N)
        self.reorder(rows_N)

    def reorder(self, rows_N: Tensor) -> None:
        """Exchange rows that read the same embeddings, as the beams of one caption do."""
        self._tokens = [_take(pair, rows_N) for pair in self._tokens]
        self.lengths = [self.lengths[row] for row in rows_N.tolist()]


def _take(pair: KeyValue | None, rows_N: Tensor) -> KeyValue | None:
    return None if pair is None else (torch.index_select(pair[0], 0, rows_N), pair[1].index_select(0, rows_N))

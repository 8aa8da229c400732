"""Video-language alignment: learned queries read features of any number and become embeddings.

Letters: B batch, Q queries, K context rows (features or text tokens), D width, h heads, d head width.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import torch.nn.functional as F
from torch import Tensor, nn

from videorecap.models.layers import (
    Mlp,
    NamedParameters,
    attend,
    init_weights,
    merge_heads,
    split_heads,
    trainable_children,
)

LM_NORM_EPS = 1e-12  # BERT's


class LmAlignment(nn.Module):
    """A language model whose tokens are the queries, with cross-attention to the features.

    The language model is frozen; the cross-attention is trained. The paper's layout is
    ``num_layers=6, cross_every=1``, that of the released weights ``num_layers=12, cross_every=2``.

    Source: Video ReCap, section 3.1, "Video-Language Alignment".
    """

    def __init__(
        self,
        width: int,
        context_width: int,
        num_heads: int,
        num_layers: int,
        cross_every: int,
        mlp_width: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps=LM_NORM_EPS)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(
            AlignmentLayer(
                width, context_width if i % cross_every == 0 else None, num_heads, mlp_width, dropout
            )
            for i in range(num_layers)
        )
        self.apply(init_weights)

    def forward(self, queries_BQD: Tensor, context_BKC: Tensor, mask_BK: Tensor | None = None) -> Tensor:
        """Let the queries read the context.

        Args:
            queries_BQD: [B, Q, width].
            context_BKC: [B, K, context_width], not normalised.
            mask_BK: nonzero where a context row is real; None means all. A row with nothing real averages
                all K positions.

        Returns:
            Embeddings [B, Q, width].
        """
        z_BQD: Tensor = self.dropout(self.norm(queries_BQD))
        for layer in self.layers:
            z_BQD = layer(z_BQD, context_BKC, mask_BK)
        return z_BQD

    def read_tokens(self, tokens_BQD: Tensor, mask_BQ: Tensor | None = None) -> Tensor:
        """The language model alone, without the cross-attention.

        Args:
            tokens_BQD: token plus position embeddings, [B, Q, width], not normalised.
            mask_BQ: nonzero where a token is real; None means all.

        Returns:
            [B, Q, width].
        """
        z_BQD: Tensor = self.dropout(self.norm(tokens_BQD))
        for layer in cast("Iterable[AlignmentLayer]", self.layers):
            z_BQD = layer.feed_forward(layer.self_attention(z_BQD, z_BQD, mask_BQ))
        return z_BQD

    def language_parameters(self) -> NamedParameters:
        """The language model: all but the cross-attention."""
        added = {id(parameter) for _, parameter in self.trainable_parameters()}
        return ((name, own) for name, own in self.named_parameters() if id(own) not in added)

    def trainable_parameters(self) -> NamedParameters:
        """The cross-attention of every layer that has one."""
        return trainable_children((f"layers.{i}", layer) for i, layer in enumerate(self.layers))


class AlignmentLayer(nn.Module):
    """One post-norm transformer layer; ``context_width=None`` leaves the cross-attention out."""

    def __init__(
        self, width: int, context_width: int | None, num_heads: int, mlp_width: int, dropout: float
    ) -> None:
        super().__init__()
        self.self_attention = PostNormAttention(width, width, num_heads, dropout)
        self.cross_attention = (
            None if context_width is None else PostNormAttention(width, context_width, num_heads, dropout)
        )
        self.mlp = Mlp(width, mlp_width, F.gelu)
        self.mlp_norm = nn.LayerNorm(width, eps=LM_NORM_EPS)
        self.dropout = nn.Dropout(dropout)

    def forward(self, z_BQD: Tensor, context_BKC: Tensor, mask_BK: Tensor | None) -> Tensor:
        """[B, Q, D] to [B, Q, D]."""
        z_BQD = self.self_attention(z_BQD, z_BQD, None)
        if self.cross_attention is not None:
            z_BQD = self.cross_attention(z_BQD, context_BKC, mask_BK)
        return self.feed_forward(z_BQD)

    def feed_forward(self, z_BQD: Tensor) -> Tensor:
        """The layer's second half, [B, Q, D] to [B, Q, D]."""
        out_BQD: Tensor = self.mlp_norm(z_BQD + self.dropout(self.mlp(z_BQD)))
        return out_BQD

    def trainable_parameters(self) -> NamedParameters:
        """The cross-attention."""
        return trainable_children([("cross_attention", self.cross_attention)])


class PostNormAttention(nn.Module):
    """Attention, the residual, then the norm."""

    def __init__(self, width: int, context_width: int, num_heads: int, dropout: float) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(context_width, width)
        self.value = nn.Linear(context_width, width)
        self.out = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width, eps=LM_NORM_EPS)
        self.dropout = nn.Dropout(dropout)

    def forward(self, z_BQD: Tensor, context_BKC: Tensor, mask_BK: Tensor | None) -> Tensor:
        """[B, Q, D] to [B, Q, D]."""
        q, k, v = (
            split_heads(part, self.num_heads)
            for part in (self.query(z_BQD), self.key(context_BKC), self.value(context_BKC))
        )
        read_BhQd = attend(q, k, v, mask_BK, self.dropout.p if self.training else 0.0)
        out_BQD: Tensor = self.norm(z_BQD + self.dropout(self.out(merge_heads(read_BhQd))))
        return out_BQD


class Resampler(nn.Module):
    """Attention pooling: one cross-attention without residual, its key and value head shared by all heads.

    Source: LaViLa's narrator; Video ReCap, Table S1, "resampler".

    Departs: the authors' resampler ignores the mask and so reads padding; ours respects a mask it is given.
    """

    def __init__(self, width: int, context_width: int, num_heads: int, head_width: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.query_norm = nn.LayerNorm(width, bias=False)
        self.context_norm = nn.LayerNorm(context_width, bias=False)
        self.query = nn.Linear(width, num_heads * head_width, bias=False)
        self.key_value = nn.Linear(context_width, 2 * head_width, bias=False)
        self.out = nn.Linear(num_heads * head_width, width, bias=False)
        self.norm = nn.LayerNorm(width, bias=False)
        self.apply(init_weights)

    def forward(self, queries_BQD: Tensor, context_BKC: Tensor, mask_BK: Tensor | None = None) -> Tensor:
        """Let the queries read the context.

        Args:
            queries_BQD: [B, Q, width].
            context_BKC: [B, K, context_width].
            mask_BK: nonzero where a context row is real; None means all. A row with nothing real averages
                all K positions.

        Returns:
            Embeddings [B, Q, width].
        """
        q_BhQd = split_heads(self.query(self.query_norm(queries_BQD)), self.num_heads)
        kv_B1Kd = self.key_value(self.context_norm(context_BKC))[:, None]
        k_BhKd, v_BhKd = kv_B1Kd.expand(-1, self.num_heads, -1, -1).chunk(2, dim=-1)
        read_BhQd = attend(q_BhQd, k_BhKd, v_BhKd, mask_BK, 0.0)
        out_BQD: Tensor = self.norm(self.out(merge_heads(read_BhQd)))
        return out_BQD

    def trainable_parameters(self) -> NamedParameters:
        """All of it."""
        return self.named_parameters()

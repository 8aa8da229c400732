"""The recursive text decoder: GPT-2 with gated cross-attention to the embeddings.

Letters: B batch, L tokens, Q embeddings, C their width, D width, V vocabulary, h heads, d head width.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from videorecap.config import Fusion
from videorecap.errors import ConfigError
from videorecap.models.decoder_cache import DecoderCache
from videorecap.models.layers import (
    Mlp,
    NamedParameters,
    attend,
    init_weights,
    merge_heads,
    split_heads,
    squared_relu,
    tanh_gelu,
    trainable_children,
)

MLP_RATIO = 4  # GPT-2's, in its own and in the gated feed-forward layers


class TextDecoder(nn.Module):
    """GPT-2 that reads embeddings, and writes the next token.

    With ``Fusion.CROSS_ATTENTION`` every ``cross_every``-th block starts with gated layers that read the
    embeddings; the gates start shut, so a new decoder is plain GPT-2. With ``Fusion.PREFIX`` (Table S1) the
    embeddings, projected to the decoder's width, stand in front of the tokens and have no position.

    Source: Video ReCap, section 3.1, "Recursive Text Decoder".

    Raises:
        ConfigError: in use, if there are more tokens than ``num_positions``.
    """

    def __init__(
        self,
        width: int,
        num_layers: int,
        num_heads: int,
        num_positions: int,
        vocab_size: int,
        query_width: int,
        cross_every: int,
        fusion: Fusion,
        has_trainable_norms: bool,
        dropout: float,
    ) -> None:
        super().__init__()
        is_prefix = fusion is Fusion.PREFIX
        self.token_embedding = nn.Embedding(vocab_size, width)
        self.position_embedding = nn.Embedding(num_positions, width)
        self.prefix_projection = nn.Linear(query_width, width) if is_prefix else None
        self.dropout = nn.Dropout(dropout)
        self.blocks = nn.ModuleList(
            DecoderBlock(
                width,
                num_heads,
                query_width if not is_prefix and i % cross_every == 0 else None,
                has_trainable_norms,
                dropout,
            )
            for i in range(num_layers)
        )
        self.norm = nn.LayerNorm(width)
        self.apply(init_weights)

    def forward(self, ids_BL: Tensor, z_BQD: Tensor | None) -> Tensor:
        """Logits of the token after each of ``ids_BL``.

        Args:
            ids_BL: token ids; padding on the right is harmless, as no token reads a later one.
            z_BQD: embeddings, all of them read; None for the plain GPT-2, without gated layers or prefix.

        Returns:
            [B, L, V].
        """
        x_BLD = self.dropout(self.embed(ids_BL))
        num_prefix = 0
        if self.prefix_projection is not None and z_BQD is not None:
            num_prefix = z_BQD.shape[1]
            x_BLD = torch.cat([self.dropout(self.prefix_projection(z_BQD)), x_BLD], dim=1)
        for i, block in enumerate(self._blocks):
            x_BLD = block(x_BLD, i, z_BQD, None)
        return self._logits(x_BLD[:, num_prefix:])

    def embed(self, ids_BL: Tensor, cache: DecoderCache | None = None) -> Tensor:
        """Token plus position embeddings [B, L, D]; also what the text alignment reads of a text.

        Args:
            ids_BL: token ids.
            cache: of the tokens before them; None where they are the first.
        """
        num_before = 0 if cache is None else max(cache.lengths) - cache.prefix_length
        end, most = num_before + ids_BL.shape[1], self.position_embedding.num_embeddings
        if end > most:
            raise ConfigError(f"the decoder has {most} positions, got {end} tokens")
        e_BLD: Tensor = self.token_embedding(ids_BL)
        table = self.position_embedding.weight
        e_BLD = (
            e_BLD + table[slice(end) if cache is None else cache.positions(ids_BL.shape[1], ids_BL.device)]
        )
        return e_BLD.to(table.dtype)  # words may have more digits than the layers

    def start(self, z_BQD: Tensor, max_tokens: int) -> DecoderCache:
        """Begin captions of embeddings, with room for ``max_tokens`` tokens each."""
        num_prefix = z_BQD.shape[1] if self.prefix_projection is not None else 0
        cache = DecoderCache(
            z_BQD, len(self.blocks), capacity=num_prefix + max_tokens, prefix_length=num_prefix
        )
        if self.prefix_projection is not None:
            self._run(self.dropout(self.prefix_projection(z_BQD)), cache)
        return cache

    def step(self, ids_BL: Tensor, cache: DecoderCache) -> Tensor:
        """Logits [B, L, V] after each of the next tokens, which the cache takes in."""
        return self._logits(self._run(self.dropout(self.embed(ids_BL, cache)), cache))

    def trainable_parameters(self) -> NamedParameters:
        """The gated layers or the prefix projection; with ``has_trainable_norms`` GPT-2's own norms too."""
        yield from trainable_children([("prefix_projection", self.prefix_projection)])
        yield from trainable_children((f"blocks.{i}", block) for i, block in enumerate(self.blocks))

    def language_parameters(self) -> NamedParameters:
        """The plain GPT-2: all but the gated layers or the prefix projection."""
        added = {id(p) for part in self.modules() if isinstance(part, GatedLayers) for p in part.parameters()}
        if self.prefix_projection is not None:
            added |= {id(parameter) for parameter in self.prefix_projection.parameters()}
        return ((name, own) for name, own in self.named_parameters() if id(own) not in added)

    @property
    def _blocks(self) -> Iterator[DecoderBlock]:
        return cast("Iterator[DecoderBlock]", iter(self.blocks))

    def _run(self, x_BLD: Tensor, cache: DecoderCache) -> Tensor:
        for i, block in enumerate(self.blocks):
            x_BLD = block(x_BLD, i, cache.z_BQD, cache)
        cache.advance(x_BLD.shape[1])
        return x_BLD

    def _logits(self, x_BLD: Tensor) -> Tensor:
        words_VD = self.token_embedding.weight
        return F.linear(self.norm(x_BLD).to(words_VD.dtype), words_VD)


class DecoderBlock(nn.Module):
    """Gated layers if there are any, causal self-attention, feed-forward; all pre-norm."""

    def __init__(
        self,
        width: int,
        num_heads: int,
        query_width: int | None,
        has_trainable_norms: bool,
        dropout: float,
    ) -> None:
        super().__init__()
        self.gated = None if query_width is None else GatedLayers(width, num_heads, query_width, dropout)
        self.attention_norm = nn.LayerNorm(width)
        self.attention = CausalAttention(width, num_heads, dropout)
        self.mlp_norm = nn.LayerNorm(width)
        self.mlp = Mlp(width, MLP_RATIO * width, tanh_gelu)
        self.dropout = nn.Dropout(dropout)
        self._has_trainable_norms = has_trainable_norms

    def forward(self, x_BLD: Tensor, layer: int, z_BQD: Tensor | None, cache: DecoderCache | None) -> Tensor:
        """[B, L, D] to [B, L, D]; with a cache, the new tokens come after those it holds."""
        if self.gated is not None and z_BQD is not None:
            x_BLD = self.gated(x_BLD, z_BQD)
        x_BLD = x_BLD + self.attention(self.attention_norm(x_BLD), layer, cache)
        out_BLD: Tensor = x_BLD + self.dropout(self.mlp(self.mlp_norm(x_BLD)))
        return out_BLD

    def trainable_parameters(self) -> NamedParameters:
        """The gated layers, and the norms where they are trained."""
        yield from trainable_children([("gated", self.gated)])
        if self._has_trainable_norms:
            norms = [("attention_norm", self.attention_norm), ("mlp_norm", self.mlp_norm)]
            yield from trainable_children(norms)


class GatedLayers(nn.Module):
    """Cross-attention and a feed-forward layer, each scaled by the tanh of a gate that starts at 0."""

    def __init__(self, width: int, num_heads: int, query_width: int, dropout: float) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = CrossAttention(width, num_heads, query_width, dropout)
        self.attention_gate = nn.Parameter(torch.zeros(()))
        self.mlp_norm = nn.LayerNorm(width)
        self.mlp = Mlp(width, MLP_RATIO * width, squared_relu)
        self.mlp_gate = nn.Parameter(torch.zeros(()))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x_BLD: Tensor, z_BQD: Tensor) -> Tensor:
        """[B, L, D] to [B, L, D]."""
        x_BLD = x_BLD + self.attention_gate.tanh() * self.attention(self.attention_norm(x_BLD), z_BQD)
        out_BLD: Tensor = x_BLD + self.mlp_gate.tanh() * self.dropout(self.mlp(self.mlp_norm(x_BLD)))
        return out_BLD


class CrossAttention(nn.Module):
    """Tokens read the embeddings.

    While a caption is written, one token at a time, no keys and values are made. The query goes through the
    keys' weights and is compared with the embeddings themselves; their weighted sum goes through the values'
    weights. That is less work for captions of ordinary length, and all layers read one copy of a row's
    embeddings.
    """

    def __init__(self, width: int, num_heads: int, query_width: int, dropout: float) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(query_width, 2 * width)
        self.out = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x_BLD: Tensor, z_BQD: Tensor) -> Tensor:
        """[B, L, D] and embeddings [B, Q, D] to [B, L, D]."""
        q_BhLd = split_heads(self.query(x_BLD), self.num_heads)
        read = self._read_one if x_BLD.shape[1] == 1 else self._read
        y_BLD: Tensor = self.dropout(self.out(merge_heads(read(q_BhLd, z_BQD))))
        return y_BLD

    def _read(self, q_BhLd: Tensor, z_BQD: Tensor) -> Tensor:
        """[B, h, L, d] by keys and values."""
        k, v = (split_heads(part, self.num_heads) for part in self.key_value(z_BQD).chunk(2, dim=-1))
        return attend(q_BhLd, k, v, None, self.dropout.p if self.training else 0.0)

    def _read_one(self, q_Bh1d: Tensor, z_BQD: Tensor) -> Tensor:
        """The same for one token; the keys' bias adds alike to all its scores, which changes nothing."""
        num_heads, head_width = q_Bh1d.shape[1], q_Bh1d.shape[3]
        key_hdC, value_hdC = self.key_value.weight.view(2, num_heads, head_width, -1)
        q_BhC = torch.matmul(q_Bh1d[:, :, 0].transpose(0, 1), key_hdC).transpose(0, 1)
        read_B1hC = F.scaled_dot_product_attention(
            q_BhC[:, None],
            z_BQD[:, None],
            z_BQD[:, None],
            dropout_p=self.dropout.p if self.training else 0.0,
            scale=head_width**-0.5,
        )
        read_hBd = torch.matmul(read_B1hC[:, 0].transpose(0, 1), value_hdC.transpose(1, 2))
        bias_h1d = self.key_value.bias.view(2, num_heads, 1, head_width)[1]
        return (read_hBd + bias_h1d).transpose(0, 1)[:, :, None]


class CausalAttention(nn.Module):
    """Self-attention in which no token reads a later one."""

    def __init__(self, width: int, num_heads: int, dropout: float) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x_BLD: Tensor, layer: int, cache: DecoderCache | None) -> Tensor:
        """[B, L, D] to [B, L, D]; with a cache, its tokens are read too and the new ones are added."""
        q, k, v = (split_heads(part, self.num_heads) for part in self.qkv(x_BLD).chunk(3, dim=-1))
        mask = None
        if cache is not None:
            k, v, mask = cache.append(layer, k, v)
        dropout = self.dropout.p if self.training else 0.0
        y_BhLd = F.scaled_dot_product_attention(
            q, k, v, attn_mask=mask, dropout_p=dropout, is_causal=cache is None
        )
        y_BLD: Tensor = self.dropout(self.out(merge_heads(y_BhLd)))
        return y_BLD

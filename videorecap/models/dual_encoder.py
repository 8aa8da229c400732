"""LaViLa's dual encoder: videos and sentences in one space.

Letters: B batch, L tokens, D width, E width of the shared space.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from videorecap.models.layers import (
    INIT_STD,
    Mlp,
    NamedParameters,
    init_weights,
    merge_heads,
    quick_gelu,
    split_heads,
)
from videorecap.models.video_encoder import TimeSformer

INITIAL_TEMPERATURE = 0.07  # CLIP's
MAX_SCALE = 100.0  # CLIP's


class TextTower(nn.Module):
    """CLIP's text transformer, and the projections of both halves into the shared space."""

    def __init__(
        self,
        width: int,
        num_layers: int,
        num_heads: int,
        mlp_width: int,
        num_positions: int,
        vocab_size: int,
        embed_width: int,
        has_unit_norm: bool = True,
        *,
        video_width: int,
    ) -> None:
        super().__init__()
        self.has_unit_norm = has_unit_norm
        self.token_embedding = nn.Embedding(vocab_size, width)
        self.positions = nn.Parameter(torch.empty(num_positions, width).normal_(std=INIT_STD))
        self.blocks = nn.ModuleList(TextBlock(width, num_heads, mlp_width) for _ in range(num_layers))
        self.norm = nn.LayerNorm(width)
        self.projection = nn.Linear(width, embed_width, bias=False)
        self.video_projection = nn.Linear(video_width, embed_width, bias=False)
        self.log_scale = nn.Parameter(torch.tensor(-math.log(INITIAL_TEMPERATURE)))
        self.apply(init_weights)

    def forward(self, ids_BL: Tensor) -> Tensor:
        """Features [B, E] of sentences, read at the token with the largest id (the end token of CLIP)."""
        x_BLD = self.token_embedding(ids_BL) + self.positions[: ids_BL.shape[1]]
        for block in self.blocks:
            x_BLD = block(x_BLD)
        end_B = ids_BL.argmax(dim=1)
        rows_B = torch.arange(len(ids_BL), device=ids_BL.device)
        features_BE: Tensor = self.projection(self.norm(x_BLD[rows_B, end_B]))
        return features_BE

    def embed_text(self, ids_BL: Tensor) -> Tensor:
        """Embeddings [B, E] of sentences in the shared space."""
        return self._scaled(self(ids_BL))

    def embed_video(self, cls_BD: Tensor) -> Tensor:
        """Embeddings [B, E] in the shared space, of an encoder's CLS features."""
        return self._scaled(self.video_projection(cls_BD))

    def limited_scale(self) -> Tensor:
        """What similarities are multiplied with; the parameter itself is first cut to CLIP's most."""
        with torch.no_grad():
            self.log_scale.clamp_(max=math.log(MAX_SCALE))
        return self.log_scale.exp()

    def trainable_parameters(self) -> NamedParameters:
        """All of it."""
        return self.named_parameters()

    def _scaled(self, features_BE: Tensor) -> Tensor:
        return F.normalize(features_BE, dim=-1) if self.has_unit_norm else features_BE


class TextBlock(nn.Module):
    """Pre-norm causal self-attention, then an MLP."""

    def __init__(self, width: int, num_heads: int, mlp_width: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.attention_norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.mlp_norm = nn.LayerNorm(width)
        self.mlp = Mlp(width, mlp_width, quick_gelu)

    def forward(self, x_BLD: Tensor) -> Tensor:
        """[B, L, D] to [B, L, D]."""
        parts = self.qkv(self.attention_norm(x_BLD)).chunk(3, dim=-1)
        q, k, v = (split_heads(part, self.num_heads) for part in parts)
        x_BLD = x_BLD + self.out(merge_heads(F.scaled_dot_product_attention(q, k, v, is_causal=True)))
        out_BLD: Tensor = x_BLD + self.mlp(self.mlp_norm(x_BLD))
        return out_BLD


class DualEncoder(nn.Module):
    """A video encoder and a text tower; the dot product of their embeddings is their similarity.

    It is a cosine where the text tower ``has_unit_norm``: embeddings are then scaled to length 1.

    Source: LaViLa, section 3.
    """

    def __init__(self, encoder: TimeSformer, text_tower: TextTower) -> None:
        super().__init__()
        self.encoder = encoder
        self.text_tower = text_tower

    def embed_video(self, frames_BCTHW: Tensor) -> Tensor:
        """Embeddings [B, E] of clips of normalised frames."""
        return self.text_tower.embed_video(self.encoder(frames_BCTHW)[:, 0])

    def embed_text(self, ids_BL: Tensor) -> Tensor:
        """Embeddings [B, E] of sentences."""
        return self.text_tower.embed_text(ids_BL)

    @property
    def scale(self) -> Tensor:
        """What similarities are multiplied with before a softmax."""
        return self.text_tower.log_scale.exp()

"""One captioner's network: what it sees and reads becomes embeddings, from which the decoder writes.

Letters: B batch, K context rows, C context width, Q queries, D width, L tokens.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from videorecap.errors import ConfigError
from videorecap.models import official as reference
from videorecap.models.alignment import LmAlignment, Resampler
from videorecap.models.layers import NamedParameters, trainable_children
from videorecap.models.text_decoder import TextDecoder

Alignment = LmAlignment | Resampler


class RecapModel(nn.Module):
    """Alignments with their learned queries, and the decoder.

    The same module given as both alignments is shared; the queries never are.
    """

    video_queries: nn.Parameter | None
    text_queries: nn.Parameter | None

    def __init__(
        self,
        decoder: TextDecoder,
        video_alignment: Alignment | None = None,
        text_alignment: Alignment | None = None,
        *,
        num_video_queries: int,
        num_text_queries: int,
        width: int,
    ) -> None:
        super().__init__()
        self.decoder = decoder
        self.video_alignment = video_alignment
        self.text_alignment = text_alignment
        self.video_queries = _queries(num_video_queries if video_alignment is not None else 0, width)
        self.text_queries = _queries(num_text_queries if text_alignment is not None else 0, width)

    def embeddings(
        self,
        video_BKC: Tensor | None = None,
        video_mask: Tensor | None = None,
        text_ids: Tensor | None = None,
        text_mask: Tensor | None = None,
        *,
        official: bool = False,
    ) -> Tensor:
        """Embeddings of what is seen, then of what is read; an input without its branch is left out.

        Args:
            video_BKC: features of the video, [B, K, context width].
            video_mask: [B, K], nonzero where a feature is real; None means all.
            text_ids: token ids of the captions below, [B, L], padded on the right.
            text_mask: [B, L], nonzero where a token is real; None means all.
            official: let a resampler read padding, as the authors' does.

        Returns:
            [B, Q, D], the video's rows first.

        Raises:
            ConfigError: if nothing is left to embed.
        """
        parts: list[Tensor] = []
        if self.video_alignment is not None and self.video_queries is not None and video_BKC is not None:
            mask_BK = reference.mask_of(self.video_alignment, video_mask) if official else video_mask
            queries_BQD = self.video_queries.expand(len(video_BKC), -1, -1)
            parts.append(self.video_alignment(queries_BQD, video_BKC, mask_BK))
        if self.text_alignment is not None and self.text_queries is not None and text_ids is not None:
            mask_BK = reference.mask_of(self.text_alignment, text_mask) if official else text_mask
            queries_BQD = self.text_queries.expand(len(text_ids), -1, -1)
            parts.append(self.text_alignment(queries_BQD, self.decoder.embed(text_ids), mask_BK))
        if not parts:
            raise ConfigError(
                "nothing to caption from: this model was given no input that it has a branch for"
            )
        return torch.cat(parts, dim=1)

    def loss(
        self, z_BQD: Tensor, tokens_BL: Tensor, mask_BL: Tensor | None = None, *, official: bool = False
    ) -> Tensor:
        """Mean cross-entropy of the tokens after the first, over real tokens.

        Args:
            z_BQD: embeddings.
            tokens_BL: start token, text, end token, padding of any kind.
            mask_BL: nonzero where a token is real; None means all. Padding adds neither loss nor weight.
            official: the authors' loss instead, which needs no mask: token 0 is taken for padding, and
                padding counts in the mean.

        Returns:
            A scalar.

        Departs: by default token 0, a real token ("!" in GPT-2), is learned like any other.
        """
        logits_BLV = self.decoder(tokens_BL[:, :-1], z_BQD)
        labels_BL = tokens_BL[:, 1:]
        if official:
            return reference.padded_loss(logits_BLV, labels_BL)
        loss_BL = F.cross_entropy(logits_BLV.transpose(1, 2), labels_BL, reduction="none")
        if mask_BL is None:
            return loss_BL.mean()
        is_real_BL = mask_BL[:, 1:].bool()
        return loss_BL.masked_fill(~is_real_BL, 0.0).sum() / is_real_BL.sum().clamp(min=1)

    def trainable_parameters(self) -> NamedParameters:
        """The queries and what the parts declare; a shared alignment counts once."""
        for name in ("video_queries", "text_queries"):
            queries = getattr(self, name)
            if queries is not None:
                yield name, queries
        yield from trainable_children([("video_alignment", self.video_alignment)])
        if self.text_alignment is not self.video_alignment:
            yield from trainable_children([("text_alignment", self.text_alignment)])
        yield from trainable_children([("decoder", self.decoder)])


def _queries(num_queries: int, width: int) -> nn.Parameter | None:
    if num_queries == 0:
        return None
    return nn.Parameter(torch.randn(num_queries, width) * width**-0.5)

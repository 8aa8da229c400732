"""Hidden tokens of a text, foretold by the language model of an alignment alone.

Source: BERT's masked prediction; the paper's alignment starts from a DistilBERT that was trained so.

Letters: B batch, L tokens, D width, N hidden tokens, V vocabulary.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from videorecap.errors import ConfigError
from videorecap.models.alignment import LM_NORM_EPS, LmAlignment
from videorecap.models.layers import NamedParameters, init_weights

HIDDEN_SHARE: Final = 0.15  # of a text's tokens, and at least one; these three are BERT's
MASKED_SHARE: Final = 0.8  # of those, shown as the mask token
RANDOM_SHARE: Final = 0.1  # of those, shown as any token; the rest are shown as they are
SHOWN: Final = -100  # target of a token that is not hidden


@dataclass(frozen=True, slots=True)
class HiddenText:
    """A text with some tokens hidden.

    Attributes:
        shown: what is read in place of its tokens.
        targets: the true token where one is hidden, elsewhere ``SHOWN``.
    """

    shown: tuple[int, ...]
    targets: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many tokens are hidden."""
        return sum(target != SHOWN for target in self.targets)


def hide(ids: Sequence[int], vocab_size: int, chance: random.Random) -> HiddenText:
    """Hide some tokens of a text.

    Args:
        ids: its tokens.
        vocab_size: of the tokenizer; the id after its last one is the mask token.
        chance: of the choice.
    """
    num_hidden = max(1, round(HIDDEN_SHARE * len(ids))) if ids else 0
    shown, targets = list(ids), [SHOWN] * len(ids)
    for place in sorted(chance.sample(range(len(ids)), num_hidden)):
        targets[place], fate = ids[place], chance.random()
        if fate < MASKED_SHARE:
            shown[place] = vocab_size
        elif fate < MASKED_SHARE + RANDOM_SHARE:
            shown[place] = chance.randrange(vocab_size)
    return HiddenText(tuple(shown), tuple(targets))


class MaskedPrediction(nn.Module):
    """Tables and a head around an alignment's language model; they are needed in this training only.

    Args:
        alignment: whose language model learns, in place.
        vocab_size: of the tokenizer.
        num_positions: most tokens of a text.
        seed: of the tables and the head; torch's own random state is left as it is.
    """

    def __init__(self, alignment: LmAlignment, vocab_size: int, num_positions: int, *, seed: int = 0) -> None:
        super().__init__()
        self.alignment = alignment
        width = alignment.norm.normalized_shape[0]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.token_embedding = nn.Embedding(vocab_size + 1, width)  # the last one is the mask token
            self.position_embedding = nn.Embedding(num_positions, width)
            self.transform = nn.Linear(width, width)
            for part in (self.token_embedding, self.position_embedding, self.transform):
                init_weights(part)
        self.norm = nn.LayerNorm(width, eps=LM_NORM_EPS)
        self.bias = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, texts: Sequence[HiddenText]) -> Tensor:
        """Cross-entropy of the hidden tokens, summed: ``HiddenText.count`` of them in each text.

        Raises:
            ConfigError: if a text has more tokens than there are positions.
        """
        device, most = self.bias.device, self.position_embedding.num_embeddings
        length = max((len(text.shown) for text in texts), default=0)
        if length > most:
            raise ConfigError(f"masked prediction has {most} positions, got a text of {length} tokens")
        shown_BL = torch.zeros(len(texts), length, dtype=torch.long)
        targets_BL = torch.full_like(shown_BL, SHOWN)
        mask_BL = torch.zeros_like(shown_BL)
        for row, text in enumerate(texts):
            shown_BL[row, : len(text.shown)] = torch.tensor(text.shown, dtype=torch.long)
            targets_BL[row, : len(text.shown)] = torch.tensor(text.targets, dtype=torch.long)
            mask_BL[row, : len(text.shown)] = 1
        logits_NV, targets_N = self._logits(shown_BL.to(device), targets_BL.to(device), mask_BL.to(device))
        return F.cross_entropy(logits_NV, targets_N, reduction="sum")

    def trainable_parameters(self) -> NamedParameters:
        """All that masked prediction uses: the alignment without its cross-attention, tables and head."""
        for name, parameter in self.alignment.language_parameters():
            yield f"alignment.{name}", parameter
        for name, parameter in self.named_parameters():
            if not name.startswith("alignment."):
                yield name, parameter

    def _logits(self, shown_BL: Tensor, targets_BL: Tensor, mask_BL: Tensor) -> tuple[Tensor, Tensor]:
        """Logits [N, V] of what is hidden, and what it is [N]."""
        e_BLD = self.token_embedding(shown_BL) + self.position_embedding.weight[: shown_BL.shape[1]]
        z_BLD = self.alignment.read_tokens(e_BLD, mask_BL)
        is_hidden_BL = targets_BL != SHOWN
        h_ND = self.norm(F.gelu(self.transform(z_BLD[is_hidden_BL])))
        logits_NV = F.linear(h_ND, self.token_embedding.weight[:-1], self.bias)
        return logits_NV.float(), targets_BL[is_hidden_BL]

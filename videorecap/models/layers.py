"""What the models share: attention over heads, the feed-forward pair, initialisation, declared training.

Letters: B batch, Q queries, K keys, L tokens, D width, h heads, d head width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, runtime_checkable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

NamedParameters = Iterator[tuple[str, nn.Parameter]]
INIT_STD = 0.02  # of every linear and embedding table, as in BERT and GPT-2


@runtime_checkable
class DeclaresTraining(Protocol):
    """A module that says itself which of its parameters are trained."""

    def trainable_parameters(self) -> NamedParameters:
        """Names and parameters that an optimizer should change."""


def trainable_children(children: Iterable[tuple[str, nn.Module | None]]) -> NamedParameters:
    """What the named children declare; a child that declares nothing is trained whole."""
    for name, child in children:
        if child is None:
            continue
        if isinstance(child, DeclaresTraining):
            pairs = child.trainable_parameters()
        else:
            pairs = child.named_parameters()
        for inner, parameter in pairs:
            yield f"{name}.{inner}", parameter


def split_heads(x_BLD: Tensor, num_heads: int) -> Tensor:
    """[B, L, D] to [B, h, L, d]; heads are contiguous slices of D."""
    return x_BLD.view(*x_BLD.shape[:-1], num_heads, -1).transpose(1, 2)


def merge_heads(x_BhLd: Tensor) -> Tensor:
    """[B, h, L, d] to [B, L, D]."""
    return x_BhLd.transpose(1, 2).flatten(-2)


def attend(q_BhQd: Tensor, k_BhKd: Tensor, v_BhKd: Tensor, mask_BK: Tensor | None, dropout: float) -> Tensor:
    """Scaled dot-product attention with a mask over the keys.

    A row whose mask is all zero gets the plain average of all its values: its queries are set to zero, so
    every score is equal. That is finite in any dtype, and what the authors' additive mask gives in fp32.

    Args:
        q_BhQd: queries.
        k_BhKd: keys.
        v_BhKd: values.
        mask_BK: nonzero where a key may be read; None reads all.
        dropout: probability of dropping an attention weight.

    Returns:
        [B, h, Q, d].
    """
    if mask_BK is None:
        return F.scaled_dot_product_attention(q_BhQd, k_BhKd, v_BhKd, dropout_p=dropout)
    readable_BK = mask_BK.bool()
    is_empty_B1 = ~readable_BK.any(dim=1, keepdim=True)
    q_BhQd = q_BhQd.masked_fill(is_empty_B1[:, None, None], 0.0)
    allowed_B11K = (readable_BK | is_empty_B1)[:, None, None]
    return F.scaled_dot_product_attention(q_BhQd, k_BhKd, v_BhKd, attn_mask=allowed_B11K, dropout_p=dropout)


class Mlp(nn.Module):
    """Two linear layers with an activation between."""

    def __init__(self, width: int, hidden_width: int, activation: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.inner = nn.Linear(width, hidden_width)
        self.outer = nn.Linear(hidden_width, width)
        self.activation = activation

    def forward(self, x_BLD: Tensor) -> Tensor:
        """[B, L, D] to [B, L, D]."""
        y_BLD: Tensor = self.outer(self.activation(self.inner(x_BLD)))
        return y_BLD


def quick_gelu(x: Tensor) -> Tensor:
    """CLIP's GELU, ``x * sigmoid(1.702 x)``."""
    if torch.is_grad_enabled():
        return x * torch.sigmoid(1.702 * x)
    return (1.702 * x).sigmoid_().mul_(x)  # the same, in one block of memory


def tanh_gelu(x: Tensor) -> Tensor:
    """GPT-2's GELU."""
    return F.gelu(x, approximate="tanh")


def squared_relu(x: Tensor) -> Tensor:
    """The activation of the decoder's gated layers."""
    return F.relu(x).square()


def init_weights(module: nn.Module) -> None:
    """Draw linear and embedding weights from N(0, 0.02), and zero the biases; for ``Module.apply``."""
    if isinstance(module, nn.Linear | nn.Embedding):
        nn.init.normal_(module.weight, std=INIT_STD)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)

"""Linear layers in int8, on the CPU."""

from __future__ import annotations

import warnings
from typing import Final

import torch
from torch import Tensor, nn

LARGEST: Final = 127  # of an int8; -128 is not used


class Int8Linear(nn.Module):
    """A linear layer whose weights are int8, a scale for each output; inputs are scaled as they come.

    Args:
        linear: the layer, on the CPU.
    """

    weight: Tensor
    scale: Tensor
    bias: Tensor | None

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = linear.weight.detach().float()
        scale = (weight.abs().amax(dim=1) / LARGEST).clamp_min(torch.finfo(torch.float32).tiny)
        self.register_buffer("weight", (weight / scale[:, None]).round().to(torch.int8))
        self.register_buffer("scale", scale)
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach().float())
        with warnings.catch_warnings():  # these tensors will go; the product below will not without notice
            warnings.simplefilter("ignore", UserWarning)
            zeros = torch.zeros(len(scale), dtype=torch.int64)
            quantized = torch._make_per_channel_quantized_tensor(self.weight, scale.double(), zeros, 0)
            self._packed = torch.ops.quantized.linear_prepack(quantized, self.bias)

    def forward(self, x: Tensor) -> Tensor:
        """[..., in] to [..., out]."""
        # 7 bits of the inputs: without VNNI two products of 8 bits do not fit where they are added up
        y: Tensor = torch.ops.quantized.linear_dynamic(x, self._packed, reduce_range=True)
        return y


def put_int8(module: nn.Module) -> None:
    """Exchange every linear layer inside a module."""
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, Int8Linear(child))
        else:
            put_int8(child)

"""Linear layers in int8, on the CPU."""

from __future__ import annotations

import warnings
from typing import Any, Final

import torch
from torch import Tensor, nn

LARGEST: Final = 127  # of an int8; -128 is not used


class Int8Linear(nn.Module):
    """A linear layer whose weights are int8 with a scale for each output, and whose inputs become so.

    Each input row has a scale of its own, so that what becomes of it depends on no other row.

    Args:
        linear: the layer, on the CPU.
    """

    bias: Tensor | None

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = linear.weight.detach().float()
        scale = (weight.abs().amax(dim=1) / LARGEST).clamp_min(torch.finfo(torch.float32).tiny)
        rounded = (weight / scale[:, None]).round().to(torch.int8)
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach().float())
        with warnings.catch_warnings():  # these tensors will go; the product below will not without notice
            warnings.simplefilter("ignore", UserWarning)
            zeros = torch.zeros(len(scale), dtype=torch.int64)
            quantized = torch._make_per_channel_quantized_tensor(rounded, scale.double(), zeros, 0)
            self._packed = torch.ops.quantized.linear_prepack(quantized, None)

    def forward(self, x: Tensor) -> Tensor:
        """[..., in] to [..., out]."""
        rows = x.flatten(0, -2)
        peak = torch.maximum(rows.amax(1, keepdim=True), -rows.amin(1, keepdim=True))
        peak = peak.clamp_min_(torch.finfo(x.dtype).tiny)
        bounded = x.new_empty(len(rows) + 2, rows.shape[1])
        torch.div(rows, peak, out=bounded[:-2])
        bounded[-2], bounded[-1] = -1.0, 1.0  # the product scales by what is largest: here, always the same
        # 7 bits of the inputs: without VNNI two products of 8 bits do not fit where they are added up
        y = torch.ops.quantized.linear_dynamic(bounded, self._packed, reduce_range=True)[:-2]
        y = y.mul_(peak) if self.bias is None else torch.addcmul(self.bias, y, peak, out=y)
        shaped: Tensor = y.view(*x.shape[:-1], y.shape[1])
        return shaped

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        """The weights too, which are kept as the product wants them."""
        super()._save_to_state_dict(destination, prefix, keep_vars)
        weight, _ = torch.ops.quantized.linear_unpack(self._packed)
        destination[f"{prefix}weight"] = weight.int_repr()
        destination[f"{prefix}scale"] = weight.q_per_channel_scales()


def put_int8(module: nn.Module) -> None:
    """Exchange every linear layer inside a module."""
    for name, child in module.named_children():
        if isinstance(child, nn.Linear):
            setattr(module, name, Int8Linear(child))
        else:
            put_int8(child)

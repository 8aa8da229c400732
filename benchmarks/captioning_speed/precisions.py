"""Systems in fewer bits, where the machine has such numbers."""

from __future__ import annotations

import torch

from videorecap.build import System, lowered
from videorecap.precision import Precision, has_bf16

PRECISIONS = tuple(str(one) for one in Precision)
NOT_HERE = "not on this processor"


def is_here(precision: str, device: torch.device) -> bool:
    """Whether a device computes in a precision itself."""
    if precision == Precision.BF16:
        return has_bf16(device)
    return precision == Precision.FP32 or device.type == "cpu"


def in_precision(system: System, precision: str) -> System:
    """A system of single precision in another one."""
    return system if precision == Precision.FP32 else lowered(system, precision)

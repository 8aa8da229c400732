"""Systems in fewer bits, where the machine has such numbers."""

from __future__ import annotations

import torch

from videorecap.build import System

PRECISIONS = ("fp32", "bf16", "int8")
NOT_HERE = "not on this processor"


def is_here(precision: str, device: torch.device) -> bool:
    """Whether a device computes in a precision itself."""
    if precision == "bf16":
        from videorecap.precision import has_bf16  # type: ignore[import-not-found]

        return bool(has_bf16(device))
    return precision == "fp32" or device.type == "cpu"


def in_precision(system: System, precision: str) -> System:
    """A system of single precision in another one."""
    if precision == "fp32":
        return system
    from videorecap.build import lowered  # type: ignore[attr-defined]

    lower: System = lowered(system, precision)
    return lower

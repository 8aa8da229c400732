"""In which numbers a system's networks compute: asked of the machine, never assumed."""

from __future__ import annotations

import platform
from enum import StrEnum
from typing import Final

import torch

from videorecap.errors import ConfigError
from videorecap.models.int8 import put_int8
from videorecap.models.recap import RecapModel
from videorecap.networks import SystemModules

AUTO: Final = "auto"
X86: Final = ("x86_64", "AMD64")


class Precision(StrEnum):
    """How many bits a number has."""

    FP32 = "fp32"
    BF16 = "bf16"  # everything but the product that chooses words, most of what makes captions differ
    INT8 = "int8"  # linear layers of the encoder and the alignments; the rest in fp32


def has_bf16(device: torch.device) -> bool:
    """Whether a device computes in bfloat16 itself; where it does not, bfloat16 is many times slower."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if platform.machine() in X86:  # torch's own check below is content with processors that emulate it
        return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())
    return bool(torch._C._has_mkldnn and torch.ops.mkldnn._is_mkldnn_bf16_supported())


def pick_precision(name: str, device: torch.device) -> Precision:
    """The precision for "auto" (bf16 where the device has it), "fp32", "bf16" or "int8" on a device.

    Raises:
        ConfigError: if there is no such precision, or not on this device.
    """
    if name == AUTO:
        return Precision.BF16 if has_bf16(device) else Precision.FP32
    if name not in list(Precision):
        raise ConfigError(f"unknown precision {name!r}; use {AUTO}, {', '.join(Precision)}")
    if name == Precision.BF16 and not has_bf16(device):
        raise ConfigError(f"this {device.type} does not compute in bfloat16, where it is slower; use fp32")
    if name == Precision.INT8 and device.type != "cpu":
        raise ConfigError(f"int8 is for the CPU, not for {device.type}; use bf16")
    if name == Precision.INT8 and torch.backends.quantized.engine == "none":
        raise ConfigError("this build of torch has no int8 products; use fp32")
    return Precision(name)


def lower(modules: SystemModules, precision: Precision) -> SystemModules:
    """The networks, in place, in a precision."""
    models = [model for model in modules.captioners.values() if isinstance(model, RecapModel)]
    if precision is Precision.BF16:
        words = [model.decoder.token_embedding.weight.data for model in models]
        modules.bfloat16()
        for model, weight in zip(models, words, strict=True):
            model.decoder.token_embedding.weight.data = weight
    if precision is Precision.INT8:
        alignments = [part for one in models for part in (one.video_alignment, one.text_alignment)]
        for part in (modules.encoder, *alignments):
            if part is not None:
                put_int8(part)
    return modules

"""The video encoder: TimeSformer with divided space-time attention.

Letters: B clips, C colours, T frames, n patches of a frame, S = 1 + T n tokens, D width, h heads, d width
of a head.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from videorecap.errors import ConfigError
from videorecap.models.layers import INIT_STD, Mlp, NamedParameters, init_weights, quick_gelu

INPUT_NORM_EPS = 1e-5
NORM_EPS = 1e-6


class TimeSformer(nn.Module):
    """Frames to spacetime tokens; row 0 of the tokens is the CLS feature, so one forward serves both uses.

    Source: Video ReCap, section 3.1 (LaViLa's "frozen in time" TimeSformer).

    Raises:
        ConfigError: in ``forward``, if there are more frames than ``num_frames``, or none.
    """

    def __init__(
        self,
        image_size: int,
        patch_size: int,
        num_frames: int,
        width: int,
        num_layers: int,
        num_heads: int,
        mlp_width: int,
        has_time_gates: bool = False,
    ) -> None:
        super().__init__()
        self._mlp_width = mlp_width
        num_patches = (image_size // patch_size) ** 2
        self.patch_embedding = nn.Conv2d(3, width, patch_size, stride=patch_size, bias=False)
        self.cls_token = nn.Parameter(torch.zeros(1, width))
        self.positions = nn.Parameter(torch.zeros(1 + num_patches, width))
        self.frame_positions = nn.Parameter(torch.zeros(num_frames, width))
        self.input_norm = nn.LayerNorm(width, eps=INPUT_NORM_EPS)
        self.blocks = nn.ModuleList(
            SpaceTimeBlock(width, num_heads, mlp_width, has_time_gates) for _ in range(num_layers)
        )
        self.norm = nn.LayerNorm(width, eps=NORM_EPS)
        self.apply(init_weights)
        for table in (self.cls_token, self.positions, self.frame_positions):
            nn.init.trunc_normal_(table, std=INIT_STD)

    def forward(self, frames_BCTHW: Tensor) -> Tensor:
        """Encode clips of at most ``num_frames`` normalised frames.

        Args:
            frames_BCTHW: [B, 3, T, image_size, image_size], normalised.

        Returns:
            Tokens [B, 1 + T n, D]: CLS first, then the patches of each frame in reading order.
        """
        num_frames, most = frames_BCTHW.shape[2], self.frame_positions.shape[0]
        if not 1 <= num_frames <= most:
            raise ConfigError(f"the video encoder takes 1 to {most} frames a clip, got {num_frames}")
        patches_BTDYX = self.patch_embedding(frames_BCTHW.transpose(1, 2).flatten(0, 1))
        patches_BTnD = patches_BTDYX.flatten(2).transpose(1, 2)
        patches_BTnD = patches_BTnD.view(-1, num_frames, *patches_BTnD.shape[1:])
        patches_BTnD = patches_BTnD + self.positions[1:] + self.frame_positions[:num_frames, None]
        cls_B1D = (self.cls_token + self.positions[:1]).expand(len(patches_BTnD), 1, -1)
        x_BSD = self.input_norm(torch.cat([cls_B1D, patches_BTnD.flatten(1, 2)], dim=1))
        for block in self.blocks:
            x_BSD = block(x_BSD, num_frames)
        tokens_BSD: Tensor = self.norm(x_BSD)
        return tokens_BSD

    @property
    def mlp_bytes_per_clip(self) -> int:
        """What the widest activations of a clip take, those inside an MLP."""
        num_tokens = 1 + len(self.frame_positions) * (len(self.positions) - 1)
        return num_tokens * self._mlp_width * self.cls_token.element_size()

    def trainable_parameters(self) -> NamedParameters:
        """None: the encoder is pretrained and stays as it is (training it whole is a recipe's choice)."""
        return iter(())


class SpaceTimeBlock(nn.Module):
    """Attention over time, over space, then an MLP.

    The residual of the space attention starts from the block's input, not from the time attention's output;
    the released weights were trained so.
    """

    def __init__(self, width: int, num_heads: int, mlp_width: int, has_time_gate: bool) -> None:
        super().__init__()
        self.time_norm = nn.LayerNorm(width, eps=NORM_EPS)
        self.time_attention = DividedAttention(width, num_heads)
        self.time_gate = nn.Parameter(torch.zeros(())) if has_time_gate else None
        self.space_norm = nn.LayerNorm(width, eps=NORM_EPS)
        self.space_attention = DividedAttention(width, num_heads)
        self.mlp_norm = nn.LayerNorm(width, eps=NORM_EPS)
        self.mlp = Mlp(width, mlp_width, quick_gelu)

    def forward(self, x_BSD: Tensor, num_frames: int) -> Tensor:
        """[B, S, D] to [B, S, D]."""
        time_BSD = self.time_attention(self.time_norm(x_BSD), num_frames, is_over_time=True)
        if self.time_gate is not None:
            time_BSD = time_BSD * self.time_gate.tanh()
        y_BSD = x_BSD + self.space_attention(self.space_norm(x_BSD + time_BSD), num_frames)
        out_BSD: Tensor = y_BSD + self.mlp(self.mlp_norm(y_BSD))
        return out_BSD


class DividedAttention(nn.Module):
    """CLS reads every token; a patch reads CLS and its own frame (space) or its own place (time)."""

    def __init__(self, width: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x_BSD: Tensor, num_frames: int, *, is_over_time: bool = False) -> Tensor:
        """[B, S, D] to [B, S, D]."""
        qkv_3BhSd = self.qkv(x_BSD).view(*x_BSD.shape[:2], 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        q_BhSd, k_BhSd, v_BhSd = qkv_3BhSd
        cls_Bh1d = F.scaled_dot_product_attention(q_BhSd[:, :, :1], k_BhSd, v_BhSd)
        q, k, v = (_group(part, num_frames, is_over_time) for part in (q_BhSd, k_BhSd, v_BhSd))
        patches = F.scaled_dot_product_attention(q[:, :, 1:], k, v)
        if is_over_time:
            patches = patches.transpose(1, 2)
        y_BhSd = torch.cat([cls_Bh1d, patches.reshape(q_BhSd[:, :, 1:].shape)], dim=2)
        y_BSD: Tensor = self.out(y_BhSd.transpose(1, 2).flatten(2))
        return y_BSD


def _group(x_BhSd: Tensor, num_frames: int, is_over_time: bool) -> Tensor:
    """Patches that read each other on one axis, CLS before them: [B h, groups, 1 + group size, d]."""
    x_NSd = x_BhSd.flatten(0, 1)
    groups = x_NSd[:, 1:].view(len(x_NSd), num_frames, -1, x_NSd.shape[2])
    if is_over_time:
        groups = groups.transpose(1, 2)
    cls = x_NSd[:, None, :1].expand(-1, groups.shape[1], -1, -1)
    return torch.cat([cls, groups], dim=2)

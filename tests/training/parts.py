"""Small parts of captioners that the tests of objectives train."""

import torch

from videorecap.config import Fusion
from videorecap.models.alignment import LmAlignment
from videorecap.models.recap import RecapModel
from videorecap.models.text_decoder import TextDecoder

WIDTH = 32


def decoder(fusion=Fusion.CROSS_ATTENTION, num_positions=20):
    torch.manual_seed(2)
    return TextDecoder(
        width=WIDTH,
        num_layers=2,
        num_heads=4,
        num_positions=num_positions,
        vocab_size=50,
        query_width=10,
        cross_every=1,
        fusion=fusion,
        has_trainable_norms=True,
        dropout=0.0,
    )


def alignment(seed=0):
    torch.manual_seed(seed)
    return LmAlignment(WIDTH, 10, 4, num_layers=2, cross_every=1, mlp_width=64, dropout=0.0)


def make_recap(video, text=None):
    return RecapModel(decoder(), video, text, num_video_queries=3, num_text_queries=2, width=WIDTH)


def assert_drawn_by_its_own_seed(make):
    """What ``make`` adds for a seed is the same whatever was drawn before, as after a restart."""

    def weights(seed):
        return torch.cat([parameter.detach().flatten() for parameter in make(seed).parameters()])

    torch.manual_seed(3)
    first, following, again = weights(0), torch.rand(2), weights(0)
    assert torch.equal(first, again)
    assert not torch.equal(first, weights(1))
    torch.manual_seed(3)
    assert torch.equal(torch.rand(2), following)

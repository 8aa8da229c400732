"""Small models with weights large enough that everything matters."""

import torch

from videorecap.config import Fusion
from videorecap.models.alignment import LmAlignment, Resampler
from videorecap.models.recap import RecapModel
from videorecap.models.text_decoder import TextDecoder

VOCAB, CONTEXT, WIDTH = 23, 10, 12
END = 22


def shaken(module, scale=0.3, seed=0):
    """In evaluation mode, with noise of this size added to every parameter, gates, norms and biases too."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(scale * torch.randn(parameter.shape, generator=generator))
    return module.eval()


def decoder(fusion=Fusion.CROSS_ATTENTION, cross_every=1, dropout=0.1):
    return TextDecoder(
        16, 3, 4, 40, VOCAB, WIDTH, cross_every, fusion, has_trainable_norms=True, dropout=dropout
    )


def lively_decoder(fusion=Fusion.CROSS_ATTENTION):
    """One whose captions differ by their embeddings, and end after different numbers of tokens or never."""
    module = shaken(decoder(fusion), seed=3)
    with torch.no_grad():
        module.position_embedding.weight.mul_(4)
        for name, parameter in module.named_parameters():
            if name.endswith("gate"):
                parameter.fill_(2.0)
            if "prefix" in name or "key_value" in name:
                parameter.mul_(2)
        module.norm.weight.fill_(0.7)
        bias = module.norm.bias
        module.token_embedding.weight[END] += 0.4 * bias / bias.norm() ** 2
    return module


def alignment(kind, context_width=CONTEXT):
    if kind == "resampler":
        return Resampler(WIDTH, context_width, num_heads=2, head_width=8)
    return LmAlignment(
        WIDTH, context_width, num_heads=3, num_layers=4, cross_every=2, mlp_width=20, dropout=0.1
    )


def recap_model(kind="lm", fusion=Fusion.CROSS_ATTENTION):
    """A model that sees features of width CONTEXT and reads text, with 3 + 4 queries."""
    return shaken(
        RecapModel(
            decoder(fusion),
            alignment(kind),
            alignment(kind, context_width=16),
            num_video_queries=3,
            num_text_queries=4,
            width=WIDTH,
        )
    )

"""Starting one stage of the curriculum from the weights of another."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from videorecap.models.checkpoints import fill
from videorecap.models.features import resample_queries
from videorecap.models.recap import RecapModel

QUERIES = ("video_queries", "text_queries")
BRANCHES = ("video_queries", "video_alignment.", "text_queries", "text_alignment.")


def inherit(model: RecapModel, weights: Mapping[str, Tensor], *, source: str) -> tuple[str, ...]:
    """Give a model the weights of another stage's; a branch that only one of them has is left out.

    Query tables of another length are resampled, as the authors do between their stages.

    Args:
        model: of the new stage.
        weights: of the old stage's model, by parameter name.
        source: where they come from, for the error.

    Returns:
        Names of the parameters that stay as they were.

    Raises:
        CheckpointError: naming every key that does not fit.
    """
    own = dict(model.named_parameters())
    in_both = [
        branch
        for branch in BRANCHES
        if any(name.startswith(branch) for name in own) and any(name.startswith(branch) for name in weights)
    ]
    left_out = tuple(branch for branch in BRANCHES if branch not in in_both)
    passed = {
        name: resample_queries(tensor, len(own[name])) if name in QUERIES else tensor
        for name, tensor in weights.items()
        if not name.startswith(left_out)
    }
    fresh = tuple(name for name in own if name.startswith(left_out))
    fill(model, passed, source=source, fresh=fresh)
    return fresh

"""Starting one stage of the curriculum from the weights of another."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from videorecap.errors import CheckpointError
from videorecap.models.alignment import LmAlignment
from videorecap.models.checkpoints import fill
from videorecap.models.features import resample_queries
from videorecap.models.recap import RecapModel
from videorecap.models.text_decoder import TextDecoder

QUERIES = ("video_queries", "text_queries")
BRANCHES = ("video_queries", "video_alignment.", "text_queries", "text_alignment.", "decoder.")


def inherit(model: RecapModel, weights: Mapping[str, Tensor], *, source: str) -> tuple[str, ...]:
    """Give a model the weights of another stage's; a branch that only one of them has is left out.

    A stage may have trained some branches only, the decoder alone, say; and of a branch its language model
    only, without cross-attention, gated layers or prefix: those then stay as they are. Query tables of
    another length are resampled, as the authors do between their stages.

    Args:
        model: of the new stage.
        weights: of the old stage's model, by parameter name.
        source: where they come from, for the error.

    Returns:
        Names of the parameters that stay as they were.

    Raises:
        CheckpointError: naming every key that does not fit, or if the two share no branch.
    """
    own = dict(model.named_parameters())
    in_both = [
        branch
        for branch in BRANCHES
        if any(name.startswith(branch) for name in own) and any(name.startswith(branch) for name in weights)
    ]
    if not in_both:
        branches = ", ".join(branch.rstrip(".") for branch in BRANCHES)
        raise CheckpointError(f"{source} has nothing for the model: none of {branches} is in both")
    left_out = tuple(branch for branch in BRANCHES if branch not in in_both)
    passed = {
        name: resample_queries(tensor, len(own[name])) if name in QUERIES else tensor
        for name, tensor in weights.items()
        if not name.startswith(left_out)
    }
    added = _added_to_language_models(model)
    bare = tuple(
        branch for branch in in_both if not any(key.startswith(branch) for key in added & passed.keys())
    )
    fresh = tuple(
        name for name in own if name.startswith(left_out) or (name in added and name.startswith(bare))
    )
    fill(model, passed, source=source, fresh=fresh)
    return fresh


def _added_to_language_models(model: RecapModel) -> set[str]:
    """Names of the parameters that GPT-2 and DistilBERT do not have."""
    added: set[str] = set()
    for branch in ("video_alignment", "text_alignment", "decoder"):
        module = getattr(model, branch)
        if isinstance(module, TextDecoder | LmAlignment):
            own = {name for name, _ in module.language_parameters()}
            added |= {f"{branch}.{name}" for name, _ in module.named_parameters() if name not in own}
    return added

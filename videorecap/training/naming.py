"""Naming what a simulated clip shows, from its CLS feature: action, object and colour.

What is named is read off the caption's text; a caption that does not tell a part has no label for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from videorecap.sim.parse import parse_facts
from videorecap.sim.world import ACTIONS, COLOURS, KINDS

NAMED: Final[dict[str, tuple[str | None, ...]]] = {
    "action": tuple(ACTIONS),
    "object": (None, *KINDS),  # None where there is nothing that is acted on
    "colour": (None, *COLOURS),
}
UNTOLD: Final = -100  # adds no loss


@dataclass(frozen=True, slots=True)
class Labels:
    """What a caption tells: for each part an index into its ``NAMED``, or ``UNTOLD``."""

    action: int
    object: int
    colour: int

    @property
    def count(self) -> int:
        """How many parts are told."""
        return sum(label != UNTOLD for label in (self.action, self.object, self.colour))


def labels_of(text: str) -> Labels:
    """What a clip's caption tells of its action, object and colour."""
    facts = parse_facts(text, "clip")
    if facts.action is not None and not ACTIONS[facts.action].has_object:
        return Labels(_index("action", facts.action), _index("object", None), _index("colour", None))
    told = {"action": facts.action, "object": facts.object, "colour": facts.colour}
    return Labels(**{part: UNTOLD if name is None else _index(part, name) for part, name in told.items()})


def reversed_labels(labels: Labels) -> Labels | None:
    """Labels of the same clip played backwards: its action's opposite; None where it has none."""
    if labels.action == UNTOLD:
        return None
    opposite = ACTIONS[cast("str", NAMED["action"][labels.action])].opposite
    return None if opposite is None else replace(labels, action=_index("action", opposite))


class Naming(nn.Module):
    """A classifier for each part; needed in training only.

    Args:
        width: of the features.
        seed: of the weights; torch's own random state is left as it is.
    """

    def __init__(self, width: int, *, seed: int = 0) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.heads = nn.ModuleDict({part: nn.Linear(width, len(names)) for part, names in NAMED.items()})

    def forward(self, cls_BD: Tensor, labels: Sequence[Labels]) -> Tensor:
        """Cross-entropy summed over all parts that are told: ``Labels.count`` of them in each row.

        Args:
            cls_BD: CLS features of clips.
            labels: of the same clips.
        """
        sums = []
        for part, head in self.heads.items():
            truth_B = torch.tensor([getattr(row, part) for row in labels], device=cls_BD.device)
            logits_BN = head(cls_BD).float()
            sums.append(F.cross_entropy(logits_BN, truth_B, ignore_index=UNTOLD, reduction="sum"))
        return sum(sums[1:], start=sums[0])


def _index(part: str, name: str | None) -> int:
    return NAMED[part].index(name)

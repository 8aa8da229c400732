"""How a file says that it shows the simulated world."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MARK: Final = "videorecap simulated world"  # in a file's "comment" tag


def is_simulated(metadata: Mapping[str, str]) -> bool:
    """Whether a file's tags say that it was written by ``sim.video``."""
    return metadata.get("comment") == MARK

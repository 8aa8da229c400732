"""What a check of a data set finds, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]
ERROR: Final = "error"
WARNING: Final = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a data set.

    Attributes:
        severity: "error" if results would be wrong, "warning" if it may be meant so.
        where: the video, or the file and line.
        what: is wrong, in one line.
    """

    severity: Severity
    where: str
    what: str

"""Places, and what is always there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where things happen; ``surface`` is what objects lie on there."""

    name: str
    surface: str


PLACES: Final[dict[str, Place]] = {
    name: Place(name=name, surface=surface)
    for name, surface in (
        ("kitchen", "counter"),
        ("garden", "bench"),
        ("workshop", "workbench"),
        ("laundry room", "table"),
        ("office", "desk"),
        ("shop", "shelf"),
        ("bathroom", "washstand"),
        ("gym", "floor"),
        ("street", "pavement"),
        ("garage", "trolley"),
    )
}
PEOPLE: Final = ("man", "woman")

"""How each kind of object looks, one module for each part of the world."""

from __future__ import annotations

from typing import Final

from videorecap.sim.drawings import (
    clothes,
    devices,
    food,
    furniture,
    garden,
    home,
    kitchen,
    laundry,
    office,
    packing,
    paper,
    shop,
    sport,
    workshop,
)
from videorecap.sim.drawings.base import Drawing

_MODULES: Final = (
    food,
    kitchen,
    garden,
    workshop,
    furniture,
    devices,
    laundry,
    clothes,
    paper,
    office,
    packing,
    shop,
    sport,
    home,
)
DRAWINGS: Final[dict[str, Drawing]] = {
    name: drawing for module in _MODULES for name, drawing in module.DRAWINGS.items()
}

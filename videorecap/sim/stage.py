"""A picture in the making, addressed in frame heights as C sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PIL import Image

from videorecap.sim.camera import SPACING, View
from videorecap.sim.look import Look
from videorecap.sim.pose import FAR, FAR_SCALE, TABLE, Point
from videorecap.sim.sprites import TURN_STEP, Sprite, object_sprite, shadow
from videorecap.sim.world import KINDS

SHADOW_HEIGHT: Final = 0.045  # frame heights
LEAST: Final = 8  # pixels of height; smaller drawings show nothing


def lift_of(at: Point, scale: float) -> float:
    """Height above the surface of an object whose base is at a point, in frame heights.

    A smaller scale means further away, where the surface is higher in the picture.
    """
    back = min(1.0, max(0.0, (1 - scale) / (1 - FAR_SCALE)))
    return max(0.0, TABLE + (FAR[1] - TABLE) * back - at[1])


@dataclass(frozen=True, slots=True)
class Stage:
    """A canvas and the view that it shows.

    All that lies on the surface moves by the same whole pixels, so nothing trembles against it.
    """

    canvas: Image.Image
    view: View

    @property
    def unit(self) -> int:
        """Pixels of a frame height."""
        return self.canvas.height

    @property
    def left(self) -> int:
        """Pixels by which the surface is shifted to the left."""
        return round((self.view.camera + self.view.sway_x) * self.unit)

    @property
    def down(self) -> int:
        """Pixels by which everything is shifted downwards."""
        return round(self.view.sway_y * self.unit)

    def slots(self) -> tuple[int, int, int]:
        """Spots that are in view, or nearly so: the middle one last."""
        middle = round(self.view.camera / SPACING)
        return middle - 1, middle + 1, middle

    def spot(self, slot: int, point: Point) -> Point:
        """Pixels of a point given from a spot of the surface."""
        x = self.canvas.width / 2 + (slot * SPACING + point[0]) * self.unit - self.left
        return x, point[1] * self.unit + self.down

    def fixed(self, point: Point, share: float = 0.5) -> Point:
        """Pixels of a point that moves with C: by ``share`` of the head's movements only."""
        x = self.canvas.width / 2 + (point[0] - share * self.view.sway_x) * self.unit
        return x, (point[1] + share * self.view.sway_y) * self.unit

    def paste(self, sprite: Sprite, at: Point) -> None:
        """Draw a sprite at a point in pixels."""
        sprite.paste(self.canvas, *at)

    def draw(
        self,
        kind: str,
        colour: str,
        look: Look,
        at: Point,
        scale: float = 1.0,
        *,
        lift: float = 0.0,
        turn: float = 0.0,
    ) -> None:
        """An object and its shadow.

        Args:
            kind: its name in ``world.KINDS``.
            colour: its name in ``world.COLOURS``.
            look: how it looks.
            at: its base, in pixels.
            scale: of the object, 1 on the surface.
            lift: its height above the surface, in frame heights; the shadow shrinks with it.
            turn: in degrees, positive to the left.
        """
        pixels = max(LEAST, round(KINDS[kind].height * scale * self.unit))
        reach = pixels * (1.5 + KINDS[kind].aspect) + self.unit
        if not -reach < at[0] < self.canvas.width + reach:
            return
        across = round(KINDS[kind].aspect * pixels * (1.1 - 2 * lift))
        if across >= 4:
            dark = shadow(across, max(3, round(SHADOW_HEIGHT * self.unit * scale)))
            self.paste(dark, (at[0] + 0.02 * self.unit, at[1] + lift * self.unit))
        turned = round(turn / TURN_STEP) * TURN_STEP
        self.paste(object_sprite(kind, colour, look.in_steps(), pixels, turned), at)

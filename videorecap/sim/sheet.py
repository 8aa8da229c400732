"""Contact sheets: pictures of simulated days in rows, each over what is true of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from videorecap.outputs.times import clock
from videorecap.sim.render import frame
from videorecap.sim.script import Script
from videorecap.sim.words import clip_caption, summary_caption

COLUMNS: Final = 4
PICTURE: Final = (320, 240)  # pixels
GAP: Final = 8  # pixels between pictures and around them
FONT_PIXELS: Final = 14
LINE_PIXELS: Final = 18
PAPER: Final = (250, 249, 246)
INK: Final = (30, 32, 38)
WIDTH: Final = COLUMNS * (PICTURE[0] + GAP) + GAP


def contact_sheet(scripts: Iterable[Script], frames: int) -> Image.Image:
    """One picture of a few scripts, one below the other.

    Args:
        scripts: what to show.
        frames: pictures of each, evenly spread over its time.
    """
    blocks = [_block(script, frames) for script in scripts]
    sheet = Image.new("RGB", (WIDTH, sum(block.height for block in blocks)), PAPER)
    top = 0
    for block in blocks:
        sheet.paste(block, (0, top))
        top += block.height
    return sheet


def moments(script: Script, frames: int) -> tuple[float, ...]:
    """The times that are shown, in seconds: the middles of so many equal parts."""
    return tuple((number + 0.5) * script.duration_seconds / frames for number in range(frames))


def _block(script: Script, frames: int) -> Image.Image:
    """One script: its summary, then its pictures."""
    font = ImageFont.load_default(FONT_PIXELS)
    summary = summary_caption(script, script.span)
    title = f"Seed {script.seed}, {clock(script.duration_seconds)}, {script.daytime}: {summary}"
    head = _wrapped(title, font, WIDTH - 2 * GAP)
    times = moments(script, frames)
    captions = [_wrapped(_caption(script, seconds), font, PICTURE[0]) for seconds in times]
    top = 2 * GAP + LINE_PIXELS * len(head)
    step = PICTURE[1] + LINE_PIXELS * max(map(len, captions)) + GAP
    block = Image.new("RGB", (WIDTH, top + step * -(-frames // COLUMNS) + GAP), PAPER)
    draw = ImageDraw.Draw(block)
    _write(draw, head, (GAP, GAP), font)
    for number, (seconds, lines) in enumerate(zip(times, captions, strict=True)):
        row, column = divmod(number, COLUMNS)
        x, y = GAP + column * (PICTURE[0] + GAP), top + row * step
        block.paste(Image.fromarray(frame(script, seconds, PICTURE)), (x, y))
        _write(draw, lines, (x, y + PICTURE[1]), font)
    return block


def _caption(script: Script, seconds: float) -> str:
    """What happens at a moment, after its time."""
    event = script.events[script.index_at(seconds)]
    return f"{clock(seconds)}  {clip_caption(script, event.span)}"


def _wrapped(text: str, font: ImageFont.ImageFont | ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Text as lines of at most ``width`` pixels."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _write(
    draw: ImageDraw.ImageDraw,
    lines: Sequence[str],
    at: tuple[int, int],
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
) -> None:
    for number, line in enumerate(lines):
        draw.text((at[0], at[1] + number * LINE_PIXELS), line, INK, font)

"""Text and numbers as HTML shows them."""

from __future__ import annotations

from html import escape

from videorecap.outputs.cues import text_lines


def html_text(text: str) -> str:
    """Text for the inside of an element or of a quoted attribute, without control characters."""
    return escape("\n".join(text_lines(text)))


def html_number(seconds: float) -> str:
    """Seconds to the millisecond, as short as they can be written."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".")

"""WebVTT chapters that nest: a player shows the clips of a segment below the segment.

Source: WebVTT, "file using nested cues": of two cues, one holds the other or they do not overlap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from videorecap.outputs.cues import Cue, one_line, to_milliseconds
from videorecap.outputs.outline import Node, outline
from videorecap.outputs.vtt import cues_to_vtt
from videorecap.types import Caption, CaptionTree


def tree_to_chapters(tree: CaptionTree) -> str:
    """All levels as one WebVTT chapter file (``kind=chapters``), the widest chapters first.

    A caption that reaches out of the one above it, or into the one before it, is cut where that begins.
    Gaps, and captions without words, are no chapters; what lies below them moves up.
    """
    nodes = outline(tree)
    ends = (to_milliseconds(node.item.span.end) for node in nodes)
    return cues_to_vtt(_nested(nodes, 0, max(ends, default=0)))


def _nested(nodes: Sequence[Node], start: int, end: int) -> Iterator[Cue]:
    """Cues for nodes within ``start`` and ``end``, in milliseconds, none of which overlap."""
    for node in nodes:
        own_start = max(start, to_milliseconds(node.item.span.start))
        own_end = min(end, to_milliseconds(node.item.span.end))
        if own_start >= own_end:
            continue
        title = one_line(node.item.text) if isinstance(node.item, Caption) else ""
        if title:
            yield Cue(own_start, own_end, (title,))
        yield from _nested(node.children, own_start, own_end)
        if title or node.children:
            start = own_end

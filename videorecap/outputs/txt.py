"""Plain text to read: one line for each caption, those of lower levels indented below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from videorecap.outputs.cues import one_line
from videorecap.outputs.outline import Node, outline
from videorecap.outputs.times import clock_range, video_facts, video_name
from videorecap.types import CaptionTree, Gap

INDENT = "  "


def tree_to_txt(tree: CaptionTree) -> str:
    """The tree as plain text."""
    facts = ", ".join(video_facts(tree.video))
    head = f"{one_line(video_name(tree.video))}\n{facts}; captions by {one_line(tree.system.name)}\n"
    return head + "".join(f"\n{line}" for line in _lines(outline(tree), "")) + "\n"


def _lines(nodes: Sequence[Node], indent: str) -> Iterator[str]:
    for node in nodes:
        item = node.item
        text = f"(no caption: {one_line(item.reason)})" if isinstance(item, Gap) else one_line(item.text)
        yield f"{indent}[{clock_range(item.span)}] {text}"
        yield from _lines(node.children, indent + INDENT)

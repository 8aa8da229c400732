"""Markdown to read or paste: the summary, then a heading for each segment with its clips as a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from videorecap.outputs.cues import one_line
from videorecap.outputs.outline import Node, outline
from videorecap.outputs.times import clock, clock_range, video_facts, video_name
from videorecap.types import Caption, CaptionTree, Gap

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~$]|&(?=[#\w])|#)")
_LINE_START = re.compile(r"^(?:([-+=])|(\d+)([.)]))")
MAX_HEADING = 6


def tree_to_md(tree: CaptionTree) -> str:
    """The tree as Markdown."""
    blocks = [
        f"# {escape(video_name(tree.video))}",
        f"{' · '.join(video_facts(tree.video))} · captions by {escape(tree.system.name)}",
        *_blocks(outline(tree), 2),
    ]
    return "\n\n".join(blocks) + "\n"


def escape(text: str) -> str:
    """Text as one line of Markdown that shows exactly these words, at the start of a line too."""
    line = _SPECIAL.sub(r"\\\1", one_line(text))
    return _LINE_START.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", line)


def _blocks(nodes: Sequence[Node], heading: int) -> Iterator[str]:
    """A heading and a paragraph for each node that holds others; the rest as lists."""
    listed: list[str] = []
    for node in nodes:
        if not node.children:
            listed.append(f"- **{clock(node.item.span.start)}** {_words(node.item)}")
            continue
        if listed:
            yield "\n".join(listed)
            listed = []
        yield f"{'#' * min(heading, MAX_HEADING)} {clock_range(node.item.span)}"
        yield _words(node.item)
        yield from _blocks(node.children, heading + 1)
    if listed:
        yield "\n".join(listed)


def _words(item: Caption | Gap) -> str:
    return f"*No caption: {escape(item.reason)}*" if isinstance(item, Gap) else escape(item.text)

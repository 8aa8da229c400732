"""A caption tree in reading order: each caption and gap with what lies below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from videorecap.types import Caption, CaptionTree, Gap


@dataclass(frozen=True, slots=True)
class Node:
    """A caption or gap, and the items of lower levels inside it, by start."""

    item: Caption | Gap
    children: tuple[Node, ...]


def settled(captions: Sequence[Caption]) -> tuple[Caption, ...]:
    """The captions of one level without the drafts that a later one replaces.

    Args:
        captions: of one level, by start, as ``CaptionTree.at`` gives them.
    """
    return tuple(
        caption
        for index, caption in enumerate(captions)
        if caption.final or not any(caption.span.overlap(later.span) for later in captions[index + 1 :])
    )


def outline(tree: CaptionTree) -> tuple[Node, ...]:
    """The roots of the tree, by start: items whose middle lies in no item of a higher level.

    Every caption that is not a replaced draft, and every gap, occurs once.
    """
    loose: list[Node] = []
    for level in tree.levels:
        gaps = (gap for gap in tree.gaps if gap.level == level)
        loose = _gather([*settled(tree.at(level)), *gaps], loose)
    return tuple(loose)


def _gather(items: Sequence[Caption | Gap], loose: Sequence[Node]) -> list[Node]:
    """Put each loose node below the first item that holds its middle; those without one stay loose."""
    below: list[list[Node]] = [[] for _ in items]
    rest: list[Node] = []
    for node in loose:
        middle = node.item.span.middle
        holders = (children for item, children in zip(items, below, strict=True) if middle in item.span)
        next(holders, rest).append(node)
    nodes = [Node(item, tuple(children)) for item, children in zip(items, below, strict=True)]
    return sorted([*nodes, *rest], key=lambda node: (node.item.span.start, -node.item.span.end))

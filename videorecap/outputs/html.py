"""One self-contained page: the captions to read without scripts, to search and to play with them.

The page's form is in ``page.html``, ``page.css`` and ``page.js`` beside this file. It opens from a disk and
asks for nothing but the video file.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from string import Template
from urllib.parse import quote

from videorecap.outputs.html_timeline import timeline
from videorecap.outputs.markup import html_number, html_text
from videorecap.outputs.outline import Node, outline
from videorecap.outputs.times import clock, clock_range, video_facts, video_name
from videorecap.types import Caption, CaptionTree, Gap, VideoInfo

OPEN_UP_TO = 120  # a page of more captions than this opens with its lists closed
SHORT_DIGEST = 12  # characters shown of a digest; the rest is in its tooltip


class _Page(Template):
    delimiter = "@@"  # styles and scripts use the dollar


def tree_to_html(tree: CaptionTree, sources: Sequence[str] = ()) -> str:
    """The tree as one HTML page.

    Args:
        tree: what to show.
        sources: addresses of the video file, relative to the page; the first that loads is played. See
            ``video_sources``.
    """
    nodes = outline(tree)
    lead, sections = _lead(nodes)
    is_open = len(tree.captions) <= OPEN_UP_TO
    script = _resource("page.js")
    name = html_text(video_name(tree.video))
    return _Page(_resource("page.html")).substitute(
        name=name,
        style=_resource("page.css"),
        script=script,
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        facts="".join(f"<li>{fact}</li>" for fact in _facts(tree)),
        sources="".join(f'<source src="{html_text(source)}">' for source in sources),
        timeline=timeline(tree),
        lead=lead,
        captions=_list(sections, is_open) if nodes else "<p>There are no captions.</p>",
        gaps=_gaps(tree.gaps),
        path=html_text(tree.video.path),
        sha256=html_text(tree.video.sha256),
        sha256_short=html_text(tree.video.sha256[:SHORT_DIGEST]),
        system=html_text(tree.system.name),
        digest=html_text(tree.system.digest),
        digest_short=html_text(tree.system.digest[:SHORT_DIGEST]),
    )


def video_sources(video: VideoInfo, directory: Path, video_path: Path | None) -> list[str]:
    """Where a page in ``directory`` looks for its video: the way to the file, then its name beside the page.

    Args:
        video: names the file.
        directory: where the page is.
        video_path: the file, or None if it is not at hand.
    """
    paths = [video_name(video)]
    if video_path is not None:
        try:
            paths.insert(0, Path(os.path.relpath(video_path.absolute(), directory.absolute())).as_posix())
        except ValueError:  # on another drive: there is no way
            paths.insert(0, video_path.name)
    return [quote(path, safe="/", errors="surrogateescape") for path in dict.fromkeys(paths)]


def _lead(nodes: Sequence[Node]) -> tuple[str, Sequence[Node]]:
    """What stands alone above all else as the page's opening, and what is below it."""
    if len(nodes) != 1:
        return "", nodes
    return _element("p", nodes[0].item, shown=""), nodes[0].children


def _list(nodes: Sequence[Node], is_open: bool) -> str:
    """Nodes that hold others as sections that fold; runs of others as lists."""
    parts: list[str] = []
    for is_section, run in groupby(nodes, key=lambda node: bool(node.children)):
        if is_section:
            parts += [_section(node, is_open) for node in run]
        else:
            rows = [_element("li", node.item, clock(node.item.span.start)) for node in run]
            parts.append("<ol>\n" + "\n".join(rows) + "\n</ol>\n")
    return "".join(parts)


def _section(node: Node, is_open: bool) -> str:
    head = _element("summary", node.item, clock_range(node.item.span))
    return f"<details{' open' if is_open else ''}>{head}\n{_list(node.children, is_open)}</details>\n"


def _element(tag: str, item: Caption | Gap, shown: str) -> str:
    """A caption or gap: where it belongs as data, its time as ``shown`` to jump there, and its words."""
    start, end = html_number(item.span.start), html_number(item.span.end)
    kind, words = ("gap", f"No caption: {item.reason}") if isinstance(item, Gap) else ("caption", item.text)
    link = f'<a href="#t={start}">{shown}</a> ' if shown else ""
    return (
        f'<{tag} class="{kind}" data-level="{html_text(item.level)}" data-start="{start}" data-end="{end}">'
        f"{link}<span>{html_text(words)}</span></{tag}>"
    )


def _gaps(gaps: Sequence[Gap]) -> str:
    """All gaps with their reasons, for who wants to know what is missing."""
    rows = "".join(
        f'<li><a href="#t={html_number(gap.span.start)}">{clock_range(gap.span)}</a> '
        f"<span>{html_text(gap.level)}: {html_text(gap.reason)}</span></li>\n"
        for gap in gaps
    )
    return (
        f'<section class="gaps" id="gaps"><h2>Not captioned</h2>\n<ol>\n{rows}</ol></section>' if rows else ""
    )


def _facts(tree: CaptionTree) -> Iterator[str]:
    yield from video_facts(tree.video)
    yield f"captions by {html_text(tree.system.name)}"
    if tree.gaps:
        yield f'<a href="#gaps">{len(tree.gaps)} gap{"s" if len(tree.gaps) > 1 else ""}</a>'


def _resource(name: str) -> str:
    return files("videorecap.outputs").joinpath(name).read_text(encoding="utf-8")

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

from videorecap.outputs.html_timeline import html_number as _number
from videorecap.outputs.html_timeline import html_text as _text
from videorecap.outputs.html_timeline import timeline
from videorecap.outputs.outline import Node, outline
from videorecap.outputs.times import clock, clock_range, frame_rate, frame_size, video_name
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
    name = _text(video_name(tree.video))
    return _Page(_resource("page.html")).substitute(
        name=name,
        style=_resource("page.css"),
        script=script,
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        facts="".join(f"<li>{fact}</li>" for fact in _facts(tree)),
        sources=_sources(sources),
        timeline=timeline(tree),
        lead=lead,
        captions=_list(sections, is_open) if nodes else "<p>There are no captions.</p>",
        gaps=_gaps(tree.gaps),
        path=_text(tree.video.path),
        sha256=_text(tree.video.sha256),
        sha256_short=_text(tree.video.sha256[:SHORT_DIGEST]),
        system=_text(tree.system.name),
        digest=_text(tree.system.digest),
        digest_short=_text(tree.system.digest[:SHORT_DIGEST]),
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
    return f'<p class="lead {_row(nodes[0].item)}</p>', nodes[0].children


def _list(nodes: Sequence[Node], is_open: bool) -> str:
    """Nodes that hold others as sections that fold; runs of others as lists."""
    parts: list[str] = []
    for is_section, run in groupby(nodes, key=lambda node: bool(node.children)):
        if is_section:
            parts += [_section(node, is_open) for node in run]
        else:
            rows = "".join(f'<li class="{_row(node.item)}</li>\n' for node in run)
            parts.append(f"<ol>\n{rows}</ol>\n")
    return "".join(parts)


def _section(node: Node, is_open: bool) -> str:
    head = f'<summary class="{_row(node.item, is_range=True)}</summary>'
    return f"<details{' open' if is_open else ''}>{head}\n{_list(node.children, is_open)}</details>\n"


def _row(item: Caption | Gap, *, is_range: bool = False) -> str:
    """The end of an element's class, its times as data, and its content: the time and the words."""
    start, end = _number(item.span.start), _number(item.span.end)
    kind, words = ("gap", f"No caption: {item.reason}") if isinstance(item, Gap) else ("caption", item.text)
    shown = clock_range(item.span) if is_range else clock(item.span.start)
    return (
        f'{kind}" data-level="{_text(item.level)}" data-start="{start}" data-end="{end}">'
        f'<a href="#t={start}">{shown}</a> <span>{_text(words)}</span>'
    )


def _gaps(gaps: Sequence[Gap]) -> str:
    """All gaps with their reasons, for who wants to know what is missing."""
    rows = "".join(
        f'<li><a href="#t={_number(gap.span.start)}">{clock_range(gap.span)}</a> '
        f"<span>{_text(gap.level)}: {_text(gap.reason)}</span></li>\n"
        for gap in gaps
    )
    return (
        f'<section class="gaps" id="gaps"><h2>Not captioned</h2>\n<ol>\n{rows}</ol></section>' if rows else ""
    )


def _facts(tree: CaptionTree) -> Iterator[str]:
    yield clock(tree.video.duration_seconds)
    yield frame_size(tree.video)
    yield frame_rate(tree.video)
    yield f"captions by {_text(tree.system.name)}"
    if tree.gaps:
        yield f'<a href="#gaps">{len(tree.gaps)} gap{"s" if len(tree.gaps) > 1 else ""}</a>'


def _sources(sources: Sequence[str]) -> str:
    return "".join(f'<source src="{_text(source)}">' for source in sources)


def _resource(name: str) -> str:
    return files("videorecap.outputs").joinpath(name).read_text(encoding="utf-8")

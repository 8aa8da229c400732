"""Statistics of a data set as one page that needs no other file."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from importlib.resources import files
from string import Template

from videorecap.data.stats import DataStats, summary, table
from videorecap.outputs.markup import html_text
from videorecap.outputs.plain_page import plain_page


def stats_page(name: str, stats: DataStats, figures: Mapping[str, bytes]) -> str:
    """The page.

    Args:
        name: of the data set.
        stats: what was counted.
        figures: PNG files by their captions.
    """
    head, *rows = table(stats)
    text = files("videorecap.data").joinpath("stats_page.html").read_text(encoding="utf-8")
    content = Template(text).substitute(
        name=html_text(name),
        summary=html_text(summary(stats)),
        head=_cells("th", head),
        rows="\n".join(f"<tr>{_cells('td', row)}</tr>" for row in rows),
        figures="\n".join(_figure(caption, png) for caption, png in figures.items()),
    )
    return plain_page(f"{name}: statistics", content)


def _cells(tag: str, texts: tuple[str, ...]) -> str:
    return "".join(f"<{tag}>{html_text(text)}</{tag}>" for text in texts)


def _figure(caption: str, png: bytes) -> str:
    data = base64.b64encode(png).decode()
    text = html_text(caption)
    image = f'<img alt="{text}" src="data:image/png;base64,{data}">'
    return f"<figure>{image}<figcaption>{text}</figcaption></figure>"

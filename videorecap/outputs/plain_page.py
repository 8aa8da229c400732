"""A page of text, tables and pictures that needs no other file: the head and style that such pages share."""

from __future__ import annotations

from importlib.resources import files
from string import Template

from videorecap.outputs.markup import html_text


def plain_page(title: str, content: str) -> str:
    """The page.

    Args:
        title: as plain text.
        content: as HTML; may begin with a style of its own. Tables of numbers are of class "figures".
    """
    text = files("videorecap.outputs").joinpath("plain_page.html").read_text(encoding="utf-8")
    return Template(text).substitute(title=html_text(title), content=content.rstrip("\n"))

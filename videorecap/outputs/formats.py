"""Every output format by name, and the writing of files in any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from videorecap.errors import ConfigError, OutputError
from videorecap.outputs.chapters import tree_to_chapters
from videorecap.outputs.files import write_aside
from videorecap.outputs.html import tree_to_html, video_sources
from videorecap.outputs.json_tree import tree_to_json
from videorecap.outputs.md import tree_to_md
from videorecap.outputs.naming import safe_stem
from videorecap.outputs.srt import tree_to_srt
from videorecap.outputs.txt import tree_to_txt
from videorecap.outputs.vtt import tree_to_vtt
from videorecap.types import CaptionTree, SystemInfo, VideoInfo

Writer: TypeAlias = Callable[[CaptionTree, Sequence[str]], Mapping[str, str]]
"""From a tree, and where a page finds the video, to the text of each file by its suffix."""


def _per_level(write: Callable[[CaptionTree, str], str], extension: str) -> Writer:
    return lambda tree, _: {f".{safe_stem(level)}{extension}": write(tree, level) for level in tree.levels}


FORMATS: dict[str, Writer] = {
    "json": lambda tree, _: {".json": tree_to_json(tree)},
    "srt": _per_level(tree_to_srt, ".srt"),
    "vtt": _per_level(tree_to_vtt, ".vtt"),
    "chapters": lambda tree, _: {".chapters.vtt": tree_to_chapters(tree)},
    "txt": lambda tree, _: {".txt": tree_to_txt(tree)},
    "md": lambda tree, _: {".md": tree_to_md(tree)},
    "html": lambda tree, sources: {".html": tree_to_html(tree, sources)},
}


def suffixes(formats: Sequence[str], levels: Sequence[str]) -> set[str]:
    """Suffixes of the files that some formats make of a tree with some levels."""
    video = VideoInfo(path="", sha256="", duration_seconds=0.0, width=0, height=0, frame_rate=0.0)
    empty = CaptionTree(video=video, system=SystemInfo(name="", digest=""), levels=tuple(levels))
    return {suffix for name in formats for suffix in FORMATS[name](empty, ())}


def write_outputs(
    tree: CaptionTree, directory: Path, stem: str, formats: Sequence[str], video_path: Path | None
) -> list[Path]:
    """Write a tree in some formats, each file whole or not at all.

    Args:
        tree: what to write.
        directory: where; it is made if needed.
        stem: the files' names without their suffixes (see ``Names``).
        formats: keys of ``FORMATS``. The json file is written last: where it is, the others are too.
        video_path: the video file that the html page shall play, or None if it is not at hand.

    Returns:
        The files, in the order in which they were written.

    Raises:
        ConfigError: if there is no such format, or two files would have one name.
        OutputError: if a file cannot be written.
    """
    sources = video_sources(tree.video, directory, video_path)
    files: dict[Path, str] = {}
    for name in sorted(dict.fromkeys(formats), key=lambda name: name == "json"):
        if name not in FORMATS:
            raise ConfigError(f"no output format {name!r}; there is {', '.join(FORMATS)}")
        for suffix, text in FORMATS[name](tree, sources).items():
            path = directory / f"{stem}{suffix}"
            if path in files:
                raise ConfigError(f"two outputs would be called {path.name}; leave out {name!r}")
            files[path] = text
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the folder {directory}: {error.strerror or error}") from error
    for path, text in files.items():
        write_aside(path, text)
    return list(files)

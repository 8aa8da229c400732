"""Writes docs/cli.md from the help texts: `python docs/generate_cli.py`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

from videorecap.apps.cli import build_parser

WIDTH = "100"  # columns, so that every terminal writes the same page


def page() -> str:
    """The help of every command as Markdown."""
    os.environ["COLUMNS"] = WIDTH
    os.environ["NO_COLOR"] = "1"
    parts = [
        "# The command line",
        "Written by `python docs/generate_cli.py`; a test checks that it is current.",
        *(
            f"## {command.prog}\n\n```text\n{command.format_help().rstrip()}\n```"
            for command in commands(build_parser())
        ),
    ]
    return "\n\n".join(parts) + "\n"


def commands(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The commands of a parser, each followed by its own."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield command
                yield from commands(command)


if __name__ == "__main__":
    Path(__file__).with_name("cli.md").write_text(page(), encoding="utf-8")

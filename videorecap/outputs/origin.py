"""Where figures come from: the command, and the commit of its code. No secret of a URL is told."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import videorecap
from videorecap.outputs.journal import JSON

PROGRAM: Final = "videorecap"
URL: Final = re.compile(r"(\w+://)(?:\S*@)?([^\s?#]*)(?:[?#]\S*)?")  # the second part holds no secret


def without_secrets(text: str) -> str:
    """A text whose URLs have neither user, password nor query."""
    return URL.sub(r"\1\2", text)


def command(arguments: Sequence[str]) -> str:
    """A command of this package, as a shell takes it.

    Args:
        arguments: that it was given.
    """
    return shlex.join([PROGRAM, *map(without_secrets, arguments)])


def origin(arguments: Sequence[str]) -> dict[str, JSON]:
    """What stands in a file of figures.

    Args:
        arguments: that the command was given.
    """
    return {"videorecap": videorecap.__version__, "command": command(arguments), "commit": commit()}


def commit() -> str | None:
    """Of the checkout that this package is in, and whether it was changed; None if it is in none."""
    root = Path(videorecap.__file__).parent.parent
    if not (root / ".git").exists():  # an environment may lie in somebody else's checkout
        return None
    git = ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        done = subprocess.run(git, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() or None

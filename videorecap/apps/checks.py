"""What a command that works for hours sees to before it begins, and tells when it is done."""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from videorecap.errors import ConfigError, OutputError
from videorecap.types import Gap


def require_outputs(paths: Mapping[str, Path | None]) -> None:
    """See that files can be written, each to its own place.

    Args:
        paths: by the option that names them, or what they are; None is not written.

    Raises:
        ConfigError: if two are one file.
        OutputError: if one cannot be written.
    """
    taken: dict[Path, str] = {}
    for name, path in paths.items():
        if path is None:
            continue
        if other := taken.get(path.resolve()):
            raise ConfigError(f"{name} and {other} are one file, {path}; name another")
        taken[path.resolve()] = name
        _require_writable(path)


def require_other_suffix(output: Path, beside: Sequence[str]) -> None:
    """See that a file is none of those that are written beside it, under its name with another suffix.

    Raises:
        ConfigError: if it is.
    """
    if output.suffix in beside:
        raise ConfigError(f"-o {output}: what ends in {output.suffix} is written beside it; name it .json")


def _require_writable(path: Path) -> None:
    try:
        if path.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from None


def tell_references(path: Path) -> None:
    """Say in one line that what is read of a file may be references."""
    told = "holds captions that nothing calls predictions, be they references; they are read"
    print(f"videorecap: {path}: {told}", file=sys.stderr)


def tell_gaps(gaps: Sequence[Gap]) -> None:
    """Say in one line what could not be captioned, if anything."""
    if gaps:
        of_levels = ", ".join(f"{n} of {level}" for level, n in Counter(gap.level for gap in gaps).items())
        first = " ".join(gaps[0].reason.split())
        told = f"captions are missing: {of_levels}; the first: {first}"
        print(f"videorecap: {told}; the same command tries only these again", file=sys.stderr)

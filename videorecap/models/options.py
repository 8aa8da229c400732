"""The options of a training run, as a checkpoint file keeps them: absent, or of another type than usual.

An option that is absent or None takes its default; one that is there and cannot be understood is an error,
never the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Final

from videorecap.errors import CheckpointError

FLAGS: Final = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


@dataclass(frozen=True, slots=True)
class Options:
    """Options by name.

    Attributes:
        path: of the file, for errors.
        values: as they were saved.
    """

    path: Path
    values: Mapping[str, object]

    def number(self, name: str, default: int, *, least: int) -> int:
        """A whole number, also where it was saved as 80.0 or "80".

        Raises:
            CheckpointError: if it is none, or less than ``least``.
        """
        value = self.values.get(name)
        if value is None:
            return default
        number = _whole(value)
        if number is None or number < least:
            raise self._fault(name, f"a whole number of at least {least}")
        return number

    def flag(self, name: str, *, default: bool) -> bool:
        """True or False, also where it was saved as a number or a word.

        Raises:
            CheckpointError: if it is neither.
        """
        value = self.values.get(name)
        if value is None:
            return default
        if str(value).lower() not in FLAGS:
            raise self._fault(name, "True or False")
        return FLAGS[str(value).lower()]

    def text(self, name: str, default: str) -> str:
        """A name.

        Raises:
            CheckpointError: if it is of another type.
        """
        value = self.values.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self._fault(name, "a name")
        return value

    def is_none(self, name: str) -> bool:
        """Whether the option is there and None, which is not the same as absent."""
        return name in self.values and self.values[name] is None

    def _fault(self, name: str, wanted: str) -> CheckpointError:
        return CheckpointError(f"{self.path}: its option {name} is {self.values[name]!r}, not {wanted}")


def _whole(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, Real | str):
        return None
    try:
        number = float(value)
        return int(number) if number.is_integer() else None
    except (ValueError, OverflowError):
        return None

"""Values from files of strangers, taken field by field; what is wrong is said in one line that names it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from videorecap.errors import DataError
from videorecap.types import Span

SHOWN: Final = 60  # characters of a wrong value that an error shows


class Record:
    """A mapping of which every field is checked as it is taken.

    Args:
        value: what came.
        where: file and place in it, for errors.

    Raises:
        DataError: if it is no mapping.
    """

    __slots__ = ("_fields", "where")

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, Mapping):
            raise DataError(f"{where}: is {shown(value)}, not an object with fields")
        self._fields: Mapping[object, object] = value
        self.where = where

    def __contains__(self, name: str) -> bool:
        return self._fields.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (str(name) for name in self._fields)

    def allow(self, *names: str) -> None:
        """Refuse fields of other names.

        Raises:
            DataError: naming the fields.
        """
        unknown = [str(name) for name in self._fields if name not in names]
        if unknown:
            raise DataError(f"{self.where}: unknown field {unknown[0]!r:.{SHOWN}}; known: {', '.join(names)}")

    def value(self, name: str) -> object:
        """A field of any kind.

        Raises:
            DataError: if it is missing.
        """
        if name not in self._fields:
            raise DataError(f"{self.where}: has no field {name!r}")
        return self._fields[name]

    def text(self, name: str) -> str:
        """A field that holds text."""
        return as_text(self.value(name), f"{self.where}: {name}")

    def maybe_text(self, name: str) -> str | None:
        """A field that holds text; None if it is missing or null."""
        return self.text(name) if name in self else None

    def number(self, name: str) -> float:
        """A field that holds a finite number."""
        return as_number(self.value(name), f"{self.where}: {name}")

    def maybe_number(self, name: str) -> float | None:
        """A field that holds a finite number; None if it is missing or null."""
        return self.number(name) if name in self else None

    def maybe_length(self, name: str) -> float | None:
        """A field that holds a length in seconds, above 0; None if it is missing or null."""
        seconds = self.maybe_number(name)
        if seconds is not None and seconds <= 0:
            raise DataError(f"{self.where}: {name}: is {shown(seconds)}, not a length in seconds")
        return seconds

    def maybe_count(self, name: str) -> int | None:
        """A field that holds a whole number; None if it is missing or null."""
        if name not in self:
            return None
        value = self.value(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise DataError(f"{self.where}: {name}: is {shown(value)}, not a whole number")
        return value

    def list(self, name: str) -> Sequence[object]:
        """A field that holds a list."""
        return as_list(self.value(name), f"{self.where}: {name}")

    def maybe_list(self, name: str) -> Sequence[object]:
        """A field that holds a list; empty if it is missing or null."""
        return self.list(name) if name in self else ()

    def texts(self, name: str) -> tuple[str, ...]:
        """A field that holds a list of texts; empty if it is missing or null."""
        where = f"{self.where}: {name}"
        return tuple(as_text(item, where) for item in self.maybe_list(name))

    def record(self, name: str) -> Record:
        """A field that is a mapping itself."""
        return Record(self.value(name), f"{self.where}: {name}")

    def span(self, start: str, end: str) -> Span:
        """Two fields as a span of time in seconds."""
        return as_span(self.value(start), self.value(end), self.where)


def read_record(text: str, where: str, schema_version: int) -> Record:
    """The object in one line of a file of ours.

    Args:
        text: the line.
        where: it came from, for errors.
        schema_version: that is read.

    Raises:
        DataError: if it is no JSON, or of another version.
    """
    try:
        record = Record(json.loads(text), where)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{where}: no JSON ({error})") from None
    found = record.value("schema_version")
    if found != schema_version:
        raise DataError(f"{where}: schema_version is {found!r:.20}; this program reads {schema_version}")
    return record


def as_text(value: object, where: str) -> str:
    """A value that is text."""
    if not isinstance(value, str):
        raise DataError(f"{where}: is {shown(value)}, not text")
    return value


def as_number(value: object, where: str) -> float:
    """A value that is a finite number."""
    try:
        number = math.nan if isinstance(value, bool) or not isinstance(value, int | float) else float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise DataError(f"{where}: is {shown(value)}, not a finite number")
    return number


def as_list(value: object, where: str) -> Sequence[object]:
    """A value that is a list or a tuple."""
    if not isinstance(value, list | tuple):
        raise DataError(f"{where}: is {shown(value)}, not a list")
    return value


def as_span(start: object, end: object, where: str) -> Span:
    """Two values as a span of time in seconds."""
    try:
        return Span(as_number(start, f"{where}: start"), as_number(end, f"{where}: end"))
    except ValueError as error:
        raise DataError(f"{where}: {error}") from None


def shown(value: object) -> str:
    """A value as an error shows it: short, on one line, with its kind."""
    if isinstance(value, list | tuple | Mapping | set | frozenset):
        return f"a {type(value).__name__} of {len(value)}"
    try:
        return f"{value!r:.{SHOWN}}"
    except ValueError:  # Python does not print numbers of thousands of digits
        return "a very large number"

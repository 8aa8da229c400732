"""How a training tells what it is doing; who shows it is up to the application."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of one piece of work after another."""

    def begin(self, what: str, total: float | None = None) -> None:
        """A piece of work begins, of so many units if that is known."""
        ...

    def advance(self, done: float) -> object:
        """So many more units of it are done."""
        ...

    def note(self, text: str) -> None:
        """Something worth a line of its own."""
        ...


class Silence:
    """Shows nothing."""

    def begin(self, what: str, total: float | None = None) -> None:
        """Nothing."""

    def advance(self, done: float) -> object:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""

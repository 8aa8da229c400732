"""What the loop knows of any training: batches, and tasks that make losses of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from torch import Tensor

B_co = TypeVar("B_co", bound="Batch", covariant=True)
B_contra = TypeVar("B_contra", bound="Batch", contravariant=True)


class Batch(Protocol):
    """Part of the samples of one optimizer step."""

    @property
    def name(self) -> str:
        """What the log calls its losses: the level, say."""
        ...

    @property
    def samples(self) -> tuple[str, ...]:
        """What identifies each sample, for reports."""
        ...

    @property
    def counts(self) -> Mapping[str, int]:
        """The denominator of each objective: its real tokens, its samples. Never negative."""
        ...


class Batches(Protocol[B_co]):
    """The samples of a whole training, a pure function of the step."""

    def __call__(self, step: int, part: int, num_parts: int) -> B_co:
        """Part ``part`` of the ``num_parts`` of a step's batch; all parts together do not depend on how many.

        The same in every process, and after a restart.
        """
        ...


class Task(Protocol[B_contra]):
    """A module whose ``forward`` gives the sum of each objective over a batch; it moves the batch itself."""

    def __call__(self, batch: B_contra) -> dict[str, Tensor]:
        """Scalars with the keys of ``batch.counts``; over the counts of the whole step they are means."""
        ...

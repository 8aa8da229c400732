"""Work ahead: what comes next is made while what came before is used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from queue import Full, Queue
from threading import Event, Thread
from typing import Final, Generic, TypeVar

T = TypeVar("T")
PATIENCE_SECONDS: Final = 0.1  # between looks at whether anybody still wants what is made


class _End:
    """The source has ended, with an error or without."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class Ahead(Generic[T]):
    """Items of a source that a thread of its own makes, at most so many before they are asked for.

    What the source raises is raised here, after the items before it. Leaving the block ends the thread; the
    source, if it is a generator, is then closed.

    Args:
        source: used in the thread alone.
        depth: most items that wait.
        stop: called when the block is left: ends what may take long, an item that is being made.
    """

    def __init__(self, source: Iterable[T], depth: int, *, stop: Callable[[], object] = lambda: None) -> None:
        self._source = source
        self._stop = stop
        self._queue: Queue[T | _End] = Queue(depth)
        self._is_over = Event()
        self._thread = Thread(target=self._make, daemon=True)

    def __enter__(self) -> Iterator[T]:
        self._thread.start()
        return self._items()

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._stop()
        self._thread.join()

    def _items(self) -> Iterator[T]:
        while not isinstance(item := self._queue.get(), _End):
            yield item
        if item.error is not None:
            raise item.error

    def _make(self) -> None:
        error = None
        try:
            for item in self._source:
                if not self._put(item):
                    break
            if close := getattr(self._source, "close", None):
                close()
        except BaseException as raised:  # noqa: BLE001 - it is raised where the items are used
            error = raised
        self._put(_End(error))

    def _put(self, item: T | _End) -> bool:
        """Whether there was room for it before the block was left."""
        while not self._is_over.is_set():
            try:
                self._queue.put(item, timeout=PATIENCE_SECONDS)
            except Full:
                continue
            return True
        return False

"""Work ahead: in order, bounded, and ended when nobody wants it any more."""

import threading
import time
from collections.abc import Iterator

import pytest

from videorecap.ahead import Ahead


def counted(made: list[int], limit: int = 1000) -> Iterator[int]:
    try:
        for number in range(limit):
            made.append(number)
            yield number
    finally:
        made.append(-1)


def test_items_come_in_order_from_another_thread() -> None:
    threads: list[int] = []
    source = (threads.append(threading.get_ident()) or number for number in range(50))
    with Ahead(source, 3) as items:
        assert list(items) == list(range(50))
    assert set(threads) != {threading.get_ident()}
    assert len(set(threads)) == 1


def test_no_more_wait_than_are_allowed() -> None:
    made: list[int] = []
    with Ahead(counted(made), 4) as items:
        for taken in range(1, 10):
            next(items)
            until = time.monotonic() + 10
            while len(made) < taken + 4 and time.monotonic() < until:
                time.sleep(0.001)
            assert taken + 4 <= len(made) <= taken + 4 + 1, "one in the making; it does not wait to be asked"


def test_leaving_early_ends_the_thread_and_closes_the_source() -> None:
    made: list[int] = []
    before = threading.active_count()
    with pytest.raises(KeyError), Ahead(counted(made), 2) as items:
        next(items)
        raise KeyError
    assert threading.active_count() == before
    assert made[-1] == -1
    assert len(made) < 10


def test_an_error_comes_after_what_was_made_before_it() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    with Ahead(failing(), 8) as items:
        assert next(items) == 1
        with pytest.raises(ValueError, match="broken"):
            next(items)


def test_a_list_is_a_source() -> None:
    with Ahead([3, 1, 2], 1) as items:
        assert list(items) == [3, 1, 2]
    with Ahead([], 1) as items:
        assert list(items) == []

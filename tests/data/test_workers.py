"""Work in several processes: order, progress, and what happens when one fails or dies."""

import os
from contextlib import closing

import pytest

from videorecap.data.workers import Advance, in_order
from videorecap.errors import ConfigError, VideoRecapError


def square(number: int, advance: Advance) -> int:
    for _ in range(number):
        advance(1.0)
    return number * number


def refuse(number: int, advance: Advance) -> int:
    if number == 1:
        raise ConfigError(f"not {number}")
    return square(number, advance)


def die(number: int, _: Advance) -> int:
    os._exit(number)


def go_on_for_ever(_: int, advance: Advance) -> int:
    while True:
        advance(1.0)


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_order_and_all_progress_is_told(workers: int) -> None:
    told: list[float] = []
    numbers = [*range(20), 300, *range(20)]
    assert list(in_order(square, numbers, workers, told.append)) == [n * n for n in numbers]
    assert sum(told) == sum(numbers)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_fault_of_one_item_reaches_the_caller(workers: int) -> None:
    with pytest.raises(ConfigError, match="not 1"):
        list(in_order(refuse, [0, 1, 2], workers, lambda _: None))


def test_a_process_that_dies_is_told_in_one_line() -> None:
    with pytest.raises(VideoRecapError, match="worker processes died"):
        list(in_order(die, [7], 2, lambda _: None))


def test_closing_stops_what_is_under_way() -> None:
    def stop(amount: float) -> None:
        if amount:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), closing(in_order(go_on_for_ever, [1, 2, 3], 2, stop)) as results:
        list(results)

"""Continuous batching writes what each caption would be alone, and takes no more than it has room for."""

import pytest
import torch

from videorecap.config import Fusion
from videorecap.errors import ConfigError
from videorecap.models.generation import Greedy, Sampling, Strategy, generate, stream
from videorecap.models.streaming import write_stream

from .small import END, lively_decoder
from .test_generation import embeddings

MAX_TOKENS = 20


def sampling() -> Sampling:
    return Sampling(generator=torch.Generator().manual_seed(3), top_k=8)


def streamed(decoder, z, num_rows, strategy: Strategy):
    options = {"end_token": END, "max_tokens": MAX_TOKENS, "strategy": strategy}
    return list(stream(decoder, z, num_rows=num_rows, **options))


@pytest.mark.parametrize("fusion", Fusion)
@pytest.mark.parametrize("make", [Greedy, sampling])
@pytest.mark.parametrize("num_rows", [1, 2, 3, 5, 40])
def test_places_that_become_free_change_no_caption(fusion, make, num_rows) -> None:
    decoder, z = lively_decoder(fusion).eval(), embeddings(24)
    whole = generate(decoder, z, end_token=END, max_tokens=MAX_TOKENS, strategy=make())
    assert len({len(ids) for ids in whole.ids}) > 3, "the test needs captions of different lengths"
    written = streamed(decoder, iter(z), num_rows, make())
    assert [list(caption.ids) for caption in written] == whole.ids
    assert [caption.mean_logprob for caption in written] == pytest.approx(whole.mean_logprob, rel=1e-4)


def test_no_more_is_taken_than_there_is_room_for() -> None:
    decoder, taken = lively_decoder().eval(), 0

    def counted():
        nonlocal taken
        for z_QD in embeddings(24):
            taken += 1
            yield z_QD

    ended = write_stream(
        decoder,
        counted(),
        num_rows=4,
        end_token=END,
        max_tokens=MAX_TOKENS,
        choose=Greedy().choose,
    )
    numbers = []
    for number, _ in ended:
        assert taken <= len(numbers) + 4
        numbers.append(number)
    assert taken == 24
    assert sorted(numbers) == list(range(24)) != numbers, "they come as they end"


def test_nothing_is_written_of_nothing() -> None:
    assert streamed(lively_decoder().eval(), iter(()), 4, Greedy()) == []


@torch.inference_mode()
def test_rows_of_different_age_take_one_token_at_a_time() -> None:
    decoder, z = lively_decoder().eval(), embeddings(2)
    cache = decoder.start(z, MAX_TOKENS)
    decoder.step(torch.tensor([[END], [END]]), cache)
    cache.put([1], decoder.start(z[:1], MAX_TOKENS))
    assert cache.lengths == [1, 0]
    with pytest.raises(ConfigError, match="1 token at a time, got 2"):
        decoder.step(torch.tensor([[1, 2], [1, 2]]), cache)

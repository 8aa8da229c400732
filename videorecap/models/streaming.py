"""Continuous batching: a caption that has ended gives its place in the batch to the next of a stream.

Letters: B rows of the batch, V vocabulary, Q embeddings, D width.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TypeAlias

import torch
from torch import Tensor

from videorecap.models.beam import Hypothesis
from videorecap.models.decoder_cache import DecoderCache
from videorecap.models.text_decoder import TextDecoder

Choose: TypeAlias = Callable[[Tensor, Tensor | None], Tensor]
"""The next token [B] from logits [B, V] and, where they are drawn, a number in [0, 1) for each row [B]."""


@dataclass(slots=True, eq=False)
class _Caption:
    """One that is being written; ``noise`` has a number for each token where tokens are drawn."""

    number: int
    noise: Tensor | None
    ids: list[int] = field(default_factory=list)
    logprob: float = 0.0
    num_tokens: int = 0

    def add(self, token: int, logprob: float, end_token: int) -> None:
        """Take in a token."""
        self.logprob += logprob
        self.num_tokens += 1
        if token != end_token:
            self.ids.append(token)

    def hypothesis(self) -> Hypothesis:
        """As it is."""
        return Hypothesis(tuple(self.ids), self.logprob, self.num_tokens)


@torch.inference_mode()
def write_stream(
    decoder: TextDecoder,
    embeddings: Iterable[Tensor],
    *,
    num_rows: int,
    end_token: int,
    max_tokens: int,
    choose: Choose,
    noise: Callable[[], Tensor] | None = None,
) -> Iterator[tuple[int, Hypothesis]]:
    """Write a caption of each of a stream of embeddings, so many at a time.

    Args:
        decoder: in evaluation mode.
        embeddings: [Q, D] each, all of one shape; taken as places become free.
        num_rows: most captions at a time.
        end_token: starts and ends a caption.
        max_tokens: most tokens of a caption, the start token included; of 1, they are empty.
        choose: the next tokens.
        noise: draws ``max_tokens - 1`` numbers, once for each caption.

    Yields:
        Captions as they end, each with its number in the stream.
    """
    source = ((_Caption(n, noise() if noise else None), z_QD) for n, z_QD in enumerate(embeddings))
    begun = list(islice(source, num_rows))
    if max_tokens < 2:
        yield from ((caption.number, caption.hypothesis()) for caption, _ in chain(begun, source))
        return
    if not begun:
        return
    captions, cache = _start(decoder, begun, max_tokens)
    device = begun[0][1].device
    token_B = torch.full((len(captions),), end_token, device=device)
    del begun
    while True:
        logits_BV = decoder.step(token_B[:, None], cache)[:, -1]
        token_B = choose(logits_BV, _numbers(captions))
        chosen_B = logits_BV.float().log_softmax(-1).gather(1, token_B[:, None])[:, 0]
        ended: list[int] = []
        told = torch.stack([token_B.double(), chosen_B.double()], 1).tolist()  # a device is waited for once
        for row, (token, logprob) in enumerate(told):
            captions[row].add(int(token), logprob, end_token)
            if token == end_token or captions[row].num_tokens == max_tokens - 1:
                ended.append(row)
                yield captions[row].number, captions[row].hypothesis()
        if following := list(islice(source, len(ended))):
            filled, ended = ended[: len(following)], ended[len(following) :]
            new, fresh = _start(decoder, following, max_tokens)
            cache.put(filled, fresh)
            token_B[filled] = end_token
            for row, caption in zip(filled, new, strict=True):
                captions[row] = caption
        if ended:
            going = [row for row in range(len(captions)) if row not in ended]
            if not going:
                return
            kept_N = torch.tensor(going, device=device, dtype=torch.long)
            captions, token_B = [captions[row] for row in going], token_B[kept_N]
            cache.take(kept_N)


def in_order(ended: Iterable[tuple[int, Hypothesis]]) -> Iterator[Hypothesis]:
    """Captions by their numbers, each as soon as all before it have come."""
    waiting: dict[int, Hypothesis] = {}
    number = 0
    for own, caption in ended:
        waiting[own] = caption
        while number in waiting:
            yield waiting.pop(number)
            number += 1


def _start(
    decoder: TextDecoder, begun: list[tuple[_Caption, Tensor]], max_tokens: int
) -> tuple[list[_Caption], DecoderCache]:
    captions = [caption for caption, _ in begun]
    return captions, decoder.start(torch.stack([z_QD for _, z_QD in begun]), max_tokens)


def _numbers(captions: list[_Caption]) -> Tensor | None:
    """What is drawn for the next token of each row; None where tokens are not drawn."""
    drawn = [caption.noise[caption.num_tokens] for caption in captions if caption.noise is not None]
    return torch.stack(drawn) if drawn else None

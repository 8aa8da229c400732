"""Writing captions: greedy, sampled, or by beam search, over a key/value cache.

Letters: B batch, S steps, V vocabulary, Q embeddings, D width.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor, nn

from videorecap.errors import ConfigError
from videorecap.models import official as reference
from videorecap.models.beam import Hypothesis, beam_search
from videorecap.models.streaming import in_order, write_stream
from videorecap.models.text_decoder import TextDecoder


@dataclass(frozen=True, slots=True)
class Greedy:
    """The most likely token each time."""

    def choose(self, logits_BV: Tensor, noise_B: Tensor | None) -> Tensor:
        """The next token of each row [B]; nothing is drawn."""
        return logits_BV.argmax(-1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sampling:
    """Draw each token; temperature first, then the ``top_k`` most likely, then the ``top_p`` nucleus.

    Attributes:
        generator: where the randomness comes from.
        temperature: divides the logits.
        top_k: how many of the likeliest tokens may be drawn; None is all.
        top_p: the likeliest tokens that hold this much probability may be drawn; 1 is all.

    Raises:
        ConfigError: for values that leave nothing to draw.
    """

    generator: torch.Generator = field(repr=False)  # a digest of the strategy tells nothing of it
    temperature: float = 1.0
    top_k: int | None = None
    top_p: float = 1.0

    def __post_init__(self) -> None:
        if not (self.temperature > 0 and 0 < self.top_p <= 1 and (self.top_k is None or self.top_k >= 1)):
            raise ConfigError(
                "sampling needs temperature > 0, 0 < top_p <= 1 and top_k >= 1, got "
                f"{self.temperature}, {self.top_p} and {self.top_k}"
            )

    def probabilities(self, logits_BV: Tensor) -> Tensor:
        """What the next token is drawn from: [B, V], rows sum to 1."""
        warped_BV = logits_BV.float() / self.temperature
        if self.top_k is not None:
            least_B1 = warped_BV.topk(min(self.top_k, warped_BV.shape[1])).values[:, -1:]
            warped_BV = warped_BV.masked_fill(warped_BV < least_B1, -torch.inf)
        ascending_BV, order_BV = warped_BV.sort(dim=-1)
        is_tail_BV = ascending_BV.softmax(-1).cumsum(-1) <= 1 - self.top_p
        is_tail_BV[:, -1] = False
        is_tail_BV = torch.zeros_like(is_tail_BV).scatter(1, order_BV, is_tail_BV)
        return warped_BV.masked_fill(is_tail_BV, -torch.inf).softmax(-1)

    def choose(self, logits_BV: Tensor, noise_B: Tensor | None) -> Tensor:
        """The token of each row [B] in whose share of the cumulative probability a number of [0, 1) falls."""
        assert noise_B is not None, "what is drawn is drawn beforehand"
        cumulative_BV = self.probabilities(logits_BV).double().cumsum(-1)
        aim_B1 = noise_B.double()[:, None] * cumulative_BV[:, -1:]
        return torch.searchsorted(cumulative_BV, aim_B1, right=True)[:, 0]

    def noise(self, num_tokens: int, device: torch.device) -> Tensor:
        """Numbers in [0, 1), one for each token of a caption: no caption changes what another one draws."""
        source = self.generator
        return torch.rand(num_tokens, generator=source, device=source.device).to(device)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeamSearch:
    """Keep the ``num_beams`` best unfinished captions; the best finished one wins.

    Attributes:
        num_beams: how many; one is greedy.
        length_penalty: captions are compared by log-probability / length ** length_penalty.

    Raises:
        ConfigError: for fewer beams than one.
    """

    num_beams: int = 4
    length_penalty: float = 1.0

    def __post_init__(self) -> None:
        if self.num_beams < 1:
            raise ConfigError(f"beam search needs at least 1 beam, got {self.num_beams}")


Strategy = Greedy | Sampling | BeamSearch


@dataclass(frozen=True, slots=True)
class Generated:
    """Captions of a batch.

    Attributes:
        ids: text tokens of each row, without start and end tokens.
        mean_logprob: mean natural-log probability, under the unwarped model, of each row's tokens, the end
            token included where it was written; None if nothing was.
    """

    ids: list[list[int]]
    mean_logprob: list[float | None]


@torch.inference_mode()
def generate(
    decoder: TextDecoder,
    z_BQD: Tensor,
    *,
    end_token: int,
    max_tokens: int,
    strategy: Strategy | None = None,
    official: bool = False,
) -> Generated:
    """Write one caption for each row of embeddings, independently of the other rows.

    For several captions of one row, repeat it: ``z_BQD.repeat_interleave(n, 0)``.

    Args:
        decoder: dropout is off while it writes, whatever its mode.
        z_BQD: embeddings [B, Q, D].
        end_token: starts and ends a caption.
        max_tokens: most tokens of a caption, the start token included.
        strategy: greedy if None.
        official: decode greedily as the authors' evaluation of Video ReCap does: the row that ends last, and
            every row cut short, loses its last token, so a caption depends on its batch.

    Raises:
        ConfigError: if ``official`` is combined with another strategy than greedy.
    """
    strategy = strategy or Greedy()
    if official and not isinstance(strategy, Greedy):
        raise ConfigError(
            f"official=True copies a greedy decoding, got {type(strategy).__name__}; leave one of them out"
        )
    with _evaluating(decoder):
        if len(z_BQD) == 0:
            written = []
        elif official:
            written = _official(decoder, z_BQD, end_token, max_tokens)
        elif isinstance(strategy, BeamSearch):
            written = beam_search(
                decoder,
                z_BQD,
                end_token=end_token,
                max_tokens=max_tokens,
                num_beams=strategy.num_beams,
                length_penalty=strategy.length_penalty,
            )
        else:
            written = list(
                stream(
                    decoder,
                    z_BQD,
                    num_rows=len(z_BQD),
                    end_token=end_token,
                    max_tokens=max_tokens,
                    strategy=strategy,
                )
            )
    return Generated(
        ids=[list(row.ids) for row in written],
        mean_logprob=[row.mean_logprob for row in written],
    )


@contextmanager
def _evaluating(module: nn.Module) -> Iterator[None]:
    was_training = module.training
    module.eval()
    try:
        yield
    finally:
        module.train(was_training)


def stream(
    decoder: TextDecoder,
    embeddings: Iterable[Tensor],
    *,
    num_rows: int,
    end_token: int,
    max_tokens: int,
    strategy: Greedy | Sampling,
) -> Iterator[Hypothesis]:
    """Captions of a stream of embeddings, in order, with continuous batching; see ``write_stream``."""
    device = decoder.token_embedding.weight.device
    noise = partial(strategy.noise, max_tokens - 1, device) if isinstance(strategy, Sampling) else None
    ended = write_stream(
        decoder,
        embeddings,
        num_rows=num_rows,
        end_token=end_token,
        max_tokens=max_tokens,
        choose=strategy.choose,
        noise=noise,
    )
    return in_order(ended)


def _official(decoder: TextDecoder, z_BQD: Tensor, end_token: int, max_tokens: int) -> list[Hypothesis]:
    captions = reference.greedy_loop(decoder, z_BQD, end_token=end_token, max_tokens=max_tokens)
    kept = [reference.decode_one(row, end_token) for row in captions.ids.tolist()]
    logprob_BLV = decoder(captions.ids, z_BQD).float().log_softmax(-1)
    written = []
    for i, ids in enumerate(kept):
        steps = torch.arange(len(ids), device=z_BQD.device)
        chosen = logprob_BLV[i, steps, captions.ids[i, 1 : 1 + len(ids)]]
        written.append(Hypothesis(tuple(ids), float(chosen.sum()), len(ids)))
    return written

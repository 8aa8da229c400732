"""Beam search.

Letters: B rows of the batch, K beams of a row, V vocabulary, Q embeddings, D width.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from videorecap.models.text_decoder import TextDecoder


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A caption that could be the answer.

    Attributes:
        ids: text tokens, without start and end tokens.
        logprob: sum of natural-log probabilities.
        num_tokens: over how many tokens, the end token included where it was written.
    """

    ids: tuple[int, ...]
    logprob: float
    num_tokens: int

    @property
    def mean_logprob(self) -> float | None:
        """Per token; None of no token."""
        return self.logprob / self.num_tokens if self.num_tokens else None


@dataclass(slots=True)
class _Row:
    """The search for one caption: its unfinished beams, best first, and what finished so far."""

    beams: list[tuple[int, ...]]
    logprobs: list[float]
    finished: list[Hypothesis] = field(default_factory=list)

    def advance(self, candidates: list[tuple[float, int, int]], end_token: int) -> list[tuple[int, int]]:
        """Take candidates (log-probability, beam, token), best first, until all beams go on.

        Returns:
            For each beam, the beam that it continues and its new token.
        """
        num_beams = len(self.beams)
        going: list[tuple[float, int, int]] = []
        for rank, (logprob, beam, token) in enumerate(candidates):
            if token != end_token:
                going.append((logprob, beam, token))
            elif rank < num_beams:
                ids = self.beams[beam]
                self.finished.append(Hypothesis(ids, logprob, len(ids) + 1))
            if len(going) == num_beams:
                break
        self.beams = [(*self.beams[beam], token) for _, beam, token in going]
        self.logprobs = [logprob for logprob, _, _ in going]
        return [(beam, token) for _, beam, token in going]

    def best(self, num_beams: int, length_penalty: float) -> Hypothesis:
        """The best caption; unfinished ones count only where too few finished."""
        hypotheses = list(self.finished)
        if len(hypotheses) < num_beams:
            hypotheses += [
                Hypothesis(ids, logprob, len(ids))
                for ids, logprob in zip(self.beams, self.logprobs, strict=True)
            ]
        return max(hypotheses, key=lambda one: one.logprob / max(one.num_tokens, 1) ** length_penalty)


def beam_search(
    decoder: TextDecoder,
    z_BQD: Tensor,
    *,
    end_token: int,
    max_tokens: int,
    num_beams: int,
    length_penalty: float,
) -> list[Hypothesis]:
    """The best caption of each row; a row's search ends when as many captions as beams have finished."""
    device = z_BQD.device
    rows = [_Row([()] * num_beams, [0.0] + [-torch.inf] * (num_beams - 1)) for _ in range(len(z_BQD))]
    going = list(rows)
    cache = decoder.start(z_BQD, max_tokens)
    cache.take(torch.arange(len(rows), device=device).repeat_interleave(num_beams))
    token_N = torch.full((len(rows) * num_beams,), end_token, device=device)
    for _ in range(max_tokens - 1):
        logprob_NV = decoder.step(token_N[:, None], cache)[:, -1].float().log_softmax(-1)
        candidates = _best_candidates(logprob_NV, going)
        sources: list[int] = []
        tokens: list[int] = []
        still: list[_Row] = []
        for i, row in enumerate(going):
            continued = row.advance(candidates[i], end_token)
            if len(row.finished) < num_beams:
                still.append(row)
                sources += [i * num_beams + beam for beam, _ in continued]
                tokens += [token for _, token in continued]
        if not still:
            break
        index_N = torch.tensor(sources, device=device)
        (cache.reorder if len(still) == len(going) else cache.take)(index_N)
        going, token_N = still, torch.tensor(tokens, device=device)
    return [row.best(num_beams, length_penalty) for row in rows]


def _best_candidates(logprob_NV: Tensor, rows: list[_Row]) -> list[list[tuple[float, int, int]]]:
    """Twice as many continuations as beams, best first: enough even if every beam could end."""
    num_beams, vocab_size = len(rows[0].beams), logprob_NV.shape[1]
    so_far_BK = torch.tensor([row.logprobs for row in rows], device=logprob_NV.device)
    total_BC = (logprob_NV.view(len(rows), num_beams, -1) + so_far_BK[..., None]).flatten(1)
    top = total_BC.topk(min(2 * num_beams, total_BC.shape[1]))
    return [
        [
            (value, index // vocab_size, index % vocab_size)
            for value, index in zip(values, indices, strict=True)
        ]
        for values, indices in zip(top.values.tolist(), top.indices.tolist(), strict=True)
    ]

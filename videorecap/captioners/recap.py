"""The paper's captioner: features and texts through a ``RecapModel`` to words.

Source: Video ReCap, section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from tokenizers import Tokenizer
from torch import Tensor

from videorecap.captioners.base import CaptionRequest, Written
from videorecap.captioners.text import join
from videorecap.errors import ConfigError
from videorecap.hierarchy import Level, Visual
from videorecap.models.features import sample_rows
from videorecap.models.generation import BeamSearch, Greedy, Strategy, generate, stream
from videorecap.models.official import IGNORED_LABEL, caption_rows
from videorecap.models.recap import RecapModel

OFFICIAL_EMPTY_TOKEN = "0"  # noqa: S105 - what the authors' collator pads texts with


@dataclass(frozen=True)
class RecapCaptioner:
    """Writes captions with one model.

    Attributes:
        model: in evaluation mode.
        tokenizer: of the model's decoder.
        end_token: id that starts and ends a caption.
        max_text_tokens: longest text that is read; the rest is cut off, as the released models do.
        strategy: how the next token is chosen.
        is_official: copy the authors' decoding, which loses the last token and depends on the batch.
    """

    model: RecapModel
    tokenizer: Tokenizer
    end_token: int
    max_text_tokens: int
    strategy: Strategy = field(default_factory=Greedy)
    is_official: bool = False

    @torch.inference_mode()
    def write(self, requests: Sequence[CaptionRequest]) -> list[Written]:
        """Caption requests of one level, in order.

        Requests with and without texts are written in batches of their own: an empty text is no text, and
        says nothing about its neighbours. The authors instead attend to padding; ``is_official`` copies that.
        """
        written: dict[int, Written] = {}
        for numbers in self.grouped(requests):
            batch = self._write_batch([requests[number] for number in numbers])
            written.update(zip(numbers, batch, strict=True))
        return [written[n] for n in range(len(requests))]

    @torch.inference_mode()
    def stream(
        self, level: Level, batches: Iterable[Sequence[CaptionRequest]], *, num_rows: int
    ) -> Iterator[Written]:
        """Caption batches of requests of one level, in order, with continuous batching.

        Where captions cannot be told apart from their batch (``is_official``), need several rows each (beam
        search), or may have texts to read, each batch is written by itself.
        """
        if self.is_official or isinstance(self.strategy, BeamSearch) or level.reads is not None:
            for batch in batches:
                yield from self.write(batch)
            return
        captions = stream(
            self.model.decoder,
            (z_QD for batch in batches for z_QD in self.embeddings(batch)),
            num_rows=num_rows,
            end_token=self.end_token,
            max_tokens=level.max_tokens,
            strategy=self.strategy,
        )
        for caption in captions:
            yield Written(self.text(caption.ids), caption.mean_logprob)

    def grouped(self, requests: Sequence[CaptionRequest]) -> list[list[int]]:
        """Numbers of the requests without texts to read, and of those with; no group is empty."""
        has_text = [self._has_text(request) for request in requests]
        groups = [[n for n, has in enumerate(has_text) if has == wanted] for wanted in (False, True)]
        return [numbers for numbers in groups if numbers]

    def _write_batch(self, batch: Sequence[CaptionRequest]) -> list[Written]:
        generated = generate(
            self.model.decoder,
            self.embeddings(batch),
            end_token=self.end_token,
            max_tokens=batch[0].level.max_tokens,
            strategy=self.strategy,
            official=self.is_official,
        )
        return [
            Written(self.text(ids), logprob)
            for ids, logprob in zip(generated.ids, generated.mean_logprob, strict=True)
        ]

    def embeddings(self, batch: Sequence[CaptionRequest]) -> Tensor:
        """What the model makes of requests of one level, all of which have texts or none has.

        Returns:
            [B, queries, width], the video's queries first; differentiable, for training.
        """
        level = batch[0].level
        video, video_mask = self._video(batch, level)
        ids, text_mask = self._texts(batch, level) if self._has_text(batch[0]) else (None, None)
        return self.model.embeddings(video, video_mask, ids, text_mask, official=self.is_official)

    def _has_text(self, request: CaptionRequest) -> bool:
        """Whether it is to be read; what is empty is so only where nothing is seen, and by the authors."""
        if request.level.reads is None:
            return False
        return self.is_official or request.level.sees is None or any(text.strip() for text in request.texts)

    def _video(self, batch: Sequence[CaptionRequest], level: Level) -> tuple[Tensor | None, Tensor | None]:
        """Features [B, rows, width] and their mask [B, rows], or None where the level sees nothing."""
        if level.sees is None:
            return None, None
        given = (request.features for request in batch if request.features is not None)
        features = [rows.to(self.device, self.model.decoder.norm.weight.dtype) for rows in given]
        if len(features) < len(batch):
            raise ConfigError(
                f"level {level.name!r} sees {level.sees.value} features, but a request has none"
            )
        if level.sees is Visual.DENSE:
            return torch.stack(features), None
        sampled = [sample_rows(item, level.num_features, level.sampling) for item in features]
        rows = torch.stack([item for item, _ in sampled])
        mask = torch.stack([item for _, item in sampled])
        if self.is_official:  # the authors' resampler reads padding
            return rows, mask
        longest = int(mask.sum(1).max())  # padding beyond it tells nothing
        return rows[:, :longest], mask[:, :longest]

    def _texts(self, batch: Sequence[CaptionRequest], level: Level) -> tuple[Tensor, Tensor]:
        """Token ids [B, longest] and their mask."""
        return self.padded([self.encode(join(request.texts, level.joins)) for request in batch])

    def padded(self, ids: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
        """Token ids of unequal length as [B, longest], and their mask."""
        length = max(1, *map(len, ids))
        tokens = torch.full((len(ids), length), self._padding, dtype=torch.long, device=self.device)
        mask = torch.zeros_like(tokens)
        for row, item in enumerate(ids):
            tokens[row, : len(item)] = torch.tensor(item, dtype=torch.long, device=self.device)
            mask[row, : len(item)] = 1
        return tokens, mask

    def targets(self, texts: Sequence[str], max_tokens: int) -> tuple[Tensor, Tensor]:
        """Captions to learn: start token, text, end token, [B, longest], and the mask of real tokens.

        Args:
            texts: the captions.
            max_tokens: most tokens of one, with start and end; a longer text is cut and still ends.
        """
        ids = [self.tokenizer.encode(text).ids for text in texts]
        if self.is_official:
            tokens = caption_rows(ids, end_token=self.end_token, max_tokens=max_tokens).to(self.device)
            return tokens, (tokens != IGNORED_LABEL).to(tokens)
        return self.padded([self.framed(row[: max_tokens - 2]) for row in ids])

    def framed(self, ids: Sequence[int]) -> list[int]:
        """A text between the tokens that start and end it."""
        return [self.end_token, *ids, self.end_token]

    def num_targets(self, texts: Sequence[str], max_tokens: int) -> int:
        """How many tokens of ``targets`` are learned: all but the start tokens."""
        return sum(min(len(self.tokenizer.encode(text).ids), max_tokens - 2) + 1 for text in texts)

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return next(self.model.parameters()).device

    @property
    def _padding(self) -> int:
        """The padding's id; it matters only where a whole text is padding."""
        return self.tokenizer.token_to_id(OFFICIAL_EMPTY_TOKEN) or 0

    def encode(self, text: str) -> list[int]:
        """Token ids of a text that is read, at most ``max_text_tokens`` of them."""
        ids: list[int] = self.tokenizer.encode(text).ids
        return ids[: self.max_text_tokens]

    def text(self, ids: Sequence[int]) -> str:
        """Token ids as words."""
        text: str = self.tokenizer.decode(list(ids), skip_special_tokens=True)
        return text.strip()

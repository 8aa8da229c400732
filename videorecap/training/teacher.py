"""A language model that writes descriptions and summaries from clip captions (section 3.4 of the paper)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, cast

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    GenerationConfig,
    LogitsProcessorList,
    NoRepeatNGramLogitsProcessor,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from videorecap.data.records import Record, as_number
from videorecap.errors import CheckpointError, DataError
from videorecap.outputs.files import write_aside
from videorecap.outputs.journal import JSON
from videorecap.training.teacher_data import ANSWER, IGNORED, PROMPTS, TEXT, Coder, TeacherBatch, padded

SCHEMA_VERSION: Final = 1
CARD_FILE: Final = "teacher.json"
MAX_INPUT_TOKENS: Final = 512  # FLAN-T5's training length; GPT-2 has positions for 1024
MAX_NEW_TOKENS: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """How a teacher chooses its words; the same inputs give the same words.

    Attributes:
        num_beams: 1 is greedy.
        length_power: of beams, whose log-probability is divided by their length to this power: with 0 the
            likeliest text wins, which says less and is more often true; 1 makes up for the length.
        max_new_tokens: of a text.
        no_repeat_ngram: so many tokens in a row do not come twice in a text; 0 allows it. What was read may
            be repeated.
        batch_size: texts written at once; it may move a rounding, and so a word.
    """

    num_beams: int = 4
    length_power: float = 0.0
    max_new_tokens: int = MAX_NEW_TOKENS
    no_repeat_ngram: int = 6
    batch_size: int = 32


@dataclass(frozen=True, kw_only=True)
class TeacherCard:
    """What a teacher's directory says besides its weights.

    Attributes:
        base: the model that was fine-tuned.
        prompts: what stands before the captions, by level.
        answer: what stands between captions and description, or None where a decoder of its own writes.
        max_input_tokens: of a prompt.
        max_new_tokens: of a description.
        segment_seconds: quantiles of the length of the segments that it learnt from.
        trained_on: data set, split, samples, steps, and the like.
    """

    base: str
    prompts: Mapping[str, str]
    answer: str | None
    max_input_tokens: int
    max_new_tokens: int
    segment_seconds: tuple[float, ...] = ()
    trained_on: Mapping[str, JSON]

    def to_json(self) -> str:
        """The card as JSON text."""
        return json.dumps({"schema_version": SCHEMA_VERSION, **asdict(self)}, indent=2) + "\n"


class TextTeacher:
    """A model of ``transformers`` with its tokenizer, encoder-decoder (T5) or causal (GPT-2).

    Args:
        model: of either kind, as its config says.
        tokenizer: of the model.
        card: what it has learnt, and its prompts.
        digest: of the directory it was loaded from; empty while it is trained.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        card: TeacherCard,
        digest: str = "",
    ) -> None:
        self.model, self.tokenizer, self.card, self.digest = model, tokenizer, card, digest
        self.coder = Coder(
            tokenizer=tokenizer,
            prompts=card.prompts,
            answer=card.answer,
            max_input_tokens=card.max_input_tokens,
            max_new_tokens=card.max_new_tokens,
        )

    @torch.no_grad()
    def write(self, level: str, captions: Sequence[Sequence[str]], decoding: Decoding) -> list[str]:
        """Describe spans from the clip captions inside, all at once.

        Args:
            level: "segment" or "summary".
            captions: of each span, in order.
            decoding: how words are chosen; nothing is sampled.

        Returns:
            One text each; an empty one where the model wrote none.
        """
        self.model.train(False)
        prompts = [self.coder.prompt(level, each) for each in captions]
        is_causal = self.coder.answer is not None
        input_ids = padded(prompts, self.coder.padding, left=is_causal)
        mask = padded([[1] * len(each) for each in prompts], 0, left=is_causal)
        device = self.model.device
        settings = GenerationConfig(  # type: ignore[no-untyped-call]
            do_sample=False,
            num_beams=decoding.num_beams,
            length_penalty=decoding.length_power if decoding.num_beams > 1 else 1.0,
            max_new_tokens=min(decoding.max_new_tokens, self.card.max_new_tokens),
            eos_token_id=self.coder.end,
            pad_token_id=self.coder.padding,
            decoder_start_token_id=getattr(self.model.config, "decoder_start_token_id", None),
        )
        start = input_ids.shape[1] if is_causal else 1
        own = [OwnRepeats(decoding.no_repeat_ngram, start)] if decoding.no_repeat_ngram else []
        generate: Any = self.model.generate
        written: Tensor = generate(
            input_ids=input_ids.to(device),
            attention_mask=mask.to(device),
            generation_config=settings,
            logits_processor=LogitsProcessorList(own),
        )
        return [self.coder.text(row[start:]) for row in written.tolist()]

    def save(self, directory: Path) -> None:
        """Write the model, its tokenizer and its card; the card comes last and makes it whole.

        Raises:
            OutputError: if it cannot be written.
        """
        (directory / CARD_FILE).unlink(missing_ok=True)
        self.model.save_pretrained(directory)
        self.tokenizer.save_pretrained(directory)
        write_aside(directory / CARD_FILE, self.card.to_json())


class OwnRepeats(NoRepeatNGramLogitsProcessor):
    """Lets no run of tokens come twice in what is written, of which the first tokens are no part."""

    def __init__(self, length: int, num_given: int) -> None:
        super().__init__(length)
        self._num_given = num_given

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        """Scores [B, vocabulary], where what would be a repeat is impossible."""
        found: Tensor = super().__call__(input_ids[:, self._num_given :], scores)
        return found


class TeacherTask(nn.Module):
    """Cross-entropy of a human's words, given the captions.

    Args:
        model: of either kind.
        answer: that of the ``Coder``.
    """

    def __init__(self, teacher: TextTeacher) -> None:
        super().__init__()
        self.model = teacher.model
        self._is_causal = teacher.coder.answer is not None

    def forward(self, batch: TeacherBatch) -> dict[str, Tensor]:
        """The sum over the batch's real tokens to write."""
        device = next(self.parameters()).device
        labels = batch.labels.to(device)
        inputs = {"input_ids": batch.input_ids.to(device), "attention_mask": batch.attention_mask.to(device)}
        if self._is_causal:
            logits, labels = self.model(**inputs).logits[:, :-1], labels[:, 1:]
        else:
            logits = self.model(**inputs, labels=labels).logits
        total = cross_entropy(
            logits.float().flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="sum"
        )
        return {TEXT: total}


def start_teacher(
    name: str,
    *,
    base: str,
    max_input_tokens: int = MAX_INPUT_TOKENS,
    max_new_tokens: int = MAX_NEW_TOKENS,
) -> TextTeacher:
    """A pretrained model that has not learnt to describe yet.

    Args:
        name: on the hub ("google/flan-t5-large", "gpt2"), or a local directory.
        base: what the card calls it.
        max_input_tokens: of a prompt; less where a causal model has too few positions.
        max_new_tokens: of a description.

    Raises:
        CheckpointError: if it cannot be had, or has no ``safetensors``.
    """
    model, tokenizer = _load(name)
    is_causal = not model.config.is_encoder_decoder
    if is_causal:
        max_input_tokens = min(max_input_tokens, model.config.max_position_embeddings - max_new_tokens)
    card = TeacherCard(
        base=base,
        prompts=PROMPTS,
        answer=ANSWER if is_causal else None,
        max_input_tokens=max_input_tokens,
        max_new_tokens=max_new_tokens,
        trained_on={},
    )
    return TextTeacher(model, tokenizer, card)


def load_teacher(directory: Path) -> TextTeacher:
    """A trained teacher.

    Raises:
        CheckpointError: if the directory has no readable card, or no model that fits.
    """
    card = _read_card(directory / CARD_FILE)
    model, tokenizer = _load(str(directory))
    return TextTeacher(model, tokenizer, card, digest_of(directory))


def digest_of(directory: Path) -> str:
    """SHA-256 of a directory's files, their names included."""
    digest = hashlib.sha256()
    for path in sorted(path for path in directory.iterdir() if path.is_file()):
        with path.open("rb") as file:
            digest.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _load(name: str) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """A model of either kind and its tokenizer."""
    try:
        config = AutoConfig.from_pretrained(name)
        kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
        model = kind.from_pretrained(name, use_safetensors=True, dtype=torch.float32)
        return model, AutoTokenizer.from_pretrained(name)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CheckpointError(
            f"{name!r}: no local directory of a model, and the hub did not give it ({reason:.160})"
        ) from None


def _read_card(path: Path) -> TeacherCard:
    try:
        record = Record(json.loads(path.read_bytes()), str(path))
        return _card(record)
    except OSError as error:
        raise CheckpointError(
            f"{path}: cannot be read ({error.strerror}); a teacher is made by 'videorecap teacher train'"
        ) from None
    except (DataError, ValueError) as error:
        raise CheckpointError(f"{path}: {error}") from None


def _card(record: Record) -> TeacherCard:
    """A card, checked field by field."""
    version = record.value("schema_version")
    if version != SCHEMA_VERSION:
        raise DataError(f"schema_version is {version!r:.20}; this program reads {SCHEMA_VERSION}")
    record.allow("schema_version", *TeacherCard.__dataclass_fields__)
    prompts, trained_on = record.record("prompts"), record.record("trained_on")
    return TeacherCard(
        base=record.text("base"),
        prompts={level: prompts.text(level) for level in prompts},
        answer=record.maybe_text("answer"),
        max_input_tokens=record.maybe_count("max_input_tokens") or MAX_INPUT_TOKENS,
        max_new_tokens=record.maybe_count("max_new_tokens") or MAX_NEW_TOKENS,
        segment_seconds=tuple(
            as_number(each, f"{record.where}: segment_seconds") for each in record.list("segment_seconds")
        ),
        trained_on={name: cast(JSON, trained_on.value(name)) for name in trained_on},
    )

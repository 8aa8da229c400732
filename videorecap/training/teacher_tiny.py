"""Teachers small enough to learn from nothing on a CPU, with a tokenizer made of the data's own texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    T5Config,
    T5ForConditionalGeneration,
)

from videorecap.captioners.text import END_OF_TEXT
from videorecap.errors import ConfigError

PADDING: Final = "<|padding|>"
AFTER_SENTENCE: Final = r"[.,:] |\n\n"  # where tokens end; between these, one may hold several words
MAX_TOKEN_CHARACTERS: Final = 24
TINY_PREFIX: Final = "tiny-"


@dataclass(frozen=True, slots=True, kw_only=True)
class TinySize:
    """The size of a small teacher.

    Attributes:
        width: of a token's vector.
        num_layers: of the encoder, and again of the decoder; of GPT-2, in all.
        num_heads: of attention.
        mlp_width: of the layers between.
        vocab_size: most tokens.
        num_positions: of GPT-2; T5 has none.
    """

    width: int = 128
    num_layers: int = 2
    num_heads: int = 4
    mlp_width: int = 256
    vocab_size: int = 2400
    num_positions: int = 512


def make_tiny_teacher(
    kind: Literal["t5", "gpt2"] | str, texts: Iterable[str], directory: Path, size: TinySize, seed: int
) -> None:
    """Write a model with fresh weights, and a tokenizer trained on texts, for ``transformers`` to load.

    The tokens of frequent phrases are whole phrases, so that inputs are short.

    Args:
        kind: "t5" (encoder-decoder) or "gpt2" (causal).
        texts: captions, descriptions and prompts.
        directory: made if needed.
        size: of the model.
        seed: of the weights.

    Raises:
        ConfigError: if there is no such kind.
    """
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=_train_tokenizer(texts, size.vocab_size), eos_token=END_OF_TEXT, pad_token=PADDING
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = _fresh(kind, size, tokenizer)
    model.save_pretrained(directory)
    tokenizer.save_pretrained(directory)


def _fresh(kind: str, size: TinySize, tokenizer: PreTrainedTokenizerFast) -> PreTrainedModel:
    end, padding = int(tokenizer.eos_token_id), int(tokenizer.pad_token_id)
    if kind == "t5":
        config = T5Config(
            vocab_size=len(tokenizer),
            d_model=size.width,
            d_kv=size.width // size.num_heads,
            d_ff=size.mlp_width,
            num_layers=size.num_layers,
            num_heads=size.num_heads,
            dropout_rate=0.0,
            decoder_start_token_id=padding,  # type: ignore[call-arg]
            pad_token_id=padding,
            eos_token_id=end,
        )
        return T5ForConditionalGeneration(config)
    if kind == "gpt2":
        plain = GPT2Config(
            vocab_size=len(tokenizer),
            n_embd=size.width,
            n_layer=size.num_layers,
            n_head=size.num_heads,
            n_inner=size.mlp_width,
            n_positions=size.num_positions,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            bos_token_id=end,
            eos_token_id=end,
            pad_token_id=padding,
        )
        return GPT2LMHeadModel(plain)
    raise ConfigError(f"no tiny teacher of kind {kind!r}; there is {TINY_PREFIX}t5, {TINY_PREFIX}gpt2")


def _train_tokenizer(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """A byte-level BPE whose tokens may hold several words of one sentence."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(AFTER_SENTENCE), "merged_with_previous"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[PADDING, END_OF_TEXT],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        max_token_length=MAX_TOKEN_CHARACTERS,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer

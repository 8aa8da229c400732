"""A language model for tests."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from videorecap.captioners.text import END_OF_TEXT, train_tokenizer

TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"


def make_llm(folder: Path) -> Path:
    """A tiny untrained GPT-2 that can chat."""
    trained: Tokenizer = train_tokenizer(["What does C do? C cuts the carrot and cooks soup."], 300)
    tokens = {"eos_token": END_OF_TEXT, "pad_token": END_OF_TEXT}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained, **tokens)
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    end = tokenizer.eos_token_id
    sizes = {"n_positions": 4096, "n_embd": 32, "n_layer": 1, "n_head": 2}
    config = GPT2Config(vocab_size=len(tokenizer), bos_token_id=end, eos_token_id=end, **sizes)
    GPT2LMHeadModel(config).save_pretrained(folder)
    return folder

"""A language model for tests."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from videorecap.captioners.text import END_OF_TEXT, train_tokenizer

TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"


def make_llm(folder: Path, ends: tuple[int, float] | None = (4, 1.5)) -> Path:
    """A tiny untrained GPT-2 that can chat.

    Args:
        folder: for its files.
        ends: after how many tokens the end becomes likelier, and by what with each; None never ends.
    """
    trained: Tokenizer = train_tokenizer(["What does C do? C cuts the carrot and cooks soup."], 300)
    tokens = {"eos_token": END_OF_TEXT, "pad_token": END_OF_TEXT}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained, **tokens)
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    end = tokenizer.eos_token_id
    sizes = {"n_positions": 4096, "n_embd": 32, "n_layer": 1, "n_head": 2}
    config = GPT2Config(vocab_size=len(tokenizer), bos_token_id=end, eos_token_id=end, **sizes)
    model = GPT2LMHeadModel(config)
    model.generation_config.exponential_decay_length_penalty = ends
    blank = [token for token in range(end) if not tokenizer.decode([token]).strip()]
    model.generation_config.suppress_tokens = blank  # it repeats how its prompt ends
    model.save_pretrained(folder)
    return folder

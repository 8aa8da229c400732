"""A BLIP2 for tests."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import (
    Blip2Config,
    Blip2ForConditionalGeneration,
    Blip2Processor,
    Blip2QFormerConfig,
    Blip2VisionConfig,
    OPTConfig,
    PreTrainedTokenizerFast,
    T5Config,
)
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

from videorecap.captioners.text import END_OF_TEXT, train_tokenizer

IMAGE = "<image>"
NUM_QUERIES = 4


def make_blip2(folder: Path, *, is_t5: bool = False, seed: int = 0) -> Path:
    """A tiny untrained BLIP2, over OPT or T5, whose captions differ for other pictures."""
    trained: Tokenizer = train_tokenizer(["C cuts the carrot and cooks soup in a pot."], 300)
    trained.add_special_tokens([IMAGE])
    end = trained.token_to_id(END_OF_TEXT)
    tokens = {"bos_token": END_OF_TEXT, "eos_token": END_OF_TEXT, "pad_token": END_OF_TEXT}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained, **tokens)
    ends = {"bos_token_id": end, "eos_token_id": end, "pad_token_id": end, "vocab_size": len(tokenizer)}
    text = (
        T5Config(
            d_model=16,
            d_kv=8,
            d_ff=32,
            num_layers=1,
            num_heads=2,
            decoder_start_token_id=end,
            tie_word_embeddings=False,  # as in FLAN-T5
            **ends,
        )
        if is_t5
        else OPTConfig(
            hidden_size=16,
            num_hidden_layers=1,
            num_attention_heads=2,
            ffn_dim=32,
            word_embed_proj_dim=16,
            max_position_embeddings=128,
            **ends,
        )
    )
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = Blip2Config(
        vision_config=Blip2VisionConfig(image_size=32, patch_size=8, **sizes).to_dict(),
        qformer_config=Blip2QFormerConfig(
            vocab_size=32, encoder_hidden_size=16, cross_attention_frequency=1, **sizes
        ).to_dict(),
        text_config=text.to_dict(),
        num_query_tokens=NUM_QUERIES,
        image_token_index=tokenizer.convert_tokens_to_ids(IMAGE),
    )
    torch.manual_seed(seed)
    model = Blip2ForConditionalGeneration(config)
    with torch.no_grad():  # untrained, but not silent: pictures matter
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.normal_(std=0.6)
    model.save_pretrained(folder)
    pictures = BlipImageProcessorPil(size={"height": 32, "width": 32})
    Blip2Processor(pictures, tokenizer, num_query_tokens=NUM_QUERIES).save_pretrained(folder)
    return folder

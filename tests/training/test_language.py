"""Next tokens: GPT-2's loss of a decoder alone, and of texts as long as it can read."""

from dataclasses import replace

import pytest
import torch
from parts import WIDTH, decoder
from transformers import GPT2Config, GPT2LMHeadModel

from tests.conftest import make_tiny_system
from videorecap.config import Fusion
from videorecap.models.pretrained import load_gpt2
from videorecap.training.language import next_token_sum, num_next_tokens
from videorecap.training.recipe import Objective
from videorecap.training.samples import Order, Sample
from videorecap.training.tasks import captioner_of
from videorecap.training.texts import LanguageTask, MaskedTask, TextDrawing
from videorecap.types import Span


def open_gates(module):
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name.endswith("gate"):
                parameter.fill_(0.5)


@pytest.mark.parametrize("fusion", list(Fusion))
def test_language_loss_is_gpt2s(fusion):
    """Whatever the gates are: nothing is read."""
    torch.manual_seed(0)
    config = GPT2Config(n_embd=WIDTH, n_head=4, n_layer=2, vocab_size=50, n_positions=20)
    gpt2, ours = GPT2LMHeadModel(config).eval(), decoder(fusion)
    load_gpt2(ours, gpt2.state_dict())
    open_gates(ours)
    tokens, mask = torch.randint(50, (3, 9)), torch.ones(3, 9, dtype=torch.long)
    mask[0, 6:], mask[2, 3:] = 0, 0
    expected = gpt2(tokens, labels=tokens.masked_fill(mask == 0, -100)).loss
    torch.testing.assert_close(next_token_sum(ours, tokens, mask) / num_next_tokens(mask), expected)
    changed = tokens.masked_fill(mask == 0, 1)
    torch.testing.assert_close(next_token_sum(ours, changed, mask), next_token_sum(ours, tokens, mask))


@pytest.mark.parametrize("fusion", list(Fusion))
def test_language_parameters_are_those_that_the_language_loss_reaches(fusion):
    ours = decoder(fusion)
    next_token_sum(ours, torch.randint(50, (2, 20)), torch.ones(2, 20)).backward()
    reached = {name for name, parameter in ours.named_parameters() if parameter.grad is not None}
    assert reached == {name for name, _ in ours.language_parameters()}


def test_the_sum_over_captions_is_the_captioners_loss():
    model = make_tiny_system().modules.captioners["recap"].eval()
    tokens, mask = torch.randint(280, (3, 9)), torch.ones(3, 9, dtype=torch.long)
    mask[0, 6:] = 0
    z = model.embeddings(torch.randn(3, 5, 16))
    mean = next_token_sum(model.decoder, tokens, mask, z) / num_next_tokens(mask)
    torch.testing.assert_close(mean, model.loss(z, tokens, mask))


@pytest.mark.parametrize("room", [-3, 0, 9])
@pytest.mark.parametrize("objective", [Objective.LANGUAGE, Objective.MASKED])
def test_texts_are_cut_to_what_is_read(objective, room):
    """Whether more is read than the decoder has positions for, as many, or fewer."""
    captioner = captioner_of(make_tiny_system(), "recap")
    positions = captioner.model.decoder.position_embedding.num_embeddings
    captioner = replace(captioner, max_text_tokens=positions + room)
    sample = Sample("a", "clip", Span(0, 4), ("C picks up the red mug. " * positions,))
    task = (LanguageTask if objective is Objective.LANGUAGE else MaskedTask)(captioner)
    batch = TextDrawing(objective, Order({"clip": [sample]}, 1, "0"), captioner)(0, 0, 1)
    loss = task(batch)[objective]
    assert loss.isfinite()
    if objective is Objective.LANGUAGE:
        assert batch.counts[objective] == min(positions + room, positions - 1) + 1

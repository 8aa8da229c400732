"""Masked prediction: what is hidden, what counts, and what is handed over."""

import random

import pytest
import torch
from parts import alignment, assert_drawn_by_its_own_seed, make_recap

from videorecap.errors import ConfigError
from videorecap.models.inherit import inherit
from videorecap.training.masked import HIDDEN_SHARE, SHOWN, HiddenText, MaskedPrediction, hide


def test_hiding_follows_berts_shares_and_depends_on_its_chance_alone():
    ids = list(range(100, 300))
    hidden = [hide(ids, 1000, random.Random(seed)) for seed in range(100)]
    assert hidden[3] == hide(ids, 1000, random.Random(3))
    assert hidden[3] != hidden[4]
    assert {text.count for text in hidden} == {round(HIDDEN_SHARE * 200)}
    fates = {"mask": 0, "same": 0, "other": 0}
    for text in hidden:
        for token, shown, target in zip(ids, text.shown, text.targets, strict=True):
            if target == SHOWN:
                assert shown == token
            else:
                assert target == token
                fates["mask" if shown == 1000 else "same" if shown == token else "other"] += 1
    assert fates["mask"] / 3000 == pytest.approx(0.8, abs=0.03)
    assert fates["other"] / 3000 == pytest.approx(0.1, abs=0.02)
    assert hide([7], 10, random.Random(0)).count == 1
    assert hide([], 10, random.Random(0)).count == 0


def test_only_hidden_tokens_count_and_padding_changes_nothing():
    masked = MaskedPrediction(alignment(), 10, 12)
    short = HiddenText((1, 10, 3), (SHOWN, 2, SHOWN))
    long = HiddenText((4, 5, 10, 7, 8, 9), (SHOWN, SHOWN, 6, SHOWN, SHOWN, 9))
    together = masked([short, long])
    torch.testing.assert_close(together, masked([short]) + masked([long]))
    told = HiddenText((1, 10, 3), (SHOWN, SHOWN, SHOWN))
    assert masked([told]).item() == 0
    torch.testing.assert_close(masked([short, told]), masked([short]))
    with pytest.raises(ConfigError, match="12 positions, got a text of 13"):
        masked([HiddenText((1,) * 13, (SHOWN,) * 13)])


def test_masked_prediction_learns_and_hands_its_alignment_over():
    texts = [[1, 2, 3, 4, 5, 6, 7], [7, 1, 6, 2, 5], [3, 3, 4, 4, 5, 5]]
    masked = MaskedPrediction(alignment(), 10, 8)
    trained = dict(masked.trainable_parameters())
    optimizer = torch.optim.AdamW(trained.values(), lr=0.006)
    chance, losses = random.Random(0), []
    for _ in range(80):
        hidden = [hide(text, 10, chance) for text in texts for _ in range(2)]
        loss = masked(hidden) / sum(text.count for text in hidden)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] > 1.8
    assert sum(losses[-10:]) / 10 < 0.35
    reached = {name for name, parameter in masked.named_parameters() if parameter.grad is not None}
    assert reached == trained.keys()

    model = make_recap(alignment(seed=1))
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    weights = {f"video_alignment.{name}": p.detach() for name, p in masked.alignment.named_parameters()}
    fresh = inherit(model, weights, source="masked")
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(parameter.data, before[name] if name in fresh else weights[name])
    assert not any(name.startswith("video_alignment.") for name in fresh)
    assert {"video_queries", "decoder.token_embedding.weight"} <= set(fresh)


def test_tables_and_head_are_drawn_by_their_own_seed():
    shared = alignment()
    assert_drawn_by_its_own_seed(lambda seed: MaskedPrediction(shared, 10, 8, seed=seed))

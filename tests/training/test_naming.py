"""Naming: labels are the simulated world's facts, and only what is told counts."""

import pytest
import torch
from parts import assert_drawn_by_its_own_seed

from videorecap.sim.facts import facts_of
from videorecap.sim.splits import seed_of
from videorecap.sim.words import references
from videorecap.sim.world import ACTIONS
from videorecap.sim.writer import sample_script
from videorecap.training.naming import NAMED, UNTOLD, Labels, Naming, labels_of, reversed_labels
from videorecap.types import Span


def test_labels_of_captions_are_the_facts_of_their_clips():
    told = 0
    for seed in range(3):
        script = sample_script(seed_of("train", seed), 120.0)
        for start in range(0, 120, 4):
            span = Span(start, start + 4)
            facts = facts_of(script, span, "clip")
            for text in references(script, span, "clip"):
                labels = labels_of(text)
                assert NAMED["action"][labels.action] == facts.action, text
                for part in ("object", "colour"):
                    label = getattr(labels, part)
                    assert label == UNTOLD or NAMED[part][label] == getattr(facts, part), text
                told += labels.count
    assert told > 1000


def test_what_a_caption_does_not_tell_has_no_label():
    assert labels_of("C is happy") == Labels(UNTOLD, UNTOLD, UNTOLD)
    assert labels_of("C is happy").count == 0
    cuts = labels_of("C cuts the apple")
    assert (NAMED["action"][cuts.action], NAMED["object"][cuts.object]) == ("cut", "apple")
    assert cuts.colour == UNTOLD
    looks = labels_of("C looks around")
    assert (NAMED["object"][looks.object], NAMED["colour"][looks.colour]) == (None, None)
    assert looks.count == 3


def test_naming_sums_over_what_is_told():
    torch.manual_seed(0)
    naming, cls = Naming(8), torch.randn(3, 8)
    labels = [labels_of(text) for text in ("C cuts the apple", "C is happy", "C looks around")]
    expected = 0.0
    for row, feature in zip(labels, cls, strict=True):
        for part, head in naming.heads.items():
            if getattr(row, part) != UNTOLD:
                expected -= head(feature).log_softmax(dim=0)[getattr(row, part)].item()
    assert naming(cls, labels).item() == pytest.approx(expected, rel=1e-5)
    assert naming(cls[1:2], labels[1:2]).item() == 0


def test_a_clip_played_backwards_shows_the_opposite():
    opened = labels_of("C opens the red box")
    closed = reversed_labels(opened)
    assert closed == labels_of("C closes the red box")
    assert reversed_labels(closed) == opened
    assert reversed_labels(labels_of("C cuts the apple")) is None
    assert reversed_labels(labels_of("C is happy")) is None
    turned = {name for name, action in ACTIONS.items() if action.opposite is not None}
    assert len(turned) >= 26


def test_the_heads_are_drawn_by_their_own_seed():
    assert_drawn_by_its_own_seed(lambda seed: Naming(8, seed=seed))

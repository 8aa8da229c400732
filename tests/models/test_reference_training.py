"""One training step of the authors: loss, gradients, clipping, AdamW; and how stages follow each other."""

import copy
import json

import pytest
import torch

from videorecap.models.features import resample_queries
from videorecap.models.inherit import inherit
from videorecap.models.pieces import piece_of
from videorecap.models.safe_load import read_official

SEGMENT_PREFIX = "captioners.segment."


@pytest.fixture
def entries(checkpoint, hints):
    """Official names of the segment model's tensors, with what we make of them."""
    piece = piece_of(read_official(checkpoint("segment")), hints)
    return {entry.official: entry for entry in piece.entries if entry.ours is not None}


@pytest.fixture
def step(arrays, stored):
    return arrays("segment/train_step.npz"), json.loads(stored("segment/train_step.json").read_text())


def test_what_is_trained(reference, entries, step):
    """The parameters declared trainable, and those with weight decay, are the authors'."""
    _, facts = step
    trainable = dict(reference("segment").model.trainable_parameters())
    for key, decays in (("trainable_weight_decay", True), ("trainable_no_weight_decay", False)):
        theirs = {entries[name].ours.removeprefix(SEGMENT_PREFIX) for name in facts[key]}
        assert theirs == {name for name, p in trainable.items() if (p.ndim >= 2) == decays}
    assert sum(parameter.numel() for parameter in trainable.values()) == facts["n_trainable"]


def test_training_step(reference, entries, close, step):
    stored, facts = step
    ref = reference("segment")
    model = copy.deepcopy(ref.model).requires_grad_(False)
    trainable = dict(model.trainable_parameters())
    for parameter in trainable.values():
        parameter.requires_grad_(True)
    texts = ref.inputs["text_features"], ref.inputs["text_mask"]
    embeddings = model.embeddings(ref.inputs["video_features"], None, *texts, official=True)
    loss = model.loss(embeddings, ref.inputs["caption_tokens"], official=True)
    loss.backward()
    close(loss, stored["loss"])
    assert all(parameter.grad is not None for parameter in trainable.values())
    norm = torch.nn.utils.clip_grad_norm_(trainable.values(), float(stored["clip_value"]))
    close(norm, stored["grad_norm_before_clip"])

    def named(kind):
        for key, value in stored.items():
            if key.startswith(f"{kind}/"):
                entry = entries[key.removeprefix(f"{kind}/")]
                parameter = trainable[entry.ours.removeprefix(SEGMENT_PREFIX)]
                yield parameter, value.T if entry.is_transposed else value

    for parameter, value in named("grad_clipped"):
        close(parameter.grad, value)
    groups = [
        {"params": [p for p in trainable.values() if p.ndim >= 2], "weight_decay": facts["wd"]},
        {"params": [p for p in trainable.values() if p.ndim < 2], "weight_decay": 0.0},
    ]
    torch.optim.AdamW(groups, lr=float(stored["lr"]), betas=facts["betas"], eps=facts["eps"]).step()
    for parameter, value in named("after"):
        close(parameter, value)


def test_segment_stage_starts_from_clip_stage(reference, entries, stored):
    """What is passed on from clip to segment is what the authors' loading passes on."""
    facts = json.loads(stored("stage_transfer.json").read_text())
    clip, model = reference("clip").model, copy.deepcopy(reference("segment").model)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    old = {name: p.detach() for name, p in clip.named_parameters()}
    fresh = inherit(model, old, source="clip")
    missing = {entries[key].ours for key in facts["missing_in_source"] if key in entries}
    assert {SEGMENT_PREFIX + name for name in fresh} == missing
    for name, parameter in model.named_parameters():
        if name == "video_queries":
            (index,) = (facts[key] for key in facts if key.startswith("video_queries_index"))
            torch.testing.assert_close(resample_queries(old[name], len(index)), old[name][index])
            torch.testing.assert_close(parameter.data, resample_queries(old[name], len(parameter)))
        else:
            expected = before[name] if name in fresh else old[name]
            torch.testing.assert_close(parameter.data, expected, rtol=0, atol=0)

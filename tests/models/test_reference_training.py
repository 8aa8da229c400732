"""One training step of the authors: loss, gradients, clipping, AdamW; and how stages follow each other."""

import copy
import json
from dataclasses import dataclass, field

import pytest
import torch
from torch import nn
from torch.optim.optimizer import register_optimizer_step_pre_hook

from tests.models.conftest import is_close
from videorecap.models.features import resample_queries
from videorecap.models.inherit import inherit
from videorecap.models.pieces import piece_of
from videorecap.models.safe_load import read_official
from videorecap.training.devices import make_accelerator
from videorecap.training.logs import RunLog, read_log
from videorecap.training.plan import LoopConfig, TrainingPlan
from videorecap.training.recipe import Optim
from videorecap.training.trainer import Trainer

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


@dataclass(frozen=True)
class StoredBatch:
    """The authors' loss is a mean already, of one batch."""

    name: str = "segment"
    samples: tuple[str, ...] = ("stored",)
    counts: dict[str, int] = field(default_factory=lambda: {"caption": 1})


class OfficialTask(nn.Module):
    """The authors' loss on the stored inputs, without dropout."""

    def __init__(self, model, inputs):
        super().__init__()
        self.model = model
        self.inputs = inputs

    def train(self, mode=True):
        return super().train(False)

    def forward(self, batch):
        texts = self.inputs["text_features"], self.inputs["text_mask"]
        embeddings = self.model.embeddings(self.inputs["video_features"], None, *texts, official=True)
        return {"caption": self.model.loss(embeddings, self.inputs["caption_tokens"], official=True)}


def test_training_step(reference, entries, step, tmp_path):
    """The loop's loss, gradients, clipping and new weights."""
    stored, facts = step
    ref = reference("segment")
    task = OfficialTask(copy.deepcopy(ref.model), ref.inputs)
    rate = float(stored["lr"])
    optim = Optim(
        learning_rate=rate,
        first_rate=rate,
        final_rate=rate,
        warmup_steps=0,
        weight_decay=facts["wd"],
        betas=facts["betas"],
        max_grad_norm=float(stored["clip_value"]),
    )
    log = RunLog(tmp_path, uses_tensorboard=False)
    trainer = Trainer(
        make_accelerator("fp32", cpu=True),
        task,
        lambda step, part, num_parts: StoredBatch(),
        plan=TrainingPlan(weights={"caption": 1.0}, optim=optim, num_steps=1, steps_per_epoch=1.0),
        parameters=task.model.trainable_parameters(),
        loop=LoopConfig(),
        folder=tmp_path,
        log=log,
    )
    trainable = dict(task.model.trainable_parameters())
    clipped = {}

    def look(optimizer, args, options):
        clipped.update({name: parameter.grad.clone() for name, parameter in trainable.items()})

    hook = register_optimizer_step_pre_hook(look)
    try:
        trainer.run()
    finally:
        hook.remove()
    (line,) = read_log(log.path)
    assert is_close(torch.tensor(line["losses"]["segment"]["caption"]), stored["loss"])
    assert is_close(torch.tensor(line["gradient_norm"]), stored["grad_norm_before_clip"])
    for kind, ours in (("grad_clipped", clipped), ("after", trainer.weights())):
        theirs = {
            entries[key.removeprefix(f"{kind}/")]: value
            for key, value in stored.items()
            if key.startswith(f"{kind}/")
        }
        expected = {
            entry.ours.removeprefix(SEGMENT_PREFIX): value.T if entry.is_transposed else value
            for entry, value in theirs.items()
        }
        assert len(expected) > 0
        shapes = {name: value.shape for name, value in expected.items()}
        assert {name: tuple(ours[name].shape) for name in expected} == shapes
        assert [name for name, value in expected.items() if not is_close(ours[name], value)] == [], kind


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

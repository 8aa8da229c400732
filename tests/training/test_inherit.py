"""What a later stage takes over: whole branches of a captioner, and nothing that does not fit."""

import pytest
import torch
from parts import WIDTH, alignment, make_recap

from videorecap.errors import CheckpointError
from videorecap.models.alignment import LmAlignment
from videorecap.models.inherit import inherit


def test_parts_of_earlier_stages_are_taken_over_each_by_its_own():
    model = make_recap(alignment(seed=1))
    queries = model.video_queries.detach().clone()
    torch.manual_seed(5)
    language = {f"decoder.{n}": torch.randn_like(p) for n, p in model.decoder.named_parameters()}
    other = {f"text_alignment.{n}": torch.randn_like(p) for n, p in alignment().named_parameters()}
    fresh = inherit(model, {**language, **other}, source="language")
    for name, parameter in model.decoder.named_parameters():
        torch.testing.assert_close(parameter.data, language[f"decoder.{name}"])
    assert set(fresh) == {name for name, _ in model.named_parameters() if not name.startswith("decoder.")}
    torch.testing.assert_close(model.video_queries.data, queries)


def test_a_language_model_alone_leaves_what_reads_features_as_it_is():
    """Its cross-attention may have another width."""
    model = make_recap(alignment(seed=1))
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    torch.manual_seed(5)
    other = LmAlignment(WIDTH, 24, 4, num_layers=2, cross_every=1, mlp_width=64, dropout=0.0)
    weights = {f"video_alignment.{n}": torch.randn_like(p) for n, p in other.language_parameters()}
    weights |= {f"decoder.{n}": torch.randn_like(p) for n, p in model.decoder.language_parameters()}
    fresh = inherit(model, weights, source="texts")
    assert {name for name in fresh if "queries" not in name} == {
        name for name in before if ".cross_attention." in name or ".gated." in name
    }
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(parameter.data, before[name] if name in fresh else weights[name])
    del weights["video_alignment.norm.weight"]
    with pytest.raises(CheckpointError, match=r"missing keys: video_alignment.norm.weight"):
        inherit(model, weights, source="texts")
    one = "video_alignment.layers.0.cross_attention.query.weight"
    weights |= {"video_alignment.norm.weight": torch.ones(WIDTH), one: before[one]}
    with pytest.raises(CheckpointError, match=r"missing keys: video_alignment.layers.0.cross_attention.key"):
        inherit(model, weights, source="texts")


def test_within_a_branch_every_weight_must_fit():
    model = make_recap(alignment(seed=1))
    language = {f"decoder.{n}": p.detach() for n, p in model.decoder.named_parameters()}
    language["decoder.norm.gain"] = language.pop("decoder.norm.weight")
    with pytest.raises(
        CheckpointError, match=r"unknown keys: decoder.norm.gain; missing keys: decoder.norm.w"
    ):
        inherit(model, language, source="language")
    with pytest.raises(CheckpointError, match="masked has nothing for the model"):
        inherit(model, {"text_alignment.norm.weight": torch.ones(WIDTH)}, source="masked")

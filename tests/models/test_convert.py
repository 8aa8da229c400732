"""The authors' files are read without running anything in them, and strictly."""

import argparse
import ast
import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from videorecap.config import (
    CaptionerConfig,
    DecoderConfig,
    SystemConfig,
    TextTowerConfig,
    VideoEncoderConfig,
    from_json,
    to_json,
)
from videorecap.errors import CheckpointError
from videorecap.hierarchy import Joining, Sampling, Visual
from videorecap.models.checkpoints import fill
from videorecap.models.convert import convert, take
from videorecap.models.hints import Hints, read_hints
from videorecap.models.pieces import piece_of
from videorecap.models.safe_load import OfficialCheckpoint, read_official
from videorecap.networks import build_modules

FULL_SIZE = {
    "keys_clip": "clip_caption",
    "keys_segment": "segment_description",
    "keys_video": "video_summary",
    "keys_unified": "video_summary",
    "keys_lavila_dual_encoder": None,
    "keys_lavila_vclm_base_gpt2": None,
}
WTE = "text_decoder.transformer.wte.weight"


ONE_HEAD = Hints(encoder_heads=1, alignment_heads=1, decoder_heads=1, text_tower_heads=1)


def is_full_size(state):
    """Whether the parts there are have the widths of GPT-2 small, TimeSformer-Base and CLIP's text tower."""
    full = {
        WTE: DecoderConfig().width,
        "vision_model.cls_token": VideoEncoderConfig().width,
        "visual.cls_token": VideoEncoderConfig().width,
        "positional_embedding": TextTowerConfig().width,
    }
    found = full.keys() & state.keys()
    return bool(found) and all(state[key].shape[-1] == full[key] for key in found)


class Hostile:
    """Runs a command when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


@pytest.fixture
def segment(checkpoint):
    """The content of a checkpoint file, to be spoilt."""
    official = read_official(checkpoint("segment"))
    return {"state_dict": dict(official.state), "args": argparse.Namespace(**official.args)}


@pytest.fixture
def converted(tmp_path, hints):
    """Write a file and convert it."""

    def save_and_convert(content):
        path = tmp_path / "spoilt.pt"
        torch.save(content, path)
        return convert([path], name="spoilt", hints=hints)

    return save_and_convert


@pytest.mark.slow
@pytest.mark.parametrize(("name", "dataset"), FULL_SIZE.items())
def test_every_key_of_the_full_size_models_is_known(stored, name, dataset):
    """By name and shape, with no memory used; and full size is what our configurations default to."""
    state = {}
    for line in stored(f"keys/{name}.txt").read_text().splitlines():
        key, shape, dtype = line.split("\t")
        kind = getattr(torch, dtype.removeprefix("torch."))
        state[key] = torch.zeros((), dtype=kind).expand(ast.literal_eval(shape))
    official = OfficialCheckpoint(path=Path(name), state=state, args={"dataset": dataset})
    piece = piece_of(official, Hints() if is_full_size(state) else ONE_HEAD)
    weights = take(state, piece.entries, source=name)
    if is_full_size(state):
        for captioner in piece.captioners.values():
            with_norms = DecoderConfig(has_trainable_norms="lavila" not in name)
            assert captioner.decoder == with_norms
            assert captioner.max_text_tokens == CaptionerConfig().max_text_tokens
        assert piece.encoder in (None, VideoEncoderConfig())
        assert piece.text_tower in (None, TextTowerConfig())
    config = SystemConfig(
        name=name,
        encoder=piece.encoder,
        text_tower=piece.text_tower,
        captioners=piece.captioners,
        levels=piece.levels,
    )
    with torch.device("meta"):
        modules = build_modules(config)
    fill(modules, weights, source=name)
    assert not any(parameter.is_meta for parameter in modules.parameters())


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("clip", {"clip": None}),
        ("segment", {"segment": "clip"}),
        ("video", {"summary": "segment"}),
        ("unified", {"clip": None, "segment": "clip", "summary": "segment"}),
        ("lavila_narrator", {"clip": None}),
        ("lavila_dual_encoder", {}),
    ],
)
def test_levels_of_a_file_alone(reference, name, levels):
    config = reference(name).converted.config
    assert {level.name: level.reads for level in config.levels} == levels
    assert all((level.sees is Visual.DENSE) == (level.name == "clip") for level in config.levels)


def test_options_of_a_file_become_configuration(reference, checkpoint):
    for name in ("segment", "video", "unified"):
        args = read_official(checkpoint(name)).args
        level = reference(name).converted.config.levels[-1]
        assert level.num_features == args["num_video_feat"]
        assert level.sampling is Sampling(args["video_sampling_type"])
        most = reference(name).captioner.decoder.num_positions
        assert level.max_tokens == min(100 if name == "unified" else args["max_gen_tokens"], most)
    encoder = reference("unified").converted.config.encoder
    num_frames = read_official(checkpoint("unified")).state["vision_model.temporal_embed"].shape[1]
    assert encoder.num_frames == num_frames


def test_three_stages_become_one_system(checkpoint, hints, reference):
    paths = [checkpoint(name) for name in ("video", "clip", "segment")]
    both = convert(paths, name="all", hints=hints)
    assert from_json(to_json(both.config), source="") == both.config
    assert both.config.hierarchy.names == ("clip", "segment", "summary")
    assert [level.joins for level in both.config.levels[1:]] == [Joining.GLUED, Joining.SENTENCES]
    assert both.config.preprocess.image_size == both.config.encoder.image_size
    for name in ("clip", "segment", "video"):
        for key, tensor in reference(name).converted.weights.items():
            torch.testing.assert_close(both.weights[key], tensor, rtol=0, atol=0)
    fill(build_modules(both.config), both.weights, source="all")


def test_files_that_do_not_go_together(checkpoint, hints):
    with pytest.raises(CheckpointError, match="another file serves already"):
        convert([checkpoint("unified"), checkpoint("segment")], name="x", hints=hints)
    with pytest.raises(CheckpointError, match="nothing to convert"):
        convert([], name="x")


def test_encoders_that_differ(checkpoint, dual_hints, tmp_path):
    dual = read_official(checkpoint("lavila_dual_encoder"))
    same = convert([checkpoint("clip"), checkpoint("lavila_dual_encoder")], name="x", hints=dual_hints)
    assert same.config.text_tower is not None
    dual.state["visual.cls_token"] = dual.state["visual.cls_token"] + 1
    torch.save({"state_dict": dual.state}, tmp_path / "dual.pth")
    with pytest.raises(CheckpointError, match=r"encoder\.cls_token differs from that of another file"):
        convert([checkpoint("clip"), tmp_path / "dual.pth"], name="x", hints=dual_hints)


def test_every_fault_is_named(segment, converted):
    state = segment["state_dict"]
    for key in (
        "video_queries",
        "text_decoder.transformer.h.0.alpha_dense",
        "text_decoder.transformer.wpe.weight",
    ):
        del state[key]
    state["text_decoder.transformer.h.0.surplus"] = torch.ones(1)
    state["video_mapper.mapper.bert.encoder.layer.99.crossattention.self.key.bias"] = torch.ones(1)
    state["text_decoder.transformer.ln_f.bias"] = torch.ones(7)
    state["text_decoder.lm_head.weight"] = state["text_decoder.lm_head.weight"] + 1
    with pytest.raises(CheckpointError) as caught:
        converted(segment)
    message = str(caught.value)
    assert "\n" not in message
    for part in (
        "unknown keys: text_decoder.transformer.h.0.surplus, "
        "video_mapper.mapper.bert.encoder.layer.99.crossattention.self.key.bias;",
        "missing keys: text_decoder.transformer.h.0.alpha_dense, text_decoder.transformer.wpe.weight, "
        "video_queries;",
        "wrong shapes: text_decoder.transformer.ln_f.bias is [7], not [",
        f"wrong values: text_decoder.lm_head.weight differs from {WTE}",
    ):
        assert part in message


def test_resampler_shift_must_be_zero(checkpoint, converted):
    official = read_official(checkpoint("perceiver"))
    official.state["video_mapper.attn_pool.norm.beta"] = (
        official.state["video_mapper.attn_pool.norm.beta"] + 1
    )
    with pytest.raises(CheckpointError, match=r"attn_pool\.norm\.beta is not zero"):
        converted({"state_dict": official.state, "args": argparse.Namespace(**official.args)})


def test_tensors_without_use_may_be_absent(segment, converted, reference):
    dead = (
        ".attn.bias",
        ".crossattention.bias",
        "masked_bias",
        "position_ids",
        "word_embeddings.weight",
        "lm_head.weight",
    )
    state = segment["state_dict"]
    kept = {key: value for key, value in state.items() if not key.endswith(dead) and ".cls." not in key}
    assert len(kept) < len(state)
    ours = converted({**segment, "state_dict": kept}).weights
    assert ours.keys() == reference("segment").converted.weights.keys()


def test_bare_tensors_and_prefixes(segment, converted, reference):
    state = {f"module.{key}": value for key, value in segment["state_dict"].items()}
    assert converted({**segment, "state_dict": state}).weights.keys() == (
        reference("segment").converted.weights.keys()
    )
    with pytest.raises(CheckpointError, match="cannot tell which level"):
        converted(state)


def test_heads_that_nothing_tells(checkpoint):
    with pytest.raises(CheckpointError, match="do not tell how many attention heads the encoder of width"):
        convert([checkpoint("clip")], name="x")


def test_local_language_model(segment, converted, tmp_path):
    """The file's decoder_name may be a directory here, with heads and a tokenizer."""
    local = tmp_path / "gpt2"
    local.mkdir()
    (local / "config.json").write_text(json.dumps({"model_type": "gpt2", "n_head": 3, "eos_token_id": 7}))
    (local / "tokenizer.json").write_text("{}")
    segment["args"].decoder_name = str(local)
    assert read_hints(local) == Hints(decoder_heads=3, end_token=7)
    assert converted(segment).tokenizer == local
    assert Hints(decoder_heads=2).or_else(read_hints(local)) == Hints(decoder_heads=2, end_token=7)
    with pytest.raises(CheckpointError, match="not the configuration"):
        read_hints(tmp_path / "absent.json")


@pytest.mark.parametrize("is_zip", [True, False])
def test_a_hostile_file_runs_nothing(segment, tmp_path, is_zip):
    proof, path = tmp_path / "ran", tmp_path / "hostile.pt"
    for place in ({"optimizer": Hostile(proof)}, {"args": argparse.Namespace(lr=Hostile(proof))}):
        torch.save({**segment, **place}, path, _use_new_zipfile_serialization=is_zip)
        with pytest.raises(CheckpointError, match=r"refused, because it wants to use \w+\.system") as caught:
            read_official(path)
        assert "\n" not in str(caught.value)
        assert not proof.exists()
    torch.save(segment, path, _use_new_zipfile_serialization=is_zip)
    assert read_official(path).state.keys() == segment["state_dict"].keys()


def test_numbers_of_an_optimizer_are_read(segment, converted):
    numbers = [np.float64(1e-5), np.float32(1), np.int64(3), np.bool_(True)]
    assert converted({**segment, "optimizer": {"lr": numbers}}).weights


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_truncated_files(checkpoint, tmp_path, share):
    content = checkpoint("clip").read_bytes()
    path = tmp_path / "cut.pt"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(CheckpointError, match=r"cut\.pt: not a readable PyTorch checkpoint"):
        read_official(path)


@pytest.mark.parametrize(
    "content", [b"not a checkpoint", bytes(range(256)) * 40, b"PK\x03\x04 but no archive", b"\x80\x02K\x01."]
)
def test_garbage(tmp_path, content):
    path = tmp_path / "garbage.pt"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"garbage\.pt: not a readable PyTorch checkpoint") as caught:
        read_official(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [[1], {"state_dict": [1]}, {"state_dict": {"a": 1}}, {}, {1: torch.ones(1)}]
)
def test_files_without_tensors(tmp_path, content):
    torch.save(content, tmp_path / "other.pt")
    with pytest.raises(CheckpointError, match=r"other\.pt: (holds|entry)"):
        read_official(tmp_path / "other.pt")


def test_too_little_memory_is_not_a_fault_of_the_file(checkpoint, monkeypatch):
    def load(*_, **__):
        raise MemoryError

    path = checkpoint("clip")
    monkeypatch.setattr(torch, "load", load)
    with pytest.raises(MemoryError):
        read_official(path)


def test_other_models_and_no_file(tmp_path):
    torch.save({"weight": torch.ones(1)}, tmp_path / "other.pt")
    with pytest.raises(CheckpointError, match=r"not Video ReCap, nor .* it holds weight"):
        convert([tmp_path / "other.pt"], name="x")
    with pytest.raises(CheckpointError, match="no such file"):
        convert([tmp_path / "absent.pt"], name="x")

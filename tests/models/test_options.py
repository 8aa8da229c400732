"""Options and hints of a conversion: absent, odd, wrong, given."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading

import numpy as np
import pytest
import torch

from tests.core.hub_server import Hub
from videorecap.apps.cli import build_parser, main
from videorecap.build import load_system
from videorecap.captioners.text import load_tokenizer
from videorecap.config import AlignmentConfig, CaptionerConfig, DecoderConfig
from videorecap.errors import CheckpointError
from videorecap.hierarchy import Sampling
from videorecap.models.convert import convert
from videorecap.models.dual_encoder import DualEncoder
from videorecap.models.hints import Hints, find_hints, hub_name, read_hints
from videorecap.models.safe_load import OfficialCheckpoint, read_official
from videorecap.models.stages import STAGE_OF_NAME, levels_of

CAPTIONER = CaptionerConfig(decoder=DecoderConfig(num_positions=128))


@pytest.fixture
def content(checkpoint):
    """Tensors and options of a stored checkpoint, to be changed and converted."""

    def read(name):
        official = read_official(checkpoint(name))
        return dict(official.state), dict(official.args)

    return read


@pytest.fixture
def saved(tmp_path):
    """Write a checkpoint file."""

    def save(state, args=None, name="changed.pt"):
        path = tmp_path / name
        torch.save({"state_dict": state} if args is None else {"state_dict": state, "args": args}, path)
        return path

    return save


def levels(stage, tmp_path, captioner=CAPTIONER, **args):
    return levels_of(stage, captioner, OfficialCheckpoint(path=tmp_path / "x.pt", state={}, args=args))


def test_absent_options_are_the_authors_defaults(tmp_path):
    for stage in ("segment", "summary"):
        (level,) = levels(stage, tmp_path)
        assert (level.num_features, level.sampling, level.max_tokens) == (40, Sampling.MASKING, 77)
        assert level.reads is not None
    clip, segment, summary = levels("recap", tmp_path)
    assert (clip.max_tokens, segment.max_tokens, summary.max_tokens) == (77, 77, 100)
    assert (clip.reads, segment.reads, summary.reads) == (None, "clip", "segment")


@pytest.mark.parametrize("value", [80, 80.0, "80", " 80 ", "80.0", np.int64(80), np.float64(80)])
def test_numbers_in_other_types(tmp_path, value):
    (level,) = levels("segment", tmp_path, num_video_feat=value, max_gen_tokens=value)
    assert (level.num_features, level.max_tokens) == (80, 80)


@pytest.mark.parametrize("name", ["num_video_feat", "max_gen_tokens"])
@pytest.mark.parametrize("value", [80.5, "many", "", True, [80], 0, -1, float("nan"), float("inf"), 10**400])
def test_numbers_that_are_none_are_refused_by_name(tmp_path, name, value):
    with pytest.raises(CheckpointError, match=rf"x\.pt: its option {name} is .*, not a whole number"):
        levels("segment", tmp_path, **{name: value})


def test_captions_fit_the_decoder(tmp_path):
    (level,) = levels("summary", tmp_path, max_gen_tokens=1000)
    assert level.max_tokens == CAPTIONER.decoder.num_positions


def test_sampling_by_name(tmp_path):
    for name, sampling in (
        ("uniform", Sampling.UNIFORM),
        ("random", Sampling.UNIFORM),
        ("mean", Sampling.MEAN),
    ):
        assert levels("segment", tmp_path, video_sampling_type=name)[0].sampling is sampling
    for wrong in ("often", 3):
        with pytest.raises(CheckpointError, match="video_sampling_type"):
            levels("segment", tmp_path, video_sampling_type=wrong)


def test_who_reads(tmp_path):
    """Each of the authors' scripts has its own option for it, and ignores the other's."""
    assert levels("segment", tmp_path, text_feature_type=None)[0].reads is None
    assert levels("segment", tmp_path, text_feature_type="token", hier_type="flat")[0].reads == "clip"
    for hier_type in ("flat", None):
        assert not any(level.reads for level in levels("recap", tmp_path, hier_type=hier_type))
    assert levels("recap", tmp_path, hier_type="recur", text_feature_type=None)[2].reads == "segment"
    blind = CaptionerConfig(video_alignment=AlignmentConfig(), text_alignment=None)
    assert levels("segment", tmp_path, blind, text_feature_type="token")[0].reads is None


@pytest.mark.parametrize(
    ("value", "is_shared"), [(1, True), ("True", True), (1.0, True), (0, False), (None, False), ("0", False)]
)
def test_flags_in_other_types(content, saved, hints, value, is_shared):
    state, args = content("shared")
    path = saved(state, argparse.Namespace(**{**args, "share_mapper": value}))
    (captioner,) = convert([path], name="x", hints=hints).config.captioners.values()
    assert captioner.is_alignment_shared == is_shared


def test_a_flag_that_is_none_is_refused(content, saved, hints):
    state, args = content("shared")
    with pytest.raises(CheckpointError, match="option share_mapper is 'maybe', not True or False"):
        convert([saved(state, {**args, "share_mapper": "maybe"})], name="x", hints=hints)


def test_options_as_a_dictionary(content, saved, hints, checkpoint):
    state, args = content("segment")
    same = convert([checkpoint("segment")], name="x", hints=hints).config
    assert convert([saved(state, args)], name="x", hints=hints).config == same
    with pytest.raises(CheckpointError, match="'args' are a list"):
        convert([saved(state, [1])], name="x", hints=hints)


@pytest.mark.parametrize(
    ("given", "level"), [("segment", "segment"), ("summary", "summary"), ("video", "summary")]
)
def test_the_level_of_a_file_that_does_not_tell(content, saved, stored, tmp_path, given, level):
    state, _ = content("video")
    bare = tmp_path / "bare.pt"
    torch.save(state, bare)
    command = ["convert", "--language-models", str(stored("tiny_config.json"))]
    command += ["--tokenizer", str(stored("tokenizer")), "--level", given]
    for number, path in enumerate((saved(state), bare)):
        target = tmp_path / f"system{number}"
        assert main([*command, str(path), "-o", str(target)]) == 0
        assert load_system(target, device="cpu").config.levels[0].name == level


def test_the_file_counts_before_the_hint(checkpoint, hints):
    given = Hints(level="summary").or_else(hints)
    assert convert([checkpoint("segment")], name="x", hints=given).config.levels[0].name == "segment"


def test_a_level_that_nothing_tells(content, saved, hints):
    state, _ = content("segment")
    with pytest.raises(
        CheckpointError, match=r"cannot tell which level .* give --level with one of clip, seg"
    ):
        convert([saved(state)], name="x", hints=hints)
    with pytest.raises(CheckpointError, match="the level given is 'day'"):
        convert([saved(state)], name="x", hints=Hints(level="day").or_else(hints))


def test_the_command_offers_the_levels_there_are():
    parser = build_parser()
    for name in STAGE_OF_NAME:
        assert parser.parse_args(["convert", "x.pt", "-o", "y", "--level", name]).level == name
    with pytest.raises(SystemExit):
        parser.parse_args(["convert", "x.pt", "-o", "y", "--level", "day"])


@pytest.mark.parametrize("value", [None, True, False, 1, 0])
def test_embeddings_have_unit_length_where_the_run_had_them_so(content, saved, dual_hints, value):
    state, args = content("lavila_dual_encoder")
    args.pop("norm_embed")
    args |= {} if value is None else {"norm_embed": value}
    converted = convert([saved(state, args)], name="x", hints=dual_hints)
    assert converted.config.text_tower.has_unit_norm == (value is None or bool(value))


def test_lengths_of_embeddings(reference, close):
    ref = reference("lavila_dual_encoder")
    encoder, tower = ref.modules.encoder, ref.modules.text_tower
    scaled, dual = DualEncoder(encoder, tower), DualEncoder(encoder, tower)
    before = scaled.embed_text(ref.inputs["text_tokens"]), scaled.embed_video(ref.inputs["video"])
    try:
        tower.has_unit_norm = False
        after = dual.embed_text(ref.inputs["text_tokens"]), dual.embed_video(ref.inputs["video"])
    finally:
        tower.has_unit_norm = True
    for short, long in zip(before, after, strict=True):
        lengths = long.norm(dim=-1, keepdim=True)
        assert (lengths - 1).abs().max() > 0.01
        close(short * lengths, long.detach().numpy())


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"n_head": 3}, Hints(decoder_heads=3)),
        ({"model_type": "gpt2", "n_head": 3, "eos_token_id": 0}, Hints(decoder_heads=3, end_token=0)),
        ({"model_type": "distilbert", "n_heads": 5}, Hints(alignment_heads=5)),
        ({"num_attention_heads": 5}, Hints(alignment_heads=5)),
        ({"vision": {"num_heads": 2}, "text": {"num_heads": 4}}, Hints(encoder_heads=2, text_tower_heads=4)),
    ],
)
def test_configurations_of_language_models(tmp_path, config, expected):
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert read_hints(tmp_path) == read_hints(tmp_path / "config.json") == expected
    assert find_hints(str(tmp_path)) == expected


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        ({}, "tells no number of heads"),
        ({"model_type": "gpt2"}, "tells no number of heads"),
        ({"vision": {"heads": 2}}, "tells no number of heads"),
        ({"model_type": "llama", "num_attention_heads": 2}, "configures a 'llama'; expected one of gpt2"),
        ({"n_head": "3"}, "n_head is '3', not a whole number"),
        ({"n_head": 0}, "n_head is 0, not a whole number of at least 1"),
        ([], "not the configuration"),
    ],
)
def test_configurations_that_do_not_help(tmp_path, config, fault):
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match=fault):
        read_hints(tmp_path)


@pytest.mark.parametrize("name", ["absent.json", "some/absent.json", "/absent/gpt2", "a/b/c"])
def test_a_path_where_nothing_is_does_not_ask_the_hub(name):
    with pytest.raises(CheckpointError, match="No such file"):
        find_hints(name)


def test_names_on_the_hub():
    assert hub_name("gpt2") == "openai-community/gpt2"
    assert hub_name("../models/gpt2-xl/") == "openai-community/gpt2-xl"
    assert hub_name("someone/gpt2") == "someone/gpt2"


@pytest.fixture
def hub():
    with Hub() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def convert_with(hub, tmp_path):
    """Run the command in a process whose hub is ours: the hub's library reads its address at import."""

    def run(*arguments):
        cache = tempfile.mkdtemp(dir=tmp_path)  # a new one each time, as our hub's files change
        home = {"HF_ENDPOINT": hub.address, "HF_HOME": cache, "HF_HUB_DISABLE_XET": "1"}
        command = [sys.executable, "-m", "videorecap.apps.cli", "convert", *map(str, arguments)]
        environment = {**os.environ, **home}
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    return run


@pytest.mark.slow
def test_the_hub_tells_what_nothing_else_does(hub, convert_with, checkpoint, stored, hints, tmp_path):
    """Heads and tokenizer of the decoder that the file names; and one line that helps where it does not."""
    config = json.loads(stored("tiny_config.json").read_text())
    path, target = checkpoint("segment"), tmp_path / "system"
    options = ("--alignment-heads", hints.alignment_heads, "-o", target)

    def fault(*arguments):
        done = convert_with(path, *options, *arguments)
        assert done.returncode == 1
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        return done.stderr

    tokenizer = ("--tokenizer", stored("tokenizer"))
    message = fault(*tokenizer)
    assert "'openai-community/gpt2'" in message
    assert "give --decoder-heads" in message
    hub.files["openai-community/gpt2"] = {"config.json": json.dumps({"n_head": 12, "n_embd": 768}).encode()}
    assert "has width 768, but the decoder of the file" in fault(*tokenizer)
    hub.files["openai-community/gpt2"] = {"config.json": json.dumps(config["gpt2"]).encode()}
    hub.files["me/models"] = {"config.json": json.dumps(config["gpt2"]).encode()}
    vocabulary = load_tokenizer(stored("tokenizer")).to_str().encode()
    hub.files["me/words"] = {"tokenizer.json": vocabulary}
    done = convert_with(path, *options, "--language-models", "me/models", "--tokenizer", "me/words")
    assert done.returncode == 0, done.stderr
    hub.files["openai-community/gpt2"]["tokenizer.json"] = vocabulary
    again = tmp_path / "again"
    done = convert_with(path, "--alignment-heads", hints.alignment_heads, "-o", again, "--name", "system")
    assert done.returncode == 0, done.stderr
    assert load_system(again, device="cpu").digest == load_system(target, device="cpu").digest
    assert "--language-models" in fault("--language-models", "me/none", *tokenizer)

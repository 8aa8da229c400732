"""How systems begin: afresh from a seed, or from pretrained parts as others store them."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from transformers import DistilBertConfig, DistilBertForMaskedLM, GPT2Config, GPT2LMHeadModel

from tests.conftest import make_tiny_system
from tests.core.hub_server import Hub
from videorecap.captioners.text import END_OF_TEXT, TOKENIZER_FILE, train_tokenizer
from videorecap.config import AlignmentConfig, AlignmentKind, TextTowerConfig, VideoEncoderConfig
from videorecap.errors import CheckpointError, ConfigError
from videorecap.training.recipe import Part, Start
from videorecap.training.start import Pretrained, apply, fresh, make_tokenizer

TINY = make_tiny_system(seed=1)
CONFIG, TOKENIZER = TINY.config, TINY.tokenizer
VOCAB = TOKENIZER.get_vocab_size()


def state(system):
    return dict(system.modules.state_dict())


def with_captioner(encoder=CONFIG.encoder, **changes):
    captioner = replace(CONFIG.captioners["recap"], **changes)
    return replace(CONFIG, encoder=encoder, captioners={"recap": captioner})


def save_gpt2(folder, *, heads=2, layers=1, safe=True):
    torch.manual_seed(3)
    config = GPT2Config(n_embd=16, n_head=heads, n_layer=layers, vocab_size=VOCAB, n_positions=600)
    config.bos_token_id = config.eos_token_id = VOCAB - 1
    model = GPT2LMHeadModel(config).eval()
    save(model, folder, safe=safe)
    TOKENIZER.save(str(folder / TOKENIZER_FILE))
    return model


def save_distilbert(folder, *, heads=2, safe=True):
    torch.manual_seed(4)
    config = DistilBertConfig(dim=16, n_heads=heads, n_layers=1, hidden_dim=32, vocab_size=40)
    model = DistilBertForMaskedLM(config).eval()
    save(model, folder, safe=safe)
    return model


def save(model, folder, *, safe):
    model.save_pretrained(folder)
    if not safe:  # as older models of the hub are
        (folder / "model.safetensors").unlink()
        torch.save(model.state_dict(), folder / "pytorch_model.bin")


# afresh


def test_a_fresh_system_is_its_seeds_and_leaves_other_randomness_alone():
    torch.manual_seed(9)
    expected = torch.rand(3)
    torch.manual_seed(9)
    first, again, other = (fresh(CONFIG, Start(), TOKENIZER, seed) for seed in (0, 0, 1))
    torch.testing.assert_close(torch.rand(3), expected)
    assert first.digest == again.digest != other.digest


def test_parts_begin_alike_whatever_else_a_system_has():
    """Ablations then have in common what they learn alike."""
    start = Start(gate=0.5, frame_position_std=0.3, weight_std=0.1)
    one = replace(CONFIG.captioners["recap"], text_alignment=CONFIG.captioners["recap"].video_alignment)
    whole = replace(CONFIG, captioners={"recap": one, "other": one})
    first = state(fresh(whole, start, TOKENIZER, 0))
    levels = (replace(CONFIG.levels[0], reads=None),)
    blind = replace(whole, captioners={"recap": replace(one, text_alignment=None)}, levels=levels)
    second = state(fresh(blind, start, TOKENIZER, 0))
    assert second.keys() < first.keys()
    for name, tensor in second.items():
        assert torch.equal(first[name], tensor), name
    branches = ("captioners.recap.video_alignment.", "captioners.recap.text_alignment.")
    of_video, of_text = (
        {n.removeprefix(b): t for n, t in first.items() if n.startswith(b)} for b in branches
    )
    assert of_video.keys() == of_text.keys()
    assert all(torch.equal(of_video[name], of_text[name]) for name in of_video)
    name = "captioners.{}.decoder.token_embedding.weight"
    assert not torch.equal(first[name.format("recap")], first[name.format("other")])


def test_a_start_says_how_gates_and_frame_positions_begin():
    closed = fresh(CONFIG, Start(), TOKENIZER, 0)
    opened = fresh(CONFIG, Start(gate=0.5, frame_position_std=0.3), TOKENIZER, 0)
    for name, tensor in state(opened).items():
        if name.endswith("_gate"):
            assert (tensor.item(), state(closed)[name].item()) == (0.5, 0)
    assert opened.modules.encoder.frame_positions.std().item() == pytest.approx(0.3, rel=0.3)
    assert closed.modules.encoder.frame_positions.std().item() == pytest.approx(0.02, rel=0.5)


def test_a_trained_tokenizer_sets_the_vocabulary_and_writes():
    start = Start(vocab_size=270)
    tokenizer = make_tokenizer(start, Pretrained(), ["C cuts the red apple"])
    tower = TextTowerConfig(width=8, num_layers=1, num_heads=2, mlp_width=16, num_positions=12, embed_width=4)
    system = fresh(replace(CONFIG, text_tower=tower), start, tokenizer, 0)
    decoder = system.config.captioners["recap"].decoder
    assert decoder.vocab_size == system.config.text_tower.vocab_size == tokenizer.get_vocab_size() < VOCAB
    assert decoder.end_token == tokenizer.token_to_id(END_OF_TEXT)
    captioner = system.captioners["recap"]
    tokens, _ = captioner.targets(["C cuts the red apple"], 40)
    assert system.modules.captioners["recap"].decoder(tokens, None).shape[-1] == decoder.vocab_size
    assert captioner.tokenizer.decode(tokens[0].tolist()) == "C cuts the red apple"


def test_a_tokenizer_of_another_size_is_refused_where_none_is_trained():
    tokenizer = train_tokenizer(["C cuts"], 262)
    with pytest.raises(CheckpointError, match=f"captioner 'recap' is for {VOCAB} tokens"):
        fresh(CONFIG, Start(), tokenizer, 0)


# pretrained


@pytest.mark.parametrize("safe", [True, False])
@torch.no_grad()
def test_a_gpt2_directory_becomes_the_decoder(tmp_path, safe):
    theirs = save_gpt2(tmp_path, safe=safe)
    given = Pretrained(gpt2=str(tmp_path))
    tokenizer = make_tokenizer(Start(), given, [])
    system = fresh(CONFIG, Start(), tokenizer, 0)
    before = state(system)["captioners.recap.decoder.blocks.0.gated.attention.query.weight"].clone()
    assert apply(system, given) == (Part.GPT2,)
    ids = torch.randint(VOCAB, (2, 9))
    decoder = system.modules.eval().captioners["recap"].decoder
    torch.testing.assert_close(decoder(ids, None), theirs(ids).logits, rtol=1e-4, atol=1e-5)
    after = state(system)["captioners.recap.decoder.blocks.0.gated.attention.query.weight"]
    torch.testing.assert_close(after, before)


@torch.no_grad()
def test_a_distilbert_directory_becomes_both_alignments(tmp_path):
    theirs = save_distilbert(tmp_path)
    system = fresh(CONFIG, Start(), TOKENIZER, 0)
    assert apply(system, Pretrained(distilbert=str(tmp_path))) == (Part.DISTILBERT,)
    ids = torch.randint(40, (2, 7))
    tables = theirs.distilbert.embeddings
    tokens = tables.word_embeddings(ids) + tables.position_embeddings.weight[:7]
    expected = theirs.distilbert(ids).last_hidden_state
    captioner = system.modules.eval().captioners["recap"]
    assert captioner.video_alignment is not captioner.text_alignment
    for alignment in (captioner.video_alignment, captioner.text_alignment):
        torch.testing.assert_close(alignment.read_tokens(tokens), expected, rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_tokens_that_are_padding_are_not_read_as_distilbert_does_not(tmp_path):
    theirs = save_distilbert(tmp_path).distilbert
    system = fresh(CONFIG, Start(), TOKENIZER, 0)
    apply(system, Pretrained(distilbert=str(tmp_path)))
    ids, mask = torch.randint(40, (2, 7)), torch.ones(2, 7, dtype=torch.long)
    mask[1, 4:] = 0
    tokens = theirs.embeddings.word_embeddings(ids) + theirs.embeddings.position_embeddings.weight[:7]
    expected = theirs(ids, attention_mask=mask).last_hidden_state
    ours = system.modules.eval().captioners["recap"].video_alignment.read_tokens(tokens, mask)
    torch.testing.assert_close(ours[mask.bool()], expected[mask.bool()], rtol=1e-4, atol=1e-5)


def test_parts_of_another_size_are_refused(tmp_path):
    for folder in ("heads", "layers", "bert", "empty"):
        (tmp_path / folder).mkdir()
    system = fresh(CONFIG, Start(), TOKENIZER, 0)
    before = system.digest
    save_gpt2(tmp_path / "heads", heads=4)
    with pytest.raises(CheckpointError, match="has 4 attention heads, the decoder 2"):
        apply(system, Pretrained(gpt2=str(tmp_path / "heads")))
    save_gpt2(tmp_path / "layers", layers=2)
    with pytest.raises(CheckpointError, match=r"unknown keys: transformer.h.1"):
        apply(system, Pretrained(gpt2=str(tmp_path / "layers")))
    save_distilbert(tmp_path / "bert", heads=4)
    with pytest.raises(CheckpointError, match="has 4 attention heads, the alignment 2"):
        apply(system, Pretrained(distilbert=str(tmp_path / "bert")))
    with pytest.raises(CheckpointError, match=r"neither model.safetensors nor pytorch_model.bin"):
        apply(system, Pretrained(gpt2=str(tmp_path / "empty")))
    assert replace(system).digest == before


def test_a_distilbert_without_a_place_is_refused(tmp_path):
    save_distilbert(tmp_path)
    resampler = AlignmentConfig(
        kind=AlignmentKind.RESAMPLER, width=16, context_width=16, num_heads=2, head_width=8
    )
    config = with_captioner(video_alignment=resampler, text_alignment=resampler)
    with pytest.raises(CheckpointError, match="is for language-model alignments, and system 'tiny' has none"):
        apply(fresh(config, Start(), TOKENIZER, 0), Pretrained(distilbert=str(tmp_path)))


def test_a_gpt2_without_a_tokenizer_is_refused_where_none_is_trained(tmp_path):
    with pytest.raises(CheckpointError, match="brings no tokenizer, from here or from the hub; give --gpt2"):
        make_tokenizer(Start(), Pretrained(gpt2=str(tmp_path)), [])


def test_a_trained_tokenizer_does_not_go_with_a_given_gpt2(tmp_path):
    with pytest.raises(ConfigError, match="trains a tokenizer of 270 tokens"):
        make_tokenizer(Start(vocab_size=270), Pretrained(gpt2=str(tmp_path)), ["C cuts"])


def test_the_encoder_of_a_system_is_taken_with_its_sense_of_time(tmp_path):
    TINY.save_pretrained(tmp_path)
    system = fresh(CONFIG, Start(frame_position_std=0.3), TOKENIZER, 0)
    before = state(system)
    others = {name: tensor.clone() for name, tensor in before.items() if not name.startswith("encoder.")}
    assert apply(system, Pretrained(encoder=str(tmp_path))) == (Part.ENCODER,)
    for name, tensor in TINY.modules.encoder.state_dict().items():
        torch.testing.assert_close(state(system)[f"encoder.{name}"], tensor)
    for name, tensor in others.items():
        torch.testing.assert_close(state(system)[name], tensor)


def test_a_whole_system_brings_every_part_and_no_other_is_given(tmp_path):
    TINY.save_pretrained(tmp_path)
    given = Pretrained(system=str(tmp_path))
    assert make_tokenizer(Start(), given, []).to_str() == TOKENIZER.to_str()
    system = fresh(CONFIG, Start(gate=0.5), TOKENIZER, 0)
    assert apply(system, given) == tuple(Part)
    assert system.digest == TINY.digest
    assert given.digests() == {"system": TINY.digest}
    assert given.told() == f"system {tmp_path} ({TINY.digest[:8]})"
    assert Pretrained(encoder=str(tmp_path)).digests() == {Part.ENCODER: TINY.encoder_digest()}
    assert Pretrained().told() == "nothing"
    with pytest.raises(ConfigError, match="is a whole system, which brings every part; leave --encoder"):
        Pretrained(system="s", encoder="e")
    config = with_captioner(num_video_queries=CONFIG.captioners["recap"].num_video_queries + 1)
    with pytest.raises(
        CheckpointError, match=r"captioner 'recap' of .* another size: num_video_queries is 4"
    ):
        apply(fresh(config, Start(), TOKENIZER, 0), given)
    renamed = replace(
        CONFIG,
        captioners={"other": CONFIG.captioners["recap"]},
        levels=tuple(replace(level, captioner="other") for level in CONFIG.levels),
    )
    with pytest.raises(CheckpointError, match="has no captioner 'other'; it has recap"):
        apply(fresh(renamed, Start(), TOKENIZER, 0), given)


def test_an_encoder_that_differs_is_refused_with_what_differs(tmp_path):
    TINY.save_pretrained(tmp_path)
    config = replace(CONFIG, encoder=replace(CONFIG.encoder, num_heads=4))
    with pytest.raises(CheckpointError, match="of another size: num_heads is 2, not 4"):
        apply(fresh(config, Start(), TOKENIZER, 0), Pretrained(encoder=str(tmp_path)))
    config = replace(CONFIG, preprocess=replace(CONFIG.preprocess, antialias=True))
    with pytest.raises(CheckpointError, match="saw frames prepared otherwise"):
        apply(fresh(config, Start(), TOKENIZER, 0), Pretrained(encoder=str(tmp_path)))


def encoder_of_tiny_config(fixtures_dir):
    """A fresh system with an encoder of the size that the authors' stored checkpoints have."""
    sizes = json.loads((fixtures_dir / "tiny_config.json").read_text())["vision"]
    encoder = VideoEncoderConfig(
        image_size=sizes["img_size"],
        patch_size=sizes["patch_size"],
        num_frames=sizes["num_frames"],
        width=sizes["embed_dim"],
        num_layers=sizes["depth"],
        num_heads=sizes["num_heads"],
        mlp_width=round(sizes["embed_dim"] * sizes["mlp_ratio"]),
    )
    alignment = replace(CONFIG.captioners["recap"].video_alignment, context_width=encoder.width)
    return fresh(with_captioner(encoder, video_alignment=alignment), Start(), TOKENIZER, 0)


@torch.no_grad()
def test_the_encoder_of_lavila_is_taken(fixtures_dir):
    """Its features equal those that the authors' code computed."""
    folder = fixtures_dir / "lavila_dual_encoder"
    (path,) = folder.glob("checkpoint.pt*")
    system = encoder_of_tiny_config(fixtures_dir)
    assert apply(system, Pretrained(encoder=str(path))) == (Part.ENCODER,)
    video = torch.from_numpy(np.load(folder / "inputs.npz")["video"])
    expected = torch.from_numpy(np.load(folder / "expected.npz")["cls_feature"]).float()
    torch.testing.assert_close(system.modules.eval().encoder(video)[:, 0], expected, rtol=1e-4, atol=1e-4)
    with pytest.raises(CheckpointError, match=r"wrong shapes: blocks.0.attn.proj.bias is \[30\], not \[16\]"):
        apply(fresh(CONFIG, Start(), TOKENIZER, 0), Pretrained(encoder=str(path)))


def test_an_encoder_of_clip_is_taken_and_a_file_without_one_refused(tmp_path):
    encoder, width = CONFIG.encoder, CONFIG.encoder.width
    state = {"class_embedding": torch.rand(width), "positional_embedding": torch.rand(5, width)}
    state |= {"conv1.weight": torch.rand(width, 3, 16, 16)}
    for norm in ("ln_pre", "ln_post", "transformer.resblocks.0.ln_1", "transformer.resblocks.0.ln_2"):
        state |= {f"{norm}.weight": torch.rand(width), f"{norm}.bias": torch.rand(width)}
    layers = {"c_fc": (encoder.mlp_width, width), "c_proj": (width, encoder.mlp_width)}
    for layer, shape in layers.items():
        prefix = f"transformer.resblocks.0.mlp.{layer}"
        state |= {f"{prefix}.weight": torch.rand(shape), f"{prefix}.bias": torch.rand(shape[0])}
    for layer, rows in (("in_proj_", 3 * width), ("out_proj.", width)):
        prefix = f"transformer.resblocks.0.attn.{layer}"
        state |= {f"{prefix}weight": torch.rand(rows, width), f"{prefix}bias": torch.rand(rows)}
    for name, tensors in {
        "alone.safetensors": state,
        "whole.pt": {f"visual.{k}": v for k, v in state.items()} | {"logit_scale": torch.ones(())},
    }.items():
        (save_file if name.endswith("safetensors") else torch.save)(tensors, tmp_path / name)
        system = fresh(CONFIG, Start(), TOKENIZER, 0)
        apply(system, Pretrained(encoder=str(tmp_path / name)))
        ours = system.modules.encoder.state_dict()
        torch.testing.assert_close(
            ours["blocks.0.space_attention.qkv.weight"], state["transformer.resblocks.0.attn.in_proj_weight"]
        )
        assert not ours["blocks.0.time_attention.qkv.weight"].any()
    torch.save({"logit_scale": torch.ones(())}, tmp_path / "none.pt")
    with pytest.raises(CheckpointError, match="has no video encoder"):
        apply(system, Pretrained(encoder=str(tmp_path / "none.pt")))


@pytest.mark.slow
def test_language_models_of_the_hub_are_fetched_with_one_kind_of_weights(tmp_path):
    """In a process whose hub is ours: the hub's library reads its address when it is imported."""
    files = {}
    for name, safe in (("new", True), ("old", False)):
        (tmp_path / name).mkdir()
        save_distilbert(tmp_path / name, safe=safe)
        files[f"me/{name}"] = {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
    files["me/new"]["pytorch_model.bin"] = b"not needed"
    code = (
        "import torch\nfrom pathlib import Path\n"
        "from videorecap.models.pretrained import read_language_model, read_tensors\n"
        "for name, file in (('new', 'model.safetensors'), ('old', 'pytorch_model.bin')):\n"
        "    found = read_language_model(f'me/{name}')\n"
        f"    true = read_tensors(Path({str(tmp_path)!r}) / name / file)\n"
        "    assert found.state.keys() >= true.keys() and found.hints.alignment_heads == 2\n"
        "    assert all(torch.equal(found.state[key], true[key]) for key in true)\n"
        "    print(sorted(path.name for path in found.directory.iterdir()))\n"
        "read_language_model('me/none')\n"
    )
    with Hub() as hub:
        hub.files = files
        threading.Thread(target=hub.serve_forever, daemon=True).start()
        home = {"HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_XET": "1"}
        command = [sys.executable, "-c", code]
        done = subprocess.run(
            command, env={**os.environ, **home}, capture_output=True, text=True, check=False, timeout=120
        )
        hub.shutdown()
    assert done.stdout.splitlines() == [
        "['config.json', 'model.safetensors']",
        "['config.json', 'pytorch_model.bin']",
    ]
    assert "CheckpointError: me/none: no such directory, and the hub did not give it" in done.stderr

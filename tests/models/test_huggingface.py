"""Our parts equal Hugging Face's at small width, from the weights as the model hub stores them."""

import pytest
import torch
from torch import nn
from transformers import DistilBertConfig, DistilBertModel, GPT2Config, GPT2LMHeadModel

from videorecap.config import Fusion
from videorecap.errors import CheckpointError
from videorecap.models.alignment import AlignmentLayer, LmAlignment
from videorecap.models.pretrained import load_clip, load_distilbert, load_gpt2
from videorecap.models.text_decoder import TextDecoder
from videorecap.models.video_encoder import TimeSformer

WIDTH, HEADS, LAYERS, VOCAB, POSITIONS = 24, 4, 3, 50, 20


@pytest.fixture
def gpt2():
    torch.manual_seed(0)
    config = GPT2Config(n_embd=WIDTH, n_head=HEADS, n_layer=LAYERS, vocab_size=VOCAB, n_positions=POSITIONS)
    return _shaken(GPT2LMHeadModel(config).eval())


@pytest.fixture
def distilbert():
    torch.manual_seed(1)
    config = DistilBertConfig(
        dim=WIDTH, n_heads=HEADS, n_layers=LAYERS, hidden_dim=3 * WIDTH, vocab_size=VOCAB
    )
    return _shaken(DistilBertModel(config).eval())


def _shaken(module):
    """Weights large enough, and norms and biases unlike their start, so that nothing cancels."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.2 * torch.randn_like(parameter))
    return module


def decoder(*, num_layers=LAYERS):
    torch.manual_seed(2)
    return TextDecoder(
        width=WIDTH,
        num_layers=num_layers,
        num_heads=HEADS,
        num_positions=POSITIONS,
        vocab_size=VOCAB,
        query_width=10,
        cross_every=1,
        fusion=Fusion.CROSS_ATTENTION,
        has_trainable_norms=True,
        dropout=0.1,
    ).eval()


@torch.no_grad()
@pytest.mark.parametrize("has_head", [True, False])
def test_decoder_with_shut_gates_is_gpt2(gpt2, has_head):
    ours = decoder()
    load_gpt2(ours, gpt2.state_dict() if has_head else gpt2.transformer.state_dict())
    ids = torch.randint(VOCAB, (3, 11))
    embeddings = torch.randn(3, 5, 10)
    torch.testing.assert_close(ours(ids, embeddings), gpt2(ids).logits, rtol=1e-4, atol=1e-5)
    gates = [p for name, p in ours.named_parameters() if name.endswith("gate")]
    assert len(gates) == 2 * LAYERS
    for gate in gates:
        gate.fill_(0.5)
    assert not torch.allclose(ours(ids, embeddings), gpt2(ids).logits, atol=1e-3)


def test_gpt2_of_another_depth_is_refused(gpt2):
    with pytest.raises(CheckpointError, match=rf"missing keys: transformer.h.{LAYERS}.attn"):
        load_gpt2(decoder(num_layers=LAYERS + 1), gpt2.state_dict())
    with pytest.raises(CheckpointError, match=rf"unknown keys: transformer.h.{LAYERS - 1}.attn"):
        load_gpt2(decoder(num_layers=LAYERS - 1), gpt2.state_dict())


@torch.no_grad()
def test_alignment_without_cross_attention_is_distilbert(distilbert):
    ours = LmAlignment(WIDTH, 10, HEADS, LAYERS, 1, 3 * WIDTH, 0.1).eval()
    load_distilbert(ours, distilbert.state_dict())
    for layer in ours.layers:
        assert isinstance(layer, AlignmentLayer)
        assert layer.cross_attention is not None
        layer.cross_attention = None
    ids = torch.randint(VOCAB, (3, 7))
    tables = distilbert.embeddings
    queries = tables.word_embeddings(ids) + tables.position_embeddings.weight[:7]
    expected = distilbert(ids).last_hidden_state
    torch.testing.assert_close(ours(queries, torch.randn(3, 2, 10)), expected, rtol=1e-4, atol=1e-5)


def _clip_state(width, mlp_width, num_layers, patch, num_patches):
    """A CLIP image encoder's tensors, as torch's own layers name them."""
    torch.manual_seed(3)
    state = {
        "class_embedding": torch.randn(width),
        "positional_embedding": torch.randn(1 + num_patches, width),
        "conv1.weight": torch.randn(width, 3, patch, patch),
        "proj": torch.randn(width, 5),
    }
    layers = {"ln_pre": nn.LayerNorm(width), "ln_post": nn.LayerNorm(width)}
    for i in range(num_layers):
        block = f"transformer.resblocks.{i}."
        layers[f"{block}attn"] = nn.MultiheadAttention(width, HEADS)
        layers[f"{block}ln_1"] = nn.LayerNorm(width)
        layers[f"{block}ln_2"] = nn.LayerNorm(width)
        layers[f"{block}mlp.c_fc"] = nn.Linear(width, mlp_width)
        layers[f"{block}mlp.c_proj"] = nn.Linear(mlp_width, width)
    for name, layer in layers.items():
        state |= {f"{name}.{key}": value for key, value in layer.state_dict().items()}
    return state


@torch.no_grad()
def test_encoder_from_clip_sees_each_frame_as_clip_does():
    """Time attention adds nothing yet, so with one frame the encoder is CLIP's vision transformer."""
    patch, num_patches, mlp_width = 4, 9, 40
    state = _clip_state(WIDTH, mlp_width, 2, patch, num_patches)
    encoder = TimeSformer(12, patch, 4, WIDTH, 2, HEADS, mlp_width).eval()
    load_clip(
        encoder, {f"visual.{key}": value for key, value in state.items()} | {"logit_scale": torch.ones(())}
    )
    frames = torch.randn(2, 3, 1, 12, 12)

    x = nn.functional.conv2d(frames[:, :, 0], state["conv1.weight"], stride=patch).flatten(2).transpose(1, 2)
    x = torch.cat([state["class_embedding"].expand(2, 1, -1), x], 1) + state["positional_embedding"]
    x = nn.functional.layer_norm(x, (WIDTH,))
    for i in range(2):
        part = {
            key.removeprefix(f"transformer.resblocks.{i}."): value
            for key, value in state.items()
            if key.startswith(f"transformer.resblocks.{i}.")
        }
        attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        attention.load_state_dict({k[5:]: v for k, v in part.items() if k.startswith("attn.")})
        y = nn.functional.layer_norm(x, (WIDTH,))
        x = x + attention(y, y, y)[0]
        y = nn.functional.layer_norm(x, (WIDTH,)) @ part["mlp.c_fc.weight"].T + part["mlp.c_fc.bias"]
        y = y * torch.sigmoid(1.702 * y)
        x = x + y @ part["mlp.c_proj.weight"].T + part["mlp.c_proj.bias"]
    expected = nn.functional.layer_norm(x, (WIDTH,))
    torch.testing.assert_close(encoder(frames), expected, rtol=1e-3, atol=1e-4)
    twice = encoder(frames.expand(-1, -1, 2, -1, -1))
    torch.testing.assert_close(twice[:, 1 : 1 + num_patches], twice[:, 1 + num_patches :])

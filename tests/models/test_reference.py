"""Our models give the numbers of the authors' code, from the authors' checkpoint files."""

import json

import numpy as np
import pytest
import torch

from videorecap.captioners.text import load_tokenizer
from videorecap.hierarchy import Sampling as FeatureSampling
from videorecap.models.dual_encoder import DualEncoder
from videorecap.models.features import sample_rows
from videorecap.models.generation import Sampling
from videorecap.models.official import decode_one, greedy_loop, teacher_forcing

PIXELS = [("clip", ""), ("unified", "")]
FEATURES = [
    ("segment", ""),
    ("video", ""),
    ("unified", "_segment"),
    ("unified", "_video"),
    ("perceiver", ""),
    ("shared", ""),
]
EVERY = pytest.mark.parametrize(("name", "suffix"), PIXELS + FEATURES)


@pytest.fixture(autouse=True)
def _inference():
    with torch.inference_mode():
        yield


@pytest.mark.parametrize("name", ["clip", "unified", "lavila_narrator"])
def test_encoder(reference, close, name):
    ref = reference(name)
    tokens = ref.features()
    close(tokens, ref.expected["dense_tokens"])
    if "cls_feature" in ref.expected:
        close(tokens[:, 0], ref.expected["cls_feature"])


def test_encoder_takes_fewer_frames(reference, arrays, close):
    ref = reference("clip")
    expected = arrays("clip/expected_2frames.npz")["dense_tokens"]
    patches_per_frame = len(ref.modules.encoder.positions) - 1
    num_frames = (expected.shape[1] - 1) // patches_per_frame
    close(ref.modules.encoder(ref.inputs["video_features"][:, :, :num_frames]), expected)


@EVERY
def test_embeddings_logits_and_loss(reference, close, name, suffix):
    ref = reference(name, suffix)
    embeddings, tokens = ref.embeddings(), ref.inputs["caption_tokens"]
    close(embeddings, ref.expected["queries"])
    close(ref.model.decoder(tokens[:, :-1], embeddings), ref.expected["logits"])
    loss = ref.model.loss(embeddings, tokens, official=True)
    close(loss, ref.expected["loss"])
    close(loss, ref.expected["loss_fp64"])


@EVERY
def test_every_layer(reference, close, name, suffix):
    """The first item's output of every block, so that a difference is found where it arises."""
    ref = reference(name, suffix)
    model, seen, hooks = ref.model, {}, []
    groups = [("dec_block", model.decoder.blocks), ("dec_ln_f", [model.decoder.norm])]
    groups += [
        (f"{kind}_mapper_layer", getattr(alignment, "layers", []))
        for kind, alignment in (("text", model.text_alignment), ("video", model.video_alignment))
        if alignment is not None and not (kind == "text" and alignment is model.video_alignment)
    ]
    groups += [("vis_block", ref.modules.encoder.blocks)] if ref.modules.encoder is not None else []
    for title, layers in groups:
        for i, layer in enumerate(layers):
            key = title if title == "dec_ln_f" else f"{title}{i}"

            def remember(_module, _inputs, output, key=f"state.{key}"):
                seen.setdefault(key, output[0])

            hooks.append(layer.register_forward_hook(remember))
    model.decoder(ref.inputs["caption_tokens"][:, :-1], ref.embeddings())
    for hook in hooks:
        hook.remove()
    stored = {key: value for key, value in ref.expected.items() if key.startswith("state.")}
    assert stored
    for key, value in stored.items():
        close(seen[key], value)


@EVERY
def test_official_greedy_decoding(reference, close, stored, name, suffix):
    ref = reference(name, suffix)
    decoder, embeddings = ref.model.decoder, ref.embeddings()
    repeated = embeddings.repeat_interleave(len(ref.expected["greedy_ids_ret2"]) // len(embeddings), 0)
    for variant, z, max_tokens, stops_early in (
        ("", embeddings, ref.max_tokens, True),
        ("_max6", embeddings, 6, True),
        ("_ret2", repeated, ref.max_tokens, True),
        ("_noearlystop", embeddings, ref.max_tokens, False),
    ):
        captions = greedy_loop(
            decoder, z, end_token=ref.end_token, max_tokens=max_tokens, stops_early=stops_early
        )
        np.testing.assert_array_equal(captions.ids, ref.expected[f"greedy_ids{variant}"])
        if f"greedy_ppl{variant}" in ref.expected:
            close(captions.perplexity, ref.expected[f"greedy_ppl{variant}"])
    texts = ref.folder / f"expected{suffix}.json"
    if texts.exists():
        tokenizer = load_tokenizer(stored("tokenizer"))
        ids = [decode_one(row, ref.end_token) for row in ref.expected["greedy_ids"].tolist()]
        assert [tokenizer.decode(row).strip() for row in ids] == json.loads(texts.read_text())["decoded"]


@EVERY
def test_teacher_forcing(reference, close, name, suffix):
    ref = reference(name, suffix)
    forced = teacher_forcing(ref.model.decoder, ref.embeddings(), ref.inputs["caption_tokens"])
    np.testing.assert_array_equal(forced.ids, ref.expected["tf_ids"])
    close(forced.perplexity, ref.expected["tf_ppl"])


def test_text_of_padding_only(reference, arrays, close):
    """A fully masked row averages all positions, as the authors' additive mask does in fp32."""
    ref = reference("video")
    expected = arrays("video/expected_emptytext.npz")
    texts = (torch.from_numpy(expected[key]) for key in ("text_features", "text_mask"))
    assert not expected["text_mask"].any(axis=1).all()
    embeddings = ref.model.embeddings(ref.features(), ref.inputs["video_mask"], *texts, official=True)
    close(embeddings, expected["queries"])
    captions = greedy_loop(ref.model.decoder, embeddings, end_token=ref.end_token, max_tokens=ref.max_tokens)
    np.testing.assert_array_equal(captions.ids, expected["greedy_ids"])
    close(captions.perplexity, expected["greedy_ppl"])


def test_masking_of_raw_features(reference):
    ref = reference("video")
    raw = ref.arrays("raw_features")
    num_features = ref.inputs["video_features"].shape[1]
    for i in range(len(raw)):
        features = torch.from_numpy(raw[f"raw{i}"])
        rows, mask = sample_rows(features, num_features, FeatureSampling.MASKING)
        torch.testing.assert_close(rows, ref.inputs["video_features"][i], rtol=0, atol=0)
        assert mask.tolist() == ref.inputs["video_mask"][i].bool().tolist()


def test_narrator(reference, close):
    ref = reference("lavila_narrator")
    embeddings, tokens = ref.embeddings(), ref.inputs["caption_tokens"]
    close(embeddings, ref.expected["queries"])
    logits = ref.model.decoder(tokens[:, :-1], embeddings)
    stored = ref.expected["logits_bcn"]
    close(logits.transpose(1, 2)[:, :, : stored.shape[2]], stored)
    close(ref.model.loss(embeddings, tokens, official=True), ref.expected["loss"])
    perplexity = teacher_forcing(ref.model.decoder, embeddings, tokens).perplexity
    close(perplexity.mean(), ref.expected["ppl_mean"])
    labels = tokens[:, 1:]
    is_right = (logits.argmax(-1) == labels)[labels != 0]
    close(100 * is_right.float().mean(), ref.expected["caption_acc"])


def test_narrator_decoding(reference, close):
    ref = reference("lavila_narrator")
    expected = ref.expected["greedy_ids"]
    for max_tokens in (expected.shape[1] + 1, expected.shape[1]):  # ended by itself, or at the limit
        captions = greedy_loop(
            ref.model.decoder, ref.embeddings(), end_token=ref.end_token, max_tokens=max_tokens
        )
        if captions.ids.shape[1] == expected.shape[1]:
            break
    np.testing.assert_array_equal(captions.ids, expected)
    close(captions.perplexity, ref.expected["greedy_ppl"])


def test_narrator_nucleus(reference, close):
    ref = reference("lavila_narrator")
    start = torch.full((len(ref.inputs["caption_tokens"]), 1), ref.end_token)
    logits = ref.model.decoder(start, ref.embeddings())[:, -1]
    close(logits, ref.expected["first_step_logits"])
    strategy = Sampling(generator=torch.Generator(), temperature=0.7, top_p=0.95)
    close(strategy.probabilities(logits), ref.expected["first_step_topp95_t07_probs"])


def test_dual_encoder(reference, close):
    ref = reference("lavila_dual_encoder")
    dual = DualEncoder(ref.modules.encoder, ref.modules.text_tower)
    close(dual.embed_video(ref.inputs["video"]), ref.expected["image_embed"])
    close(dual.embed_text(ref.inputs["text_tokens"]), ref.expected["text_embed"])
    close(dual.scale, ref.expected["logit_scale"])
    close(dual.encoder(ref.inputs["video"])[:, 0], ref.expected["cls_feature"])

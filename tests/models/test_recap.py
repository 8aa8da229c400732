"""Masks, padding and the loss of a captioner's network."""

import pytest
import torch
import torch.nn.functional as F

from videorecap.config import Fusion
from videorecap.errors import ConfigError, VideoRecapError
from videorecap.models.recap import RecapModel
from videorecap.models.video_encoder import TimeSformer

from .small import CONTEXT, VOCAB, WIDTH, alignment, decoder, recap_model, shaken


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.mark.parametrize("kind", ["lm", "resampler"])
def test_padding_changes_nothing(kind):
    model = recap_model(kind)
    video, ids = torch.randn(2, 5, CONTEXT), torch.randint(VOCAB, (2, 6))
    plain = model.embeddings(video, None, ids, None)
    video_mask, text_mask = torch.ones(2, 8), torch.ones(2, 9)
    video_mask[:, 5:], text_mask[:, 6:] = 0, 0
    padded = model.embeddings(
        torch.cat([video, 100 * torch.randn(2, 3, CONTEXT)], 1),
        video_mask,
        torch.cat([ids, torch.randint(VOCAB, (2, 3))], 1),
        text_mask,
    )
    torch.testing.assert_close(padded, plain, rtol=1e-4, atol=1e-5)


def test_official_resampler_reads_padding():
    model = recap_model("resampler")
    video, mask = torch.randn(2, 5, CONTEXT), torch.tensor([[1, 1, 1, 0, 0]]).expand(2, -1)
    official = model.embeddings(video, mask, official=True)
    torch.testing.assert_close(official, model.embeddings(video))
    assert not torch.allclose(official, model.embeddings(video, mask), atol=1e-3)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("kind", ["lm", "resampler"])
def test_nothing_to_read_is_finite(kind, dtype):
    """A row without any real position averages them all, whatever they hold, and leaves the others alone."""
    module = shaken(alignment(kind)).to(dtype)
    queries, context = torch.randn(2, 4, WIDTH, dtype=dtype), torch.randn(2, 5, CONTEXT, dtype=dtype)
    mask = torch.tensor([[0, 0, 0, 0, 0], [1, 1, 1, 0, 1]])
    mixed = module(queries, context, mask)
    assert mixed.isfinite().all()
    torch.testing.assert_close(mixed[1:], module(queries[1:], context[1:], mask[1:]))
    shuffled = module(queries, context[:, torch.randperm(5)], mask)
    torch.testing.assert_close(shuffled[0], mixed[0], rtol=1e-2, atol=1e-2)


def test_branches_run_only_with_their_input():
    model = recap_model()
    video, ids = torch.randn(2, 5, CONTEXT), torch.randint(VOCAB, (2, 6))
    both = model.embeddings(video, None, ids)
    torch.testing.assert_close(model.embeddings(video), both[:, :3])
    torch.testing.assert_close(model.embeddings(text_ids=ids), both[:, 3:])
    with pytest.raises(ConfigError, match="nothing to caption from"):
        model.embeddings()
    video_only = RecapModel(decoder(), alignment("lm"), num_video_queries=3, num_text_queries=4, width=WIDTH)
    assert video_only.embeddings(video, None, ids).shape[1] == 3


def test_shared_alignment_is_one_module():
    both = alignment("lm", context_width=16)
    model = RecapModel(decoder(), both, both, num_video_queries=3, num_text_queries=4, width=WIDTH)
    assert len(list(model.trainable_parameters())) < len(list(recap_model().trainable_parameters()))
    ids = torch.randint(VOCAB, (2, 6))
    text = model.eval().embeddings(text_ids=ids)
    seen = both(model.text_queries.expand(2, -1, -1), model.decoder.embed(ids))
    torch.testing.assert_close(text, seen)


@pytest.mark.parametrize("fusion", Fusion)
def test_loss_is_a_mean_over_real_tokens(fusion):
    model = recap_model(fusion=fusion)
    embeddings, tokens = torch.randn(2, 4, WIDTH), torch.randint(VOCAB, (2, 7))
    mask = torch.ones(2, 7)
    mask[1, 4:] = 0
    with torch.no_grad():
        logits = model.decoder(tokens[:, :-1], embeddings)
    rows = [F.cross_entropy(logits[0], tokens[0, 1:], reduction="sum")]
    rows += [F.cross_entropy(logits[1, :3], tokens[1, 1:4], reduction="sum")]
    torch.testing.assert_close(model.loss(embeddings, tokens, mask), sum(rows) / (6 + 3))
    padding = torch.randint(VOCAB, (2, 5))
    padded = model.loss(embeddings, torch.cat([tokens, padding], 1), torch.cat([mask, torch.zeros(2, 5)], 1))
    torch.testing.assert_close(padded, model.loss(embeddings, tokens, mask), rtol=1e-5, atol=1e-5)


def test_loss_learns_token_zero_and_the_authors_does_not():
    model = recap_model()
    embeddings = torch.randn(1, 4, WIDTH)
    tokens = torch.tensor([[1, 0, 2]])
    logits = model.decoder(tokens[:, :-1], embeddings)
    each = F.cross_entropy(logits[0], tokens[0, 1:], reduction="none")
    torch.testing.assert_close(model.loss(embeddings, tokens), each.mean())
    torch.testing.assert_close(model.loss(embeddings, tokens, official=True), each[1] / 2)


@pytest.mark.parametrize("fusion", Fusion)
@pytest.mark.parametrize("kind", ["lm", "resampler"])
def test_every_trainable_parameter_gets_a_gradient(kind, fusion):
    model = recap_model(kind, fusion)
    embeddings = model.embeddings(torch.randn(2, 5, CONTEXT), None, torch.randint(VOCAB, (2, 6)))
    model.loss(embeddings, torch.randint(VOCAB, (2, 7))).backward()
    for name, parameter in model.trainable_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0 or name.endswith(("key.bias", "key_value.bias")), name


@pytest.mark.parametrize("num_frames", [0, 5])
def test_encoder_refuses_a_wrong_number_of_frames(num_frames):
    encoder = TimeSformer(8, 4, 4, 12, 1, 3, 16)
    with pytest.raises(VideoRecapError, match=f"1 to 4 frames a clip, got {num_frames}"):
        encoder(torch.zeros(1, 3, num_frames, 8, 8))


def test_encoder_attends_as_written_out():
    """Divided attention against a plain masked attention over all tokens, gates in the time branch open."""
    encoder = shaken(TimeSformer(12, 4, 3, 12, 2, 3, 16, has_time_gates=True))
    frames = torch.randn(2, 3, 3, 12, 12)
    num_patches = 9
    frame = torch.arange(3).repeat_interleave(num_patches)
    place = torch.arange(num_patches).repeat(3)

    def masked(module, x, group):
        allowed = torch.ones(len(group) + 1, len(group) + 1, dtype=torch.bool)
        allowed[1:, 1:] = group[:, None] == group[None]
        q, k, v = (t.unflatten(-1, (3, -1)).transpose(1, 2) for t in module.qkv(x).chunk(3, -1))
        scores = (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5).masked_fill(~allowed, -torch.inf)
        return module.out((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))

    seen = []
    encoder.blocks[0].register_forward_pre_hook(lambda _module, inputs: seen.append(inputs[0]))
    with torch.no_grad():
        tokens = encoder(frames)
        x = seen[0]
        for block in encoder.blocks:
            time = masked(block.time_attention, block.time_norm(x), place) * block.time_gate.tanh()
            y = x + masked(block.space_attention, block.space_norm(x + time), frame)
            x = y + block.mlp(block.mlp_norm(y))
        torch.testing.assert_close(tokens, encoder.norm(x), rtol=1e-4, atol=1e-5)

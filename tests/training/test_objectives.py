"""Each objective against its own definition, another implementation, or what it must learn."""

import random
import socket

import pytest
import torch
import torch.nn.functional as F
from torch import multiprocessing

from tests.conftest import make_tiny_system
from videorecap.captioners.text import END_OF_TEXT, byte_level, train_tokenizer
from videorecap.config import Fusion
from videorecap.errors import CheckpointError, ConfigError
from videorecap.models.alignment import LmAlignment
from videorecap.models.dual_encoder import MAX_SCALE, TextTower
from videorecap.models.inherit import inherit
from videorecap.models.pretrained import load_gpt2
from videorecap.models.recap import RecapModel
from videorecap.models.text_decoder import TextDecoder
from videorecap.sim.facts import facts_of
from videorecap.sim.splits import seed_of
from videorecap.sim.words import references
from videorecap.sim.world import ACTIONS
from videorecap.sim.writer import sample_script
from videorecap.training.contrast import contrast_sum, text_identities, tower_ids
from videorecap.training.language import next_token_sum, num_next_tokens
from videorecap.training.masked import HIDDEN_SHARE, SHOWN, HiddenText, MaskedPrediction, hide
from videorecap.training.naming import NAMED, UNTOLD, Labels, Naming, labels_of, reversed_labels
from videorecap.types import Span

WIDTH = 32


def embeddings(count, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [F.normalize(torch.randn(count, 5, generator=generator), dim=1) for _ in range(2)]


# contrast


def test_contrast_of_different_texts_is_clips_loss():
    video, text = embeddings(6)
    logits, own = 7.0 * video @ text.T, torch.arange(6)
    expected = (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2
    ours = contrast_sum(video, text, torch.tensor(7.0), text_identities([f"C cuts {n}" for n in range(6)]))
    torch.testing.assert_close(ours / 6, expected)


def test_equal_texts_are_positives_of_each_other():
    video, text = embeddings(4)
    texts = ["C cuts", "C sews", "C cuts", "C digs"]
    total = 0.0
    for first, second in ((video, text), (text, video)):
        for i in range(4):
            chances = (3.0 * first[i] @ second.T).softmax(dim=0)
            alike = [j for j in range(4) if texts[j] == texts[i]]
            total -= sum(float(chances[j].log()) for j in alike) / len(alike) / 2
    ours = contrast_sum(video, text, torch.tensor(3.0), text_identities(texts))
    assert ours.item() == pytest.approx(total, rel=1e-5)


def test_text_identities_are_those_of_the_text_alone():
    first, second = text_identities(["C cuts", "C sews"]), text_identities(["C sews", "C digs", "C cuts"])
    assert first.tolist() == [second[2].item(), second[0].item()]
    assert len(set(second.tolist())) == 3


def contrast_part(rank, port, sizes, results):
    """One process's share of the batch: its loss and the gradients of its embeddings and the scale."""
    torch.set_num_threads(1)
    address = f"tcp://127.0.0.1:{port}"
    torch.distributed.init_process_group("gloo", init_method=address, rank=rank, world_size=len(sizes))
    first = sum(sizes[:rank])
    results.put((rank, [part.tolist() for part in contrast_of(slice(first, first + sizes[rank]))]))
    torch.distributed.destroy_process_group()


def contrast_of(own):
    video, text = (part[own].requires_grad_() for part in embeddings(5))
    scale = torch.tensor(7.0, requires_grad=True)
    texts = ["C cuts", "C sews", "C cuts", "C digs", "C sews"][own]
    loss = contrast_sum(video, text, scale, text_identities(texts))
    loss.backward()
    return [part.detach() for part in (loss, video.grad, text.grad, scale.grad)]


@pytest.mark.slow
def test_two_processes_give_the_loss_and_gradients_of_one():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    whole = contrast_of(slice(0, 5))
    results = multiprocessing.get_context("spawn").SimpleQueue()
    multiprocessing.spawn(contrast_part, args=(port, (3, 2), results), nprocs=2)
    parts = [part for _, part in sorted(results.get() for _ in range(2))]
    for expected, *found in zip(whole, *parts, strict=True):
        tensors = [torch.tensor(part) for part in found]
        torch.testing.assert_close(torch.cat(tensors) if expected.ndim else sum(tensors), expected)


def test_a_text_tower_reads_at_the_end_of_each_text_and_past_no_padding():
    tokenizer = train_tokenizer(["C picks up the red mug"], 280)
    end = tokenizer.token_to_id(END_OF_TEXT)
    torch.manual_seed(0)
    tower = TextTower(16, 2, 2, 32, 8, tokenizer.get_vocab_size(), 6, video_width=4)
    texts = ["C", "C picks up the red mug, C picks up the red mug", "C picks"]
    ids = tower_ids(tokenizer, texts, num_positions=8)
    assert ids.shape == (3, 8)
    assert ids[1, 7] == end
    assert (ids == end).sum(dim=1).tolist() == [1, 1, 1]
    alone = torch.cat([tower(tower_ids(tokenizer, [text], num_positions=8)) for text in texts])
    torch.testing.assert_close(tower(ids), alone)


def test_a_tokenizer_that_does_not_end_with_the_end_token_is_refused():
    tokenizer = train_tokenizer(["C picks up the red mug"], 280)
    tokenizer.add_special_tokens(["<|after|>"])
    size = tokenizer.get_vocab_size()
    with pytest.raises(CheckpointError, match=rf"must be the tokenizer's last id \({size - 1}\)"):
        tower_ids(tokenizer, ["C"], num_positions=8)
    with pytest.raises(CheckpointError, match="train a tokenizer"):
        tower_ids(byte_level(type(tokenizer.model)()), ["C"], num_positions=8)


def test_the_scale_is_limited_and_can_come_down_again():
    tower = TextTower(16, 1, 2, 32, 8, 20, 6, video_width=4)
    with torch.no_grad():
        tower.log_scale.fill_(9.0)
    scale = tower.limited_scale()
    assert scale.item() == pytest.approx(MAX_SCALE)
    video, text = embeddings(4)
    contrast_sum(video, text, scale, torch.arange(4)).backward()
    assert tower.log_scale.grad > 0


def test_contrast_brings_clips_and_their_captions_together():
    torch.manual_seed(0)
    tokenizer = train_tokenizer(["C picks up the red mug"], 280)
    tower = TextTower(16, 1, 2, 32, 20, tokenizer.get_vocab_size(), 8, video_width=16)
    texts = ["C picks up the red mug", "C cuts an apple", "C waters a plant", "C cuts an apple"]
    cls, ids = torch.randn(4, 16), tower_ids(tokenizer, texts, 20)
    optimizer = torch.optim.AdamW(tower.parameters(), lr=0.01)
    for _ in range(40):
        video, text = tower.embed_video(cls), tower.embed_text(ids)
        loss = contrast_sum(video, text, tower.limited_scale(), text_identities(texts))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    best = (video @ text.T).argmax(dim=1).tolist()
    assert [texts[row] for row in best] == texts


# naming


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


# language


def decoder(fusion=Fusion.CROSS_ATTENTION, num_positions=20):
    torch.manual_seed(2)
    return TextDecoder(
        width=WIDTH,
        num_layers=2,
        num_heads=4,
        num_positions=num_positions,
        vocab_size=50,
        query_width=10,
        cross_every=1,
        fusion=fusion,
        has_trainable_norms=True,
        dropout=0.0,
    )


def open_gates(module):
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if name.endswith("gate"):
                parameter.fill_(0.5)


@pytest.mark.parametrize("fusion", list(Fusion))
def test_language_loss_is_gpt2s(fusion):
    """Whatever the gates are: nothing is read."""
    from transformers import GPT2Config, GPT2LMHeadModel  # slow to load, and processes load this file

    torch.manual_seed(0)
    config = GPT2Config(n_embd=WIDTH, n_head=4, n_layer=2, vocab_size=50, n_positions=20)
    gpt2, ours = GPT2LMHeadModel(config).eval(), decoder(fusion)
    load_gpt2(ours, gpt2.state_dict())
    open_gates(ours)
    tokens, mask = torch.randint(50, (3, 9)), torch.ones(3, 9, dtype=torch.long)
    mask[0, 6:], mask[2, 3:] = 0, 0
    expected = gpt2(tokens, labels=tokens.masked_fill(mask == 0, -100)).loss
    torch.testing.assert_close(next_token_sum(ours, tokens, mask) / num_next_tokens(mask), expected)
    changed = tokens.masked_fill(mask == 0, 1)
    torch.testing.assert_close(next_token_sum(ours, changed, mask), next_token_sum(ours, tokens, mask))


@pytest.mark.parametrize("fusion", list(Fusion))
def test_language_parameters_are_those_that_the_language_loss_reaches(fusion):
    ours = decoder(fusion)
    next_token_sum(ours, torch.randint(50, (2, 20)), torch.ones(2, 20)).backward()
    reached = {name for name, parameter in ours.named_parameters() if parameter.grad is not None}
    assert reached == {name for name, _ in ours.language_parameters()}


def test_the_sum_over_captions_is_the_captioners_loss():
    model = make_tiny_system().modules.captioners["recap"].eval()
    tokens, mask = torch.randint(280, (3, 9)), torch.ones(3, 9, dtype=torch.long)
    mask[0, 6:] = 0
    z = model.embeddings(torch.randn(3, 5, 16))
    mean = next_token_sum(model.decoder, tokens, mask, z) / num_next_tokens(mask)
    torch.testing.assert_close(mean, model.loss(z, tokens, mask))


# masked prediction


def alignment(seed=0):
    torch.manual_seed(seed)
    return LmAlignment(WIDTH, 10, 4, num_layers=2, cross_every=1, mlp_width=64, dropout=0.0)


def test_hiding_follows_berts_shares_and_depends_on_its_chance_alone():
    ids = list(range(100, 300))
    hidden = [hide(ids, 1000, random.Random(seed)) for seed in range(100)]
    assert hidden[3] == hide(ids, 1000, random.Random(3))
    assert hidden[3] != hidden[4]
    assert {text.count for text in hidden} == {round(HIDDEN_SHARE * 200)}
    fates = {"mask": 0, "same": 0, "other": 0}
    for text in hidden:
        for token, shown, target in zip(ids, text.shown, text.targets, strict=True):
            if target == SHOWN:
                assert shown == token
            else:
                assert target == token
                fates["mask" if shown == 1000 else "same" if shown == token else "other"] += 1
    assert fates["mask"] / 3000 == pytest.approx(0.8, abs=0.03)
    assert fates["other"] / 3000 == pytest.approx(0.1, abs=0.02)
    assert hide([7], 10, random.Random(0)).count == 1
    assert hide([], 10, random.Random(0)).count == 0


def test_only_hidden_tokens_count_and_padding_changes_nothing():
    masked = MaskedPrediction(alignment(), 10, 12)
    short = HiddenText((1, 10, 3), (SHOWN, 2, SHOWN))
    long = HiddenText((4, 5, 10, 7, 8, 9), (SHOWN, SHOWN, 6, SHOWN, SHOWN, 9))
    together = masked([short, long])
    torch.testing.assert_close(together, masked([short]) + masked([long]))
    told = HiddenText((1, 10, 3), (SHOWN, SHOWN, SHOWN))
    assert masked([told]).item() == 0
    torch.testing.assert_close(masked([short, told]), masked([short]))
    with pytest.raises(ConfigError, match="12 positions, got a text of 13"):
        masked([HiddenText((1,) * 13, (SHOWN,) * 13)])


def test_masked_prediction_learns_and_hands_its_alignment_over():
    texts = [[1, 2, 3, 4, 5, 6, 7], [7, 1, 6, 2, 5], [3, 3, 4, 4, 5, 5]]
    masked = MaskedPrediction(alignment(), 10, 8)
    trained = dict(masked.trainable_parameters())
    optimizer = torch.optim.AdamW(trained.values(), lr=0.006)
    chance, losses = random.Random(0), []
    for _ in range(80):
        hidden = [hide(text, 10, chance) for text in texts for _ in range(2)]
        loss = masked(hidden) / sum(text.count for text in hidden)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] > 1.8
    assert sum(losses[-10:]) / 10 < 0.35
    reached = {name for name, parameter in masked.named_parameters() if parameter.grad is not None}
    assert reached == trained.keys()

    model = make_recap(alignment(seed=1))
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    weights = {f"video_alignment.{name}": p.detach() for name, p in masked.alignment.named_parameters()}
    fresh = inherit(model, weights, source="masked")
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(parameter.data, before[name] if name in fresh else weights[name])
    assert not any(name.startswith("video_alignment.") for name in fresh)
    assert {"video_queries", "decoder.token_embedding.weight"} <= set(fresh)


@pytest.mark.parametrize("kind", ["naming", "masked"])
def test_what_a_training_adds_is_drawn_by_its_own_seed(kind):
    """Whatever was drawn before, as after a restart."""
    shared = alignment()

    def weights(seed):
        module = Naming(8, seed=seed) if kind == "naming" else MaskedPrediction(shared, 10, 8, seed=seed)
        return torch.cat([parameter.detach().flatten() for parameter in module.parameters()])

    torch.manual_seed(3)
    first, following, again = weights(0), torch.rand(2), weights(0)
    assert torch.equal(first, again)
    assert not torch.equal(first, weights(1))
    torch.manual_seed(3)
    assert torch.equal(torch.rand(2), following)


# what a later stage takes over


def make_recap(video, text=None):
    return RecapModel(decoder(), video, text, num_video_queries=3, num_text_queries=2, width=WIDTH)


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

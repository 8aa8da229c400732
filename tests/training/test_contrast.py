"""Contrast: CLIP's loss over all processes, with equal texts as positives; the tower that reads."""

import socket

import pytest
import torch
import torch.nn.functional as F
from torch import multiprocessing

from videorecap.captioners.text import END_OF_TEXT, byte_level, train_tokenizer
from videorecap.errors import CheckpointError
from videorecap.models.dual_encoder import MAX_SCALE, TextTower
from videorecap.training.contrast import contrast_sum, text_identities, tower_ids


def embeddings(count, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [F.normalize(torch.randn(count, 5, generator=generator), dim=1) for _ in range(2)]


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

"""Decoding: the cache changes nothing, neighbours change nothing, no token is lost."""

import itertools

import pytest
import torch

from videorecap.config import Fusion
from videorecap.errors import ConfigError
from videorecap.models.generation import BeamSearch, Greedy, Sampling, generate
from videorecap.models.text_decoder import TextDecoder

from .small import END, VOCAB, WIDTH, lively_decoder, shaken

FUSIONS = pytest.mark.parametrize("fusion", Fusion)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def sampling(seed=1, **settings):
    return Sampling(generator=torch.Generator().manual_seed(seed), **settings)


def embeddings(rows=6, seed=0):
    return 2 * torch.randn(rows, 4, WIDTH, generator=torch.Generator().manual_seed(seed))


def write(module, z, strategy=None, max_tokens=20, **options):
    return generate(module, z, end_token=END, max_tokens=max_tokens, strategy=strategy, **options)


def uncached_greedy(module, z, max_tokens):
    """One row, everything recomputed for every token."""
    ids = [END]
    total = 0.0
    for _ in range(max_tokens - 1):
        logprob = module(torch.tensor([ids]), z)[0, -1].log_softmax(-1)
        token = int(logprob.argmax())
        total += float(logprob[token])
        if token == END:
            return ids[1:], total / len(ids)
        ids.append(token)
    return ids[1:], total / (len(ids) - 1)


@FUSIONS
@torch.no_grad()
def test_steps_equal_the_whole(fusion):
    module, z, ids = lively_decoder(fusion), embeddings(3), torch.randint(VOCAB, (3, 12))
    for cuts in ([1] * 12, [12], [5, 4, 1, 2]):
        cache = module.start(z, 12)
        steps = [module.step(part, cache) for part in ids.split(cuts, dim=1)]
        torch.testing.assert_close(torch.cat(steps, 1), module(ids, z), rtol=1e-4, atol=1e-4)


@FUSIONS
@torch.no_grad()
def test_greedy_equals_uncached_row_by_row(fusion):
    module, z = lively_decoder(fusion), embeddings(12)
    written = write(module, z)
    lengths = {len(ids) for ids in written.ids}
    assert len(lengths) > 2, "the test needs captions of different lengths"
    assert any(len(ids) < 19 for ids in written.ids)
    for i, (ids, mean) in enumerate(zip(written.ids, written.mean_logprob, strict=True)):
        expected, expected_mean = uncached_greedy(module, z[i : i + 1], 20)
        assert ids == expected
        assert mean == pytest.approx(expected_mean, rel=1e-4)


@pytest.mark.parametrize("make", [Greedy, lambda: BeamSearch(num_beams=3), sampling])
def test_a_caption_does_not_depend_on_its_neighbours(make):
    module, z = lively_decoder(), embeddings(8)
    first, others = write(module, z, make()), embeddings(8, seed=9)
    for row in range(8):
        others_with_row = others.clone()
        others_with_row[row] = z[row]
        again = write(module, others_with_row, make())
        assert again.ids[row] == first.ids[row]
        assert again.mean_logprob[row] == pytest.approx(first.mean_logprob[row], rel=1e-4)
        if not isinstance(make(), Sampling):  # whose draws are numbered by row
            assert write(module, z[row : row + 1], make()).ids == [first.ids[row]]


def test_one_beam_is_greedy():
    module, z = lively_decoder(), embeddings(12)
    beam, greedy = write(module, z, BeamSearch(num_beams=1)), write(module, z)
    assert beam.ids == greedy.ids
    assert beam.mean_logprob == pytest.approx(greedy.mean_logprob, rel=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("length_penalty", [0.0, 1.0])
def test_enough_beams_find_the_best_caption_there_is(length_penalty):
    """Against every possible caption of up to three tokens over a vocabulary of five."""
    vocab, steps = 5, 3
    module = shaken(TextDecoder(16, 2, 4, 10, vocab, WIDTH, 1, Fusion.CROSS_ATTENTION, True, 0.0), 0.6)
    end, z = vocab - 1, embeddings(4)
    best = []
    for row in range(len(z)):
        scores = {}
        for ids in itertools.product(range(vocab), repeat=steps):
            text = ids[: ids.index(end) + 1] if end in ids else ids
            logits = module(torch.tensor([(end, *text[:-1])]), z[row : row + 1])[0].log_softmax(-1)
            logprob = sum(float(logits[i, token]) for i, token in enumerate(text))
            scores[text] = (logprob / len(text) ** length_penalty, logprob / len(text))
        text = max(scores, key=lambda key: scores[key][0])
        best.append(([token for token in text if token != end], scores[text][1]))
    strategy = BeamSearch(num_beams=vocab**steps, length_penalty=length_penalty)
    written = generate(module, z, end_token=end, max_tokens=steps + 1, strategy=strategy)
    assert written.ids == [ids for ids, _ in best]
    assert written.mean_logprob == pytest.approx([mean for _, mean in best], rel=1e-4)


def test_official_loses_the_last_token_of_the_last_row():
    module, z = lively_decoder(), embeddings(12)
    ours, theirs = write(module, z), write(module, z, official=True)
    longest = max(len(ids) for ids in ours.ids)
    for full, cut in zip(ours.ids, theirs.ids, strict=True):
        assert cut == (full[:-1] if len(full) == longest else full)
    for row in range(12):
        alone = write(module, z[row : row + 1], official=True)
        assert alone.ids == [ours.ids[row][:-1]]
    with pytest.raises(ConfigError, match="copies a greedy decoding"):
        write(module, z, sampling(), official=True)


@torch.no_grad()
def test_sampling_draws_by_its_probabilities():
    module, z, num = lively_decoder(), embeddings(1), 4000
    strategy = sampling(temperature=1.3, top_k=9, top_p=0.9)
    logits = module(torch.full((1, 1), END), z)[:, -1]
    expected = strategy.probabilities(logits)[0]
    assert 2 <= (expected > 0).sum() <= 9
    written = write(module, z.expand(num, -1, -1), strategy, max_tokens=2)
    drawn = torch.tensor([ids[0] if ids else END for ids in written.ids])
    counts = torch.bincount(drawn, minlength=VOCAB) / num
    assert not counts[expected == 0].any()
    torch.testing.assert_close(counts, expected, rtol=0, atol=4 * (0.25 / num) ** 0.5)


def test_sampling_follows_its_generator():
    module, z = lively_decoder(), embeddings()
    assert write(module, z, sampling(3)).ids == write(module, z, sampling(3)).ids
    assert write(module, z, sampling(3)).ids != write(module, z, sampling(4)).ids
    assert write(module, z, sampling(top_k=1)).ids == write(module, z).ids
    assert write(module, z, sampling(top_p=1e-6)).ids == write(module, z).ids


def test_nucleus_keeps_the_smallest_set_that_reaches_top_p():
    logits = torch.tensor([[0.5, 0.3, 0.15, 0.05]]).log()
    kept = sampling(top_p=0.7).probabilities(logits)
    torch.testing.assert_close(kept, torch.tensor([[0.625, 0.375, 0.0, 0.0]]))


def test_dropout_is_off_while_writing_and_back_on_after():
    module, z = lively_decoder(), embeddings()
    expected = write(module, z).ids
    module.train()
    assert write(module, z).ids == expected
    assert module.training


def test_no_rows_and_no_room():
    module = lively_decoder()
    assert write(module, embeddings()[:0]).ids == []
    written = write(module, embeddings(), max_tokens=1)
    assert written.ids == [[]] * 6
    assert written.mean_logprob == [None] * 6
    with pytest.raises(ConfigError, match="40 positions"):
        module(torch.zeros(1, 41, dtype=torch.long), embeddings(1))


@pytest.mark.parametrize("settings", [{"temperature": 0}, {"top_p": 0}, {"top_p": 1.5}, {"top_k": 0}])
def test_sampling_refuses(settings):
    with pytest.raises(ConfigError, match="sampling needs"):
        sampling(**settings)

"""The captioner, from features and strings to strings, gives what the authors' code gave."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from videorecap.captioners.base import CaptionRequest
from videorecap.captioners.text import join
from videorecap.config import CaptionerConfig
from videorecap.hierarchy import Joining, Sampling
from videorecap.models.generation import generate
from videorecap.models.official import caption_rows, decode_one
from videorecap.types import Span

SPAN = Span(0, 4)


@pytest.fixture
def texts_of(stored):
    """Captions below, item by item, and the text that the authors made of them."""

    def read(name):
        content = json.loads(stored(f"{name}/text.json").read_text())
        return content.get("clip_captions") or content["segment_descriptions"], content["text"]

    return read


@pytest.fixture
def conventions(stored):
    return json.loads(stored("conventions.json").read_text())


def requests_of(ref, level, texts):
    video = ref.inputs["video_features"]
    rows = ref.modules.encoder(video) if video.dim() == 5 else video
    mask = ref.inputs.get("video_mask", torch.ones(rows.shape[:2]))
    return [
        CaptionRequest(level=level, span=SPAN, features=item[keep.bool()[: len(item)]], texts=tuple(below))
        if video.dim() < 5
        else CaptionRequest(level=level, span=SPAN, features=item)
        for item, keep, below in zip(rows, mask, texts, strict=True)
    ]


@pytest.mark.parametrize("name", ["clip", "segment", "video"])
def test_official_captions_equal_the_authors(name, reference, system_of, stored, texts_of, close):
    ref, system = reference(name), replace(system_of(name), is_official=True)
    expected = json.loads(stored(f"{name}/expected.json").read_text())
    (level,) = system.config.levels
    num_rows = ref.inputs["video_features"].shape[1]
    level = replace(
        level, max_tokens=expected["max_gen_tokens"], num_features=num_rows, sampling=Sampling.MASKING
    )
    texts = texts_of(name)[0] if level.reads else [()] * len(expected["decoded"])
    requests = requests_of(ref, level, texts)
    captioner = system.captioners[level.captioner]
    assert [written.text for written in captioner.write(requests)] == expected["decoded"]
    if level.reads:  # rows of padding beyond the longest text change nothing that is real
        close(captioner.embeddings(requests), ref.expected["queries"])


def test_ours_keeps_the_last_token_and_ignores_the_batch(reference, system_of, stored, texts_of):
    ref, system = reference("segment"), system_of("segment")
    max_tokens = json.loads(stored("segment/expected.json").read_text())["max_gen_tokens"]
    (level,) = system.config.levels
    num_rows = ref.inputs["video_features"].shape[1]
    level = replace(level, max_tokens=max_tokens, num_features=num_rows, sampling=Sampling.MASKING)
    requests = requests_of(ref, level, texts_of("segment")[0])
    captioner = system.captioners[level.captioner]
    ours = generate(
        ref.model.decoder, captioner.embeddings(requests), end_token=ref.end_token, max_tokens=max_tokens
    ).ids
    theirs = [decode_one(row, ref.end_token) for row in ref.expected["greedy_ids"].tolist()]
    longest = max(map(len, ours))  # ends last, and the authors lose its end
    assert theirs == [ids[:-1] if len(ids) == longest else ids for ids in ours]
    written = [item.text for item in captioner.write(requests)]
    assert written == [captioner.tokenizer.decode(ids).strip() for ids in ours]
    assert [captioner.write([request])[0].text for request in requests] == written


def test_an_item_without_texts_says_nothing_about_its_neighbours(reference, system_of, texts_of):
    ref, system = reference("segment"), system_of("segment")
    (level,) = system.config.levels
    requests = requests_of(ref, level, texts_of("segment")[0])
    if len(requests) < 2:
        pytest.skip("the fixtures given have no neighbours")
    captioner = system.captioners[level.captioner]
    alone = captioner.write(requests)
    written = captioner.write([requests[0], replace(requests[1], texts=()), *requests[2:]])
    assert [item.text for item in written[:1] + written[2:]] == [item.text for item in alone[:1] + alone[2:]]
    assert np.isfinite(written[1].mean_logprob)


@pytest.mark.parametrize(("name", "joining"), [("segment", Joining.GLUED), ("video", Joining.SENTENCES)])
def test_captions_are_joined_as_the_authors_do(name, joining, texts_of):
    below, texts = texts_of(name)
    assert [join(item, joining) for item in below] == texts


def test_dots_and_empty_descriptions_are_joined_as_the_authors_do(conventions):
    case = conventions["video_text_v2"]
    assert join(case["inp"], Joining.SENTENCES) == case["out"]


def test_long_texts_are_cut_where_the_authors_cut(system_of, conventions):
    assert CaptionerConfig().max_text_tokens == conventions["collator_text_truncation"]["n_after"]
    captioner = system_of("segment").captioners["segment"]
    text = "#C C stirs the pot" * captioner.max_text_tokens
    whole = captioner.tokenizer.encode(text).ids
    assert captioner.encode(text) == whole[: captioner.max_text_tokens] != whole


def test_texts_are_batched_as_the_authors_do(system_of, conventions):
    """Also an empty one, whose padding is all that there is."""
    case = conventions["collator_text"]
    system = replace(system_of("segment"), is_official=True)
    level = replace(system.config.levels[0], joins=Joining.GLUED)
    batch = [
        CaptionRequest(level=level, span=SPAN, texts=(text,) if text else (), features=None)
        for text in case["texts"]
    ]
    assert any(not request.texts for request in batch)
    tokens, mask = system.captioners[level.captioner]._texts(batch, level)
    assert tokens.tolist() == case["text_features"]
    assert mask.tolist() == case["text_mask"]


def test_caption_rows_are_the_authors(system_of, conventions):
    captioner = system_of("segment").captioners["segment"]
    for case in conventions["collator_captions"]:
        ids = [captioner.tokenizer.encode(text).ids for text in case["captions"]]
        rows = caption_rows(ids, end_token=captioner.end_token, max_tokens=case["max_gen_tokens"])
        assert rows.tolist() == case["caption_tokens"]
    assert any(row[-1] not in (0, captioner.end_token) for row in rows.tolist()), "none was cut"


def test_targets_start_and_end_with_the_end_token(system_of, conventions):
    case = conventions["collator_captions"][0]
    captioner = system_of("segment").captioners["segment"]
    tokens, mask = captioner.targets(case["captions"], case["max_gen_tokens"])
    theirs = torch.tensor(case["caption_tokens"])
    assert tokens.shape == theirs.shape
    assert torch.equal(tokens[mask.bool()], theirs[mask.bool()])
    ends = [row[int(real.sum()) - 1] for row, real in zip(tokens, mask, strict=True)]
    assert ends == [captioner.end_token] * len(theirs)

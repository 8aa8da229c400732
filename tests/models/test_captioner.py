"""The captioner, from features and strings to strings, gives what the authors' code gave."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from videorecap.captioners.base import CaptionRequest
from videorecap.captioners.text import join
from videorecap.hierarchy import Joining, Sampling
from videorecap.types import Span

SPAN = Span(0, 4)


def texts_of(folder):
    """Captions below, item by item, and the text that the authors made of them."""
    content = json.loads((folder / "text.json").read_text())
    return content.get("clip_captions") or content["segment_descriptions"], content["text"]


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
def test_official_captions_equal_the_authors(name, reference, system_of, close):
    ref, system = reference(name), replace(system_of(name), is_official=True)
    expected = json.loads((ref.folder / "expected.json").read_text())
    (level,) = system.config.levels
    num_rows = ref.inputs["video_features"].shape[1]
    level = replace(
        level, max_tokens=expected["max_gen_tokens"], num_features=num_rows, sampling=Sampling.MASKING
    )
    texts = texts_of(ref.folder)[0] if level.reads else [()] * len(expected["decoded"])
    requests = requests_of(ref, level, texts)
    captioner = system.captioners[level.captioner]
    assert [written.text for written in captioner.write(requests)] == expected["decoded"]
    if level.reads:  # rows of padding beyond the longest text change nothing that is real
        close(captioner.embeddings(requests), ref.expected["queries"])


def test_ours_keeps_the_last_token_and_ignores_the_batch(reference, system_of):
    ref, system = reference("segment"), system_of("segment")
    expected = json.loads((ref.folder / "expected.json").read_text())
    (level,) = system.config.levels
    num_rows = ref.inputs["video_features"].shape[1]
    level = replace(
        level, max_tokens=expected["max_gen_tokens"], num_features=num_rows, sampling=Sampling.MASKING
    )
    requests = requests_of(ref, level, texts_of(ref.folder)[0])
    captioner = system.captioners[level.captioner]
    ours = [written.text for written in captioner.write(requests)]
    assert all(mine.startswith(theirs) for mine, theirs in zip(ours, expected["decoded"], strict=True))
    assert ours != expected["decoded"], "the authors lose the end of the caption that ends last"
    assert [captioner.write([request])[0].text for request in requests] == ours


def test_an_item_without_texts_says_nothing_about_its_neighbours(reference, system_of):
    ref, system = reference("segment"), system_of("segment")
    (level,) = system.config.levels
    requests = requests_of(ref, level, texts_of(ref.folder)[0])
    captioner = system.captioners[level.captioner]
    alone = captioner.write(requests)
    mixed = [requests[0], replace(requests[1], texts=()), requests[2]]
    written = captioner.write(mixed)
    assert [written[0].text, written[2].text] == [alone[0].text, alone[2].text]
    assert np.isfinite(written[1].mean_logprob)


@pytest.mark.parametrize(("name", "joining"), [("segment", Joining.GLUED), ("video", Joining.SENTENCES)])
def test_captions_are_joined_as_the_authors_do(name, joining, fixtures):
    below, texts = texts_of(fixtures / name)
    assert [join(item, joining) for item in below] == texts


def test_dots_and_empty_descriptions_are_joined_as_the_authors_do(fixtures):
    case = json.loads((fixtures / "conventions.json").read_text())["video_text_v2"]
    assert join(case["inp"], Joining.SENTENCES) == case["out"]


def test_long_texts_are_cut_where_the_authors_cut(system_of, fixtures):
    case = json.loads((fixtures / "conventions.json").read_text())["collator_text_truncation"]
    captioner = replace(system_of("segment").captioners["segment"], max_text_tokens=case["n_after"])
    text = "#C C stirs the pot" * 400
    assert len(captioner.encode(text)) == case["n_after"]
    assert captioner.encode(text) == captioner.tokenizer.encode(text).ids[: case["n_after"]]


def test_targets_start_and_end_with_the_end_token(system_of, fixtures):
    case = json.loads((fixtures / "conventions.json").read_text())["collator_captions"][0]
    captioner = system_of("segment").captioners["segment"]
    tokens, mask = captioner.targets(case["captions"])
    theirs = torch.tensor(case["caption_tokens"])
    assert tokens.shape == theirs.shape
    assert torch.equal(tokens[mask.bool()], theirs[mask.bool()])
    assert [row[int(real.sum()) - 1] for row, real in zip(tokens, mask, strict=True)] == [
        captioner.end_token
    ] * 4

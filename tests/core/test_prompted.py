"""Zero-shot systems: clip captions of a system, read by a language model that is prompted."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.llms import make_llm
from videorecap.build import System
from videorecap.captioners.base import CaptionRequest, Written
from videorecap.captioners.prompted import PromptedCaptioner, prompt
from videorecap.config import from_json, to_json
from videorecap.errors import ConfigError
from videorecap.hierarchy import Level
from videorecap.jobs import caption_video
from videorecap.llm import CutError, LlmError, PatientClient
from videorecap.paper.sizes import Size
from videorecap.paper.systems import PROMPTED, lavila, zero_shot
from videorecap.types import Span

SEGMENT = Level(name="segment", captioner=PROMPTED, window_seconds=180.0, sees=None, reads="clip")


class Answers:
    """A model with answers to give, one after the other; an error is none."""

    name = "answers"

    def __init__(self, *words: str | Exception) -> None:
        self._words = list(words)

    def complete(self, prompt: str) -> str:
        words = self._words.pop(0)
        if isinstance(words, Exception):
            raise words
        return words


def request(*texts: str) -> CaptionRequest:
    return CaptionRequest(level=SEGMENT, span=Span(0, 180), texts=texts)


def test_what_is_not_answered_fails_by_itself() -> None:
    gone, cut = LlmError("the server is gone"), CutError("answers", 9, "C cooks and")
    captioner = PromptedCaptioner(Answers(' "C cooks\n soup." ', gone, "  ", cut))
    assert captioner.write([request(one) for one in "abcd"]) == [
        Written("C cooks soup."),
        Written("", failure="the server is gone"),
        Written("", failure="answers wrote nothing"),
        Written("", failure="answers: the answer is cut at 9 tokens"),
    ]


def test_captions_are_told_in_order_and_once() -> None:
    told = prompt(request("C cuts", "C cuts", "C stirs", "C cuts"))
    assert "C cuts\nC stirs\nC cuts" in told
    with pytest.raises(ConfigError, match="not for 'clip'"):
        prompt(replace(request("a"), level=replace(SEGMENT, name="clip")))


@pytest.mark.slow
def test_a_model_here_writes_the_levels_above(tiny_system: System, short_video: Path, tmp_path: Path) -> None:
    record = tmp_path / "answers.jsonl"
    config = zero_shot(tiny_system.config, f"local:{make_llm(tmp_path / 'llm')}", record=str(record))
    assert from_json(to_json(config), source="x") == config
    tree = caption_video(short_video, replace(tiny_system, config=config), batch_size=4)
    assert [caption.level for caption in tree.captions if caption.level == "clip"]
    above = {item.level for item in (*tree.captions, *tree.gaps)} - {"clip"}
    assert above == {"segment", "summary"}
    assert tree.at("segment")
    assert "prompt_sha256" in record.read_text()


def test_a_server_that_is_not_there_leaves_gaps(tiny_system: System, short_video: Path) -> None:
    config = zero_shot(tiny_system.config, "server:m", url="http://127.0.0.1:9/v1")
    system = replace(tiny_system, config=config)
    vars(system)["captioners"] = {
        **system.captioners,
        PROMPTED: PromptedCaptioner(
            PatientClient(replace(system.captioners[PROMPTED].client.server, max_retries=0))
        ),
    }
    tree = caption_video(short_video, system, batch_size=4)
    assert {caption.level for caption in tree.captions} == {"clip"}
    assert {gap.level for gap in tree.gaps} == {"segment", "summary"}
    assert any("127.0.0.1" in gap.reason for gap in tree.gaps)


def test_levels_that_read_nothing_read_the_one_below() -> None:
    config = zero_shot(lavila(Size.TINY), "server:m")
    assert [level.reads for level in config.levels] == [None, "clip", "segment"]


def test_a_language_model_cannot_see(tiny_system: System) -> None:
    config = zero_shot(tiny_system.config, "server:m")
    seeing = (config.levels[0], replace(config.levels[1], sees="cls"), config.levels[2])
    with pytest.raises(ConfigError, match="reads and does not see"):
        replace(config, levels=seeing)

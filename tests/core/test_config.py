"""Configurations: what is written is what is read, and what is wrong is named."""

import json

import pytest

from videorecap.config import AlignmentConfig, CaptionerConfig, SystemConfig, from_json, paper_levels, to_json
from videorecap.errors import ConfigError


def full_system() -> SystemConfig:
    captioners = {
        "clip": CaptionerConfig(text_alignment=None),
        "segment": CaptionerConfig(num_video_queries=32),
        "summary": CaptionerConfig(),
    }
    return SystemConfig(name="full", captioners=captioners, levels=paper_levels())


def test_a_configuration_survives_json_that_any_parser_reads() -> None:
    text = to_json(full_system())
    assert json.loads(text, parse_constant=pytest.fail)["levels"][2]["window_seconds"] is None
    assert from_json(text, source="config.json") == full_system()


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("encoder", "colour"), 1, "encoder.colour"),
        (("captioners", "clip", "decoder", "width"), "wide", "decoder.width"),
        (("schema_version",), 2, "schema_version"),
        (("encoder", "patch_size"), 15, "patch_size 15"),
        (("levels", 0, "captioner"), "nobody", "captioner 'nobody'"),
        (("levels", 0, "max_tokens"), 2000, "positions for 1024"),
        (("captioners", "clip", "video_alignment", "context_width"), 512, "features 512 wide"),
        (("captioners", "summary", "text_alignment", "context_width"), 512, "decoder's own embeddings"),
        (("captioners", "clip", "decoder", "cross_every"), 0, "cross_every must be at least 1"),
    ],
)
def test_a_fault_is_named_with_its_place(path: tuple[str | int, ...], value: object, says: str) -> None:
    tree = json.loads(to_json(full_system()))
    node = tree
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    with pytest.raises(ConfigError, match=says):
        from_json(json.dumps(tree), source="config.json")


def test_a_level_cannot_read_with_a_captioner_that_has_no_text_alignment() -> None:
    with pytest.raises(ConfigError, match="no text alignment"):
        SystemConfig(
            name="x",
            captioners={
                name: CaptionerConfig(text_alignment=None) for name in ("clip", "segment", "summary")
            },
            levels=paper_levels(),
        )


def test_a_shared_alignment_must_fit_both() -> None:
    with pytest.raises(ConfigError, match="shared"):
        CaptionerConfig(video_alignment=AlignmentConfig(context_width=512), is_alignment_shared=True)

"""``videorecap convert``: what it says, what it refuses in one line, what it does not do in vain."""

import json

import pytest
import torch

from videorecap.apps import convert as command
from videorecap.apps.cli import main
from videorecap.apps.convert import describe


@pytest.fixture
def arguments(checkpoint, stored, hints, dual_hints, tmp_path):
    def of(*names):
        paths = [str(checkpoint(name)) for name in names]
        given = [
            "--language-models",
            str(stored("tiny_config.json")),
            "--tokenizer",
            str(stored("tokenizer")),
        ]
        heads = ["--text-heads", str(dual_hints.text_tower_heads)]
        return ["convert", *paths, *given, *heads, "-o", str(tmp_path / "system")]

    return of


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        (["video"], ["the level 'clip'", "the level 'segment'", "a video encoder"]),
        (["segment"], ["the level 'clip'", "a video encoder"]),
        (["segment", "video"], ["the level 'clip'", "a video encoder"]),
        (["clip", "video"], ["the level 'segment'"]),
        (["segment", "lavila_dual_encoder"], ["the level 'clip'"]),
        (["clip", "segment", "video"], []),
        (["clip"], []),
        (["unified"], []),
        (["lavila_narrator"], []),
    ],
)
def test_all_that_is_missing_is_named(names, missing, arguments, capsys):
    assert main(arguments(*names)) == 0
    text = capsys.readouterr().out
    wanted = ["the level 'clip'", "the level 'segment'", "the level 'summary'", "a video encoder (the"]
    assert [part for part in wanted if part in text.partition("also needs")[2]] == [
        part for part in wanted if any(part.startswith(item) for item in missing)
    ]
    assert ("Use it: videorecap caption" in text) == (not missing)


def test_an_encoder_alone_has_no_captioner(arguments, capsys):
    assert main(arguments("lavila_dual_encoder")) == 0
    assert "It has no captioner" in capsys.readouterr().out


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_file_where_the_system_should_go(arguments, tmp_path, capsys, place):
    (tmp_path / "file").write_text("mine")
    assert main([*arguments("clip"), "-o", str(tmp_path / place)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "cannot be a directory" in line
    assert (tmp_path / "file").read_text() == "mine"


def test_the_tokenizer_is_tried_before_the_files(tmp_path, capsys):
    words, absent = tmp_path / "words", tmp_path / "absent.pt"
    words.mkdir()
    assert main(["convert", str(absent), "--tokenizer", str(words), "-o", str(tmp_path / "system")]) == 1
    assert "words: no tokenizer.json" in capsys.readouterr().err


def test_a_tokenizer_of_another_size(arguments, tmp_path, stored, capsys):
    vocabulary = json.loads((stored("tokenizer") / "vocab.json").read_text())
    (tmp_path / "words").mkdir()
    few = {word: number for word, number in vocabulary.items() if number < 256}
    (tmp_path / "words" / "vocab.json").write_text(json.dumps(few))
    (tmp_path / "words" / "merges.txt").write_text("#version: 0.2\n")
    assert main([*arguments("clip"), "--tokenizer", str(tmp_path / "words")]) == 1
    assert (
        f"captioner 'clip' has {len(vocabulary)} tokens, the tokenizer 257; give" in capsys.readouterr().err
    )


def test_no_weights_are_drawn_only_to_be_replaced(arguments, monkeypatch):
    devices = []

    def build(config):
        devices.append(torch.empty(0).device.type)
        return build_modules(config)

    build_modules = command.build_modules
    monkeypatch.setattr(command, "build_modules", build)
    assert main(arguments("clip")) == 0
    assert devices == ["meta"]


def test_levels_are_listed_lowest_first(reference, tmp_path):
    assert "levels: clip, segment, summary" in describe(reference("unified").converted.config, tmp_path)

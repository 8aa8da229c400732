"""``videorecap data``: what the three commands print, write and return."""

import argparse
import json

import pytest

from videorecap.apps.data import run_check, run_convert, run_stats
from videorecap.data.annotations import read_annotations
from videorecap.errors import DataError

ROWS = [["v1", 0.0, 4.0, "C opens a door"], ["v1", 4.0, 8.0, "C walks"]]


@pytest.fixture
def clips(tmp_path):
    path = tmp_path / "clips_train.json"
    path.write_text(json.dumps(ROWS))
    return path


def convert(source, output_dir, **options):
    defaults = {"to": "jsonl", "split": None, "lenient": False}
    return run_convert(argparse.Namespace(source=source, output_dir=output_dir, **{**defaults, **options}))


def check(path, **options):
    return run_check(argparse.Namespace(data=[path], **{"videos": None, "egoschema": None, **options}))


def test_convert_then_check_then_stats(clips, tmp_path, capsys):
    folder = tmp_path / "set"
    assert convert(clips, folder) == 0
    (video,) = read_annotations(folder)
    assert (video.video, video.split, len(video.captions)) == ("v1", "train", 2)
    assert check(folder) == 0
    assert run_stats(argparse.Namespace(data=folder, output_dir=tmp_path / "out")) == 0
    printed = capsys.readouterr().out
    assert f"{folder}: 0 errors, 1 warnings" in printed
    assert "clip" in printed and "5.27M" in printed and "4.00 s" in printed
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"lengths.png", "stats.html"}


def test_stats_without_a_folder_write_nothing(clips, tmp_path, capsys):
    before = sorted(tmp_path.rglob("*"))
    assert run_stats(argparse.Namespace(data=clips, output_dir=None)) == 0
    assert sorted(tmp_path.rglob("*")) == before
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{clips}: 1 videos")
    assert len({len(line) for line in lines[2:4]}) == 1


def test_a_split_can_be_given(clips, tmp_path):
    assert convert(clips, tmp_path / "set", split="test") == 0
    assert next(read_annotations(tmp_path / "set")).split == "test"


def test_bad_items_stop_a_conversion_or_are_counted(clips, tmp_path, capsys):
    clips.write_text(json.dumps([*ROWS, ["v1", 9.0, 8.0, "C falls back in time"]]))
    folder = tmp_path / "set"
    with pytest.raises(DataError, match="item 2: a span needs"):
        convert(clips, folder)
    assert not list(folder.glob("*"))
    assert convert(clips, folder, lenient=True) == 1
    assert len(next(read_annotations(folder)).captions) == 2
    assert capsys.readouterr().err.startswith(f"left out: {clips}: item 2: ")


def test_a_conversion_never_writes_over_what_it_reads(clips, tmp_path):
    assert convert(clips, tmp_path) == 0  # another layout in the same folder
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    ours = tmp_path / "annotations.jsonl"
    for source, target, layout in (
        (tmp_path, tmp_path, "jsonl"),
        (tmp_path, ours, "jsonl"),
        (ours, tmp_path, "jsonl"),
        (ours, ours, "jsonl"),
        (clips, tmp_path, "ego4d-hcap"),
    ):
        with pytest.raises(DataError, match="would be written over; give another folder"):
            convert(source, target, to=layout, lenient=True)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_finding_is_one_line_whatever_the_ids(clips, capsys):
    clips.write_text(json.dumps([["a\nb\x1b[2J", 1.0, 0.0, "C walks"]]))
    assert check(clips) == 1
    out = capsys.readouterr().out
    assert out.count("\n") == 4 and r"a\nb\x1b[2J: has neither" in out


def test_check_fails_on_errors_and_on_forbidden_videos(clips, tmp_path, capsys):
    assert check(clips) == 0
    ids = tmp_path / "ids.txt"
    ids.write_text("v1\n")
    assert check(clips, egoschema=ids) == 1
    assert "error: v1: is in train, but v1 is kept for evaluation" in capsys.readouterr().out

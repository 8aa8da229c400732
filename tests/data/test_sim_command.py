"""``videorecap sim``: what it prints and writes, and its exit codes."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from videorecap.apps.cli import EXIT_FAILED, EXIT_OK, main
from videorecap.apps.cli_data import FRAME_RATE, FRAME_SIZE, LAYOUT_NAMES
from videorecap.data.annotations import read_annotations
from videorecap.data.exports import LAYOUTS
from videorecap.data.plan import MEAN_SECONDS
from videorecap.sim.render import frame
from videorecap.sim.sheet import COLUMNS, GAP, PICTURE, WIDTH, contact_sheet, moments
from videorecap.sim.words import clip_caption, summary_caption
from videorecap.sim.writer import sample_script


def sim(*arguments: object) -> int:
    return main(["sim", *map(str, arguments)])


def test_the_layouts_offered_are_those_there_are() -> None:
    assert tuple(LAYOUTS) == LAYOUT_NAMES


def test_make_writes_what_is_asked_and_the_same_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["make", "-o", tmp_path, "--split", "val", "--videos", 3, "--hours", 0.01, "--no-video"]
    assert sim(*command, "--to", "ego4d-hcap,ego4d-narrations") == EXIT_OK
    assert "3 videos, 0.01 hours, split val" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {
        "dataset.json",
        "annotations.jsonl",
        "ego4d-hcap",
        "ego4d-narrations",
    }
    plan = json.loads((tmp_path / "dataset.json").read_text())
    assert (tuple(plan["size"]), plan["frame_rate"]) == (FRAME_SIZE, FRAME_RATE)
    assert sum(video.duration_seconds or 0 for video in read_annotations(tmp_path)) == 36
    assert sim(*command) == EXIT_OK
    assert main(["data", "check", str(tmp_path)]) == EXIT_OK


def test_without_a_length_videos_are_as_long_as_in_the_paper(tmp_path: Path) -> None:
    assert sim("make", "-o", tmp_path, "--videos", 2, "--no-video", "--questions", 0) == EXIT_OK
    seconds = [video.duration_seconds or 0 for video in read_annotations(tmp_path)]
    assert sum(seconds) == round(2 * MEAN_SECONDS)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--hours", "3", "--videos", "1"], "1 videos of 10800.0 s on average cannot be"),
        (["--minutes", "0.1"], "each is 10 s to 2 hours"),
        (["--split", "dev"], "no split 'dev'"),
        (["--to", "coco"], "no layout 'coco'"),
        (["--size", "481x360"], "even sides"),
    ],
)
def test_what_cannot_be_made_costs_one_line_and_leaves_nothing(
    arguments: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sim("make", "-o", tmp_path / "new", *arguments) == EXIT_FAILED
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "arguments", [["--size", "big"], ["--hours", "-1"], ["--hours", "1", "--minutes", "2"]]
)
def test_values_of_another_kind_are_a_usage_error(arguments: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stop:
        sim("make", "-o", tmp_path, *arguments)
    assert stop.value.code == 2


def test_a_sheet_shows_the_frames(tmp_path: Path) -> None:
    path = tmp_path / "day.png"
    assert sim("sheet", "--seed", 3, "--minutes", 1, "--frames", 5, "-o", path) == EXIT_OK
    sheet = np.asarray(Image.open(path))
    script = sample_script(3, 60.0)
    assert sheet.shape[1] == WIDTH == COLUMNS * (PICTURE[0] + GAP) + GAP
    starts = np.flatnonzero((sheet[:, GAP : GAP + PICTURE[0]] == frame(script, 6.0, PICTURE)[0]).all((1, 2)))
    assert len(starts) == 1
    top = int(starts[0])
    for column, seconds in enumerate(moments(script, 5)[:COLUMNS]):
        left = GAP + column * (PICTURE[0] + GAP)
        shown = sheet[top : top + PICTURE[1], left : left + PICTURE[0]]
        assert (shown == frame(script, seconds, PICTURE)).all()


def test_a_sheet_of_a_data_set_has_its_videos_one_below_the_other(tmp_path: Path) -> None:
    assert sim("make", "-o", tmp_path, "--videos", 3, "--minutes", 0.5, "--no-video") == EXIT_OK
    path = tmp_path / "sheet.png"
    assert sim("sheet", tmp_path, "--videos", 2, "--frames", 1, "-o", path) == EXIT_OK
    scripts = [
        sample_script(video.seed or 0, video.duration_seconds or 0.0) for video in read_annotations(tmp_path)
    ]
    assert (np.asarray(Image.open(path)) == np.asarray(contact_sheet(scripts[:2], 1))).all()


def test_a_sheet_of_no_videos_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "annotations.jsonl").touch()
    assert sim("sheet", tmp_path, "-o", tmp_path / "sheet.png") == EXIT_FAILED
    assert capsys.readouterr().err == f"videorecap: {tmp_path}: holds no videos\n"


def test_a_script_is_told_for_people_and_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    script = sample_script(4, 120.0)
    assert sim("script", "--seed", 4, "--minutes", 2) == EXIT_OK
    told = capsys.readouterr().out
    assert script.goal in told
    assert summary_caption(script, script.span) in told
    assert all(clip_caption(script, event.span) in told for event in script.events)
    assert sim("script", "--seed", 4, "--minutes", 2, "--json") == EXIT_OK
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(asdict(script)))


def test_a_layout_that_does_not_fit_keeps_no_other_from_being_written(tmp_path, capsys):
    """Videos under three minutes have no questions."""
    command = ["sim", "make", "--videos", "1", "--minutes", "0.5", "--no-video", "-o", str(tmp_path / "set")]
    assert main([*command, "--to", "egoschema,ego4d-narrations", "--workers", "1"]) == EXIT_FAILED
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert (tmp_path / "set" / "ego4d-narrations" / "narration.json").is_file()

"""The command line: what it prints, and its exit codes."""

import json
import shutil
from pathlib import Path

import pytest

from videorecap.apps.cli import EXIT_FAILED, EXIT_OK, FORMAT_NAMES, main
from videorecap.outputs.formats import FORMATS


def caption(*arguments: object) -> int:
    return main(["caption", *map(str, arguments)])


def test_the_formats_offered_are_those_there_are() -> None:
    assert tuple(FORMATS) == FORMAT_NAMES


def test_two_inputs_with_one_stem_both_survive(
    tiny_system_dir: Path, short_video: Path, tmp_path: Path
) -> None:
    twin = tmp_path / "b" / "day.mp4"
    twin.parent.mkdir()
    shutil.copy(short_video, twin)
    out = tmp_path / "out"
    command = [short_video, twin, "-o", out, "-f", "srt", "--model", tiny_system_dir, "--levels", "clip"]
    assert caption(*command) == EXIT_OK
    names = {path.name for path in out.iterdir()}
    assert names == {"day.json", "day.clip.srt", "day-2.json", "day-2.clip.srt"}
    assert caption(*command) == EXIT_OK
    assert {path.name for path in out.iterdir()} == names


def test_a_bad_input_costs_one_line_and_the_others_go_on(
    tiny_system_dir: Path, short_video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("this is no video\n" * 100)
    empty = tmp_path / "empty.mp4"
    empty.touch()
    bad = [tmp_path / "missing.mp4", tmp_path, empty, text]
    out = tmp_path / "out"
    assert caption(*bad, short_video, "-o", out, "-f", "txt", "--model", tiny_system_dir) == EXIT_FAILED
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("videorecap:")]
    assert len(errors) == len(bad)
    assert all(str(path) in line for path, line in zip(bad, errors, strict=True))
    assert json.loads((out / "day.json").read_text())["captions"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--model", "nowhere"], "no system 'nowhere'"),
        (["--levels", "chapter"], "no level 'chapter'"),
        (["--device", "abacus"], "unknown device 'abacus'"),
        (["--device", "cuda:99"], "no cuda:99 here"),
    ],
)
def test_a_wrong_option_stops_with_one_line(
    arguments: list[str],
    says: str,
    tiny_system_dir: Path,
    short_video: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert caption(short_video, "--model", tiny_system_dir, *arguments) == EXIT_FAILED
    error = capsys.readouterr().err
    assert says in error
    assert len(error.splitlines()) == 1


def test_an_unknown_format_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        caption("x.mp4", "-f", "docx")
    assert stop.value.code == 2
    assert "unknown format docx" in capsys.readouterr().err


def test_info_and_models_tell(short_video: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(short_video)]) == EXIT_OK
    assert "50.500 s, 64 x 48, 6.000 fps" in capsys.readouterr().out
    assert main(["models"]) == EXIT_OK
    assert "convert" in capsys.readouterr().out

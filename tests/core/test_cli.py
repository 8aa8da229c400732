"""The command line: what it prints, and its exit codes."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import pytest

from videorecap.apps.cli import EXIT_FAILED, EXIT_GAPS, EXIT_OK, FORMAT_NAMES, main
from videorecap.build import System
from videorecap.outputs.formats import FORMATS

DOCS = Path(__file__).parents[2] / "docs"


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


def test_gaps_are_told_in_lines_and_in_the_exit_code_each_time(
    tiny_system_dir: Path, short_video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = bytearray(short_video.read_bytes())
    middle = len(data) // 2
    data[middle : middle + len(data) // 8] = bytes(len(data) // 8)
    path = tmp_path / "12:30 lunch.mp4"
    path.write_bytes(data)
    for _ in range(2):
        assert caption(path, "-o", tmp_path / "out", "-f", "txt", "--model", tiny_system_dir) == EXIT_GAPS
        assert "no clip for" in capsys.readouterr().err


def test_files_that_are_not_ours_are_left_alone(
    tiny_system_dir: Path, short_video: Path, tmp_path: Path
) -> None:
    (tmp_path / "day.md").write_text("MY NOTES")
    assert caption(short_video, "-o", tmp_path, "-f", "md, txt", "--model", tiny_system_dir) == EXIT_OK
    assert (tmp_path / "day.md").read_text() == "MY NOTES"
    assert (tmp_path / "day-2.md").is_file()


def test_awkward_paths_cost_one_line(
    tiny_system_dir: Path, short_video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    long = tmp_path / ("x" * 300 + ".mp4")
    odd = tmp_path / "a:b #1 %20 é.mp4"
    shutil.copy(short_video, odd)
    out = tmp_path / "out"
    assert caption(long, odd, "-o", out, "-f", "json", "--model", tiny_system_dir) == EXIT_FAILED
    assert "cannot be read" in capsys.readouterr().err
    assert len(list(out.glob("*.json"))) == 1


def test_a_system_that_knows_less_says_so_on_other_footage(
    tiny_system: System, short_video: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = replace(tiny_system.config, domain="it knows only drawn things")
    replace(tiny_system, config=config).save_pretrained(tmp_path / "narrow")
    foreign = tmp_path / "foreign.mp4"
    with av.open(str(foreign), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(10):
            container.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
        container.mux(stream.encode())
    command = ["-o", tmp_path / "out", "--model", tmp_path / "narrow"]
    assert caption(short_video, *command) == EXIT_OK
    assert "drawn things" not in caplog.text
    assert caption(foreign, *command) == EXIT_OK
    assert caplog.text.count("it knows only drawn things") == 1


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="other Pythons lay help out in other ways")
def test_the_documented_help_is_current() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import generate_cli; print(generate_cli.page(), end='')"],
        cwd=DOCS,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == (DOCS / "cli.md").read_text(encoding="utf-8"), "run python docs/generate_cli.py"

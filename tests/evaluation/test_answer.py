"""Questions about videos, from captions to a submission."""

import json
from pathlib import Path

import pytest

from tests.training.micro import make_data
from videorecap.apps.cli import EXIT_FAILED, EXIT_GAPS, EXIT_OK, main
from videorecap.build import System
from videorecap.data.annotations import read_annotations
from videorecap.data.frames import FrameStore
from videorecap.evaluation.predict import Predictor
from videorecap.hierarchy import windows
from videorecap.training.recipe import ClipSpans


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Simulated videos without files, with questions."""
    return make_data(tmp_path_factory.mktemp("data"), split="test", seconds=250, num_questions=4)


def answer(data: Path, tmp_path: Path, *options: str) -> tuple[int, dict]:
    output = tmp_path / "answers.json"
    code = main(["answer", *options, "--data", str(data), "-o", str(output)])
    return code, json.loads(output.read_text()) if output.is_file() else {}


def test_true_captions_answer_questions(data: Path, tmp_path: Path, capsys) -> None:
    submission = tmp_path / "submission.json"
    options = ("--predictions", str(data), "--submission", str(submission))
    code, told = answer(data, tmp_path, *options)
    assert code == EXIT_OK
    questions = [one for video in read_annotations(data) for one in video.questions]
    assert [one["question"] for one in told["answers"]] == [one.id for one in questions]
    rights = sum(one["option"] == one["right"] for one in told["answers"])
    assert told["score"]["accuracy"] == rights / len(questions) > 0.2
    assert json.loads(submission.read_text()) == {one["question"]: one["option"] for one in told["answers"]}
    assert f"{rights / len(questions):.1%}" in capsys.readouterr().out


@pytest.mark.slow
def test_a_system_captions_the_videos_first(data: Path, tiny_system_dir: Path, tmp_path: Path) -> None:
    code, told = answer(data, tmp_path, str(tiny_system_dir), "--videos", "1", "--workers", "1")
    assert code in (EXIT_OK, EXIT_GAPS), "an untrained system's words may be like no option"
    assert len({one["video"] for one in told["answers"]}) == 1
    assert list((tmp_path / "answers.predictions").glob("*.jsonl"))


@pytest.mark.slow
def test_every_window_of_every_level_is_captioned(data: Path, tiny_system: System, tmp_path: Path) -> None:
    (video, _) = read_annotations(data)
    frames = FrameStore.of(tiny_system.config, tmp_path / "frames", data)
    names = tiny_system.hierarchy.names
    said = Predictor(tiny_system, frames, tmp_path / "said", names, ClipSpans.WINDOWS).captions(video)
    for level in tiny_system.hierarchy.levels:
        spans = [item.span for item in said if item.level == level.name]
        assert spans == list(windows(video.duration_seconds, level.window_seconds))


def test_without_captions_only_a_language_model_answers(data: Path, tmp_path: Path, capsys) -> None:
    code, told = answer(data, tmp_path, "--read", "none")
    assert code == EXIT_GAPS
    assert told["score"]["unparsed"] == told["score"]["questions"]
    assert "have no answer" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "captions are needed"),
        (["--predictions", "DATA", "--by", "magic"], "nobody answers as 'magic'"),
        (["--predictions", "DATA", "--by", "embedding:nowhere/at/all"], "no text encoder"),
        (["--predictions", "DATA", "--split", "val"], "no questions in split 'val'"),
    ],
)
def test_the_command_tells_what_would_do(
    options: list[str], message: str, data: Path, tmp_path: Path, capsys
) -> None:
    code, _ = answer(data, tmp_path, *(str(data) if one == "DATA" else one for one in options))
    assert code == EXIT_FAILED
    assert message in capsys.readouterr().err

"""Questions about videos, from captions to a submission."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.micro import make_data
from videorecap.apps.cli import EXIT_FAILED, EXIT_GAPS, EXIT_OK, main
from videorecap.data.annotations import Annotation, read_annotations, write_annotations
from videorecap.types import Span


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


def test_predictions_are_read_alone(data: Path, tmp_path: Path, capsys) -> None:
    """References of a video that a system said nothing of are not read in their place."""
    first, second = sorted(read_annotations(data), key=lambda video: -len(video.questions))
    asked = tuple(replace(one, id=f"{one.id}, again") for one in first.questions)
    second = replace(second, questions=asked)
    write_annotations(tmp_path / "data", [first, second])
    said = Annotation(level="summary", span=Span(0, 250), texts=(first.at("summary")[0].caption,))
    write_annotations(tmp_path / "said.jsonl", [replace(first, predicted=(said,)), second])
    code, told = answer(tmp_path / "data", tmp_path, "--predictions", str(tmp_path / "said.jsonl"))
    assert code == EXIT_GAPS
    printed = capsys.readouterr().err
    assert f"has no caption of 1 of 2 videos with questions; the first: {second.video}" in printed
    assert "references" not in printed
    ways = {one["words"] for one in told["answers"] if one["video"] == second.video}
    assert ways == {"there is no caption to compare with"}
    assert any("likeness" in one["words"] for one in told["answers"])
    options = ("--predictions", str(tmp_path / "said.jsonl"), "--read", "clips")
    code, _ = answer(tmp_path / "data", tmp_path, *options)
    assert code == EXIT_GAPS
    assert "has no caption of 2 of 2 videos" in capsys.readouterr().err


def test_captions_that_may_be_references_are_told(data: Path, tmp_path: Path, capsys) -> None:
    assert answer(data, tmp_path, "--predictions", str(data))[0] == EXIT_OK
    assert capsys.readouterr().err.count("nothing calls predictions, be they references") == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "captions are needed"),
        (["--predictions", "DATA", "--by", "magic"], "nobody answers as 'magic'"),
        (["--predictions", "DATA", "--by", "embedding:nowhere/at/all"], "no text encoder"),
        (["--predictions", "DATA", "--split", "val"], "no questions in split 'val'"),
        (
            ["sim-tiny", "--by", "server:m", "--read", "none"],
            "--read none reads no captions; leave SYSTEM out",
        ),
        (
            ["--predictions", "DATA", "--read", "none"],
            "--read none reads no captions; leave --predictions out",
        ),
        (["--read", "none"], "--by words compares with captions, and --read none reads none"),
        (["sim-tiny", "--by", "magic"], "nobody answers as 'magic'"),
        (["sim-tiny", "--by", "server:m"], "a key in OPENAI_API_KEY"),
        (["sim-tiny", "--record", "answers.jsonl"], "--by words asks none"),
        (["sim-tiny", "--by", "record", "--record", "DATA"], "it is a folder"),
        (["sim-tiny", "--submission", "OUT/answers.json"], "are one file"),
        (["sim-tiny", "-o", "DATA/annotations.jsonl/answers.json"], "cannot write"),
    ],
)
def test_the_command_tells_what_would_do(
    options: list[str],
    message: str,
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys,
) -> None:
    """Before anything is captioned."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    given = [one.replace("DATA", str(data)).replace("OUT", str(tmp_path)) for one in options]
    assert main(["answer", "--data", str(data), "-o", str(tmp_path / "answers.json"), *given]) == EXIT_FAILED
    assert message in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.npy"))


@pytest.mark.parametrize("number", [0, 1, 27])
def test_questions_without_a_choice_are_told_before_the_work(
    number: int, data: Path, tmp_path: Path, capsys
) -> None:
    (video, _) = read_annotations(data)
    odd = replace(video.questions[0], options=tuple(f"option {n}" for n in range(number)), answer=None)
    write_annotations(tmp_path / "odd", [replace(video, questions=(odd,))])
    code, _ = answer(tmp_path / "odd", tmp_path, "sim-tiny")
    assert code == EXIT_FAILED
    assert f"has {number} options; 2 to 26 are needed" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.npy"))

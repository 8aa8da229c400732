"""A table from nothing: trained, scored, written; at the smallest size."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.micro import make_data, separate_recipe
from videorecap.apps.cli import EXIT_FAILED, EXIT_OK, main
from videorecap.paper import experiments
from videorecap.paper.readers import TINY
from videorecap.training.recipe import Labels, Recipe


def micro(name: str, _: str) -> Recipe:
    """Recipes that differ as those of Table 5: what segments and summaries start from."""
    made = separate_recipe()
    starts = {
        "init-segment": {"segment": ()},
        "init-summary": {"summary": ()},
        "clip-summary": {"summary": ("clip",)},
    }
    stages = tuple(
        replace(stage, steps=2, init_from=starts.get(name, {}).get(stage.name, stage.init_from))
        for stage in made.stages
    )
    return replace(made, name=name, stages=stages)


def with_teacher(name: str, size: str) -> Recipe:
    """The same; those with pseudo annotations learn from them."""
    made = micro(name, size)
    if not name.endswith("pseudo"):
        return made
    labels = (Labels.HUMAN, Labels.PSEUDO)
    stages = [replace(one, labels=labels) if one.level != "clip" else one for one in made.stages]
    return replace(made, stages=tuple(stages))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    train, test = tmp_path_factory.mktemp("train"), tmp_path_factory.mktemp("test")
    make_data(train)
    make_data(test, split="test", seconds=200, seed=1, num_questions=3)
    return train, test


@pytest.mark.slow
def test_a_table_is_made_once(
    data: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(experiments, "recipe", micro)
    monkeypatch.setenv("PATH", "")  # METEOR takes its time
    train, test = data
    command = ["reproduce", "table5", "-o", str(tmp_path), "--data", str(train), "--test", str(test)]
    assert main([*command, "--seeds", "2", "--workers", "1"]) == EXIT_OK
    printed = capsys.readouterr().out
    assert printed.count("| Caption -> Segment > Init -> Segment |") == 1
    told = json.loads((tmp_path / "table5.json").read_text())
    assert {name: len(runs) for name, runs in told["runs"]["segment"].items()} == dict.fromkeys(
        ("init-segment", "recap", "init-summary", "clip-summary"), 2
    )
    assert [one["num_seeds"] for one in told["findings"]] == [2, 2, 2]
    assert (tmp_path / "table5.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "table5.md").read_text()
    assert "36.81" in page
    assert "2 simulated videos" in page
    trained = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("weights.safetensors")}
    assert main([*command, "--seeds", "2", "--workers", "1"]) == EXIT_OK
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("weights.safetensors")} == trained
    assert json.loads((tmp_path / "table5.json").read_text()) == told


@pytest.mark.slow
def test_what_reads_and_who_teaches_are_trained_as_well(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments, "recipe", with_teacher)
    budget = replace(TINY, steps=2, num_segments=3, num_summaries=1)
    monkeypatch.setattr(experiments, "BUDGETS", {"tiny": budget})
    monkeypatch.setenv("PATH", "")
    train, test = data
    command = [
        "reproduce",
        "table2",
        "table6",
        "-o",
        str(tmp_path),
        "--data",
        str(train),
        "--test",
        str(test),
    ]
    assert main([*command, "--workers", "1"]) == EXIT_OK
    runs = json.loads((tmp_path / "table2b.json").read_text())["runs"]["segment"]
    assert {"lavila", "lavila+GPT2", "lavila+FLAN-T5", "recap-pseudo", "truth+FLAN-T5-L"} <= set(runs)
    labels = (tmp_path / "pseudo-tiny.jsonl").read_text().splitlines()
    assert "provenance" in labels[0], "it may have found no words, after two steps"
    page = (tmp_path / "table6a.md").read_text()
    assert page.count("not measured") >= 2, "GPT2-L and FLAN-T5-S have no tiny likeness"
    told = json.loads((tmp_path / "table6a.json").read_text())["findings"]
    assert {one["verdict"] for one in told if one["claim"]["worse"] != "GPT2"} == {"not measured"}
    assert {one["verdict"] for one in told if one["claim"]["worse"] == "GPT2"} != {"not measured"}


@pytest.mark.slow
def test_questions_are_asked_of_each_rows_captions(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments, "recipe", micro)
    train, test = data
    command = ["reproduce", "table3", "-o", str(tmp_path), "--data", str(train), "--test", str(test)]
    assert main([*command, "--workers", "1"]) == EXIT_OK
    told = json.loads((tmp_path / "table3.json").read_text())
    assert [label.split(",")[-1].strip() for label in told] == [
        "question",
        "captions",
        "captions",
        "hierarchical captions",
    ]
    (question_only, *others) = (reports[0] for reports in told.values())
    assert question_only["unparsed"] == question_only["questions"] > 0
    assert {one["questions"] for one in others} == {question_only["questions"]}
    page = (tmp_path / "table3.md").read_text()
    assert "50.23" in page
    assert "Answered by: words." in page


def test_a_table_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["reproduce", "table9"])
    assert "table2" in capsys.readouterr().err


def test_data_without_a_split_to_score_is_told(
    data: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reproduce", "table4", "-o", str(tmp_path), "--data", str(data[0])]) == EXIT_FAILED
    assert "no videos of split 'test', but of train" in capsys.readouterr().err

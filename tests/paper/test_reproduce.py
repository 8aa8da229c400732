"""A table from nothing: trained, scored, written; at the smallest size."""

import json
import re
import shlex
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from transformers import GPT2Config

from tests.training.micro import make_data, separate_recipe
from videorecap.apps.cli import EXIT_FAILED, EXIT_GAPS, EXIT_OK, main
from videorecap.apps.cli_reproduce import TABLE_NAMES
from videorecap.apps.reproduce import numbers_of
from videorecap.data.annotations import read_annotations, write_annotations
from videorecap.paper import experiments, readers, table1, table3
from videorecap.paper.readers import TINY
from videorecap.paper.table3 import CLIPS, HIERARCHY, LAVILA, QUESTION_ONLY
from videorecap.paper.tables import BEST_TEACHER, TABLES
from videorecap.sim.video import write_video
from videorecap.sim.writer import sample_script
from videorecap.training.recipe import Labels, Recipe
from videorecap.training.teacher import TextTeacher

EXIT_STOPPED = 130


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


def stop(*_: object) -> None:
    """As Ctrl-C would."""
    raise KeyboardInterrupt


class Mute(BaseHTTPRequestHandler):
    """A server that is there, and answers no question."""

    def do_GET(self) -> None:
        self._say(404)

    def do_POST(self) -> None:
        self._say(400)

    def _say(self, status: int) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def mute() -> Iterator[str]:
    """Its URL, with a password."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Mute) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"http://me:secret@127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def fingerprinted(told: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """All reports of each level."""
    return {level: [one for many in of.values() for one in many] for level, of in told["runs"].items()}


def test_every_name_is_of_tables_that_there_are_and_none_is_made_twice() -> None:
    known = {*TABLES, table1.NUMBER, table3.NUMBER}
    assert {number for name in TABLE_NAMES for number in numbers_of([name])} == known
    assert numbers_of(["table6b", "table6", "table4", "table6a"]) == ["6b", "6a", "4"]


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
    printed, complained = capsys.readouterr()
    assert complained.count("METEOR is left out") == 1
    assert printed.count("| Caption -> Segment > Init -> Segment |") == 1
    told = json.loads((tmp_path / "table5.json").read_text())
    assert {level: {name: len(many) for name, many in of.items()} for level, of in told["runs"].items()} == {
        "segment": {"init-segment": 2, "recap": 2},
        "summary": {"init-summary": 2, "clip-summary": 2, "recap": 2},
    }
    assert [one["num_seeds"] for one in told["findings"]] == [2, 2, 2, 2]
    assert {one["verdict"] for one in told["findings"]} == {"cannot be told"}, "two videos are too few"
    assert told["seeds"] == [0, 1]
    assert told["options"]["seeds"] == 2
    assert told["command"] == shlex.join(["videorecap", *command, "--seeds", "2", "--workers", "1"])
    assert told["commit"] is None, "there is no git on an empty path"
    (first, second) = told["systems"]["recap"]
    assert first["digests"]["system"] != second["digests"]["system"]
    assert first["seconds"] == sum(cost["seconds"] for cost in first["stages"].values()) > 0
    assert first["peak_memory_bytes"] > 10**7
    assert told["fingerprints"] == {level: of[0]["fingerprint"] for level, of in fingerprinted(told).items()}
    assert (tmp_path / "table5.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "table5.md").read_text()
    assert "36.81" in page
    assert "2 simulated videos" in page
    assert "## Cost" in page
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["counts"]["cannot be told"] == 4
    assert summary["findings"]["5"] == told["findings"]
    assert str(tmp_path / "summary.md") in printed
    trained = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("weights.safetensors")}
    assert main([*command, "--seeds", "2", "--workers", "1"]) == EXIT_OK
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("weights.safetensors")} == trained
    assert json.loads((tmp_path / "table5.json").read_text()) == told


@pytest.mark.slow
def test_what_reads_and_who_teaches_are_trained_as_well(
    data: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mute: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And a language model that fails is not scored as if it had answered nothing."""
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
    assert main([*command, "--workers", "1", "--llm", "server:m", "--url", mute]) == EXIT_GAPS
    complained = capsys.readouterr().err
    assert re.search(r"captions are missing: \d+ of segment, \d+ of summary; the first: http", complained)
    assert "secret" not in complained
    page = (tmp_path / "table2b.md").read_text()
    (failed, above) = [line for line in page.splitlines() if line.startswith("| LaViLa + GPT3.5 |")]
    assert "| not measured: http" in failed
    assert "| not measured: nothing below it could be captioned |" in above
    made = json.loads((tmp_path / "table2b.json").read_text())
    runs = made["runs"]["segment"]
    assert runs["lavila+GPT3.5"] == []
    assert made["command"].endswith(f"--url {mute.replace('me:secret@', '')}")
    kept = [path for path in tmp_path.rglob("*") if path.suffix in {".json", ".md", ".jsonl"}]
    assert not [path for path in kept if "secret" in path.read_text()]
    assert set(made["silent"]) == {"segment", "summary"}
    assert {"lavila", "lavila+GPT2", "lavila+FLAN-T5", "recap-pseudo"} <= set(runs)
    (read,) = made["systems"]["lavila+GPT2"]
    assert set(read["digests"]) == {"system", "reader"}
    assert read["stages"]["reader"]["steps"] == 2
    labels = (tmp_path / "pseudo-tiny.jsonl").read_text().splitlines()
    assert "provenance" in labels[0], "it may have found no words, after two steps"
    page = (tmp_path / "table6a.md").read_text()
    assert "GPT2 is `tiny-gpt2`, FLAN-T5-L is `tiny-t5`: small ones of our own" in page
    assert "FLAN-T5-L is `tiny-t5`" in (tmp_path / "table6b.md").read_text(), "it taught"
    assert "GPT2 is `tiny-gpt2`, FLAN-T5 is `tiny-t5`, FLAN-T5-L is" in (tmp_path / "summary.md").read_text()
    assert page.count("needs GPT2-L") == page.count("needs FLAN-T5-S") == 2, "they have no tiny likeness"
    told = json.loads((tmp_path / "table6a.json").read_text())["findings"]
    assert {one["verdict"] for one in told if one["claim"]["worse"] != "GPT2"} == {"not measured"}
    assert {one["verdict"] for one in told if one["claim"]["worse"] == "GPT2"} != {"not measured"}
    monkeypatch.setattr(TextTeacher, "write", stop)
    made = (tmp_path / "table2b.json").read_bytes()
    assert main([*command, "--workers", "1", "--llm", "server:m", "--url", mute]) == EXIT_GAPS
    assert (tmp_path / "table2b.json").read_bytes() == made, "what readers said is kept"


@pytest.mark.slow
def test_questions_are_asked_of_each_rows_captions(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments, "recipe", micro)
    train, test = data
    command = ["reproduce", "table3", "-o", str(tmp_path), "--data", str(train), "--test", str(test)]
    code = main([*command, "--workers", "1"])
    told = json.loads((tmp_path / "table3.json").read_text())
    reports = {label: of[0] for label, of in told["runs"]["questions"].items()}
    assert list(reports) == [LAVILA, CLIPS, HIERARCHY]
    assert len({one["questions"] for one in reports.values()}) == 1
    assert code == (EXIT_GAPS if any(one["unparsed"] for one in reports.values()) else EXIT_OK)
    assert list(told["left_out"]) == [QUESTION_ONLY], "words cannot be like captions that are not read"
    page = (tmp_path / "table3.md").read_text()
    assert "50.23" in page
    assert "answered by `words`" in page
    assert "2 simulated videos" in page
    assert "cannot answer" in page
    assert (tmp_path / "table3.png").read_bytes().startswith(b"\x89PNG")
    summary = (tmp_path / "summary.md").read_text()
    assert f"{HIERARCHY} > {CLIPS}" in summary
    assert "[Table 3](table3.md)" in summary
    assert main([*command, "--size", "small"]) == EXIT_FAILED, "before anything is trained"
    assert not (tmp_path / "runs" / "recap-small-0").exists()


@pytest.mark.slow
def test_models_that_cannot_be_had_are_needed(
    data: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other rows are measured; what is done when the next table is stopped is in the summary."""
    models = {"GPT2": str(tmp_path / "gpt2"), "FLAN-T5-S": "tiny-t5", BEST_TEACHER: str(tmp_path / "t5")}
    monkeypatch.setattr(readers, "BUDGETS", budgets := {"tiny": replace(TINY, models=models, steps=2)})
    monkeypatch.setattr(experiments, "BUDGETS", budgets)
    monkeypatch.setattr(experiments, "recipe", with_teacher)
    monkeypatch.setattr(experiments, "Curriculum", stop)
    monkeypatch.setenv("PATH", "")
    train, test = map(str, data)
    command = ["reproduce", "table6", "-o", str(tmp_path), "--data", train, "--test", test]
    assert main([*command, "--workers", "1"]) == EXIT_STOPPED
    page = (tmp_path / "table6a.md").read_text()
    assert page.count(f"needs {models['GPT2']} ") == page.count(f"needs {models[BEST_TEACHER]} ") == 2
    told = json.loads((tmp_path / "table6a.json").read_text())
    assert {level: list(of) for level, of in told["runs"].items()} == {
        "segment": ["truth+FLAN-T5-S"],
        "summary": ["truth+FLAN-T5-S"],
    }
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert list(summary["tables"]) == ["6a"]


@pytest.mark.slow
def test_captions_that_questions_lack_are_told(
    data: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(experiments, "recipe", micro)
    test = tmp_path / "test"
    (video, *_) = read_annotations(data[1])
    assert video.seed is not None
    test.mkdir()
    assert video.duration_seconds is not None
    script = sample_script(video.seed, video.duration_seconds)
    write_video(script, test / "v.mp4", size=(64, 48), frame_rate=8)
    whole = bytearray((test / "v.mp4").read_bytes())
    start, end = len(whole) // 4, len(whole) // 2
    whole[start:end] = bytes(end - start)
    (test / "v.mp4").write_bytes(whole)
    write_annotations(test, [replace(video, seed=None, path="v.mp4", split="val")])
    command = ["reproduce", "table3", "-o", str(tmp_path / "out"), "--data", str(data[0])]
    assert main([*command, "--test", str(test), "--workers", "1"]) == EXIT_GAPS
    assert "captions are missing: " in capsys.readouterr().err


def test_a_table_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["reproduce", "table9"])
    assert "table2" in capsys.readouterr().err


def test_data_without_a_split_to_score_is_told(
    data: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reproduce", "table4", "-o", str(tmp_path), "--data", str(data[0])]) == EXIT_FAILED
    assert "no videos of split 'test', but of train" in capsys.readouterr().err


def test_table_1_counts_any_data(
    data: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["reproduce", "table1", "-o", str(tmp_path), "--data", str(data[0])]) == EXIT_OK
    printed = capsys.readouterr().out
    told = json.loads((tmp_path / "table1.json").read_text())
    assert told["videos"] == 2
    assert told["command"].startswith("videorecap reproduce table1 ")
    assert f"| clip | {told['levels']['clip']['samples']} | 5.27M |" in printed
    assert (tmp_path / "table1.md").read_text().strip() in printed
    assert (tmp_path / "table1.png").read_bytes().startswith(b"\x89PNG")
    assert not (tmp_path / "summary.md").exists(), "it claims nothing"


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("wrods", "nobody answers as 'wrods'; there is words"),
        ("server:gpt", "need a key"),
        ("record", "record"),
    ],
)
def test_who_answers_is_checked_first(
    by: str,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert main(["reproduce", "table3", "-o", str(tmp_path), "--by", by]) == EXIT_FAILED
    assert says in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("table2 --llm gpt", "no language model 'gpt'; there is server:NAME"),
        ("table2 --llm words", "no language model 'words'"),
        ("table2 --llm server:gpt", "need a key in OPENAI_API_KEY"),
        ("table2 --llm local:there/is/none", "there/is/none: "),
        ("table2 --blip2 there/is/none", "cannot load a BLIP2 from there/is/none"),
        ("table2 --blip2 {gpt2}", "is a gpt2, not a BLIP2"),
        ("table4 --llm server:gpt", "--llm is for table2b, which is not asked for"),
        ("table4 --blip2 b", "--blip2 is for table2, which is not asked for"),
        ("table3 --record r.jsonl", "--record is of a language model"),
        ("table4 --by server:gpt --record r.jsonl", "--record is of a language model"),
        ("table2 --llm local:m --url http://host/v1", "--url is of a server"),
        ("table3 --url http://host/v1", "--url is of a server"),
        ("table4 --by server:gpt --url http://host/v1", "--url is of a server"),
    ],
)
def test_what_is_given_is_looked_at_first(
    given: str,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / "config.json").write_text(GPT2Config().to_json_string())
    options = given.format(gpt2=tmp_path).split()
    assert main(["reproduce", *options, "-o", str(tmp_path / "out")]) == EXIT_FAILED
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_table_that_is_damaged_is_told_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "table7.json").write_text("{}")
    assert main(["reproduce", "table4", "-o", str(tmp_path)]) == EXIT_FAILED
    assert "table7.json: is no table that this version wrote" in capsys.readouterr().err


def test_a_teachers_captions_are_there_or_nothing_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pseudo = tmp_path / "pseudo.jsonl"
    assert main(["reproduce", "table6", "-o", str(tmp_path), "--pseudo", str(pseudo)]) == EXIT_FAILED
    assert f"{pseudo}: there is no such file" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_plots_are_possible_or_nothing_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)  # as if it were not installed
    assert main(["reproduce", "table4", "-o", str(tmp_path)]) == EXIT_FAILED
    assert 'pip install "videorecap[plots]"' in capsys.readouterr().err
    assert not list(tmp_path.iterdir())

"""From videos to a report: a system's captions of the spans that are scored, and files of predictions."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from videorecap.apps.cli import EXIT_FAILED, EXIT_GAPS, EXIT_OK, main
from videorecap.data.annotations import (
    Annotation,
    VideoAnnotations,
    write_annotations,
)
from videorecap.errors import DataError
from videorecap.evaluation.answers import Answer, samples_at
from videorecap.evaluation.facts import Judged, shares
from videorecap.evaluation.protocol import AUTHORS, WORLD, Protocol, fingerprint
from videorecap.evaluation.report import report
from videorecap.evaluation.said import read_said
from videorecap.evaluation.testset import read_test_set
from videorecap.sim.facts import Facts
from videorecap.sim.writer import sample_script
from videorecap.training.recipe import ClipSpans
from videorecap.training.samples import Sample
from videorecap.types import Span

LEVELS = ("clip", "segment", "summary")
COUNTED = replace(WORLD, metrics=tuple(metric for metric in WORLD.metrics if metric != "METEOR"))


def scripts_of(videos: list[VideoAnnotations]):
    return {video.video: sample_script(video.seed, video.duration_seconds) for video in videos}


def true_answers(videos: list[VideoAnnotations], level: str) -> list[Answer]:
    samples = [sample for video in videos for sample in samples_at(video, level, ClipSpans.ANNOTATED)]
    return [Answer(sample, sample.texts[0]) for sample in samples]


@pytest.mark.parametrize("level", LEVELS)
def test_the_truth_scores_best_and_silence_worst(videos: list[VideoAnnotations], level: str) -> None:
    truth = true_answers(videos, level)
    given = report(truth, level, COUNTED, decoding={}, scripts=scripts_of(videos)).figures
    assert given["facts precision"].value == 1
    assert given["ROUGE-L"].value == pytest.approx(1)
    assert given["BLEU-4"].value == pytest.approx(1, abs=1e-3)
    if level != "clip":  # an event may be shorter than what else is in its window
        assert given["facts F1"].value == 1
    silent = [Answer(one.sample, None) for one in truth]
    none = report(silent, level, COUNTED, decoding={}, scripts=scripts_of(videos))
    assert none.num_missing == none.num_items == len(truth)
    assert none.figures["facts recall"].value == none.figures["CIDEr"].value == 0


def test_of_two_activities_the_order_is_scored() -> None:
    truth = Facts(activities=("washing dishes", "making tea", "sweeping the floor"))
    turned = Judged(replace(truth, activities=(*truth.activities[::-1], "ironing")), truth, "making tea")
    half = Judged(replace(truth, activities=("making tea", "washing dishes")), truth, "making tea")
    assert shares([Judged(truth, truth, "making tea")], "summary")["order"].value == 1
    assert shares([turned, half], "summary")["order"].value == 0
    assert shares([turned], "summary")["activities recall"].value == 1
    assert shares([half], "summary")["activities recall"].value == 2 / 3
    assert shares([turned], "summary")["activities precision"].value == 3 / 4


def test_figures_have_intervals_that_hold_them(videos: list[VideoAnnotations]) -> None:
    truth = true_answers(videos, "clip")
    said = [Answer(one.sample, one.sample.texts[-1]) for one in truth]
    few = report(said, "clip", COUNTED, decoding={}).figures
    assert {figure.interval for figure in few.values()} == {None}, "of two videos"
    apart = [
        replace(one, sample=replace(one.sample, video=f"{n} of {len(said)}")) for n, one in enumerate(said)
    ]
    for name, figure in report(apart, "clip", COUNTED, decoding={}).figures.items():
        assert figure.interval is not None
        assert figure.interval.low - 1e-9 <= figure.value <= figure.interval.high + 1e-9, name


def test_every_nth_item_is_scored_along_the_data(data: Path, videos: list[VideoAnnotations]) -> None:
    third = read_test_set(data, protocol="authors", split="test")
    third = replace(third, protocol=replace(third.protocol, every={"clip": 3}))
    along = [sample for video in videos for sample in samples_at(video, "clip", ClipSpans.ANNOTATED)]
    assert third.samples("clip") == along[::3]
    assert len(third.samples("segment")) == sum(len(video.at("segment")) for video in videos)


def test_other_ways_of_scoring_have_other_fingerprints(monkeypatch: pytest.MonkeyPatch) -> None:
    def of(protocol=AUTHORS, decoding=None, references="a", *, level="clip", counts_facts=False) -> str:
        given = {"decoding": decoding or {"strategy": "greedy"}, "references": references}
        return fingerprint(protocol, level, **given, counts_facts=counts_facts)

    others = {
        of(replace(AUTHORS, lower_case=False)),
        of(replace(AUTHORS, max_references=None)),
        of(replace(AUTHORS, every={})),
        of(replace(AUTHORS, split="test")),
        of(decoding={"strategy": "beams"}),
        of(references="b"),
        of(counts_facts=True),
    }
    monkeypatch.setattr("videorecap.__version__", "9.9")
    others.add(of(counts_facts=True))
    assert len(others) == 8, "another release reads facts in another way"
    assert of() not in others
    assert of(replace(AUTHORS, name="mine")) == of(), "a name changes nothing"
    assert of(replace(AUTHORS, every={}), level="summary") == of(level="summary"), "it is of clips"


def test_references_that_are_not_read_change_no_fingerprint(videos: list[VideoAnnotations]) -> None:
    truth = true_answers(videos, "summary")
    more = [replace(one, sample=replace(one.sample, texts=(*one.sample.texts, "more"))) for one in truth]
    one, all_of_them = (replace(COUNTED, max_references=most) for most in (1, None))

    def of(given: list[Answer], protocol: Protocol) -> str:
        return report(given, "summary", protocol, decoding={}).fingerprint

    assert of(truth, one) == of(more, one)
    assert of(truth, all_of_them) != of(more, all_of_them)


def predictions(video: VideoAnnotations, given: list[Answer]) -> VideoAnnotations:
    """A video as a file of predictions has it."""
    said = [
        Annotation(level=one.sample.level, span=one.sample.span, texts=(one.text,))
        for one in given
        if one.sample.video == video.video and one.text is not None
    ]
    return replace(video, captions=(), predicted=tuple(said))


def test_predictions_of_other_programs_are_read(videos: list[VideoAnnotations], tmp_path: Path) -> None:
    samples = [sample for video in videos for sample in samples_at(video, "segment", ClipSpans.ANNOTATED)]
    wanted = [Answer(sample, f"number {number}") for number, sample in enumerate(samples)]
    coco = tmp_path / "coco.json"
    coco.write_text(json.dumps([{"image_id": one.sample.id, "caption": one.text} for one in wanted]))
    submission = tmp_path / "activitynet.json"
    results: dict[str, list[dict[str, object]]] = {}
    for one in wanted:
        times = [one.sample.span.start + 0.3, one.sample.span.end - 0.3]
        results.setdefault(f"v_{one.sample.video}", []).append({"sentence": one.text, "timestamp": times})
    submission.write_text(json.dumps({"version": "VERSION 1.0", "results": results}))
    ours = tmp_path / "ours.jsonl"
    write_annotations(ours, [predictions(video, wanted) for video in videos])
    for path in (coco, submission, ours):
        said = read_said(path, samples)
        assert said.answers(samples) == wanted, path.name
        assert not said.unused
        assert not said.num_repeated


def test_a_caption_belongs_to_the_time_that_it_shares_most_with(tmp_path: Path) -> None:
    """And to no other; of several of one time the one that shares most stays."""
    samples = [
        Sample("v", "segment", Span(start, end), ("x",)) for start, end in ((0, 10), (1, 11), (40, 50))
    ]
    times = {"both": [0, 10], "worse": [0, 9], "shifted": [40, 48], "later": [46, 56]}
    rows = [{"sentence": text, "timestamp": time} for text, time in times.items()]
    path = tmp_path / "said.json"
    path.write_text(json.dumps({"results": {"v_v": rows, "v_w": rows[:1]}}))
    said = read_said(path, samples)
    assert [one.text for one in said.answers(samples)] == ["both", None, "shifted"]
    assert said.unused == ["v_v", "v_w"]
    assert said.num_repeated == 1


def test_captions_that_are_not_scored_are_told(
    data: Path, videos: list[VideoAnnotations], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("PATH", "")
    truth = [one for video in videos for one in true_answers([video], "summary")]
    rows = [{"image_id": one.sample.id, "caption": one.text} for one in truth]
    path = tmp_path / "coco.json"
    path.write_text(json.dumps([*rows, rows[0], {"image_id": 7, "caption": "x"}]))
    command = ["evaluate", "--data", str(data), "-o", str(tmp_path / "report.json")]
    assert main([*command, "--predictions", str(path), "--level", "segment,summary"]) == EXIT_OK
    printed = capsys.readouterr().err
    number = sum(len(samples_at(video, "segment", ClipSpans.WINDOWS)) for video in videos)
    assert f"has no caption of segment ({number} spans), which is not scored" in printed
    assert "nothing that is scored are left out: 1, the first of '7'" in printed
    assert "beside another of the same span are left out: 1" in printed


def test_captions_of_unknown_videos_and_twice_are_counted_in_our_own_files(
    videos: list[VideoAnnotations], tmp_path: Path
) -> None:
    samples = samples_at(videos[0], "summary", ClipSpans.ANNOTATED)
    said = [predictions(video, true_answers([video], "summary")) for video in videos]
    path = write_annotations(tmp_path / "said.jsonl", [*said, said[0]])
    found = read_said(path, samples)
    assert found.unused == [videos[1].video]
    assert found.num_repeated == 1
    assert not found.may_be_references


def test_figures_of_a_single_caption_are_explained(
    data: Path, videos: list[VideoAnnotations], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("PATH", "")
    said = [predictions(video, true_answers([video], "clip")) for video in videos]
    path = write_annotations(tmp_path / "said.jsonl", said)
    command = ["evaluate", "--data", str(data), "-o", str(tmp_path / "report.json"), "--level", "clip"]
    command += ["--predictions", str(path), "--split", "test"]
    assert main([*command, "--protocol", "authors"]) == EXIT_OK
    printed = capsys.readouterr().err
    assert "CIDEr of a single caption is always 0, so of clip" in printed
    assert "every 100th clip is scored, and there are no more than 100: the first alone is" in printed
    figures = json.loads((tmp_path / "report.json").read_text())["levels"][0]["figures"]
    assert figures["CIDEr"]["value"] == 0
    main(command)
    assert "CIDEr" not in capsys.readouterr().err


def test_caption_trees_are_scored(videos: list[VideoAnnotations], tmp_path: Path) -> None:
    (sample,) = samples_at(videos[0], "summary", ClipSpans.ANNOTATED)
    told = {"video": sample.video, "duration_seconds": sample.span.end, "summary": "C cooks."}
    (tmp_path / "said.json").write_text(json.dumps(told))
    found = read_said(tmp_path / "said.json", [sample])
    assert [one.text for one in found.answers([sample])] == ["C cooks."]
    assert found.may_be_references


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([{"caption": "x"}], "no field 'image_id'"),
        ({"results": {"v": [{"sentence": "x", "timestamp": [1]}]}}, "timestamp"),
        ({"results": {"v": [{"sentence": "x", "timestamp": [4, 1]}]}}, "4"),
        ({"results": []}, "results"),
    ],
)
def test_damaged_predictions_are_told(
    content: object, message: str, videos: list[VideoAnnotations], tmp_path: Path
) -> None:
    path = tmp_path / "said.json"
    path.write_text(json.dumps(content))
    with pytest.raises(DataError, match=message):
        read_said(path, samples_at(videos[0], "segment", ClipSpans.ANNOTATED))


def test_the_command_scores_a_system_and_shows_its_captions(
    tiny_system_dir: Path, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("PATH", "")  # METEOR takes its time
    output = tmp_path / "scores" / "report.json"
    command = ["evaluate", str(tiny_system_dir), "--data", str(data), "-o", str(output), "--workers", "1"]
    assert main([*command, "--level", "segment,summary"]) == EXIT_OK
    printed = capsys.readouterr()
    assert "METEOR is left out" in printed.err
    told = json.loads(output.read_text())
    assert [level["level"] for level in told["levels"]] == ["segment", "summary"]
    assert "METEOR" not in told["levels"][0]["figures"]
    assert f"{told['levels'][0]['figures']['CIDEr']['value'] * 100:.2f}" in printed.out
    page = output.with_suffix(".html").read_text()
    assert page.count("data:image/jpeg") == 3 * (told["levels"][0]["num_items"] + 2)
    assert "Captions stand beside their references" in page


def test_the_command_scores_a_file(
    data: Path, videos: list[VideoAnnotations], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("PATH", "")
    said = tmp_path / "said.jsonl"
    write_annotations(said, [predictions(video, true_answers([video], "summary")) for video in videos])
    command = ["evaluate", "--data", str(data), "-o", str(tmp_path / "report.json")]
    assert main([*command, "--predictions", str(said)]) == EXIT_OK
    assert "facts F1" in capsys.readouterr().out
    assert main([*command, "--predictions", str(said), "--level", "clip"]) == EXIT_FAILED
    assert "no caption of clip" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "a SYSTEM, or --predictions"),
        (["sim-tiny", "--predictions", "x"], "not both"),
        (["sim-tiny", "--level", "scene"], "no level 'scene'"),
        (["sim-tiny", "--split", "val"], "no videos of split 'val', but of test"),
        (["--predictions", "x", "--upper", "server:m"], "--upper writes captions of a SYSTEM"),
        (["--predictions", "x", "--record", "y"], "--record is of a language model"),
        (["sim-tiny", "--url", "http://x/v1"], "--url is of a language model"),
        (["sim-tiny", "--upper", "server:m"], "a key in OPENAI_API_KEY"),
        (["sim-tiny", "--upper", "magic"], "no language model 'magic'"),
        (["sim-tiny", "--protocol", "coco", "--split", "test"], "tokenizer ptb needs Java"),
        (["sim-tiny", "--upper", "server:m", "--record", "DATA"], "it is a folder"),
        (["sim-tiny", "-o", "OUT/report.html"], "what ends in .html is written beside it"),
        (["sim-tiny", "-o", "OUT/report.predictions"], "what ends in .predictions is written beside it"),
        (["sim-tiny", "-o", "DATA/annotations.jsonl/report.json"], "cannot write"),
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
    monkeypatch.setenv("PATH", "")
    given = [one.replace("DATA", str(data)).replace("OUT", str(tmp_path)) for one in options]
    command = ["evaluate", "--data", str(data), "-o", str(tmp_path / "r.json"), *given]
    assert main(command) == EXIT_FAILED
    assert message in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.predictions"))
    assert not list(tmp_path.rglob("*.npy"))


def test_a_file_without_some_captions_is_scored_and_told(
    data: Path, videos: list[VideoAnnotations], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("PATH", "")
    said = tmp_path / "said.jsonl"
    write_annotations(said, [predictions(videos[0], true_answers(videos, "summary"))])
    command = ["evaluate", "--data", str(data), "-o", str(tmp_path / "report.json")]
    assert main([*command, "--predictions", str(said)]) == EXIT_GAPS
    assert "has no caption of 1 of 2 spans" in capsys.readouterr().err

"""The metrics' Java programs: texts that are no Unicode, and a Java that fails."""

from pathlib import Path

import pytest

from videorecap.evaluation.meteor import Meteor, MetricError
from videorecap.evaluation.metrics import Item, Metric, compute
from videorecap.evaluation.tokens import Tokenizer, split

HALF = "C cuts \ud800 bread"  # of a surrogate pair, as JSON may hold it


def java(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A Java that does as the script says."""
    path = folder / "java"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin:/usr/bin")


@pytest.mark.slow
def test_halves_of_surrogate_pairs_are_scored() -> None:
    assert split([HALF, "", "C cuts."], Tokenizer.PTB) == ["c cuts \\ ud800 bread", "", "c cuts"]
    score = compute([Metric.METEOR], [Item(HALF, ("C cuts bread",)), Item(HALF, (HALF,))])[Metric.METEOR]
    assert 0 < score.items[0] < score.items[1] == pytest.approx(1)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("exit 3", "stopped in the middle, with status"),
        ("while read line; do echo; done", "an empty line"),
        ("while read line; do echo oh; done", "answered 'oh' where it counts"),
    ],
)
def test_a_java_that_fails_stops_meteor(
    script: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java(tmp_path, monkeypatch, script)
    with pytest.raises(MetricError, match=message), Meteor() as process:
        process.scores([process.statistics("C cuts", ["C cuts"])])


@pytest.mark.parametrize("script", ["cat >/dev/null; exit 1", "cat >/dev/null; printf a"])
def test_a_java_that_fails_stops_the_tokenizer(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java(tmp_path, monkeypatch, script)
    with pytest.raises(MetricError, match="tokenizer stopped in the middle"):
        split(["C cuts", "C stirs"], Tokenizer.PTB)

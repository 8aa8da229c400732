import json
from pathlib import Path

import numpy as np
import pytest

from videorecap.errors import DataError
from videorecap.evaluation.meteor import MetricError
from videorecap.evaluation.metrics import Item, Metric, compute, unavailable
from videorecap.evaluation.protocol import AUTHORS, COCO, Protocol

STORED = json.loads((Path(__file__).parent / "metric_pairs.json").read_text())
PAIRS = [(text, tuple(references)) for text, references in STORED["pairs"]]
COUNTED = [metric for metric in Metric if metric is not Metric.METEOR]
ALL_REFERENCES = Protocol(name="all references", metrics=tuple(Metric))


def stored(protocol: str, metric: Metric) -> tuple[float, list[float]]:
    """What the defining package gave; the two names of CIDEr are one figure."""
    value, items = STORED["official"][protocol]["CIDEr" if metric is Metric.CIDER_D else metric]
    return value, items


@pytest.mark.parametrize("metric", COUNTED)
def test_figures_are_those_of_the_packages_that_define_them(metric: Metric) -> None:
    score = compute([metric], ALL_REFERENCES.items(PAIRS))[metric]
    value, items = stored("authors", metric)
    assert score.value == pytest.approx(value, abs=1e-6)
    np.testing.assert_allclose(score.items, items, atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("protocol", "name"), [(ALL_REFERENCES, "authors"), (COCO, "coco")])
def test_figures_that_need_java_are_those_of_the_packages_too(protocol: Protocol, name: str) -> None:
    if unavailable([Metric.METEOR]):
        pytest.skip("there is no Java here")
    scores = compute(protocol.metrics, protocol.items(PAIRS))
    assert list(scores) == list(protocol.metrics)
    for metric, score in scores.items():
        value, items = stored(name, metric)
        assert score.value == pytest.approx(value, abs=1e-6)
        np.testing.assert_allclose(score.items, items, atol=1e-6)


def test_without_java_all_but_meteor_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    scores = compute(Metric, ALL_REFERENCES.items(PAIRS[:9]))
    assert list(scores) == COUNTED
    assert "METEOR is left out" in unavailable(Metric)[Metric.METEOR]


def test_a_java_that_stops_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MetricError, match="stopped in the middle"):
        compute([Metric.METEOR], [Item("a", ("a",))])


def test_other_words_never_score_and_the_same_words_score_most() -> None:
    pairs = [(f"c opens drawer {n} now", (f"c opens drawer {n} now",)) for n in range(9)]
    best = compute(COUNTED, ALL_REFERENCES.items(pairs))
    least = compute(COUNTED, ALL_REFERENCES.items([("x y z w v", references) for _, references in pairs]))
    for metric in COUNTED:
        assert best[metric].value == pytest.approx(
            10 if metric in (Metric.CIDER, Metric.CIDER_D) else 1, abs=1e-6
        )
        assert least[metric].value == pytest.approx(0, abs=1e-2)


def test_a_protocol_reads_as_many_references_as_it_says() -> None:
    (item,) = AUTHORS.items([(" C Opens it. ", ("C opens IT.", "C shuts it."))])
    assert item == Item("c opens it.", ("c opens it.",))


@pytest.mark.parametrize("number", [0, -1])
def test_a_protocol_without_references_is_refused(number: int) -> None:
    with pytest.raises(Exception, match="max_references"):
        Protocol(name="none", metrics=(Metric.CIDER,), max_references=number)


def test_nothing_has_no_score() -> None:
    with pytest.raises(DataError, match="got none"):
        compute([Metric.CIDER], [])
    with pytest.raises(DataError, match="at least one reference"):
        Item("a", ())

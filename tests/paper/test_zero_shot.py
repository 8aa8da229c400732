"""Rows of Table 2 whose models are given: which are missing, and that they are scored like the others."""

from pathlib import Path

import pytest

from tests.blips import make_blip2
from tests.llms import make_llm
from tests.paper.test_reproduce import micro
from tests.training.micro import make_data
from videorecap.errors import ConfigError
from videorecap.evaluation.testset import read_test_set
from videorecap.paper import experiments
from videorecap.paper.experiments import Laboratory
from videorecap.paper.sizes import Size
from videorecap.paper.systems import lavila, up_to, zero_shot
from videorecap.paper.tables import TABLES
from videorecap.paper.zero_shot import Published
from videorecap.training.progress import Silence
from videorecap.training.start import Pretrained

BLIP2 = TABLES["2a"].row("BLIP2")
BLIP2_GPT = TABLES["2b"].row("BLIP2 + GPT3.5")
LAVILA_GPT = TABLES["2b"].row("LaViLa + GPT3.5")
LAVILA = TABLES["2b"].row("LaViLa")


def test_what_is_not_given_is_told() -> None:
    rows = (BLIP2, BLIP2_GPT, LAVILA_GPT, LAVILA)
    asked = [
        Published(),
        Published(blip2="b"),
        Published(llm="local:l"),
        Published(blip2="b", llm="local:l"),
    ]
    lacking = [[one.lacks(row) is not None for row in rows] for one in asked]
    assert lacking == [
        [True, True, True, False],
        [False, True, True, False],
        [True, True, False, False],
        [False, False, False, False],
    ]
    assert Published().lacks(BLIP2_GPT) == "--blip2 and --llm"
    assert [row.key for row in rows] == ["blip2", "blip2+GPT3.5", "lavila+GPT3.5", "lavila"]


def test_levels_above_clips_are_the_papers_where_a_system_has_none() -> None:
    narrator = up_to(lavila(Size.TINY), "clip")
    config = zero_shot(narrator, "server:m")
    assert [(level.name, level.reads, level.window_seconds) for level in config.levels[1:]] == [
        ("segment", "clip", 180),
        ("summary", "segment", float("inf")),
    ]
    assert (config.levels[0], config.captioners) == (narrator.levels[0], narrator.captioners)


@pytest.mark.slow
def test_given_models_are_scored_as_those_that_are_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(experiments, "recipe", micro)
    monkeypatch.setenv("PATH", "")  # METEOR takes its time
    made = Laboratory(
        size="tiny",
        train=make_data(tmp_path / "train"),
        test=read_test_set(make_data(tmp_path / "test", split="test", seconds=200, seed=1)),
        output=tmp_path / "out",
        pseudo=None,
        pretrained=Pretrained(),
        precision="fp32",
        workers=1,
    )
    given = Published(blip2=str(make_blip2(tmp_path / "b")), llm=f"local:{make_llm(tmp_path / 'l')}")
    found = {
        row.key: made.zero_shot(row, given, 0, Silence()).reports for row in (BLIP2, BLIP2_GPT, LAVILA_GPT)
    }
    assert {key: sorted(reports) for key, reports in found.items()} == {
        "blip2": ["clip"],
        "blip2+GPT3.5": ["segment", "summary"],
        "lavila+GPT3.5": ["segment", "summary"],
    }
    assert found["blip2"]["clip"].num_missing == 0
    trained = made.run("lavila", 0, Silence()).reports
    assert found["blip2"]["clip"].fingerprint == trained["clip"].fingerprint, "they may stand in one table"
    assert found["lavila+GPT3.5"]["segment"].num_items == trained["segment"].num_items
    assert list(made.output.rglob("answers-*.jsonl"))
    with pytest.raises(ConfigError, match="a language model is needed"):
        made.zero_shot(BLIP2_GPT, Published(blip2=given.blip2), 0, Silence())

"""Runs that share a cache learn nothing twice, and end with the same weights as if they shared nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.micro import make_data, order_run, separate_recipe, unified_recipe
from videorecap.errors import OutputError
from videorecap.training.costs import COST_FILE, costs
from videorecap.training.curriculum import WEIGHTS_FILE, Curriculum
from videorecap.training.devices import make_accelerator
from videorecap.training.progress import Silence
from videorecap.training.recipe import Recipe
from videorecap.training.run import Run
from videorecap.training.shelf import Shelf
from videorecap.training.state import STATE_FILE


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def first(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("first")
    return trained(order_run(shorter(separate_recipe()), data, folder, cache=folder / "cache"))


def shorter(recipe: Recipe) -> Recipe:
    return replace(recipe, stages=tuple(replace(stage, steps=2) for stage in recipe.stages))


def from_scratch(recipe: Recipe) -> Recipe:
    """Segments that do not start from the clips' weights."""
    stages = [replace(s, init_from=("masked",)) if s.name == "segment" else s for s in recipe.stages]
    return replace(recipe, name="other", stages=tuple(stages))


def trained(run: Run) -> Run:
    Curriculum(run, make_accelerator("fp32", cpu=True), Silence()).run()
    return run


def shared(run: Run) -> set[str]:
    return {line.split(" (")[0] for line in costs(run).splitlines() if "(another run's)" in line}


def handed(run: Run, level: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (run.output / "handovers" / level).iterdir()}


def weights(run: Run) -> dict[str, bytes]:
    paths = {stage.name: run.folder_of(stage) / WEIGHTS_FILE for stage in run.recipe.stages}
    return {name: path.read_bytes() for name, path in paths.items()}


@pytest.mark.slow
def test_what_two_recipes_have_in_common_is_learned_once(data: Path, first: Run, tmp_path: Path) -> None:
    recipe = from_scratch(first.recipe)
    run = trained(order_run(recipe, data, tmp_path / "run", cache=first.cache))
    assert shared(run) == {"encoder", "language", "masked", "clip"}
    alone = trained(order_run(recipe, data, tmp_path / "alone", cache=tmp_path / "cache"))
    assert shared(alone) == set()
    assert weights(run) == weights(alone)
    assert weights(run)["segment"] != weights(first)["segment"]
    assert handed(run, "clip") == handed(alone, "clip") == handed(first, "clip")
    assert handed(run, "segment") == handed(alone, "segment")
    for path in (run.output / "handovers" / "clip").iterdir():
        assert path.samefile(first.output / "handovers" / "clip" / path.name), "written once"
    kept = {path.name for path in (first.cache / "handovers").iterdir()}
    assert len(kept) == 3, "clips once, segments by either"


@pytest.mark.slow
def test_ablations_of_what_is_read_see_with_one_encoder(data: Path, tmp_path: Path) -> None:
    recipe = shorter(separate_recipe())
    captioners = {
        name: replace(captioner, text_alignment=None) for name, captioner in recipe.system.captioners.items()
    }
    levels = tuple(replace(level, reads=None) for level in recipe.system.levels)
    blind = replace(recipe.system, captioners=captioners, levels=levels)
    cache = tmp_path / "cache"
    trained(order_run(recipe, data, tmp_path / "reads", cache=cache))
    run = trained(order_run(replace(recipe, system=blind), data, tmp_path / "blind", cache=cache))
    assert {"encoder", "clip"} <= shared(run)
    assert "segment" not in shared(run)


@pytest.mark.slow
def test_a_run_of_another_seed_shares_nothing(data: Path, first: Run, tmp_path: Path) -> None:
    assert shared(trained(order_run(first.recipe, data, tmp_path, cache=first.cache, seed=1))) == set()


@pytest.mark.slow
def test_the_same_run_again_learns_nothing(data: Path, first: Run, tmp_path: Path) -> None:
    run = trained(order_run(first.recipe, data, tmp_path, cache=first.cache))
    assert shared(run) == {stage.name for stage in run.recipe.stages}
    assert weights(run) == weights(first)


@pytest.mark.slow
def test_a_run_that_was_killed_before_it_had_the_weights_takes_its_own(data: Path, tmp_path: Path) -> None:
    """Stages are on the shelf before the run has them; what was kept to go on from is removed."""
    run = trained(order_run(shorter(unified_recipe()), data, tmp_path, cache=tmp_path / "cache"))
    stage = run.recipe.stages[-1]
    folder, done = run.folder_of(stage), weights(run)
    checkpoint = folder / "step-00000002"
    checkpoint.mkdir()
    (checkpoint / STATE_FILE).write_text("{}")
    (folder / WEIGHTS_FILE).unlink()
    trained(run)
    assert weights(run) == done
    assert shared(run) == set()
    assert not checkpoint.exists()
    (folder / WEIGHTS_FILE).unlink()
    (folder / COST_FILE).unlink()
    trained(run)
    assert shared(run) == {stage.name}, "nothing tells that it was not another run"


def test_a_stage_that_cannot_be_put_on_the_shelf_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "weights").write_text("half")
        raise OSError("No space left on device")

    shelf = Shelf(tmp_path)
    with pytest.raises(OutputError, match=r"cannot write .*key: No space left on device"):
        shelf.put("key", fail)
    assert shelf.find("key") is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_on_the_shelf_stays(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    assert shelf.find("key") is None
    for content in ("one", "two"):
        folder = shelf.put("key", lambda aside, content=content: (aside / "weights").write_text(content))
    assert shelf.find("key") == folder
    assert (folder / "weights").read_text() == "one"
    assert [path.name for path in (tmp_path / "shelf").iterdir()] == ["key"]

"""The checkpoint inside the package, and the demo that shows it."""

from pathlib import Path

import pytest

from videorecap.apps.cli import EXIT_OK, main
from videorecap.build import SHIPPED, load_system, shipped_systems
from videorecap.defaults import MODEL
from videorecap.evaluation.answers import from_tree
from videorecap.evaluation.chance import chance
from videorecap.evaluation.facts import judge, shares
from videorecap.jobs import caption_video
from videorecap.sim.splits import seed_of
from videorecap.sim.video import write_video
from videorecap.sim.writer import sample_script

MOST_BYTES = 12_000_000


def test_the_default_system_ships_and_is_small() -> None:
    assert MODEL in shipped_systems()
    assert sum(path.stat().st_size for path in (SHIPPED / MODEL).iterdir()) < MOST_BYTES
    system = load_system(MODEL, device="cpu")
    assert system.hierarchy.names == ("clip", "segment", "summary")
    assert len({level.captioner for level in system.hierarchy.levels}) == 1, "the unified variant"
    assert system.config.domain


@pytest.mark.slow
def test_it_names_what_a_held_out_video_shows(tmp_path: Path) -> None:
    script = sample_script(seed_of("val", 0), 180.0)
    write_video(script, tmp_path / "day.mp4")
    answers = from_tree(caption_video(tmp_path / "day.mp4", device="cpu"), "day", "clip")
    judged = judge(answers, {"day": script}, "clip")
    found = shares(judged, "clip")
    for name, least in (("object", 0.6), ("colour", 0.8), ("action", 0.5)):
        assert found[name].value > max(least, chance(judged, "clip", name)), name


@pytest.mark.slow
def test_the_demo_shows_captions_beside_the_truth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "-o", str(tmp_path), "--minutes", "0.5", "--device", "cpu"]) == EXIT_OK
    printed = capsys.readouterr().out
    assert printed.count("truth") == 8 + 1 + 1
    page = tmp_path / "simulated-day-0.html"
    assert str(page) in printed
    assert page.is_file()
    assert (tmp_path / "simulated-day-0.mp4").is_file()

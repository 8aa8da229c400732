"""What is measured beside what the paper claims, on made-up figures."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.paper.made_up import COST, made_table, made_up
from videorecap.errors import DataError
from videorecap.evaluation.report import Report
from videorecap.paper.findings import Verdict, compare, figure, finding_of, findings
from videorecap.paper.pages import panels, table_page
from videorecap.paper.plots import draw
from videorecap.paper.results import RunRecord, cost_row
from videorecap.paper.tables import TABLES


def verdicts(without: list[Report], with_: list[Report]) -> list[Verdict]:
    runs = {"segment": {"no-recursion": without, "recap": with_}}
    return [one.verdict for one in findings(TABLES["4"], runs)]


def test_a_claim_holds_fails_or_cannot_be_told() -> None:
    low, high = made_up(0.4, seed=1), made_up(0.5, seed=2)
    wide = [made_up(0.5, seed=seed, spread=2.0) for seed in (3, 4)]
    assert verdicts([low], [high]) == [Verdict.HOLDS, Verdict.MISSING]
    assert verdicts([high], [low])[0] is Verdict.FAILS
    assert verdicts(wide[:1], wide[1:])[0] is Verdict.UNKNOWN
    assert verdicts([], [high])[0] is Verdict.MISSING


def test_trainings_that_differ_make_a_difference_less_sure() -> None:
    low = [made_up(0.4, seed=1)]
    alike = [made_up(0.42, seed=seed) for seed in (2, 3, 4)]
    unlike = [made_up(mean, seed=2) for mean in (0.34, 0.42, 0.50)]
    assert verdicts(low, alike)[0] is Verdict.HOLDS
    assert verdicts(low, unlike)[0] is Verdict.UNKNOWN
    assert figure(unlike, "CIDEr").value == pytest.approx(figure(alike, "CIDEr").value, abs=0.02)


def test_the_difference_that_the_paper_prints_stands_beside_ours() -> None:
    found = findings(TABLES["4"], {})
    assert [round(one.printed, 2) for one in found] == [1.57, 2.42]


def test_figures_of_two_protocols_do_not_stand_together() -> None:
    one, other = made_up(0.4), replace(made_up(0.5), fingerprint="g")
    with pytest.raises(DataError, match="g, of segment"):
        verdicts([one], [other])
    with pytest.raises(DataError, match="cannot stand in one table"):
        figure([one, other], "CIDEr")


def test_few_videos_tell_nothing() -> None:
    low, high = made_up(0.4, num_videos=5), made_up(0.9, num_videos=5)
    assert verdicts([low], [high])[0] is Verdict.UNKNOWN
    assert verdicts([made_up(0.4, num_videos=6)], [made_up(0.9, num_videos=6)])[0] is Verdict.HOLDS


def test_trainings_of_one_seed_are_compared_with_each_other() -> None:
    trainings = [(one.figures["CIDEr"].value, one.draws["CIDEr"]) for one in map(made_up, (0.2, 0.5, 0.8))]
    better = [(value + 0.05, draws + 0.05) for value, draws in trainings]
    together, apart = compare(trainings, better), compare(trainings, better[::-1])
    assert together and apart and together.interval
    assert apart.sign == 0
    assert apart.value == pytest.approx(together.value)
    assert together.interval.low == pytest.approx(0.05)
    assert together.interval.high == pytest.approx(0.05)


def test_one_measurement_is_compared_with_every_training() -> None:
    one, *many = ((one.figures["CIDEr"].value, one.draws["CIDEr"]) for one in map(made_up, (0.4, 0.5, 0.52)))
    found = compare([one], many)
    assert found and found.value == pytest.approx(np.mean([value for value, _ in many]) - one[0])


@pytest.mark.parametrize("num_videos", [3, 50])
def test_a_finding_is_read_back_as_it_was_written(num_videos: int) -> None:
    runs = {"segment": {key: [made_up(0.5, num_videos=num_videos)] for key in ("no-recursion", "recap")}}
    for one in findings(TABLES["4"], runs):
        assert finding_of(json.loads(json.dumps(one.as_json(), allow_nan=False))) == one


@pytest.mark.parametrize("number", TABLES)
def test_every_table_has_a_page_and_a_plot(number: str) -> None:
    made = made_table(number)
    page = table_page(made)
    for row in made.table.rows:
        assert row.label in page
        assert all(f"{figures.cider:.2f}" in page for figures in row.printed.values())
    assert sum(page.count(verdict) for verdict in Verdict) >= len(made.table.claims)
    assert "| 3 min 20 s | 1 min 40 s | 2 GB |" in page, "cost of each row"
    shown = [bar for panel in panels(made) for bar in panel.bars]
    assert {bar.label for bar in shown if bar.ours is None} == {
        row.label for row in made.table.rows if row.needs is not None
    }


def test_a_plot_is_drawn_of_what_there_is() -> None:
    plot = draw(panels(made_table("2b")), "CIDEr", theirs="Ego4D-HCap", ours="simulated videos")
    assert plot.startswith(b"\x89PNG")


def test_a_page_says_why_a_row_is_left_out() -> None:
    page = table_page(made_table("6a", {"truth+GPT2-L": "GPT2-L"}))
    assert "needs GPT2-L" in page


def test_a_reader_whose_cost_nobody_kept_is_told() -> None:
    known = RunRecord(0, {"system": "c0ffee", "reader": "cafe"}, {"clip": COST, "reader": COST})
    lost = replace(known, costs={"clip": COST})
    assert cost_row("lavila+GPT2", [known])[2] == "3 min 20 s"
    assert cost_row("lavila+GPT2", [known, lost])[2] == "2 min 30 s, without the reader's"
    assert cost_row("lavila+GPT2", [replace(lost, costs={})])[2] == "not recorded"


def test_captions_that_are_missing_stand_beside_the_row() -> None:
    made = made_table("4")
    runs = {level: dict(of_level) for level, of_level in made.runs.items()}
    (whole,) = runs["segment"]["recap"]
    runs["segment"]["recap"] = [replace(whole, num_missing=7)]
    runs["summary"]["recap"] = []
    page = table_page(replace(made, runs=runs, silent={"summary": {"recap": "no | server"}}))
    (above, below) = [line for line in page.splitlines() if "without a caption" in line or "server" in line]
    assert f"7 of {whole.num_items} without a caption |" in above
    assert above.count("**") == 2 * 4, "its figures are told as well"
    assert r"| not measured: no \| server | " in below
    assert "**" not in below

"""What is measured beside what the paper claims, on made-up figures."""

from dataclasses import replace

import numpy as np
import pytest

from videorecap.errors import DataError
from videorecap.evaluation.report import Figure, Report
from videorecap.evaluation.statistics import Bootstrap, interval
from videorecap.paper.findings import Verdict, figure, findings
from videorecap.paper.pages import plot, table_page
from videorecap.paper.tables import TABLES, Table

NUM_VIDEOS = 50


def made_up(mean: float, *, seed: int = 0, spread: float = 0.02) -> Report:
    """A report of items around a mean, on the same videos each time."""
    items = np.random.default_rng(seed).normal(mean, spread, NUM_VIDEOS)
    names = ("CIDEr", "rougeLsum", "METEOR", "facts F1")
    draws = Bootstrap(range(NUM_VIDEOS)).means(items)
    return Report(
        level="segment",
        fingerprint="f",
        protocol="world",
        num_items=NUM_VIDEOS,
        num_videos=NUM_VIDEOS,
        num_missing=0,
        figures=dict.fromkeys(names, Figure(float(items.mean()), interval(draws))),
        draws=dict.fromkeys(names, draws),
    )


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
    with pytest.raises(DataError, match="f, g"):
        verdicts([one], [other])
    with pytest.raises(DataError, match="cannot stand in one table"):
        figure([one, other], "CIDEr")


def made_up_runs(table: Table) -> dict[str, dict[str, list[Report]]]:
    names = {row.recipe for row in table.rows if row.recipe}
    return {level: {name: [made_up(0.5)] for name in sorted(names)} for level in ("clip", "segment")}


@pytest.mark.parametrize("number", TABLES)
def test_every_table_has_a_page(number: str) -> None:
    table = TABLES[number]
    runs = made_up_runs(table)
    page = table_page(number, table, runs, findings(table, runs), "made up")
    for row in table.rows:
        assert row.label in page
        assert all(f"{figures.cider:.2f}" in page for figures in row.printed.values())
    assert sum(page.count(verdict) for verdict in Verdict) >= len(table.claims)


@pytest.mark.parametrize(
    "number", [pytest.param(number, marks=() if number == "2a" else pytest.mark.slow) for number in TABLES]
)
def test_every_table_has_a_plot(number: str) -> None:
    assert plot(TABLES[number], made_up_runs(TABLES[number])).startswith(b"\x89PNG")

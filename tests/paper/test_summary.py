"""What became of all claims, on tables that are made up."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.paper.made_up import made_table
from videorecap.errors import ConfigError, DataError
from videorecap.paper.pages import table_page
from videorecap.paper.results import Setting, Sheet
from videorecap.paper.summary import require_setting, stored_tables, write_summary
from videorecap.paper.table3 import CLAIMS
from videorecap.paper.tables import TABLES

TINY = Setting("tiny", train="a", test="b", world="simulated", pretrained="nothing")
ORIGIN = {"command": "videorecap reproduce", "commit": "c"}
SMALL = replace(TINY, size="small")


def store(folder: Path, number: str, setting: Setting = TINY, **fingerprints: str) -> None:
    made = made_table(number)
    rest = made.as_json()
    rest["fingerprints"] |= fingerprints
    sheet = Sheet(
        number=number,
        page=table_page(made),
        plot=b"",
        found=made.found,
        records=made.records,
        rest=rest,
        has_gaps=False,
    )
    (folder / f"table{number}.json").write_text(sheet.as_json(setting, ORIGIN, {"size": setting.size}))


def test_every_claim_is_counted_once(tmp_path: Path) -> None:
    store(tmp_path, "4")
    store(tmp_path, "7")
    write_summary(tmp_path)
    told = json.loads((tmp_path / "summary.json").read_text())
    num_claims = sum(len(claim.levels) for table in TABLES.values() for claim in table.claims) + len(CLAIMS)
    made = sum(len(claim.levels) for number in ("4", "7") for claim in TABLES[number].claims)
    assert sum(told["counts"].values()) == num_claims
    assert {name: one["command"] for name, one in told["tables"].items()} == {
        "4": "videorecap reproduce",
        "7": "videorecap reproduce",
    }
    assert told["counts"] == {
        "holds": 0,
        "does not hold": 0,
        "cannot be told": made,  # all figures are alike
        "not measured": num_claims - made,
    }
    page = (tmp_path / "summary.md").read_text()
    assert page.index(f"- cannot be told: {made}") < page.index("## ")
    assert "[Table 4](table4.md)" in page
    assert "## Table 5\n\nNot made" in page


def test_tables_made_later_are_added(tmp_path: Path) -> None:
    store(tmp_path, "4")
    write_summary(tmp_path)
    first = json.loads((tmp_path / "summary.json").read_text())["counts"]
    store(tmp_path, "S1")
    write_summary(tmp_path)
    second = json.loads((tmp_path / "summary.json").read_text())["counts"]
    assert first["not measured"] - second["not measured"] == 6


def test_tables_of_two_sizes_do_not_stand_together(tmp_path: Path) -> None:
    store(tmp_path, "4")
    require_setting(stored_tables(tmp_path), tmp_path, TINY)
    with pytest.raises(ConfigError, match="holds table 4 with size tiny, not small"):
        require_setting(stored_tables(tmp_path), tmp_path, SMALL)
    store(tmp_path, "7", SMALL)
    with pytest.raises(DataError, match=r"tables 4 and 7 .* size is tiny in one and small"):
        write_summary(tmp_path)


def test_tables_scored_in_two_ways_do_not_stand_together(tmp_path: Path) -> None:
    store(tmp_path, "4")
    store(tmp_path, "7", segment="other")
    with pytest.raises(DataError, match="scores of segment is of segment in one and other"):
        write_summary(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema_version": 9}', "\xff"])
def test_what_is_no_table_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "table4.json").write_text(text, encoding="latin-1")
    with pytest.raises(DataError, match=r"table4\.json: .*; remove it"):
        stored_tables(tmp_path)

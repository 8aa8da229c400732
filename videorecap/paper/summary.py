"""What became of all claims of the paper, over the tables that a folder holds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import videorecap
from videorecap.errors import ConfigError, DataError
from videorecap.outputs.files import write_aside
from videorecap.paper import table3
from videorecap.paper.findings import Finding, Verdict, finding_of, findings
from videorecap.paper.pages import SCALE, claims_table
from videorecap.paper.readers import stand_ins
from videorecap.paper.results import SCHEMA_VERSION, Setting
from videorecap.paper.tables import TABLES

NUMBERS: Final = tuple(sorted([*TABLES, table3.NUMBER]))
STEM: Final = "summary"


@dataclass(frozen=True, slots=True)
class Stored:
    """A table as it lies in a folder.

    Attributes:
        number: of the table.
        setting: of its figures.
        seeds: of its trainings.
        fingerprints: of its scores, by level.
        found: what became of its claims.
        origin: the command that wrote it, and the commit.
    """

    number: str
    setting: Setting
    seeds: Sequence[int]
    fingerprints: Mapping[str, str]
    found: Sequence[Finding]
    origin: Mapping[str, str | None]


def table_path(folder: Path, number: str, suffix: str) -> Path:
    """Where a table is written."""
    return folder / f"table{number}{suffix}"


def stored_tables(folder: Path) -> list[Stored]:
    """The tables that a folder holds, in their order.

    Raises:
        DataError: if one is damaged, or was written by another version.
    """
    paths = {number: table_path(folder, number, ".json") for number in NUMBERS}
    return [_read(number, path) for number, path in paths.items() if path.is_file()]


def require_setting(tables: Sequence[Stored], folder: Path, setting: Setting) -> None:
    """See, before hours of work, that what it makes may stand beside what is there.

    Raises:
        ConfigError: naming the first difference.
    """
    for one in tables:
        for name, value in asdict(setting).items():
            if (other := getattr(one.setting, name)) != value:
                raise ConfigError(
                    f"{folder} holds table {one.number} with {name} {other}, not {value}; go on with its own "
                    "options, or give another folder"
                )


def write_summary(folder: Path) -> list[Path]:
    """Write what became of each claim as Markdown and JSON.

    Returns:
        The files.

    Raises:
        DataError: if a table is damaged, or two may not stand together.
    """
    tables = stored_tables(folder)
    _require_comparable(tables)
    found = {number: findings(made, {}) for number, made in TABLES.items()}
    found[table3.NUMBER] = table3.table3_findings({})
    found |= {one.number: list(one.found) for one in tables}
    paths = [folder / f"{STEM}{suffix}" for suffix in (".md", ".json")]
    for path, text in zip(paths, (_page(tables, found), _told(tables, found)), strict=True):
        write_aside(path, text + "\n")
    return paths


def _read(number: str, path: Path) -> Stored:
    try:
        told = json.loads(path.read_bytes())
        if told["schema_version"] != SCHEMA_VERSION:
            raise DataError(
                f"{path}: has version {told['schema_version']!r}, not {SCHEMA_VERSION}; remove it"
            )
        return Stored(
            number,
            Setting(**told["setting"]),
            told["seeds"],
            told["fingerprints"],
            [finding_of(one) for one in told["findings"]],
            {name: told[name] for name in ("command", "commit")},
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        what = f"{type(error).__name__}: {error}"
        raise DataError(f"{path}: is no table that this version wrote ({what}); remove it") from None


def _require_comparable(tables: Sequence[Stored]) -> None:
    """Refuse figures of other videos, sizes or protocols.

    Raises:
        DataError: naming the first two that differ.
    """
    if not tables:
        return
    known: dict[str, tuple[str, str]] = {}
    for one in tables:
        stated = {
            **asdict(one.setting),
            **{f"scores of {key}": value for key, value in one.fingerprints.items()},
        }
        for name, value in stated.items():
            number, other = known.setdefault(name, (one.number, value))
            if other != value:
                raise DataError(
                    f"tables {number} and {one.number} cannot stand in one summary: {name} is {other} in one "
                    f"and {value} in the other; make them again alike, or in folders of their own"
                )


def _page(tables: Sequence[Stored], found: Mapping[str, Sequence[Finding]]) -> str:
    counts = Counter(one.verdict for many in found.values() for one in many)
    lines = ["# The paper's claims", "", _note(tables), ""]
    lines += [f"- {verdict}: {counts[verdict]}" for verdict in Verdict]
    made = {one.number: one for one in tables}
    for number in NUMBERS:
        lines += ["", *_section(number, made.get(number), found[number])]
    return "\n".join(lines)


def _section(number: str, made: Stored | None, found: Sequence[Finding]) -> Iterator[str]:
    link = table_path(Path(), number, ".md")
    yield f"## Table {number}" if made is None else f"## [Table {number}]({link})"
    yield ""
    if made is None:
        yield "Not made in this folder."
        yield ""
    yield from claims_table(found)


def _note(tables: Sequence[Stored]) -> str:
    if not tables:
        return "No table has been made yet."
    setting = tables[0].setting
    rows = [row for one in tables if one.number in TABLES for row in TABLES[one.number].rows]
    models = stand_ins(setting.size, [row.reader for row in rows if row.reader is not None])
    note = (
        f"Size {setting.size}, scored on {setting.world} videos; pretrained and given to rows that have a "
        f"place for it: {setting.pretrained}. The paper's figures are of others, so that "
        "only the sign of a difference is compared: a claim holds, or does not, where the interval of ours "
        f"leaves out zero. {SCALE}"
    )
    return f"{note} {models}".rstrip()


def _told(tables: Sequence[Stored], found: Mapping[str, Sequence[Finding]]) -> str:
    counts = Counter(one.verdict for many in found.values() for one in many)
    stated: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "videorecap": videorecap.__version__,
        "setting": asdict(tables[0].setting) if tables else None,
        "tables": {
            one.number: {"seeds": one.seeds, "fingerprints": one.fingerprints, **one.origin} for one in tables
        },
        "counts": {str(verdict): counts[verdict] for verdict in Verdict},
        "findings": {number: [one.as_json() for one in found[number]] for number in NUMBERS},
    }
    return json.dumps(stated, indent=2)

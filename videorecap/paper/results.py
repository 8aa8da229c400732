"""What was measured of a table, with what made it: the systems, their cost, and the setting they share."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import fmean
from typing import Any, Final

from videorecap.data.annotations import VideoAnnotations, to_json
from videorecap.evaluation.report import Report
from videorecap.outputs.journal import JSON
from videorecap.paper.findings import Finding, Runs, require_comparable
from videorecap.paper.tables import Table
from videorecap.training.costs import format_bytes, format_seconds
from videorecap.training.logs import Cost
from videorecap.types import Gap

SCHEMA_VERSION: Final = 1
DIGEST_LENGTH: Final = 12  # hex digits
READER: Final = "reader"  # a language model that writes what is above the clips


@dataclass(frozen=True, slots=True)
class Setting:
    """What tables must have in common to stand in one summary.

    Attributes:
        size: "tiny", "small" or "base".
        train: digest of the videos that are learned from.
        test: of those that are scored.
        world: "simulated" or "real": what is scored.
        pretrained: parts that every row is given, in words.
    """

    size: str
    train: str
    test: str
    world: str
    pretrained: str


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What made a row's figures, in one training.

    Attributes:
        seed: of the training.
        digests: of what writes the captions: "system", and ``READER`` where a language model reads them.
        costs: of each stage, and of the reader's training, where it is known.
    """

    seed: int
    digests: Mapping[str, str]
    costs: Mapping[str, Cost]

    @property
    def seconds(self) -> float:
        """Of learning, by the clock, those included that another run spent."""
        return sum(cost.seconds for cost in self.costs.values())

    @property
    def shared_seconds(self) -> float:
        """Of these, those that another run spent."""
        return sum(cost.seconds for cost in self.costs.values() if cost.is_shared)

    @property
    def peak_bytes(self) -> int:
        """Of memory."""
        return max((cost.peak_memory_bytes for cost in self.costs.values()), default=0)

    @property
    def peak_cuda_bytes(self) -> int:
        """Of a GPU's memory; 0 without one."""
        return max((cost.peak_cuda_bytes or 0 for cost in self.costs.values()), default=0)

    def as_json(self) -> dict[str, Any]:
        """All of it, and the sums."""
        return {
            "seed": self.seed,
            "digests": dict(self.digests),
            "seconds": self.seconds,
            "shared_seconds": self.shared_seconds,
            "peak_memory_bytes": self.peak_bytes,
            "peak_cuda_bytes": self.peak_cuda_bytes,
            "stages": {name: asdict(cost) for name, cost in self.costs.items()},
        }


@dataclass(frozen=True, slots=True)
class Scored:
    """What was measured of a row, in one training.

    Attributes:
        reports: by level.
        silent: why nothing was said, by level; there is no report then.
        gaps: what could not be captioned.
    """

    reports: Mapping[str, Report]
    silent: Mapping[str, str]
    gaps: Sequence[Gap]


@dataclass(frozen=True, kw_only=True)
class Result:
    """A table as it was made.

    Attributes:
        number: of the table.
        table: its rows and claims.
        runs: reports, by level and by key of the row.
        found: what became of the claims.
        records: what made each row, by key, one for each training.
        left_out: why a row was not measured, by key.
        silent: why nothing was said by what makes a row, by level and by key.
        gaps: what could not be captioned.
        note: how the figures were made, for people.
    """

    number: str
    table: Table
    runs: Mapping[str, Runs]
    found: Sequence[Finding]
    records: Mapping[str, Sequence[RunRecord]] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    silent: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    gaps: Sequence[Gap] = ()
    note: str

    @property
    def reports(self) -> list[Report]:
        """All of them."""
        return [one for of_level in self.runs.values() for many in of_level.values() for one in many]

    @property
    def fingerprints(self) -> dict[str, str]:
        """Of the scores, by level.

        Raises:
            DataError: if those of a level are not alike.
        """
        for of_level in self.runs.values():
            require_comparable([one for many in of_level.values() for one in many])
        return {one.level: one.fingerprint for one in self.reports}

    def as_json(self) -> dict[str, Any]:
        """What is peculiar to tables of captions."""
        return {
            "fingerprints": self.fingerprints,
            "left_out": dict(self.left_out),
            "silent": {level: dict(of_level) for level, of_level in self.silent.items()},
            "runs": {
                level: {key: [one.as_json() for one in reports] for key, reports in of_level.items()}
                for level, of_level in self.runs.items()
            },
        }


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A table as it is shown and kept.

    Attributes:
        number: of the table.
        page: Markdown.
        plot: PNG.
        found: what became of the claims.
        records: what made each row, one for each training.
        rest: what is peculiar to the table, as JSON has it; its "fingerprints" say what may be compared.
        has_gaps: whether captions or answers are missing.
        gaps: the captions among these, and why.
    """

    number: str
    page: str
    plot: bytes
    found: Sequence[Finding]
    records: Mapping[str, Sequence[RunRecord]]
    rest: Mapping[str, object]
    has_gaps: bool
    gaps: Sequence[Gap] = ()

    def as_json(self, setting: Setting, origin: Mapping[str, JSON], options: Mapping[str, object]) -> str:
        """All but the page and the plot.

        Args:
            setting: of the figures.
            origin: what made them.
            options: of the command.
        """
        stated = {
            "schema_version": SCHEMA_VERSION,
            **origin,
            "table": self.number,
            "setting": asdict(setting),
            "options": dict(options),
            "seeds": sorted({one.seed for many in self.records.values() for one in many}),
            "systems": {key: [one.as_json() for one in many] for key, many in self.records.items()},
            "findings": [one.as_json() for one in self.found],
            **self.rest,
        }
        return json.dumps(stated, indent=2) + "\n"


def digest_of(videos: Iterable[VideoAnnotations]) -> str:
    """Of annotations, in their order."""
    digest = hashlib.sha256()
    for video in videos:
        digest.update(to_json(video).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()[:DIGEST_LENGTH]


COST_HEAD: Final = ("system", "trainings", "learning", "of it shared", "memory", "of a GPU", "digest")


def cost_row(key: str, records: Sequence[RunRecord]) -> tuple[str, ...]:
    """What a row took: times are means over its trainings, memory is the most of them."""
    graphics = max(one.peak_cuda_bytes for one in records)
    known = any(one.costs for one in records)
    learning = format_seconds(fmean(one.seconds for one in records)) if known else "not recorded"
    if known and any(READER in one.digests.keys() - one.costs.keys() for one in records):
        learning += f", without the {READER}'s"
    digests = (digest[:DIGEST_LENGTH] for one in records for digest in one.digests.values())
    return (
        key,
        str(len(records)),
        learning,
        format_seconds(fmean(one.shared_seconds for one in records)) if known else "",
        format_bytes(max(one.peak_bytes for one in records)) if known else "",
        format_bytes(graphics) if graphics else "",
        ", ".join(f"`{digest}`" for digest in digests),
    )
